//! The authority's own wallet over the browser: a page that nobody attests, known by its address and its keys alone.

use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_issuing::thumbprint::Thumbprint;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::mdoc::{MDOC, collected};
use crate::support::Town;
use crate::support::issuing::CONFIGURATION;
use crate::support::wallets::{BACK, Instance, Provider, sent_back, sent_to};
use crate::support::wire::{Reply, send};

/// The page, which is never attested here unless a test says so.
fn page(town: &Town) -> Instance<'_> {
    Instance::of(town, &town.app.url("/wallet/"))
}

/// An authorization request of the page with other parameters.
fn pushing(page: &Instance<'_>, changes: &[(&str, &str)]) -> RequestBuilder {
    let mut all = changes.to_vec();
    if changes.iter().all(|(name, _)| *name != "redirect_uri") {
        all.push(("redirect_uri", &page.client));
    }
    page.town.post("/par").form(&page.parameters(&all))
}

async fn pushed(page: &Instance<'_>, changes: &[(&str, &str)]) -> String {
    let reply = send(pushing(page, changes)).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json()["request_uri"].as_str().expect("a reference").to_owned()
}

/// The code that an accepted person sends back to the page.
async fn code(page: &Instance<'_>, changes: &[(&str, &str)]) -> String {
    let request_uri = pushed(page, changes).await;
    let (reference, tx_code) = page.town.named_offer().await;
    let fields = [("reference", reference.as_str()), ("code", &tx_code), ("decision", "allow")];
    sent_to(&send(page.answering(&request_uri, &fields)).await, &page.client, "code")
}

/// What the page sends for its code, with one parameter replaced, or left out where the value is empty.
fn parameters(page: &Instance<'_>, code: &str, name: &'static str, value: &str) -> Vec<(&'static str, String)> {
    let mut parameters = page.redeem_parameters(code);
    for (known, value) in &mut parameters {
        if *known == "redirect_uri" {
            value.clone_from(&page.client);
        }
    }
    parameters.retain(|(known, _)| *known != name);
    parameters.extend((!value.is_empty()).then(|| (name, value.to_owned())));
    parameters
}

async fn redeeming(page: &Instance<'_>, parameters: &[(&'static str, String)]) -> RequestBuilder {
    page.town.post("/token").header("DPoP", page.proof("/token", None).await).form(parameters)
}

async fn redeemed(page: &Instance<'_>, code: &str) -> Value {
    let reply = send(redeeming(page, &parameters(page, code, "", "")).await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

async fn refreshing(page: &Instance<'_>, token: &Value) -> RequestBuilder {
    page.refreshing_alone(token, &[("client_id", &page.client)]).await
}

fn access(tokens: &Value) -> &str {
    tokens["access_token"].as_str().expect("a token")
}

/// Sees a refusal, and that no copy was made.
async fn refused(town: &Town, request: RequestBuilder, told: (u16, &str)) -> Reply {
    let before = (town.cards().await, town.entries_taken().await);
    let reply = send(request).await;
    assert_eq!(reply.told(), (told.0, told.1.to_owned()), "{}", reply.text());
    assert_eq!((town.cards().await, town.entries_taken().await), before);
    reply
}

fn copied(key: &SoftwareKey) -> SoftwareKey {
    SoftwareKey::from_pkcs8_der(&key.to_pkcs8_der()).expect("a key")
}

#[tokio::test]
async fn the_page_gets_both_formats_and_later_new_copies_of_the_same_card() {
    let town = Town::open().await;
    let page = page(&town);
    let code = code(&page, &[("scope", "mibun_card mibun_card_mdoc")]).await;
    let tokens = redeemed(&page, &code).await;
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("DPoP"), &json!(600)));
    collected(&page, access(&tokens), CONFIGURATION).await;
    collected(&page, access(&tokens), MDOC).await;
    town.clock.advance_seconds(24 * 3600);
    let refreshed = send(refreshing(&page, &tokens["refresh_token"]).await).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.text());
    collected(&page, access(&refreshed.json()), CONFIGURATION).await;
    collected(&page, access(&refreshed.json()), MDOC).await;
    assert_eq!((town.cards().await, town.entries_taken().await), (1, 8), "one card, eight entries of the list");
    assert_eq!(town.counts().await.revoked, 0);
}

#[tokio::test]
async fn the_person_reads_whose_wallet_asks() {
    let town = Town::open().await;
    let page = page(&town);
    let request_uri = pushed(&page, &[]).await;
    let names = [
        ("en", "This authority&#39;s own wallet"),
        ("ja", "この発行機関のウォレット"),
        ("zh-CN", "本发证机构自己的钱包"),
    ];
    for (language, name) in names {
        let shown = send(page.page(&request_uri).header("Accept-Language", language)).await;
        assert!(shown.status == 200 && shown.text().contains(&format!("<strong>{name}</strong>")), "{}", shown.text());
        assert!(!shown.text().contains(&format!("<strong>{}</strong>", page.client)), "{}", shown.text());
    }
    let stranger = Instance::new(&town);
    let shown = send(stranger.page(&stranger.pushed(&[]).await)).await.text();
    assert!(shown.contains("<strong>https://wallet.example</strong>") && !shown.contains("This authority"), "{shown}");
}

