//! Showing a card: what the asker gets, and nothing beyond it.

use mibun_card::kb_jwt::KeyBinding;
use mibun_card::sd_jwt::SdJwt;
use mibun_card::vc;
use mibun_crypto::json::Limits;
use mibun_presenting::request::FetchMethod;
use mibun_presenting::words::words;
use mibun_wallet::store::Event;
use mibun_wallet::{Choice, Wallet};
use serde_json::{Map, Value, json};

use crate::asker::{NONCE, query, reply};
use crate::world::{NOW, World};

const LIMITS: Limits = Limits { bytes: 1024 * 1024, depth: 32, nodes: 2000 };

/// The link of the asker's request.
fn link(world: &World, method: FetchMethod) -> String {
    world.outside().asker.link(method)
}

/// What the last presentation shows, its holder's proof having been checked.
fn shown(world: &World) -> Map<String, Value> {
    let presentation = world.outside().asker.presentation();
    let token = SdJwt::parse(&presentation, &LIMITS).expect("a presentation");
    let card = vc::read(&token).expect("a card");
    let binding = KeyBinding::parse(token.key_binding().expect("a key binding")).expect("a key binding");
    binding.verify(&card.holder_key).expect("the holder's signature");
    assert_eq!((binding.nonce.as_str(), binding.issued_at), (NONCE, NOW));
    assert_eq!(binding.audience, world.outside().asker.client_id());
    assert_eq!(binding.sd_hash, token.sd_hash());
    card.claims.claims
}

async fn present(world: &World, wallet: &mut Wallet) {
    wallet.present(&link(world, FetchMethod::Get)).await.expect("the card is shown");
}

#[tokio::test]
async fn only_what_was_asked_for_is_shown() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    let presented = wallet.present(&link(&world, FetchMethod::Get)).await.expect("the card is shown");
    let claims = shown(&world);
    assert_eq!(claims["family_name"], "TANAKA");
    assert_eq!(claims["address"], json!({ "formatted": "1-2-3 Chuo, Osaka" }));
    for hidden in ["given_name", "birthdate", "nationalities", "assurance_level"] {
        assert!(!claims.contains_key(hidden), "{hidden} was not asked for");
    }
    assert_eq!(presented.organisation, "Hotel Sakura");
    assert_eq!(presented.fields, ["family_name", "address.formatted"]);
    assert_eq!(presented.redirect_uri.as_deref(), Some("https://hotel.example/done?response_code=abc"));
}

#[tokio::test]
async fn an_answer_in_the_open_shows_the_same() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    world.outside().asker.encrypted = false;
    present(&world, &mut wallet).await;
    assert_eq!(shown(&world)["family_name"], "TANAKA");
}

#[tokio::test]
async fn a_query_without_claims_reveals_none() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    world.outside().asker.query["credentials"][0].as_object_mut().expect("an object").remove("claims");
    present(&world, &mut wallet).await;
    let token = SdJwt::parse(&world.outside().asker.presentation(), &LIMITS).expect("a presentation");
    assert_eq!(token.disclosures().len(), 0);
}

#[tokio::test]
async fn every_element_of_an_array_is_shown_when_all_are_asked_for() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    world.outside().asker.query["credentials"][0]["claims"] = json!([{ "path": ["nationalities", null] }]);
    present(&world, &mut wallet).await;
    assert_eq!(shown(&world)["nationalities"], json!(["JP", "BR"]));
}

#[tokio::test]
async fn each_copy_is_shown_once_and_they_have_nothing_in_common() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    present(&world, &mut wallet).await;
    let first = world.outside().asker.presentation();
    present(&world, &mut wallet).await;
    let second = world.outside().asker.presentation();
    let card = &wallet.cards()[0];
    assert_eq!((card.copies.len(), card.used), (1, 2));
    let [first, second] =
        [&first, &second].map(|text| vc::read(&SdJwt::parse(text, &LIMITS).expect("it")).expect("a card"));
    assert_ne!(first.holder_key, second.holder_key);
    assert_ne!(first.status, second.status);
    assert_eq!((first.issued_at, first.expires_at), (second.issued_at, second.expires_at));
}

#[tokio::test]
async fn a_request_fetched_by_post_gives_both_sides_the_same_words() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    let link = link(&world, FetchMethod::Post);
    let prepared = wallet.prepare(&link, Choice::default()).await.expect("the request is good");
    let sent = world.outside().asker.wallet_nonce.clone().expect("a nonce was sent");
    assert_eq!(prepared.words, Some(words(NONCE, &sent)));
    wallet.answer(prepared).await.expect("the card is shown");
}

#[tokio::test]
async fn what_may_be_withheld_is_withheld_on_request() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    {
        let asked = &mut world.outside().asker.query;
        *asked = query(&[]);
        let credential = &mut asked["credentials"][0];
        credential["claims"] = json!([{ "id": "a", "path": ["family_name"] }, { "id": "b", "path": ["birthdate"] }]);
        credential["claim_sets"] = json!([["a", "b"], ["a"]]);
    }
    let link = link(&world, FetchMethod::Get);
    let favourite = wallet.prepare(&link, Choice::AskersFavourite).await.expect("the request is good");
    assert_eq!(favourite.fields(), ["family_name", "birthdate"]);
    let least = wallet.prepare(&link, Choice::Least).await.expect("the request is good");
    wallet.answer(least).await.expect("the card is shown");
    assert!(!shown(&world).contains_key("birthdate"));
}

#[tokio::test]
async fn what_is_shown_is_noted() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    present(&world, &mut wallet).await;
    let expected = Event::Presented {
        organisation: "Hotel Sakura".to_owned(),
        purpose: None,
        fields: vec!["family_name".to_owned(), "address.formatted".to_owned()],
        taken: true,
    };
    assert_eq!(wallet.history().last().map(|entry| &entry.event), Some(&expected));
}

#[tokio::test]
async fn a_reply_without_content_or_with_a_fragment_is_fine() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    for (body, expected) in [
        (json!({}), None),
        (json!({ "redirect_uri": "https://hotel.example/done#code" }), Some("https://hotel.example/done#code")),
    ] {
        world.outside().asker.reply = reply(&body);
        let presented = wallet.present(&link(&world, FetchMethod::Get)).await.expect("the card is shown");
        assert_eq!(presented.redirect_uri.as_deref(), expected);
    }
}
