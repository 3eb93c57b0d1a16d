//! One browser, several tabs: each check has a cookie of its own.

use mibun_presenting::dcql::{Query, VpToken};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::asking::Asked;
use crate::support::calling::{Called, SIGNED, sealed};
use crate::support::wire::{Reply, send};

const SCENE: &str = "hotel-checkin-jp";
const REFUSED: &str = "/window/?refused=return";

/// The cookies of a browser, as it sends them: the oldest first.
struct Browser {
    cookies: Vec<(String, String)>,
}

impl Browser {
    async fn at_the_counter(town: &Town) -> Self {
        let (name, token) = pair(&town.counter().await);
        Self { cookies: vec![(name, token)] }
    }

    fn header(&self) -> String {
        self.cookies.iter().map(|(name, token)| format!("{name}={token}")).collect::<Vec<_>>().join("; ")
    }

    fn checks(&self) -> usize {
        self.cookies.iter().filter(|(name, _)| name.starts_with("mibun_check_")).count()
    }

    fn take(&mut self, reply: &Reply) {
        for cookie in reply.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("a text");
            let (name, token) = pair(cookie.split(';').next().expect("a pair"));
            self.cookies.retain(|(other, _)| *other != name);
            if !cookie.ends_with("Max-Age=0") {
                self.cookies.push((name, token));
            }
        }
    }

    /// One of the tabs opens a check.
    async fn opens(&mut self, town: &Town, more: Value) -> Called {
        let mut new = json!({ "scene": SCENE, "way": "window" });
        new.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let request = town.page(Method::POST, "/api/checks").header("cookie", self.header()).json(&new);
        let reply = send(request).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        self.take(&reply);
        let (view, cookie) = (reply.json(), reply.cookie());
        let text = |name: &str| view[name].as_str().unwrap_or_default().to_owned();
        let (id, scene, link, request_uri) = (text("id"), text("scene"), text("link"), text("request_uri"));
        Called { asked: Asked { id, scene, link, request_uri, cookie }, cookies: self.header() }
    }

    async fn comes_back(&self, town: &Town, back: &str) -> String {
        let reply = send(town.get(back).header("cookie", self.header())).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        reply.header("location").to_owned()
    }
}

fn pair(cookie: &str) -> (String, String) {
    let (name, token) = cookie.split_once('=').expect("a cookie");
    (name.to_owned(), token.to_owned())
}

/// The cookie of `asked` with the secret of `other`.
fn mixed(asked: &Asked, other: &Asked) -> String {
    format!("{}={}", pair(&asked.cookie).0, pair(&other.cookie).1)
}

/// Answers a check on the same device; the answer is the address that the wallet opens.
async fn answered(town: &Town, asked: &Asked) -> String {
    let reply = town.answered(asked, &town.holder().await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["redirect_uri"].as_str().expect("a page to come back to").to_owned()
}

async fn shows_picture(town: &Town, asked: &Asked) -> bool {
    let view = town.sees(asked).await;
    let fields = view["verdict"]["fields"].as_array().expect("fields");
    fields.iter().any(|field| field["path"] == json!(["picture"]))
}

#[tokio::test]
async fn two_tabs_get_their_results_by_redirect() {
    let town = Town::open().await;
    let mut browser = Browser::at_the_counter(&town).await;
    let first = browser.opens(&town, json!({ "way": "same_device" })).await.asked;
    let second = browser.opens(&town, json!({ "way": "same_device" })).await.asked;
    let (first_back, second_back) = (answered(&town, &first).await, answered(&town, &second).await);
    assert_eq!(browser.comes_back(&town, &first_back).await, format!("/window/?check={}", first.id));
    assert_eq!(town.sees(&first).await["state"], "verified");
    assert_eq!(town.sees(&second).await["state"], "scanned", "the other tab still waits");
    assert_eq!(browser.comes_back(&town, &second_back).await, format!("/window/?check={}", second.id));
    assert_eq!(town.sees(&second).await["state"], "verified");
}

#[tokio::test]
async fn two_tabs_bring_what_the_browser_gave_them() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let mut browser = Browser::at_the_counter(&town).await;
    let first = browser.opens(&town, json!({ "way": "browser" })).await;
    let second = browser.opens(&town, json!({ "way": "browser" })).await;
    for mut called in [first, second] {
        called.cookies = browser.header();
        let request = town.read(&called).await;
        let card = town.shows(&holder, &request).presentation();
        let reply = send(town.brings_card(&called, &request, &card)).await;
        assert_eq!((reply.status, &reply.json()["state"]), (200, &"verified".into()), "{}", reply.text());
    }
}

