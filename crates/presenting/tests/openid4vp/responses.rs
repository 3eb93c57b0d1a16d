//! Answers of other formats, and the pieces of ours.

use mibun_card::kb_jwt::KeyBinding;
use mibun_card::path::ClaimPath;
use mibun_card::sd_jwt::SdJwt;
use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::key::{Jwk, PublicKey, SoftwareKey};
use mibun_presenting::dcql::{AnswerError, VpToken};
use mibun_presenting::request::RequestError;
use mibun_vectors::read_text;
use serde_json::{Map, Value, json};

use super::asker::Asker;
use super::same;

pub fn check(name: &str, text: &str) -> Result<(), String> {
    match name {
        "jwt_vc.json" | "ldp_vc.json" => foreign(text),
        "kb_jwt_unsecured.json" => key_binding(text),
        _ => Err("no check for this answer".to_owned()),
    }
}

/// Presentations that are objects are of formats we do not speak.
fn foreign(text: &str) -> Result<(), String> {
    let token = json!({ "example": [super::json(text)?] });
    same(VpToken::from_value(&token).err(), Some(AnswerError::NotAnArray))
}

/// The example's members are read; its request would be refused here, for its nonce could be guessed.
fn key_binding(text: &str) -> Result<(), String> {
    let payload = super::json(text)?;
    let key = SoftwareKey::generate(&mut mibun_crypto::entropy::SeededEntropy::new("holder"));
    let header = Map::from_iter([("typ".to_owned(), Value::from("kb+jwt"))]);
    let signed = jws::sign(header, payload.to_string().as_bytes(), &key).map_err(|error| error.to_string())?;
    let binding = KeyBinding::parse(&signed).map_err(|error| error.to_string())?;
    let read = json!({ "nonce": binding.nonce, "aud": binding.audience, "iat": binding.issued_at.0 });
    let expected = json!({ "nonce": payload["nonce"], "aud": payload["aud"], "iat": payload["iat"] });
    same(read, expected)?;
    same(Some(binding.sd_hash.as_str()), payload["sd_hash"].as_str())?;
    let asker = Asker::new()?;
    let mut request = asker.payload();
    request["nonce"] = payload["nonce"].clone();
    same(asker.ask(&request).err(), Some(RequestError::WeakNonce))
}

const EXAMPLE: &str = "vectors/openid4vp/1.0/examples/sd_jwt_vcld/01";

/// The worked example of a presentation: each file is one view of it.
pub fn sd_jwt_vcld(name: &str, text: &str) -> Result<(), String> {
    match name {
        "01/sd_jwt_presentation.txt" => presentation(text),
        "01/sd_jwt_issuance.txt" => issuance(text),
        "01/sd_jwt_jws_part.txt" => same(signed_part()?, unwrapped(text)),
        "01/kb_jwt_serialized.txt" => same(shown()?.key_binding().map(str::to_owned), Some(unwrapped(text))),
        "01/kb_jwt_header.json" => same(Value::Object(proof()?.header().members().clone()), super::json(text)?),
        "01/kb_jwt_payload.json" => {
            let payload = proof()?.payload_json(&Limits::default()).map_err(|error| error.to_string())?;
            same(payload, super::json(text)?)
        }
        "01/sd_jwt_payload.json" => {
            let payload = shown()?.jws().payload_json(&Limits::default()).map_err(|error| error.to_string())?;
            same(payload, super::json(text)?)
        }
        "01/verified_contents.json" => same(claims(&shown()?)?, super::json(text)?),
        "01/user_claims.json" => user_claims(&super::json(text)?),
        "01/disclosures.md" => disclosures(text),
        "01/specification.yml" => specification(text),
        "settings.yml" => settings(text),
        _ => Err("no check for this file".to_owned()),
    }
}

/// The presentation verifies from end to end with the example's keys.
fn presentation(text: &str) -> Result<(), String> {
    let shown = read(text)?;
    shown.jws().verify(&issuer_key()?).map_err(|error| error.to_string())?;
    let binding = KeyBinding::parse(shown.key_binding().unwrap_or_default()).map_err(|error| error.to_string())?;
    binding.verify(&holder_key(&shown)?).map_err(|error| error.to_string())?;
    same(binding.sd_hash, shown.sd_hash())?;
    same(shown.to_string(), unwrapped(text))
}

