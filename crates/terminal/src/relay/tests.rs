mod misbehaving;
pub(crate) mod server;
mod tls;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mibun_chip::reading::Relay;
use serde_json::{Value, json};

use super::{Fault, Limits, RelayError, relay};
use crate::address::{Server, Way};
use crate::outcome::{Outcome, Progress, Stage};
use crate::password::ChipPassword;
use crate::reader::{Reader, ReaderError};
use crate::text::Language;
use server::{ServerLine, apdu, refused, served};

/// Answers every command with these bytes, and remembers the commands.
struct Parrot {
    says: Result<Vec<u8>, ReaderError>,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
    takes: Duration,
    carries: Relay,
}

impl Parrot {
    fn new(says: Result<Vec<u8>, ReaderError>) -> Self {
        Self { says, heard: Arc::default(), takes: Duration::ZERO, carries: Relay::Short }
    }
}

impl Reader for Parrot {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ReaderError> {
        std::thread::sleep(self.takes);
        self.heard.lock().expect("heard").push(command.to_vec());
        self.says.clone()
    }

    fn atr(&self) -> &[u8] {
        &[0x3b]
    }

    fn carries(&self) -> Relay {
        self.carries
    }
}

fn zone() -> ChipPassword {
    ChipPassword::fields("X1234567", "800102", "360101").expect("a zone")
}

fn short() -> Limits {
    Limits {
        connecting: Duration::from_secs(5),
        chip: Duration::from_millis(300),
        server: Duration::from_millis(900),
        whole: Duration::from_secs(5),
    }
}

/// Relays a parrot for a terminal; the outcome.
async fn relayed(address: &str, reader: Parrot) -> Result<Outcome, RelayError> {
    let server = Server::new(address, None).expect("an address").with_limits(short());
    let way = Way::terminal("ABCD2345").expect("a code");
    relay(&server, &way, &zone(), reader, &mut |_| {}).await
}

fn good() -> Parrot {
    Parrot::new(Ok(vec![0x90, 0]))
}

#[tokio::test]
async fn commands_go_to_the_chip_and_answers_back_until_the_last_word() {
    let mut seen = Vec::new();
    let reader = good();
    let heard = reader.heard.clone();
    let serve = async |line: &mut ServerLine| {
        let zone = json!({ "document_number": "X1234567", "birth_date": "800102", "expiry_date": "360101" });
        assert_eq!(line.hear().await, json!({ "password": zone, "relay": { "extended": false } }));
        for n in 1..=3 {
            line.say(&json!({ "type": "progress", "stage": "data", "done": n, "total": 9, "more": true })).await;
            line.say(&apdu(n, &[0, 0xb0, 1, 0, 0])).await;
            assert_eq!(line.hear().await, json!({ "type": "response", "n": n, "bytes": "kAA" }));
        }
        let document = json!({ "kind": "passport", "country": "UTO", "valid_until": "2036-01-01", "names_match": true,
            "clone_protection": null });
        line.say(&json!({ "type": "done", "document": document })).await;
        line.sees_the_end().await;
        assert_eq!(line.path, "/api/terminal/ABCD2345/chip");
    };
    let outcome = served(serve, async |address| {
        let server = Server::new(&address, None).expect("an address");
        let way = Way::terminal("abcd-2345").expect("a code");
        relay(&server, &way, &zone(), reader, &mut |progress: Progress| seen.push(progress)).await
    });
    let outcome = outcome.await;
    let Ok(Outcome::Done { document }) = outcome else { panic!("{outcome:?}") };
    assert_eq!((document.kind.as_str(), document.country.as_str()), ("passport", "UTO"));
    assert!(!format!("{document:?}").contains("2036"), "{document:?}");
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[1], Progress { stage: Stage::Data, done: 2, total: 9 });
    assert_eq!(heard.lock().expect("heard").len(), 3);
}

#[tokio::test]
async fn the_holders_own_device_sends_its_token_and_what_its_reader_carries() {
    let serve = async |line: &mut ServerLine| {
        let first = line.hear().await;
        assert_eq!(first["token"], "secret");
        assert_eq!(first["relay"], json!({ "extended": true, "longest_response": 32_768 }));
        assert_eq!(first["password"], json!({ "can": "123456" }));
        assert_eq!(line.path, "/api/journeys/0123/chip");
        line.say(&refused("not_possible_now")).await;
    };
    let outcome = served(serve, async |address| {
        let server = Server::new(&address, None).expect("an address");
        let way = Way::holder("0123", "secret").expect("a journey");
        let reader = Parrot { carries: Relay::Extended { longest_response: 65_538 }, ..good() };
        let password = ChipPassword::can("123456").expect("a number");
        relay(&server, &way, &password, reader, &mut |_| {}).await
    });
    outcome.await.expect("a last word");
}

#[tokio::test]
async fn a_refusal_says_why_and_when_again() {
    let serve = async |line: &mut ServerLine| {
        line.hear().await;
        let mut refusal = refused("too_many_requests");
        refusal["retry_after"] = 17.into();
        refusal["message"]["en"] = "Wait.\u{1b}[31m".into();
        line.say(&refusal).await;
    };
    let outcome = served(serve, async |address| relayed(&address, good()).await).await;
    let Ok(Outcome::Refused(refusal)) = outcome else { panic!("{outcome:?}") };
    assert_eq!((refusal.code.as_str(), refusal.retry_allowed), ("too_many_requests", true));
    assert_eq!((refusal.retry_after, refusal.reader), (Some(17), None));
    assert_eq!(refusal.message.of(Language::En), "Wait.[31m");
    assert_eq!(refusal.message.of(Language::ZhHans), "zh");
}

/// The server is told by an empty answer, and has the last word all the same.
async fn chip_fails(reader: Parrot) -> Option<ReaderError> {
    let serve = async |line: &mut ServerLine| {
        line.hear().await;
        line.say(&apdu(1, &[0, 0xa4, 4, 0])).await;
        assert_eq!(line.hear().await, json!({ "type": "response", "n": 1, "bytes": "" }));
        // A server that goes on gets no more than that.
        line.say(&apdu(2, &[0, 0xa4, 4, 0])).await;
        assert_eq!(line.hear().await, json!({ "type": "response", "n": 2, "bytes": "" }));
        line.say(&refused("chip_unreachable")).await;
    };
    let outcome = served(serve, async |address| relayed(&address, reader).await).await;
    let Ok(Outcome::Refused(refusal)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(refusal.code.as_str(), "chip_unreachable");
    refusal.reader
}

#[tokio::test]
async fn a_card_that_is_taken_away_is_told_to_both_sides() {
    assert_eq!(chip_fails(Parrot::new(Err(ReaderError::CardRemoved))).await, Some(ReaderError::CardRemoved));
}

#[tokio::test]
async fn a_chip_that_takes_too_long_does_not_answer() {
    let slow = Parrot { takes: Duration::from_millis(700), ..good() };
    assert_eq!(chip_fails(slow).await, Some(ReaderError::CardMute));
}

#[tokio::test]
async fn an_answer_that_no_message_holds_is_not_sent() {
    assert_eq!(chip_fails(Parrot::new(Ok(vec![0; 40_000]))).await, Some(ReaderError::TooLong));
}
