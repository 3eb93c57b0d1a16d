//! The answer of the credential endpoint.

use std::fmt;

use mibun_crypto::json::{self, Limits};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A batch of ten cards with portraits is megabytes of text in very few values.
const LIMITS: Limits = Limits { bytes: 8 * 1024 * 1024, depth: 8, nodes: 500 };
const MAX_TRANSACTION: usize = 1024;

/// The answer of the credential endpoint. To be sent with `Cache-Control: no-store`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialResponse {
    /// The copies, in no promised order.
    pub credentials: Vec<IssuedCredential>,
    /// What the wallet names when it tells what became of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_id: Option<String>,
}

/// One copy.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedCredential {
    /// The card in its compact form.
    pub credential: String,
}

/// The answer of a credential endpoint is not one with cards as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the credential response is malformed")]
pub struct CredentialResponseError;

impl CredentialResponse {
    /// An answer with these copies.
    pub fn new(credentials: Vec<String>, notification_id: String) -> Self {
        let credentials = credentials.into_iter().map(|credential| IssuedCredential { credential }).collect();
        Self { credentials, notification_id: Some(notification_id) }
    }

    /// Reads what a credential endpoint answered; unknown members are ignored.
    pub fn parse(body: &[u8]) -> Result<Self, CredentialResponseError> {
        match CredentialAnswer::parse(body)? {
            CredentialAnswer::Issued(response) => Ok(response),
            CredentialAnswer::Pending(_) => Err(CredentialResponseError),
        }
    }
}

/// An answer of the credential or deferred credential endpoint (OpenID4VCI 1.0 8.3, 9.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CredentialAnswer {
    /// The cards.
    Issued(CredentialResponse),
    /// Not yet.
    Pending(Pending),
}

/// Cards that are not ready.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// What is named when they are asked for again.
    pub transaction_id: String,
    /// Seconds after which they may be.
    pub interval: u64,
}

impl CredentialAnswer {
    /// Reads what an endpoint answered; unknown members are ignored.
    ///
    /// # Errors
    /// [`CredentialResponseError`] for anything that is not exactly one of the two.
    pub fn parse(body: &[u8]) -> Result<Self, CredentialResponseError> {
        let value = json::parse(body, &LIMITS).map_err(|_| CredentialResponseError)?;
        match (value.get("credentials").is_some(), value.get("transaction_id").is_some()) {
            (true, false) => {
                let response: CredentialResponse =
                    serde_json::from_value(value).map_err(|_| CredentialResponseError)?;
                if response.credentials.is_empty() { Err(CredentialResponseError) } else { Ok(Self::Issued(response)) }
            }
            (false, true) => {
                let pending: Pending = serde_json::from_value(value).map_err(|_| CredentialResponseError)?;
                let named = (1..=MAX_TRANSACTION).contains(&pending.transaction_id.len());
                if named { Ok(Self::Pending(pending)) } else { Err(CredentialResponseError) }
            }
            (true, true) | (false, false) => Err(CredentialResponseError),
        }
    }
}

impl fmt::Debug for Pending {
    /// Whoever has the identifier and the token has the cards.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("interval", &self.interval).finish_non_exhaustive()
    }
}

impl fmt::Debug for CredentialResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialResponse").field("credentials", &self.credentials.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for IssuedCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IssuedCredential([redacted])")
    }
}
