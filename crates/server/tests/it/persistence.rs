//! One walk over two databases, with the server stopped and started again between any two steps.

use mibun_registry_sql::test_postgres::fresh_address;

use crate::support::Town;
use crate::support::issuing::{Holder, asking_with, key};
use crate::support::showing::Showing;
use crate::support::wire::send;

async fn walks(town: Town) {
    let offered = town.offered().await;
    let town = town.restart().await;
    let token = town.token_for(&offered).await;
    let nonce = town.nonce().await;
    let town = town.restart().await;
    let keys: Vec<_> = (0..10).map(|_| key()).collect();
    let proofs: Vec<String> = keys.iter().map(|key| town.proof(key, &nonce)).collect();
    let reply = send(town.credential_request(&token, &asking_with(&proofs))).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let issued = reply.json();
    let copies = issued["credentials"].as_array().expect("copies").iter();
    let copies = copies.map(|copy| copy["credential"].as_str().expect("a copy").to_owned()).zip(keys).collect();
    let notification = issued["notification_id"].as_str().expect("an identifier").to_owned();
    shows(town.restart().await, Holder { copies, token, notification }).await;
}

async fn shows(town: Town, holder: Holder) {
    let asked = town.asks("hotel-checkin-jp").await;
    let town = town.restart().await;
    let request = town.fetched(&asked).await;
    let presentation = Showing::honest(&town, &holder, &request).presentation();
    let town = town.restart().await;
    assert_eq!(send(town.answering(&request, &presentation)).await.status, 200);
    let town = town.restart().await;
    assert_eq!(town.sees(&asked).await["state"], "verified");
    assert_eq!(send(town.answering(&request, &presentation)).await.status, 400, "an answer stays spent");
    assert_eq!(town.guests("hotel-checkin-jp").await.len(), 1);
    town.revoke_all().await;
    let town = town.restart().await;
    let asked = town.asks("hotel-checkin-jp").await;
    let reply = town.answered(&asked, &holder).await;
    assert_eq!(reply.json()["error_description"], "revoked");
}

#[tokio::test]
async fn over_sqlite() {
    walks(Town::open().await).await;
}

#[tokio::test]
async fn over_postgresql() {
    let address = fresh_address().await.unwrap_or_else(|error| panic!("{error}"));
    walks(Town::with(|config| config.storage.url = address).await).await;
}

#[tokio::test]
async fn another_master_key_opens_nothing() {
    let town = Town::open().await;
    let mut config = town.app.config.clone();
    config.storage.master_key = config.storage.master_key.with_file_name("another.key");
    let mut entropy = mibun_server::entropy::SystemEntropy::new();
    mibun_server::safe::Safe::create_file(&config.storage.master_key, &mut entropy).expect("a key");
    let clock: std::sync::Arc<dyn mibun_server::clock::Clock> = town.clock.clone();
    let refused = mibun_server::boot::app(config, clock).await.expect_err("the keys do not open");
    assert!(
        matches!(refused, mibun_server::boot::BootError::Work(mibun_server::work::WorkError::Safe(_))),
        "{refused}"
    );
}
