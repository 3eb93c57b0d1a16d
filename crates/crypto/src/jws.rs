//! Signed messages in compact form (RFC 7515).

mod header;

use serde_json::{Map, Value};
use thiserror::Error;

use crate::base64url;
use crate::json::{self, JsonError, Limits};
use crate::key::{Algorithm, PublicKey, SignError, Signer};

pub use header::Header;

/// Longest protected header, in bytes of JSON: room for three certificates.
pub const MAX_HEADER_BYTES: usize = 16 * 1024;

/// Why a message is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JwsError {
    /// Not three parts of canonical base64url joined by dots.
    #[error("not a compact JWS")]
    Form,
    /// The whole message, or its header, is longer than allowed.
    #[error("the message is too long")]
    TooLong,
    /// The header is not an acceptable JSON object.
    #[error("the header is refused: {0}")]
    HeaderJson(#[source] JsonError),
    /// A member of the header has the wrong type, encoding or size.
    #[error("header member {0} is malformed")]
    HeaderMember(&'static str),
    /// `alg` is `none`, a MAC, or otherwise not spoken.
    #[error("the algorithm is not accepted")]
    Algorithm,
    /// `crit` names an extension that the reader does not understand or is malformed, or `b64` switches the encoding off.
    #[error("the header demands an extension that is not understood")]
    Critical,
    /// The key is for another algorithm than the header names.
    #[error("the key does not belong to the algorithm of the header")]
    KeyMismatch,
    /// The signature is not that of this key over this message.
    #[error("the signature is not valid")]
    Signature,
    /// The payload is not an acceptable JSON object.
    #[error("the payload is refused: {0}")]
    PayloadJson(#[source] JsonError),
    /// The payload is JSON, but not an object.
    #[error("the payload is not a JSON object")]
    PayloadNotAnObject,
}

/// Why a message cannot be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JwsSignError {
    /// The caller's header names another algorithm than the key has, or demands an extension.
    #[error("the header contradicts the key or demands an extension")]
    Header,
    /// The keeper of the key did not sign.
    #[error(transparent)]
    Key(#[from] SignError),
}

/// A message as it was received. Nothing about it is known to be true before [`Jws::verify`].
#[derive(Clone)]
pub struct Jws {
    header: Header,
    /// The two signed parts and their dot, kept as received: what was signed is never encoded again.
    signing_input: String,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// Takes a compact message apart. `limits.bytes` bounds the whole text.
///
/// Accepts only signature algorithms of [`crate::key::Algorithm`]; refuses `crit` and `b64`; follows no `jku`, `x5u` or
/// `jwk`, which only the caller may decide to trust.
pub fn parse(text: &str, limits: &Limits) -> Result<Jws, JwsError> {
    parse_understanding(text, limits, &[])
}

/// As [`parse`], for a caller that acts upon the extensions named `understood` when `crit` demands them (RFC 7515 section
/// 4.1.11). `b64` is never among them.
pub fn parse_understanding(text: &str, limits: &Limits, understood: &[&str]) -> Result<Jws, JwsError> {
    if text.len() > limits.bytes {
        return Err(JwsError::TooLong);
    }
    let (signing_input, signature) = text.rsplit_once('.').ok_or(JwsError::Form)?;
    let (header, payload) = signing_input.split_once('.').ok_or(JwsError::Form)?;
    if header.len() > MAX_HEADER_BYTES.div_ceil(3) * 4 {
        return Err(JwsError::TooLong);
    }
    Ok(Jws {
        header: Header::parse(&part(header)?, limits, understood)?,
        payload: part(payload)?,
        signature: part(signature)?,
        signing_input: signing_input.to_owned(),
    })
}

/// Signs `payload` under `header`, to which `alg` is added.
pub fn sign(header: Map<String, Value>, payload: &[u8], signer: &dyn Signer) -> Result<String, JwsSignError> {
    ProtectedHeader::new(header, signer.algorithm())?.sign(payload, signer)
}

/// The text that a key of `algorithm` signs: header, to which `alg` is added, and payload. For keys that sign elsewhere.
pub fn signing_input(header: Map<String, Value>, payload: &[u8], algorithm: Algorithm) -> Result<String, JwsSignError> {
    Ok(ProtectedHeader::new(header, algorithm)?.signing_input(payload))
}

/// The whole message: what was signed, and the signature over it.
pub fn attach(signing_input: String, signature: &[u8]) -> String {
    let mut text = signing_input;
    text.push('.');
    base64url::encode_onto(signature, &mut text);
    text
}

/// A protected header to sign under, encoded once for any number of messages.
pub struct ProtectedHeader {
    algorithm: Algorithm,
    encoded: String,
}

impl ProtectedHeader {
    /// The header with `alg` added to it.
    ///
    /// # Errors
    /// [`JwsSignError::Header`] for one that names another algorithm or demands an extension.
    pub fn new(mut header: Map<String, Value>, algorithm: Algorithm) -> Result<Self, JwsSignError> {
        let name = Value::from(algorithm.as_jose());
        let contradicts = header.get("alg").is_some_and(|named| *named != name);
        if contradicts || header.contains_key("crit") || header.contains_key("b64") {
            return Err(JwsSignError::Header);
        }
        header.insert("alg".to_owned(), name);
        Ok(Self { algorithm, encoded: base64url::encode(Value::Object(header).to_string().as_bytes()) })
    }

    /// The compact message over `payload`.
    ///
    /// # Errors
    /// [`JwsSignError::Header`] for a key of another algorithm, [`JwsSignError::Key`] for one that does not sign.
    pub fn sign(&self, payload: &[u8], signer: &dyn Signer) -> Result<String, JwsSignError> {
        if signer.algorithm() != self.algorithm {
            return Err(JwsSignError::Header);
        }
        let text = self.signing_input(payload);
        let signature = signer.sign(text.as_bytes())?;
        Ok(attach(text, &signature))
    }

    fn signing_input(&self, payload: &[u8]) -> String {
        // Room for two dots and the signature too.
        let room = 2 + (payload.len().div_ceil(3) + self.algorithm.signature_length().div_ceil(3)) * 4;
        let mut text = String::with_capacity(self.encoded.len() + room);
        text.push_str(&self.encoded);
        text.push('.');
        base64url::encode_onto(payload, &mut text);
        text
    }
}

impl Jws {
    /// The protected header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload as bytes.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload as a JSON object, within `limits` and without duplicate members.
    pub fn payload_json(&self, limits: &Limits) -> Result<Value, JwsError> {
        match json::parse(&self.payload, limits) {
            Ok(value @ Value::Object(_)) => Ok(value),
            Ok(_) => Err(JwsError::PayloadNotAnObject),
            Err(error) => Err(JwsError::PayloadJson(error)),
        }
    }

    /// Whether `key` signed this message. The algorithm is the key's; the header may only agree.
    pub fn verify(&self, key: &PublicKey) -> Result<(), JwsError> {
        if self.header.alg() != key.algorithm() {
            return Err(JwsError::KeyMismatch);
        }
        key.verify(self.signing_input.as_bytes(), &self.signature).map_err(|_| JwsError::Signature)
    }
}

impl std::fmt::Debug for Jws {
    /// The payload may name a person; only the header is shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jws").field("header", &self.header).field("payload", &"[redacted]").finish_non_exhaustive()
    }
}

fn part(text: &str) -> Result<Vec<u8>, JwsError> {
    base64url::decode(text).map_err(|_| JwsError::Form)
}

#[cfg(test)]
mod tests;
