//! Offers by reference: there for whoever has the link, until they are used or over.

use mibun_server::work::grants::StoredOffer;
use mibun_server::work::journeys;
use serde_json::json;

use crate::support::Town;
use crate::support::issuing::{another, asking_with};
use crate::support::wire::send;

#[tokio::test]
async fn an_offer_nobody_made_is_not_there() {
    let town = Town::open().await;
    town.refuses(town.get("/offers/00000000000000000000000000000000"), 404, "not_found").await;
}

#[tokio::test]
async fn an_offer_by_another_spelling_is_not_there() {
    let town = Town::open().await;
    town.refuses(town.get("/offers/..%2f..%2fetc%2fpasswd"), 404, "not_found").await;
}

#[tokio::test]
async fn a_redeemed_offer_is_not_there_any_more() {
    let town = Town::open().await;
    let offered = town.offered().await;
    town.token_for(&offered).await;
    town.refuses(town.get(&format!("/offers/{}", offered.id)), 404, "not_found").await;
}

#[tokio::test]
async fn an_expired_offer_is_not_there_any_more() {
    let town = Town::open().await;
    let offered = town.offered().await;
    town.clock.advance_seconds(3600);
    town.refuses(town.get(&format!("/offers/{}", offered.id)), 404, "not_found").await;
}

#[tokio::test]
async fn an_offer_says_nothing_about_the_person() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let reply = send(town.get(&format!("/offers/{}", offered.id))).await;
    for known in ["Aokigahara", "Kenzaburo", "青木ヶ原", crate::support::town::NUMBER, &offered.tx_code] {
        assert!(!reply.text().contains(known), "{known} in {}", reply.text());
    }
}

/// What the journey shows as its offer.
async fn shown(town: &Town, journey: &(String, String)) -> Option<StoredOffer> {
    let journey = journeys::authorise(&town.app, &journey.0, &journey.1).await.expect("the token");
    journeys::overview(&town.app, &journey).await.expect("a journey").offer
}

#[tokio::test]
async fn an_offer_that_was_redeemed_and_not_collected_is_renewed() {
    let town = Town::open().await;
    let journey = town.accepted_journey().await;
    let first = shown(&town, &journey).await.expect("an offer");
    assert_eq!(shown(&town, &journey).await.expect("an offer").uri, first.uri, "as long as it is good, it stays");
    let offered = town.look_up(&first.uri, first.tx_code.clone()).await;
    town.token_for(&offered).await;
    let second = shown(&town, &journey).await.expect("another offer");
    assert_ne!((&second.uri, &second.tx_code), (&first.uri, &first.tx_code));
    let offered = town.look_up(&second.uri, second.tx_code).await;
    town.collect(town.token_for(&offered).await).await;
    assert!(shown(&town, &journey).await.is_none(), "the card is collected");
}

#[tokio::test]
async fn an_offer_that_was_locked_is_renewed() {
    let town = Town::open().await;
    let journey = town.accepted_journey().await;
    let first = shown(&town, &journey).await.expect("an offer");
    let offered = town.look_up(&first.uri, first.tx_code.clone()).await;
    for _ in 0..5 {
        let wrong = town.redeeming_with(&offered.code, &another(&offered.tx_code));
        assert_eq!(send(wrong).await.told(), (400, "invalid_grant".to_owned()));
    }
    assert_ne!(shown(&town, &journey).await.expect("another offer").uri, first.uri);
}

#[tokio::test]
async fn of_two_offers_of_one_journey_one_leads_to_a_card() {
    let town = Town::open().await;
    let journey = town.accepted_journey().await;
    let first = shown(&town, &journey).await.expect("an offer");
    let first = town.token_for(&town.look_up(&first.uri, first.tx_code).await).await;
    let second = shown(&town, &journey).await.expect("another offer");
    let second = town.token_for(&town.look_up(&second.uri, second.tx_code).await).await;
    town.collect(first).await;
    let proofs = town.proofs(1, &town.nonce().await);
    let late = town.credential_request(&second, &asking_with(&proofs));
    town.refuses(late, 400, "credential_request_denied").await;
    assert_eq!(town.cards().await, 1);
}

#[tokio::test]
async fn an_offer_leaves_it_to_the_wallet_to_say_where_the_code_is() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let document = send(town.get(&format!("/offers/{}", offered.id))).await.json();
    let tx_code = &document["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"]["tx_code"];
    assert_eq!(tx_code, &json!({ "input_mode": "numeric", "length": 6 }));
}
