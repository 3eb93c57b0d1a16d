//! Offers by reference: there for whoever has the link, until they are used or over.

use crate::support::Town;
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
