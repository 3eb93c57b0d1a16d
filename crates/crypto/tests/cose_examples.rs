//! The examples of the COSE working group, one named test per file: what is spoken verifies and is made again, the rest is
//! refused for the reason at hand.

use std::path::PathBuf;
use std::process::ExitCode;

use mibun_crypto::base64url;
use mibun_crypto::cbor::{CborError, Limits, Value};
use mibun_crypto::cose::{CoseError, Mac0, Payload, Sign1, mac0};
use mibun_crypto::key::{Jwk, PublicKey};
use mibun_vectors::{Check, Test, from_hex, read_json, run, shared};
use serde_json::Value as Json;

const FOLDER: &str = "vectors/cose/cose-wg-examples";

fn main() -> ExitCode {
    let mut tests = Vec::new();
    for folder in
        ["sign1-tests", "mac0-tests", "ecdsa-examples", "eddsa-examples", "sign-tests", "hmac-examples", "CWT"]
    {
        tests.extend(each(folder));
    }
    tests.extend(["RFC8152/Appendix_C_2_1", "RFC8152/Appendix_C_6_1"].map(|file| one(file.to_owned())));
    run(tests)
}

fn each(folder: &str) -> Vec<Test> {
    let listing = std::fs::read_dir(shared(&format!("{FOLDER}/{folder}"))).expect("the folder of examples");
    let mut paths: Vec<PathBuf> = listing.map(|entry| entry.expect("an entry of the folder").path()).collect();
    paths.sort();
    let name = |path: &PathBuf| path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    paths.iter().map(|path| one(format!("{folder}/{}", name(path)))).collect()
}

fn one(file: String) -> Test {
    let document = read_json(&format!("{FOLDER}/{file}.json"));
    let name = file.replace('/', "::");
    let test: Check = Box::new(move || example(&file, &document));
    (name, test)
}

fn example(file: &str, document: &Json) -> Result<(), String> {
    let cbor = from_hex(document["output"]["cbor"].as_str().ok_or("no output")?)?;
    let found = if file.starts_with("mac0") || file.starts_with("hmac") || file.contains("C_6_1") {
        code(document, &cbor)
    } else {
        signature(document, &cbor)
    };
    match (found, refusal(file)) {
        (Ok(()), None) => Ok(()),
        (Err(error), Some(expected)) if error == expected => Ok(()),
        (found, expected) => Err(format!("{found:?}, not {expected:?}")),
    }
}

/// Why a file is refused; none for those that are good.
fn refusal(file: &str) -> Option<CoseError> {
    Some(match file {
        "sign1-tests/sign-fail-01" | "mac0-tests/mac-fail-01" => CoseError::WrongTag,
        "sign1-tests/sign-fail-02" | "sign1-tests/sign-fail-06" | "sign1-tests/sign-fail-07" => CoseError::Signature,
        // An algorithm of another number, and one of a name.
        "sign1-tests/sign-fail-03" | "sign1-tests/sign-fail-04" => CoseError::Algorithm,
        // The algorithm stands in the unprotected header, where anybody may change it.
        "sign1-tests/sign-pass-01" | "mac0-tests/mac-pass-01" | "mac0-tests/mac-pass-02" | "mac0-tests/mac-pass-03" => {
            CoseError::NoAlgorithm
        }
        // Several signatures and no tag that says so: what looks like the header of the only one is empty.
        "sign-tests/sign-pass-03" => CoseError::NoAlgorithm,
        "mac0-tests/mac-fail-02" | "mac0-tests/mac-fail-06" | "mac0-tests/mac-fail-07" => CoseError::Signature,
        "mac0-tests/mac-fail-03" | "mac0-tests/mac-fail-04" => CoseError::Algorithm,
        // Ed448 is not spoken; its key is none of ours.
        "eddsa-examples/eddsa-sig-02" => CoseError::KeyMismatch,
        // ES512 is not spoken, and ES512 with a key of P-256 less so.
        "ecdsa-examples/ecdsa-sig-03" | "ecdsa-examples/ecdsa-sig-04" => CoseError::Algorithm,
        // The same key for longer codes and for a shorter one, and a code that was changed.
        "hmac-examples/HMac-enc-02" | "hmac-examples/HMac-enc-03" | "hmac-examples/HMac-enc-05" => CoseError::Algorithm,
        "hmac-examples/HMac-enc-04" => CoseError::Signature,
        // A code by AES.
        "RFC8152/Appendix_C_6_1" => CoseError::Algorithm,
        _ if is_of_another_kind(file) => CoseError::WrongTag,
        _ => return None,
    })
}

/// Messages with several signatures or recipients, and encrypted ones.
fn is_of_another_kind(file: &str) -> bool {
    let several = file.starts_with("ecdsa-examples/ecdsa-0") || file.starts_with("eddsa-examples/eddsa-0");
    let of_folder = file.starts_with("sign-tests/") || file.starts_with("hmac-examples/") || file.starts_with("CWT/");
    several || of_folder && file != "hmac-examples/HMac-enc-01" && file != "CWT/A_3"
}

fn external(part: &Json) -> Vec<u8> {
    part["external"].as_str().map(|hex| from_hex(hex).expect("hexadecimal")).unwrap_or_default()
}

fn signature(document: &Json, cbor: &[u8]) -> Result<(), CoseError> {
    let message = Sign1::parse(cbor, &Limits::default())?;
    let part = &document["input"]["sign0"];
    let key = public_key(&part["key"]).ok_or(CoseError::KeyMismatch)?;
    message.verify(&key, &external(part))
}

fn public_key(jwk: &Json) -> Option<PublicKey> {
    let mut public = jwk.clone();
    public.as_object_mut()?.retain(|name, _| ["kty", "crv", "x", "y"].contains(&name.as_str()));
    // Some keys are spelt in hexadecimal.
    for name in ["x", "y"] {
        if let Some(hex) = jwk[format!("{name}_hex")].as_str() {
            public[name] = base64url::encode(&from_hex(hex).ok()?).into();
        }
    }
    PublicKey::from_jwk(&Jwk::from_value(&public).ok()?).ok()
}

fn code(document: &Json, cbor: &[u8]) -> Result<(), CoseError> {
    let message = Mac0::parse(cbor, &Limits::default())?;
    let part = &document["input"]["mac0"];
    let key = part["recipients"][0]["key"]["k"].as_str().expect("a key");
    let key = base64url::decode(key).expect("base64url");
    message.verify(&key, &external(part))?;
    made_again(message.payload().unwrap_or_default(), &key, part, cbor)
}

/// A code has one value per message, so making it must give the published bytes.
fn made_again(payload: &[u8], key: &[u8], part: &Json, cbor: &[u8]) -> Result<(), CoseError> {
    if !external(part).is_empty() || part["unprotected"].is_object() {
        return Ok(());
    }
    let message = mac0(Payload::Attached(payload), key);
    let made = [message.to_bytes(), Value::Tag(17, Box::new(message)).to_bytes()];
    if made.iter().any(|made| made == cbor) { Ok(()) } else { Err(CoseError::Cbor(CborError::Trailing)) }
}
