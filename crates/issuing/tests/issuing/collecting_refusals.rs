//! What the holder's machine refuses, and how far the issuer's desk had got by then.

use mibun_card::sd_jwt::SdJwtError;
use mibun_card::vc;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jws::JwsError;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::x509::ChainError;
use mibun_issuing::address::{AddressError, Transport};
use mibun_issuing::collect::{CollectError, Collector, Evidence, Exchange, Progress, Settings};
use mibun_issuing::error::Code;
use mibun_issuing::exchange::HttpResponse;
use mibun_issuing::metadata::MetadataError;
use mibun_issuing::notification::Event;
use mibun_issuing::offer::{CredentialOffer, OfferError};
use mibun_issuing::received::CardError;
use mibun_issuing::token::TokenResponseError;
use serde_json::{Map, Value, json};

use crate::collecting::{Authority, World, good, keys};
use crate::desk::CONFIGURATION;
use crate::wallet;

/// The refusal in a world where something is wrong; the code of the offer must still be good.
fn refused_before_redeeming(change: impl FnOnce(&mut World)) -> CollectError {
    let mut world = World::new(true);
    change(&mut world);
    let refused = world.collect().expect_err("something is wrong");
    assert_eq!(world.desk.grant.state(), "offered", "the code must not be used up");
    assert!(world.desk.is_untouched());
    refused
}

/// The refusal of cards made by `make` for the wallet's two keys; the issuer must be told.
fn refused_cards(make: impl FnMut(&mut Vec<String>) + 'static) -> CardError {
    let mut world = World::new(false);
    world.tamper = Box::new(make);
    let refused = world.collect().expect_err("the cards are bad");
    let CollectError::Card { source, report } = refused else { panic!("{refused:?}") };
    let mut report = report.expect("the issuer wants to know");
    let mut entropy = SeededEntropy::new("reporting");
    let told = report.tell(Event::CredentialFailure, world.desk.now, &mut entropy).expect("a message");
    assert!(world.answer(&told).is_success());
    assert_eq!(world.event(), Some(Event::CredentialFailure));
    source
}

/// The refusal of cards whose header or claims are changed before signing.
fn refused_claims(change: fn(&mut Map<String, Value>, &mut Value)) -> CardError {
    refused_cards(move |cards| {
        let authority = Authority::new("An authority");
        *cards = keys(2).iter().map(|key| authority.card(key.public_key(), change)).collect();
    })
}

fn unbound() -> CardError {
    CardError::Content(vc::CardError::Member("cnf"))
}

fn configuration(world: &mut World) -> &mut Value {
    &mut world.issuer_metadata["credential_configurations_supported"][CONFIGURATION]
}

#[test]
fn link_that_is_none() {
    let settings = Settings::new(Transport::Https, Vec::new());
    let refused = Collector::start("https://", settings).expect_err("not a link");
    assert_eq!(refused, CollectError::Offer(OfferError::Link));
}

#[test]
fn offer_without_our_grant() {
    let world = World::new(false);
    let offer = CredentialOffer { pre_authorized: None, ..world.offer() };
    let settings = Settings::new(Transport::Https, Vec::new());
    assert_eq!(Collector::start(&offer.link(), settings).expect_err("no grant"), CollectError::NoGrant);
}

#[test]
fn offer_of_an_issuer_over_plain_http() {
    let world = World::new(false);
    let offer = CredentialOffer { credential_issuer: "http://id.example".to_owned(), ..world.offer() };
    let settings = Settings::new(Transport::Https, Vec::new());
    let refused = Collector::start(&offer.link(), settings).expect_err("no transport");
    assert_eq!(refused, CollectError::Address { at: Exchange::IssuerMetadata, source: AddressError::Transport });
}

#[test]
fn metadata_of_another_issuer() {
    let refused =
        refused_before_redeeming(|it| it.issuer_metadata["credential_issuer"] = "https://evil.example".into());
    let (at, source) = (Exchange::IssuerMetadata, MetadataError::OtherIssuer);
    assert_eq!(refused, CollectError::Metadata { at, source });
}

