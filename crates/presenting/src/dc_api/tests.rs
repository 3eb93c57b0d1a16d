use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jws::JwsError;
use mibun_crypto::key::{Algorithm, SoftwareKey};
use mibun_crypto::policy::Accepted;
use mibun_crypto::x509::{ChainError, Purpose};
use serde_json::{Value, json};

use super::*;
use crate::request::{Accepting, AccessIdentity, ClientIdError, ClientIdPrefix, Identity, REQUEST_TYP, RequestError};
use crate::testing::*;

mod answers;
mod iso;
mod multisigned;
mod origins;
mod signed;
mod unsigned;

const HOTEL: &str = "https://hotel.example";

fn origin() -> Origin {
    Origin::parse(HOTEL, crate::request::UriPolicy::Https).expect("an origin")
}

/// What the hotel asks through the browser, with a key for the answer.
fn with_spec<T>(make: impl FnOnce(&BrowserSpec<'_>) -> T) -> T {
    let (query, key, origins) = (query(), response_key().public_jwk(KID), [origin()]);
    make(&BrowserSpec {
        query: &query,
        cards: Accepted::HAIP,
        notice: None,
        verifier_info: &[],
        transaction_data: &[],
        nonce: NONCE,
        answer_key: Some(&key),
        origins: &origins,
        issued_at: NOW,
        expires_at: NOW.plus_seconds(300),
    })
}

/// The data of the hotel's unsigned request.
fn unsigned_data() -> Value {
    with_spec(|spec| spec.unsigned())
}

fn wallet_reads(protocol: Protocol, data: &Value) -> Result<BrowserRequest, CallError> {
    let (anchors, origin) = ([authority().root], origin());
    read(&Call { origin: &origin, protocol: protocol.name(), data }, &Accepting::haip(&anchors), NOW)
}

/// The payload of the hotel's signed request, to be changed and signed again.
fn payload() -> Value {
    let identity = Identity::X509Hash(hotel().identity());
    let data = with_spec(|spec| spec.signed(&identity)).expect("the request is signed");
    let limits = Limits::default();
    let request = data["request"].as_str().expect("a compact message");
    mibun_crypto::jws::parse(request, &limits).and_then(|jws| jws.payload_json(&limits)).expect("our own request")
}

fn without(value: &mut Value, member: &str) {
    value.as_object_mut().and_then(|object| object.remove(member)).expect("the member was there");
}

/// Unwraps what is wrong with any request.
fn of_request(error: CallError) -> RequestError {
    match error {
        CallError::Request(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn protocols_survive_the_wire() {
    for protocol in Protocol::ALL {
        assert_eq!(Protocol::from_name(protocol.name()), Some(protocol));
    }
    for other in ["openid4vp", "openid4vp-v1-Signed", "openid4vp-v2-signed", ""] {
        assert_eq!(Protocol::from_name(other), None, "{other:?}");
    }
}

#[test]
fn an_unknown_protocol_is_refused() {
    let (data, origin) = (unsigned_data(), origin());
    for protocol in ["openid4vp", "openid4vp-v2-unsigned", "OPENID4VP-V1-UNSIGNED", "org-iso-mdoc"] {
        let refused = read(&Call { origin: &origin, protocol, data: &data }, &Accepting::haip(&[]), NOW);
        assert_eq!(refused.map(|_| ()), Err(CallError::UnknownProtocol), "{protocol}");
    }
    assert_eq!(CallError::UnknownProtocol.code(), "invalid_request");
}

#[test]
fn a_request_does_not_print_its_nonce() {
    let request = wallet_reads(Protocol::Unsigned, &unsigned_data()).expect("the request is fine");
    assert!(!format!("{request:?}").contains(NONCE));
}
