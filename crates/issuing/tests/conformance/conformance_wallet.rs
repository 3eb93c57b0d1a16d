//! `oid4vci-1_0-wallet-…` and `fapi2-security-profile-final-client-test-…`: what is demanded of our wallet.

use mibun_issuing::collect::{AnswerError, CollectError, Exchange};
use mibun_issuing::metadata::MetadataError;
use mibun_trust::attestation::Profile;
use serde_json::json;

use crate::Variant;
use crate::our_wallet::{COPIES, accept, collect};
use crate::suite_issuer::Suite;

/// The wallet stops after the browser came back: no code is redeemed.
fn stops_after_the_browser(answering: impl Fn(&mut Vec<(String, String)>) + 'static, expected: AnswerError) {
    let mut suite = Suite::new(Variant::PLAIN);
    suite.answering = Box::new(answering);
    let refused = collect(&mut suite, Variant::PLAIN);
    assert_eq!(refused, Err(CollectError::Browser(expected)));
    assert_eq!((suite.called("BROWSER authorize"), suite.called("token")), (1, 0), "{:?}", suite.calls);
}

fn replaced(answer: &mut [(String, String)], name: &str, value: &str) {
    let found = answer.iter_mut().find(|(known, _)| known == name).expect("the parameter");
    found.1 = value.to_owned();
}

#[test]
fn test_credential_issuance() {
    for variant in Variant::all() {
        for profile in [Profile::Haip10, Profile::Latest] {
            let mut suite = Suite::new(variant);
            suite.profile = profile;
            let collected = collect(&mut suite, variant).unwrap_or_else(|error| panic!("{variant:?}: {error}"));
            assert_eq!((collected.format, collected.cards.len()), (variant.format, COPIES), "{variant:?}");
            assert_eq!(suite.called("deferred") > 0, variant.deferred);
        }
    }
}

#[test]
fn test_credential_issuance_notification() {
    for variant in Variant::all() {
        let mut suite = Suite::new(variant);
        let mut collected = collect(&mut suite, variant).expect("the cards");
        assert!(suite.desk.notified.is_empty(), "nothing is told before the cards are kept");
        accept(&mut suite, &mut collected);
        assert_eq!(suite.desk.notified, ["credential_accepted"]);
    }
}

#[test]
fn test_client_attestation_challenge() {
    for variant in Variant::all() {
        let mut suite = Suite::new(variant);
        suite.challenged = true;
        collect(&mut suite, variant).expect("the challenge is fetched and answered");
        assert_eq!(suite.called("challenge"), 1);
    }
}

#[test]
fn test_batch_credential_issuance() {
    for variant in Variant::all() {
        let mut suite = Suite::new(variant);
        assert!(suite.desk.reverse, "the suite answers in reverse");
        let collected = collect(&mut suite, variant).expect("the cards");
        let owners: Vec<usize> = collected.cards.iter().map(|card| card.key).collect();
        assert_eq!(owners, [2, 1, 0]);
    }
}

#[test]
fn happy_path() {
    let mut suite = Suite::new(Variant::PLAIN);
    collect(&mut suite, Variant::PLAIN).expect("the cards");
    let expected = [
        "GET .well-known/openid-credential-issuer/test/a/mibun",
        "GET .well-known/oauth-authorization-server/test/a/mibun",
        "POST par",
        "BROWSER authorize",
        "POST token",
        "POST token",
        "POST nonce",
        "POST credential",
        "POST credential",
    ];
    assert_eq!(suite.calls, expected);
}

#[test]
fn discovery_issuer_mismatch() {
    let mut suite = Suite::new(Variant::PLAIN);
    suite.server_metadata = Box::new(|metadata| metadata["issuer"] = "https://suite.example/test/a/mibun/x/".into());
    let (at, source) = (Exchange::ServerMetadata, MetadataError::OtherIssuer);
    assert_eq!(collect(&mut suite, Variant::PLAIN), Err(CollectError::Metadata { at, source }));
    assert_eq!((suite.called("par"), suite.called("token")), (0, 0));
}

#[test]
fn invalid_authorization_response_iss() {
    stops_after_the_browser(|answer| replaced(answer, "iss", "https://evil.example/"), AnswerError::OtherIssuer);
}

#[test]
fn remove_authorization_response_iss() {
    stops_after_the_browser(|answer| answer.retain(|(name, _)| name != "iss"), AnswerError::MissingIssuer);
}

#[test]
fn ensure_authorization_response_with_invalid_state_fails() {
    stops_after_the_browser(|answer| replaced(answer, "state", "another"), AnswerError::OtherState);
}

#[test]
fn ensure_authorization_response_with_invalid_missing_state_fails() {
    stops_after_the_browser(|answer| answer.retain(|(name, _)| name != "state"), AnswerError::MissingState);
}

#[test]
fn token_endpoint_response_without_expires_in() {
    let mut suite = Suite::new(Variant::PLAIN);
    suite.token_response = Box::new(|body| drop(body.as_object_mut().expect("an object").remove("expires_in")));
    collect(&mut suite, Variant::PLAIN).expect("the time is not needed");
}

#[test]
fn token_type_case_insensitivity() {
    let mut suite = Suite::new(Variant::PLAIN);
    suite.token_response = Box::new(|body| body["token_type"] = "dPOp".into());
    collect(&mut suite, Variant::PLAIN).expect("the type has no case");
}

#[test]
fn rs_dpop_auth_scheme_case_insensitivity() {
    for scheme in ["dpop", "DPOP", "dPoP", "Bearer error=\"invalid_token\", dpop"] {
        let mut suite = Suite::new(Variant::PLAIN);
        suite.scheme = scheme;
        collect(&mut suite, Variant::PLAIN).expect("the scheme has no case");
    }
}

#[test]
fn happy_path_no_dpop_nonce() {
    let mut suite = Suite::new(Variant::PLAIN);
    suite.nonces = false;
    collect(&mut suite, Variant::PLAIN).expect("nobody asks for a nonce");
    assert_eq!((suite.called("token"), suite.called("credential")), (1, 1));
}

/// Of the plan without HAIP; its reverse is [`credential_identifiers_are_used_where_the_server_names_them`].
#[test]
fn happy_path_with_scopes_without_authorization_details_in_token_response() {
    let mut suite = Suite::new(Variant::PLAIN);
    collect(&mut suite, Variant::PLAIN).expect("the card is asked for by its configuration");
}

#[test]
fn credential_identifiers_are_used_where_the_server_names_them() {
    let mut suite = Suite::new(Variant::PLAIN);
    let configuration = suite.desk.configuration();
    suite.desk.identifier = Some("this very card".to_owned());
    suite.token_response = Box::new(move |body| {
        body["authorization_details"] = json!([{
            "type": "openid_credential",
            "credential_configuration_id": configuration,
            "credential_identifiers": ["this very card", "another"],
        }]);
    });
    collect(&mut suite, Variant::PLAIN).expect("the card is asked for by its identifier");
}

#[test]
fn a_stale_nonce_is_replaced_once() {
    let mut suite = Suite::new(Variant::PLAIN);
    suite.desk.stale = 1;
    collect(&mut suite, Variant::PLAIN).expect("the second nonce is taken");
    assert_eq!(suite.called("nonce"), 2);
}

#[test]
fn a_token_that_ends_while_the_cards_are_not_ready_is_renewed() {
    let variant = Variant { deferred: true, ..Variant::PLAIN };
    let mut suite = Suite::new(variant);
    suite.token_ends = true;
    collect(&mut suite, variant).expect("the cards come under a later token");
    assert_eq!(suite.renewed, 1);
}
