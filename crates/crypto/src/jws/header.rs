//! The protected header of a signed message.

use std::fmt;

use serde_json::{Map, Value};

use super::JwsError;
use crate::base64url;
use crate::json::{self, Limits};
use crate::key::{Algorithm, Jwk};

/// Most certificates that `x5c` may hold.
const MAX_CERTIFICATES: usize = 8;

/// A protected header whose common members have been checked for type and encoding.
#[derive(Clone)]
pub struct Header {
    alg: Algorithm,
    jwk: Option<Jwk>,
    x5c: Vec<Vec<u8>>,
    members: Map<String, Value>,
}

impl Header {
    /// The signature algorithm that the sender names.
    pub fn alg(&self) -> Algorithm {
        self.alg
    }

    /// The media type of the whole message, as written.
    pub fn typ(&self) -> Option<&str> {
        self.text("typ")
    }

    /// The sender's hint at its key.
    pub fn kid(&self) -> Option<&str> {
        self.text("kid")
    }

    /// The public key that the sender claims; proves nothing by itself.
    pub fn jwk(&self) -> Option<&Jwk> {
        self.jwk.as_ref()
    }

    /// The sender's certificates in DER, leaf first; empty when there are none.
    pub fn x5c(&self) -> &[Vec<u8>] {
        &self.x5c
    }

    /// Any member of the header.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// All members of the header.
    pub fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    pub(super) fn parse(document: &[u8], limits: &Limits, understood: &[&str]) -> Result<Self, JwsError> {
        let Value::Object(members) = json::parse(document, limits).map_err(JwsError::HeaderJson)? else {
            return Err(JwsError::Form);
        };
        if members.contains_key("b64") || !is_understood(&members, understood) {
            return Err(JwsError::Critical);
        }
        for name in ["typ", "kid", "cty"] {
            if members.get(name).is_some_and(|value| !value.is_string()) {
                return Err(JwsError::HeaderMember(name));
            }
        }
        let alg = match members.get("alg") {
            Some(Value::String(name)) => Algorithm::from_jose(name).map_err(|_| JwsError::Algorithm)?,
            Some(_) | None => return Err(JwsError::HeaderMember("alg")),
        };
        let jwk = members.get("jwk").map(Jwk::from_value).transpose();
        let jwk = jwk.map_err(|_| JwsError::HeaderMember("jwk"))?;
        let x5c = members.get("x5c").map_or(Ok(Vec::new()), certificates)?;
        Ok(Self { alg, jwk, x5c, members })
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }
}

/// Whether all that `crit` demands is understood: a list that is not empty, of members that are there, none twice.
fn is_understood(members: &Map<String, Value>, understood: &[&str]) -> bool {
    let Some(critical) = members.get("crit") else { return true };
    let Some(names) = critical.as_array().filter(|names| !names.is_empty()) else { return false };
    names.iter().enumerate().all(|(at, name)| {
        let known = name.as_str().is_some_and(|name| understood.contains(&name) && members.contains_key(name));
        known && !names[..at].contains(name)
    })
}

fn certificates(value: &Value) -> Result<Vec<Vec<u8>>, JwsError> {
    const MALFORMED: JwsError = JwsError::HeaderMember("x5c");
    let list = value.as_array().ok_or(MALFORMED)?;
    if list.is_empty() || list.len() > MAX_CERTIFICATES {
        return Err(MALFORMED);
    }
    let decode = |text: &Value| base64url::decode_standard(text.as_str().ok_or(MALFORMED)?).map_err(|_| MALFORMED);
    list.iter().map(decode).collect()
}

impl fmt::Debug for Header {
    /// Keys and certificates follow their owner around; the algorithm and type do not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header").field("alg", &self.alg).field("typ", &self.typ()).finish_non_exhaustive()
    }
}
