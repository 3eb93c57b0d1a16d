//! The access token of a request, with its scheme.

use thiserror::Error;

use super::{MAX_SECRET_LENGTH, TokenType, is_token_letter};
use crate::error::{Code, Refusal};
use crate::secret::Secret;

/// An access token as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    /// By its scheme.
    pub kind: TokenType,
    /// The token.
    pub token: Secret,
}

/// Why no access token can be read from a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BearerError {
    /// There is no `Authorization` field.
    #[error("the access token is missing")]
    Missing,
    /// Another scheme than `Bearer` and `DPoP`, or letters that no token has.
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
///
/// # Errors
/// [`BearerError`].
pub fn presented(authorization: Option<&str>) -> Result<Presented, BearerError> {
    let value = authorization.ok_or(BearerError::Missing)?;
    let (scheme, token) = value.split_once(' ').ok_or(BearerError::Malformed)?;
    let kinds = [TokenType::Bearer, TokenType::Dpop];
    let kind = kinds.into_iter().find(|kind| scheme.eq_ignore_ascii_case(kind.as_str()));
    let kind = kind.ok_or(BearerError::Malformed)?;
    let token = token.trim_start_matches(' ');
    let well_formed = !token.is_empty() && token.len() <= MAX_SECRET_LENGTH && token.bytes().all(is_token_letter);
    if !well_formed {
        return Err(BearerError::Malformed);
    }
    Ok(Presented { kind, token: Secret::new(token) })
}
