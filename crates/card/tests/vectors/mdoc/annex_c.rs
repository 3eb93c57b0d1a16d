//! ISO/IEC 18013-7 annex C: a sample made with known keys, and one of a real wallet, of which only the transcript and the
//! form can be checked, for its private key belongs to another public one.

use mibun_card::mdoc::SessionTranscript;
use mibun_card::mdoc::annex_c::{self, AnnexCError, EncryptionInfo};
use mibun_crypto::digest::sha256;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::hpke::HpkeError;
use mibun_crypto::jwe::EphemeralKey;
use mibun_vectors::{Test, from_hex, read_json};
use serde_json::Value;

use super::{Checked, same, test, text};

pub fn tests() -> Vec<Test> {
    vec![
        test("annex_c::the_transcript_of_the_real_sample", || transcript_is_right("REAL")),
        test("annex_c::the_transcript_of_the_made_sample", || transcript_is_right("DETERMINISTIC")),
        test("annex_c::the_request_of_the_real_sample_is_read_and_written", || request("REAL")),
        test("annex_c::the_request_of_the_made_sample_is_read_and_written", || request("DETERMINISTIC")),
        test("annex_c::the_made_sample_is_opened", opened),
        test("annex_c::an_answer_to_the_same_request_survives", sealed),
        test("annex_c::the_real_sample_has_another_key", real_sample),
        test("annex_c::another_origin_is_refused", another_origin),
    ]
}

struct Sample(Value);

fn sample(name: &str) -> Sample {
    const FOLDER: &str = "vectors/mdoc/waltid-18013-7-annex-c/waltid-libraries/protocols/waltid-18013-7-verifier/src/jvmTest/resources/annex-c";
    Sample(read_json(&format!("{FOLDER}/ANNEXC-{name}-001.json")))
}

impl Sample {
    fn text(&self, name: &str) -> Result<&str, String> {
        self.0[name].as_str().or_else(|| self.0["expected"][name].as_str()).ok_or_else(|| format!("no {name}"))
    }

    fn transcript(&self) -> Result<SessionTranscript, String> {
        Ok(SessionTranscript::iso_dc_api(self.text("encryptionInfoB64")?, self.text("origin")?))
    }

    fn key(&self) -> Result<EphemeralKey, String> {
        EphemeralKey::from_bytes(&from_hex(self.text("recipientPrivateKeyHex")?)?).map_err(text)
    }

    fn info(&self) -> Result<EncryptionInfo, String> {
        EncryptionInfo::from_base64url(self.text("encryptionInfoB64")?).map_err(text)
    }
}

fn transcript_is_right(name: &str) -> Checked {
    let sample = sample(name);
    let hash = sha256(sample.transcript()?.as_bytes()).to_vec();
    same(&hash, &from_hex(sample.text("sessionTranscriptCborSha256Hex")?)?)
}

fn request(name: &str) -> Checked {
    let sample = sample(name);
    same(&sample.info()?.to_base64url().as_str(), &sample.text("encryptionInfoB64")?)
}

fn opened() -> Checked {
    let sample = sample("DETERMINISTIC");
    let response = annex_c::open(sample.text("encryptedResponseB64")?, &sample.key()?, &sample.transcript()?);
    let hash = sha256(&response.map_err(text)?).to_vec();
    same(&hash, &from_hex(sample.text("deviceResponseCborSha256Hex")?)?)?;
    same(&sample.info()?.recipient, &sample.key()?.public_key())
}

fn sealed() -> Checked {
    let sample = sample("DETERMINISTIC");
    let (info, transcript) = (sample.info()?, sample.transcript()?);
    let answer = annex_c::seal(b"an answer", &info, &transcript, &mut SeededEntropy::new("annex c")).map_err(text)?;
    let opened = annex_c::open(&answer, &sample.key()?, &transcript).map_err(text)?;
    same(opened.as_slice(), b"an answer")
}

fn real_sample() -> Checked {
    let sample = sample("REAL");
    let found = annex_c::open(sample.text("encryptedResponseB64")?, &sample.key()?, &sample.transcript()?);
    same(&found.err(), &Some(AnnexCError::Hpke(HpkeError::Decryption)))
}

fn another_origin() -> Checked {
    let sample = sample("DETERMINISTIC");
    let other = SessionTranscript::iso_dc_api(sample.text("encryptionInfoB64")?, "https://other.example");
    let found = annex_c::open(sample.text("encryptedResponseB64")?, &sample.key()?, &other);
    same(&found.err(), &Some(AnnexCError::Hpke(HpkeError::Decryption)))
}
