//! Readers of requests and answers of OpenID4VP. Signatures keep a fuzzer out of what they protect, so the content of
//! requests is reached through calls that need none.

use std::sync::LazyLock;

use mibun_card::CardFormat;
use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::{self, Limits};
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::key::Algorithm;
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_presenting::dc_api::{Call, IsoAnswer, IsoRequest, Origin, Protocol, read, receive as receive_call};
use mibun_presenting::dcql::VpToken;
use mibun_presenting::request::{
    Accepting, Authentication, ClientIdPrefix, Fetch, FetchMethod, Invitation, RequestLink, UriPolicy, verify,
};
use mibun_presenting::response::{Acknowledgement, Expected, receive};
use mibun_presenting::transaction_data::{Kind, Member, TransactionRules, TransactionType};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp(1_800_000_000);
const NONCE: &str = "n-0S6_WzA2Mj1aXbk39dkQ2";
const PAYMENT: TransactionType<'_> =
    TransactionType { name: "p", members: &[Member { name: "a", kind: Kind::Integer, required: true }] };
/// Everything is accepted that can be.
const ACCEPTING: Accepting<'_> = Accepting {
    prefixes: &ClientIdPrefix::ALL,
    access: &[],
    attesters: &[],
    formats: &[CardFormat::SdJwtVc, CardFormat::Mdoc],
    algorithms: Accepted::CLASSICAL.and(Algorithm::MlDsa65),
    cards: Accepted::CLASSICAL.and(Algorithm::MlDsa65),
    transactions: TransactionRules { types: &[PAYMENT], never_sign: &[] },
};

static ORIGIN: LazyLock<Origin> =
    LazyLock::new(|| Origin::parse("https://a.example", UriPolicy::Https).expect("an origin"));
static KEY: LazyLock<EphemeralKey> = LazyLock::new(|| EphemeralKey::generate(&mut SeededEntropy::new("fuzz")));

/// A request object, fetched by GET or POST, and a link with or without a request in it.
pub fn request(text: &str) {
    for client_id in ["x509_hash:a", "x509_san_dns:a.example", "verifier_attestation:a"] {
        let request_uri = url::Url::parse("https://a.example/r").expect("an address");
        for (method, wallet_nonce) in [(FetchMethod::Get, None), (FetchMethod::Post, Some(NONCE))] {
            let link = RequestLink { client_id: client_id.to_owned(), request_uri: request_uri.clone(), method };
            let by =
                Authentication { link: &link, wallet_nonce, accepting: ACCEPTING, policy: UriPolicy::Https, now: NOW };
            assert!(verify(text, &by).is_err(), "there are no anchors");
        }
    }
    let _ = RequestLink::parse(text, UriPolicy::HttpsOrLoopback);
    if let Ok(Invitation::ByValue(request)) = Invitation::parse(text, UriPolicy::Https, &ClientIdPrefix::ALL) {
        let _ = request.verify(&ACCEPTING, UriPolicy::Https, NOW);
    }
}

/// The form with which a wallet fetches a request.
pub fn fetch(text: &str) {
    for name in ["wallet_metadata", "wallet_nonce"] {
        let _ = Fetch::read(&[(name.to_owned(), text.to_owned())]);
    }
}

/// The data of a call through the browser.
pub fn call(bytes: &[u8]) {
    let Ok(data) = json::parse(bytes, &Limits::default()) else { return };
    for protocol in Protocol::ALL {
        let read = read(&Call { origin: &ORIGIN, protocol: protocol.name(), data: &data }, &ACCEPTING, NOW);
        assert!(read.is_err() || protocol == Protocol::Unsigned, "there are no anchors");
    }
    if let Ok(request) = IsoRequest::read(&data) {
        assert_eq!(IsoRequest::read(&request.to_value()), Ok(request), "written and read again");
    }
    let _ = IsoAnswer::read(&data);
}

/// A request with several signatures.
pub fn multisigned(bytes: &[u8]) {
    let Ok(request) = json::parse(bytes, &Limits::default()) else { return };
    let data = json!({ "request": request });
    let call = Call { origin: &ORIGIN, protocol: Protocol::Multisigned.name(), data: &data };
    assert!(read(&call, &ACCEPTING, NOW).is_err(), "there are no anchors");
}

/// One piece of transaction data.
pub fn transaction_data(bytes: &[u8]) {
    let data = json!({
        "response_type": "vp_token",
        "response_mode": "dc_api",
        "nonce": NONCE,
        "dcql_query": { "credentials": [{ "id": "c", "format": "dc+sd-jwt", "meta": { "vct_values": ["v"] } }] },
        "client_metadata": { "vp_formats_supported": { "dc+sd-jwt": {} } },
        "transaction_data": [base64url::encode(bytes)],
    });
    let call = Call { origin: &ORIGIN, protocol: Protocol::Unsigned.name(), data: &data };
    if let Ok(request) = read(&call, &ACCEPTING, NOW) {
        assert_eq!(request.transaction_data[0].kind(), PAYMENT.name);
    }
}

/// An answer, posted or through the browser, in the open or encrypted, and what the verifier says to it.
pub fn answer(text: &str) {
    let expected = [Expected::Plain, Expected::Encrypted { key: &KEY, kid: "k" }];
    for expected in &expected {
        for name in ["vp_token", "response", "error"] {
            let form = [(name.to_owned(), text.to_owned()), ("state".to_owned(), NONCE.to_owned())];
            let _ = receive(&form, expected, &Limits::default());
        }
    }
    let _ = Acknowledgement::parse(text.as_bytes(), UriPolicy::Https);
    let Ok(data) = json::parse(text.as_bytes(), &Limits::default()) else { return };
    for expected in &expected {
        let _ = receive_call((Protocol::Signed.name(), &data), &Protocol::ALL, expected, &Limits::default());
    }
    token(&data);
}

fn token(data: &Value) {
    if let Ok(token) = VpToken::from_value(data) {
        assert_eq!(VpToken::from_value(&token.to_value()), Ok(token), "written and read again");
    }
}
