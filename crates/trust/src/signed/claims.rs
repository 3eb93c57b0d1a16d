//! Members of a payload, read with their bounds.

use std::fmt;

use mibun_crypto::key::{Algorithm, Jwk, PublicKey};
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value};

use crate::status_reference::{Standing, StatusReference};

/// Longest text of a member, in bytes.
const MAX_TEXT: usize = 2048;

/// The member of this name is missing, of the wrong kind or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed(pub &'static str);

/// The payload of a statement.
pub(crate) struct Claims(Map<String, Value>);

impl Claims {
    pub fn new(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// Any member as it is.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Text that has to be there and not to be empty.
    pub fn text(&self, name: &'static str) -> Result<&str, Malformed> {
        self.optional_text(name)?.ok_or(Malformed(name))
    }

    /// Text that may be missing, but not be empty.
    pub fn optional_text(&self, name: &'static str) -> Result<Option<&str>, Malformed> {
        let fits = |value: &'_ Value| value.as_str().is_some_and(|text| !text.is_empty() && text.len() <= MAX_TEXT);
        match self.0.get(name) {
            None => Ok(None),
            Some(value) if fits(value) => Ok(value.as_str()),
            Some(_) => Err(Malformed(name)),
        }
    }

    /// A point in time that has to be there.
    pub fn time(&self, name: &'static str) -> Result<Timestamp, Malformed> {
        self.optional_time(name)?.ok_or(Malformed(name))
    }

    /// A point in time that may be missing.
    pub fn optional_time(&self, name: &'static str) -> Result<Option<Timestamp>, Malformed> {
        self.0.get(name).map(|value| seconds(value).ok_or(Malformed(name))).transpose()
    }

    /// The key in `cnf.jwk` (RFC 7800), for ES256.
    pub fn confirmed_key(&self) -> Option<PublicKey> {
        self.0.get("cnf").and_then(|cnf| cnf.get("jwk")).and_then(key)
    }

    /// Where `status` says that the statement's standing is to be looked up. Other mechanisms than status lists are `None`.
    pub fn status(&self) -> Result<Option<StatusReference>, Malformed> {
        Ok(self.standing()?.and_then(|standing| match standing {
            Standing::Listed(reference) => Some(reference),
            Standing::Otherwise => None,
        }))
    }

    /// What `status` says, if it is there; a status list counts before other mechanisms.
    pub fn standing(&self) -> Result<Option<Standing>, Malformed> {
        match self.0.get("status") {
            None => Ok(None),
            Some(Value::Object(status)) => match status.get("status_list") {
                None => Ok(Some(Standing::Otherwise)),
                Some(list) => StatusReference::read(list).map(Standing::Listed).map(Some).ok_or(Malformed("status")),
            },
            Some(_) => Err(Malformed("status")),
        }
    }

    /// Whether `aud` names `audience` and nobody else: one text, or an array of one.
    pub fn is_for(&self, audience: &str) -> bool {
        match self.0.get("aud") {
            Some(Value::String(named)) => named == audience,
            Some(Value::Array(named)) => named.len() == 1 && named[0].as_str() == Some(audience),
            _ => false,
        }
    }
}

/// A public key for ES256.
pub(crate) fn key(jwk: &Value) -> Option<PublicKey> {
    let key = PublicKey::from_jwk(&Jwk::from_value(jwk).ok()?).ok()?;
    (key.algorithm() == Algorithm::Es256).then_some(key)
}

/// A `NumericDate` (RFC 7519 2), which may have a fraction.
fn seconds(value: &Value) -> Option<Timestamp> {
    let whole = value.as_i64();
    // Reading has refused numbers that do not fit: what is left has at most 53 bits before the point.
    let fraction = || value.as_f64().map(|seconds| seconds.floor() as i64);
    whole.or_else(fraction).map(Timestamp)
}

impl fmt::Debug for Claims {
    /// Statements name keys that follow their owner around.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims([redacted])")
    }
}
