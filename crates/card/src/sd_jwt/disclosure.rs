//! One disclosure: a salt, a name where it is a member of an object, and a value (RFC 9901 section 4.2).

use std::fmt;

use mibun_crypto::base64url;
use mibun_crypto::digest::sha256;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::json::{self, JsonError, Limits};
use serde_json::{Value, json};

use super::{DIGESTS_MEMBER, ELEMENT_MEMBER};

/// Bytes of a salt: 128 bits.
const SALT_BYTES: usize = 16;

/// A disclosure as it was received or made.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    text: String,
    digest: String,
    name: Option<String>,
    value: Value,
}

/// Why a disclosure cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    /// Not canonical base64url.
    #[error("not base64url")]
    Encoding,
    /// Not acceptable JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Not an array of salt, name and value, or of salt and value.
    #[error("not an array of salt, name and value")]
    Form,
    /// A claim named `_sd` or `...`, which would pass for a digest.
    #[error("a reserved name")]
    ReservedName,
}

impl Disclosure {
    /// Reads a disclosure and computes its digest over the text as received.
    ///
    /// # Errors
    /// [`DisclosureError`].
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, DisclosureError> {
        let bytes = base64url::decode(text).map_err(|_| DisclosureError::Encoding)?;
        let Value::Array(parts) = json::parse(&bytes, limits)? else { return Err(DisclosureError::Form) };
        let mut parts = parts.into_iter();
        let (name, value) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Value::String(_)), Some(Value::String(name)), Some(value), None) => (Some(name), value),
            (Some(Value::String(_)), Some(value), None, None) => (None, value),
            _ => return Err(DisclosureError::Form),
        };
        if name.as_deref().is_some_and(|name| name == DIGESTS_MEMBER || name == ELEMENT_MEMBER) {
            return Err(DisclosureError::ReservedName);
        }
        Ok(Self { digest: digest(text), text: text.to_owned(), name, value })
    }

    /// Makes a disclosure of a member (with `name`) or of an array element, under a fresh salt.
    pub fn make(name: Option<&str>, value: Value, entropy: &mut dyn Entropy) -> Self {
        let salt = entropy.token(SALT_BYTES);
        let parts = match name {
            Some(name) => json!([salt, name, value]),
            None => json!([salt, value]),
        };
        let text = base64url::encode(parts.to_string().as_bytes());
        Self { digest: digest(&text), text, name: name.map(str::to_owned), value }
    }

    /// The disclosure on the wire.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The digest that the issuer signed.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The name of the member; none for an array element.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The value, which may hold digests of further disclosures.
    pub fn value(&self) -> &Value {
        &self.value
    }
}

fn digest(text: &str) -> String {
    base64url::encode(&sha256(text.as_bytes()))
}

impl fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disclosure([redacted])")
    }
}
