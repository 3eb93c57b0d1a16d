//! What comes back over the browser (RFC 6749 4.1.2, RFC 9207).

use mibun_crypto::digest::constant_time_eq;
use thiserror::Error;
use url::Url;

use crate::error::Code;
use crate::form::{Form, FormError};
use crate::secret::Secret;

/// Why an answer over the browser leads nowhere. Nothing is called after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// The browser came to another address than the wallet's.
    #[error("the browser did not come back to this wallet")]
    Address,
    /// The parameters cannot be read, or one appears twice.
    #[error("the parameters of the answer cannot be read: {0}")]
    Form(#[from] FormError),
    /// `iss` is missing.
    #[error("the answer does not say who gives it")]
    MissingIssuer,
    /// `iss` is another authorization server: its answer is played into this request.
    #[error("the answer is another authorization server's")]
    OtherIssuer,
    /// `state` is missing.
    #[error("the answer does not say which request it is for")]
    MissingState,
    /// `state` is not that of this request.
    #[error("the answer is for another request")]
    OtherState,
    /// The person or the server said no; its code, if it is a registered one.
    #[error("the authorization was refused{}", .0.map(|code| format!(": {code}")).unwrap_or_default())]
    Refused(Option<Code>),
    /// There is neither a code nor an error.
    #[error("the answer has no code")]
    MissingCode,
}

/// What an answer has to say.
pub struct Expected<'a> {
    /// Where the browser was to come back to.
    pub redirect_uri: &'a str,
    /// The authorization server.
    pub issuer: &'a str,
    /// The state of the request.
    pub state: &'a Secret,
}

/// The code in the address that the browser came back to.
pub fn code(returned: &str, expected: &Expected<'_>) -> Result<Secret, AnswerError> {
    let address = Url::parse(returned.trim()).map_err(|_| AnswerError::Address)?;
    if !leads_to(&address, expected.redirect_uri) {
        return Err(AnswerError::Address);
    }
    let answer = Form::parse(address.query().unwrap_or_default().as_bytes())?;
    let issuer = answer.get("iss").ok_or(AnswerError::MissingIssuer)?;
    if issuer != expected.issuer {
        return Err(AnswerError::OtherIssuer);
    }
    let state = answer.get("state").ok_or(AnswerError::MissingState)?;
    if !constant_time_eq(state.as_bytes(), expected.state.expose().as_bytes()) {
        return Err(AnswerError::OtherState);
    }
    if let Some(error) = answer.get("error") {
        return Err(AnswerError::Refused(Code::from_wire(error)));
    }
    answer.get("code").map(Secret::new).ok_or(AnswerError::MissingCode)
}

/// Whether `address` is `redirect_uri` with more in its query.
fn leads_to(address: &Url, redirect_uri: &str) -> bool {
    let Ok(mut own) = Url::parse(redirect_uri) else { return false };
    let mut came = address.clone();
    for url in [&mut own, &mut came] {
        url.set_query(None);
        url.set_fragment(None);
    }
    own == came
}

#[cfg(test)]
mod tests;
