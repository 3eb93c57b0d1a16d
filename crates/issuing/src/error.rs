//! The error codes of the wire: RFC 6749 4.1.2.1 and 5.2, RFC 6750 3.1, RFC 9101, RFC 9396, RFC 9449, OpenID4VCI 1.0 8.3.1
//! and 11.3, attestation-based client authentication.

use std::fmt;

use serde::{Serialize, Serializer};

/// A registered error code. The refusals of this crate each name theirs; the transport turns it into its own terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// The wallet claims an identity as an OAuth client that it cannot prove here.
    InvalidClient,
    /// The code, or the transaction code with it, is wrong, used, locked or expired.
    InvalidGrant,
    /// A grant type that is not spoken.
    UnsupportedGrantType,
    /// The access token is missing, unknown, expired or of another scheme.
    InvalidToken,
    /// The credential request is malformed.
    InvalidCredentialRequest,
    /// A configuration that is not in the metadata, or not granted to this token.
    UnknownCredentialConfiguration,
    /// A credential identifier that no token response named.
    UnknownCredentialIdentifier,
    /// Proofs are missing, or one of them does not prove possession of its key.
    InvalidProof,
    /// The nonce in the proofs is stale, spent or not ours: the wallet fetches another and tries again.
    InvalidNonce,
    /// Encryption was asked for in a way that is not offered.
    InvalidEncryptionParameters,
    /// The request is understood and will not be fulfilled.
    CredentialRequestDenied,
    /// No request waits under this name (any more).
    InvalidTransactionId,
    /// The notification names nothing that this token collected.
    InvalidNotificationId,
    /// The notification is malformed.
    InvalidNotificationRequest,
    /// Another response type than `code`.
    UnsupportedResponseType,
    /// Nothing that this issuer has is asked for.
    InvalidScope,
    /// `authorization_details` that cannot be read or ask for something unknown (RFC 9396 5).
    InvalidAuthorizationDetails,
    /// Request objects are not spoken (RFC 9101 6.2).
    RequestNotSupported,
    /// The reference to a pushed request is not known, or was used.
    InvalidRequestUri,
    /// The person said no.
    AccessDenied,
    /// The DPoP proof is not good (RFC 9449 5).
    InvalidDpopProof,
    /// The DPoP proof needs the nonce that is sent along (RFC 9449 8).
    UseDpopNonce,
    /// The wallet attestation is not good.
    InvalidClientAttestation,
    /// The proof of the wallet attestation needs the challenge that is sent along.
    UseAttestationChallenge,
}

/// Who has to act for the next try to go better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The wallet sent something it should not have sent.
    Wallet,
    /// What the person holds is no longer good: they ask the authority for a new offer.
    Holder,
    /// The wallet did nothing wrong and repeats with fresh values.
    Passing,
    /// The authority decided against it.
    Authority,
}

impl Code {
    /// All codes.
    pub const ALL: [Self; 25] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::UnsupportedGrantType,
        Self::InvalidToken,
        Self::InvalidCredentialRequest,
        Self::UnknownCredentialConfiguration,
        Self::UnknownCredentialIdentifier,
        Self::InvalidProof,
        Self::InvalidNonce,
        Self::InvalidEncryptionParameters,
        Self::CredentialRequestDenied,
        Self::InvalidTransactionId,
        Self::InvalidNotificationId,
        Self::InvalidNotificationRequest,
        Self::UnsupportedResponseType,
        Self::InvalidScope,
        Self::InvalidAuthorizationDetails,
        Self::RequestNotSupported,
        Self::InvalidRequestUri,
        Self::AccessDenied,
        Self::InvalidDpopProof,
        Self::UseDpopNonce,
        Self::InvalidClientAttestation,
        Self::UseAttestationChallenge,
    ];

    /// The value of the member `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidToken => "invalid_token",
            Self::InvalidCredentialRequest => "invalid_credential_request",
            Self::UnknownCredentialConfiguration => "unknown_credential_configuration",
            Self::UnknownCredentialIdentifier => "unknown_credential_identifier",
            Self::InvalidProof => "invalid_proof",
            Self::InvalidNonce => "invalid_nonce",
            Self::InvalidEncryptionParameters => "invalid_encryption_parameters",
            Self::CredentialRequestDenied => "credential_request_denied",
            Self::InvalidTransactionId => "invalid_transaction_id",
            Self::InvalidNotificationId => "invalid_notification_id",
            Self::InvalidNotificationRequest => "invalid_notification_request",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidAuthorizationDetails => "invalid_authorization_details",
            Self::RequestNotSupported => "request_not_supported",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::AccessDenied => "access_denied",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::InvalidClientAttestation => "invalid_client_attestation",
            Self::UseAttestationChallenge => "use_attestation_challenge",
        }
    }

    /// The code of this name, if it is one of ours.
    pub fn from_wire(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }

    /// Who has to act.
    pub const fn fault(self) -> Fault {
        match self {
            Self::InvalidGrant | Self::InvalidToken => Fault::Holder,
            Self::InvalidNonce | Self::UseDpopNonce | Self::UseAttestationChallenge => Fault::Passing,
            Self::AccessDenied => Fault::Holder,
            Self::CredentialRequestDenied => Fault::Authority,
            _ => Fault::Wallet,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The body of an error answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorBody {
    /// The registered code.
    pub error: Code,
    /// A sentence for developers; names no person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}

/// A refusal that has a code on the wire.
pub trait Refusal: std::error::Error {
    /// The registered code.
    fn code(&self) -> Code;

    /// The body to answer with; the description is the refusal's own sentence.
    fn body(&self) -> ErrorBody {
        ErrorBody { error: self.code(), error_description: Some(self.to_string()) }
    }
}
