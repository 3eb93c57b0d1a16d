//! What changes in the register changes the cards with it, in the same unit.

use mibun_registry::{CardStatus, PersonId, PersonStatus};
use mibun_server::work::WorkError;
use mibun_server::work::audit::Actor;
use mibun_server::work::people::changes::{Corrected, correct, set_status};
use mibun_server::work::portraits::Portraits;
use mibun_server::work::{journeys, people};
use reqwest::Method;
use serde_json::json;

use crate::support::Town;
use crate::support::holders::PASSWORD;
use crate::support::showing::claims;
use crate::support::town::NUMBER;
use crate::support::wire::send;

async fn person(town: &Town) -> PersonId {
    people::search(&town.app, NUMBER, None, 1).await.expect("found").remove(0).row.id
}

async fn sets(town: &Town, status: PersonStatus) -> u32 {
    set_status(&town.app, Actor::Operator, person(town).await, status, "letter of the court").await.expect("set")
}

async fn statuses(town: &Town) -> Vec<CardStatus> {
    let mut unit = town.app.registry.read().await.expect("the record");
    unit.cards_page(None, 10).await.expect("cards").into_iter().map(|card| card.status).collect()
}

#[tokio::test]
async fn a_death_revokes_every_card_and_signs_out() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    assert_eq!(sets(&town, PersonStatus::Deceased).await, 1);
    assert_eq!(statuses(&town).await, [CardStatus::Revoked]);
    let mut unit = town.app.registry.read().await.expect("the record");
    let devices = unit.devices_of(holder.person.parse().expect("an identifier")).await.expect("devices");
    assert!(devices.iter().all(|device| device.state == mibun_registry::DeviceState::Retired));
    drop(unit);
    let knocked = town.knocks(&holder.device, PASSWORD).await;
    assert_eq!(knocked.status, 200, "answered like an unknown device");
    assert_eq!(sets(&town, PersonStatus::Active).await, 0, "what was revoked stays revoked");
    assert_eq!(statuses(&town).await, [CardStatus::Revoked]);
}

#[tokio::test]
async fn a_suspension_suspends_and_its_end_leaves_the_cards_to_the_officer() {
    let town = Town::open().await;
    town.wallet_with_card().await;
    assert_eq!(sets(&town, PersonStatus::Suspended).await, 1);
    assert_eq!(statuses(&town).await, [CardStatus::Suspended]);
    assert_eq!(sets(&town, PersonStatus::Suspended).await, 0, "the same again is nothing");
    assert_eq!(sets(&town, PersonStatus::Active).await, 0);
    assert_eq!(statuses(&town).await, [CardStatus::Suspended], "some may be suspended for themselves");
}

#[tokio::test]
async fn a_death_takes_back_an_offer_that_was_not_collected() {
    let town = Town::open().await;
    let (link, tx_code) = town.offer().await;
    let offered = town.look_up(&link, tx_code).await;
    sets(&town, PersonStatus::Deceased).await;
    let refused = town.wallet().collect(&link, Some(&offered.tx_code)).await;
    assert!(refused.is_err(), "nobody collects for the dead");
    assert!(statuses(&town).await.is_empty());
}

