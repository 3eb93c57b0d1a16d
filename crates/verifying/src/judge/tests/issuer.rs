//! Who signed it, and when is it good?

use mibun_card::assurance::Level;
use mibun_crypto::base64url;
use mibun_crypto::key::{Algorithm, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{AlternativeName, Purpose, Validity};
use serde_json::{Value, json};

use super::fixture::*;
use super::*;

/// The verdict on a card from this issuer.
fn issued_by(issuer: &Signatory) -> Verdict {
    let card = issue(&claims(Level::Light, NOW), issuer, &world().holder);
    verdict(&present(&card, hotel(), &world().holder))
}

/// The verdict on the card with another payload, properly signed.
fn reissue_verdict(change: impl FnOnce(&mut Value)) -> Verdict {
    verdict(&present(&reissued(&world().card, change, |_| {}), hotel(), &world().holder))
}

/// The verdict at another time, with a list and a proof of that time.
fn verdict_at(now: Timestamp) -> Verdict {
    let presentation = rebound(&good(), &world().holder, |proof| proof["iat"] = now.0.into(), |_| {});
    let list = list_token(mibun_status::Status::Valid, &world().status, |claims| {
        claims.issued_at = now;
        claims.expires_at = Some(now.plus_seconds(60));
    });
    verdict_with(&presentation, &Expectation { now, ..expectation(hotel()) }, &list)
}

fn expiry() -> Timestamp {
    NOW.plus_days(30).floor_to_day()
}

fn signer(purpose: Purpose) -> Signatory {
    world().authority.admit(purpose, vec![AlternativeName::Uri(ISSUER.into())], Algorithm::Es256)
}

#[test]
fn a_card_of_another_authority_is_refused() {
    let stranger = Authority::new("Somebody else").admit(Purpose::DocumentSigner, vec![], Algorithm::Es256);
    assert_refused(&issued_by(&stranger), Refusal::UntrustedIssuer);
}

#[test]
fn an_authority_of_the_same_name_with_another_key_is_refused() {
    // Same distinguished name, freshly made: only the key tells them apart.
    let mut entropy = mibun_crypto::entropy::SeededEntropy::new("impostor");
    let key = SoftwareKey::generate(&mut entropy);
    let subject =
        mibun_crypto::x509::Subject { common_name: "Mibun test authority".into(), organisation: None, country: None };
    let validity = Validity { not_before: Timestamp(1_700_000_000), not_after: Timestamp(1_900_000_000) };
    let spec = mibun_crypto::x509::AuthoritySpec { subject, validity, path_length: None };
    let root = mibun_crypto::x509::issue_root(&spec, &key, &mut entropy).expect("a root is issued");
    let impostor = Authority::from_parts(root, key).admit(Purpose::DocumentSigner, vec![], Algorithm::Es256);
    assert_refused(&issued_by(&impostor), Refusal::UntrustedIssuer);
}

#[test]
fn a_card_that_brings_its_root_along_is_refused() {
    let mut issuer = signer(Purpose::DocumentSigner);
    issuer.chain.push(world().authority.root.der().to_vec());
    assert_refused(&issued_by(&issuer), Refusal::UntrustedIssuer);
}

#[test]
fn a_card_signed_by_the_root_itself_is_refused() {
    let mut issuer = signer(Purpose::DocumentSigner);
    issuer.chain = vec![world().authority.root.der().to_vec()];
    assert_refused(&issued_by(&issuer), Refusal::UntrustedIssuer);
}

#[test]
fn a_card_signed_by_an_organisation_is_refused() {
    assert_refused(&issued_by(&signer(Purpose::AccessCertificate)), Refusal::UntrustedIssuer);
}

#[test]
fn a_card_signed_by_the_status_signer_is_refused() {
    assert_refused(&issued_by(&signer(Purpose::StatusSigner)), Refusal::UntrustedIssuer);
}

#[test]
fn a_card_without_certificates_is_refused() {
    let card = reissued(
        &world().card,
        |_| {},
        |header| {
            header.remove("x5c");
        },
    );
    assert_refused(&verdict(&present(&card, hotel(), &world().holder)), Refusal::UntrustedIssuer);
}

#[test]
fn a_key_in_the_header_does_not_replace_the_certificate() {
    let thief = SoftwareKey::generate(&mut mibun_crypto::entropy::SeededEntropy::new("thief"));
    let jwk = mibun_crypto::key::Signer::public_key(&thief).to_jwk().to_value();
    let card = reissued(
        &world().card,
        |_| {},
        |header| {
            header.remove("x5c");
            header.insert("jwk".into(), jwk);
        },
    );
    assert_refused(&verdict(&present(&card, hotel(), &world().holder)), Refusal::UntrustedIssuer);
}

#[test]
fn an_expired_signer_is_refused() {
    let validity = Validity { not_before: NOW.plus_days(-9), not_after: NOW.plus_seconds(-1) };
    let issuer = world().authority.admit_during(Purpose::DocumentSigner, vec![], Algorithm::Es256, validity);
    assert_refused(&issued_by(&issuer), Refusal::UntrustedIssuer);
}

#[test]
fn a_signer_of_tomorrow_is_refused() {
    let validity = Validity { not_before: NOW.plus_seconds(1), not_after: NOW.plus_days(9) };
    let issuer = world().authority.admit_during(Purpose::DocumentSigner, vec![], Algorithm::Es256, validity);
    assert_refused(&issued_by(&issuer), Refusal::UntrustedIssuer);
}

#[test]
fn a_signer_in_its_last_second_may_sign() {
    let validity = Validity { not_before: NOW, not_after: NOW };
    let issuer = world().authority.admit_during(Purpose::DocumentSigner, vec![], Algorithm::Es256, validity);
    assert_eq!(issued_by(&issuer).refusal, None);
}

#[test]
fn a_name_that_the_certificate_does_not_carry_is_refused() {
    assert_refused(&reissue_verdict(|card| card["iss"] = "https://evil.example".into()), Refusal::UntrustedIssuer);
}

#[test]
fn a_host_that_only_begins_like_the_issuers_is_refused() {
    let names = vec![AlternativeName::Dns("id.example".into())];
    let issuer = world().authority.admit(Purpose::DocumentSigner, names, Algorithm::Es256);
    let card = issue(&claims(Level::Light, NOW), &issuer, &world().holder);
    let card = reissued(&card, |card| card["iss"] = "https://id.example.evil.example".into(), |_| {});
    // Signed again with the key of the same name and purpose, whose certificate is the one in the header.
    assert_refused(&verdict(&present(&card, hotel(), &world().holder)), Refusal::UntrustedIssuer);
}

#[test]
fn a_card_signed_with_another_curve_is_refused() {
    let issuer = world().authority.admit(Purpose::DocumentSigner, vec![], Algorithm::Es384);
    assert_refused(&issued_by(&issuer), Refusal::InvalidIssuerSignature);
}

#[test]
fn a_card_signed_with_a_foreign_key_is_refused() {
    let mut issuer = signer(Purpose::DocumentSigner);
    issuer.key = SoftwareKey::generate(&mut mibun_crypto::entropy::SeededEntropy::new("thief"));
    assert_refused(&issued_by(&issuer), Refusal::InvalidIssuerSignature);
}

#[test]
fn a_changed_card_is_refused() {
    let presentation = good();
    let mut parts: Vec<&str> = presentation.splitn(3, '.').collect();
    let mut payload =
        parse(&world().card).jws().payload_json(&mibun_crypto::json::Limits::default()).expect("our card");
    payload["exp"] = json!(NOW.0 + 10_000_000);
    let changed = base64url::encode(payload.to_string().as_bytes());
    parts[1] = &changed;
    assert_refused(&verdict(&parts.join(".")), Refusal::InvalidIssuerSignature);
}

#[test]
fn a_card_is_good_until_a_minute_past_its_end() {
    assert_eq!(verdict_at(expiry().plus_seconds(59)).refusal, None);
}

#[test]
fn a_card_is_refused_from_a_minute_past_its_end() {
    assert_refused(&verdict_at(expiry().plus_seconds(60)), Refusal::Expired);
}

#[test]
fn a_card_that_expired_last_year_is_refused() {
    assert_refused(&reissue_verdict(|card| card["exp"] = (NOW.0 - 365 * 86_400).into()), Refusal::Expired);
}

#[test]
fn a_card_is_good_from_a_minute_before_its_beginning() {
    assert_eq!(reissue_verdict(|card| card["nbf"] = (NOW.0 + 60).into()).refusal, None);
}

#[test]
fn a_card_is_refused_more_than_a_minute_before_its_beginning() {
    assert_refused(&reissue_verdict(|card| card["nbf"] = (NOW.0 + 61).into()), Refusal::NotYetValid);
}

#[test]
fn a_card_issued_in_the_future_is_refused() {
    assert_refused(&reissue_verdict(|card| card["iat"] = (NOW.0 + 61).into()), Refusal::NotYetValid);
}

#[test]
fn strangers_cannot_send_us_to_an_address() {
    let stranger = Authority::new("Somebody else").admit(Purpose::DocumentSigner, vec![], Algorithm::Es256);
    let card = issue(&claims(Level::Light, NOW), &stranger, &world().holder);
    let presentation = present(&card, hotel(), &world().holder);
    assert_eq!(examine(&presentation, &expectation(hotel()), &world().anchors).needs(), None);
}

#[test]
fn no_list_is_fetched_for_an_expired_card() {
    let card = reissued(&world().card, |card| card["exp"] = (NOW.0 - 61).into(), |_| {});
    let presentation = present(&card, hotel(), &world().holder);
    assert_eq!(examine(&presentation, &expectation(hotel()), &world().anchors).needs(), None);
}
