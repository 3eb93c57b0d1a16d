//! The page on which a person says that a wallet may have their card, and what follows.

use serde_json::json;

use crate::support::Town;
use crate::support::issuing::{CONFIGURATION, another};
use crate::support::wallets::{BACK, Instance, sent_back};
use crate::support::wire::send;

#[tokio::test]
async fn a_wallet_of_another_maker_gets_a_card_over_the_browser() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.tokens().await;
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("DPoP"), &json!(600)));
    let token = tokens["access_token"].as_str().expect("a token");
    let reply = send(wallet.asking_copies(token, 3).await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.json()["credentials"].as_array().expect("copies").len(), 3);
    assert_eq!(town.cards().await, 1);
}

#[tokio::test]
async fn the_offer_that_the_wallet_knows_needs_the_code_alone() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let (link, tx_code) = town.offer().await;
    let address = url::Url::parse(&link).expect("a link").query_pairs().next().expect("by reference").1.into_owned();
    let offer = send(town.get(&address)).await.json();
    let state = offer["grants"]["authorization_code"]["issuer_state"].as_str().expect("it names the offer").to_owned();
    let request_uri = wallet.pushed(&[("issuer_state", &state)]).await;
    let page = send(wallet.page(&request_uri)).await;
    assert!(!page.text().contains("name=\"reference\""), "{}", page.text());
    let reply = send(wallet.answering(&request_uri, &[("code", &tx_code), ("decision", "allow")])).await;
    wallet.redeemed(&sent_back(&reply, "code")).await;
    assert_eq!(send(town.get(&address)).await.status, 404, "the offer is used up");
}

#[tokio::test]
async fn the_page_speaks_three_languages_and_needs_no_script() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    for (language, title) in [("en", "Add your card"), ("ja", "ウォレットに追加"), ("zh-CN", "添加到钱包")]
    {
        let page = send(wallet.page(&request_uri).header("Accept-Language", language)).await;
        assert!(page.status == 200 && page.text().contains(title), "{language}: {}", page.text());
        assert!(!page.text().contains("<script"), "{language}");
        assert!(page.text().contains("https://wallet.example"), "the person sees which wallet asks");
        assert!(page.header("content-security-policy").contains("form-action 'self' https://wallet.example;"));
        assert_eq!((page.header("cache-control"), page.header("x-content-type-options")), ("no-store", "nosniff"));
    }
}

#[tokio::test]
async fn a_wrong_code_is_counted_and_the_page_comes_again() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    let (reference, tx_code) = town.named_offer().await;
    let wrong = another(&tx_code);
    let reply = send(wallet.answering(&request_uri, &[("reference", &reference), ("code", &wrong)])).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text().contains("Tries left: 4") && reply.text().contains(&reference), "{}", reply.text());
    let right = [("reference", reference.as_str()), ("code", tx_code.as_str())];
    wallet.redeemed(&sent_back(&send(wallet.answering(&request_uri, &right)).await, "code")).await;
}

#[tokio::test]
async fn five_wrong_codes_lock_the_offer_for_the_page_and_for_the_offers_own_code() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    let (reference, tx_code) = town.named_offer().await;
    let wrong = another(&tx_code);
    for _ in 0..5 {
        send(wallet.answering(&request_uri, &[("reference", &reference), ("code", &wrong)])).await;
    }
    let reply = send(wallet.answering(&request_uri, &[("reference", &reference), ("code", &tx_code)])).await;
    assert!(reply.status == 422 && reply.text().contains("wrong too often"), "{}", reply.text());
}

#[tokio::test]
async fn an_unknown_reference_and_a_missing_code_are_told() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    let reply = send(wallet.answering(&request_uri, &[("reference", "AAAAA-AAAAA"), ("code", "123456")])).await;
    assert!(reply.status == 422 && reply.text().contains("no card with this reference"), "{}", reply.text());
    let (reference, _) = town.named_offer().await;
    let reply = send(wallet.answering(&request_uri, &[("reference", &reference)])).await;
    assert!(reply.status == 422 && reply.text().contains("Enter the 6 digits"), "{}", reply.text());
}

