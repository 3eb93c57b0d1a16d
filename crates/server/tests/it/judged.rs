//! Answers that are judged and refused: the counter learns why, and nothing of the card is kept.

use mibun_card::path::ClaimPath;
use mibun_card::sd_jwt::SdJwt;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::{base64url, jws};
use mibun_presenting::request::VerifiedRequest;
use mibun_registry::CardStatus;
use mibun_server::work::audit::Actor;
use mibun_server::work::cards;
use serde_json::{Map, Value};

use crate::support::Town;
use crate::support::asking::Asked;
use crate::support::issuing::{Holder, key};
use crate::support::showing::{LIMITS, Showing, tampered};

const SCENE: &str = "hotel-checkin-jp";

async fn fetched(town: &Town) -> (Asked, VerifiedRequest) {
    let asked = town.asks(SCENE).await;
    let request = town.fetched(&asked).await;
    (asked, request)
}

/// The holder shows something else than is honest.
async fn refused(refusal: &str, change: impl FnOnce(&mut Showing<'_>)) {
    let town = Town::open().await;
    let holder = town.holder().await;
    refused_of(&town, &holder, refusal, change).await;
}

async fn refused_of<'a>(town: &Town, holder: &'a Holder, refusal: &str, change: impl FnOnce(&mut Showing<'a>)) {
    let (asked, request) = fetched(town).await;
    let mut showing = Showing::honest(town, holder, &request);
    change(&mut showing);
    town.judges(&asked, town.answering(&request, &showing.presentation()), refusal).await;
}

/// What is sent is made of the honest presentation.
async fn refused_text(refusal: &str, remake: impl FnOnce(&Showing<'_>) -> String) {
    let town = Town::open().await;
    let holder = town.holder().await;
    let (asked, request) = fetched(&town).await;
    let showing = Showing::honest(&town, &holder, &request);
    town.judges(&asked, town.answering(&request, &remake(&showing)), refusal).await;
}

/// The same card, its header and claims changed, signed by `signer`.
fn reissued(card: &str, signer: &dyn Signer, change: impl FnOnce(&mut Map<String, Value>, &mut Value)) -> String {
    let read = SdJwt::parse(card, &LIMITS).expect("a card");
    let mut header = read.jws().header().members().clone();
    let mut claims = read.jws().payload_json(&LIMITS).expect("claims");
    change(&mut header, &mut claims);
    let signed = jws::sign(header, claims.to_string().as_bytes(), signer).expect("the key signs");
    let disclosures = card.split_once('~').expect("disclosures").1;
    format!("{signed}~{disclosures}")
}

/// A card that the authority itself would have signed with these claims.
async fn refused_claims(refusal: &str, change: impl FnOnce(&mut Value)) {
    let town = Town::open().await;
    let holder = town.holder().await;
    let signer = town.app.keys.document_signer.signer.clone();
    refused_of(&town, &holder, refusal, |showing| {
        showing.card = reissued(&showing.card, &*signer, |_, claims| change(claims));
    })
    .await;
}

#[tokio::test]
async fn a_proof_for_another_request_is_refused() {
    refused("wrong_nonce", |showing| showing.nonce = "bm90IHRoZSBub25jZSB3ZSBzZW50".into()).await;
}

#[tokio::test]
async fn a_presentation_replayed_from_another_check_is_refused() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let (_, first) = fetched(&town).await;
    let (asked, request) = fetched(&town).await;
    let replayed = Showing::honest(&town, &holder, &first).presentation();
    town.judges(&asked, town.answering(&request, &replayed), "wrong_nonce").await;
}

#[tokio::test]
async fn a_proof_for_another_asker_is_refused() {
    refused("wrong_audience", |showing| showing.audience = "x509_hash:AAAA".into()).await;
}

#[tokio::test]
async fn a_proof_over_something_else_is_refused() {
    refused_text("wrong_sd_hash", |showing| {
        let fewer = showing.shown().select(&[ClaimPath::of_names(&["family_name"])]).expect("a card");
        fewer.with_key_binding(&showing.proof())
    })
    .await;
}

#[tokio::test]
async fn a_proof_with_a_tampered_signature_is_refused() {
    refused_text("invalid_key_binding", |showing| {
        let whole = showing.presentation();
        tampered(&whole, whole.len() - 8)
    })
    .await;
}

#[tokio::test]
async fn a_proof_of_another_key_is_refused() {
    let thief: SoftwareKey = key();
    let town = Town::open().await;
    let holder = town.holder().await;
    let (asked, request) = fetched(&town).await;
    let showing = Showing { key: &thief, ..Showing::honest(&town, &holder, &request) };
    town.judges(&asked, town.answering(&request, &showing.presentation()), "invalid_key_binding").await;
}

#[tokio::test]
async fn a_proof_of_another_copys_key_is_refused() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let other = &holder.copies[1].1;
    refused_of(&town, &holder, "invalid_key_binding", |showing| showing.key = other).await;
}

