//! Messages and keys in JSON. What is valid but not spoken here (MACs, RSA, key wrapping, CBC) must be refused.

use mibun_crypto::json::Limits;
use mibun_crypto::jwe::{self, Enc, EphemeralKey};
use mibun_crypto::jws;
use mibun_crypto::key::{Jwk, PublicKey};
use mibun_vectors::Test;
use serde_json::Value;

use crate::{Vector, Verdict, each};

pub fn tests() -> Vec<Test> {
    let mut tests = each("json_web_signature_test", message);
    tests.extend(each("json_web_encryption_test", message));
    tests.extend(each("json_web_crypto_test", message));
    tests.extend(each("json_web_key_test", message));
    tests
}

fn message(vector: &Vector) -> Result<(), String> {
    let (accepted, spoken) = match (vector.test.get("jws"), vector.test.get("jwe")) {
        (Some(message), None) => (verified(vector, &text(message)), signature_spoken(vector, message)),
        (None, Some(message)) => (decrypted(vector, &text(message))?, encryption_spoken(vector, message)),
        _ => return Err("neither a signed nor an encrypted message".to_owned()),
    };
    match vector.verdict() {
        Verdict::Valid if spoken => vector.expect(accepted),
        _ if accepted => Err(format!("accepted: {}", vector.test["comment"])),
        _ => Ok(()),
    }
}

/// Messages in JSON serialisation are objects in the vectors; a receiver would see their text.
fn text(message: &Value) -> String {
    message.as_str().map_or_else(|| message.to_string(), str::to_owned)
}

fn keys(vector: &Vector) -> Vec<Value> {
    let owner = vector.group.get("public").filter(|key| !key.is_null()).unwrap_or(&vector.group["private"]);
    owner.get("keys").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![owner.clone()])
}

fn verified(vector: &Vector, text: &str) -> bool {
    let usable = |key: &Value| Jwk::from_value(key).ok().and_then(|key| PublicKey::from_jwk(&key).ok());
    let keys: Vec<PublicKey> = keys(vector).iter().filter_map(usable).collect();
    let Ok(message) = jws::parse(text, &Limits::default()) else { return false };
    keys.iter().any(|key| message.verify(key).is_ok())
}

fn decrypted(vector: &Vector, text: &str) -> Result<bool, String> {
    let Ok(key) = EphemeralKey::from_jwk(&vector.group["private"]) else { return Ok(false) };
    let opened = jwe::decrypt(text, &key, &[Enc::A128Gcm, Enc::A256Gcm], &Limits::default());
    let Ok(opened) = opened else { return Ok(false) };
    if *opened.payload == vector.bytes("pt")? { Ok(true) } else { Err("decrypted to something else".to_owned()) }
}

fn signature_spoken(vector: &Vector, message: &Value) -> bool {
    message.is_string() && keys(vector).iter().all(|key| key["kty"] == "EC" && key["crv"] == "P-256")
}

fn encryption_spoken(vector: &Vector, message: &Value) -> bool {
    let direct = vector.group["private"]["alg"] == "ECDH-ES";
    let enc = vector.test["enc"].as_str().and_then(Enc::from_jose);
    message.is_string() && direct && enc.is_some()
}
