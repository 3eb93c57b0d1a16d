//! Requests as anybody could send them, and what came back.

use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::Town;

/// What the server answered.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON ({}): {}", self.status, self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Status and error code, whichever of the two forms of refusal it is; no code for anything else.
    pub(crate) fn told(&self) -> (u16, String) {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let code = body.get("error").or_else(|| body.get("code")).and_then(Value::as_str);
        (self.status, code.unwrap_or_default().to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The cookie that the answer sets, as a browser would send it back.
    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    }
}

/// Sends a request.
pub(crate) async fn send(request: RequestBuilder) -> Reply {
    let response = request.send().await.expect("the server answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Reply { status, headers, body: response.bytes().await.expect("a whole answer").to_vec() }
}

impl Town {
    /// A request to an address of the server, or to a whole one.
    pub(crate) fn request(&self, method: Method, address: &str) -> RequestBuilder {
        let whole = if address.starts_with("http") { address.to_owned() } else { self.app.url(address) };
        self.http.request(method, whole)
    }

    pub(crate) fn get(&self, address: &str) -> RequestBuilder {
        self.request(Method::GET, address)
    }

    pub(crate) fn post(&self, address: &str) -> RequestBuilder {
        self.request(Method::POST, address)
    }

    /// A request of one of our own pages: with the header that other sites cannot send.
    pub(crate) fn page(&self, method: Method, address: &str) -> RequestBuilder {
        self.request(method, address).header("x-mibun", "1")
    }
}
