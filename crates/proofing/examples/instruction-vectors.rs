//! Writes the cases of `tests/instructions.json` about device authentications anew, and leaves the others as they are:
//! the whole file goes to standard output. Signatures differ from run to run, nothing else does.

use std::io::Write;

use mibun_card::mdoc::{DeviceAuthentication, SessionTranscript, recognised_by};
use mibun_crypto::base64url;
use mibun_crypto::digest::sha256;
use mibun_crypto::entropy::{Entropy, SeededEntropy};
use mibun_crypto::jws::JwsSignError;
use mibun_crypto::key::{Jwk, PublicKey, Signer, SoftwareKey};
use mibun_crypto::opaque::SessionKey;
use mibun_crypto::time::Timestamp;
use mibun_proofing::instruction::{
    Confirmed, Consent, Draft, ID_BYTES, InstructionKey, NO_EXCHANGE, Subject, make, state,
};
use serde::{Deserialize, Serialize};

const FILE: &str = include_str!("../tests/instructions.json");
const PID: &str = "eu.europa.ec.eudi.pid.1";
const HOTEL: &str = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk";
/// The time of the first case.
const START: i64 = 1_800_000_010;

#[derive(Serialize, Deserialize)]
struct Vectors {
    session_key: String,
    device_key: Jwk,
    copy_key: Jwk,
    cases: Vec<TextCase>,
    #[serde(skip_deserializing)]
    device_authentications: Option<DeviceAuthentications>,
}

/// A case of a text to sign, in the order of its members.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextCase {
    name: String,
    now: Timestamp,
    jti: String,
    subject: Subject,
    consent: Consent,
    signing_input: String,
    signing_input_sha256: String,
    payload: String,
    statement: String,
    mac_key: String,
    mac: String,
}

#[derive(Serialize)]
struct DeviceAuthentications {
    device_key: Jwk,
    cases: Vec<Case>,
}

#[derive(Serialize)]
struct Case {
    name: &'static str,
    confirmed: &'static str,
    now: Timestamp,
    jti: String,
    subject: Subject,
    consent: Consent,
    session_transcript: String,
    device_namespaces: String,
    device_authentication: String,
    to_be_signed: String,
    signing_input_sha256: String,
    payload: String,
    statement: String,
    mac: Option<String>,
}

/// What a case is about.
struct About {
    name: &'static str,
    confirmed: Confirmed,
    doc_type: &'static str,
    client_id: String,
    nonce: String,
    response_uri: &'static str,
    key_thumbprint: Option<[u8; 32]>,
}

/// The keys of all cases.
struct Keys {
    copy: PublicKey,
    device: SoftwareKey,
    mac: InstructionKey,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut vectors: Vectors = serde_json::from_str(FILE)?;
    let session: [u8; 64] = base64url::decode(&vectors.session_key)?.try_into().map_err(|_| "64 bytes")?;
    let keys = Keys {
        copy: PublicKey::from_jwk(&vectors.copy_key)?,
        device: SoftwareKey::generate(&mut SeededEntropy::new("instruction vectors: device")),
        mac: InstructionKey::of(&SessionKey::from_bytes(&session)),
    };
    let cases = subjects().into_iter().zip(START..).map(|(about, now)| case(about, Timestamp(now), &keys));
    let cases = cases.collect::<Result<_, _>>()?;
    vectors.device_authentications =
        Some(DeviceAuthentications { device_key: keys.device.public_key().to_jwk(), cases });
    writeln!(std::io::stdout().lock(), "{}", serde_json::to_string_pretty(&vectors)?)?;
    Ok(())
}

fn subjects() -> Vec<About> {
    let hotel = |name, confirmed, key_thumbprint| About {
        name,
        confirmed,
        doc_type: PID,
        client_id: HOTEL.to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
        response_uri: "https://hotel.example/vp/responses/1",
        key_thumbprint,
    };
    let thumbprint = Some(sha256(b"the key that the answer is encrypted to"));
    vec![
        hotel("by password, to an answer that is encrypted", Confirmed::Password, thumbprint),
        hotel("by password, to an answer in the open", Confirmed::Password, None),
        hotel("by passkey, to an answer that is encrypted", Confirmed::Passkey, thumbprint),
        hotel("by passkey, to an answer in the open", Confirmed::Passkey, None),
        About {
            name: "texts of every length that CBOR spells in another way",
            confirmed: Confirmed::Password,
            doc_type: "org.iso.18013.5.1.mDL.23",
            client_id: format!("redirect_uri:https://旅館.example/?a=\"b\"&c=\\d&e={}", "é".repeat(150)),
            nonce: "tab\tline\nbell\u{7}delete\u{7f}separator\u{2028}emoji😀/<>&'".to_owned(),
            response_uri: "https://旅.example/é",
            key_thumbprint: thumbprint,
        },
    ]
}

fn case(about: About, now: Timestamp, keys: &Keys) -> Result<Case, JwsSignError> {
    let About { name, confirmed, doc_type, client_id, nonce, response_uri, key_thumbprint } = about;
    let transcript = SessionTranscript::openid4vp(&client_id, &nonce, key_thumbprint.as_ref(), response_uri);
    let authentication = DeviceAuthentication::new(doc_type, recognised_by(confirmed.methods()), &transcript);
    let (doc_type, response_uri) = (doc_type.to_owned(), response_uri.to_owned());
    let consent = Consent::DeviceAuthentication { doc_type, client_id, nonce, response_uri, key_thumbprint };
    let subject = subject(confirmed);
    let draft = Draft { subject: &subject, key: &keys.copy, consent: &consent, now };
    let to_be_signed = consent.signing_input(&keys.copy, now, confirmed).as_bytes().to_vec();
    let (statement, mac) = stated(&draft, confirmed, keys, name)?;
    let payload = statement.split('.').nth(1).and_then(|part| base64url::decode(part).ok()).unwrap_or_default();
    Ok(Case {
        name,
        confirmed: if confirmed == Confirmed::Password { "password" } else { "passkey" },
        now,
        jti: SeededEntropy::new(name).token(ID_BYTES),
        session_transcript: hex(transcript.as_bytes()),
        device_namespaces: hex(authentication.namespaces()),
        device_authentication: hex(authentication.as_bytes()),
        signing_input_sha256: base64url::encode(&sha256(&to_be_signed)),
        to_be_signed: base64url::encode(&to_be_signed),
        payload: String::from_utf8_lossy(&payload).into_owned(),
        statement,
        mac,
        subject,
        consent,
    })
}

/// The statement and the MAC over it, which a passkey has none of.
fn stated(
    draft: &Draft<'_>,
    confirmed: Confirmed,
    keys: &Keys,
    name: &str,
) -> Result<(String, Option<String>), JwsSignError> {
    let mut entropy = SeededEntropy::new(name);
    match confirmed {
        Confirmed::Password => {
            let made = make(draft, &keys.device, &keys.mac, &mut entropy)?;
            Ok((made.statement, Some(made.mac)))
        }
        Confirmed::Passkey => Ok((state(draft, confirmed, &keys.device, &mut entropy)?, None)),
    }
}

fn subject(confirmed: Confirmed) -> Subject {
    let exchange = match confirmed {
        Confirmed::Password => "x-77b1",
        Confirmed::Passkey => NO_EXCHANGE,
    };
    let [authority, person, card, copy, exchange] =
        ["https://id.example", "p-4f1c", "mibun_card", "3", exchange].map(str::to_owned);
    Subject { authority, person, card, copy, exchange }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
