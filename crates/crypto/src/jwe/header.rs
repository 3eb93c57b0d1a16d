//! The protected header of an encrypted message.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{JweError, MAX_HEADER_BYTES};
use crate::base64url;
use crate::json::{self, Limits};
use crate::key::Jwk;

/// How the content is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Enc {
    /// AES-128 in Galois/Counter mode.
    #[serde(rename = "A128GCM")]
    A128Gcm,
    /// AES-256 in Galois/Counter mode.
    #[serde(rename = "A256GCM")]
    A256Gcm,
}

impl Enc {
    /// The name in JOSE headers.
    pub const fn as_jose(self) -> &'static str {
        match self {
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// The algorithm of that name in JOSE, if it is spoken.
    pub fn from_jose(name: &str) -> Option<Self> {
        [Self::A128Gcm, Self::A256Gcm].into_iter().find(|enc| enc.as_jose() == name)
    }

    /// Bytes of the content key.
    pub(super) const fn key_length(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A256Gcm => 32,
        }
    }
}

/// A header that has been checked: ECDH-ES, a known `enc`, an `epk`, no compression, nothing critical.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    enc: Enc,
    epk: Jwk,
    apu: Vec<u8>,
    apv: Vec<u8>,
    members: Map<String, Value>,
}

impl Header {
    /// How the content is encrypted.
    pub fn enc(&self) -> Enc {
        self.enc
    }

    /// Which of the receiver's keys the sender took.
    pub fn kid(&self) -> Option<&str> {
        self.members.get("kid").and_then(Value::as_str)
    }

    /// The sender's one-time public key.
    pub fn epk(&self) -> &Jwk {
        &self.epk
    }

    /// What the sender says about itself, decoded; empty when absent.
    pub fn apu(&self) -> &[u8] {
        &self.apu
    }

    /// What the sender says about the receiver, decoded; empty when absent.
    pub fn apv(&self) -> &[u8] {
        &self.apv
    }

    /// Any member of the header.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    pub(super) fn parse(document: &[u8], limits: &Limits) -> Result<Self, JweError> {
        if document.len() > MAX_HEADER_BYTES {
            return Err(JweError::TooLong);
        }
        let Value::Object(members) = json::parse(document, limits).map_err(JweError::HeaderJson)? else {
            return Err(JweError::Form);
        };
        if members.contains_key("zip") {
            return Err(JweError::Compressed);
        }
        if members.contains_key("crit") {
            return Err(JweError::Critical);
        }
        if text(&members, "alg")? != Some("ECDH-ES") {
            return Err(JweError::Algorithm);
        }
        let enc = text(&members, "enc")?.and_then(Enc::from_jose).ok_or(JweError::Encryption)?;
        text(&members, "kid")?;
        let epk = members.get("epk").ok_or(JweError::HeaderMember("epk"))?;
        let epk = Jwk::from_value(epk).map_err(|_| JweError::HeaderMember("epk"))?;
        let (apu, apv) = (bytes(&members, "apu")?, bytes(&members, "apv")?);
        Ok(Self { enc, epk, apu, apv, members })
    }
}

fn text<'a>(members: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a str>, JweError> {
    let as_text = |value: &'a Value| value.as_str().ok_or(JweError::HeaderMember(name));
    members.get(name).map(as_text).transpose()
}

fn bytes(members: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, JweError> {
    let encoded = text(members, name)?.unwrap_or_default();
    base64url::decode(encoded).map_err(|_| JweError::HeaderMember(name))
}