#[test]
fn metadata_of_another_server() {
    let refused = refused_before_redeeming(|it| it.server_metadata["issuer"] = "https://evil.example".into());
    let (at, source) = (Exchange::ServerMetadata, MetadataError::OtherIssuer);
    assert_eq!(refused, CollectError::Metadata { at, source });
}

#[test]
fn credential_endpoint_over_plain_http() {
    let refused =
        refused_before_redeeming(|it| it.issuer_metadata["credential_endpoint"] = "http://id.example/c".into());
    assert_eq!(refused, CollectError::Address { at: Exchange::Credential, source: AddressError::Transport });
}

#[test]
fn nonce_endpoint_with_credentials() {
    let refused =
        refused_before_redeeming(|it| it.issuer_metadata["nonce_endpoint"] = "https://a:b@id.example/n".into());
    assert_eq!(refused, CollectError::Address { at: Exchange::Nonce, source: AddressError::Credentials });
}

#[test]
fn token_endpoint_that_is_no_address() {
    let refused = refused_before_redeeming(|it| it.server_metadata["token_endpoint"] = "/token".into());
    assert_eq!(refused, CollectError::Address { at: Exchange::Token, source: AddressError::Syntax });
}

#[test]
fn card_of_a_format_that_is_not_spoken() {
    let refused = refused_before_redeeming(|it| configuration(it)["format"] = "mso_mdoc".into());
    assert_eq!(refused, CollectError::Unsupported);
}

#[test]
fn card_with_proofs_that_are_not_spoken() {
    let refused = refused_before_redeeming(|it| {
        configuration(it)["proof_types_supported"] =
            json!({ "attestation": { "proof_signing_alg_values_supported": ["ES256"] } });
    });
    assert_eq!(refused, CollectError::Unsupported);
}

#[test]
fn card_that_demands_key_attestations() {
    let refused = refused_before_redeeming(|it| {
        configuration(it)["proof_types_supported"]["jwt"]["key_attestations_required"] = json!({});
    });
    assert_eq!(refused, CollectError::Unsupported);
}

#[test]
fn card_that_is_bound_to_nothing() {
    let refused =
        refused_before_redeeming(|it| configuration(it)["cryptographic_binding_methods_supported"] = json!([]));
    assert_eq!(refused, CollectError::Unsupported);
}

#[test]
fn server_that_knows_no_such_grant() {
    let refused =
        refused_before_redeeming(|it| it.server_metadata["grant_types_supported"] = json!(["authorization_code"]));
    assert_eq!(refused, CollectError::ServerUnsupported);
}

#[test]
fn server_that_wants_to_know_the_wallet() {
    let member = "pre-authorized_grant_anonymous_access_supported";
    let refused = refused_before_redeeming(|it| it.server_metadata[member] = false.into());
    assert_eq!(refused, CollectError::ServerUnsupported);
}

#[test]
fn server_named_by_the_offer_that_is_not_the_issuers() {
    let mut world = World::new(false);
    let mut offer = world.offer();
    let grant = offer.pre_authorized.as_mut().expect("our grant");
    grant.authorization_server = Some("https://evil.example".to_owned());
    let refused = world.collect_from(&offer.link(), 1);
    assert_eq!(refused, Err(CollectError::ServerUnsupported));
    assert_eq!(world.desk.grant.state(), "offered");
}

#[test]
fn issuer_that_cannot_be_reached() {
    let refused = refused_before_redeeming(|it| {
        it.intercept = Box::new(|_| Some(HttpResponse::new(400, b"<html>down</html>".to_vec())));
    });
    assert_eq!(refused, CollectError::Refused { at: Exchange::IssuerMetadata, code: None });
}

#[test]
fn wrong_transaction_code() {
    let mut world = World::new(true);
    world.typed = Some("wrong".to_owned());
    let refused = world.collect();
    assert_eq!(refused, Err(CollectError::Refused { at: Exchange::Token, code: Some(Code::InvalidGrant) }));
    assert_eq!((world.desk.grant.state(), world.desk.grant.wrong_tries()), ("offered", 1));
}