#[tokio::test]
async fn a_person_who_cancels_comes_back_to_the_page() {
    let town = Town::open().await;
    let page = page(&town);
    let request_uri = pushed(&page, &[]).await;
    let reply = send(page.answering(&request_uri, &[("decision", "deny")])).await;
    assert_eq!(sent_to(&reply, &page.client, "error"), "access_denied");
    assert_eq!(sent_to(&reply, &page.client, "iss"), town.app.terms.issuer.as_str());
}

#[tokio::test]
async fn answers_go_to_the_page_and_nowhere_else() {
    let town = Town::open().await;
    let page = page(&town);
    let own = &page.client;
    let others = [
        BACK.to_owned(),
        own.trim_end_matches('/').to_owned(),
        format!("{own}?a=b"),
        format!("{own}#a"),
        format!("{own}../wallet/"),
        own.replace("localhost", "LOCALHOST"),
        own.replace("localhost", "127.0.0.1"),
        town.app.url("/"),
        "mibun:/wallet/".to_owned(),
    ];
    for other in &others {
        let reply = town.refuses(pushing(&page, &[("redirect_uri", other)]), 400, "invalid_request").await;
        let told = reply.json()["error_description"].as_str().expect("a sentence").to_owned();
        assert_eq!(told, "redirect_uri is not the one that is registered for this client", "{other}");
    }
    let attested = page.attested(pushing(&page, &[("redirect_uri", BACK)]));
    town.refuses(attested, 400, "invalid_request").await;
}

#[tokio::test]
async fn nobody_else_comes_without_an_attestation() {
    let town = Town::open().await;
    let page = page(&town);
    let own = &page.client;
    let others = [
        "https://wallet.example".to_owned(),
        own.trim_end_matches('/').to_owned(),
        format!("{own}?"),
        own.replace("localhost", "LOCALHOST"),
        town.app.terms.issuer.as_str().to_owned(),
    ];
    for other in &others {
        town.refuses(pushing(&page, &[("client_id", other)]), 401, "invalid_client").await;
    }
    town.refuses(pushing(&page, &[("client_id", "")]), 401, "invalid_client").await;
    let twice = format!("client_id={own}&client_id=https%3A%2F%2Fwallet.example");
    let request = town.post("/par").header("content-type", "application/x-www-form-urlencoded").body(twice);
    town.refuses(request, 401, "invalid_client").await;
}

#[tokio::test]
async fn an_attested_wallet_is_not_taken_for_the_page() {
    let town = Town::open().await;
    let (page, stranger) = (page(&town), Instance::new(&town));
    town.refuses(stranger.attested(pushing(&page, &[])), 401, "invalid_client").await;
    let code = code(&page, &[]).await;
    let request = stranger.attested(redeeming(&page, &parameters(&page, &code, "", "")).await);
    town.refuses(request, 401, "invalid_client").await;
    let thief = Instance { dpop: copied(&page.dpop), ..Instance::new(&town) };
    let request = thief.attested(redeeming(&thief, &parameters(&page, &code, "client_id", "")).await);
    refused(&town, request, (400, "invalid_grant")).await;
    redeemed(&page, &code).await;
}

#[tokio::test]
async fn the_pages_name_opens_nothing_of_an_attested_wallet() {
    let town = Town::open().await;
    let (own, stranger) = (page(&town), Instance::new(&town));
    let request_uri = stranger.pushed(&[]).await;
    let (reference, tx_code) = town.named_offer().await;
    let fields = [("reference", reference.as_str()), ("code", &tx_code), ("decision", "allow")];
    let code = sent_back(&send(stranger.answering(&request_uri, &fields)).await, "code");
    let posing = Instance { dpop: copied(&stranger.dpop), ..page(&town) };
    let mut asked = stranger.redeem_parameters(&code);
    asked.retain(|(name, _)| *name != "client_id");
    asked.push(("client_id", own.client.clone()));
    refused(&town, redeeming(&posing, &asked).await, (400, "invalid_grant")).await;
    let tokens = stranger.redeemed(&code).await;
    refused(&town, refreshing(&posing, &tokens["refresh_token"]).await, (400, "invalid_grant")).await;
    assert_eq!(send(stranger.refreshing(&tokens["refresh_token"]).await).await.status, 200);
}

