//! The console: nothing of it without an officer's session, and what an officer can do to a card.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::wire::send;

const NOBODY: &str = "00000000000000000000000000000000";

/// Every operation of the console that needs a session, by the description of the interface.
fn operations() -> Vec<(Method, String)> {
    let description: Value = serde_json::from_str(&mibun_server::http::openapi::text()).expect("JSON");
    let paths = description["paths"].as_object().expect("paths").iter();
    let console = paths.filter(|(path, _)| path.starts_with("/api/console/") && *path != "/api/console/session");
    let mut found = Vec::new();
    for (path, operations) in console {
        for method in operations.as_object().expect("operations").keys() {
            let method = method.to_uppercase().parse().expect("a method");
            found.push((method, path.replace("{id}", NOBODY).replace("{face}", "live")));
        }
    }
    found
}

/// A well-formed request of that operation.
fn asking(town: &Town, method: &Method, path: &str) -> RequestBuilder {
    let request = town.page(method.clone(), path);
    let body = json!({ "status": "revoked", "outcome": "accept", "reason": "because" });
    if *method == Method::GET { request } else { request.json(&body) }
}

#[tokio::test]
async fn the_description_names_the_whole_console() {
    let operations = operations();
    assert!(operations.len() >= 13, "{operations:?}");
    assert!(operations.iter().any(|(method, _)| *method == Method::POST));
}

#[tokio::test]
async fn nothing_of_the_console_is_there_without_a_session() {
    let town = Town::open().await;
    for (method, path) in operations() {
        town.refuses(asking(&town, &method, &path), 401, "unauthorized").await;
    }
}

#[tokio::test]
async fn a_windows_session_does_not_open_the_console() {
    let town = Town::open().await;
    let token = town.counter().await.replace("mibun_window", "mibun_console");
    for (method, path) in operations() {
        town.refuses(asking(&town, &method, &path).header("cookie", &token), 401, "unauthorized").await;
    }
}

#[tokio::test]
async fn a_made_up_session_does_not_open_the_console() {
    let town = Town::open().await;
    for (method, path) in operations() {
        let request = asking(&town, &method, &path).header("cookie", "mibun_console=bm90LWEtc2Vzc2lvbg");
        town.refuses(request, 401, "unauthorized").await;
    }
}

#[tokio::test]
async fn no_change_is_taken_from_another_site() {
    let town = Town::open().await;
    let officer = town.officer("inspector").await;
    let cookie = town.console(&officer).await;
    for (method, path) in operations().into_iter().filter(|(method, _)| *method != Method::GET) {
        let body = json!({ "status": "revoked", "outcome": "accept", "reason": "because" });
        let request = town.request(method, &path).header("cookie", &cookie).json(&body);
        town.refuses(request, 403, "forbidden").await;
    }
}

/// An officer at work on the one card there is.
struct Desk {
    town: Town,
    cookie: String,
    card: String,
}

async fn desk() -> Desk {
    let town = Town::open().await;
    town.holder().await;
    let officer = town.officer("inspector").await;
    let cookie = town.console(&officer).await;
    let cards = send(town.get("/api/console/cards").header("cookie", &cookie)).await.json();
    let card = cards[0]["id"].as_str().expect("a card").to_owned();
    Desk { town, cookie, card }
}

impl Desk {
    fn setting(&self, body: &Value) -> RequestBuilder {
        let address = format!("/api/console/cards/{}/status", self.card);
        self.town.page(Method::POST, &address).header("cookie", &self.cookie).json(body)
    }
}

#[tokio::test]
async fn a_status_that_does_not_exist_is_refused() {
    let desk = desk().await;
    let request = desk.setting(&json!({ "status": "laminated", "reason": "because" }));
    desk.town.refuses(request, 422, "unknown_status").await;
}

#[tokio::test]
async fn a_revocation_without_a_reason_is_refused() {
    let desk = desk().await;
    let request = desk.setting(&json!({ "status": "revoked", "reason": "  " }));
    desk.town.refuses(request, 422, "reason_missing").await;
}

#[tokio::test]
async fn a_revoked_card_stays_revoked() {
    let desk = desk().await;
    assert_eq!(send(desk.setting(&json!({ "status": "revoked", "reason": "stolen" }))).await.status, 200);
    let request = desk.setting(&json!({ "status": "valid", "reason": "found" }));
    desk.town.refuses(request, 409, "not_possible_now").await;
}

#[tokio::test]
async fn a_card_nobody_issued_is_not_there() {
    let desk = Desk { card: NOBODY.to_owned(), ..desk().await };
    let request = desk.setting(&json!({ "status": "revoked", "reason": "because" }));
    desk.town.refuses(request, 404, "not_found").await;
}

#[tokio::test]
async fn a_journey_that_waits_for_nobody_is_not_decided() {
    let desk = desk().await;
    let address = format!("/api/console/journeys/{NOBODY}/decision");
    let body = json!({ "outcome": "accept", "reason": "because" });
    let request = desk.town.page(Method::POST, &address).header("cookie", &desk.cookie).json(&body);
    desk.town.refuses(request, 404, "not_found").await;
}

#[tokio::test]
async fn an_outcome_that_does_not_exist_is_refused() {
    let desk = desk().await;
    let address = format!("/api/console/journeys/{NOBODY}/decision");
    let body = json!({ "outcome": "perhaps", "reason": "because" });
    let request = desk.town.page(Method::POST, &address).header("cookie", &desk.cookie).json(&body);
    desk.town.refuses(request, 422, "unknown_outcome").await;
}

#[tokio::test]
async fn the_counts_are_those_of_the_record() {
    let desk = desk().await;
    send(desk.setting(&json!({ "status": "suspended", "reason": "lost" }))).await;
    let counts = send(desk.town.get("/api/console/counts").header("cookie", &desk.cookie)).await.json();
    let expected = json!({
        "people": 1, "journeys_referred": 0, "cards_valid": 0, "cards_suspended": 1, "cards_revoked": 0,
    });
    assert_eq!(counts, expected);
}

#[tokio::test]
async fn every_look_at_a_record_is_written_down_first() {
    let desk = desk().await;
    let people = send(desk.town.get("/api/console/people").header("cookie", &desk.cookie)).await.json();
    let id = people["people"][0]["id"].as_str().expect("a person").to_owned();
    let record = send(desk.town.get(&format!("/api/console/people/{id}")).header("cookie", &desk.cookie)).await;
    assert_eq!(record.json()["family_name"], "Aokigahara");
    let trail = send(desk.town.get("/api/console/audit").header("cookie", &desk.cookie)).await.json();
    let noted = trail.as_array().expect("a trail").iter().any(|entry| {
        entry["action"] == "person.read" && entry["subject"].as_str().is_some_and(|subject| subject.contains(&id))
    });
    assert!(noted, "{trail}");
    assert!(!trail.to_string().contains("Aoki"), "the trail itself holds no personal data");
}
