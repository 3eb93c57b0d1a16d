//! The answer of the token endpoint.

use mibun_crypto::json::{self, Limits};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;

use super::is_token_letter;
use crate::authorization::CREDENTIAL;
use crate::grant::Access;
use crate::secret::Secret;

/// The answer of the token endpoint. To be sent with `Cache-Control: no-store`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: Secret,
    /// `Bearer` or `DPoP`; compared without regard to case (RFC 6749 7.1).
    pub token_type: String,
    /// Seconds until it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// What the next access token is had with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// What may be collected, where it was asked for so; each with its credential identifiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_details: Option<Value>,
}

/// Why the answer of a token endpoint cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenResponseError {
    /// Not a JSON object with an access token and its type.
    #[error("the token response is malformed")]
    Malformed,
    /// A token of another type than was asked for.
    #[error("the token is of a type that was not asked for")]
    TokenType,
}

/// How a token is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenType {
    /// Whoever has it may use it (RFC 6750).
    Bearer,
    /// Whoever proves the key that it is bound to may use it (RFC 9449).
    #[serde(rename = "DPoP")]
    Dpop,
}

impl TokenType {
    /// The type as it is written in answers and in `Authorization`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }
}

impl TokenResponse {
    /// A bearer token.
    pub fn bearer(access_token: Secret, expires_in: u64) -> Self {
        Self {
            access_token,
            token_type: TokenType::Bearer.as_str().to_owned(),
            expires_in: Some(expires_in),
            refresh_token: None,
            authorization_details: None,
        }
    }

    /// What a grant gave.
    pub fn of(access: Access) -> Self {
        let details = access.wanted.identifiers.then(|| access.wanted.configurations.iter().map(detail).collect());
        let kind = if access.bound { TokenType::Dpop } else { TokenType::Bearer };
        Self {
            token_type: kind.as_str().to_owned(),
            refresh_token: access.refresh,
            authorization_details: details,
            ..Self::bearer(access.token, access.expires_in.into())
        }
    }

    /// Reads what a token endpoint answered, where a token of this type was asked for.
    ///
    /// # Errors
    /// [`TokenResponseError`].
    pub fn parse(body: &[u8], asked: TokenType) -> Result<Self, TokenResponseError> {
        let value = json::parse(body, &Limits::default()).map_err(|_| TokenResponseError::Malformed)?;
        let response: Self = serde_json::from_value(value).map_err(|_| TokenResponseError::Malformed)?;
        let token = response.access_token.expose();
        // Only these letters may follow the scheme (RFC 6750 2.1); anything else would break out of the header field.
        if token.is_empty() || !token.bytes().all(is_token_letter) {
            return Err(TokenResponseError::Malformed);
        }
        if !response.token_type.eq_ignore_ascii_case(asked.as_str()) {
            return Err(TokenResponseError::TokenType);
        }
        Ok(response)
    }

    /// The credential identifier for a configuration, if the server named any.
    pub fn identifier(&self, configuration: &str) -> Option<String> {
        let details = self.authorization_details.as_ref()?.as_array()?;
        let named =
            |detail: &&Value| detail.get("credential_configuration_id").and_then(Value::as_str) == Some(configuration);
        let identifiers = details.iter().find(named)?.get("credential_identifiers")?.as_array()?;
        identifiers.first()?.as_str().map(str::to_owned)
    }
}

fn detail(configuration: &String) -> Value {
    json!({
        "type": CREDENTIAL,
        "credential_configuration_id": configuration,
        "credential_identifiers": [configuration],
    })
}
