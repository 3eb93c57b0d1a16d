//! Status lists: what an officer does to a card is on the list at once, for everybody.

use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_registry::CardStatus;
use mibun_server::work::audit::Actor;
use mibun_server::work::cards;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::issuing::Holder;
use crate::support::showing::claims;
use crate::support::wire::send;

const LIMITS: Limits = Limits { bytes: 1024 * 1024, depth: 8, nodes: 200 };

/// What the published list says about each copy.
async fn published(town: &Town, holder: &Holder) -> Vec<mibun_status::Status> {
    let reply = send(town.get("/status/1")).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/statuslist+jwt"));
    let token = jws::parse(&reply.text(), &LIMITS).expect("a signed list");
    token.verify(town.app.keys.status_signer.signer.public_key()).expect("signed by the authority");
    let claims_of_list = token.payload_json(&LIMITS).expect("claims");
    let list = &claims_of_list["status_list"];
    let bits = list["bits"].as_u64().expect("a width") as u8;
    let packed = mibun_crypto::base64url::decode(list["lst"].as_str().expect("a list")).expect("base64url");
    let list = mibun_status::list::StatusList::inflate(bits, &packed).expect("a list");
    let positions = holder.copies.iter().map(|(card, _)| claims(card)["status"]["status_list"]["idx"].as_u64());
    positions.map(|idx| list.get(idx.expect("an index") as u32).expect("on the list")).collect()
}

async fn only_card(town: &Town) -> mibun_registry::CardId {
    town.app.registry.read().await.expect("the record").cards_page(None, 1).await.expect("cards")[0].id
}

#[tokio::test]
async fn a_card_revoked_at_the_console_is_on_the_list_at_once() {
    let town = Town::open().await;
    let holder = town.holder().await;
    assert_eq!(published(&town, &holder).await, vec![mibun_status::Status::Valid; 10]);
    let officer = town.officer("inspector").await;
    let cookie = town.console(&officer).await;
    let address = format!("/api/console/cards/{}/status", only_card(&town).await);
    let body = json!({ "status": "revoked", "reason": "stolen" });
    let reply = send(town.page(Method::POST, &address).header("cookie", cookie).json(&body)).await;
    assert_eq!((reply.status, &reply.json()["status"]), (200, &Value::from("revoked")));
    assert_eq!(published(&town, &holder).await, vec![mibun_status::Status::Invalid; 10]);
}

#[tokio::test]
async fn suspending_and_resuming_are_on_the_list_at_once() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let card = only_card(&town).await;
    for (status, expected) in [
        (CardStatus::Suspended, mibun_status::Status::Suspended),
        (CardStatus::Valid, mibun_status::Status::Valid),
        (CardStatus::Revoked, mibun_status::Status::Invalid),
    ] {
        cards::set_status(&town.app, Actor::Operator, card, status, "test").await.expect("set");
        assert_eq!(published(&town, &holder).await, vec![expected; 10]);
    }
}

#[tokio::test]
async fn a_revocation_by_another_process_is_published_by_itself() {
    let town = Town::open().await;
    let holder = town.holder().await;
    published(&town, &holder).await;
    // The command line has the record in common with the server, and nothing else.
    let shared: std::sync::Arc<dyn mibun_server::clock::Clock> = town.clock.clone();
    let other = mibun_server::boot::app(town.app.config.clone(), shared).await.expect("another process");
    cards::set_status(&other, Actor::Operator, only_card(&town).await, CardStatus::Revoked, "test").await.expect("set");
    // The server looks twice a second; a busy machine may take longer over it.
    for _ in 0..50 {
        if published(&town, &holder).await == vec![mibun_status::Status::Invalid; 10] {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the change of another process was never published");
}

#[tokio::test]
async fn a_list_that_was_never_opened_is_not_there() {
    let town = Town::open().await;
    town.refuses(town.get("/status/7"), 404, "not_found").await;
}

#[tokio::test]
async fn a_list_may_be_kept_as_long_as_it_says() {
    let town = Town::open().await;
    town.holder().await;
    let reply = send(town.get("/status/1")).await;
    let ttl = town.app.config.card.status_ttl_seconds;
    assert_eq!(reply.header("cache-control"), format!("public, max-age={ttl}"));
    let claims = jws::parse(&reply.text(), &LIMITS).and_then(|token| token.payload_json(&LIMITS)).expect("claims");
    assert_eq!((&claims["ttl"], &claims["sub"]), (&ttl.into(), &town.app.url("/status/1").into()));
}

#[tokio::test]
async fn what_happened_to_a_card_is_in_the_trail_and_the_trail_is_whole() {
    let town = Town::open().await;
    town.holder().await;
    town.revoke_all().await;
    town.record().await;
    let mut unit = town.app.registry.read().await.expect("the record");
    let trail = unit.audit_before(None, 100).await.expect("a trail");
    let actions: Vec<&str> = trail.iter().map(|entry| entry.draft.action.as_str()).collect();
    assert!(actions.contains(&"card.issued") && actions.contains(&"card.revoked"), "{actions:?}");
    mibun_registry::verify_chain(&mut *unit).await.expect("an unbroken chain");
}

#[tokio::test]
async fn readers_of_mdocs_get_the_same_list_as_a_cwt() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let address = town.app.url("/status/1");
    let anchors = [town.app.keys.root.clone()];
    for expected in [mibun_status::Status::Valid, mibun_status::Status::Invalid] {
        let reply = send(town.get("/status/1").header("accept", "application/statuslist+cwt")).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/statuslist+cwt"));
        assert_eq!(reply.header("vary"), "accept");
        let list =
            mibun_status::cwt::verify(&reply.body, &address, &anchors, town.app.clock.now()).expect("a good list");
        let index = claims(&holder.copies[0].0)["status"]["status_list"]["idx"].as_u64().expect("an index");
        assert_eq!(list.list.get(index as u32).expect("on the list"), expected);
        if expected == mibun_status::Status::Valid {
            town.revoke_all().await;
        }
    }
}

#[tokio::test]
async fn whoever_takes_both_forms_of_a_list_gets_the_jwt() {
    let town = Town::open().await;
    town.holder().await;
    for accept in ["*/*", "application/statuslist+jwt, application/statuslist+cwt", "text/html", "nonsense;;,"] {
        let reply = send(town.get("/status/1").header("accept", accept)).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/statuslist+jwt"), "{accept}");
    }
}
