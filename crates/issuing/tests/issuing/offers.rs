//! Offers and their links, written and read.

use mibun_crypto::json::JsonError;
use mibun_issuing::address::{AddressError, Issuer, Transport};
use mibun_issuing::form::{self, FormError};
use mibun_issuing::offer::{self, CredentialOffer, InputMode, OfferError, OfferLink, TxCode};
use mibun_issuing::secret::Secret;
use serde_json::{Value, json};

use crate::desk::{CONFIGURATION, ISSUER};

const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

fn offer() -> CredentialOffer {
    let issuer = Issuer::parse(ISSUER, Transport::Https).expect("a good identifier");
    CredentialOffer::new(&issuer, &[CONFIGURATION], Secret::new("the code"), Some(TxCode::digits("In your letter")))
}

fn read(link: &str) -> Result<OfferLink, OfferError> {
    OfferLink::parse(link, Transport::Https)
}

/// The refusal of an offer that differs from a good one by `change`.
fn changed(change: impl FnOnce(&mut Value)) -> OfferError {
    let mut value = offer().to_value();
    change(&mut value);
    CredentialOffer::parse(value.to_string().as_bytes()).expect_err("a bad offer")
}

#[test]
fn an_offer_has_the_members_of_the_standard_and_no_others() {
    let expected = json!({
        "credential_issuer": ISSUER,
        "credential_configuration_ids": [CONFIGURATION],
        "grants": { PRE_AUTHORIZED: {
            "pre-authorized_code": "the code",
            "tx_code": { "input_mode": "numeric", "length": 6, "description": "In your letter" },
        } },
    });
    assert_eq!(offer().to_value(), expected);
}

#[test]
fn a_link_by_value_gives_the_offer_back() {
    let link = offer().link();
    assert!(link.starts_with("openid-credential-offer://?credential_offer=%7B"));
    assert_eq!(read(&link), Ok(OfferLink::ByValue(offer())));
}

#[test]
fn a_link_by_reference_gives_the_address_back() {
    let address = "https://id.example/mibun/offers/7?x=1&y=2";
    let link = offer::link_to(address);
    assert!(link.starts_with("openid-credential-offer://?credential_offer_uri=https%3A%2F%2F"));
    assert_eq!(read(&link), Ok(OfferLink::ByReference(address.to_owned())));
}

#[test]
fn links_of_wallets_on_the_web_and_of_the_profile_are_read() {
    let query = form::encode(&[("credential_offer_uri", "https://id.example/offers/7")]);
    for start in ["haip-vci://", "https://wallet.example/collect", "openid-credential-offer://offer"] {
        assert!(matches!(read(&format!("{start}?{query}")), Ok(OfferLink::ByReference(_))), "{start}");
    }
}

#[test]
fn an_offer_without_our_grant_is_read_as_such() {
    let document = br#"{"credential_issuer":"https://a.example","credential_configuration_ids":["b"],
        "grants":{"authorization_code":{"issuer_state":"s"}},"zz":1}"#;
    assert_eq!(CredentialOffer::parse(document).expect("an offer").pre_authorized, None);
}

#[test]
fn an_empty_tx_code_object_means_digits_of_unknown_number() {
    let mut value = offer().to_value();
    value["grants"][PRE_AUTHORIZED]["tx_code"] = json!({});
    let offer = CredentialOffer::parse(value.to_string().as_bytes()).expect("an offer");
    assert_eq!(offer.pre_authorized.expect("our grant").tx_code, Some(TxCode::default()));
}

#[test]
fn our_tx_code_is_six_digits() {
    let tx_code = TxCode::digits("x");
    assert_eq!((tx_code.input_mode, tx_code.length), (Some(InputMode::Numeric), Some(6)));
}

#[test]
fn link_of_another_scheme() {
    assert_eq!(read("javascript:alert(1)"), Err(OfferError::Link));
}

#[test]
fn link_over_plain_http() {
    assert_eq!(read("http://wallet.example/?credential_offer_uri=https%3A%2F%2Fa.example"), Err(OfferError::Link));
}

#[test]
fn link_that_is_no_address() {
    assert_eq!(read("hello"), Err(OfferError::Link));
}

#[test]
fn link_without_offer() {
    assert_eq!(read("openid-credential-offer://?x=1"), Err(OfferError::Form));
}

