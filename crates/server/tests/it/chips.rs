//! Chips of documents, read over a WebSocket whose other end holds a chip in software.

use mibun_chip::testing::country::Person;
use mibun_chip::testing::specimen::{Abilities, CAN};
use mibun_chip::virtual_chip::VirtualChip;
use mibun_server::work::{WorkError, chips};
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::reader::{Does, JPEG, Under, assert_refused, by_zone, first, kenzaburo, passport, utopia};

const COLOUR: &[u8] = include_bytes!("../../../inference/src/decode/jpeg2000/colour.jp2");

async fn town() -> (Town, mibun_chip::testing::country::Country) {
    let town = Town::open().await;
    let country = utopia(&town);
    town.trusts(&country).await;
    (town, country)
}

async fn portrait(town: &Town, under: &Under) -> Result<Vec<u8>, WorkError> {
    let mut unit = town.app.registry.read().await.expect("the record");
    chips::portrait(&town.app, &mut *unit, under.id.parse().expect("an identifier")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_genuine_chip_is_taken_over_every_way_that_opens_it() {
    let (town, mut country) = town().await;
    let zone = by_zone(&kenzaburo());
    let active = Abilities { active_authentication: true, ..Abilities::EARLY };
    let bac = Abilities { chip_authentication: true, ..Abilities::EARLY };
    let ways = [
        (Abilities::ALL, zone.clone(), "chip_authentication"),
        (Abilities::ALL, json!({ "can": CAN }), "chip_authentication"),
        (bac, zone.clone(), "chip_authentication"),
        (active, zone, "active_authentication"),
    ];
    for (can, password, protection) in ways {
        let under = town.upgrading().await;
        let last = town.reads(&under, password, passport(&mut country, can)).await;
        let expected = json!({ "type": "done", "document": { "kind": "passport", "country": "UTO",
            "valid_until": "2036-01-01", "names_match": true, "clone_protection": protection } });
        assert_eq!(last, expected, "{can:?}");
        let found = town.chip_of(&under).await.expect("the chip is in the journey");
        assert_eq!((found.at, found.valid_until), (town.app.clock.now(), kenzaburo().expiry));
        assert_eq!(found.clone_protection.map(|protection| protection.as_str()), Some(protection));
        assert_eq!(portrait(&town, &under).await.expect("the portrait"), JPEG);
    }
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_of_extended_length_needs_fewer_commands() {
    let (town, mut country) = town().await;
    let large = [JPEG, &[0x5a; 9_000], &[0xff, 0xd9]].concat();
    let mut counts = Vec::new();
    for relay in [json!({ "extended": false }), json!({ "extended": true, "longest_response": 4096 })] {
        let under = town.upgrading().await;
        let mut chip = VirtualChip::new(country.specimen(&kenzaburo(), &large, Abilities::ALL), "it");
        let mut line = town.line_of(&under).await;
        line.say(&first(&under, by_zone(&kenzaburo()), relay)).await;
        let last = line.relay(|_, command| Does::Answers(chip.transmit(&command))).await.expect("a last word");
        assert_eq!(last["type"], "done", "{last}");
        assert!(line.hear().await.is_none(), "the server closes after its last word");
        counts.push(chip.commands());
    }
    assert!(counts[1] + 20 < counts[0], "{counts:?}");
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portrait_in_jpeg_2000_is_kept_as_jpeg() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let chip = country.specimen(&kenzaburo(), COLOUR, Abilities::ALL);
    assert_eq!(town.reads(&under, by_zone(&kenzaburo()), chip).await["type"], "done");
    assert!(portrait(&town, &under).await.expect("the portrait").starts_with(&[0xff, 0xd8, 0xff]));
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_sees_how_far_the_reading_is() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let mut chip = VirtualChip::new(passport(&mut country, Abilities::ALL), "it");
    let mut line = town.line_of(&under).await;
    line.say(&first(&under, by_zone(&kenzaburo()), json!({ "extended": false }))).await;
    let mut stages = Vec::new();
    while let Some(message) = line.hear().await {
        match message["type"].as_str() {
            Some("progress") => {
                assert!(message["done"].as_u64() <= message["total"].as_u64(), "{message}");
                stages.push(message["stage"].as_str().expect("a name").to_owned());
            }
            Some("apdu") => {
                let bytes = message["bytes"].as_str().expect("a text");
                let command = mibun_crypto::base64url::decode(bytes).expect("base64url");
                line.answer(message["n"].as_u64().expect("a number"), &chip.transmit(&command)).await;
            }
            _ => {}
        }
    }
    stages.dedup();
    assert_eq!(stages.first().map(String::as_str), Some("discovery"));
    assert_eq!(stages.last().map(String::as_str), Some("judging"));
    for stage in ["access", "data", "portrait", "chip_authentication", "active_authentication"] {
        assert!(stages.iter().any(|seen| seen == stage), "{stage}: {stages:?}");
    }
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_relay_ends_the_step_and_another_one_succeeds() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let before = town.kept(&under).await;
    let mut chip = VirtualChip::new(passport(&mut country, Abilities::ALL), "it");
    let mut line = town.line_of(&under).await;
    line.say(&first(&under, by_zone(&kenzaburo()), json!({ "extended": false }))).await;
    let lost = line.relay(|n, command| if n == 12 { Does::Leaves } else { Does::Answers(chip.transmit(&command)) });
    assert_eq!(lost.await, None);
    drop(line);
    assert!(town.kept(&under).await == before, "nothing is stored of half a chip");
    // The server may see the end of the first relay a moment later than we do.
    let mut last = Value::Null;
    for _ in 0..100 {
        last = town.reads(&under, by_zone(&kenzaburo()), passport(&mut country, Abilities::ALL)).await;
        if last["code"] != "already_reading" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(last["type"], "done", "{last}");
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_document_of_the_person_takes_the_place_of_the_first() {
    let town = Town::open().await;
    let mut country = utopia(&town);
    town.trusts(&country).await;
    let under = town.upgrading().await;
    let sooner = Person { expiry: "2030-05-05".parse().expect("a date"), ..kenzaburo() };
    for person in [sooner, kenzaburo()] {
        let chip = country.specimen(&person, JPEG, Abilities::ALL);
        assert_eq!(town.reads(&under, by_zone(&person), chip).await["type"], "done");
        assert_eq!(town.chip_of(&under).await.expect("a chip").valid_until, person.expiry);
    }
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_light_journey_takes_no_chip() {
    let (town, mut country) = town().await;
    let source = std::net::IpAddr::from([127, 0, 0, 1]);
    let name = "Aokigahara Kenzaburo";
    let opened = mibun_server::work::journeys::open(&town.app, source, crate::support::town::NUMBER, name).await;
    let opened = opened.expect("a journey");
    let under = Under { id: opened.id.to_string(), token: opened.token };
    let last = town.reads(&under, by_zone(&kenzaburo()), passport(&mut country, Abilities::ALL)).await;
    assert_refused(&last, "not_possible_now");
    town.stop().await;
}
