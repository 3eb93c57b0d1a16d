//! Cards that are not ready, asked for again by a wallet that was closed in between and kept nothing but a plain value.

use mibun_card::CardFormat;
use mibun_crypto::key::Jwk;
use mibun_issuing::collect::{CollectError, Exchange, Waiting};
use mibun_issuing::error::Code;
use mibun_issuing::exchange::HttpResponse;
use serde_json::json;

use crate::Variant;
use crate::our_wallet::{COPIES, OurWallet, accept};
use crate::refusals::{instead, with, without};
use crate::suite_issuer::{Suite, good};

const DEFERRED: Variant = Variant { deferred: true, ..Variant::PLAIN };

/// A wallet that stopped waiting, and what it kept: written down and read again.
fn waiting(suite: &mut Suite, variant: Variant) -> (OurWallet, Waiting) {
    let mut wallet = OurWallet::impatient(suite, variant);
    assert_eq!(wallet.collect(suite, variant), Ok(None));
    suite.calls.clear();
    let kept = wallet.waiting.take().expect("cards are waited for");
    let text = serde_json::to_string(&kept).expect("a plain value");
    let again = serde_json::from_str(&text).expect("the same value");
    assert_eq!(kept, again);
    (wallet, again)
}

/// What a changed suite makes of asking again.
fn refused(change: impl FnOnce(&mut Suite)) -> (CollectError, Suite) {
    let mut suite = Suite::new(DEFERRED);
    let (mut wallet, kept) = waiting(&mut suite, DEFERRED);
    change(&mut suite);
    let refused = wallet.resume(&mut suite, kept).expect_err("something is wrong");
    (refused, suite)
}

fn error(status: u16, code: &str) -> HttpResponse {
    HttpResponse::new(status, json!({ "error": code }).to_string())
}

#[test]
fn the_cards_come_in_every_variant_over_as_many_runs_as_it_takes() {
    for variant in Variant::all().into_iter().filter(|variant| variant.deferred) {
        let mut suite = Suite::new(variant);
        let (mut wallet, mut kept) = waiting(&mut suite, variant);
        let mut collected = loop {
            match wallet.resume(&mut suite, kept).expect("the issuer goes on") {
                Some(collected) => break collected,
                None => kept = wallet.waiting.take().expect("cards are waited for"),
            }
        };
        let owners: Vec<usize> = collected.cards.iter().map(|card| card.key).collect();
        assert_eq!((collected.format, owners), (variant.format, vec![2, 1, 0]), "{variant:?}");
        // Two runs, each of which has to learn the nonce of its proofs.
        assert_eq!((suite.called("deferred"), suite.called("nonce"), suite.called("par")), (4, 0, 0));
        accept(&mut suite, &mut collected);
        assert_eq!(suite.desk.notified, ["credential_accepted"]);
    }
}

#[test]
fn a_token_that_ended_is_renewed() {
    let mut suite = Suite::new(DEFERRED);
    (suite.token_ends, suite.challenged) = (true, true);
    let (mut wallet, kept) = waiting(&mut suite, DEFERRED);
    suite.wait(5);
    let collected = wallet.resume(&mut suite, kept).expect("the token is renewed").expect("the cards");
    assert_eq!((collected.cards.len(), suite.renewed), (COPIES, 1));
    assert_eq!(collected.renewal.expect("the way to more").refresh_token.expose(), "a-refresh-token");
}

#[test]
fn fresh_tokens_are_in_what_is_kept_before_they_are_used() {
    let mut suite = Suite::new(DEFERRED);
    suite.token_ends = true;
    let (mut wallet, kept) = waiting(&mut suite, DEFERRED);
    let fresh = good(json!({ "access_token": "fresh", "token_type": "DPoP", "refresh_token": "next" }));
    let mut asked = 0;
    suite.intercept = Box::new(move |path| {
        asked += usize::from(path == "deferred");
        match path {
            "token" => Some(fresh.clone()),
            // The line is cut as the fresh token is used.
            "deferred" if asked == 2 => Some(HttpResponse::new(502, "")),
            _ => None,
        }
    });
    let failure = wallet.resume(&mut suite, kept.clone()).expect_err("the line is cut");
    assert_eq!(failure, CollectError::Refused { at: Exchange::Deferred, code: None });
    let now = wallet.waiting.expect("cards are waited for");
    assert_eq!((now.token.expose(), now.refresh_token.as_ref().expect("a token").expose()), ("fresh", "next"));
    assert_eq!(Waiting { token: kept.token.clone(), refresh_token: kept.refresh_token.clone(), ..now }, kept);
}

