use std::collections::VecDeque;
use std::time::Duration;

use mibun_chip::reading::Relay;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Desk, Ended, Input, serve};
use crate::address::{Server, Way};
use crate::password::ChipPassword;
use crate::reader::{Reader, ReaderError, Slot};
use crate::relay::tests::server::{ServerLine, apdu, listening, refused};
use crate::text::Language;

/// A chip that answers everything with success, or is taken away.
struct Yes(Result<Vec<u8>, ReaderError>);

impl Reader for Yes {
    fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, ReaderError> {
        self.0.clone()
    }

    fn atr(&self) -> &[u8] {
        &[0x3b]
    }

    fn carries(&self) -> Relay {
        Relay::Short
    }
}

/// A reader on which these come one after another.
#[derive(Default)]
struct Script(VecDeque<Result<Yes, ReaderError>>);

impl Slot for Script {
    type Card = Yes;

    fn card(&mut self, _: Duration) -> Result<Option<Yes>, ReaderError> {
        self.0.pop_front().transpose()
    }

    fn cleared(&mut self, _: Duration) -> Result<bool, ReaderError> {
        Ok(true)
    }
}

fn good() -> Result<Yes, ReaderError> {
    Ok(Yes(Ok(vec![0x90, 0])))
}

/// A counter with this reader in front of a server that lets `then` have the last word about each document.
struct Scene {
    cards: Vec<Result<Yes, ReaderError>>,
    language: Language,
    once: bool,
    screen: bool,
    then: Vec<Value>,
}

/// What the server heard first, what was written, how it ended.
struct Seen {
    firsts: Vec<Value>,
    written: String,
    ended: Ended,
}

impl Scene {
    fn of(then: Vec<Value>) -> Self {
        Self { cards: then.iter().map(|_| good()).collect(), language: Language::En, once: true, screen: false, then }
    }

    async fn play(self, typed: &str) -> Seen {
        let (listener, port) = listening().await;
        let server = Server::new(&format!("http://127.0.0.1:{port}"), None).expect("an address");
        let desk = Desk {
            server,
            slot: Script(self.cards.into()),
            language: self.language,
            once: self.once,
            way: None,
            password: None,
            screen: self.screen,
        };
        let mut input = Input::of(std::io::Cursor::new(typed.to_owned()));
        let mut out = Vec::new();
        let (firsts, ended) = tokio::join!(last_words(listener, self.then), serve(desk, &mut input, &mut out));
        Seen { firsts, written: String::from_utf8(out).expect("UTF-8"), ended: ended.expect("written") }
    }
}

/// Reads one stage of each document, then says what is to be said of it.
async fn last_words(listener: TcpListener, then: Vec<Value>) -> Vec<Value> {
    let mut firsts = Vec::new();
    for last in then {
        let (connection, _) = listener.accept().await.expect("a connection");
        let mut line = ServerLine::accept(Box::new(connection)).await;
        firsts.push(line.hear().await);
        for (stage, done) in [("discovery", 0), ("discovery", 0), ("portrait", 1), ("portrait", 3), ("judging", 4)] {
            line.say(&json!({ "type": "progress", "stage": stage, "done": done, "total": 4 })).await;
        }
        line.say(&apdu(1, &[0, 0xa4, 4, 0])).await;
        line.hear().await;
        line.say(&last).await;
        line.sees_the_end().await;
    }
    firsts
}

fn done() -> Value {
    let document = json!({ "kind": "passport", "country": "UTO", "valid_until": "2036-01-01", "names_match": true,
        "clone_protection": "chip_authentication" });
    json!({ "type": "done", "document": document })
}

fn zone() -> Value {
    json!({ "document_number": "X1234567", "birth_date": "800102", "expiry_date": "360101" })
}

#[tokio::test]
async fn code_number_and_dates_are_asked_for_and_nothing_of_them_is_shown() {
    let seen = Scene::of(vec![done()]).play("abcd-2345\n\nx1234567\n1980-01-02\n2036-01-01\n").await;
    assert_eq!(seen.ended, Ended::Taken);
    assert_eq!((seen.ended.code(), &seen.firsts[0]["password"]), (0, &zone()));
    let expected = "Code in the wallet: Scan the machine-readable zone, or type the card access number (CAN), or press Enter \
                    to type number and dates: Document number: Date of birth (YYYY-MM-DD): Date of expiry (YYYY-MM-DD): \
                    Place the document on the reader and leave it there.\n  Finding the chip …\n  Reading the portrait …\n  \
                    Checking the document …\nDone: the passport was accepted. The person can go on in the wallet.\n";
    assert_eq!(seen.written, expected);
}

#[tokio::test]
async fn a_reader_that_types_zones_serves_as_well() {
    let passport =
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\n\r\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\r\n";
    let seen = Scene::of(vec![done()]).play(&format!("ABCD2345\r\n{passport}")).await;
    let password = json!({ "document_number": "L898902C3", "birth_date": "740812", "expiry_date": "120415" });
    assert_eq!((seen.ended, &seen.firsts[0]["password"]), (Ended::Taken, &password));
    assert!(!seen.written.contains("ERIKSSON") && !seen.written.contains("L898902C3"), "{}", seen.written);
    let seen = Scene::of(vec![done()]).play("ABCD2345\n123456\n").await;
    assert_eq!(seen.firsts[0]["password"], json!({ "can": "123456" }));
}

