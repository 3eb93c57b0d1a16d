//! The token endpoint: what a wallet sends and gets (RFC 6749 5, OpenID4VCI 1.0 6).

mod presented;
mod response;

use thiserror::Error;

use crate::error::{Code, Refusal};
use crate::form::{self, Form, FormError};
use crate::secret::Secret;

pub use presented::{BearerError, Presented, presented};
pub use response::{TokenResponse, TokenResponseError, TokenType};

/// The grant type of the pre-authorized code.
pub const PRE_AUTHORIZED_CODE: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

const MAX_SECRET_LENGTH: usize = 1024;

/// The grant type of the authorization code.
pub const AUTHORIZATION_CODE: &str = "authorization_code";
/// The grant type of the refresh token.
pub const REFRESH_TOKEN: &str = "refresh_token";

/// A wallet's wish for an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenRequest {
    /// For the code of an offer.
    PreAuthorized(PreAuthorizedRequest),
    /// For the code that came over the browser.
    Code(CodeRequest),
    /// For a refresh token.
    Refresh(RefreshRequest),
}

/// A token for the code of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreAuthorizedRequest {
    /// The code of the offer.
    pub code: Secret,
    /// The transaction code that the person typed.
    pub tx_code: Option<Secret>,
}

/// A token for an authorization code. What is missing is told by the code's grant, as a code that is not good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRequest {
    /// The code.
    pub code: Secret,
    /// Where it was sent.
    pub redirect_uri: Option<String>,
    /// The verifier behind the challenge.
    pub verifier: Option<Secret>,
    /// The wallet's name for itself, which must be what it proves.
    pub client: Option<String>,
}

/// A token for a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshRequest {
    /// The refresh token.
    pub token: Secret,
    /// The wallet's name for itself, which must be what it proves.
    pub client: Option<String>,
}

/// Why a token request cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenRequestError {
    /// Not a form.
    #[error(transparent)]
    Form(#[from] FormError),
    /// `grant_type` is missing.
    #[error("grant_type is missing")]
    MissingGrantType,
    /// None of the three grant types.
    #[error("the grant type is not supported")]
    UnsupportedGrantType,
    /// `pre-authorized_code`, `code` or `refresh_token` is missing.
    #[error("{0} is missing")]
    MissingCode(&'static str),
    /// A code longer than any we hand out.
    #[error("a code is too long")]
    TooLong,
    /// The wallet wants to prove who it is in a way that nobody here can check.
    #[error("this way of client authentication is not supported")]
    ClientAuthentication,
    /// `client_id` is not the wallet that proved itself; for the caller to raise, who knows.
    #[error("client_id is not the authenticated client")]
    OtherClient,
    /// There is no DPoP proof, which this grant needs; for the caller to raise.
    #[error("a DPoP proof is needed")]
    MissingProof,
    /// The wallet has to prove who it is for this grant; for the caller to raise.
    #[error("client authentication is needed")]
    MissingAuthentication,
}

impl Refusal for TokenRequestError {
    fn code(&self) -> Code {
        match self {
            Self::UnsupportedGrantType => Code::UnsupportedGrantType,
            Self::ClientAuthentication | Self::OtherClient | Self::MissingAuthentication => Code::InvalidClient,
            Self::Form(_) | Self::MissingGrantType | Self::MissingCode(_) | Self::TooLong | Self::MissingProof => {
                Code::InvalidRequest
            }
        }
    }
}

impl TokenRequest {
    /// Reads the form; unknown parameters are ignored. A `client_id` says nothing without proof.
    ///
    /// # Errors
    /// [`TokenRequestError`].
    pub fn parse(body: &[u8]) -> Result<Self, TokenRequestError> {
        let form = Form::parse(body)?;
        let grant_type = form.get("grant_type").ok_or(TokenRequestError::MissingGrantType)?;
        if ![PRE_AUTHORIZED_CODE, AUTHORIZATION_CODE, REFRESH_TOKEN].contains(&grant_type) {
            return Err(TokenRequestError::UnsupportedGrantType);
        }
        if ["client_secret", "client_assertion", "client_assertion_type"].iter().any(|name| form.get(name).is_some()) {
            return Err(TokenRequestError::ClientAuthentication);
        }
        let text = |name: &str| match form.get(name) {
            Some(text) if text.len() > MAX_SECRET_LENGTH => Err(TokenRequestError::TooLong),
            given => Ok(given.map(str::to_owned)),
        };
        let secret = |name: &'static str| text(name)?.map(Secret::new).ok_or(TokenRequestError::MissingCode(name));
        Ok(match grant_type {
            PRE_AUTHORIZED_CODE => {
                let tx_code = text("tx_code")?.map(Secret::new);
                Self::PreAuthorized(PreAuthorizedRequest { code: secret("pre-authorized_code")?, tx_code })
            }
            AUTHORIZATION_CODE => Self::Code(CodeRequest {
                code: secret("code")?,
                redirect_uri: text("redirect_uri")?,
                verifier: text("code_verifier")?.map(Secret::new),
                client: text("client_id")?,
            }),
            _ => Self::Refresh(RefreshRequest { token: secret("refresh_token")?, client: text("client_id")? }),
        })
    }
}

impl PreAuthorizedRequest {
    /// The form to send.
    pub fn to_form(&self) -> String {
        let mut parameters = vec![("grant_type", PRE_AUTHORIZED_CODE), ("pre-authorized_code", self.code.expose())];
        parameters.extend(self.tx_code.as_ref().map(|code| ("tx_code", code.expose())));
        form::encode(&parameters)
    }
}

impl CodeRequest {
    /// The form to send.
    pub fn to_form(&self) -> String {
        let mut parameters = vec![("grant_type", AUTHORIZATION_CODE), ("code", self.code.expose())];
        parameters.extend(self.redirect_uri.as_ref().map(|uri| ("redirect_uri", uri.as_str())));
        parameters.extend(self.verifier.as_ref().map(|verifier| ("code_verifier", verifier.expose())));
        parameters.extend(self.client.as_ref().map(|client| ("client_id", client.as_str())));
        form::encode(&parameters)
    }
}

impl RefreshRequest {
    /// The form to send.
    pub fn to_form(&self) -> String {
        let mut parameters = vec![("grant_type", REFRESH_TOKEN), ("refresh_token", self.token.expose())];
        parameters.extend(self.client.as_ref().map(|client| ("client_id", client.as_str())));
        form::encode(&parameters)
    }
}

fn is_token_letter(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || b"-._~+/=".contains(&letter)
}
