//! One person, from the chip of the passport to an account at the bank; only the face is decided by hand.

use mibun_chip::testing::specimen::Abilities;
use mibun_chip::virtual_chip::VirtualChip;
use mibun_proofing::id_password::IdPassword;
use mibun_server::work::checks::State;
use mibun_wallet::JourneyAccess;
use serde_json::json;

use crate::support::Town;
use crate::support::holders::{Journey, PASSWORD};
use crate::support::reader::{Does, Line, by_zone, kenzaburo, passport, utopia};
use crate::support::wire::send;

/// Shows a code and holds the passport on a terminal that was told the code; what the terminal sees in the end, and what
/// the person sees.
async fn reads_at_a_terminal(town: &Town, journey: &Journey) -> (serde_json::Value, serde_json::Value) {
    let mut country = utopia(town);
    town.trusts(&country).await;
    let shown = send(town.about(journey, "pairings")).await;
    assert_eq!(shown.status, 201, "{}", shown.text());
    let code = shown.json()["code"].as_str().expect("a code").to_owned();
    let mut line = Line::open(town, &format!("/api/terminal/{code}/chip")).await;
    line.say(&json!({ "password": by_zone(&kenzaburo()), "relay": { "extended": false } })).await;
    let mut chip = VirtualChip::new(passport(&mut country, Abilities::ALL), "it");
    let last = line.relay(|_, command| Does::Answers(chip.transmit(&command))).await.expect("a last word");
    let address = format!("/api/journeys/{}/pairings/{code}", journey.id);
    (last, send(town.get(&address).bearer_auth(&journey.token)).await.json())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_walks_from_the_passport_to_the_bank() {
    let town = Town::open().await;
    let mut light = town.wallet_with_card().await;
    let refused = town.check("bank-account").await;
    light.present(&refused.link).await.expect_err("a light card opens no account");
    let journey = town.full_journey().await;
    let (terminal, person) = reads_at_a_terminal(&town, &journey).await;
    assert_eq!(
        (terminal["type"].as_str(), person["state"].as_str()),
        (Some("done"), Some("done")),
        "{terminal} {person}"
    );
    let address = town.app.url(&format!("/api/journeys/{}", journey.id));
    let password = IdPassword::enter(PASSWORD).expect("eight digits");
    let access = JourneyAccess { address: &address, token: &journey.token };
    town.wallet().set_password(access, &password).await.expect("the password is set");
    let (offer, tx_code) = town.accepts(&journey.id, &journey.token).await;
    let mut wallet = town.wallet();
    wallet.collect_full(&offer, Some(&tx_code), &password).await.expect("a full card");
    let account = town.check("bank-account").await;
    wallet.present(&account.link).await.expect("shown");
    let verdict = town.look(&account.id).await;
    assert_eq!(verdict.stored.state(), State::Verified);
    assert_eq!(verdict.stored.verdict.expect("a verdict").level.as_deref(), Some("full"));
    town.stop().await;
}
