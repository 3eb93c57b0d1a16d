//! The counter of an organisation: what it may ask, and what it sees of others' checks.

use reqwest::Method;
use serde_json::json;

use crate::support::Town;
use crate::support::wire::send;

#[tokio::test]
async fn a_wrong_secret_opens_no_session() {
    let town = Town::open().await;
    let credentials = json!({ "window": town.hotel.id.to_string(), "secret": "guessed" });
    let before = town.counts().await;
    let reply = send(town.page(Method::POST, "/api/window/session").json(&credentials)).await;
    assert_eq!((reply.told(), reply.cookie()), ((401, "unauthorized".to_owned()), String::new()));
    assert_eq!(town.counts().await, before, "the try is counted, and nothing else");
}

#[tokio::test]
async fn after_twenty_wrong_secrets_the_right_one_waits() {
    let town = Town::open().await;
    let wrong = json!({ "window": town.hotel.id.to_string(), "secret": "guessed" });
    for _ in 0..20 {
        let reply = send(town.page(Method::POST, "/api/window/session").json(&wrong)).await;
        assert_eq!(reply.told(), (401, "unauthorized".to_owned()));
    }
    let right = json!({ "window": town.hotel.id.to_string(), "secret": town.hotel.secret });
    let reply = send(town.page(Method::POST, "/api/window/session").json(&right)).await;
    assert_eq!((reply.told(), reply.cookie()), ((429, "too_many_requests".to_owned()), String::new()));
}

#[tokio::test]
async fn a_window_nobody_opened_is_refused_the_same_way() {
    let town = Town::open().await;
    let credentials = json!({ "window": "00000000000000000000000000000000", "secret": town.hotel.secret });
    let reply = send(town.page(Method::POST, "/api/window/session").json(&credentials)).await;
    assert_eq!((reply.told(), reply.cookie()), ((401, "unauthorized".to_owned()), String::new()));
}

#[tokio::test]
async fn nobody_asks_without_a_session() {
    let town = Town::open().await;
    let new = json!({ "scene": "hotel-checkin-jp", "way": "window" });
    town.refuses(town.page(Method::POST, "/api/checks").json(&new), 401, "unauthorized").await;
}

#[tokio::test]
async fn an_officers_session_does_not_ask() {
    let town = Town::open().await;
    let officer = town.officer("inspector").await;
    let cookie = town.console(&officer).await.replace("mibun_console", "mibun_window");
    let new = json!({ "scene": "hotel-checkin-jp", "way": "window" });
    town.refuses(town.page(Method::POST, "/api/checks").header("cookie", cookie).json(&new), 401, "unauthorized").await;
}

/// The signed-in hotel sends this as a new check.
async fn refused_check(body: serde_json::Value, status: u16, code: &str) {
    let town = Town::open().await;
    let counter = town.counter().await;
    let request = town.page(Method::POST, "/api/checks").header("cookie", counter).json(&body);
    town.refuses(request, status, code).await;
}

#[tokio::test]
async fn a_scene_that_does_not_exist_is_refused() {
    refused_check(json!({ "scene": "casino", "way": "window" }), 404, "not_found").await;
}

#[tokio::test]
async fn a_way_that_does_not_exist_is_refused() {
    refused_check(json!({ "scene": "hotel-checkin-jp", "way": "pigeon" }), 422, "unknown_way").await;
}

#[tokio::test]
async fn a_check_without_a_scene_is_refused() {
    refused_check(json!({ "way": "window" }), 400, "malformed_json").await;
}

#[tokio::test]
async fn a_check_asked_by_another_site_is_refused() {
    let town = Town::open().await;
    let counter = town.counter().await;
    let new = json!({ "scene": "hotel-checkin-jp", "way": "window" });
    town.refuses(town.post("/api/checks").header("cookie", counter).json(&new), 403, "forbidden").await;
}

#[tokio::test]
async fn a_scene_of_other_organisations_is_refused() {
    let town = Town::open().await;
    let counter = town.counter_of(&town.stranger(&["parcel-drop-off"]).await).await;
    let new = json!({ "scene": "hotel-checkin-jp", "way": "window" });
    let request = town.page(Method::POST, "/api/checks").header("cookie", counter).json(&new);
    town.refuses(request, 403, "forbidden").await;
}

#[tokio::test]
async fn the_guest_list_of_a_scene_one_may_not_use_is_closed() {
    let town = Town::open().await;
    let counter = town.counter_of(&town.stranger(&["parcel-drop-off"]).await).await;
    for address in ["/api/window/guests?scene=hotel-checkin-jp", "/api/window/guests.csv?scene=hotel-checkin-jp"] {
        town.refuses(town.get(address).header("cookie", &counter), 403, "forbidden").await;
    }
}

#[tokio::test]
async fn another_organisation_does_not_see_the_check() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    let stranger = town.counter_of(&town.stranger(&["hotel-checkin-jp"]).await).await;
    for address in [format!("/api/checks/{}", asked.id), format!("/api/checks/{}/events", asked.id)] {
        town.refuses(town.get(&address).header("cookie", &stranger), 404, "not_found").await;
    }
}