#[test]
fn offer_that_was_used() {
    let mut world = World::new(true);
    world.collect().expect("the first time");
    let refused = world.collect();
    assert_eq!(refused, Err(CollectError::Refused { at: Exchange::Token, code: Some(Code::InvalidGrant) }));
    assert_eq!((world.desk.batches.len(), world.desk.spent.len()), (1, 1));
}

#[test]
fn token_that_is_not_a_bearer_token() {
    let mut world = World::new(false);
    world.intercept = Box::new(|path| {
        (path == "/mibun/token").then(|| good(&json!({ "access_token": "abc", "token_type": "DPoP" })))
    });
    assert_eq!(world.collect(), Err(CollectError::Token(TokenResponseError::TokenType)));
    assert!(world.desk.is_untouched());
}

#[test]
fn nonce_that_is_none() {
    let mut world = World::new(false);
    world.intercept = Box::new(|path| (path == "/mibun/nonce").then(|| good(&json!({ "nonce": "abc" }))));
    assert_eq!(world.collect(), Err(CollectError::Nonce));
    assert_eq!((world.desk.grant.state(), world.desk.spent.len()), ("redeemed", 0));
}

#[test]
fn nonce_that_is_refused_twice() {
    let mut world = World::new(false);
    world.intercept = Box::new(|path| (path == "/mibun/nonce").then(|| good(&json!({ "c_nonce": "stale" }))));
    let refused = world.collect();
    assert_eq!(refused, Err(CollectError::Refused { at: Exchange::Credential, code: Some(Code::InvalidNonce) }));
    assert_eq!((world.desk.grant.state(), world.desk.batches.len()), ("redeemed", 0));
}

#[test]
fn response_without_cards() {
    let mut world = World::new(false);
    world.intercept = Box::new(|path| (path == "/mibun/credential").then(|| good(&json!({ "credentials": [] }))));
    assert!(matches!(world.collect(), Err(CollectError::Credential(_))));
}

#[test]
fn card_in_the_singular_of_the_drafts() {
    let mut world = World::new(false);
    world.intercept = Box::new(|path| (path == "/mibun/credential").then(|| good(&json!({ "credential": "abc~" }))));
    assert!(matches!(world.collect(), Err(CollectError::Credential(_))));
}

#[test]
fn evidence_that_was_not_needed() {
    let world = World::new(false);
    let settings = Settings::new(Transport::Https, Vec::new());
    let Ok(Progress::Needs(_, collector)) = Collector::start(&world.offer().link(), settings) else {
        panic!("a good link")
    };
    let refused = collector
        .advance(Evidence::Keys(keys(1)), world.desk.now, &mut SeededEntropy::new(""))
        .expect_err("no keys are needed");
    assert_eq!(refused, CollectError::Misuse);
}

