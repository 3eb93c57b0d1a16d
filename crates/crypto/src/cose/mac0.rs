//! One authentication code (RFC 9052 section 6.2): HMAC with SHA-256 at full length, the only one of ISO/IEC 18013-5.

use std::fmt;

use super::header::ALG;
use super::sign1::{parts, read_payload};
use super::{CoseError, Header, Payload, TAG_MAC0, structure};
use crate::cbor::{self, Item, Limits, Value};
use crate::digest::{constant_time_eq, hmac_sha256};

/// `HMAC 256/256` (RFC 9053 section 3.1).
const HMAC_256_256: i64 = 5;
const CONTEXT: &str = "MAC0";

/// An authenticated message as it was received.
#[derive(Clone, PartialEq, Eq)]
pub struct Mac0 {
    header: Header,
    payload: Option<Vec<u8>>,
    tag: Vec<u8>,
}

impl Mac0 {
    /// Takes a whole message apart, with or without tag 17.
    ///
    /// # Errors
    /// [`CoseError`].
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, CoseError> {
        Self::read(&cbor::parse(bytes, limits)?)
    }

    /// The same for a message within another.
    ///
    /// # Errors
    /// [`CoseError`].
    pub fn read(item: &Item<'_>) -> Result<Self, CoseError> {
        let [protected, unprotected, payload, tag] = parts(item, TAG_MAC0)?;
        let header = Header::read(protected, unprotected)?;
        if header.alg() != HMAC_256_256 {
            return Err(CoseError::Algorithm);
        }
        let tag = tag.bytes().ok_or(CoseError::Form)?.to_vec();
        Ok(Self { header, payload: read_payload(payload)?, tag })
    }

    /// Both parts of the header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload in the message.
    pub fn payload(&self) -> Option<&[u8]> {
        self.payload.as_deref()
    }

    /// Accepts the code under `key` over the payload in the message and over `external` data.
    ///
    /// # Errors
    /// [`CoseError::NoPayload`], [`CoseError::Signature`].
    pub fn verify(&self, key: &[u8], external: &[u8]) -> Result<(), CoseError> {
        self.check(key, external, self.payload().ok_or(CoseError::NoPayload)?)
    }

    /// Accepts the code under `key` over a payload that is known from elsewhere, and over `external` data.
    ///
    /// # Errors
    /// [`CoseError::UnexpectedPayload`], [`CoseError::Signature`].
    pub fn verify_detached(&self, key: &[u8], payload: &[u8], external: &[u8]) -> Result<(), CoseError> {
        if self.payload.is_some() {
            return Err(CoseError::UnexpectedPayload);
        }
        self.check(key, external, payload)
    }

    fn check(&self, key: &[u8], external: &[u8], payload: &[u8]) -> Result<(), CoseError> {
        let authenticated = structure(CONTEXT, self.header.protected(), external, payload);
        let expected = hmac_sha256(key, &[&authenticated]);
        if constant_time_eq(&expected, &self.tag) { Ok(()) } else { Err(CoseError::Signature) }
    }
}

/// Authenticates `payload` under `key`. The message has no tag.
pub fn mac0(payload: Payload<'_>, key: &[u8]) -> Value {
    let protected = Value::labels([(ALG, HMAC_256_256.into())]).to_bytes();
    let code = hmac_sha256(key, &[&structure(CONTEXT, &protected, &[], payload.bytes())]);
    let parts = [Value::Bytes(protected), Value::labels([]), payload.to_value(), Value::Bytes(code.to_vec())];
    Value::Array(parts.into())
}

impl fmt::Debug for Mac0 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mac0").field("header", &self.header).finish_non_exhaustive()
    }
}