#[tokio::test]
async fn a_reference_may_be_typed_in_groups_and_small_letters() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    let (reference, tx_code) = town.named_offer().await;
    let typed = format!(" {}-{} ", &reference[..5].to_lowercase(), &reference[5..]);
    let spaced = format!("{} {}", &tx_code[..3], &tx_code[3..]);
    let reply = send(wallet.answering(&request_uri, &[("reference", &typed), ("code", &spaced)])).await;
    assert!(!sent_back(&reply, "code").is_empty());
}

#[tokio::test]
async fn digits_may_be_full_width_and_what_is_no_code_costs_no_try() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    let (reference, tx_code) = town.named_offer().await;
    for nothing in ["12345", "1234567", "abcdef", ""] {
        let reply = send(wallet.answering(&request_uri, &[("reference", &reference), ("code", nothing)])).await;
        assert!(reply.status == 422 && reply.text().contains("Enter the 6 digits"), "{nothing}");
    }
    let wide = |text: &str| -> String {
        text.chars().map(|letter| char::from_u32(u32::from(letter) + 0xfee0).expect("a wide form")).collect()
    };
    let fields = [("reference", wide(&reference)), ("code", wide(&tx_code))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert!(!sent_back(&send(wallet.answering(&request_uri, &fields)).await, "code").is_empty());
}

#[tokio::test]
async fn an_offer_that_the_wallet_names_and_is_gone_can_be_named_by_the_person() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[("issuer_state", "00000000000000000000000000000000")]).await;
    let reply = send(wallet.answering(&request_uri, &[("code", "123456")])).await;
    assert!(reply.status == 422 && reply.text().contains("name=\"reference\""), "{}", reply.text());
    let (reference, tx_code) = town.named_offer().await;
    let fields = [("reference", reference.as_str()), ("code", tx_code.as_str())];
    assert!(!sent_back(&send(wallet.answering(&request_uri, &fields)).await, "code").is_empty());
}

#[tokio::test]
async fn guessing_references_is_limited_per_address() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    let guess = || wallet.answering(&request_uri, &[("reference", "AAAAAAAAAA"), ("code", "123456")]);
    let mut told = 0;
    for _ in 0..200 {
        told = send(guess()).await.status;
        if told == 429 {
            break;
        }
    }
    assert_eq!(told, 429, "an address is not stopped");
}

#[tokio::test]
async fn a_person_who_cancels_sends_the_wallet_away() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    let reply = send(wallet.answering(&request_uri, &[("decision", "deny")])).await;
    assert_eq!(sent_back(&reply, "error"), "access_denied");
    assert_eq!(sent_back(&reply, "state"), "a state");
    assert_eq!(sent_back(&reply, "iss"), town.app.terms.issuer.as_str());
    assert_eq!(send(wallet.page(&request_uri)).await.status, 400, "the request is answered");
}

#[tokio::test]
async fn refreshing_gives_more_copies_of_the_same_card() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.tokens().await;
    let first = send(wallet.asking_copies(tokens["access_token"].as_str().expect("a token"), 2).await).await;
    assert_eq!(first.status, 200, "{}", first.text());
    town.clock.advance_seconds(3600);
    let refreshed = send(wallet.refreshing(&tokens["refresh_token"]).await).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.text());
    let token = refreshed.json()["access_token"].as_str().expect("a token").to_owned();
    let more = send(wallet.asking_copies(&token, 2).await).await;
    assert_eq!(more.status, 200, "{}", more.text());
    assert_eq!((town.cards().await, town.entries_taken().await), (1, 4), "one card, four entries of the list");
    assert_eq!(town.counts().await.revoked, 0, "nothing is superseded");
}

#[tokio::test]
async fn a_revoked_card_is_not_copied() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.tokens().await;
    send(wallet.asking_copies(tokens["access_token"].as_str().expect("a token"), 1).await).await;
    town.revoke_all().await;
    let refreshed = send(wallet.refreshing(&tokens["refresh_token"]).await).await.json();
    let token = refreshed["access_token"].as_str().expect("a token").to_owned();
    let taken = town.entries_taken().await;
    let reply = send(wallet.asking_copies(&token, 1).await).await;
    assert_eq!(reply.told(), (400, "credential_request_denied".to_owned()), "{}", reply.text());
    assert_eq!(town.entries_taken().await, taken);
}

