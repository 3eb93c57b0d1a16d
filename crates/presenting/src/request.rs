//! The authorization request (OpenID4VP 1.0 section 5): how it is made and how it is read.
//!
//! Under HAIP 1.0, which [`Accepting::haip`] stands for, it is signed and fetched, and the asker is known by the hash of
//! its access certificate (`x509_hash:`) and by nothing it says about itself: the name a holder reads comes out of that
//! certificate. A wallet may accept the other kinds of askers of the standard too, if it says so.
//!
//! What the check is for travels in `verifier_info` as one entry of the format [`SCENE_NOTICE_FORMAT`], whose `data`
//! is a [`SceneNotice`]. It is the asker's own statement, signed with the request; other wallets ignore it.

mod accepting;
mod asker;
mod attestation;
mod by_value;
pub(crate) mod content;
mod encryption;
mod error;
mod fetch;
mod identifier;
mod link;
mod make;
mod notice;
mod redirect;
mod verifier_info;
mod verify;

use std::fmt;

use mibun_crypto::jwe::Enc;
use mibun_crypto::key::Jwk;
use mibun_crypto::{base64url, digest};
use url::Url;

use crate::dcql::Query;
use crate::session::Handover;
use crate::transaction_data::TransactionData;

pub use accepting::Accepting;
pub(crate) use asker::{Asker, authenticate, check_type};
pub use attestation::{ATTESTATION_TYP, AttestationError, AttestationSpec};
pub use by_value::{Invitation, UnsignedRequest};
pub(crate) use encryption::point_of;
pub use error::{Refused, Report, RequestError};
pub use fetch::{Fetch, FetchError, WalletMetadata};
pub use identifier::{ClientIdError, ClientIdPrefix};
pub use link::{FetchMethod, LinkError, RequestLink, UriPolicy};
pub use make::{AccessIdentity, AnswerBy, Identity, MakeError, RequestSpec};
pub(crate) use make::{client_metadata, transaction_data, verifier_info};
pub use notice::{NoticeError, SCENE_NOTICE_FORMAT, SceneNotice};
pub(crate) use redirect::is_static_audience;
pub use verifier_info::{VerifierInfo, VerifierInfoError};
pub(crate) use verify::LIMITS;
pub use verify::{Authentication, verify};

/// The `typ` of a signed request (RFC 9101 as profiled by OpenID4VP).
pub const REQUEST_TYP: &str = "oauth-authz-req+jwt";
/// The media type under which a signed request is served.
pub const REQUEST_MEDIA_TYPE: &str = "application/oauth-authz-req+jwt";
/// The `aud` of a request to a wallet that was not discovered.
pub const STATIC_AUDIENCE: &str = "https://self-issued.me/v2";
/// The client identifier prefix of askers known by their certificate.
pub const X509_HASH_PREFIX: &str = "x509_hash:";

/// The client identifier of the holder of an access certificate, given in DER.
pub fn client_id(access_certificate: &[u8]) -> String {
    format!("{X509_HASH_PREFIX}{}", base64url::encode(&digest::sha256(access_certificate)))
}

/// A request that a wallet may show to its holder: every check of [`verify`] has passed.
#[derive(Clone)]
pub struct VerifiedRequest {
    /// The asker's identifier, with prefix: the audience of the key binding.
    pub client_id: String,
    /// The asker's name, from its access certificate.
    pub organisation: String,
    /// To be repeated in the key binding.
    pub nonce: String,
    /// To be repeated in the answer.
    pub state: Option<String>,
    /// Where the answer goes.
    pub response_uri: Url,
    /// How the answer travels.
    pub response: ResponseWay,
    /// What is asked.
    pub query: Query,
    /// What the holder is to authorise beside showing a card.
    pub transaction_data: Vec<TransactionData>,
    /// What others say about the asker, not verified.
    pub verifier_info: Vec<VerifierInfo>,
    /// What for, if the asker says so in our format.
    pub notice: Option<SceneNotice>,
    /// What an mdoc answer is bound to.
    pub handover: Handover,
}

/// How an answer travels, as the holder's side sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponseWay {
    /// `direct_post`, `dc_api`.
    Plain,
    /// `direct_post.jwt`, `dc_api.jwt`.
    Encrypted {
        /// The asker's key.
        key: Box<Jwk>,
        /// The strongest encryption that both sides speak.
        enc: Enc,
    },
}

impl ResponseWay {
    /// The key to which the answer is encrypted.
    pub fn key(&self) -> Option<&Jwk> {
        match self {
            Self::Plain => None,
            Self::Encrypted { key, .. } => Some(key),
        }
    }
}

impl VerifiedRequest {
    /// Where errors about this request go.
    pub fn report(&self) -> Report {
        Report { response_uri: self.response_uri.clone(), state: self.state.clone() }
    }
}

impl fmt::Debug for VerifiedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedRequest")
            .field("client_id", &self.client_id)
            .field("organisation", &self.organisation)
            .field("response_uri", &self.response_uri.as_str())
            .finish_non_exhaustive()
    }
}

/// How far clocks may be apart, in seconds.
const SKEW_SECONDS: i64 = 60;

#[cfg(test)]
mod tests;
