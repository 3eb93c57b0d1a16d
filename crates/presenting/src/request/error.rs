//! Why a request is refused, and what may be told to whom.

use mibun_crypto::jws::JwsError;
use mibun_crypto::x509::ChainError;
use url::Url;

use super::{AttestationError, ClientIdError, NoticeError, VerifierInfoError};
use crate::dcql::QueryError;
use crate::members::Fault;
use crate::transaction_data::TransactionDataError;

/// Why a wallet does not show a request to its holder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Not a signed message as we accept it, or the signature is wrong.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// A client identifier of a kind that is not accepted.
    #[error(transparent)]
    ClientId(#[from] ClientIdError),
    /// A signed request of an asker whose kind of identifier proves no key.
    #[error("requests of the kind redirect_uri cannot be signed")]
    PrefixCannotSign,
    /// An unsigned request of an asker who must sign.
    #[error("requests of this kind of client identifier must be signed")]
    Unsigned,
    /// The attestation of the asker is not believed.
    #[error(transparent)]
    Attestation(#[from] AttestationError),
    /// Another kind of signed message.
    #[error("the message is not an authorization request")]
    WrongType,
    /// Signed with an algorithm other than ES256.
    #[error("requests are signed with ES256")]
    WrongAlgorithm,
    /// No certificate came along.
    #[error("the request carries no access certificate")]
    NoCertificate,
    /// The certificate leads to no anchor, or is not for asking.
    #[error("the access certificate is not accepted: {0}")]
    Chain(#[from] ChainError),
    /// The certificate names no organisation to show.
    #[error("the access certificate names no organisation")]
    NamelessCertificate,
    /// The identifier is not the hash or a name of the certificate, or not the one attested.
    #[error("the client identifier is not that of the certificate")]
    CertificateMismatch,
    /// The identifier in the object is not the one of the link.
    #[error("the client identifier differs between link and request")]
    ClientIdMismatch,
    /// A member that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A member has the wrong JSON type.
    #[error("{0} has the wrong type")]
    WrongJsonType(&'static str),
    /// Meant for somebody else.
    #[error("the request is for another audience")]
    WrongAudience,
    /// Something else than a `vp_token` is wanted.
    #[error("only vp_token is answered")]
    UnsupportedResponseType,
    /// Neither `direct_post` nor `direct_post.jwt`.
    #[error("the response mode is not supported")]
    UnsupportedResponseMode,
    /// `redirect_uri` together with a `direct_post` mode.
    #[error("redirect_uri must not be used with direct_post")]
    RedirectUriWithDirectPost,
    /// Where the answer should go is not an https address.
    #[error("the response address is not acceptable")]
    UnsafeResponseUri,
    /// Where the answer should go is not where this asker may listen.
    #[error("the response address is not one of this asker")]
    ForeignResponseUri,
    /// The nonce could be guessed.
    #[error("the nonce is too short or too regular")]
    WeakNonce,
    /// The object was not made for this wallet's fetch.
    #[error("the wallet's nonce did not come back")]
    WalletNonceMismatch,
    /// Past its end.
    #[error("the request has expired")]
    Expired,
    /// From the future.
    #[error("the request is not valid yet")]
    NotYetValid,
    /// A scope in place of a query.
    #[error("scopes are not supported")]
    ScopeNotSupported,
    /// The query is not one.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// Transaction data that cannot be explained to the holder, or that the card's key must not sign.
    #[error(transparent)]
    TransactionData(#[from] TransactionDataError),
    /// The asker cannot read our format or algorithms.
    #[error("the asker does not read cards of this format")]
    FormatsNotSupported,
    /// No key to which the answer could be encrypted.
    #[error("no usable encryption key in the request")]
    NoUsableKey,
    /// No content encryption in common.
    #[error("no content encryption in common")]
    NoCommonEncryption,
    /// What others say about the asker is malformed.
    #[error(transparent)]
    VerifierInfo(#[from] VerifierInfoError),
    /// The statement of purpose is malformed.
    #[error(transparent)]
    Notice(#[from] NoticeError),
}

impl RequestError {
    /// The error code of OpenID4VP 1.0 section 8.5. A violated rule of a client identifier prefix is `invalid_request`;
    /// `invalid_client` is about metadata of registered clients, of which there are none.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TransactionData(error) => error.code(),
            Self::FormatsNotSupported => "vp_formats_not_supported",
            Self::ScopeNotSupported => "invalid_scope",
            _ => "invalid_request",
        }
    }
}

/// Where the asker listens for errors. Known only once the request is known to be the asker's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Where to post.
    pub response_uri: Url,
    /// To be repeated.
    pub state: Option<String>,
}

/// A refused request. Without a report address the refusal stays between wallet and holder: whoever cannot prove to be
/// an asker learns nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Refused {
    /// Why.
    #[source]
    pub error: RequestError,
    /// Whom to tell.
    pub report: Option<Box<Report>>,
}

impl From<Fault> for RequestError {
    fn from(Fault::WrongType(name): Fault) -> Self {
        Self::WrongJsonType(name)
    }
}
