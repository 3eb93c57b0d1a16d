//! Presentations that are not cards, or not cards as they must be.

use serde_json::json;

use super::fixture::*;
use super::*;

/// The verdict on the card after a change of its signed part, presented with all it shows.
fn reissue_verdict(change: impl FnOnce(&mut serde_json::Value)) -> Verdict {
    let card = reissued(&world().card, change, |_| {});
    verdict(&bind(&parse(&card), &world().holder))
}

/// The verdict on a good presentation after a change of its text.
fn text_verdict(change: impl FnOnce(String) -> String) -> Verdict {
    verdict(&change(good()))
}

/// A disclosure of these parts.
fn disclosure(parts: &serde_json::Value) -> String {
    mibun_crypto::base64url::encode(parts.to_string().as_bytes())
}

/// The good presentation with one more disclosure, bound again.
fn with_disclosure(text: &str) -> Verdict {
    let card = format!("{}{text}~", world().card);
    match mibun_card::sd_jwt::SdJwt::parse(&card, &mibun_crypto::json::Limits::default()) {
        Ok(shown) => verdict(&bind(&shown, &world().holder)),
        Err(_) => verdict(&format!("{card}{}", good().rsplit('~').next().unwrap_or_default())),
    }
}

#[test]
fn nothing_is_refused() {
    assert_refused(&verdict(""), Refusal::Malformed);
}

#[test]
fn text_is_refused() {
    assert_refused(&verdict("hello"), Refusal::Malformed);
}

#[test]
fn tildes_are_refused() {
    assert_refused(&verdict("~~~~"), Refusal::Malformed);
}

#[test]
fn a_plain_jwt_is_refused() {
    let jwt = world().card.split('~').next().unwrap_or_default().to_owned();
    assert_refused(&verdict(&jwt), Refusal::Malformed);
}

#[test]
fn half_a_presentation_is_refused() {
    assert_refused(&text_verdict(|text| text[..text.len() / 2].to_owned()), Refusal::Malformed);
}

#[test]
fn an_oversized_presentation_is_refused() {
    assert_refused(&text_verdict(|text| text + &"a".repeat(512 * 1024)), Refusal::Malformed);
}

#[test]
fn a_thousand_disclosures_are_refused() {
    let many: String = (0..1000).map(|i| disclosure(&json!([i.to_string(), "x", i])) + "~").collect();
    assert_refused(&verdict(&format!("{}{many}", world().card)), Refusal::Malformed);
}

#[test]
fn a_stray_tilde_is_refused() {
    let shown = parse(&world().card).select(&[]).expect("the card selects");
    let bound = bind(&shown, &world().holder);
    let (card, proof) = bound.split_once('~').expect("a proof follows");
    assert_refused(&verdict(&format!("{card}~~{proof}")), Refusal::Malformed);
}

#[test]
fn white_space_around_it_is_refused() {
    assert_refused(&text_verdict(|text| format!(" {text}")), Refusal::Malformed);
}

#[test]
fn an_unsigned_card_is_refused() {
    let header = json!({ "alg": "none", "typ": "dc+sd-jwt" });
    assert_refused(&text_verdict(|text| with_raw_header(&text, &header)), Refusal::Malformed);
}

#[test]
fn a_card_under_a_shared_secret_is_refused() {
    let header = json!({ "alg": "HS256", "typ": "dc+sd-jwt" });
    assert_refused(&text_verdict(|text| with_raw_header(&text, &header)), Refusal::Malformed);
}

#[test]
fn a_card_of_the_old_media_type_is_refused() {
    let card = reissued(&world().card, |_| {}, |header| header["typ"] = "vc+sd-jwt".into());
    assert_refused(&verdict(&bind(&parse(&card), &world().holder)), Refusal::Malformed);
}

#[test]
fn a_card_with_critical_extensions_is_refused() {
    let header = json!({ "alg": "ES256", "typ": "dc+sd-jwt", "crit": ["exp"] });
    assert_refused(&text_verdict(|text| with_raw_header(&text, &header)), Refusal::Malformed);
}

