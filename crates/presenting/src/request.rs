//! The authorization request (OpenID4VP 1.0 section 5), by reference and signed: how it is made and how it is read.
//!
//! The asker is known by the hash of its access certificate (`x509_hash:`) and by nothing it says about itself: the
//! name a holder reads comes out of that certificate.
//!
//! What the check is for travels in `verifier_info` as one entry of the format [`SCENE_NOTICE_FORMAT`], whose `data`
//! is a [`SceneNotice`]. It is the asker's own statement, signed with the request; other wallets ignore it.

mod encryption;
mod error;
mod link;
mod make;
mod notice;
mod read;
mod verify;

use std::fmt;

use mibun_crypto::jwe::Enc;
use mibun_crypto::key::Jwk;
use mibun_crypto::{base64url, digest};
use url::Url;

use crate::dcql::Query;

pub use error::{Refused, Report, RequestError};
pub use link::{FetchMethod, LinkError, RequestLink, UriPolicy};
pub use make::{AccessIdentity, AnswerBy, MakeError, RequestSpec};
pub use notice::{NoticeError, SCENE_NOTICE_FORMAT, SceneNotice};
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
    /// What for, if the asker says so in our format.
    pub notice: Option<SceneNotice>,
}

/// How an answer travels, as the holder's side sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponseWay {
    /// `direct_post`.
    Plain,
    /// `direct_post.jwt`.
    Encrypted {
        /// The asker's key.
        key: Box<Jwk>,
        /// The strongest encryption that both sides speak.
        enc: Enc,
    },
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

#[cfg(test)]
mod tests;
