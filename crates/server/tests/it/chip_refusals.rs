//! Chips that are not taken: each with its own code, and nothing of them stored.

use mibun_chip::apdu::Status;
use mibun_chip::reading::Ef;
use mibun_chip::testing::country::{Country, Person, Signing};
use mibun_chip::testing::specimen::{Abilities, CAN};
use mibun_chip::virtual_chip::{Fault, Pretence, Profile};
use mibun_server::work::trust;
use serde_json::json;

use crate::support::Town;
use crate::support::reader::{JPEG, by_zone, kenzaburo, passport, utopia};

const ACTIVE: Abilities = Abilities { active_authentication: true, ..Abilities::EARLY };

async fn town() -> (Town, Country) {
    let town = Town::open().await;
    let country = utopia(&town);
    town.trusts(&country).await;
    (town, country)
}

fn faulty(country: &mut Country, can: Abilities, fault: Fault) -> Profile {
    let mut profile = passport(country, can);
    profile.faults.push(fault);
    profile
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_does_not_open_the_chip() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let born_later = Person { birth: "1980-01-03".parse().expect("a date"), ..kenzaburo() };
    for can in [Abilities::ALL, Abilities::EARLY] {
        let chip = passport(&mut country, can);
        town.refuses_chip(&under, by_zone(&born_later), chip, "wrong_chip_password").await;
    }
    let chip = passport(&mut country, Abilities::ALL);
    town.refuses_chip(&under, json!({ "can": "123457" }), chip, "wrong_chip_password").await;
    let chip = passport(&mut country, Abilities::EARLY);
    town.refuses_chip(&under, json!({ "can": CAN }), chip, "mrz_needed").await;
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chip_that_goes_away_or_talks_nonsense() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let cases = [
        (Fault::DropAfter(0), "chip_unreachable"),
        (Fault::DropAfter(15), "chip_unreachable"),
        (Fault::StatusAfter(0, Status::NotFound), "no_travel_document"),
        (Fault::StatusAfter(12, Status::ConditionsOfUse), "unreadable"),
    ];
    for (fault, code) in cases {
        let chip = faulty(&mut country, ACTIVE, fault);
        town.refuses_chip(&under, by_zone(&kenzaburo()), chip, code).await;
    }
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chip_of_a_state_that_nobody_trusts() {
    let town = Town::open().await;
    let mut country = utopia(&town);
    let zone = by_zone(&kenzaburo());
    let under = town.upgrading().await;
    let code = "not_signed_by_a_trusted_country";
    town.refuses_chip(&under, zone.clone(), passport(&mut country, Abilities::ALL), code).await;
    town.trusts(&country).await;
    let mut forger = Country::found("UT", Signing::P256, town.app.clock.now().plus_days(-400), "a forger");
    town.refuses_chip(&under, zone.clone(), passport(&mut forger, Abilities::ALL), code).await;
    // A trusted state may not make documents of another.
    let other = Person { issuing_state: "FRA".to_owned(), ..kenzaburo() };
    let chip = country.specimen(&other, JPEG, Abilities::ALL);
    town.refuses_chip(&under, zone.clone(), chip, code).await;
    assert_eq!(town.reads(&under, zone, passport(&mut country, Abilities::ALL)).await["type"], "done");
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_its_state_did_not_sign() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let last_bit = passport(&mut country, Abilities::ALL).files[&Ef::Dg2].len() * 8 - 20;
    let chip = faulty(&mut country, Abilities::ALL, Fault::FlippedBit(Ef::Dg2, last_bit));
    town.refuses_chip(&under, by_zone(&kenzaburo()), chip, "data_changed").await;
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signer_that_its_state_revoked() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let now = town.app.clock.now();
    let list = country.revocation_list(&[&utopia(&town).signer], now.plus_days(-1));
    assert!(trust::import_revocations(&town.app, &list).await.expect("imported"));
    assert!(!trust::import_revocations(&town.app, &list).await.expect("known"), "an old list changes nothing");
    let chip = passport(&mut country, Abilities::ALL);
    town.refuses_chip(&under, by_zone(&kenzaburo()), chip, "signer_revoked").await;
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_of_a_genuine_chip() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let chip_key = Abilities { chip_authentication: true, ..Abilities::EARLY };
    let other = Pretence::UsesAnotherKey;
    let copies = [
        faulty(&mut country, chip_key, Fault::NoChipAuthenticationKey(other)),
        faulty(&mut country, Abilities::ALL, Fault::NoChipAuthenticationKey(other)),
        faulty(&mut country, ACTIVE, Fault::NoActiveAuthenticationKey(other)),
        faulty(&mut country, ACTIVE, Fault::NoActiveAuthenticationKey(Pretence::Refuses)),
    ];
    for copy in copies {
        town.refuses_chip(&under, by_zone(&kenzaburo()), copy, "chip_copied").await;
    }
    let mut hides = passport(&mut country, ACTIVE);
    hides.files.remove(&Ef::Dg15);
    let com = mibun_chip::virtual_chip::files::com(hides.files.keys().copied());
    hides.files.insert(Ef::Com, com);
    town.refuses_chip(&under, by_zone(&kenzaburo()), hides, "chip_copied").await;
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chip_that_could_be_a_copy_unless_the_operator_takes_it() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let chip = passport(&mut country, Abilities::EARLY);
    town.refuses_chip(&under, by_zone(&kenzaburo()), chip, "clone_protection_missing").await;
    town.stop().await;
    let town = Town::with(|config| config.chip.copyable = true).await;
    town.trusts(&country).await;
    let under = town.upgrading().await;
    let last = town.reads(&under, by_zone(&kenzaburo()), passport(&mut country, Abilities::EARLY)).await;
    assert_eq!(last["document"]["clone_protection"], serde_json::Value::Null, "{last}");
    assert_eq!(town.chip_of(&under).await.expect("a chip").clone_protection, None);
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_whose_last_day_is_over() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let today = town.app.clock.now().date();
    let yesterday = Person { expiry: today.plus_days(-1), ..kenzaburo() };
    let chip = country.specimen(&yesterday, JPEG, Abilities::ALL);
    town.refuses_chip(&under, by_zone(&yesterday), chip, "document_expired").await;
    let last_day = Person { expiry: today, ..kenzaburo() };
    let chip = country.specimen(&last_day, JPEG, Abilities::ALL);
    assert_eq!(town.reads(&under, by_zone(&last_day), chip).await["type"], "done");
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_of_somebody_else() {
    let (town, mut country) = town().await;
    let others = [
        Person { document_number: "X1234568".to_owned(), ..kenzaburo() },
        Person { surname: "AOKI".to_owned(), ..kenzaburo() },
        Person { given_names: "KENZO".to_owned(), ..kenzaburo() },
        Person { birth: "1980-01-03".parse().expect("a date"), ..kenzaburo() },
        Person { nationality: "UTO".to_owned(), ..kenzaburo() },
    ];
    for other in others {
        let under = town.upgrading().await;
        let chip = country.specimen(&other, JPEG, Abilities::ALL);
        town.refuses_chip(&under, by_zone(&other), chip, "other_person").await;
    }
    // Nobody's number comes as far, and hears the same.
    let nobody = town.upgrading_as("ZZ999999", "Aokigahara Kenzaburo").await;
    let chip = passport(&mut country, Abilities::ALL);
    town.refuses_chip(&nobody, by_zone(&kenzaburo()), chip, "other_person").await;
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portrait_that_cannot_be_decoded() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let broken = [0xff, 0x4f, 0xff, 0x51, 0, 41, 0, 0, 0, 0];
    let chip = country.specimen(&kenzaburo(), &broken, Abilities::ALL);
    town.refuses_chip(&under, by_zone(&kenzaburo()), chip, "portrait_unreadable").await;
    town.stop().await;
}