#[tokio::test]
async fn what_cannot_be_is_asked_for_again() {
    let misread = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C46UTO7408122F1204159ZE184226B<<<<<10\n";
    let typed = format!("ABC\n\nABCD2345\nX1234567\n{misread}\nX1\n31.1.1980\n360101\n\nX/1\n800102\n360101\n654321\n");
    let seen = Scene::of(vec![done()]).play(&typed).await;
    assert_eq!((seen.ended, &seen.firsts[0]["password"]), (Ended::Taken, &json!({ "can": "654321" })));
    for said in [
        "A code has eight letters",
        "neither a machine-readable zone nor",
        "A check digit of the zone",
        "This is no date",
        "cannot be the number",
    ] {
        assert!(seen.written.contains(said), "{said}: {}", seen.written);
    }
}

#[tokio::test]
async fn a_refusal_is_told_in_the_language_of_the_counter() {
    let mut refusal = refused("too_many_requests");
    refusal["retry_after"] = 61.into();
    let scene = Scene { language: Language::Ja, ..Scene::of(vec![refusal]) };
    let seen = scene.play("ABCD2345\n123456\n").await;
    assert_eq!((seen.ended, seen.ended.code()), (Ended::Refused, 3));
    assert!(seen.written.contains("\nja\n") && seen.written.contains("約 2 分"), "{}", seen.written);
    assert!(
        seen.written.contains("新しいコード") && seen.written.ends_with("(too_many_requests)\n"),
        "{}",
        seen.written
    );
    let mut refusal = refused("other_person");
    refusal["retry_allowed"] = false.into();
    let seen = Scene::of(vec![refusal]).play("ABCD2345\n123456\n").await;
    assert!(seen.written.contains("Another try with the same document will not help."), "{}", seen.written);
}

#[tokio::test]
async fn a_document_that_is_taken_away_is_told_by_the_reader() {
    let gone = Ok(Yes(Err(ReaderError::CardRemoved)));
    let scene = Scene { cards: vec![gone], ..Scene::of(vec![refused("chip_unreachable")]) };
    let seen = scene.play("ABCD2345\n123456\n").await;
    assert_eq!((seen.ended, seen.ended.code()), (Ended::Reader(ReaderError::CardRemoved), 4));
    assert!(seen.written.contains("The document was moved."), "{}", seen.written);
}

#[tokio::test]
async fn one_after_another_until_nothing_more_is_typed() {
    let scene = Scene { once: false, ..Scene::of(vec![done(), refused("data_changed")]) };
    let seen = scene.play("ABCD2345\n123456\nBCDE3456\n234567\n").await;
    assert_eq!((seen.ended, seen.ended.code()), (Ended::Closed, 0));
    assert_eq!(seen.firsts.len(), 2);
    assert_eq!(seen.written.matches("Take the document off").count(), 2);
    let seen = Scene::of(Vec::new()).play("ABCD2345\n").await;
    assert_eq!((seen.ended, seen.ended.code()), (Ended::Unfinished, 1));
}

#[tokio::test]
async fn another_document_can_be_put_on_with_the_same_code() {
    let cards = vec![Err(ReaderError::OtherProtocol), Err(ReaderError::Busy), good()];
    let scene = Scene { cards, once: false, ..Scene::of(vec![done()]) };
    let seen = scene.play("ABCD2345\n123456\n").await;
    assert_eq!(seen.firsts.len(), 1);
    assert!(
        seen.written.contains("no contactless chip") && seen.written.contains("Another program"),
        "{}",
        seen.written
    );
    let scene = Scene { cards: vec![Err(ReaderError::OtherProtocol)], ..Scene::of(Vec::new()) };
    assert_eq!(scene.play("ABCD2345\n123456\n").await.ended, Ended::Reader(ReaderError::OtherProtocol));
}

#[tokio::test]
async fn a_reader_that_does_not_work_ends_the_counter() {
    for error in [ReaderError::NoService, ReaderError::NotLetIn, ReaderError::NoReader, ReaderError::UnknownReader] {
        let scene = Scene { cards: vec![Err(error)], once: false, ..Scene::of(Vec::new()) };
        let seen = scene.play("ABCD2345\n123456\nABCD2345\n123456\n").await;
        assert_eq!((seen.ended, seen.ended.code()), (Ended::Reader(error), 4));
        assert!(seen.written.contains(error.text().of(Language::En)), "{}", seen.written);
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_and_nothing_is_asked_that_is_known() {
    let (listener, port) = listening().await;
    drop(listener);
    let desk = Desk {
        server: Server::new(&format!("http://127.0.0.1:{port}"), None).expect("an address"),
        slot: Script(VecDeque::from([good()])),
        language: Language::ZhHans,
        once: true,
        way: Some(Way::terminal("ABCD2345").expect("a code")),
        password: Some(ChipPassword::can("123456").expect("a number")),
        screen: true,
    };
    let mut out = Vec::new();
    let ended = serve(desk, &mut Input::of(std::io::empty()), &mut out).await.expect("written");
    assert_eq!((ended, ended.code()), (Ended::Connection, 5));
    let written = String::from_utf8(out).expect("UTF-8");
    assert!(written.starts_with("请将证件放在读卡器上") && written.contains("无法连接服务器"), "{written}");
}

#[tokio::test]
async fn on_a_screen_the_share_that_has_arrived_is_written_over() {
    let seen = Scene { screen: true, ..Scene::of(vec![done()]) }.play("ABCD2345\n123456\n").await;
    let portrait = "\n  Reading the portrait …\r  Reading the portrait … 70 %\n  Checking the document …\n";
    assert!(seen.written.contains(portrait), "{:?}", seen.written);
}