#[tokio::test]
async fn a_card_without_a_proof_is_refused() {
    refused_text("missing_key_binding", |showing| showing.shown().without_key_binding()).await;
}

#[tokio::test]
async fn a_proof_made_long_ago_is_refused() {
    refused("stale_proof", |showing| showing.at = showing.at.plus_seconds(-3600)).await;
}

#[tokio::test]
async fn a_proof_made_in_the_future_is_refused() {
    refused("proof_from_the_future", |showing| showing.at = showing.at.plus_seconds(3600)).await;
}

#[tokio::test]
async fn an_unsigned_proof_is_refused() {
    refused_text("invalid_key_binding", |showing| {
        let proof = showing.proof();
        let payload = proof.split('.').nth(1).expect("a payload");
        let header = base64url::encode(br#"{"alg":"none","typ":"kb+jwt"}"#);
        showing.shown().with_key_binding(&format!("{header}.{payload}."))
    })
    .await;
}

#[tokio::test]
async fn a_revoked_card_is_refused() {
    let town = Town::open().await;
    let holder = town.holder().await;
    town.revoke_all().await;
    refused_of(&town, &holder, "revoked", |_| {}).await;
}

#[tokio::test]
async fn a_card_superseded_by_a_newer_one_is_refused() {
    let town = Town::open().await;
    let (old, _new) = (town.holder().await, town.holder().await);
    refused_of(&town, &old, "revoked", |_| {}).await;
}

#[tokio::test]
async fn a_suspended_card_is_refused_until_it_is_resumed() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let card = town.only_card().await;
    cards::set_status(&town.app, Actor::Operator, card, CardStatus::Suspended, "lost").await.expect("suspended");
    refused_of(&town, &holder, "suspended", |_| {}).await;
    cards::set_status(&town.app, Actor::Operator, card, CardStatus::Valid, "found").await.expect("resumed");
    let asked = town.asks(SCENE).await;
    assert_eq!(town.answered(&asked, &holder).await.status, 200);
}

#[tokio::test]
async fn an_expired_card_is_refused() {
    let town = Town::open().await;
    let holder = town.holder().await;
    town.clock.advance_seconds(31 * 86_400);
    refused_of(&town, &holder, "expired", |_| {}).await;
}

#[tokio::test]
async fn a_card_whose_time_has_not_come_is_refused() {
    refused_claims("not_yet_valid", |claims| claims["nbf"] = (claims["exp"].as_i64().expect("an end") - 60).into())
        .await;
}

#[tokio::test]
async fn a_card_that_never_ends_by_its_word_is_refused() {
    refused_claims("malformed", |claims| claims["exp"] = "never".into()).await;
}

#[tokio::test]
async fn a_card_whose_status_cannot_be_had_is_refused() {
    refused_claims("status_unavailable", |claims| {
        claims["status"]["status_list"]["uri"] = "https://status.example/1".into();
    })
    .await;
}

#[tokio::test]
async fn a_card_of_a_list_that_was_never_opened_is_refused() {
    refused_claims("status_unavailable", |claims| {
        let uri =
            claims["status"]["status_list"]["uri"].as_str().expect("an address").replace("/status/1", "/status/9");
        claims["status"]["status_list"]["uri"] = uri.into();
    })
    .await;
}

#[tokio::test]
async fn a_card_beyond_the_end_of_its_list_is_refused() {
    refused_claims("status_unavailable", |claims| claims["status"]["status_list"]["idx"] = 999_999_999.into()).await;
}

#[tokio::test]
async fn a_card_without_a_status_is_refused() {
    refused_claims("missing_status", |claims| {
        claims.as_object_mut().expect("claims").remove("status");
    })
    .await;
}

#[tokio::test]
async fn a_card_of_another_type_is_refused() {
    refused_claims("wrong_card_type", |claims| claims["vct"] = "urn:example:library".into()).await;
}

#[tokio::test]
async fn a_card_bound_to_nobody_is_refused() {
    refused_claims("missing_key_binding", |claims| {
        claims.as_object_mut().expect("claims").remove("cnf");
    })
    .await;
}

#[tokio::test]
async fn a_card_of_a_foreign_issuer_is_refused() {
    let (town, foreign) = (Town::open().await, Town::open().await);
    let holder = foreign.holder().await;
    refused_of(&town, &holder, "untrusted_issuer", |_| {}).await;
}

