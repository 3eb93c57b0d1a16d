//! The token endpoint: what a wallet sends and gets (RFC 6749 5, OpenID4VCI 1.0 6).

use mibun_crypto::json::{self, Limits};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::error::{Code, Refusal};
use crate::form::{self, Form, FormError};
use crate::secret::Secret;

/// The grant type of the pre-authorized code.
pub const PRE_AUTHORIZED_CODE: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

const MAX_SECRET_LENGTH: usize = 1024;

/// A wallet's wish to turn its pre-authorized code into an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// The code of the offer.
    pub code: Secret,
    /// The transaction code that the person typed.
    pub tx_code: Option<Secret>,
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
    /// Another grant type than the pre-authorized code.
    #[error("the grant type is not supported")]
    UnsupportedGrantType,
    /// `pre-authorized_code` is missing.
    #[error("pre-authorized_code is missing")]
    MissingCode,
    /// A code longer than any we hand out.
    #[error("a code is too long")]
    TooLong,
    /// The wallet wants to prove who it is, which nobody here can check: wallets are anonymous in this grant.
    #[error("client authentication is not supported for this grant")]
    ClientAuthentication,
}

impl Refusal for TokenRequestError {
    fn code(&self) -> Code {
        match self {
            Self::UnsupportedGrantType => Code::UnsupportedGrantType,
            Self::ClientAuthentication => Code::InvalidClient,
            Self::Form(_) | Self::MissingGrantType | Self::MissingCode | Self::TooLong => Code::InvalidRequest,
        }
    }
}

impl TokenRequest {
    /// Reads the form. A `client_id` says nothing without proof and is ignored, as are unknown parameters.
    pub fn parse(body: &[u8]) -> Result<Self, TokenRequestError> {
        let form = Form::parse(body)?;
        let grant_type = form.get("grant_type").ok_or(TokenRequestError::MissingGrantType)?;
        if grant_type != PRE_AUTHORIZED_CODE {
            return Err(TokenRequestError::UnsupportedGrantType);
        }
        if ["client_secret", "client_assertion", "client_assertion_type"].iter().any(|name| form.get(name).is_some()) {
            return Err(TokenRequestError::ClientAuthentication);
        }
        let code = form.get("pre-authorized_code").ok_or(TokenRequestError::MissingCode)?;
        let tx_code = form.get("tx_code");
        if [Some(code), tx_code].into_iter().flatten().any(|text| text.len() > MAX_SECRET_LENGTH) {
            return Err(TokenRequestError::TooLong);
        }
        Ok(Self { code: Secret::new(code), tx_code: tx_code.map(Secret::new) })
    }

    /// The form to send.
    pub fn to_form(&self) -> String {
        let mut parameters = vec![("grant_type", PRE_AUTHORIZED_CODE), ("pre-authorized_code", self.code.expose())];
        parameters.extend(self.tx_code.as_ref().map(|code| ("tx_code", code.expose())));
        form::encode(&parameters)
    }
}

/// The answer of the token endpoint. To be sent with `Cache-Control: no-store`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: Secret,
    /// `Bearer`; compared without regard to case (RFC 6749 7.1).
    pub token_type: String,
    /// Seconds until it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
}

/// Why the answer of a token endpoint cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenResponseError {
    /// Not a JSON object with an access token and its type.
    #[error("the token response is malformed")]
    Malformed,
    /// A token of a type we cannot use.
    #[error("the token is not a bearer token")]
    TokenType,
}

impl TokenResponse {
    /// A bearer token.
    pub fn bearer(access_token: Secret, expires_in: u64) -> Self {
        Self { access_token, token_type: "Bearer".to_owned(), expires_in: Some(expires_in) }
    }

    /// Reads what a token endpoint answered.
    pub fn parse(body: &[u8]) -> Result<Self, TokenResponseError> {
        let value = json::parse(body, &Limits::default()).map_err(|_| TokenResponseError::Malformed)?;
        let response: Self = serde_json::from_value(value).map_err(|_| TokenResponseError::Malformed)?;
        let token = response.access_token.expose();
        // Only these letters may follow `Bearer` (RFC 6750 2.1); anything else would break out of the header field.
        if token.is_empty() || !token.bytes().all(is_token_letter) {
            return Err(TokenResponseError::Malformed);
        }
        if !response.token_type.eq_ignore_ascii_case("bearer") {
            return Err(TokenResponseError::TokenType);
        }
        Ok(response)
    }
}

fn is_token_letter(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || b"-._~+/=".contains(&letter)
}

/// Why no access token can be read from a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BearerError {
    /// There is no `Authorization` field.
    #[error("the access token is missing")]
    Missing,
    /// Another scheme than `Bearer`, or letters that no token has.
    #[error("the access token is malformed or of another scheme")]
    Malformed,
}

impl Refusal for BearerError {
    fn code(&self) -> Code {
        Code::InvalidToken
    }
}

/// The access token in the value of an `Authorization` field. Nowhere else is one looked for (RFC 6750 2.3 warns of
/// the query).
pub fn bearer(authorization: Option<&str>) -> Result<Secret, BearerError> {
    let value = authorization.ok_or(BearerError::Missing)?;
    let (scheme, token) = value.split_once(' ').ok_or(BearerError::Malformed)?;
    let token = token.trim_start_matches(' ');
    let well_formed = !token.is_empty() && token.len() <= MAX_SECRET_LENGTH && token.bytes().all(is_token_letter);
    if !scheme.eq_ignore_ascii_case("bearer") || !well_formed {
        return Err(BearerError::Malformed);
    }
    Ok(Secret::new(token))
}
