//! What the tests share: an issuer's key, tokens signed by it, and claims issued through a [`Template`].

mod digests;
mod form;
mod hidden;
mod properties;
mod selection;

use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::key::SoftwareKey;
use serde_json::{Map, Value, json};

use super::{Concealed, Disclosure, SdJwt, SdJwtError, Template};
use crate::path::ClaimPath;

fn key() -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new("issuer"))
}

fn sign(payload: &Value) -> String {
    jws::sign(Map::new(), payload.to_string().as_bytes(), &key()).expect("signs")
}

/// A disclosure whose salt depends on its name and value alone.
pub(crate) fn disclosure(name: Option<&str>, value: Value) -> Disclosure {
    let salt = format!("{name:?} {value}");
    let parts = name.map_or_else(|| json!([salt, value]), |name| json!([salt, name, value]));
    let text = base64url::encode(parts.to_string().as_bytes());
    Disclosure::parse(&text, &Limits::default()).expect("a disclosure")
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

/// A token of the issuer that hides every claim.
pub(crate) fn issued(claims: Value) -> SdJwt {
    let Value::Object(claims) = claims else { panic!("claims are an object") };
    let concealed = conceal(&claims, "salts");
    let payload = json!({ "_sd": concealed.digests, "_sd_alg": "sha-256" });
    parse(&concealed.join(&sign(&payload))).expect("a token")
}

fn conceal(claims: &Map<String, Value>, seed: &str) -> Concealed {
    Template::new(claims).expect("no reserved name").conceal(&mut SeededEntropy::new(seed))
}

fn path(value: Value) -> ClaimPath {
    ClaimPath::from_value(&value).expect("a path")
}