#[tokio::test]
async fn a_card_signed_with_the_status_signers_certificate_is_refused() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let status = town.app.keys.status_signer.clone();
    refused_of(&town, &holder, "untrusted_issuer", |showing| {
        showing.card = reissued(&showing.card, &*status.signer, |header, _| {
            let chain = status.x5c().iter().map(|der| standard_base64(der)).collect::<Vec<_>>();
            header.insert("x5c".to_owned(), chain.into());
        });
    })
    .await;
}

/// `x5c` is the one place of JOSE with the padded alphabet (RFC 7515 section 4.1.6).
fn standard_base64(der: &[u8]) -> String {
    let text = base64url::encode(der).replace('-', "+").replace('_', "/");
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    text + &padding
}

#[tokio::test]
async fn a_card_signed_by_its_own_holder_is_refused() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let forger = key();
    refused_of(&town, &holder, "invalid_issuer_signature", |showing| {
        showing.card = reissued(&showing.card, &forger, |_, _| {});
    })
    .await;
}

#[tokio::test]
async fn a_tampered_disclosure_is_refused() {
    refused_text("malformed", |showing| {
        let shown = showing.shown().without_key_binding();
        let disclosure = shown.split('~').nth(1).expect("a disclosure").to_owned();
        let changed = changed_value(&disclosure);
        let forged = SdJwt::parse(&shown.replace(&disclosure, &changed), &LIMITS).expect("still the form of a card");
        forged.with_key_binding(&showing.proof())
    })
    .await;
}

/// The disclosure of another value under the same name and salt.
fn changed_value(disclosure: &str) -> String {
    let text = base64url::decode(disclosure).expect("base64url");
    let mut parts: Vec<Value> = serde_json::from_slice(&text).expect("JSON");
    *parts.last_mut().expect("a value") = "somebody else".into();
    base64url::encode(Value::from(parts).to_string().as_bytes())
}

#[tokio::test]
async fn a_doubled_disclosure_is_refused() {
    refused_text("malformed", |showing| {
        let shown = showing.shown().without_key_binding();
        let disclosure = shown.split('~').nth(1).expect("a disclosure");
        format!("{shown}{disclosure}~{}", showing.proof())
    })
    .await;
}

#[tokio::test]
async fn a_card_without_a_required_field_is_refused() {
    refused("missing_fields", |showing| {
        let name = ClaimPath::of_names(&["family_name"]);
        showing.paths.retain(|path| *path != name);
    })
    .await;
}

#[tokio::test]
async fn a_card_that_hides_its_level_is_refused() {
    refused("missing_level", |showing| {
        let level = ClaimPath::of_names(&["assurance_level"]);
        showing.paths.retain(|path| *path != level);
    })
    .await;
}

#[tokio::test]
async fn a_text_that_is_no_card_is_refused() {
    refused_text("malformed", |_| "hello".to_owned()).await;
}

#[tokio::test]
async fn a_light_card_opens_no_account() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let asked = town.asks("bank-account").await;
    let request = town.fetched(&asked).await;
    let presentation = Showing::honest(&town, &holder, &request).presentation();
    town.judges(&asked, town.answering(&request, &presentation), "level_too_low").await;
    let message = town.sees(&asked).await["verdict"]["refusal"]["message"]["en"].clone();
    assert!(message.as_str().expect("a message").contains("full"), "it says which card is needed: {message}");
}

/// What the card's standing is, in every scene that would take it.
async fn refused_everywhere(refusal: &str, town: &Town, holder: &Holder) {
    for scene in ["hotel-checkin-jp", "hotel-checkin-cn", "rail-ticket", "air-checkin", "parcel-drop-off"] {
        let asked = town.asks(scene).await;
        let request = town.fetched(&asked).await;
        let presentation = Showing::honest(town, holder, &request).presentation();
        town.judges(&asked, town.answering(&request, &presentation), refusal).await;
    }
}

#[tokio::test]
async fn revocation_holds_in_every_scene() {
    let town = Town::open().await;
    let holder = town.holder().await;
    town.revoke_all().await;
    refused_everywhere("revoked", &town, &holder).await;
}

#[tokio::test]
async fn suspension_holds_in_every_scene() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let card = town.only_card().await;
    cards::set_status(&town.app, Actor::Operator, card, CardStatus::Suspended, "lost").await.expect("suspended");
    refused_everywhere("suspended", &town, &holder).await;
}

#[tokio::test]
async fn expiry_holds_in_every_scene() {
    let town = Town::open().await;
    let holder = town.holder().await;
    town.clock.advance_seconds(31 * 86_400);
    refused_everywhere("expired", &town, &holder).await;
}

impl Town {
    async fn only_card(&self) -> mibun_registry::CardId {
        let cards = self.app.registry.read().await.expect("the record").cards_page(None, 2).await.expect("cards");
        assert_eq!(cards.len(), 1);
        cards[0].id
    }
}
