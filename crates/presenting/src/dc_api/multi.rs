//! One request, several signatures: JWS JSON serialisation (RFC 7515 section 7.2.1) as OpenID4VP 1.0 appendix A.3.2.2
//! uses it. Each signature is over the same payload and is read like a compact message of its own.

use mibun_crypto::jws::{self, Jws};
use serde_json::{Map, Value, json};

use super::CallError;
use crate::members;
use crate::request::{Identity, LIMITS, MakeError, RequestError};

/// The signatures of `request`, in order, each as a message; one that cannot be read spoils itself only.
pub(super) fn messages(
    request: &Map<String, Value>,
) -> Result<impl Iterator<Item = Result<Jws, RequestError>> + '_, CallError> {
    let payload = members::text(request, "payload")?.ok_or(CallError::MalformedSignatures)?;
    let signatures = members::array(request, "signatures")?.ok_or(CallError::MalformedSignatures)?;
    if !(1..=MAX_SIGNATURES).contains(&signatures.len()) || payload.len() > LIMITS.bytes {
        return Err(CallError::MalformedSignatures);
    }
    Ok(signatures.iter().map(move |signature| message(signature, payload)))
}

fn message(signature: &Value, payload: &str) -> Result<Jws, RequestError> {
    let signature = signature.as_object().ok_or(RequestError::WrongJsonType("signatures"))?;
    let protected = members::text(signature, "protected")?.ok_or(RequestError::Missing("protected"))?;
    let bytes = members::text(signature, "signature")?.ok_or(RequestError::Missing("signature"))?;
    // What a dot would do here, the reader of compact messages refuses: a part is base64url and nothing else.
    Ok(jws::parse(&format!("{protected}.{payload}.{bytes}"), &LIMITS)?)
}

/// Signs `payload` once for each identity, under its header and what `members` adds to it.
pub(super) fn sign<'a>(
    payload: &Value,
    signers: impl Iterator<Item = (&'a Identity<'a>, Map<String, Value>)>,
) -> Result<Value, MakeError> {
    let text = payload.to_string();
    let mut encoded = String::new();
    let mut signatures = Vec::new();
    for (identity, members) in signers {
        let mut header = identity.header();
        header.extend(members);
        let message = jws::sign(header, text.as_bytes(), identity.signer())?;
        let mut parts = message.splitn(3, '.').map(str::to_owned);
        let (protected, payload, signature) = (parts.next(), parts.next(), parts.next());
        encoded = payload.unwrap_or_default();
        signatures.push(json!({ "protected": protected, "signature": signature }));
    }
    if signatures.is_empty() {
        return Err(MakeError::NoSigner);
    }
    Ok(json!({ "payload": encoded, "signatures": signatures }))
}

/// A wallet need not try more certificates than that.
const MAX_SIGNATURES: usize = 8;
