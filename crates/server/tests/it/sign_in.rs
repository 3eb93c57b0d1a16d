//! Officers signing in: whatever is wrong, the answer is the same, and tries are counted.

use reqwest::{Method, RequestBuilder};

use crate::support::Town;
use crate::support::staff::{Officer, PASSWORD};
use crate::support::wire::send;

/// A code that the authenticator does not show now, before or after.
fn wrong_code(town: &Town, officer: &Officer) -> String {
    crate::support::issuing::another(&officer.code(town))
}

/// A refused try: told like every other, and counted once, with no session to show for it.
async fn counted(town: &Town, request: RequestBuilder) {
    let reply = send(request).await;
    assert_eq!(reply.told(), (401, "unauthorized".to_owned()), "{}", reply.text());
    assert_eq!(reply.cookie(), "");
    let officers = town.app.registry.read().await.expect("the record").officers().await.expect("officers");
    assert_eq!(officers[0].failed_tries, 1);
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_counted() {
    let town = Town::open().await;
    let officer = town.officer("inspector").await;
    counted(&town, town.signing_in("inspector", "wrong horse battery", &officer.code(&town))).await;
}

#[tokio::test]
async fn a_wrong_code_is_refused_and_counted() {
    let town = Town::open().await;
    let officer = town.officer("inspector").await;
    counted(&town, town.signing_in("inspector", PASSWORD, &wrong_code(&town, &officer))).await;
}

#[tokio::test]
async fn an_empty_code_is_refused_and_counted() {
    let town = Town::open().await;
    town.officer("inspector").await;
    counted(&town, town.signing_in("inspector", PASSWORD, "")).await;
}

#[tokio::test]
async fn an_unknown_name_is_refused_the_same_way() {
    let town = Town::open().await;
    let officer = town.officer("inspector").await;
    let request = town.signing_in("nobody", PASSWORD, &officer.code(&town));
    town.refuses(request, 401, "unauthorized").await;
}

#[tokio::test]
async fn a_code_is_good_once() {
    let town = Town::open().await;
    let officer = town.officer("inspector").await;
    let code = officer.code(&town);
    town.console(&officer).await;
    counted(&town, town.signing_in("inspector", PASSWORD, &code)).await;
}

#[tokio::test]
async fn of_eight_sign_ins_with_one_code_one_succeeds() {
    let town = Town::open().await;
    let officer = town.officer("inspector").await;
    let code = officer.code(&town);
    let tries = (0..8).map(|_| send(town.signing_in("inspector", PASSWORD, &code)));
    let replies = futures_util::future::join_all(tries).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 204).count(), 1);
}

#[tokio::test]
async fn five_wrong_tries_lock_the_account_for_a_while() {
    let town = Town::open().await;
    let officer = town.officer("inspector").await;
    for _ in 0..5 {
        let reply = send(town.signing_in("inspector", "wrong horse battery", &officer.code(&town))).await;
        assert_eq!(reply.told(), (401, "unauthorized".to_owned()));
    }
    let right = town.signing_in("inspector", PASSWORD, &officer.code(&town));
    let locked = town.refuses(right, 429, "too_many_requests").await;
    assert_eq!(locked.header("retry-after"), "900");
    town.clock.advance_seconds(900);
    town.console(&officer).await;
}

#[tokio::test]
async fn a_sign_in_of_another_site_is_refused() {
    let town = Town::open().await;
    let officer = town.officer("inspector").await;
    let credentials = serde_json::json!({ "name": "inspector", "password": PASSWORD, "totp": officer.code(&town) });
    town.refuses(town.post("/api/console/session").json(&credentials), 403, "forbidden").await;
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let town = Town::open().await;
    let form = [("name", "inspector"), ("password", PASSWORD), ("totp", "000000")];
    let request = town.page(Method::POST, "/api/console/session").form(&form);
    town.refuses(request, 415, "unsupported_media_type").await;
}

#[tokio::test]
async fn a_sign_in_with_a_name_twice_is_refused() {
    let town = Town::open().await;
    let body = r#"{"name":"inspector","name":"chief","password":"x","totp":"000000"}"#;
    let request = town.page(Method::POST, "/api/console/session").header("content-type", "application/json").body(body);
    town.refuses(request, 400, "malformed_json").await;
}

#[tokio::test]
async fn a_session_ends_by_signing_out() {
    let town = Town::open().await;
    let officer = town.officer("inspector").await;
    let cookie = town.console(&officer).await;
    assert_eq!(send(town.get("/api/console/me").header("cookie", &cookie)).await.json()["name"], "inspector");
    let out = send(town.page(Method::DELETE, "/api/console/session").header("cookie", &cookie)).await;
    assert_eq!(out.status, 204);
    town.refuses(town.get("/api/console/me").header("cookie", &cookie), 401, "unauthorized").await;
}

#[tokio::test]
async fn a_session_ends_after_eight_hours() {
    let town = Town::open().await;
    let officer = town.officer("inspector").await;
    let cookie = town.console(&officer).await;
    town.clock.advance_seconds(8 * 3600);
    town.refuses(town.get("/api/console/me").header("cookie", &cookie), 401, "unauthorized").await;
}

#[tokio::test]
async fn the_cookie_is_closed_to_scripts_and_other_sites() {
    let town = Town::open().await;
    let officer = town.officer("inspector").await;
    let reply = send(town.signing_in("inspector", PASSWORD, &officer.code(&town))).await;
    let cookie = reply.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
}
