//! Does the holder hold it, and is this the answer to our question?

use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use serde_json::{Value, json};

use super::fixture::*;
use super::*;

/// The verdict on a good presentation whose proof says something else, properly signed by the holder.
fn proof_verdict(change: impl FnOnce(&mut Value)) -> Verdict {
    verdict(&rebound(&good(), &world().holder, change, |_| {}))
}

fn without(name: &'static str) -> Verdict {
    proof_verdict(|proof| {
        proof.as_object_mut().and_then(|proof| proof.remove(name)).expect("it was there");
    })
}

fn made(seconds: i64) -> Verdict {
    proof_verdict(|proof| proof["iat"] = (NOW.0 + seconds).into())
}

/// The verdict on a card bound to what `change` makes of the key.
fn bound_to(change: impl FnOnce(&mut Value)) -> Verdict {
    let card = reissued(&world().card, |card| change(&mut card["cnf"]), |_| {});
    verdict(&present(&card, hotel(), &world().holder))
}

fn thief() -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new("thief"))
}

#[test]
fn a_card_without_proof_is_refused() {
    assert_refused(&verdict(&world().card), Refusal::MissingKeyBinding);
}

#[test]
fn a_card_bound_to_no_key_is_refused() {
    let card = reissued(
        &world().card,
        |card| {
            card.as_object_mut().and_then(|card| card.remove("cnf")).expect("it was there");
        },
        |_| {},
    );
    assert_refused(&verdict(&present_unbound(&card)), Refusal::MissingKeyBinding);
}

/// All of `card`, with a proof of the holder.
fn present_unbound(card: &str) -> String {
    bind(&parse(card), &world().holder)
}

#[test]
fn a_card_bound_to_a_key_by_name_only_is_refused() {
    assert_refused(&bound_to(|cnf| *cnf = json!({ "kid": "1" })), Refusal::MissingKeyBinding);
}

#[test]
fn a_card_bound_to_a_private_key_is_refused() {
    assert_refused(&bound_to(|cnf| cnf["jwk"] = world().holder.to_private_jwk()), Refusal::MissingKeyBinding);
}

#[test]
fn a_card_bound_to_a_point_off_the_curve_is_refused() {
    assert_refused(&bound_to(|cnf| cnf["jwk"]["y"] = cnf["jwk"]["x"].clone()), Refusal::MissingKeyBinding);
}

#[test]
fn a_key_with_four_members_is_enough() {
    let jwk = world().holder.public_key().to_jwk();
    let bare = json!({ "kty": jwk.kty, "crv": jwk.crv, "x": jwk.x, "y": jwk.y });
    assert_eq!(bound_to(|cnf| cnf["jwk"] = bare).refusal, None);
}

#[test]
fn a_proof_of_another_key_is_refused() {
    assert_refused(&verdict(&present(&world().card, hotel(), &thief())), Refusal::InvalidKeyBinding);
}

#[test]
fn a_proof_under_another_algorithm_is_refused() {
    let key = SoftwareKey::generate_for(Algorithm::EdDsa, &mut SeededEntropy::new("edwards"));
    assert_refused(&verdict(&present(&world().card, hotel(), &key)), Refusal::InvalidKeyBinding);
}

#[test]
fn a_card_bound_to_another_curve_is_refused() {
    let key = SoftwareKey::generate_for(Algorithm::Es384, &mut SeededEntropy::new("p384"));
    let jwk = key.public_key().to_jwk().to_value();
    let card = reissued(&world().card, |card| card["cnf"] = json!({ "jwk": jwk }), |_| {});
    assert_refused(&verdict(&present(&card, hotel(), &key)), Refusal::InvalidKeyBinding);
}

#[test]
fn a_proof_of_another_type_is_refused() {
    let presentation = rebound(&good(), &world().holder, |_| {}, |header| header["typ"] = "JWT".into());
    assert_refused(&verdict(&presentation), Refusal::InvalidKeyBinding);
}

#[test]
fn an_unsigned_proof_is_refused() {
    let presentation = good();
    let (shown, proof) = presentation.rsplit_once('~').expect("a proof follows");
    let forged = with_raw_header(proof, &json!({ "alg": "none", "typ": "kb+jwt" }));
    assert_refused(&verdict(&format!("{shown}~{forged}")), Refusal::InvalidKeyBinding);
}

#[test]
fn a_proof_under_a_shared_secret_is_refused() {
    let presentation = good();
    let (shown, proof) = presentation.rsplit_once('~').expect("a proof follows");
    let forged = with_raw_header(proof, &json!({ "alg": "HS256", "typ": "kb+jwt" }));
    assert_refused(&verdict(&format!("{shown}~{forged}")), Refusal::InvalidKeyBinding);
}

#[test]
fn a_truncated_proof_is_refused() {
    let presentation = good();
    assert_refused(&verdict(&presentation[..presentation.len() - 6]), Refusal::InvalidKeyBinding);
}

#[test]
fn a_proof_that_is_text_is_refused() {
    assert_refused(&verdict(&format!("{}hello", world().card)), Refusal::InvalidKeyBinding);
}

#[test]
fn the_card_itself_is_no_proof() {
    let issued = world().card.split('~').next().unwrap_or_default();
    assert_refused(&verdict(&format!("{}{issued}", world().card)), Refusal::InvalidKeyBinding);
}

