//! One signature (RFC 9052 section 4.2).

use std::fmt;

use super::header::ALG;
use super::{CoseError, Header, Payload, TAG_SIGN1, structure};
use crate::cbor::{self, Item, Kind, Limits, Value};
use crate::key::{Algorithm, PublicKey, SignError, Signer};

/// A signed message as it was received. Nothing about it is known to be true before it is verified.
#[derive(Clone, PartialEq, Eq)]
pub struct Sign1 {
    header: Header,
    algorithm: Algorithm,
    payload: Option<Vec<u8>>,
    signature: Vec<u8>,
}

impl Sign1 {
    /// Takes a whole message apart, with or without tag 18.
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
        let [protected, unprotected, payload, signature] = parts(item, TAG_SIGN1)?;
        let header = Header::read(protected, unprotected)?;
        Ok(Self {
            algorithm: Algorithm::from_cose(header.alg()).map_err(|_| CoseError::Algorithm)?,
            header,
            payload: read_payload(payload)?,
            signature: signature.bytes().ok_or(CoseError::Form)?.to_vec(),
        })
    }

    /// Both parts of the header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The algorithm that the sender names.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The payload in the message.
    pub fn payload(&self) -> Option<&[u8]> {
        self.payload.as_deref()
    }

    /// Accepts the signature of `key` over the payload in the message and over `external` data.
    ///
    /// # Errors
    /// [`CoseError::NoPayload`], [`CoseError::KeyMismatch`], [`CoseError::Signature`].
    pub fn verify(&self, key: &PublicKey, external: &[u8]) -> Result<(), CoseError> {
        self.check(key, external, self.payload().ok_or(CoseError::NoPayload)?)
    }

    /// Accepts the signature of `key` over a payload that is known from elsewhere, and over `external` data.
    ///
    /// # Errors
    /// [`CoseError::UnexpectedPayload`], [`CoseError::KeyMismatch`], [`CoseError::Signature`].
    pub fn verify_detached(&self, key: &PublicKey, payload: &[u8], external: &[u8]) -> Result<(), CoseError> {
        if self.payload.is_some() {
            return Err(CoseError::UnexpectedPayload);
        }
        self.check(key, external, payload)
    }

    fn check(&self, key: &PublicKey, external: &[u8], payload: &[u8]) -> Result<(), CoseError> {
        if key.algorithm() != self.algorithm {
            return Err(CoseError::KeyMismatch);
        }
        let signed = structure(CONTEXT, self.header.protected(), external, payload);
        key.verify(&signed, &self.signature).map_err(|_| CoseError::Signature)
    }
}

const CONTEXT: &str = "Signature1";

/// The four parts of a message that may have `tag` and no other.
pub(super) fn parts<'i, 'a>(item: &'i Item<'a>, tag: u64) -> Result<&'i [Item<'a>; 4], CoseError> {
    let inner = match item.kind() {
        Kind::Tag(found, inner) if *found == tag => inner,
        Kind::Tag(..) => return Err(CoseError::WrongTag),
        _ => item,
    };
    inner.array().and_then(|parts| parts.try_into().ok()).ok_or(CoseError::Form)
}

pub(super) fn read_payload(item: &Item<'_>) -> Result<Option<Vec<u8>>, CoseError> {
    match item.kind() {
        Kind::Null => Ok(None),
        Kind::Bytes(bytes) => Ok(Some(bytes.to_vec())),
        _ => Err(CoseError::Form),
    }
}

/// A message that only lacks its signature, for keys that sign elsewhere.
pub struct Draft<'a> {
    protected: Vec<u8>,
    unprotected: Value,
    payload: Payload<'a>,
}

impl<'a> Draft<'a> {
    /// The message of a key of `algorithm`. `alg` is put before the other `protected` parameters, which must not have it.
    pub fn new(
        algorithm: Algorithm,
        protected: Vec<(i64, Value)>,
        unprotected: Vec<(i64, Value)>,
        payload: Payload<'a>,
    ) -> Self {
        let alg = (ALG, Value::Integer(algorithm.as_cose()));
        let protected = Value::labels(std::iter::once(alg).chain(protected)).to_bytes();
        Self { protected, unprotected: Value::labels(unprotected), payload }
    }

    /// What the key signs.
    pub fn to_be_signed(&self, external: &[u8]) -> Vec<u8> {
        structure(CONTEXT, &self.protected, external, self.payload.bytes())
    }

    /// The whole message, without tag.
    pub fn attach(self, signature: Vec<u8>) -> Value {
        let parts = [Value::Bytes(self.protected), self.unprotected, self.payload.to_value(), Value::Bytes(signature)];
        Value::Array(parts.into())
    }
}

/// Signs `payload` under a header of `alg`, and of `unprotected` parameters. The message has no tag.
///
/// # Errors
/// [`SignError`] when the key does not sign.
pub fn sign1(unprotected: Vec<(i64, Value)>, payload: Payload<'_>, signer: &dyn Signer) -> Result<Value, SignError> {
    let draft = Draft::new(signer.algorithm(), Vec::new(), unprotected, payload);
    let signature = signer.sign(&draft.to_be_signed(&[]))?;
    Ok(draft.attach(signature))
}

impl fmt::Debug for Sign1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sign1").field("header", &self.header).finish_non_exhaustive()
    }
}
