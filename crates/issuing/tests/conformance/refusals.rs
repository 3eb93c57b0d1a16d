//! What our wallet refuses of an issuer that does things wrongly, and how far it had gone by then.

use mibun_card::CardFormat;
use mibun_card::mdoc::VerifyError;
use mibun_crypto::x509::ChainError;
use mibun_issuing::address::AddressError;
use mibun_issuing::collect::{CollectError, Exchange};
use mibun_issuing::error::Code;
use mibun_issuing::exchange::HttpResponse;
use mibun_issuing::received::CardError;
use mibun_issuing::token::TokenResponseError;
use serde_json::{Value, json};

use crate::our_wallet::collect;
use crate::suite_issuer::{Intercepting, Suite, TOKEN, good};
use crate::{Beginning, Variant};

const ENCRYPTED: Variant = Variant { encrypted: true, ..Variant::PLAIN };
const DEFERRED: Variant = Variant { deferred: true, ..Variant::PLAIN };
const MDOC: Variant = Variant { format: CardFormat::Mdoc, ..Variant::PLAIN };

fn refused(variant: Variant, change: impl FnOnce(&mut Suite)) -> (CollectError, Suite) {
    let mut suite = Suite::new(variant);
    change(&mut suite);
    let refused = collect(&mut suite, variant).expect_err("something is wrong");
    (refused, suite)
}

/// Refused before anything was pushed.
fn refused_at_once(variant: Variant, change: impl FnOnce(&mut Suite)) -> CollectError {
    let (refused, suite) = refused(variant, change);
    assert_eq!((suite.called("par"), suite.called("token")), (0, 0), "{:?}", suite.calls);
    refused
}

pub fn without(member: &'static str) -> Box<dyn Fn(&mut Value)> {
    Box::new(move |value| drop(value.as_object_mut().expect("an object").remove(member)))
}

pub fn with(member: &'static str, set: Value) -> Box<dyn Fn(&mut Value)> {
    Box::new(move |value| value[member] = set.clone())
}

/// Answers all calls of one endpoint.
pub fn instead(path: &'static str, answer: HttpResponse) -> Intercepting {
    Box::new(move |called| (called == path).then(|| answer.clone()))
}

#[test]
fn a_server_that_takes_no_pushed_requests() {
    let refused = refused_at_once(Variant::PLAIN, |suite| {
        suite.server_metadata = without("pushed_authorization_request_endpoint")
    });
    assert_eq!(refused, CollectError::ServerUnsupported);
}

#[test]
fn a_server_without_an_authorization_endpoint() {
    let refused = refused_at_once(Variant::PLAIN, |suite| suite.server_metadata = without("authorization_endpoint"));
    assert_eq!(refused, CollectError::ServerUnsupported);
}

#[test]
fn a_server_whose_pkce_is_plain() {
    let plain = with("code_challenge_methods_supported", json!(["plain"]));
    assert_eq!(refused_at_once(Variant::PLAIN, |suite| suite.server_metadata = plain), CollectError::ServerUnsupported);
}

#[test]
fn a_server_that_says_nothing_of_pkce() {
    let refused =
        refused_at_once(Variant::PLAIN, |suite| suite.server_metadata = without("code_challenge_methods_supported"));
    assert_eq!(refused, CollectError::ServerUnsupported);
}

#[test]
fn endpoints_over_plain_http() {
    for (member, at) in [
        ("token_endpoint", Exchange::Token),
        ("pushed_authorization_request_endpoint", Exchange::PushedRequest),
        ("authorization_endpoint", Exchange::Browser),
        ("challenge_endpoint", Exchange::Challenge),
    ] {
        let insecure = with(member, "http://suite.example/x".into());
        let refused = refused_at_once(Variant::PLAIN, |suite| suite.server_metadata = insecure);
        assert_eq!(refused, CollectError::Address { at, source: AddressError::Transport });
    }
    for (member, at) in
        [("deferred_credential_endpoint", Exchange::Deferred), ("notification_endpoint", Exchange::Notification)]
    {
        let insecure = with(member, "http://suite.example/x".into());
        let refused = refused_at_once(Variant::PLAIN, |suite| suite.issuer_metadata = insecure);
        assert_eq!(refused, CollectError::Address { at, source: AddressError::Transport });
    }
}