#[test]
fn a_key_in_the_proofs_header_does_not_count() {
    let thief = thief();
    let jwk = thief.public_key().to_jwk().to_value();
    let presentation = rebound(
        &good(),
        &thief,
        |_| {},
        |header| {
            header.insert("jwk".into(), jwk);
        },
    );
    assert_refused(&verdict(&presentation), Refusal::InvalidKeyBinding);
}

#[test]
fn a_proof_without_nonce_is_refused() {
    assert_refused(&without("nonce"), Refusal::InvalidKeyBinding);
}

#[test]
fn a_proof_without_audience_is_refused() {
    assert_refused(&without("aud"), Refusal::InvalidKeyBinding);
}

#[test]
fn a_proof_without_time_is_refused() {
    assert_refused(&without("iat"), Refusal::InvalidKeyBinding);
}

#[test]
fn a_proof_without_digest_is_refused() {
    assert_refused(&without("sd_hash"), Refusal::InvalidKeyBinding);
}

#[test]
fn a_proof_for_several_audiences_is_refused() {
    assert_refused(&proof_verdict(|proof| proof["aud"] = json!([AUDIENCE, "x"])), Refusal::InvalidKeyBinding);
}

#[test]
fn another_nonce_is_refused() {
    assert_refused(&proof_verdict(|proof| proof["nonce"] = "n-another0request1nonce".into()), Refusal::WrongNonce);
}

#[test]
fn the_beginning_of_the_nonce_is_refused() {
    assert_refused(&proof_verdict(|proof| proof["nonce"] = NONCE[..10].into()), Refusal::WrongNonce);
}

#[test]
fn an_empty_nonce_is_refused() {
    assert_refused(&proof_verdict(|proof| proof["nonce"] = "".into()), Refusal::WrongNonce);
}

#[test]
fn a_proof_for_another_asker_is_refused() {
    let other = "x509_hash:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_refused(&proof_verdict(|proof| proof["aud"] = other.into()), Refusal::WrongAudience);
}

#[test]
fn an_audience_without_its_prefix_is_refused() {
    let bare = AUDIENCE.trim_start_matches("x509_hash:");
    assert_refused(&proof_verdict(|proof| proof["aud"] = bare.into()), Refusal::WrongAudience);
}

#[test]
fn a_proof_over_something_else_is_refused() {
    let other = mibun_crypto::base64url::encode(&[0; 32]);
    assert_refused(&proof_verdict(|proof| proof["sd_hash"] = other.into()), Refusal::WrongSdHash);
}

#[test]
fn a_disclosure_taken_away_is_noticed() {
    let presentation = good();
    let mut parts: Vec<&str> = presentation.split('~').collect();
    parts.remove(1);
    // Either the digest no longer covers what is shown, or what hung below the disclosure has lost its place.
    let verdict = verdict(&parts.join("~"));
    assert!(matches!(verdict.refusal, Some(Refusal::WrongSdHash | Refusal::Malformed)), "{:?}", verdict.refusal);
}

#[test]
fn a_disclosure_added_is_noticed() {
    let shown = parse(&world().card).select(&[]).expect("the card selects");
    let bound = bind(&shown, &world().holder);
    let all = parse(&world().card);
    let proof = bound.rsplit('~').next().unwrap_or_default();
    assert_refused(&verdict(&all.with_key_binding(proof)), Refusal::WrongSdHash);
}

#[test]
fn disclosures_in_another_order_are_noticed() {
    let presentation = good();
    let mut parts: Vec<&str> = presentation.split('~').collect();
    parts.swap(1, 2);
    assert_refused(&verdict(&parts.join("~")), Refusal::WrongSdHash);
}

#[test]
fn a_proof_of_another_presentation_is_refused() {
    let other = present(&world().card, &scene("rail-ticket"), &world().holder);
    let proof = other.rsplit('~').next().unwrap_or_default();
    let presentation = good();
    let (shown, _) = presentation.rsplit_once('~').expect("a proof follows");
    assert_refused(&verdict(&format!("{shown}~{proof}")), Refusal::WrongSdHash);
}

#[test]
fn a_proof_six_minutes_old_is_fresh() {
    assert_eq!(made(-360).refusal, None);
}

#[test]
fn a_proof_older_than_six_minutes_is_stale() {
    assert_refused(&made(-361), Refusal::StaleProof);
}

#[test]
fn a_proof_a_minute_ahead_is_fresh() {
    assert_eq!(made(60).refusal, None);
}

#[test]
fn a_proof_more_than_a_minute_ahead_is_refused() {
    assert_refused(&made(61), Refusal::ProofFromTheFuture);
}

#[test]
fn a_proof_of_last_year_is_stale() {
    assert_refused(&made(-365 * 86_400), Refusal::StaleProof);
}

#[test]
fn a_proof_of_next_year_is_refused() {
    assert_refused(&made(365 * 86_400), Refusal::ProofFromTheFuture);
}

#[test]
fn a_proof_at_the_beginning_of_time_is_stale() {
    assert_refused(&proof_verdict(|proof| proof["iat"] = i64::MIN.into()), Refusal::StaleProof);
}

#[test]
fn a_proof_at_the_end_of_time_is_refused() {
    assert_refused(&proof_verdict(|proof| proof["iat"] = i64::MAX.into()), Refusal::ProofFromTheFuture);
}
