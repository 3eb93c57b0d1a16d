//! Officers and other people's counters.

use mibun_crypto::totp::TotpSecret;
use mibun_server::work::officers;
use mibun_server::work::windows::{self, NewWindow};
use mibun_trust::Texts;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::Town;
use super::wire::send;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// An officer who can sign in.
pub(crate) struct Officer {
    pub(crate) name: &'static str,
    secret: TotpSecret,
}

impl Officer {
    /// What the authenticator shows now.
    pub(crate) fn code(&self, town: &Town) -> String {
        self.secret.code_at(town.app.clock.now())
    }
}

impl Town {
    pub(crate) async fn officer(&self, name: &'static str) -> Officer {
        let new = officers::add(&self.app, name, PASSWORD).await.expect("an officer");
        Officer { name, secret: from_base32(&new.totp_secret) }
    }

    pub(crate) fn signing_in(&self, name: &str, password: &str, totp: &str) -> RequestBuilder {
        let credentials = json!({ "name": name, "password": password, "totp": totp });
        self.page(Method::POST, "/api/console/session").json(&credentials)
    }

    /// Signs an officer in; the answer is the cookie.
    pub(crate) async fn console(&self, officer: &Officer) -> String {
        let reply = send(self.signing_in(officer.name, PASSWORD, &officer.code(self))).await;
        assert_eq!(reply.status, 204, "{}", reply.text());
        reply.cookie()
    }

    /// A second organisation's window, for these scenes.
    pub(crate) async fn stranger(&self, scenes: &[&str]) -> NewWindow {
        let scenes: Vec<String> = scenes.iter().map(|scene| (*scene).to_owned()).collect();
        let names = Texts::fixed("Utopia Parcels", "小包", "包裹");
        let organisation = windows::add_organisation(&self.app, names, &scenes).await.expect("an organisation");
        windows::add_window(&self.app, organisation, "Counter 1", &scenes).await.expect("a window")
    }

    /// Signs a window in; the answer is its cookie.
    pub(crate) async fn counter_of(&self, window: &NewWindow) -> String {
        let credentials = json!({ "window": window.id.to_string(), "secret": window.secret });
        let reply = send(self.page(Method::POST, "/api/window/session").json(&credentials)).await;
        assert_eq!(reply.status, 204, "{}", reply.text());
        reply.cookie()
    }
}

/// The authenticator's side of RFC 4648 section 6.
fn from_base32(text: &str) -> TotpSecret {
    let mut bits = 0_u64;
    let mut held = 0;
    let mut bytes = Vec::new();
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == letter).expect("base32");
        bits = (bits << 5) | value as u64;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    TotpSecret::from_bytes(bytes.as_slice().try_into().expect("160 bits"))
}