/// What the holder got, reduced to what is asked, is what the example shows.
fn issuance(text: &str) -> Result<(), String> {
    let path = ClaimPath::of_names(&["ld", "credentialSubject", "givenName"]);
    let selected = read(text)?.select(&[path]).map_err(|error| error.to_string())?;
    same(selected.without_key_binding(), shown()?.without_key_binding())
}

fn user_claims(expected: &Value) -> Result<(), String> {
    let issued = claims(&read(&read_text(&format!("{EXAMPLE}/sd_jwt_issuance.txt")))?)?;
    same(&issued["ld"], &expected["ld"])
}

/// Every disclosure of the card is one of those listed.
fn disclosures(text: &str) -> Result<(), String> {
    let issued = read(&read_text(&format!("{EXAMPLE}/sd_jwt_issuance.txt")))?;
    let listed = text.replace(['\n', '\\', '`'], "");
    let missing = issued.disclosures().iter().filter(|one| !listed.contains(one.as_str())).count();
    same((issued.disclosures().len(), missing), (3, 0))
}

/// Exactly the claims that the recipe discloses are shown.
fn specification(text: &str) -> Result<(), String> {
    let (_, disclosed) = text.split_once("holder_disclosed_claims:").ok_or("no list of disclosed claims")?;
    let shown = shown()?;
    let names: Vec<_> = shown.disclosures().iter().filter_map(|disclosure| disclosure.name()).collect();
    same(names.iter().all(|name| disclosed.contains(&format!("{name}: true"))), true)?;
    same(names.len(), disclosed.matches(": true").count() - 1) // the last one switches key binding on
}

/// Nonce, verifier and holder key are those of the settings.
fn settings(text: &str) -> Result<(), String> {
    let shown = shown()?;
    let binding = KeyBinding::parse(shown.key_binding().unwrap_or_default()).map_err(|error| error.to_string())?;
    let holder = claims(&shown)?["cnf"]["jwk"]["x"].as_str().unwrap_or_default().to_owned();
    let named = [binding.nonce, binding.audience, holder];
    same(named.iter().filter(|value| !value.is_empty() && text.contains(value.as_str())).count(), 3)
}

fn shown() -> Result<SdJwt, String> {
    read(&read_text(&format!("{EXAMPLE}/sd_jwt_presentation.txt")))
}

fn proof() -> Result<jws::Jws, String> {
    let shown = shown()?;
    jws::parse(shown.key_binding().unwrap_or_default(), &Limits::default()).map_err(|error| error.to_string())
}

fn signed_part() -> Result<String, String> {
    Ok(shown()?.to_string().split('~').next().unwrap_or_default().to_owned())
}

fn read(text: &str) -> Result<SdJwt, String> {
    SdJwt::parse(&unwrapped(text), &Limits::default()).map_err(|error| error.to_string())
}

/// The examples are broken into lines for print.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect()
}

fn claims(token: &SdJwt) -> Result<Value, String> {
    Ok(Value::Object(token.process().map_err(|error| error.to_string())?.claims))
}

fn holder_key(token: &SdJwt) -> Result<PublicKey, String> {
    let claims = claims(token)?;
    let jwk = Jwk::from_value(&claims["cnf"]["jwk"]).map_err(|error| error.to_string())?;
    PublicKey::from_jwk(&jwk).map_err(|error| error.to_string())
}

/// The issuer's key as `settings.yml` gives it.
fn issuer_key() -> Result<PublicKey, String> {
    let settings = read_text("vectors/openid4vp/1.0/examples/sd_jwt_vcld/settings.yml");
    let member = |name: &str| {
        let start = settings.find(&format!(" {name}: ")).ok_or_else(|| format!("no {name}"))?;
        Ok::<_, String>(settings[start..].split_whitespace().nth(1).unwrap_or_default().to_owned())
    };
    let jwk = Jwk {
        kty: "EC".to_owned(),
        crv: Some("P-256".to_owned()),
        x: Some(member("x")?),
        y: Some(member("y")?),
        ..Jwk::default()
    };
    PublicKey::from_jwk(&jwk).map_err(|error| error.to_string())
}
