//! The asker's side.

use std::collections::BTreeMap;

use mibun_crypto::json::{self, Limits};
use mibun_crypto::jwe::{self, Enc, EphemeralKey};
use serde_json::{Map, Value};

use super::{ErrorCode, Received, ResponseError};
use crate::dcql::VpToken;
use crate::members::{self, Fault};

/// How the answer was asked for.
#[derive(Debug, Clone, Copy)]
pub enum Expected<'a> {
    /// `direct_post`.
    Plain,
    /// `direct_post.jwt`, to this key under this name.
    Encrypted {
        /// The private key made for the request.
        key: &'a EphemeralKey,
        /// Its name in the request.
        kid: &'a str,
    },
}

impl<'a> Expected<'a> {
    /// Encrypted to this key under this name, or in the open where there is none.
    pub const fn of(key: Option<&'a EphemeralKey>, kid: &'a str) -> Self {
        match key {
            Some(key) => Self::Encrypted { key, kid },
            None => Self::Plain,
        }
    }
}

/// Reads a posted form. Fields that are not known are ignored; errors may come in the open in either mode.
pub fn receive(form: &[(String, String)], expected: &Expected<'_>, limits: &Limits) -> Result<Received, ResponseError> {
    let mut fields = known_fields(form)?;
    let (vp_token, response, error) = (fields.remove("vp_token"), fields.remove("response"), fields.remove("error"));
    let state = fields.remove("state").map(str::to_owned);
    match (vp_token, response, error, expected) {
        (None, None, Some(code), _) => Ok(Received::Declined { code: ErrorCode::from_wire(code), state }),
        (Some(text), None, None, Expected::Plain) => {
            Ok(Received::Answer { token: VpToken::parse(text, limits)?, state })
        }
        // State counts only inside the envelope: beside it anybody could have put it.
        (None, Some(envelope), None, Expected::Encrypted { key, kid }) => open(envelope, key, kid, limits),
        (Some(_), None, None, Expected::Encrypted { .. }) => Err(ResponseError::NotEncrypted),
        (None, Some(_), None, Expected::Plain) => Err(ResponseError::NotPlain),
        (None, None, None, _) => Err(ResponseError::Empty),
        _ => Err(ResponseError::Contradictory),
    }
}

fn known_fields(form: &[(String, String)]) -> Result<BTreeMap<&'static str, &str>, ResponseError> {
    let mut fields = BTreeMap::new();
    for (name, value) in form {
        let Some(known) = FIELDS.into_iter().find(|known| known == name) else { continue };
        if fields.insert(known, value.as_str()).is_some() {
            return Err(ResponseError::Duplicate(known));
        }
    }
    Ok(fields)
}

pub(crate) fn open(envelope: &str, key: &EphemeralKey, kid: &str, limits: &Limits) -> Result<Received, ResponseError> {
    let opened = jwe::decrypt(envelope, key, &[Enc::A256Gcm, Enc::A128Gcm], limits)?;
    if opened.header.kid() != Some(kid) {
        return Err(ResponseError::WrongKey);
    }
    let Value::Object(payload) = json::parse(&opened.payload, limits)? else {
        return Err(ResponseError::Malformed);
    };
    let state = members::text(&payload, "state")?.map(str::to_owned);
    content(&payload, state)
}

pub(crate) fn content(payload: &Map<String, Value>, state: Option<String>) -> Result<Received, ResponseError> {
    match (payload.get("vp_token"), members::text(payload, "error")?) {
        (Some(token), None) => Ok(Received::Answer { token: VpToken::from_value(token)?, state }),
        (None, Some(code)) => Ok(Received::Declined { code: ErrorCode::from_wire(code), state }),
        (None, None) => Err(ResponseError::Empty),
        (Some(_), Some(_)) => Err(ResponseError::Contradictory),
    }
}

const FIELDS: [&str; 4] = ["vp_token", "response", "error", "state"];

impl From<Fault> for ResponseError {
    fn from(_: Fault) -> Self {
        Self::Malformed
    }
}
