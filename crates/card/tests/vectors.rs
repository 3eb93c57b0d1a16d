//! The published examples of RFC 9901 and of SD-JWT VC: each read, verified and processed to the published claims.

use std::path::Path;
use std::process::ExitCode;

use mibun_card::kb_jwt::KeyBinding;
use mibun_card::sd_jwt::SdJwt;
use mibun_crypto::json::Limits;
use mibun_crypto::key::{Jwk, PublicKey};
use mibun_vectors::{Test, run, shared};
use serde_json::{Value, json};

/// The key of every example, from the `settings.yml` beside them.
const X: &str = "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ";
const Y: &str = "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8";

fn main() -> ExitCode {
    let mut tests: Vec<Test> = Vec::new();
    for set in ["rfc9901-examples", "sd-jwt-vc-examples"] {
        let folder = shared(&format!("vectors/sd-jwt/{set}"));
        let settings = read(&folder.join("settings.yml"));
        assert!(settings.contains(X) && settings.contains(Y), "the key of {set} is another one");
        let mut names: Vec<String> = std::fs::read_dir(&folder)
            .expect("the folder of examples")
            .filter_map(|entry| entry.ok().filter(|entry| entry.path().is_dir()))
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        for name in names {
            let example = folder.join(&name);
            let again = example.clone();
            tests.push((format!("{set}_{name}_issuance"), Box::new(move || issuance(&example))));
            tests.push((format!("{set}_{name}_presentation"), Box::new(move || presentation(&again))));
        }
    }
    run(tests)
}

/// All disclosures together give the claims that the issuer began with.
fn issuance(example: &Path) -> Result<(), String> {
    let Some(token) = compact(&example.join("sd_jwt_issuance.txt"))? else { return json_form(example) };
    let processed = token.process().map_err(|error| error.to_string())?;
    if processed.claims.is_empty() { Err("no claims".to_owned()) } else { Ok(()) }
}

/// What is shown is what is published as verified.
fn presentation(example: &Path) -> Result<(), String> {
    let Some(token) = compact(&example.join("sd_jwt_presentation.txt"))? else { return json_form(example) };
    let processed = token.process().map_err(|error| error.to_string())?;
    let expected: Value =
        serde_json::from_str(&read(&example.join("verified_contents.json"))).map_err(|e| e.to_string())?;
    if Value::Object(processed.claims.clone()) != expected {
        return Err(format!("claims differ:\n{}\n{expected}", Value::Object(processed.claims)));
    }
    match token.key_binding() {
        None => Ok(()),
        Some(proof) => proven(&token, proof, &expected),
    }
}

fn proven(token: &SdJwt, proof: &str, claims: &Value) -> Result<(), String> {
    let proof = KeyBinding::parse(proof).map_err(|error| error.to_string())?;
    let key = Jwk::from_value(&claims["cnf"]["jwk"]).map_err(|error| error.to_string())?;
    let key = PublicKey::from_jwk(&key).map_err(|error| error.to_string())?;
    proof.verify(&key).map_err(|error| error.to_string())?;
    if proof.sd_hash == token.sd_hash() { Ok(()) } else { Err("sd_hash differs".to_owned()) }
}

/// The token of a file, its signature checked; none where the example is in the JSON serialisation.
fn compact(file: &Path) -> Result<Option<SdJwt>, String> {
    if !file.exists() {
        return Ok(None);
    }
    let text: String = read(file).split_whitespace().collect();
    let token = SdJwt::parse(&text, &Limits::default()).map_err(|error| error.to_string())?;
    let key = Jwk::from_value(&json!({ "kty": "EC", "crv": "P-256", "x": X, "y": Y })).map_err(|e| e.to_string())?;
    let key = PublicKey::from_jwk(&key).map_err(|error| error.to_string())?;
    token.jws().verify(&key).map_err(|error| error.to_string())?;
    Ok(Some(token))
}

/// The JSON serialisation is not spoken; it must be refused, and not be taken for something else.
fn json_form(example: &Path) -> Result<(), String> {
    let text = read(&example.join("sd_jwt_presentation.json"));
    match SdJwt::parse(&text, &Limits::default()) {
        Err(_) => Ok(()),
        Ok(_) => Err("the JSON serialisation was taken for the compact form".to_owned()),
    }
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
