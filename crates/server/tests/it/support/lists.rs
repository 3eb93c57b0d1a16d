//! Where an attester publishes status lists: on this machine, a text per address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use mibun_crypto::time::Timestamp;
use mibun_status::Status;
use mibun_status::list::StatusList;
use mibun_status::token::{self, Claims};
use serde_json::{Value, json};

use super::wallets::Provider;

/// Entries of the lists.
pub(crate) const VALID: u64 = 0;
pub(crate) const INVALID: u64 = 1;
pub(crate) const SUSPENDED: u64 = 2;
pub(crate) const BEYOND: u64 = 16;

/// Lists that anybody can fetch.
pub(crate) struct Lists {
    origin: String,
    texts: Arc<Mutex<HashMap<String, String>>>,
    asked: Arc<Mutex<usize>>,
}

impl Lists {
    pub(crate) async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let (texts, asked) = (Arc::<Mutex<HashMap<String, String>>>::default(), Arc::<Mutex<usize>>::default());
        let (served, counted) = (Arc::clone(&texts), Arc::clone(&asked));
        let answer = move |uri: Uri| {
            *counted.lock().expect("a number") += 1;
            let text = served.lock().expect("texts").get(uri.path()).cloned();
            std::future::ready(text.ok_or(StatusCode::NOT_FOUND).into_response())
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        Self { origin, texts, asked }
    }

    pub(crate) fn uri(&self, name: &str) -> String {
        format!("{}/{name}", self.origin)
    }

    /// How often anybody asked.
    pub(crate) fn asked(&self) -> usize {
        *self.asked.lock().expect("a number")
    }

    /// Publishes a text; the answer is its address.
    pub(crate) fn publish(&self, name: &str, text: String) -> String {
        self.texts.lock().expect("texts").insert(format!("/{name}"), text);
        self.uri(name)
    }

    /// Publishes the provider's list of the usual entries.
    pub(crate) fn publish_list(&self, name: &str, provider: &Provider, now: Timestamp) -> String {
        self.publish_with(name, provider, now, |_| {})
    }

    /// The same, with its claims changed before it is signed.
    pub(crate) fn publish_with(
        &self,
        name: &str,
        provider: &Provider,
        now: Timestamp,
        change: impl FnOnce(&mut Claims),
    ) -> String {
        self.publish_of(name, provider, &[Status::Valid, Status::Invalid, Status::Suspended], |claims| {
            claims.issued_at = now;
            change(claims);
        })
    }

    /// A list of these entries, and valid ones after them, with its claims changed before it is signed.
    pub(crate) fn publish_of(
        &self,
        name: &str,
        provider: &Provider,
        entries: &[Status],
        change: impl FnOnce(&mut Claims),
    ) -> String {
        let mut list = StatusList::new(2, 16).expect("a list");
        for (index, status) in (0..).zip(entries) {
            list.set(index, *status).expect("an entry");
        }
        let mut claims = Claims { subject: self.uri(name), issued_at: Timestamp(0), expires_at: None, ttl: Some(600) };
        change(&mut claims);
        let text = token::encode(&claims, &list, &[provider.leaf.der().to_vec()], &provider.key).expect("signed");
        self.publish(name, text)
    }
}

/// The claim that names an entry.
pub(crate) fn entry(uri: &str, index: u64) -> Value {
    json!({ "status_list": { "idx": index, "uri": uri } })
}
