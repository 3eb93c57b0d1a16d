//! One disclosure: a salt, a name where it is a member of an object, and a value (RFC 9901 section 4.2).

use std::fmt;

use mibun_crypto::base64url;
use mibun_crypto::digest::sha256;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::json::{self, JsonError, Limits};
use serde_json::Value;

use super::{DIGESTS_MEMBER, ELEMENT_MEMBER};

/// The part of a disclosure behind its salt, encoded once for any number of salts.
///
/// A salt always fills the same [`Salt::LETTERS`] bytes of JSON. Together with the first two bytes behind it that is a
/// whole number of base64 groups, so the letters of everything after them never depend on the salt.
pub(super) struct Tail {
    first: [u8; 2],
    rest: String,
}

impl Tail {
    /// Letters it adds to a disclosure.
    pub(super) fn letters(&self) -> usize {
        self.rest.len()
    }

    /// The tail that is `json` before encoding: from the comma behind the salt to the closing bracket.
    pub(super) fn new(json: &str) -> Self {
        let (first, rest) = json.as_bytes().split_first_chunk().expect("a comma and at least a bracket");
        Self { first: *first, rest: base64url::encode(rest) }
    }
}

/// A salt as it stands in JSON, with the bracket before it: `["` and 22 letters and `"`.
pub(super) struct Salt([u8; Salt::LETTERS]);

impl Salt {
    /// 128 bits.
    const BYTES: usize = 16;
    const LETTERS: usize = 25;

    /// A fresh one.
    pub(super) fn draw(entropy: &mut dyn Entropy) -> Self {
        let bytes: [u8; Self::BYTES] = entropy.bytes();
        let mut json = [b'"'; Self::LETTERS];
        json[0] = b'[';
        base64url::encode_into(&bytes, &mut json[2..Self::LETTERS - 1]);
        Self(json)
    }

    /// Appends the disclosure that begins with this salt.
    pub(super) fn before(&self, tail: &Tail, text: &mut String) {
        let mut head = [0; Self::LETTERS + 2];
        head[..Self::LETTERS].copy_from_slice(&self.0);
        head[Self::LETTERS..].copy_from_slice(&tail.first);
        base64url::encode_onto(&head, text);
        text.push_str(&tail.rest);
    }

    /// Begins the JSON of a disclosure that is different in every copy.
    pub(super) fn begin(&self, json: &mut Vec<u8>) {
        json.clear();
        json.extend_from_slice(&self.0);
    }
}

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