#[test]
fn encryption_that_is_demanded_in_a_way_that_is_not_spoken() {
    let response = |algorithms: Value, encs: Value| {
        let member =
            json!({ "alg_values_supported": algorithms, "enc_values_supported": encs, "encryption_required": true });
        with("credential_response_encryption", member)
    };
    let keys = json!({ "jwks": { "keys": [] }, "enc_values_supported": ["A128GCM"], "encryption_required": true });
    for change in [
        response(json!(["RSA-OAEP-256"]), json!(["A256GCM"])),
        response(json!(["ECDH-ES"]), json!(["A128CBC-HS256"])),
        with("credential_request_encryption", keys),
        without("credential_request_encryption"),
    ] {
        let refused = refused_at_once(ENCRYPTED, |suite| suite.issuer_metadata = change);
        assert_eq!(refused, CollectError::Unsupported);
    }
}

#[test]
fn an_answer_in_the_clear_where_an_encrypted_one_was_asked_for() {
    let plain = good(json!({ "credentials": [{ "credential": "abc~" }] }));
    let (refused, _) = refused(ENCRYPTED, |suite| suite.intercept = instead("credential", plain));
    assert_eq!(refused, CollectError::Encryption);
}

#[test]
fn an_answer_encrypted_to_somebody_else() {
    let other = "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSJ9..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA";
    let (refused, _) =
        refused(ENCRYPTED, |suite| suite.intercept = instead("credential", HttpResponse::new(200, other)));
    assert_eq!(refused, CollectError::Encryption);
}

#[test]
fn a_pushed_request_that_is_refused() {
    let answer = HttpResponse::new(401, json!({ "error": "invalid_client" }).to_string());
    let (refused, suite) = refused(Variant::PLAIN, |suite| suite.intercept = instead("par", answer));
    assert_eq!(refused, CollectError::Refused { at: Exchange::PushedRequest, code: Some(Code::InvalidClient) });
    assert_eq!((suite.called("par"), suite.called("BROWSER authorize")), (1, 0));
}

