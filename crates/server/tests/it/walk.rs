//! The whole walk by the command-line wallet's library: an accepted journey, a card, and every scene at a window.

use mibun_server::work::checks::{self, Asked, CardFormat, NewCheck, State};
use mibun_wallet::Choice;

use serde_json::{Value, json};

use crate::support::Town;
use crate::support::wire::send;

const CHECKED_WITH_A_LIGHT_CARD: [&str; 5] =
    ["hotel-checkin-jp", "hotel-checkin-cn", "rail-ticket", "air-checkin", "parcel-drop-off"];

#[tokio::test]
async fn a_light_card_is_collected_and_passes_every_scene_that_takes_one() {
    let town = Town::open().await;
    let (offer, tx_code) = town.offer().await;
    let mut wallet = town.wallet();
    let gathered = wallet.collect(&offer, Some(&tx_code)).await.expect("the card is collected");
    assert_eq!(gathered.copies, 10);
    for scene in CHECKED_WITH_A_LIGHT_CARD {
        let link = town.check(scene).await;
        let presented = wallet.present(&link.link).await.unwrap_or_else(|error| panic!("{scene}: {error}"));
        assert_eq!(presented.organisation, "Utopia Grand Hotel");
        let check = town.look(&link.id).await;
        assert_eq!(check.stored.state(), State::Verified, "{scene}");
        let verdict = check.stored.verdict.expect("a verdict");
        assert_eq!(verdict.level.as_deref(), Some("light"));
        assert!(verdict.checks.iter().all(|(_, passed)| *passed), "{scene}: {:?}", verdict.checks);
        assert!(verdict.checks.len() >= 12, "{scene}: {:?}", verdict.checks);
        let asked = &town.app.scene(scene).expect("a scene").fields;
        assert!(verdict.fields.iter().all(|field| asked.iter().any(|asked| asked.path == field.path)), "{scene}");
    }
}

#[tokio::test]
async fn a_bank_refuses_a_light_card_and_says_why() {
    let town = Town::open().await;
    let mut wallet = town.wallet_with_card().await;
    let link = town.check("bank-account").await;
    let refused = wallet.present(&link.link).await;
    assert!(refused.is_err(), "a light card opens no account");
    let check = town.look(&link.id).await;
    assert_eq!(check.stored.state(), State::Refused);
    let verdict = check.stored.verdict.expect("a verdict");
    assert_eq!(verdict.refusal.map(mibun_verifying::Refusal::code), Some("level_too_low"));
    assert!(verdict.fields.is_empty(), "a refused card reveals nothing");
}

#[tokio::test]
async fn a_revoked_card_is_refused_at_the_counter() {
    let town = Town::open().await;
    let mut wallet = town.wallet_with_card().await;
    town.revoke_all().await;
    let link = town.check("hotel-checkin-jp").await;
    assert!(wallet.present(&link.link).await.is_err());
    let verdict = town.look(&link.id).await.stored.verdict.expect("a verdict");
    assert_eq!(verdict.refusal.map(mibun_verifying::Refusal::code), Some("revoked"));
}

#[tokio::test]
async fn an_offer_is_good_once() {
    let town = Town::open().await;
    let (offer, tx_code) = town.offer().await;
    town.wallet().collect(&offer, Some(&tx_code)).await.expect("the first time");
    let again = town.wallet().collect(&offer, Some(&tx_code)).await;
    assert!(again.is_err(), "the second time");
    assert_eq!(town.cards().await, 1);
}

#[tokio::test]
async fn a_new_card_revokes_the_one_before() {
    let town = Town::open().await;
    let mut old = town.wallet_with_card().await;
    let mut new = town.wallet_with_card().await;
    let link = town.check("hotel-checkin-jp").await;
    assert!(old.present(&link.link).await.is_err());
    let link = town.check("hotel-checkin-jp").await;
    new.present(&link.link).await.expect("the new card is good");
}

