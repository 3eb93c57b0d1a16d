//! Files of isomdl, and lists of issuers that AAMVA and Austroads have published (ISO/IEC 18013-5 annex C).

use mibun_card::mdoc::{DeviceResponse, IssuerSigned, LIMITS, MdocError, SessionTranscript, VerifyError};
use mibun_crypto::cbor::{self, CborError, Item, Limits};
use mibun_crypto::cose::{Mac0, Sign1};
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::key::PublicKey;
use mibun_crypto::policy::Accepted;
use mibun_crypto::x509::Certificate;
use mibun_vectors::{Test, from_hex, read_text, shared};

use super::{Checked, same, test, text};

pub fn tests() -> Vec<Test> {
    vec![
        test("isomdl::a_document_is_read_and_written", document),
        test("isomdl::a_document_without_values_is_refused", dehydrated),
        test("isomdl::an_answer_that_signs_no_document_is_refused", no_document),
        test("isomdl::a_key_is_read", key),
        test("isomdl::a_signature_is_read", signature),
        test("isomdl::a_code_is_read", code),
        test("isomdl::a_transcript_is_read", transcript),
        test("isomdl::a_session_is_agreed_on", agreed),
        test("vical::of_aamva_2025", || vical("mdoc/isomdl/test/vical/aamva-vical-2025-11-18-1763491092481.cbor")),
        test("vical::of_aamva", || vical(&format!("{WALTID}/aamva.cbor"))),
        test("vical::of_austroads", || vical(&format!("{WALTID}/austroads.cbor"))),
    ]
}

const WALTID: &str = "mdoc/waltid-vical/waltid-libraries/credentials/waltid-vical/src/jvmTest/resources/vicals";

/// These files hold hexadecimal text.
fn bytes(name: &str) -> Result<Vec<u8>, String> {
    from_hex(read_text(&format!("vectors/mdoc/isomdl/test/definitions/{name}")).trim())
}

fn document() -> Checked {
    let received = bytes("issuer_signed.cbor")?;
    let document = IssuerSigned::parse(&received).map_err(text)?;
    same(&document.to_bytes(), &received)?;
    same(&document.items().len(), &6)?;
    let signer = Certificate::from_der(&document.x5chain()[0]).map_err(text)?;
    document.verify_signature(&signer, Accepted::HAIP).map_err(text)
}

/// Items without values, which isomdl stores apart: they are not those that were signed.
fn dehydrated() -> Checked {
    let document = IssuerSigned::parse(&bytes("issuer_signed_dehydrated.cbor")?).map_err(text)?;
    let signer = Certificate::from_der(&document.x5chain()[0]).map_err(text)?;
    same(&document.verify_signature(&signer, Accepted::HAIP), &Err(VerifyError::Digest))
}

/// Its issuer's part is another example's signature, over the text "This is the content."
fn no_document() -> Checked {
    same(&DeviceResponse::parse(&bytes("device_response.cbor")?).err(), &Some(MdocError::Cbor(CborError::CutOff)))
}

fn key() -> Checked {
    let received = bytes("cose_key/ec_p256.cbor")?;
    let key = PublicKey::from_cose_key(&cbor::parse(&received, &LIMITS).map_err(text)?).map_err(text)?;
    same(&key.to_cose_key().to_bytes(), &received)
}

fn signature() -> Checked {
    let message = Sign1::parse(&bytes("cose/sign1/serialized.cbor")?, &LIMITS).map_err(text)?;
    let key = EphemeralKey::from_bytes(&bytes("cose/sign1/secret_key")?).map_err(text)?;
    message.verify(&key.public_key(), &[]).map_err(text)
}

/// The whole file is the key, though it looks like one in CBOR.
fn code() -> Checked {
    let message = Mac0::parse(&bytes("cose/mac0/serialized.cbor")?, &LIMITS).map_err(text)?;
    message.verify(&bytes("cose/mac0/secret_key")?, &[]).map_err(text)
}

fn transcript() -> Checked {
    let tagged = bytes("session/session_transcript.cbor")?;
    let item = cbor::parse(&tagged, &LIMITS).map_err(text)?;
    let transcript = SessionTranscript::from_bytes(item.encoded().ok_or("not tagged")?).map_err(text)?;
    same(&transcript.tagged(), &tagged)
}

fn agreed() -> Checked {
    let establishment = bytes("session/session_establishment.cbor")?;
    let item = cbor::parse(&establishment, &LIMITS).map_err(text)?;
    let reader = item.get("eReaderKey").and_then(Item::encoded).ok_or("no key of the reader")?;
    let reader = PublicKey::from_cose_key(&cbor::parse(reader, &LIMITS).map_err(text)?).map_err(text)?;
    let device = EphemeralKey::from_bytes(&bytes("session/e_device_key.cbor")?).map_err(text)?;
    let secret = device.agree(&reader.to_jwk()).map_err(text)?;
    same(secret.as_slice(), &bytes("session/shared_secret.cbor")?)
}

/// A list is one signed message; its certificates come along, and its payload is CBOR as we read it.
fn vical(path: &str) -> Checked {
    let limits = Limits { bytes: 1 << 20, depth: 16, nodes: 20_000 };
    let file = std::fs::read(shared(&format!("vectors/{path}"))).map_err(text)?;
    let message = Sign1::parse(&file, &limits).map_err(text)?;
    let signer = Certificate::from_der(message.header().x5chain().first().ok_or("no certificate")?).map_err(text)?;
    message.verify(signer.public_key(), &[]).map_err(text)?;
    let payload = cbor::parse(message.payload().ok_or("no payload")?, &limits).map_err(text)?;
    let infos = payload.get("certificateInfos").and_then(Item::array).ok_or("no certificates")?;
    if infos.is_empty() { Err("an empty list".to_owned()) } else { Ok(()) }
}
