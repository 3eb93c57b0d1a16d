//! Statements that a passkey confirms instead of the ID password.

use serde_json::Value;

use super::mdoc::device_authentication;
use super::*;
use crate::passkey::tests::{Authenticator, PARTY, passkey};
use crate::passkey::{self as keys, Assertion};

/// A world whose exchange is none.
fn everyday() -> World {
    let mut world = world();
    world.subject.exchange = NO_EXCHANGE.to_owned();
    world
}

fn stated(world: &World, consent: &Consent, confirmed: Confirmed) -> String {
    state(&world.draft(consent), confirmed, &world.device, &mut SeededEntropy::new("id")).expect("signs")
}

fn judged(world: &World, statement: &str, assertion: &Assertion) -> Result<Unspent, Refusal> {
    let passkey = passkey("passkey");
    let expected = ExpectedByPasskey {
        subject: &world.subject,
        key: world.copy.public_key(),
        device: world.device.public_key(),
        passkey: passkey.public_key(),
        party: PARTY,
        now: NOW,
    };
    verify_by_passkey(statement, assertion, &expected)
}

fn confirmed(world: &World, statement: &str) -> Result<Unspent, Refusal> {
    judged(world, statement, &Authenticator::for_text(statement.as_bytes()).assert(&passkey("passkey")))
}

#[test]
fn a_passkey_has_a_key_binding_signed_that_says_so() {
    let world = everyday();
    let statement = stated(&world, &key_binding(), Confirmed::Passkey);
    let to_sign = confirmed(&world, &statement).expect("good").spend(true).expect("fresh");
    let SigningInput::Jws(input) = to_sign.signing_input else { panic!("a key binding") };
    let payload = input.split_once('.').expect("two parts").1;
    let payload: Value = serde_json::from_slice(&base64url::decode(payload).expect("base64url")).expect("JSON");
    assert_eq!(payload["amr"], serde_json::json!(["pop", "user"]));
    assert_eq!(confirmed(&world, &statement).expect("good").spend(false), Err(Refusal::Replayed));
}

#[test]
fn a_password_has_a_key_binding_signed_that_says_so() {
    let world = world();
    let signed = world.signed(&key_binding());
    let payload = signed.split('.').nth(1).expect("a payload");
    let payload: Value = serde_json::from_slice(&base64url::decode(payload).expect("base64url")).expect("JSON");
    assert_eq!(payload["amr"], serde_json::json!(["pwd"]));
}

#[test]
fn a_passkey_has_an_mdoc_signed_that_says_so() {
    let (world, consent) = (everyday(), device_authentication());
    let statement = stated(&world, &consent, Confirmed::Passkey);
    let to_sign = confirmed(&world, &statement).expect("good").spend(true).expect("fresh");
    assert_eq!(to_sign.consent, consent);
    let input = |confirmed| consent.signing_input(world.copy.public_key(), NOW, confirmed);
    assert_eq!(to_sign.signing_input, input(Confirmed::Passkey));
    assert_ne!(to_sign.signing_input, input(Confirmed::Password));
}

#[test]
fn a_passkey_cannot_have_the_password_written_down() {
    let world = everyday();
    for consent in [key_binding(), device_authentication()] {
        let statement = stated(&world, &consent, Confirmed::Password);
        assert_eq!(confirmed(&world, &statement).map(drop), Err(Refusal::SigningInput));
    }
}

#[test]
fn a_passkey_collects_no_card() {
    let world = everyday();
    let statement = stated(&world, &key_proof(), Confirmed::Passkey);
    assert_eq!(confirmed(&world, &statement).map(drop), Err(Refusal::NeedsPassword));
}

#[test]
fn a_statement_of_a_sign_in_takes_no_passkey() {
    let (signed_in, everyday) = (world(), everyday());
    let statement = stated(&signed_in, &key_binding(), Confirmed::Passkey);
    assert_eq!(confirmed(&everyday, &statement).map(drop), Err(Refusal::Exchange));
}

#[test]
fn an_assertion_over_another_statement_is_refused() {
    let world = everyday();
    let statement = stated(&world, &key_binding(), Confirmed::Passkey);
    let other = Authenticator::for_text(b"another").assert(&passkey("passkey"));
    assert_eq!(judged(&world, &statement, &other).map(drop), Err(Refusal::Passkey(keys::Refusal::Challenge)));
    let stranger = Authenticator::for_text(statement.as_bytes()).assert(&passkey("stranger"));
    assert_eq!(judged(&world, &statement, &stranger).map(drop), Err(Refusal::Passkey(keys::Refusal::Signature)));
}

#[test]
fn a_statement_by_another_device_is_refused() {
    let world = World { device: key("another device"), ..everyday() };
    let statement = stated(&world, &key_binding(), Confirmed::Passkey);
    assert_eq!(confirmed(&everyday(), &statement).map(drop), Err(Refusal::Device));
}

#[test]
fn a_long_statement_is_refused_before_anything_else() {
    let world = everyday();
    let statement = "a".repeat(MAX_BYTES + 1);
    let too_long = Refusal::Statement(mibun_crypto::jws::JwsError::TooLong);
    assert_eq!(confirmed(&world, &statement).map(drop), Err(too_long));
}
