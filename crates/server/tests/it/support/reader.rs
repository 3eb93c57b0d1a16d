//! A chip in software on a reader, and the relay between it and the server.

use std::net::IpAddr;

use futures_util::{SinkExt, StreamExt};
use mibun_chip::testing::country::{Country, Person, Signing, ZoneFormat};
use mibun_chip::testing::specimen::{Abilities, zone_dates};
use mibun_chip::virtual_chip::{Profile, VirtualChip};
use mibun_crypto::base64url;
use mibun_registry::{BlobName, run};
use mibun_server::work::journeys::{self, ChipFound, Upgrade};
use mibun_server::work::{WorkError, trust};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::Town;
use super::town::NUMBER;

/// First bytes of a JPEG are all that a reading asks of a portrait; faces have tests of their own.
pub(crate) const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 2, 3, 4, 5, 0xff, 0xd9];

/// A journey with its token.
pub(crate) struct Under {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// What a relay does with a command.
pub(crate) enum Does {
    /// Hands on the chip's answer.
    Answers(Vec<u8>),
    /// Sends this text instead.
    Says(String),
    /// Sends bytes that are no text.
    Sends(Vec<u8>),
    /// Goes away without a word.
    Leaves,
}

/// The state that issued the documents of these tests.
pub(crate) fn utopia(town: &Town) -> Country {
    Country::found("UT", Signing::P256, town.app.clock.now().plus_days(-400), "it")
}

/// The one person of the register, as their passport has it.
pub(crate) fn kenzaburo() -> Person {
    let date = |text: &str| text.parse().expect("a date");
    Person {
        format: ZoneFormat::Td3,
        issuing_state: "UTO".to_owned(),
        document_number: "X1234567".to_owned(),
        nationality: "JPN".to_owned(),
        birth: date("1980-01-02"),
        sex: 'M',
        expiry: date("2036-01-01"),
        surname: "AOKIGAHARA".to_owned(),
        given_names: "KENZABURO".to_owned(),
        full_name: None,
    }
}

/// The passport of the one person.
pub(crate) fn passport(country: &mut Country, can: Abilities) -> Profile {
    country.specimen(&kenzaburo(), JPEG, can)
}

pub(crate) fn by_zone(person: &Person) -> Value {
    let [birth, expiry] = zone_dates(person);
    json!({ "document_number": person.document_number, "birth_date": birth, "expiry_date": expiry })
}

/// One end of a WebSocket.
pub(crate) struct Line(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Line {
    pub(crate) async fn open(town: &Town, path: &str) -> Self {
        let address = town.app.url(path).replacen("http", "ws", 1);
        Self(tokio_tungstenite::connect_async(address).await.expect("the server takes the connection").0)
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.expect("sent");
    }

    pub(crate) async fn send(&mut self, message: Message) {
        self.0.send(message).await.expect("sent");
    }

    /// Sends what the server may cut off while it is on its way.
    pub(crate) async fn throw(&mut self, message: Message) {
        let _ = self.0.send(message).await;
    }

    /// The next message of the server; none once it has closed.
    pub(crate) async fn hear(&mut self) -> Option<Value> {
        while let Some(message) = self.0.next().await {
            match message.ok()? {
                Message::Text(text) => return Some(serde_json::from_str(text.as_str()).expect("JSON")),
                Message::Close(_) => return None,
                _ => {}
            }
        }
        None
    }

    /// The next command, progress passed over.
    pub(crate) async fn command(&mut self) -> Result<(u64, Vec<u8>), Value> {
        loop {
            let message = self.hear().await.expect("the server says how it ended");
            match message["type"].as_str() {
                Some("apdu") => {
                    let bytes = base64url::decode(message["bytes"].as_str().expect("a text")).expect("base64url");
                    return Ok((message["n"].as_u64().expect("a number"), bytes));
                }
                Some("progress") => {}
                _ => return Err(message),
            }
        }
    }

    pub(crate) async fn answer(&mut self, n: u64, bytes: &[u8]) {
        self.say(&json!({ "type": "response", "n": n, "bytes": base64url::encode(bytes) })).await;
    }

    /// Relays until the server has the last word, which is returned; nothing when the relay left.
    pub(crate) async fn relay(&mut self, mut does: impl FnMut(u64, Vec<u8>) -> Does) -> Option<Value> {
        loop {
            let (n, command) = match self.command().await {
                Ok(command) => command,
                Err(last) => return Some(last),
            };
            match does(n, command) {
                Does::Answers(bytes) => self.answer(n, &bytes).await,
                Does::Says(text) => self.send(Message::text(text)).await,
                Does::Sends(bytes) => self.send(Message::binary(bytes)).await,
                Does::Leaves => return None,
            }
        }
    }
}

impl Town {
    /// Believes documents of this state.
    pub(crate) async fn trusts(&self, country: &Country) {
        let imported = trust::import_certificates(&self.app, &country.authority.certificate, "utopia.cer").await;
        assert_eq!(imported.expect("imported").refused, []);
    }

    /// A journey to a full card for the one person.
    pub(crate) async fn upgrading(&self) -> Under {
        self.upgrading_as(NUMBER, "Aokigahara Kenzaburo").await
    }

    pub(crate) async fn upgrading_as(&self, number: &str, name: &str) -> Under {
        let source = IpAddr::from([127, 0, 0, 1]);
        let opened = journeys::open(&self.app, source, number, name).await.expect("a journey");
        let under = Under { id: opened.id.to_string(), token: opened.token };
        let mut journey = journeys::authorise(&self.app, &under.id, &under.token).await.expect("the token");
        journey.state.upgrade = Some(Upgrade::default());
        run(&*self.app.registry, "test.upgrade", |unit| {
            let (mut journey, app) = (journey.clone(), &self.app);
            Box::pin(async move {
                journeys::save(app, unit, &mut journey).await?;
                Ok::<_, WorkError>(())
            })
        })
        .await
        .expect("stored");
        under
    }

    /// The chip of a journey, if one was taken.
    pub(crate) async fn chip_of(&self, under: &Under) -> Option<ChipFound> {
        let journey = journeys::authorise(&self.app, &under.id, &under.token).await.expect("the token");
        journey.state.upgrade.and_then(|upgrade| upgrade.chip)
    }

    /// The row of a journey and whether a portrait lies with it: what a refused reading must not change.
    pub(crate) async fn kept(&self, under: &Under) -> (mibun_registry::Journey, bool) {
        let id = under.id.parse().expect("an identifier");
        let mut unit = self.app.registry.read().await.expect("the record");
        let row = unit.journey(id).await.expect("the record").expect("the journey");
        (row, unit.blob(id, BlobName::ChipPortrait).await.expect("the record").is_some())
    }

    pub(crate) async fn line_of(&self, under: &Under) -> Line {
        Line::open(self, &format!("/api/journeys/{}/chip", under.id)).await
    }

    /// Reads a chip for a journey with this password; the server's last word.
    pub(crate) async fn reads(&self, under: &Under, password: Value, profile: Profile) -> Value {
        let mut line = self.line_of(under).await;
        line.say(&first(under, password, json!({ "extended": false }))).await;
        let mut chip = VirtualChip::new(profile, "it");
        line.relay(|_, command| Does::Answers(chip.transmit(&command))).await.expect("a last word")
    }

    /// Reads a chip that is to be refused, and sees that the journey is as it was.
    pub(crate) async fn refuses_chip(&self, under: &Under, password: Value, profile: Profile, code: &str) {
        let before = self.kept(under).await;
        let last = self.reads(under, password, profile).await;
        assert_refused(&last, code);
        assert!(self.kept(under).await == before, "a refused reading changed the journey ({code})");
    }
}

/// The first message of the holder's own device.
pub(crate) fn first(under: &Under, password: Value, relay: Value) -> Value {
    json!({ "token": under.token, "password": password, "relay": relay })
}

/// A refusal with this code and a sentence in every language.
pub(crate) fn assert_refused(last: &Value, code: &str) {
    assert_eq!((last["type"].as_str(), last["code"].as_str()), (Some("refused"), Some(code)), "{last}");
    for language in ["en", "ja", "zh-Hans"] {
        assert!(last["message"][language].as_str().is_some_and(|text| !text.is_empty()), "{last}");
    }
}
