//! After a whole walk, nothing that says who the person is stands in the record's file or in the log.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use mibun_crypto::base64url;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::Town;
use crate::support::town::{CANARIES, NUMBER};
use crate::support::wire::send;

/// Everything that was logged, until it is taken.
#[derive(Clone)]
struct Log(Arc<Mutex<Option<Vec<u8>>>>);

impl Log {
    /// Listens to the whole process: every test has the same person in it, so that none of them may say who it is.
    fn open() -> Self {
        let log = Self(Arc::new(Mutex::new(Some(Vec::new()))));
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(log.clone());
        tracing::subscriber::set_global_default(subscriber.finish()).expect("nobody else listens");
        log
    }

    fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().expect("taken once")
    }
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        if let Some(kept) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            kept.extend_from_slice(line);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// Everything that is done with a person's data, by everybody.
async fn everything(town: &Town) {
    let officer = town.officer("inspector").await;
    let cookie = town.console(&officer).await;
    let holder = town.holder().await;
    for scene in ["hotel-checkin-jp", "bank-account"] {
        let asked = town.asks(scene).await;
        town.answered(&asked, &holder).await;
        town.sees(&asked).await;
    }
    assert_eq!(town.guests("hotel-checkin-jp").await.len(), 1);
    for query in [NUMBER, "Aokigahara Kenzaburo", "青木ヶ原健三郎"] {
        let mut address = url::Url::parse(&town.app.url("/api/console/people")).expect("an address");
        address.query_pairs_mut().append_pair("query", query);
        let found = town.get(address.as_str()).header("cookie", &cookie);
        assert_eq!(send(found).await.json()["people"].as_array().map(Vec::len), Some(1), "{query}");
    }
    let journey = serde_json::json!({ "number": NUMBER, "name": "Aokigahara Kenzaburo" });
    assert_eq!(send(town.page(reqwest::Method::POST, "/api/journeys").json(&journey)).await.status, 201);
    town.revoke_all().await;
}

#[tokio::test]
async fn neither_record_nor_log_says_who_it_is() {
    let log = Log::open();
    let town = Town::open().await;
    everything(&town).await;
    let record = town.bytes_on_disk().await;
    let log = log.take();
    assert!(holds(&log, "/api/console/people") && holds(&log, "mibun_server"), "the log was captured");
    assert!(holds(&record, "Utopia Grand Hotel"), "the record was read: names of organisations are public");
    for canary in CANARIES {
        for spelling in [canary.to_owned(), canary.to_lowercase(), base64url::encode(canary.as_bytes())] {
            assert!(!holds(&record, &spelling), "{spelling} stands in the record");
            assert!(!holds(&log, &spelling), "{spelling} stands in the log");
        }
    }
}

#[tokio::test]
async fn secrets_are_not_stored_in_the_clear() {
    let town = Town::open().await;
    let officer = town.officer("inspector").await;
    let cookie = town.console(&officer).await;
    let offered = town.offered().await;
    let token = town.token_for(&offered).await;
    let holder = town.holder().await;
    let asked = town.asks("hotel-checkin-jp").await;
    let request = town.fetched(&asked).await;
    let secrets = [
        offered.code,
        token,
        holder.token,
        cookie.split_once('=').expect("a cookie").1.to_owned(),
        asked.cookie.split_once('=').expect("a cookie").1.to_owned(),
        town.hotel.secret.clone(),
        request.nonce,
        request.state.expect("a state"),
    ];
    let record = town.bytes_on_disk().await;
    for secret in secrets {
        assert!(secret.len() >= 16 && !holds(&record, &secret), "a secret stands in the record");
    }
}