#[tokio::test]
async fn an_attestation_that_comes_along_has_to_hold() {
    let town = Town::open().await;
    let page = page(&town);
    let attestation = page.attestation_with(&Provider::new(), |_| {});
    let request = page.presenting(pushing(&page, &[]), &attestation, &page.possession_with(|_| {}));
    town.refuses(request, 401, "invalid_client").await;
    let half = pushing(&page, &[]).header("OAuth-Client-Attestation", page.attestation_with(&town.provider, |_| {}));
    town.refuses(half, 401, "invalid_client").await;
    let code = code(&page, &[]).await;
    let reply = send(page.attested(redeeming(&page, &parameters(&page, &code, "", "")).await)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let token = &reply.json()["refresh_token"];
    town.refuses(refreshing(&page, token).await, 401, "invalid_client").await;
    assert_eq!(send(page.refreshing(token).await).await.status, 200, "what was proved is proved again");
}

#[tokio::test]
async fn a_code_without_a_key_gives_nothing() {
    let town = Town::open().await;
    let page = page(&town);
    let code = code(&page, &[]).await;
    let request = town.post("/token").form(&parameters(&page, &code, "", ""));
    let reply = town.refuses(request, 400, "invalid_request").await;
    assert_eq!(reply.json()["error_description"], "a DPoP proof is needed");
    redeemed(&page, &code).await;
}

#[tokio::test]
async fn a_code_without_the_pages_name_gives_nothing() {
    let town = Town::open().await;
    let page = page(&town);
    let code = code(&page, &[]).await;
    for name in ["", "https://wallet.example"] {
        let request = redeeming(&page, &parameters(&page, &code, "client_id", name)).await;
        town.refuses(request, 401, "invalid_client").await;
    }
    redeemed(&page, &code).await;
}

#[tokio::test]
async fn a_request_without_pkce_is_not_taken() {
    let town = Town::open().await;
    let page = page(&town);
    town.refuses(pushing(&page, &[("code_challenge", "")]), 400, "invalid_request").await;
    town.refuses(pushing(&page, &[("code_challenge_method", "plain")]), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_wrong_verifier_or_address_gives_nothing() {
    let town = Town::open().await;
    let page = page(&town);
    let code = code(&page, &[]).await;
    let wrong = "x".repeat(43);
    let changes =
        [("code_verifier", wrong.as_str()), ("code_verifier", ""), ("redirect_uri", BACK), ("redirect_uri", "")];
    for (name, value) in changes {
        let request = redeeming(&page, &parameters(&page, &code, name, value)).await;
        refused(&town, request, (400, "invalid_grant")).await;
    }
    redeemed(&page, &code).await;
}

#[tokio::test]
async fn a_code_is_bound_to_the_key_that_the_page_named() {
    let town = Town::open().await;
    let page = page(&town);
    let named = Thumbprint::of(page.dpop.public_key()).to_string();
    let code = code(&page, &[("dpop_jkt", &named)]).await;
    let thief = Instance { dpop: crate::support::issuing::key(), ..self::page(&town) };
    let request = redeeming(&thief, &parameters(&page, &code, "", "")).await;
    refused(&town, request, (400, "invalid_dpop_proof")).await;
    redeemed(&page, &code).await;
}

#[tokio::test]
async fn a_code_used_twice_ends_what_it_gave() {
    let town = Town::open().await;
    let page = page(&town);
    let code = code(&page, &[]).await;
    let tokens = redeemed(&page, &code).await;
    let again = redeeming(&page, &parameters(&page, &code, "", "")).await;
    refused(&town, again, (400, "invalid_grant")).await;
    refused(&town, refreshing(&page, &tokens["refresh_token"]).await, (400, "invalid_grant")).await;
    refused(&town, page.asking_copies(access(&tokens), 1).await, (401, "invalid_token")).await;
}

#[tokio::test]
async fn only_the_page_with_its_key_refreshes() {
    let town = Town::open().await;
    let page = page(&town);
    let tokens = redeemed(&page, &code(&page, &[]).await).await;
    let token = &tokens["refresh_token"];
    let thief = Instance { dpop: crate::support::issuing::key(), ..self::page(&town) };
    refused(&town, refreshing(&thief, token).await, (400, "invalid_dpop_proof")).await;
    town.refuses(page.refreshing_alone(token, &[]).await, 401, "invalid_client").await;
    let other = Instance { dpop: copied(&page.dpop), ..Instance::new(&town) };
    refused(&town, other.refreshing(token).await, (400, "invalid_grant")).await;
    assert_eq!(send(refreshing(&page, token).await).await.status, 200);
}

#[tokio::test]
async fn the_metadata_names_the_attestation_first() {
    let town = Town::open().await;
    let metadata = send(town.get("/.well-known/oauth-authorization-server")).await.json();
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], json!(["attest_jwt_client_auth", "none"]));
}