#[test]
fn card_of_an_issuer_that_is_not_trusted() {
    let mut world = World::new(false);
    world.anchors = vec![Authority::new("Another authority").root];
    let refused = world.collect().expect_err("not trusted");
    let CollectError::Card { source, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(source, CardError::Chain(ChainError::UnknownAuthority));
}

#[test]
fn card_that_brings_its_root_along() {
    let root = Authority::new("An authority").root;
    let refused = refused_cards(move |cards| {
        let authority = Authority::new("An authority");
        let root = mibun_crypto::base64url::encode_standard(root.der());
        let add = |header: &mut Map<String, Value>, _: &mut Value| {
            header["x5c"].as_array_mut().expect("certificates").push(root.clone().into());
        };
        *cards = keys(1).iter().map(|key| authority.card(key.public_key(), add)).collect();
    });
    assert_eq!(refused, CardError::Chain(ChainError::AnchorIncluded));
}

#[test]
fn card_of_an_algorithm_that_is_not_accepted() {
    let chain = CardError::Chain(ChainError::Algorithm(0));
    for (algorithm, refusal) in [(Algorithm::Es384, CardError::Algorithm), (Algorithm::MlDsa65, chain)] {
        let refused = refused_cards(move |cards| {
            let authority = Authority::signing_with(algorithm, "An authority");
            *cards = keys(2).iter().map(|key| authority.card(key.public_key(), |_, _| {})).collect();
        });
        assert_eq!(refused, refusal, "{algorithm}");
    }
}

#[test]
fn card_without_certificates() {
    let refused = refused_claims(|header, _| drop(header.remove("x5c")));
    assert_eq!(refused, CardError::Chain(ChainError::Empty));
}

#[test]
fn card_of_another_typ() {
    let refused = refused_claims(|header, _| drop(header.insert("typ".to_owned(), "vc+sd-jwt".into())));
    assert_eq!(refused, CardError::Content(vc::CardError::WrongType));
}

#[test]
fn card_of_another_vct() {
    assert_eq!(refused_claims(|_, claims| claims["vct"] = "urn:example:other".into()), CardError::Vct);
}

#[test]
fn card_that_has_expired() {
    assert_eq!(refused_claims(|_, claims| claims["exp"] = 1.into()), CardError::Time);
}

#[test]
fn card_without_end() {
    let refused = refused_claims(|_, claims| drop(claims.as_object_mut().expect("an object").remove("exp")));
    assert_eq!(refused, CardError::Time);
}

#[test]
fn card_without_key() {
    assert_eq!(refused_claims(|_, claims| claims["cnf"] = json!({})), unbound());
}

#[test]
fn card_with_a_private_key() {
    let refused = refused_claims(|_, claims| claims["cnf"]["jwk"] = wallet::key("copy 0").to_private_jwk());
    assert_eq!(refused, unbound());
}

#[test]
fn card_bound_to_a_foreign_key() {
    let refused = refused_claims(|_, claims| {
        let foreign = SoftwareKey::generate(&mut SeededEntropy::new("a foreign holder"));
        claims["cnf"]["jwk"] = foreign.public_key().to_jwk().to_value();
    });
    assert_eq!(refused, CardError::ForeignKey);
}

#[test]
fn two_cards_bound_to_one_key() {
    let refused = refused_cards(|cards| {
        let first = cards[0].clone();
        cards[1] = first;
    });
    assert_eq!(refused, CardError::RepeatedKey);
}

#[test]
fn more_cards_than_keys() {
    let refused = refused_cards(|cards| {
        let first = cards[0].clone();
        cards.push(first);
    });
    assert_eq!(refused, CardError::TooMany);
}

#[test]
fn card_with_a_changed_signature() {
    let refused = refused_cards(|cards| {
        let (start, end) = cards[0].split_at(cards[0].len() - 10);
        let changed = if end.starts_with('A') { 'B' } else { 'A' };
        cards[0] = format!("{start}{changed}{}", &end[1..]);
    });
    assert_eq!(refused, CardError::Signature);
}

#[test]
fn card_without_its_last_tilde() {
    let refused = refused_cards(|cards| {
        cards[0].pop();
    });
    assert_eq!(refused, CardError::Token(SdJwtError::Form));
}

#[test]
fn card_that_is_no_jwt() {
    assert_eq!(refused_cards(|cards| cards[0] = "card~".to_owned()), CardError::Token(SdJwtError::Jws(JwsError::Form)));
}

#[test]
fn card_that_is_not_good_yet() {
    let refused = refused_claims(|_, claims| claims["nbf"] = (crate::desk::NOW.0 + 1).into());
    assert_eq!(refused, CardError::Time);
}

#[test]
fn card_with_a_key_binding() {
    assert_eq!(refused_cards(|cards| cards[0].push_str("e30.e30.e30")), CardError::KeyBinding);
}

#[test]
fn card_with_a_disclosure_that_nothing_refers_to() {
    let stray = mibun_crypto::base64url::encode(br#"["c2FsdHNhbHRzYWx0c2FsdA","admin",true]"#);
    let refused = refused_cards(move |cards| cards[0] = format!("{}{stray}~", cards[0]));
    assert_eq!(refused, CardError::Content(vc::CardError::SdJwt(SdJwtError::Unreferenced)));
}