#[test]
fn the_last_words_of_an_issuer() {
    for code in [Code::InvalidTransactionId, Code::CredentialRequestDenied, Code::InvalidToken] {
        let (refused, suite) = refused(|suite| suite.intercept = instead("deferred", error(400, code.as_str())));
        assert_eq!(refused, CollectError::Refused { at: Exchange::Deferred, code: Some(code) });
        assert_eq!((refused.last_word(), suite.called("deferred")), (Some(code), 1));
    }
}

#[test]
fn a_token_that_ended_and_cannot_be_renewed_is_the_last_word() {
    let mut suite = Suite::new(DEFERRED);
    suite.token_ends = true;
    let (mut wallet, kept) = waiting(&mut suite, DEFERRED);
    suite.intercept = instead("token", error(400, "invalid_grant"));
    let refused = wallet.resume(&mut suite, kept).expect_err("nothing is left to ask with");
    assert_eq!(refused, CollectError::Refused { at: Exchange::Token, code: Some(Code::InvalidGrant) });
    assert_eq!((refused.last_word(), suite.called("deferred")), (Some(Code::InvalidGrant), 1));
}

#[test]
fn what_may_pass_is_no_last_word() {
    for (path, answer) in [
        ("deferred", HttpResponse::new(503, "")),
        ("deferred", error(400, "invalid_credential_request")),
        ("deferred", error(400, "something_else")),
        ("deferred", good(json!({ "transaction_id": "" }))),
        (".well-known/openid-credential-issuer/test/a/mibun", HttpResponse::new(404, "")),
        (".well-known/oauth-authorization-server/test/a/mibun", HttpResponse::new(500, "")),
    ] {
        let (refused, _) = refused(|suite| suite.intercept = instead(path, answer));
        assert_eq!(refused.last_word(), None, "{refused}");
    }
    let client = CollectError::Refused { at: Exchange::Token, code: Some(Code::InvalidClient) };
    assert_eq!(client.last_word(), None);
}

#[test]
fn an_issuer_that_has_other_cards_by_now_is_not_asked() {
    let other = Box::new(|metadata: &mut serde_json::Value| {
        let cards = metadata["credential_configurations_supported"].as_object_mut().expect("an object");
        cards.values_mut().filter(|card| card["format"] == "dc+sd-jwt").for_each(|card| card["vct"] = "other".into());
    });
    let (refused, suite) = refused(|suite| suite.issuer_metadata = other);
    assert_eq!((refused, suite.called("deferred")), (CollectError::Unsupported, 0));
}

#[test]
fn an_issuer_that_has_the_card_in_another_format_by_now_is_not_asked() {
    let mut suite = Suite::new(DEFERRED);
    let (mut wallet, kept) = waiting(&mut suite, DEFERRED);
    let kept = Waiting { format: CardFormat::Mdoc, ..kept };
    assert_eq!(wallet.resume(&mut suite, kept), Err(CollectError::Unsupported));
    assert_eq!(suite.called("deferred"), 0);
}

#[test]
fn the_addresses_are_checked_again() {
    let moved = with("deferred_credential_endpoint", "http://suite.example/x".into());
    let (refused, suite) = refused(|suite| suite.issuer_metadata = moved);
    assert!(matches!(refused, CollectError::Address { at: Exchange::Deferred, .. }), "{refused:?}");
    assert_eq!(suite.called("x"), 0);
    let (refused, _) = self::refused(|suite| suite.issuer_metadata = without("deferred_credential_endpoint"));
    assert_eq!(refused, CollectError::NoDeferredEndpoint);
}

#[test]
fn the_server_has_to_be_one_of_the_issuers() {
    let mut suite = Suite::new(DEFERRED);
    let (mut wallet, kept) = waiting(&mut suite, DEFERRED);
    let kept = Waiting { server: "https://evil.example".to_owned(), ..kept };
    assert_eq!(wallet.resume(&mut suite, kept), Err(CollectError::ServerUnsupported));
}

#[test]
fn keys_that_cannot_be_read_are_a_fault_of_the_caller() {
    let mut suite = Suite::new(DEFERRED);
    let (mut wallet, kept) = waiting(&mut suite, DEFERRED);
    let kept = Waiting { keys: vec![Jwk::default()], ..kept };
    assert_eq!(wallet.resume(&mut suite, kept), Err(CollectError::Misuse));
    assert_eq!(suite.called("deferred"), 0);
}

#[test]
fn what_is_kept_prints_no_secret() {
    let mut suite = Suite::new(DEFERRED);
    let (_, kept) = waiting(&mut suite, DEFERRED);
    let printed = format!("{kept:?}");
    assert_eq!(printed, format!("Waiting {{ issuer: {:?}, .. }}", suite.issuer()));
}