#[tokio::test]
async fn the_secret_of_another_check_releases_nothing() {
    let town = Town::open().await;
    let asked = town.asks_on_the_same_device(SCENE).await;
    let other = town.asks_on_the_same_device(SCENE).await;
    let back = answered(&town, &asked).await;
    let before = town.record().await;
    for cookie in [other.cookie.clone(), mixed(&asked, &other)] {
        let reply = send(town.get(&back).header("cookie", &cookie)).await;
        assert_eq!((reply.status, reply.header("location")), (303, REFUSED));
        assert!(town.record().await == before, "a refused return left a trace in the record");
        town.refuses(town.get(&format!("/api/checks/{}", asked.id)).header("cookie", cookie), 404, "not_found").await;
    }
    let reply = send(town.get(&back).header("cookie", &asked.cookie)).await;
    assert_eq!(reply.header("location"), format!("/window/?check={}", asked.id), "nothing was spent");
}

#[tokio::test]
async fn the_secret_of_another_check_gets_and_brings_nothing() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let (called, other) = (town.calls(json!({})).await, town.calls(json!({})).await);
    let request = town.read(&called).await;
    let card = town.shows(&holder, &request).presentation();
    let cookies = format!("{}; {}", town.counter().await, mixed(&called.asked, &other.asked));
    town.refuses(town.get(&called.address()).header("cookie", &cookies), 403, "forbidden").await;
    let body = json!({ "protocol": SIGNED, "data": sealed(&request, &VpToken::single(Query::CARD, card.clone())) });
    let posting = town.page(Method::POST, &called.address()).header("cookie", &cookies).json(&body);
    town.refuses(posting, 403, "forbidden").await;
    let reply = send(town.brings_card(&called, &request, &card)).await;
    assert_eq!((reply.status, &reply.json()["state"]), (200, &"verified".into()), "nothing was spent");
}

#[tokio::test]
async fn a_check_that_nobody_opened_is_not_there() {
    let town = Town::open().await;
    let asked = town.asks(SCENE).await;
    let cookies = format!("{}; {}", town.counter().await, asked.cookie);
    for address in ["/api/checks/1", "/api/checks/1/events", "/api/checks/1/digital-credential"] {
        town.refuses(town.get(address).header("cookie", &cookies), 404, "not_found").await;
    }
}

#[tokio::test]
async fn a_tab_that_goes_on_takes_only_its_own_check_along() {
    let town = Town::open().await;
    let mut browser = Browser::at_the_counter(&town).await;
    let first = browser.opens(&town, json!({})).await.asked;
    let second = browser.opens(&town, json!({})).await.asked;
    for asked in [&first, &second] {
        assert_eq!(town.answered(asked, &town.holder().await).await.status, 200);
    }
    assert!(shows_picture(&town, &first).await && shows_picture(&town, &second).await);
    browser.opens(&town, json!({ "after": first.id })).await;
    assert!(!shows_picture(&town, &first).await, "its next visitor stands there");
    assert!(shows_picture(&town, &second).await, "the other tab has not gone on");
    assert_eq!(browser.checks(), 2, "the cookie of the first check is gone");
}

#[tokio::test]
async fn a_browser_goes_on_from_no_check_but_its_own() {
    let town = Town::open().await;
    let asked = town.asks(SCENE).await;
    assert_eq!(town.answered(&asked, &town.holder().await).await.status, 200);
    let mut browser = Browser::at_the_counter(&town).await;
    for after in [json!(asked.id), json!("not a check"), Value::Null] {
        browser.opens(&town, json!({ "after": after })).await;
        assert!(shows_picture(&town, &asked).await, "{after}");
    }
}

#[tokio::test]
async fn a_browser_keeps_eight_checks_and_the_oldest_goes_first() {
    let town = Town::open().await;
    let mut browser = Browser::at_the_counter(&town).await;
    let mut opened = Vec::new();
    for _ in 0..9 {
        opened.push(browser.opens(&town, json!({ "way": "same_device" })).await.asked);
        assert!(browser.checks() <= 8);
    }
    let (oldest, next) = (&opened[0], &opened[1]);
    let (oldest_back, next_back) = (answered(&town, oldest).await, answered(&town, next).await);
    assert_eq!(browser.comes_back(&town, &oldest_back).await, REFUSED);
    assert_eq!(browser.comes_back(&town, &next_back).await, format!("/window/?check={}", next.id));
}

#[tokio::test]
async fn with_the_sign_out_every_tab_forgets() {
    let town = Town::open().await;
    let mut browser = Browser::at_the_counter(&town).await;
    let first = browser.opens(&town, json!({})).await.asked;
    let second = browser.opens(&town, json!({})).await.asked;
    for asked in [&first, &second] {
        assert_eq!(town.answered(asked, &town.holder().await).await.status, 200);
    }
    let request = town.page(Method::DELETE, "/api/window/session").header("cookie", browser.header());
    let reply = send(request).await;
    assert_eq!(reply.status, 204, "{}", reply.text());
    browser.take(&reply);
    assert_eq!(browser.cookies, Vec::new());
    assert!(!shows_picture(&town, &first).await && !shows_picture(&town, &second).await);
}
