//! The deferred credential endpoint: which request, asked for again (OpenID4VCI 1.0 9.1).

use std::fmt;

use mibun_crypto::json::{self, Limits};
use serde_json::Value;

use super::{CredentialError, RequestKeyPair, ResponseEncryption};

const LIMITS: Limits = Limits { bytes: MAX_DEFERRED_BYTES, depth: 8, nodes: 100 };
const MAX_TRANSACTION: usize = 256;

/// Longest deferred credential request, in bytes: a key for the answer is most of it.
pub const MAX_DEFERRED_BYTES: usize = 16 * 1024;

/// A request that can be read.
#[derive(Clone, PartialEq, Eq)]
pub struct DeferredRequest {
    /// What the request that waits is called.
    pub transaction: String,
    answer: Option<ResponseEncryption>,
}

impl DeferredRequest {
    /// Reads a body that came in the clear; unknown members are ignored.
    ///
    /// # Errors
    /// [`CredentialError`]; an encrypted answer to a request in the clear is not offered.
    pub fn parse(body: &[u8]) -> Result<Self, CredentialError> {
        let request = Self::read(body)?;
        if request.answer.is_some() { Err(CredentialError::Encryption) } else { Ok(request) }
    }

    /// Opens and reads a request that was encrypted to `key`.
    ///
    /// # Errors
    /// [`CredentialError`].
    pub fn open(body: &[u8], key: &RequestKeyPair) -> Result<Self, CredentialError> {
        Self::read(&key.open(body)?)
    }

    /// How the answer has to be encrypted, if it has to.
    pub const fn answer(&self) -> Option<&ResponseEncryption> {
        self.answer.as_ref()
    }

    fn read(body: &[u8]) -> Result<Self, CredentialError> {
        let value = json::parse(body, &LIMITS).map_err(|_| CredentialError::Json)?;
        let members = value.as_object().ok_or(CredentialError::Json)?;
        let transaction = members.get("transaction_id").and_then(Value::as_str);
        let transaction = transaction.filter(|text| (1..=MAX_TRANSACTION).contains(&text.len()));
        let transaction = transaction.ok_or(CredentialError::Transaction)?.to_owned();
        Ok(Self { transaction, answer: ResponseEncryption::read(members)? })
    }
}

impl fmt::Debug for DeferredRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeferredRequest([redacted])")
    }
}
