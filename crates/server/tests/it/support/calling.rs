//! A page that asks through the browser's API, and a wallet that the browser hands the call to.

use mibun_card::CardFormat;
use mibun_presenting::dc_api::{self, BrowserRequest, Call, CallError, Origin};
use mibun_presenting::dcql::{Query, VpToken};
use mibun_presenting::request::{Accepting, UriPolicy};
use mibun_server::entropy::SystemEntropy;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::Town;
use super::asking::Asked;
use super::issuing::Holder;
use super::showing::Showing;
use super::wire::send;

pub(crate) const SIGNED: &str = "openid4vp-v1-signed";

/// A check that was opened in a page.
pub(crate) struct Called {
    pub(crate) asked: Asked,
    /// The cookies of that page: the window's, and the check's.
    pub(crate) cookies: String,
}

impl Called {
    pub(crate) fn address(&self) -> String {
        format!("/api/checks/{}/digital-credential", self.asked.id)
    }
}

pub(crate) fn origin(text: &str) -> Origin {
    Origin::parse(text, UriPolicy::HttpsOrLoopback).expect("an origin")
}

impl Town {
    /// The origin of our own pages.
    pub(crate) fn origin(&self) -> Origin {
        origin(&self.app.config.server.public_url)
    }

    /// A check opened in the window's page, for its browser.
    pub(crate) async fn calls(&self, more: Value) -> Called {
        let counter = self.counter().await;
        let mut new = json!({ "scene": "hotel-checkin-jp", "way": "browser" });
        new.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let reply = send(self.page(Method::POST, "/api/checks").header("cookie", &counter).json(&new)).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let (view, cookie) = (reply.json(), reply.cookie());
        let text = |name: &str| view[name].as_str().unwrap_or_default().to_owned();
        let cookies = format!("{counter}; {cookie}");
        let asked = Asked {
            id: text("id"),
            scene: text("scene"),
            link: text("link"),
            request_uri: text("request_uri"),
            cookie,
        };
        Called { asked, cookies }
    }

    /// What the page calls the browser with.
    pub(crate) async fn requests(&self, called: &Called) -> Vec<Value> {
        let reply = send(self.get(&called.address()).header("cookie", &called.cookies)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["requests"].as_array().expect("requests").clone()
    }

    /// The signed request, read as a wallet does that is called by the page at `origin`.
    pub(crate) async fn read_at(&self, called: &Called, origin: &Origin) -> Result<BrowserRequest, CallError> {
        let requests = self.requests(called).await;
        assert_eq!(requests[0]["protocol"], SIGNED);
        let accepting = Accepting {
            formats: &[CardFormat::SdJwtVc, CardFormat::Mdoc],
            ..Accepting::haip(std::slice::from_ref(&self.app.keys.root))
        };
        let call = Call { origin, protocol: SIGNED, data: &requests[0]["data"] };
        dc_api::read(&call, &accepting, self.app.clock.now())
    }

    pub(crate) async fn read(&self, called: &Called) -> BrowserRequest {
        self.read_at(called, &self.origin()).await.expect("the request is good")
    }

    /// What an honest holder shows.
    pub(crate) fn shows<'a>(&self, holder: &'a Holder, request: &BrowserRequest) -> Showing<'a> {
        Showing::to(self, holder, &request.query, (&request.audience(), &request.nonce))
    }

    /// The page brings back what the browser gave it.
    pub(crate) fn brings(&self, called: &Called, protocol: &str, data: &Value) -> RequestBuilder {
        let body = json!({ "protocol": protocol, "data": data });
        self.page(Method::POST, &called.address()).header("cookie", &called.cookies).json(&body)
    }

    /// The page brings an answer with this presentation.
    pub(crate) fn brings_card(&self, called: &Called, request: &BrowserRequest, card: &str) -> RequestBuilder {
        self.brings(called, SIGNED, &sealed(request, &VpToken::single(Query::CARD, card)))
    }
}

/// The data of an answer.
pub(crate) fn sealed(request: &BrowserRequest, token: &VpToken) -> Value {
    dc_api::answer(request, token, &mut SystemEntropy::new()).expect("an answer")
}
