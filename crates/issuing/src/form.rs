//! Forms (`application/x-www-form-urlencoded`), read strictly and written.

use std::fmt;

use thiserror::Error;
use url::form_urlencoded;

/// Longest form, in bytes: the parameters of a token request and some strangers beside them.
pub const MAX_BYTES: usize = 16 * 1024;
const MAX_PARAMETERS: usize = 64;

/// The parameters of a form. Values are read out by name only; `Debug` shows none.
#[derive(Clone, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

/// Why a form is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FormError {
    /// Longer than [`MAX_BYTES`].
    #[error("the form is too long")]
    TooLong,
    /// More parameters than any request has.
    #[error("the form has too many parameters")]
    TooMany,
    /// A percent sign without two digits, or bytes that are not UTF-8.
    #[error("the form is not properly encoded")]
    Encoding,
    /// A parameter appears twice (RFC 6749 3.1), so that two readers may see two requests.
    #[error("a parameter of the form appears twice")]
    Duplicate,
}

impl Form {
    /// Reads a form or the query of an address.
    pub fn parse(body: &[u8]) -> Result<Self, FormError> {
        if body.len() > MAX_BYTES {
            return Err(FormError::TooLong);
        }
        let mut parameters: Vec<(String, String)> = Vec::new();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if parameters.len() == MAX_PARAMETERS {
                return Err(FormError::TooMany);
            }
            let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let name = decode(&pair[..equals])?;
            let value = decode(pair.get(equals + 1..).unwrap_or_default())?;
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err(FormError::Duplicate);
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    /// The value of a parameter; one sent without a value counts as omitted (RFC 6749 3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Form([redacted])")
    }
}

/// Writes a form.
pub fn encode(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

fn decode(text: &[u8]) -> Result<String, FormError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let [high, low, after @ ..] = tail else { return Err(FormError::Encoding) };
                bytes.push(hex(*high)? << 4 | hex(*low)?);
                rest = after;
            }
            plain => bytes.push(*plain),
        }
    }
    String::from_utf8(bytes).map_err(|_| FormError::Encoding)
}

fn hex(digit: u8) -> Result<u8, FormError> {
    char::from(digit).to_digit(16).map(|value| value as u8).ok_or(FormError::Encoding)
}