#[tokio::test]
async fn another_browser_does_not_see_the_check() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    let other = town.asks("hotel-checkin-jp").await;
    let address = format!("/api/checks/{}", asked.id);
    town.refuses(town.get(&address).header("cookie", &other.cookie), 404, "not_found").await;
    town.refuses(town.get(&address), 404, "not_found").await;
    assert_eq!(send(town.get(&address).header("cookie", &asked.cookie)).await.status, 200);
}

#[tokio::test]
async fn another_organisation_neither_sees_nor_deletes_the_guest() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let asked = town.asks("hotel-checkin-jp").await;
    assert_eq!(town.answered(&asked, &holder).await.status, 200);
    let stranger = town.counter_of(&town.stranger(&["hotel-checkin-jp"]).await).await;
    let list = send(town.get("/api/window/guests?scene=hotel-checkin-jp").header("cookie", &stranger)).await;
    assert_eq!(list.json(), json!([]));
    let address = format!("/api/window/guests/{}", asked.id);
    town.refuses(town.page(Method::DELETE, &address).header("cookie", &stranger), 404, "not_found").await;
    assert_eq!(town.guests("hotel-checkin-jp").await.len(), 1);
}

#[tokio::test]
async fn a_guest_is_deleted_by_the_window_that_asked() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let asked = town.asks("hotel-checkin-jp").await;
    assert_eq!(town.answered(&asked, &holder).await.status, 200);
    let counter = town.counter().await;
    let address = format!("/api/window/guests/{}", asked.id);
    let foreign = town.request(Method::DELETE, &address).header("cookie", &counter);
    town.refuses(foreign, 403, "forbidden").await;
    let own = town.page(Method::DELETE, &address).header("cookie", &counter);
    assert_eq!(send(own).await.status, 204);
    assert!(town.guests("hotel-checkin-jp").await.is_empty());
}

fn has_picture(view: &serde_json::Value) -> bool {
    let fields = view["verdict"]["fields"].as_array().expect("fields");
    fields.iter().any(|field| field["path"] == json!(["picture"]))
}

#[tokio::test]
async fn the_portrait_is_shown_once_and_not_kept() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let asked = town.asks("hotel-checkin-jp").await;
    assert_eq!(town.answered(&asked, &holder).await.status, 200);
    assert!(has_picture(&town.sees(&asked).await), "the desk compares the face");
    town.clock.advance_seconds(601);
    let later = town.sees(&asked).await;
    assert!(!has_picture(&later) && later["verdict"]["fields"] != json!([]), "names stay, the face does not");
}

#[tokio::test]
async fn the_portrait_is_in_no_list_of_records() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let asked = town.asks("hotel-checkin-jp").await;
    assert_eq!(town.answered(&asked, &holder).await.status, 200);
    assert!(has_picture(&town.sees(&asked).await), "the desk compares the face");
    let guests = town.guests("hotel-checkin-jp").await;
    assert_eq!(guests.len(), 1);
    assert!(!has_picture(&guests[0]), "a record holds what is kept and nothing else");
    let fields = guests[0]["verdict"]["fields"].as_array().expect("fields");
    assert!(!fields.is_empty() && fields.iter().all(|field| field["kept"] == json!(true)), "{fields:?}");
}

#[tokio::test]
async fn the_portrait_goes_when_the_counter_goes_on() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let asked = town.asks("hotel-checkin-jp").await;
    assert_eq!(town.answered(&asked, &holder).await.status, 200);
    town.asks("hotel-checkin-jp").await;
    assert!(has_picture(&town.sees(&asked).await), "another desk of this window has gone on, this one has not");
    let cookies = format!("{}; {}", town.counter().await, asked.cookie);
    let next = json!({ "scene": "hotel-checkin-jp", "way": "window", "after": asked.id });
    let reply = send(town.page(Method::POST, "/api/checks").header("cookie", cookies).json(&next)).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert!(!has_picture(&town.sees(&asked).await), "the next visitor stands there");
}

#[tokio::test]
async fn the_table_has_the_columns_of_the_scene() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let asked = town.asks("hotel-checkin-jp").await;
    assert_eq!(town.answered(&asked, &holder).await.status, 200);
    let counter = town.counter().await;
    let table = send(town.get("/api/window/guests.csv?scene=hotel-checkin-jp").header("cookie", counter)).await;
    let scene = town.app.scene("hotel-checkin-jp").expect("a scene");
    let headers: Vec<&str> = scene.export.iter().map(|column| column.header.as_str()).collect();
    let text = table.text();
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    assert_eq!(lines.next(), Some(headers.join(",").as_str()));
    assert!(lines.next().is_some_and(|line| line.contains("Aoki")), "{text}");
    assert_eq!(table.header("cache-control"), "no-store");
}
