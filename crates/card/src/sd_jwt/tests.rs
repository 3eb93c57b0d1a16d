//! What the tests share: an issuer's key, tokens signed by it, and claims issued through [`conceal`].

mod digests;
mod form;
mod hidden;
mod properties;
mod selection;

use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::key::SoftwareKey;
use serde_json::{Map, Value};

use super::{Disclosure, SdJwt, SdJwtError, conceal};
use crate::path::ClaimPath;

fn key() -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new("issuer"))
}

fn sign(payload: &Value) -> String {
    jws::sign(Map::new(), payload.to_string().as_bytes(), &key()).expect("signs")
}

/// A disclosure whose salt depends on its name and value alone.
fn disclosure(name: Option<&str>, value: Value) -> Disclosure {
    let seed = format!("{name:?} {value}");
    Disclosure::make(name, value, &mut SeededEntropy::new(seed))
}

fn parse(text: &str) -> Result<SdJwt, SdJwtError> {
    SdJwt::parse(text, &Limits::default())
}

/// A token over `payload` that comes with `disclosures`.
fn token(payload: &Value, disclosures: &[&Disclosure]) -> String {
    let tail: String = disclosures.iter().map(|disclosure| format!("{}~", disclosure.as_str())).collect();
    format!("{}~{tail}", sign(payload))
}

fn refusal(payload: &Value, disclosures: &[&Disclosure]) -> SdJwtError {
    parse(&token(payload, disclosures)).and_then(|token| token.process()).expect_err("must be refused")
}

fn claims(payload: &Value, disclosures: &[&Disclosure]) -> Value {
    processed(&parse(&token(payload, disclosures)).expect("reads"))
}

fn processed(token: &SdJwt) -> Value {
    Value::Object(token.process().expect("everything fits").claims)
}

fn issued(claims: Value) -> SdJwt {
    let Value::Object(claims) = claims else { panic!("claims are an object") };
    let concealed = conceal(claims, &mut SeededEntropy::new("salts")).expect("no reserved name");
    SdJwt::assemble(sign(&Value::Object(concealed.payload)), concealed.disclosures).expect("a token")
}

fn path(value: Value) -> ClaimPath {
    ClaimPath::from_value(&value).expect("a path")
}