#[tokio::test]
async fn a_correction_revokes_what_says_otherwise_and_the_next_card_is_right() {
    let town = Town::open().await;
    town.wallet_with_card().await;
    let record = people::search(&town.app, NUMBER, None, 1).await.expect("found").remove(0).record;
    let same = correct(&town.app, Actor::Operator, record.clone(), None).await.expect("corrected");
    assert_eq!((same, statuses(&town).await), (Corrected::Unchanged, vec![CardStatus::Valid]));
    let same_portrait =
        people::portraits(&mut *town.app.registry.read().await.expect("the record"), &loaded(&town).await)
            .await
            .expect("a portrait");
    let same = correct(&town.app, Actor::Operator, record.clone(), Some(&same_portrait)).await.expect("corrected");
    assert_eq!((same, statuses(&town).await), (Corrected::Unchanged, vec![CardStatus::Valid]));
    let mut married = record;
    married.family_name = "Higashikuni".to_owned();
    let corrected = correct(&town.app, Actor::Operator, married, None).await.expect("corrected");
    assert_eq!((corrected, statuses(&town).await), (Corrected::Written(1), vec![CardStatus::Revoked]));
    let found = people::search(&town.app, "Higashikuni Kenzaburo", None, 5).await.expect("found");
    assert_eq!(found.len(), 1, "found by the new name");
    assert!(people::search(&town.app, "Aokigahara Kenzaburo", None, 5).await.expect("found").is_empty());
    let source = std::net::IpAddr::from([127, 0, 0, 1]);
    let opened = journeys::open(&town.app, source, NUMBER, "Higashikuni Kenzaburo").await.expect("a journey");
    let (link, tx_code) = town.accepts(&opened.id.to_string(), &opened.token).await;
    let offered = town.look_up(&link, tx_code).await;
    let holder = town.collect(town.token_for(&offered).await).await;
    assert_eq!(claims(&holder.copies[0].0)["family_name"], "Higashikuni");
}

async fn loaded(town: &Town) -> people::OpenPerson {
    people::search(&town.app, NUMBER, None, 1).await.expect("found").remove(0)
}

#[tokio::test]
async fn a_corrected_portrait_ends_what_was_accepted_by_the_old_one() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    let (journey, token) = town.accepted_journey().await;
    let other = Portraits { card: vec![0xff, 0xd8, 0xff, 0xd9], original: vec![0xff, 0xd8, 0xff, 0xe0, 0xff, 0xd9] };
    let record = loaded(&town).await.record;
    let corrected = correct(&town.app, Actor::Operator, record, Some(&other)).await.expect("corrected");
    assert_eq!((corrected, statuses(&town).await), (Corrected::Written(1), vec![CardStatus::Revoked]));
    let told = send(town.get(&format!("/api/journeys/{journey}")).bearer_auth(&token)).await;
    assert_eq!(told.status, 401, "the accepted journey is over: {}", told.text());
    let mut unit = town.app.registry.read().await.expect("the record");
    let person = holder.person.parse().expect("an identifier");
    assert!(unit.id_password(person).await.expect("read").is_none());
    let devices = unit.devices_of(person).await.expect("devices");
    assert!(devices.iter().all(|device| device.state == mibun_registry::DeviceState::Retired));
}

#[tokio::test]
async fn a_correction_of_nobody_is_refused() {
    let town = Town::open().await;
    let mut record = people::search(&town.app, NUMBER, None, 1).await.expect("found").remove(0).record;
    record.number = "ZZ999999".to_owned();
    let refused = correct(&town.app, Actor::Operator, record.clone(), None).await;
    assert!(matches!(refused, Err(WorkError::NotFound("person"))));
    record.number = NUMBER.to_owned();
    record.family_name = String::new();
    let refused = correct(&town.app, Actor::Operator, record, None).await;
    assert!(matches!(refused, Err(WorkError::Record(_))));
}

#[tokio::test]
async fn an_officer_sets_a_status_and_says_why() {
    let town = Town::open().await;
    town.wallet_with_card().await;
    let cookie = town.console(&town.officer("Ogata").await).await;
    let path = format!("/api/console/people/{}/status", person(&town).await);
    let asks = |body: serde_json::Value| town.page(Method::POST, &path).header("cookie", &cookie).json(&body);
    let reply = send(asks(json!({ "status": "buried", "reason": "because" }))).await;
    assert_eq!(reply.told(), (422, "unknown_status".to_owned()));
    let reply = send(asks(json!({ "status": "deceased", "reason": " " }))).await;
    assert_eq!(reply.told(), (422, "reason_missing".to_owned()));
    assert_eq!(statuses(&town).await, [CardStatus::Valid]);
    let reply = send(asks(json!({ "status": "deceased", "reason": "death certificate" }))).await;
    assert_eq!((reply.status, reply.json()), (200, json!({ "cards_changed": 1 })));
    assert_eq!(statuses(&town).await, [CardStatus::Revoked]);
}
