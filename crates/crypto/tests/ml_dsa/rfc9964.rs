//! The example for ML-DSA-65 of RFC 9964 appendix A, whose seed is all zeros, as the working group publishes it
//! (github.com/cose-wg/draft-ietf-cose-dilithium, `examples/`).

use mibun_crypto::cose::{CoseError, Sign1};
use mibun_crypto::json::Limits;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::{base64url, digest, jws};
use mibun_vectors::{Check, Test, from_hex};
use serde_json::json;

/// The thumbprint of the key as a JWK (RFC 7638), which is its `kid`.
const JWK_THUMBPRINT: &str = "Suiu29qbfuaBaR4Ats-c6XQBePB_OpAxAwcTR_0KXVM";
/// The thumbprint of the key as a `COSE_Key` (RFC 9679), which is its `kid` there.
const COSE_THUMBPRINT: &str = "b788acf242f1f1d6532926d816e76e1636874267f2a48c84c4e65789ab80cc02";
const JWS: &str = include_str!("rfc9964/jose.txt");
const SIGN1: &str = include_str!("rfc9964/cose.txt");

type Checked = fn() -> Result<(), String>;

pub fn tests() -> Vec<Test> {
    let all: [(&str, Checked); 6] = [
        ("jwk_thumbprint", jwk_thumbprint),
        ("cose_key_thumbprint", cose_key_thumbprint),
        ("jws", signature),
        ("jws_changed", changed_signature),
        ("sign1", sign1),
        ("sign1_with_external_data", sign1_with_external_data),
    ];
    all.into_iter().map(|(name, check)| (format!("rfc9964::{name}"), Box::new(check) as Check)).collect()
}

fn key() -> Result<SoftwareKey, String> {
    // Seed of 32 zeros; the fixed part before it is that of RFC 9881.
    let der = [from_hex("3034020100300b060960864801650304031204228020")?, vec![0; 32]].concat();
    SoftwareKey::from_pkcs8_der(&der).map_err(|error| error.to_string())
}

fn equal<T: PartialEq + std::fmt::Debug>(found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{found:?}, not {expected:?}")) }
}

fn jwk_thumbprint() -> Result<(), String> {
    equal(&base64url::encode(&key()?.public_key().thumbprint()), &JWK_THUMBPRINT.to_owned())
}

fn cose_key_thumbprint() -> Result<(), String> {
    let thumbprint = digest::sha256(&key()?.public_key().to_cose_key().to_bytes());
    equal(&thumbprint.to_vec(), &from_hex(COSE_THUMBPRINT)?)
}

fn signature() -> Result<(), String> {
    let message = jws::parse(JWS.trim_end(), &Limits::default()).map_err(|error| error.to_string())?;
    equal(&message.header().alg(), &Algorithm::MlDsa65)?;
    equal(&message.header().get("kid").cloned(), &Some(json!(JWK_THUMBPRINT)))?;
    equal(&message.verify(key()?.public_key()), &Ok(()))
}

fn changed_signature() -> Result<(), String> {
    let text = JWS.trim_end().replace(".SXTig", ".SXTIg");
    let message = jws::parse(&text, &Limits::default()).map_err(|error| error.to_string())?;
    equal(&message.verify(key()?.public_key()), &Err(jws::JwsError::Signature))
}

fn message() -> Result<Sign1, String> {
    Sign1::parse(&from_hex(SIGN1.trim_end())?, &Limits::default()).map_err(|error| error.to_string())
}

fn sign1() -> Result<(), String> {
    let message = message()?;
    equal(&message.algorithm(), &Algorithm::MlDsa65)?;
    equal(&message.header().kid().map(<[u8]>::to_vec), &Some(from_hex(COSE_THUMBPRINT)?))?;
    equal(&message.verify(key()?.public_key(), &[]), &Ok(()))
}

fn sign1_with_external_data() -> Result<(), String> {
    equal(&message()?.verify(key()?.public_key(), b"other"), &Err(CoseError::Signature))
}
