//! What an authenticated request of the redirect flow says: where the answer goes, and its content.

use serde_json::{Map, Value};
use url::Url;

use super::asker::Asker;
use super::content::{self, Content, Modes};
use super::{Accepting, Authentication, Refused, Report, RequestError, STATIC_AUDIENCE, UriPolicy, VerifiedRequest};
use crate::members;
use crate::session::Handover;
use mibun_crypto::time::Timestamp;

/// A signed request that was fetched.
pub(super) fn fetched(
    asker: Asker,
    payload: &Map<String, Value>,
    by: &Authentication<'_>,
) -> Result<VerifiedRequest, Refused> {
    let address = Address::read(payload, by.policy, &asker);
    let address = address.map_err(|error| Refused { error, report: None })?;
    let signed = || {
        check_audience(payload)?;
        check_wallet_nonce(payload, by.wallet_nonce)
    };
    signed().map_err(|error| address.refused(error))?;
    request(asker, address, payload, (&by.accepting, by.now))
}

/// What every request of the redirect flow has in common, signed or not.
pub(super) fn request(
    asker: Asker,
    address: Address,
    payload: &Map<String, Value>,
    (accepting, now): (&Accepting<'_>, Timestamp),
) -> Result<VerifiedRequest, Refused> {
    let content = || {
        if payload.contains_key("redirect_uri") {
            return Err(RequestError::RedirectUriWithDirectPost);
        }
        let content = content::read(payload, &MODES, accepting, now)?;
        // Without a proof by the holder nothing but the state ties answer and request together.
        let unbound = content.query.credentials.iter().any(|credential| !credential.holder_binding);
        if unbound && address.state.is_none() { Err(RequestError::Missing("state")) } else { Ok(content) }
    };
    let content = content().map_err(|error| address.refused(error))?;
    let Content { nonce, query, response, transaction_data, verifier_info, notice } = content;
    Ok(VerifiedRequest {
        handover: Handover::redirect(&asker.client_id, &nonce, response.key(), &address.text),
        client_id: asker.client_id,
        organisation: asker.organisation,
        nonce,
        state: address.state,
        response_uri: address.uri,
        response,
        query,
        transaction_data,
        verifier_info,
        notice,
    })
}

/// Where answers and errors go. Until it is known to be acceptable, there is nobody to tell.
pub(super) struct Address {
    pub(super) uri: Url,
    /// As received: the transcript of an mdoc is made over these letters.
    pub(super) text: String,
    pub(super) state: Option<String>,
}

impl Address {
    fn read(payload: &Map<String, Value>, policy: UriPolicy, asker: &Asker) -> Result<Self, RequestError> {
        let text = members::text(payload, "response_uri")?.ok_or(RequestError::Missing("response_uri"))?;
        let address = Self::at(text, payload, policy)?;
        if asker.may_listen_at(text, &address.uri) { Ok(address) } else { Err(RequestError::ForeignResponseUri) }
    }

    pub(super) fn at(text: &str, payload: &Map<String, Value>, policy: UriPolicy) -> Result<Self, RequestError> {
        let uri = Url::parse(text).map_err(|_| RequestError::UnsafeResponseUri)?;
        if !policy.admits(&uri) {
            return Err(RequestError::UnsafeResponseUri);
        }
        Ok(Self { uri, text: text.to_owned(), state: members::text(payload, "state")?.map(str::to_owned) })
    }

    fn refused(&self, error: RequestError) -> Refused {
        let report = Report { response_uri: self.uri.clone(), state: self.state.clone() };
        Refused { error, report: Some(Box::new(report)) }
    }
}

/// The audience of a signed request to a wallet that was not discovered.
fn check_audience(payload: &Map<String, Value>) -> Result<(), RequestError> {
    match payload.get("aud") {
        None => Err(RequestError::Missing("aud")),
        Some(audience) if is_static_audience(audience) => Ok(()),
        Some(_) => Err(RequestError::WrongAudience),
    }
}

pub(crate) fn is_static_audience(audience: &Value) -> bool {
    match audience {
        Value::String(aud) => aud == STATIC_AUDIENCE,
        Value::Array(all) => matches!(all.as_slice(), [Value::String(aud)] if aud == STATIC_AUDIENCE),
        _ => false,
    }
}

fn check_wallet_nonce(payload: &Map<String, Value>, sent: Option<&str>) -> Result<(), RequestError> {
    match sent {
        Some(sent) if members::text(payload, "wallet_nonce")? != Some(sent) => Err(RequestError::WalletNonceMismatch),
        _ => Ok(()),
    }
}

const MODES: Modes = Modes { plain: "direct_post", encrypted: "direct_post.jwt" };