#[tokio::test]
async fn both_sides_see_the_same_two_words() {
    let town = Town::open().await;
    let mut wallet = town.wallet_with_card().await;
    let link = town.check("hotel-checkin-jp").await;
    let prepared = wallet.prepare(&link.link, Choice::AskersFavourite).await.expect("a request");
    let words = town.look(&link.id).await.stored.words().expect("scanned");
    let phone = prepared.words.expect("the wallet sent a nonce");
    assert_eq!(
        (phone.first.en.as_ref(), phone.second.en.as_ref()),
        (words.first.en.as_ref(), words.second.en.as_ref())
    );
}

#[tokio::test]
async fn the_result_on_the_same_device_needs_code_and_session() {
    let town = Town::open().await;
    let mut wallet = town.wallet_with_card().await;
    let window = town.window().await;
    let new =
        NewCheck { scene: "hotel-checkin-jp", asked: Asked::SameDevice, encrypted: true, format: CardFormat::SdJwtVc };
    let opened = checks::open(&town.app, &window, new).await.expect("a check");
    let id = opened.check.row.id.to_string();
    let link = town.link_of(&opened.check);
    let back = wallet.present(&link).await.expect("accepted").redirect_uri.expect("a page to come back to");
    let code = url::Url::parse(&back).expect("an address");
    let code = code.query_pairs().find(|(name, _)| name == "response_code").expect("a code").1.into_owned();
    assert_eq!(town.look(&id).await.stored.state(), State::Scanned, "nothing is released before the code is back");
    assert!(checks::came_back(&town.app, &id, &code, "another session").await.is_err());
    assert!(checks::came_back(&town.app, &id, "another code", &opened.session).await.is_err());
    checks::came_back(&town.app, &id, &code, &opened.session).await.expect("the right browser");
    assert_eq!(town.look(&id).await.stored.state(), State::Verified);
    assert!(checks::came_back(&town.app, &id, &code, &opened.session).await.is_err(), "a code is good once");
}

#[tokio::test]
async fn the_guest_list_has_the_columns_of_the_scene_and_is_deleted_in_time() {
    let town = Town::open().await;
    let mut wallet = town.wallet_with_card().await;
    let link = town.check("hotel-checkin-jp").await;
    wallet.present(&link.link).await.expect("accepted");
    let window = town.window().await;
    let kept = checks::kept(&town.app, &window, "hotel-checkin-jp", None).await.expect("the list");
    let table = checks::csv(town.app.scene("hotel-checkin-jp").expect("a scene"), &kept);
    assert!(table.contains("Aoki"), "{table}");
    town.clock.advance_seconds(1096 * 86_400);
    mibun_server::jobs::prune(&town.app).await.expect("the job");
    let kept = checks::kept(&town.app, &window, "hotel-checkin-jp", None).await.expect("the list");
    assert!(kept.is_empty(), "retention is over");
}

#[tokio::test]
async fn what_never_came_back_is_on_nobodys_list() {
    let town = Town::open().await;
    let mut wallet = town.wallet_with_card().await;
    let window = town.window().await;
    let new =
        NewCheck { scene: "hotel-checkin-jp", asked: Asked::SameDevice, encrypted: true, format: CardFormat::SdJwtVc };
    let opened = checks::open(&town.app, &window, new).await.expect("a check");
    let id = opened.check.row.id.to_string();
    wallet.present(&town.link_of(&opened.check)).await.expect("accepted");
    let kept = || async { checks::all_kept(&town.app, &window, "hotel-checkin-jp").await.expect("a list").len() };
    assert_eq!(kept().await, 0, "before the code is back");
    town.clock.advance_seconds(121);
    assert_eq!((kept().await, town.look(&id).await.stored.state()), (0, State::Expired));
    let cookie = town.counter().await;
    let view = send(town.get(&format!("/api/checks/{id}")).header("cookie", cookie)).await.json();
    assert_eq!((&view["state"], &view["verdict"]), (&json!("expired"), &Value::Null), "{view}");
}
