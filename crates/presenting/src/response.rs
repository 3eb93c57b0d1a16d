//! The answer (OpenID4VP 1.0 section 8): posted as a form, in the open or encrypted, by the wallet; read by the asker.

mod receive;
mod send;

use std::fmt;

use mibun_crypto::json::{self, JsonError, Limits};
use mibun_crypto::jwe::JweError;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use crate::dcql::{AnswerError, NothingFits, VpToken};
use crate::request::UriPolicy;
use crate::transaction_data::TransactionDataError;

pub use receive::{Expected, receive};
pub(crate) use receive::{content, open};
pub(crate) use send::envelope;
pub use send::{answer, decline};

/// What the wallet posts.
#[derive(Clone, PartialEq, Eq)]
pub struct Posting {
    /// Where to.
    pub uri: Url,
    /// The fields of the form, `application/x-www-form-urlencoded`.
    pub form: Vec<(&'static str, String)>,
}

/// What the asker received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// Presentations, not yet judged.
    Answer {
        /// The presentations.
        token: VpToken,
        /// What finds the transaction again.
        state: Option<String>,
    },
    /// The holder or the wallet refused.
    Declined {
        /// The reason.
        code: ErrorCode,
        /// What finds the transaction again.
        state: Option<String>,
    },
}

/// The reasons a wallet may give (OpenID4VP 1.0 section 8.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request is malformed.
    InvalidRequest,
    /// The asker is not who it says.
    InvalidClient,
    /// The holder refused, or has nothing that fits.
    AccessDenied,
    /// The formats have nothing in common.
    VpFormatsNotSupported,
    /// The method for fetching the request is unknown.
    InvalidRequestUriMethod,
    /// Transaction data of an unknown type.
    InvalidTransactionData,
    /// The wallet cannot answer now.
    WalletUnavailable,
    /// An unknown scope.
    InvalidScope,
    /// A reason of some other specification.
    Other,
}

impl ErrorCode {
    /// The code of that name; codes that are not known are still refusals.
    pub fn from_wire(name: &str) -> Self {
        let known = KNOWN.into_iter().find(|(_, wire)| *wire == name);
        known.map_or(Self::Other, |(code, _)| code)
    }

    /// The name on the wire; `Other` becomes `access_denied`, for a wallet of ours never sends anything else.
    pub fn wire(self) -> &'static str {
        let known = KNOWN.into_iter().find(|(code, _)| *code == self);
        known.map_or("access_denied", |(_, wire)| wire)
    }
}

impl From<NothingFits> for ErrorCode {
    fn from(NothingFits: NothingFits) -> Self {
        Self::AccessDenied
    }
}

impl From<TransactionDataError> for ErrorCode {
    fn from(_: TransactionDataError) -> Self {
        Self::InvalidTransactionData
    }
}

const KNOWN: [(ErrorCode, &str); 8] = [
    (ErrorCode::InvalidRequest, "invalid_request"),
    (ErrorCode::InvalidClient, "invalid_client"),
    (ErrorCode::AccessDenied, "access_denied"),
    (ErrorCode::VpFormatsNotSupported, "vp_formats_not_supported"),
    (ErrorCode::InvalidRequestUriMethod, "invalid_request_uri_method"),
    (ErrorCode::InvalidTransactionData, "invalid_transaction_data"),
    (ErrorCode::WalletUnavailable, "wallet_unavailable"),
    (ErrorCode::InvalidScope, "invalid_scope"),
];

/// Why a posted answer cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// A field that appears twice.
    #[error("the field {0} appears twice")]
    Duplicate(&'static str),
    /// In the open although encryption was asked for.
    #[error("the answer must be encrypted")]
    NotEncrypted,
    /// Encrypted although nobody asked for it.
    #[error("the answer must not be encrypted")]
    NotPlain,
    /// Neither an answer nor an error.
    #[error("the form holds neither vp_token nor error")]
    Empty,
    /// An answer and an error, or a response beside loose fields.
    #[error("the form contradicts itself")]
    Contradictory,
    /// It does not decrypt.
    #[error(transparent)]
    Jwe(#[from] JweError),
    /// Through the browser, under a protocol that was not asked for.
    #[error("the answer is of another protocol")]
    WrongProtocol,
    /// Encrypted to another of our keys, or to none by name.
    #[error("the answer is encrypted to another key")]
    WrongKey,
    /// What was encrypted is not JSON as we accept it.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// What was encrypted is not an object, or a member is not text.
    #[error("the decrypted answer is malformed")]
    Malformed,
    /// The `vp_token` is not one.
    #[error(transparent)]
    Token(#[from] AnswerError),
}

/// What the asker says when it has the answer: where the holder's browser should go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Acknowledgement {
    /// The page with the response code; the wallet must open it.
    pub redirect_uri: Option<Url>,
}

/// Why an acknowledgement is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AcknowledgementError {
    /// Not JSON as we accept it.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Not an object, or `redirect_uri` is not text.
    #[error("the acknowledgement is malformed")]
    Malformed,
    /// An address that a wallet does not open.
    #[error("the page to return to is not acceptable")]
    UnsafeRedirect,
}

impl Acknowledgement {
    /// The body of the answer to a posting.
    pub fn to_value(&self) -> Value {
        match &self.redirect_uri {
            Some(uri) => json!({ "redirect_uri": uri.as_str() }),
            None => json!({}),
        }
    }

    /// Reads the body of the answer to a posting.
    pub fn parse(body: &[u8], policy: UriPolicy) -> Result<Self, AcknowledgementError> {
        let Value::Object(members) = json::parse(body, &Limits::default())? else {
            return Err(AcknowledgementError::Malformed);
        };
        let redirect_uri = match members.get("redirect_uri") {
            None => None,
            Some(Value::String(text)) => Some(page(text, policy)?),
            Some(_) => return Err(AcknowledgementError::Malformed),
        };
        Ok(Self { redirect_uri })
    }
}

/// A page may carry the response code in its fragment, which an address for requests may not have.
fn page(text: &str, policy: UriPolicy) -> Result<Url, AcknowledgementError> {
    let page = Url::parse(text).map_err(|_| AcknowledgementError::UnsafeRedirect)?;
    let mut address = page.clone();
    address.set_fragment(None);
    if policy.admits(&address) { Ok(page) } else { Err(AcknowledgementError::UnsafeRedirect) }
}

impl fmt::Debug for Posting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.form.iter().map(|(name, _)| name).collect();
        f.debug_struct("Posting").field("uri", &self.uri.as_str()).field("fields", &names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
