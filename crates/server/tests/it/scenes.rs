//! The whole walk in every scene, step by step over HTTP: what the counter gets is what the scene asks for, and no more.

use std::collections::BTreeSet;

use mibun_card::path::ClaimPath;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::asking::Asked;
use crate::support::issuing::Holder;
use crate::support::showing::claims;
use crate::support::wire::send;

/// The scene's fields that the card has.
fn expected(town: &Town, scene: &str, holder: &Holder) -> BTreeSet<Vec<String>> {
    let held = claims(&holder.copies[0].0);
    let fields = &town.app.scene(scene).expect("a scene").fields;
    let paths = fields.iter().map(|field| field.path.clone());
    paths.filter(|path| resolves(path, &held)).collect()
}

fn resolves(path: &[String], held: &Value) -> bool {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    ClaimPath::of_names(&names).resolve(held).is_ok()
}

fn shown(view: &Value) -> BTreeSet<Vec<String>> {
    let fields = view["verdict"]["fields"].as_array().expect("fields").iter();
    fields.map(|field| serde_json::from_value(field["path"].clone()).expect("a path")).collect()
}

async fn accepted(town: &Town, asked: &Asked, holder: &Holder) {
    let reply = town.answered(asked, holder).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let view = town.sees(asked).await;
    assert_eq!(view["state"], "verified");
    let verdict = &view["verdict"];
    assert_eq!((&verdict["outcome"], &verdict["level"]), (&"accepted".into(), &"light".into()));
    let checks = verdict["checks"].as_array().expect("checks");
    assert!(checks.len() >= 12 && checks.iter().all(|check| check["passed"] == true), "{checks:?}");
    assert_eq!(shown(&view), expected(town, &asked.scene, holder));
}

/// A holder collects, tells the issuer, and answers one check of the scene.
async fn walks(scene: &str) {
    let town = Town::open().await;
    let holder = town.holder().await;
    assert_eq!(holder.copies.len(), 10);
    let told = json!({ "notification_id": holder.notification, "event": "credential_accepted" });
    assert_eq!(send(town.post("/notification").bearer_auth(&holder.token).json(&told)).await.status, 204);
    accepted(&town, &town.asks(scene).await, &holder).await;
    let kept = town.guests(scene).await.len();
    let retains = town.app.scene(scene).expect("a scene").retention_days > 0;
    assert_eq!(kept, usize::from(retains), "kept exactly where the scene orders it");
}

#[tokio::test]
async fn the_hotel_in_japan() {
    walks("hotel-checkin-jp").await;
}

#[tokio::test]
async fn the_hotel_in_china() {
    walks("hotel-checkin-cn").await;
}

#[tokio::test]
async fn the_railway() {
    walks("rail-ticket").await;
}

#[tokio::test]
async fn the_airport() {
    walks("air-checkin").await;
}

#[tokio::test]
async fn the_parcel_counter() {
    walks("parcel-drop-off").await;
}

#[tokio::test]
async fn an_answer_in_the_open_where_that_was_asked() {
    let town = Town::open().await;
    let holder = town.holder().await;
    accepted(&town, &town.asks_in_the_open("hotel-checkin-jp").await, &holder).await;
}

#[tokio::test]
async fn ten_copies_serve_ten_checks() {
    let town = Town::open().await;
    let mut holder = town.holder().await;
    while !holder.copies.is_empty() {
        accepted(&town, &town.asks("parcel-drop-off").await, &holder).await;
        holder.copies.remove(0);
    }
}

#[tokio::test]
async fn no_two_copies_look_alike() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let mut seen = BTreeSet::new();
    for (card, _) in &holder.copies {
        let whole = claims(card);
        let status = whole["status"]["status_list"]["idx"].to_string();
        let signed: Vec<String> = card.split('~').map(str::to_owned).filter(|part| !part.is_empty()).collect();
        for part in signed.into_iter().chain([status, whole["cnf"].to_string()]) {
            assert!(seen.insert(part), "two copies share a part by which they could be told to be one");
        }
    }
}
