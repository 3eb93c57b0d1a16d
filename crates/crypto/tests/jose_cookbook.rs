//! The examples of RFC 7520 and RFC 8037, one named test per file: what is spoken verifies, the rest is refused.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mibun_crypto::json::Limits;
use mibun_crypto::jwe::{self, Enc, EphemeralKey, JweError};
use mibun_crypto::jws::{self, JwsError};
use mibun_crypto::key::{Jwk, JwkError, PublicKey, PublicKeyError, SoftwareKey};
use mibun_vectors::{Check, Test, read_json, run, shared};
use serde_json::{Map, Value};

const FOLDER: &str = "vectors/jose/ietf-jose-cookbook";

fn main() -> ExitCode {
    let mut tests = each("jws", not_spoken_signature);
    tests.extend(each("rfc7797", not_spoken_signature));
    tests.extend(each("jwe", not_spoken_encryption));
    tests.extend(each("jwk", key));
    tests.push(one("curve25519/jws.json", ed25519));
    tests.push(one("curve25519/ecdh-es.json", not_spoken_encryption));
    run(tests)
}

fn each(folder: &str, check: fn(&Value) -> Result<(), String>) -> Vec<Test> {
    let listing = std::fs::read_dir(shared(&format!("{FOLDER}/{folder}"))).map(|entries| {
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect()
    });
    let mut paths: Vec<PathBuf> = listing.unwrap_or_default();
    paths.sort();
    paths.iter().map(|path| one(&format!("{folder}/{}", file_name(path)), check)).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn one(file: &str, check: fn(&Value) -> Result<(), String>) -> Test {
    let document = read_json(&format!("{FOLDER}/{file}"));
    let test: Check = Box::new(move || check(&document));
    (file.trim_end_matches(".json").replace('/', "::"), test)
}

fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{found:?} instead of {expected:?}")) }
}

/// The cookbook signs with RSA, P-521 and MACs only.
fn not_spoken_signature(document: &Value) -> Result<(), String> {
    let Some(compact) = document["output"]["compact"].as_str() else {
        // Detached content, several signatures and unprotected headers exist in JSON serialisation alone.
        let text = document["output"]["json"].to_string();
        return if jws::parse(&text, &Limits::default()).is_err() { Ok(()) } else { Err("accepted".to_owned()) };
    };
    match jws::parse(compact, &Limits::default()).err() {
        Some(JwsError::Algorithm | JwsError::Critical) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

fn not_spoken_encryption(document: &Value) -> Result<(), String> {
    let key = EphemeralKey::from_bytes(&[7; 32]).map_err(|error| error.to_string())?;
    let output = &document["output"];
    let text = output["compact"].as_str().map_or_else(|| output["json"].to_string(), str::to_owned);
    let refusal = jwe::decrypt(&text, &key, &[Enc::A128Gcm, Enc::A256Gcm], &Limits::default()).err();
    match (output["compact"].is_string(), refusal) {
        (true, Some(JweError::Algorithm | JweError::Encryption | JweError::Compressed)) => Ok(()),
        // ECDH-ES itself is spoken, X25519 is not.
        (true, Some(JweError::PublicKey)) if document["input"]["key"]["crv"] == "X25519" => Ok(()),
        // The other algorithms have an encrypted key where direct agreement has none.
        (true, Some(JweError::Form)) if document["input"]["alg"] != "ECDH-ES" => Ok(()),
        (false, Some(JweError::Form)) => Ok(()),
        (_, other) => Err(format!("{other:?}")),
    }
}

/// Private and symmetric keys are no public keys, and P-521 and RSA are not spoken.
fn key(document: &Value) -> Result<(), String> {
    let private = document.get("d").is_some() || document.get("k").is_some();
    match Jwk::from_value(document) {
        Ok(jwk) if !private => same(PublicKey::from_jwk(&jwk), Err(PublicKeyError::Unsupported)),
        parsed => same(parsed, Err(JwkError::PrivateMember)),
    }
}

/// RFC 8037 appendix A.4: Ed25519 has one signature per message, so signing must give the published text.
fn ed25519(document: &Value) -> Result<(), String> {
    let key = SoftwareKey::from_jwk(&document["input"]["key"]).map_err(|error| error.to_string())?;
    let published = document["output"]["compact"].as_str().ok_or("no message")?;
    let payload = document["input"]["payload"].as_str().ok_or("no payload")?;
    let signed = jws::sign(Map::new(), payload.as_bytes(), &key).map_err(|error| error.to_string())?;
    same(signed.as_str(), published)?;
    let message = jws::parse(published, &Limits::default()).map_err(|error| error.to_string())?;
    let mut public = document["input"]["key"].clone();
    public.as_object_mut().map(|members| members.remove("d"));
    let public = Jwk::from_value(&public).map_err(|error| error.to_string())?;
    let public = PublicKey::from_jwk(&public).map_err(|error| error.to_string())?;
    message.verify(&public).map_err(|error| error.to_string())
}
