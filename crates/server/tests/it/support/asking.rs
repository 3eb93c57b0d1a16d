//! A counter that asks, over HTTP.

use mibun_card::CardFormat;
use mibun_presenting::request::{Accepting, Authentication, RequestLink, UriPolicy, VerifiedRequest, verify};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::Town;
use super::wire::send;

/// The nonce of the wallet in these tests.
pub(crate) const WALLET_NONCE: &str = "pZ3vQ8mK1xT6bN0cR5yWjA";

/// A check that was opened.
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) scene: String,
    pub(crate) link: String,
    pub(crate) request_uri: String,
    /// The cookie of the browser it was opened in.
    pub(crate) cookie: String,
}

impl Town {
    /// Signs the hotel's window in; the answer is its cookie.
    pub(crate) async fn counter(&self) -> String {
        let credentials = json!({ "window": self.hotel.id.to_string(), "secret": self.hotel.secret });
        let reply = send(self.page(Method::POST, "/api/window/session").json(&credentials)).await;
        assert_eq!(reply.status, 204, "{}", reply.text());
        reply.cookie()
    }

    /// The window asks in a scene, by its moving code, for an encrypted answer.
    pub(crate) async fn asks(&self, scene: &str) -> Asked {
        self.asks_as(json!({ "scene": scene, "way": "window" })).await
    }

    /// The same for an answer in the open.
    pub(crate) async fn asks_in_the_open(&self, scene: &str) -> Asked {
        self.asks_as(json!({ "scene": scene, "way": "window", "encrypted": false })).await
    }

    pub(crate) async fn asks_on_the_same_device(&self, scene: &str) -> Asked {
        self.asks_as(json!({ "scene": scene, "way": "same_device" })).await
    }

    pub(crate) async fn asks_as(&self, new: Value) -> Asked {
        let counter = self.counter().await;
        let reply = send(self.page(Method::POST, "/api/checks").header("cookie", counter).json(&new)).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let view = reply.json();
        let text = |name: &str| view[name].as_str().expect("a text").to_owned();
        Asked {
            id: text("id"),
            scene: text("scene"),
            link: text("link"),
            request_uri: text("request_uri"),
            cookie: reply.cookie(),
        }
    }

    /// What the window sees of a check.
    pub(crate) async fn sees(&self, asked: &Asked) -> Value {
        let counter = self.counter().await;
        let reply = send(self.get(&format!("/api/checks/{}", asked.id)).header("cookie", counter)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    /// What the window keeps of a scene.
    pub(crate) async fn guests(&self, scene: &str) -> Vec<Value> {
        let counter = self.counter().await;
        let reply = send(self.get(&format!("/api/window/guests?scene={scene}")).header("cookie", counter)).await;
        reply.json().as_array().expect("a list").clone()
    }

    /// Fetching a request by POST with this nonce.
    pub(crate) fn fetching(&self, asked: &Asked, wallet_nonce: &str) -> RequestBuilder {
        self.post(&asked.request_uri).form(&[("wallet_nonce", wallet_nonce)])
    }

    /// The request, fetched and verified as a wallet does.
    pub(crate) async fn fetched(&self, asked: &Asked) -> VerifiedRequest {
        let reply = send(self.fetching(asked, WALLET_NONCE)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let link = RequestLink::parse(&asked.link, UriPolicy::HttpsOrLoopback).expect("a link");
        let authentication = Authentication {
            link: &link,
            wallet_nonce: Some(WALLET_NONCE),
            accepting: Accepting {
                formats: &[CardFormat::SdJwtVc, CardFormat::Mdoc],
                ..Accepting::haip(std::slice::from_ref(&self.app.keys.root))
            },
            policy: UriPolicy::HttpsOrLoopback,
            now: self.app.clock.now(),
        };
        verify(&reply.text(), &authentication).expect("the request is good")
    }
}
