//! Public keys as JSON (RFC 7517, 7518, 8037, 9964).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

/// A public JSON Web Key. Never holds private members; members that are not listed are dropped.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Value")]
pub struct Jwk {
    /// Key type: `EC`, `OKP`, `AKP`, `RSA`.
    pub kty: String,
    /// Curve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// First coordinate, or the whole key of an `OKP`, as base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Second coordinate, as base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// The whole key of an `AKP`, as base64url.
    #[serde(rename = "pub", skip_serializing_if = "Option::is_none")]
    pub public: Option<String>,
    /// The one algorithm that the key is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// Identifier of the key among its owner's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `sig` or `enc`.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub public_key_use: Option<String>,
    /// The operations that the key is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_ops: Option<Vec<String>>,
}

/// Why a JSON value is not a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JwkError {
    /// Not a JSON object.
    #[error("a JWK is a JSON object")]
    NotAnObject,
    /// The sender gave a private or symmetric key away.
    #[error("the JWK carries a private member")]
    PrivateMember,
    /// `kty` is missing.
    #[error("the JWK names no key type")]
    MissingKeyType,
    /// A member that must be text is something else.
    #[error("member {0} of the JWK is not text")]
    NotText(&'static str),
}

/// What RFC 7518 section 6 and RFC 9964 section 3 put into private and symmetric keys.
const PRIVATE_MEMBERS: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

impl Jwk {
    /// The public key that a JSON value spells; refuses private members rather than dropping them.
    pub fn from_value(value: &Value) -> Result<Self, JwkError> {
        let members = value.as_object().ok_or(JwkError::NotAnObject)?;
        if PRIVATE_MEMBERS.iter().any(|name| members.contains_key(*name)) {
            return Err(JwkError::PrivateMember);
        }
        Self::public_members(members)
    }

    /// The public members alone, for readers of private keys.
    pub(crate) fn public_members(members: &Map<String, Value>) -> Result<Self, JwkError> {
        Ok(Self {
            kty: text(members, "kty")?.ok_or(JwkError::MissingKeyType)?,
            crv: text(members, "crv")?,
            x: text(members, "x")?,
            y: text(members, "y")?,
            public: text(members, "pub")?,
            alg: text(members, "alg")?,
            kid: text(members, "kid")?,
            public_key_use: text(members, "use")?,
            key_ops: members.get("key_ops").map(operations).transpose()?,
        })
    }

    /// The key as a JSON value.
    pub fn to_value(&self) -> Value {
        let members = [
            ("crv", &self.crv),
            ("x", &self.x),
            ("y", &self.y),
            ("pub", &self.public),
            ("alg", &self.alg),
            ("kid", &self.kid),
            ("use", &self.public_key_use),
        ];
        let present = members.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into())));
        let key_type = ("kty".to_owned(), Value::from(self.kty.clone()));
        let operations = self.key_ops.iter().map(|operations| ("key_ops".to_owned(), operations.clone().into()));
        Value::Object(std::iter::once(key_type).chain(present).chain(operations).collect())
    }

    /// Whether `key_ops` is absent or names one of `operations`.
    pub(crate) fn permits(&self, operations: &[&str]) -> bool {
        let Some(named) = &self.key_ops else { return true };
        named.iter().any(|named| operations.contains(&named.as_str()))
    }
}

fn text(members: &Map<String, Value>, name: &'static str) -> Result<Option<String>, JwkError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(JwkError::NotText(name)),
    }
}

fn operations(value: &Value) -> Result<Vec<String>, JwkError> {
    let list = value.as_array().ok_or(JwkError::NotText("key_ops"))?;
    list.iter().map(|name| name.as_str().map(str::to_owned).ok_or(JwkError::NotText("key_ops"))).collect()
}

impl TryFrom<Value> for Jwk {
    type Error = JwkError;

    fn try_from(value: Value) -> Result<Self, JwkError> {
        Self::from_value(&value)
    }
}