#[test]
fn link_with_both_forms() {
    let query = form::encode(&[("credential_offer", "{}"), ("credential_offer_uri", "https://a.example")]);
    assert_eq!(read(&format!("openid-credential-offer://?{query}")), Err(OfferError::Form));
}

#[test]
fn link_with_two_offers() {
    let query = "credential_offer_uri=https%3A%2F%2Fa.example&credential_offer_uri=https%3A%2F%2Fb.example";
    let refused = read(&format!("openid-credential-offer://?{query}"));
    assert_eq!(refused, Err(OfferError::Parameters(FormError::Duplicate)));
}

#[test]
fn link_to_an_offer_over_plain_http() {
    let refused = read(&offer::link_to("http://id.example/offers/7"));
    assert_eq!(refused, Err(OfferError::Address(AddressError::Transport)));
}

#[test]
fn link_to_an_offer_on_this_machine_only_where_allowed() {
    let link = offer::link_to("http://127.0.0.1:8080/offers/7");
    assert_eq!(read(&link), Err(OfferError::Address(AddressError::Transport)));
    assert!(OfferLink::parse(&link, Transport::HttpsOrLoopback).is_ok());
}

#[test]
fn link_to_a_host_that_only_looks_local() {
    let link = offer::link_to("http://localhost.evil.example/offers/7");
    let refused = OfferLink::parse(&link, Transport::HttpsOrLoopback);
    assert_eq!(refused, Err(OfferError::Address(AddressError::Transport)));
}

#[test]
fn link_to_a_file() {
    let refused = read(&offer::link_to("file:///etc/passwd"));
    assert_eq!(refused, Err(OfferError::Address(AddressError::Syntax)));
}

#[test]
fn link_with_credentials_in_the_address() {
    let refused = read(&offer::link_to("https://id.example@evil.example/offers/7"));
    assert_eq!(refused, Err(OfferError::Address(AddressError::Credentials)));
}

#[test]
fn link_that_is_too_long() {
    assert_eq!(read(&format!("openid-credential-offer://?x={}", "x".repeat(20_000))), Err(OfferError::TooLong));
}

#[test]
fn offer_without_issuer() {
    let error = changed(|offer| offer["credential_issuer"] = Value::Null);
    assert_eq!(error, OfferError::Member("credential_issuer"));
}

#[test]
fn offer_of_nothing() {
    let error = changed(|offer| offer["credential_configuration_ids"] = json!([]));
    assert_eq!(error, OfferError::Member("credential_configuration_ids"));
}

#[test]
fn offer_of_one_thing_twice() {
    let error = changed(|offer| offer["credential_configuration_ids"] = json!(["a", "a"]));
    assert_eq!(error, OfferError::Member("credential_configuration_ids"));
}

#[test]
fn offer_of_numbers() {
    let error = changed(|offer| offer["credential_configuration_ids"] = json!([1]));
    assert_eq!(error, OfferError::Member("credential_configuration_ids"));
}

#[test]
fn offer_without_code() {
    let error = changed(|offer| offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"] = "".into());
    assert_eq!(error, OfferError::Member("pre-authorized_code"));
}

#[test]
fn offer_with_a_tx_code_that_is_no_object() {
    let error = changed(|offer| offer["grants"][PRE_AUTHORIZED]["tx_code"] = true.into());
    assert_eq!(error, OfferError::Member("tx_code"));
}

#[test]
fn offer_with_a_tx_code_of_no_letters() {
    let error = changed(|offer| offer["grants"][PRE_AUTHORIZED]["tx_code"]["length"] = 0.into());
    assert_eq!(error, OfferError::Member("tx_code"));
}

#[test]
fn offer_with_an_endless_description() {
    let error = changed(|offer| offer["grants"][PRE_AUTHORIZED]["tx_code"]["description"] = "x".repeat(301).into());
    assert_eq!(error, OfferError::Member("tx_code"));
}

#[test]
fn offer_with_a_server_that_is_no_text() {
    let error = changed(|offer| offer["grants"][PRE_AUTHORIZED]["authorization_server"] = 1.into());
    assert_eq!(error, OfferError::Member("authorization_server"));
}

#[test]
fn offer_with_a_member_twice() {
    let document = offer().to_value().to_string().replacen('{', r#"{"grants":{},"#, 1);
    let refused = CredentialOffer::parse(document.as_bytes());
    assert_eq!(refused, Err(OfferError::Json(JsonError::DuplicateMember)));
}
