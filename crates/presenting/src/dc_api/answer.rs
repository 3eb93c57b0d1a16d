//! What goes back through the browser, made by the wallet and read by the asker.

use mibun_crypto::entropy::Entropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::JweError;
use mibun_crypto::time::Timestamp;
use serde_json::{Value, json};

use super::{BrowserRequest, Call, Protocol, read};
use crate::dcql::VpToken;
use crate::members;
use crate::request::{Accepting, ResponseWay};
use crate::response::{ErrorCode, Expected, Received, ResponseError, content, envelope, open};

/// The data that answer `request`.
///
/// # Errors
/// [`JweError`] when the asker's key does not encrypt.
pub fn answer(request: &BrowserRequest, token: &VpToken, entropy: &mut dyn Entropy) -> Result<Value, JweError> {
    let payload = json!({ "vp_token": token.to_value() });
    match &request.response {
        ResponseWay::Plain => Ok(payload),
        ResponseWay::Encrypted { key, enc } => {
            Ok(json!({ "response": envelope(&payload, (key, *enc), &request.nonce, entropy)? }))
        }
    }
}

/// The data that refuse a request; an error is never encrypted.
pub fn refuse(code: ErrorCode) -> Value {
    json!({ "error": code.wire() })
}

/// A call from beginning to end: reads it, lets `show` choose and bind the cards once the holder agrees, and makes the data
/// to give back. What is refused, here or by `show`, is answered with its code; a token without presentations is never sent.
///
/// # Errors
/// [`JweError`] when the asker's key does not encrypt.
pub fn respond(
    call: &Call<'_>,
    accepting: &Accepting<'_>,
    now: Timestamp,
    entropy: &mut dyn Entropy,
    show: impl FnOnce(&BrowserRequest, &mut dyn Entropy) -> Result<VpToken, ErrorCode>,
) -> Result<Value, JweError> {
    let request = match read(call, accepting, now) {
        Ok(request) => request,
        Err(error) => return Ok(refuse(ErrorCode::from_wire(error.code()))),
    };
    match show(&request, entropy) {
        Ok(token) if !token.is_empty() => answer(&request, &token, entropy),
        Ok(_) => Ok(refuse(ErrorCode::AccessDenied)),
        Err(code) => Ok(refuse(code)),
    }
}

/// Reads what a page got back: the name of the protocol, one of those in `asked`, and the data.
///
/// # Errors
/// [`ResponseError`].
pub fn receive(
    (protocol, data): (&str, &Value),
    asked: &[Protocol],
    expected: &Expected<'_>,
    limits: &Limits,
) -> Result<Received, ResponseError> {
    if !asked.iter().any(|one| one.name() == protocol) {
        return Err(ResponseError::WrongProtocol);
    }
    let data = data.as_object().ok_or(ResponseError::Malformed)?;
    let response = members::text(data, "response")?;
    let in_the_open = data.contains_key("vp_token") || data.contains_key("error");
    match (response, expected) {
        (Some(_), _) if in_the_open => Err(ResponseError::Contradictory),
        (Some(text), Expected::Encrypted { key, kid }) => open(text, key, kid, limits),
        (Some(_), Expected::Plain) => Err(ResponseError::NotPlain),
        (None, Expected::Encrypted { .. }) if data.contains_key("vp_token") => Err(ResponseError::NotEncrypted),
        // There is no state: the browser brings the answer back to the page that asked.
        (None, _) => content(data, None),
    }
}