#[tokio::test]
async fn a_used_refresh_token_ends_the_family() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.tokens().await;
    let second = send(wallet.refreshing(&tokens["refresh_token"]).await).await.json();
    let third = send(wallet.refreshing(&second["refresh_token"]).await).await.json();
    let reply = send(wallet.refreshing(&tokens["refresh_token"]).await).await;
    assert_eq!(reply.told(), (400, "invalid_grant".to_owned()));
    let reply = send(wallet.refreshing(&third["refresh_token"]).await).await;
    assert_eq!(reply.told(), (400, "invalid_grant".to_owned()), "the last one is ended too");
    let token = third["access_token"].as_str().expect("a token");
    assert_eq!(send(wallet.asking_copies(token, 1).await).await.told(), (401, "invalid_token".to_owned()));
}

#[tokio::test]
async fn a_bound_token_opens_nothing_of_the_holders_interface() {
    let town = Town::open().await;
    let asking =
        |token: &str| town.page(reqwest::Method::POST, "/api/holder/revocation-code/collected").bearer_auth(token);
    let wallet = Instance::new(&town);
    let tokens = wallet.tokens().await;
    let token = tokens["access_token"].as_str().expect("a token");
    town.refuses(asking(token), 401, "unauthorized").await;
    assert_eq!(send(asking(&town.token().await)).await.status, 201, "a bearer token opens it");
}

#[tokio::test]
async fn authorization_details_are_answered_with_identifiers_that_have_to_be_used() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let details = json!([{ "type": "openid_credential", "credential_configuration_id": CONFIGURATION }]).to_string();
    let code = wallet.code(&[("authorization_details", &details), ("scope", "")]).await;
    let tokens = wallet.redeemed(&code).await;
    let identifier = tokens["authorization_details"][0]["credential_identifiers"][0].clone();
    let token = tokens["access_token"].as_str().expect("a token");
    let refused = send(wallet.asking_copies(token, 1).await).await;
    assert_eq!(refused.told(), (400, "invalid_credential_request".to_owned()));
    let proofs = town.proofs(1, &town.nonce().await);
    let body = json!({ "credential_identifier": identifier, "proofs": { "jwt": proofs } });
    let reply = send(wallet.asking(token, &body).await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

#[tokio::test]
async fn a_pre_authorized_code_can_be_bound_to_a_key() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let offered = town.offered().await;
    let proof = wallet.proof("/token", None).await;
    let tokens = send(town.redeeming(&offered).header("DPoP", proof)).await.json();
    assert_eq!(tokens["token_type"], "DPoP");
    let token = tokens["access_token"].as_str().expect("a token");
    let proofs = town.proofs(1, &town.nonce().await);
    let body = crate::support::issuing::asking_with(&proofs);
    town.refuses(town.credential_request(token, &body), 401, "invalid_token").await;
    assert_eq!(send(wallet.asking(token, &body).await).await.status, 200);
}

#[tokio::test]
async fn of_64_answers_at_once_one_gives_a_code() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    let (reference, tx_code) = town.named_offer().await;
    let fields = [("reference", reference.as_str()), ("code", tx_code.as_str())];
    let answers = (0..64).map(|_| send(wallet.answering(&request_uri, &fields)));
    let replies = futures_util::future::join_all(answers).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 303).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.header("location").starts_with(BACK)).count(), 1);
}

#[tokio::test]
async fn nobody_but_the_wallet_that_asked_is_sent_anywhere() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    let other = Instance::of(&town, "https://other.example");
    let page = send(other.page(&request_uri)).await;
    assert_eq!((page.status, page.header("location")), (400, ""));
    let reply = send(other.answering(&request_uri, &[("decision", "deny")])).await;
    assert_eq!((reply.status, reply.header("location")), (400, ""));
    assert_eq!(send(wallet.page(&request_uri)).await.status, 200, "and nothing is spent");
}