#[test]
fn a_card_without_type_is_refused() {
    let verdict = reissue_verdict(|card| {
        card.as_object_mut().and_then(|card| card.remove("vct")).expect("it was there");
    });
    assert_refused(&verdict, Refusal::Malformed);
}

#[test]
fn a_card_of_another_type_is_refused() {
    assert_refused(&reissue_verdict(|card| card["vct"] = "urn:eudi:mdl:1".into()), Refusal::WrongCardType);
}

#[test]
fn another_digest_algorithm_is_refused() {
    assert_refused(&reissue_verdict(|card| card["_sd_alg"] = "sha-512".into()), Refusal::Malformed);
}

#[test]
fn a_digest_that_appears_twice_is_refused() {
    let verdict = reissue_verdict(|card| {
        let first = card["_sd"][0].clone();
        card["_sd"].as_array_mut().expect("digests").push(first);
    });
    assert_refused(&verdict, Refusal::Malformed);
}

#[test]
fn digests_that_are_no_array_are_refused() {
    assert_refused(&reissue_verdict(|card| card["_sd"] = json!({})), Refusal::Malformed);
}

#[test]
fn a_disclosed_name_that_is_already_there_is_refused() {
    assert_refused(&reissue_verdict(|card| card["family_name"] = "TANAKA".into()), Refusal::Malformed);
}

#[test]
fn an_expiry_that_is_no_number_is_refused() {
    assert_refused(&reissue_verdict(|card| card["exp"] = "never".into()), Refusal::Malformed);
}

#[test]
fn a_foreign_disclosure_is_refused() {
    assert_refused(&with_disclosure(&disclosure(&json!(["salt", "age", 99]))), Refusal::Malformed);
}

#[test]
fn a_disclosure_shown_twice_is_refused() {
    let first = parse(&world().card).disclosures()[0].as_str().to_owned();
    assert_refused(&with_disclosure(&first), Refusal::Malformed);
}

#[test]
fn a_disclosure_of_two_parts_for_a_claim_is_refused() {
    assert_refused(&with_disclosure(&disclosure(&json!(["salt", 1]))), Refusal::Malformed);
}

#[test]
fn a_disclosure_that_is_not_json_is_refused() {
    assert_refused(&with_disclosure("AAAA"), Refusal::Malformed);
}

#[test]
fn a_disclosure_named_after_the_digests_is_refused() {
    assert_refused(&with_disclosure(&disclosure(&json!(["salt", "_sd", []]))), Refusal::Malformed);
}

/// A card that hides `name` behind a disclosure.
fn hidden(name: &str, value: serde_json::Value) -> Verdict {
    let hidden = disclosure(&json!(["salt", name, value]));
    let digest = mibun_crypto::base64url::encode(&mibun_crypto::digest::sha256(hidden.as_bytes()));
    let card = reissued(
        &world().card,
        |card| {
            card.as_object_mut().expect("an object").remove(name);
            card["_sd"].as_array_mut().expect("digests").push(digest.into());
        },
        |_| {},
    );
    verdict(&bind(&parse(&format!("{card}{hidden}~")), &world().holder))
}

#[test]
fn a_hidden_expiry_is_refused() {
    assert_refused(&hidden("exp", json!(NOW.0 + 1000)), Refusal::Malformed);
}

#[test]
fn a_hidden_status_is_refused() {
    assert_refused(&hidden("status", json!({})), Refusal::Malformed);
}

#[test]
fn a_hidden_key_is_refused() {
    let jwk = mibun_crypto::key::Signer::public_key(&world().holder).to_jwk().to_value();
    assert_refused(&hidden("cnf", json!({ "jwk": jwk })), Refusal::Malformed);
}

#[test]
fn a_hidden_type_is_refused() {
    assert_refused(&hidden("vct", "urn:eudi:pid:1".into()), Refusal::Malformed);
}