#[test]
fn a_pushed_request_that_is_answered_with_nothing_usable() {
    for body in
        ["", "{}", r#"{"request_uri":7,"expires_in":60}"#, r#"{"request_uri":"a","request_uri":"b","expires_in":60}"#]
    {
        let answer = HttpResponse::new(201, body);
        let (refused, _) = refused(Variant::PLAIN, |suite| suite.intercept = instead("par", answer));
        assert_eq!(refused, CollectError::Answer { at: Exchange::PushedRequest }, "{body}");
    }
}

#[test]
fn a_challenge_that_is_none() {
    for body in ["{}", r#"{"attestation_challenge":""}"#, r#"{"attestation_challenge":1}"#] {
        let refused = refused_at_once(Variant::PLAIN, |suite| {
            suite.challenged = true;
            suite.intercept = instead("challenge", HttpResponse::new(200, body));
        });
        assert_eq!(refused, CollectError::Answer { at: Exchange::Challenge }, "{body}");
    }
}

#[test]
fn a_server_that_asks_for_one_nonce_after_another() {
    let mut count = 0;
    let (refused, suite) = refused(Variant::PLAIN, |suite| {
        suite.intercept = Box::new(move |path| {
            count += 1;
            let headers = vec![("DPoP-Nonce".to_owned(), format!("again-{count}"))];
            let body = json!({ "error": "use_dpop_nonce" }).to_string();
            (path == "token").then(|| HttpResponse { headers, ..HttpResponse::new(400, body) })
        });
    });
    assert_eq!(refused, CollectError::Refused { at: Exchange::Token, code: Some(Code::UseDpopNonce) });
    assert_eq!(suite.called("token"), 2, "once more, and no further");
}

#[test]
fn a_nonce_that_is_asked_for_and_not_given() {
    for nonce in [None, Some("with space"), Some("with\"quote"), Some("")] {
        let headers: Vec<_> = nonce.map(|nonce| ("DPoP-Nonce".to_owned(), nonce.to_owned())).into_iter().collect();
        let answer =
            HttpResponse { headers, ..HttpResponse::new(400, json!({ "error": "use_dpop_nonce" }).to_string()) };
        let (refused, suite) = refused(Variant::PLAIN, |suite| suite.intercept = instead("token", answer));
        assert_eq!(refused, CollectError::Refused { at: Exchange::Token, code: Some(Code::UseDpopNonce) });
        assert_eq!(suite.called("token"), 1);
    }
}

#[test]
fn a_token_that_is_not_bound() {
    let (refused, suite) = refused(Variant::PLAIN, |suite| suite.token_response = with("token_type", "Bearer".into()));
    assert_eq!(refused, CollectError::Token(TokenResponseError::TokenType));
    assert_eq!(suite.called("credential"), 0);
}

#[test]
fn a_token_that_would_break_out_of_its_header() {
    let token = format!("{TOKEN}\r\nx: y");
    let (refused, _) =
        refused(Variant::PLAIN, |suite| suite.token_response = with("access_token", token.clone().into()));
    assert_eq!(refused, CollectError::Token(TokenResponseError::Malformed));
}

#[test]
fn cards_that_are_not_ready_and_nowhere_to_be_had() {
    let (refused, suite) = refused(DEFERRED, |suite| suite.issuer_metadata = without("deferred_credential_endpoint"));
    assert_eq!(refused, CollectError::NoDeferredEndpoint);
    assert_eq!(suite.called("deferred"), 0);
}

#[test]
fn cards_that_are_refused_in_the_end() {
    let answer = HttpResponse::new(400, json!({ "error": "credential_request_denied" }).to_string());
    let (refused, _) = refused(DEFERRED, |suite| suite.intercept = instead("deferred", answer));
    assert_eq!(refused, CollectError::Refused { at: Exchange::Deferred, code: Some(Code::CredentialRequestDenied) });
}

#[test]
fn an_answer_with_cards_and_a_transaction() {
    for body in [
        json!({ "credentials": [{ "credential": "a" }], "transaction_id": "t", "interval": 1 }),
        json!({ "transaction_id": "t" }),
        json!({ "transaction_id": "", "interval": 5 }),
        json!({ "transaction_id": "t", "interval": -1 }),
        json!({ "notification_id": "n" }),
    ] {
        let (refused, _) = refused(Variant::PLAIN, |suite| suite.intercept = instead("credential", good(body)));
        assert!(matches!(refused, CollectError::Credential(_)), "{refused:?}");
    }
}

#[test]
fn an_offer_that_names_another_server() {
    let variant = Variant { beginning: Beginning::OfferByReference, ..Variant::PLAIN };
    let offer = json!({
        "credential_issuer": "https://suite.example/test/a/mibun/",
        "credential_configuration_ids": ["a card"],
        "grants": { "authorization_code": { "authorization_server": "https://evil.example" } },
    });
    let refused = refused_at_once(variant, |suite| suite.intercept = instead("offer", good(offer)));
    assert_eq!(refused, CollectError::ServerUnsupported);
}

/// The refusal of the document that was issued, changed.
fn refused_document(change: impl Fn(&mut Vec<u8>) + 'static) -> CardError {
    let (refused, _) = refused(MDOC, |suite| suite.desk.spoil = Box::new(change));
    let CollectError::Card { source, report: Some(_) } = refused else { panic!("{refused:?}") };
    source
}

#[test]
fn a_document_that_is_no_cbor() {
    assert!(matches!(refused_document(|bytes| bytes.truncate(100)), CardError::Document(_)));
}

#[test]
fn a_document_with_a_changed_element() {
    let changed = refused_document(|bytes| {
        let at = bytes.windows(6).position(|window| window == b"Tanaka").expect("the name");
        bytes[at] = b'W';
    });
    assert_eq!(changed, CardError::Unverified(VerifyError::Digest));
}

#[test]
fn a_document_with_a_changed_signature() {
    let changed = refused_document(|bytes| *bytes.last_mut().expect("bytes") ^= 1);
    assert!(matches!(changed, CardError::Unverified(VerifyError::IssuerSignature(_))), "{changed:?}");
}

#[test]
fn a_document_of_another_type() {
    let (refused, _) = refused(MDOC, |suite| {
        suite.issuer_metadata = Box::new(|metadata| {
            let cards = metadata["credential_configurations_supported"].as_object_mut().expect("an object");
            for card in cards.values_mut().filter(|card| card["format"] == "mso_mdoc") {
                card["doctype"] = "org.iso.18013.5.1.mDL".into();
            }
        });
    });
    assert!(matches!(refused, CollectError::Card { source: CardError::Vct, .. }), "{refused:?}");
}

#[test]
fn a_document_that_is_not_base64url() {
    let answer = good(json!({ "credentials": [{ "credential": "no base64url!" }], "notification_id": "n" }));
    let (refused, _) = refused(MDOC, |suite| suite.intercept = instead("credential", answer));
    assert!(matches!(refused, CollectError::Card { source: CardError::Encoding, .. }), "{refused:?}");
}

#[test]
fn a_document_of_an_issuer_that_is_not_trusted() {
    let (refused, _) = refused(MDOC, |suite| suite.desk.stranger = true);
    let expected = CardError::Unverified(VerifyError::Chain(ChainError::UnknownAuthority));
    assert!(matches!(&refused, CollectError::Card { source, .. } if *source == expected), "{refused:?}");
}
