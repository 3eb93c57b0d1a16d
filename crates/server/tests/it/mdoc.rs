//! The card as an mdoc: collected under the token that gives the other format too, shown at a window, judged the same.

use mibun_card::mdoc::elements::PID;
use mibun_card::mdoc::{IssuerSigned, SessionTranscript, Showing};
use mibun_crypto::base64url;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_presenting::dcql::{Query, VpToken};
use mibun_presenting::request::VerifiedRequest;
use mibun_presenting::session::Handover;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::asking::Asked;
use crate::support::issuing::key;
use crate::support::wallets::Instance;
use crate::support::wire::send;

const SCENE: &str = "hotel-checkin-jp";
pub(crate) const MDOC: &str = "mibun_card_mdoc";

/// Asks for copies in this format under a token.
pub(crate) async fn collected(
    wallet: &Instance<'_>,
    token: &str,
    configuration: &str,
) -> (Vec<String>, Vec<SoftwareKey>) {
    let town = wallet.town;
    let (keys, nonce) = ([key(), key()], town.nonce().await);
    let proofs: Vec<String> = keys.iter().map(|key| town.proof(key, &nonce)).collect();
    let body = json!({ "credential_configuration_id": configuration, "proofs": { "jwt": proofs } });
    let reply = send(wallet.asking(token, &body).await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let copies = reply.json()["credentials"].as_array().expect("copies").clone();
    let copies = copies.iter().map(|copy| copy["credential"].as_str().expect("a card").to_owned());
    (copies.collect(), keys.into())
}

/// A holder's mdoc with its key.
pub(crate) async fn holder(town: &Town) -> (IssuerSigned, SoftwareKey) {
    let wallet = Instance::new(town);
    let code = wallet.code(&[("scope", MDOC)]).await;
    let tokens = wallet.redeemed(&code).await;
    let (copies, mut keys) = collected(&wallet, tokens["access_token"].as_str().expect("a token"), MDOC).await;
    let document = base64url::decode(&copies[0]).expect("base64url");
    (IssuerSigned::parse(&document).expect("an mdoc"), keys.remove(0))
}

async fn asked(town: &Town) -> (Asked, VerifiedRequest) {
    let asked = town.asks_as(json!({ "scene": SCENE, "way": "window", "format": "mso_mdoc" })).await;
    let request = town.fetched(&asked).await;
    (asked, request)
}

pub(crate) fn transcript(request: &VerifiedRequest) -> SessionTranscript {
    let Handover::Redirect { client_id, nonce, jwk_thumbprint, response_uri } = &request.handover else {
        panic!("asked by redirect")
    };
    SessionTranscript::openid4vp(client_id, nonce, jwk_thumbprint.as_ref(), response_uri)
}

/// What was asked for and the document has.
fn chosen(document: &IssuerSigned, request: &VerifiedRequest) -> IssuerSigned {
    part(document, &request.query)
}

/// The part of a document that answers a query.
pub(crate) fn part(document: &IssuerSigned, query: &Query) -> IssuerSigned {
    let names = |claim: &mibun_presenting::dcql::ClaimQuery| {
        let path = claim.path.to_value();
        let name = |at: usize| path[at].as_str().expect("a name").to_owned();
        (name(0), name(1))
    };
    let wanted: Vec<(String, String)> =
        query.credential(Query::CARD).expect("the one query").claims.iter().map(names).collect();
    let held = wanted.iter().filter(|(namespace, name)| document.item(namespace, name).is_some());
    let held: Vec<(&str, &str)> = held.map(|(namespace, name)| (namespace.as_str(), name.as_str())).collect();
    document.select(&held).expect("it has them")
}

pub(crate) fn token(response: &[u8]) -> VpToken {
    let mut token = VpToken::default();
    token.add_device_response(Query::CARD, response);
    token
}

#[tokio::test]
async fn both_formats_come_under_one_token_and_are_one_card() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let code = wallet.code(&[("scope", "mibun_card mibun_card_mdoc")]).await;
    let tokens = wallet.redeemed(&code).await;
    let access = tokens["access_token"].as_str().expect("a token");
    let (cards, _) = collected(&wallet, access, "mibun_card").await;
    let (documents, keys) = collected(&wallet, access, MDOC).await;
    assert_eq!((cards.len(), documents.len()), (2, 2));
    assert_eq!((town.cards().await, town.entries_taken().await), (1, 4), "one card, four entries of the list");
    let document = IssuerSigned::parse(&base64url::decode(&documents[0]).expect("base64url")).expect("an mdoc");
    let anchors = [town.app.keys.root.clone()];
    document.verify(&anchors, town.app.clock.now()).expect("it is the authority's");
    assert_eq!(document.mso().doc_type, "eu.europa.ec.eudi.pid.1");
    assert_eq!(document.mso().device_key, *keys[0].public_key());
    let said = PID.claims_of(&document).expect("a PID").claims;
    let card = crate::support::showing::claims(&cards[0]);
    for name in ["family_name", "given_name", "birthdate", "nationalities", "assurance_level", "issuing_authority"] {
        assert_eq!(said[name], card[name], "{name}");
    }
}

#[tokio::test]
async fn one_key_may_have_the_card_in_both_formats() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let code = wallet.code(&[("scope", "mibun_card mibun_card_mdoc")]).await;
    let tokens = wallet.redeemed(&code).await;
    let (access, own) = (tokens["access_token"].as_str().expect("a token"), key());
    for configuration in ["mibun_card", MDOC] {
        let proof = town.proof(&own, &town.nonce().await);
        let body = json!({ "credential_configuration_id": configuration, "proofs": { "jwt": [proof] } });
        assert_eq!(send(wallet.asking(access, &body).await).await.status, 200, "{configuration}");
    }
    assert_eq!((town.cards().await, town.entries_taken().await), (1, 2));
}

#[tokio::test]
async fn a_bearer_token_gives_one_format() {
    let town = Town::open().await;
    let token = town.token().await;
    let body = |configuration: &str, proofs: Vec<String>| json!({ "credential_configuration_id": configuration, "proofs": { "jwt": proofs } });
    let proofs = town.proofs(1, &town.nonce().await);
    let first = send(town.credential_request(&token, &body("mibun_card", proofs))).await;
    assert_eq!(first.status, 200, "{}", first.text());
    let proofs = town.proofs(1, &town.nonce().await);
    let request = town.credential_request(&token, &body(MDOC, proofs));
    town.refuses(request, 400, "credential_request_denied").await;
}

#[tokio::test]
async fn the_metadata_offers_the_mdoc_beside_the_card() {
    let town = Town::open().await;
    let metadata = send(town.get("/.well-known/openid-credential-issuer")).await.json();
    let mdoc = &metadata["credential_configurations_supported"][MDOC];
    assert_eq!((&mdoc["format"], &mdoc["doctype"]), (&json!("mso_mdoc"), &json!("eu.europa.ec.eudi.pid.1")));
    assert_eq!(mdoc["credential_signing_alg_values_supported"], json!([-7]));
    assert_eq!(mdoc["cryptographic_binding_methods_supported"], json!(["cose_key"]));
    let claims = mdoc["credential_metadata"]["claims"].as_array().expect("claims");
    let family_name = claims.iter().find(|claim| claim["path"][1] == "family_name").expect("a family name");
    assert_eq!(family_name["path"][0], "eu.europa.ec.eudi.pid.1");
    assert_eq!(family_name["display"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn a_window_accepts_an_mdoc_and_sees_the_fields_of_its_scene() {
    let town = Town::open().await;
    let (document, device) = holder(&town).await;
    let (asked, request) = asked(&town).await;
    let shown = Showing::new(chosen(&document, &request), Vec::new(), &transcript(&request));
    let response = shown.sign(&device).expect("the key signs");
    let reply = send(town.answering_with(&request, &token(&response))).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let view = town.sees(&asked).await;
    assert_eq!(view["state"], "verified");
    let fields = view["verdict"]["fields"].as_array().expect("fields");
    let family_name = fields.iter().find(|field| field["path"] == json!(["family_name"])).expect("it is asked for");
    assert_eq!(family_name["value"], "Aokigahara");
}

/// The holder shows something else than is honest; the window refuses it for this reason.
async fn refused(
    refusal: &str,
    remake: impl AsyncFnOnce(&Town, &IssuerSigned, &SoftwareKey, &VerifiedRequest) -> Vec<u8>,
) {
    let town = Town::open().await;
    let (document, device) = holder(&town).await;
    let (asked, request) = asked(&town).await;
    let response = remake(&town, &document, &device, &request).await;
    town.judges(&asked, town.answering_with(&request, &token(&response)), refusal).await;
}

#[tokio::test]
async fn an_mdoc_in_another_session_is_refused() {
    refused("invalid_device_proof", async |_, document, device, request| {
        let other =
            SessionTranscript::openid4vp(&request.client_id, "another nonce", None, request.response_uri.as_str());
        Showing::new(chosen(document, request), Vec::new(), &other).sign(device).expect("the key signs")
    })
    .await;
}

#[tokio::test]
async fn an_mdoc_shown_by_another_key_is_refused() {
    refused("invalid_device_proof", async |_, document, _, request| {
        let shown = Showing::new(chosen(document, request), Vec::new(), &transcript(request));
        shown.sign(&key()).expect("the key signs")
    })
    .await;
}

#[tokio::test]
async fn a_revoked_mdoc_is_refused() {
    refused("revoked", async |town, document, device, request| {
        town.revoke_all().await;
        let shown = Showing::new(chosen(document, request), Vec::new(), &transcript(request));
        shown.sign(device).expect("the key signs")
    })
    .await;
}

#[tokio::test]
async fn an_mdoc_that_withholds_what_the_scene_needs_is_refused() {
    refused("missing_fields", async |_, document, device, request| {
        let few = document.select(&[("mibun.pid.1", "assurance_level")]).expect("it has it");
        Showing::new(few, Vec::new(), &transcript(request)).sign(device).expect("the key signs")
    })
    .await;
}

#[tokio::test]
async fn an_mdoc_that_is_none_is_refused() {
    refused("malformed", async |_, _, _, _| b"\xa0".to_vec()).await;
}

#[tokio::test]
async fn an_sd_jwt_where_an_mdoc_was_asked_for_changes_nothing() {
    let town = Town::open().await;
    let (asked, request) = asked(&town).await;
    let token = VpToken::single(Query::CARD, "e30.e30.e30~");
    let reply = send(town.answering_with(&request, &token)).await;
    assert_eq!(reply.status, 400, "{}", reply.text());
    assert_eq!(town.sees(&asked).await["state"], "scanned");
}

#[tokio::test]
async fn an_unknown_format_is_not_asked_for() {
    let town = Town::open().await;
    let counter = town.counter().await;
    let body: Value = json!({ "scene": SCENE, "way": "window", "format": "ldp_vc" });
    let reply = send(town.page(reqwest::Method::POST, "/api/checks").header("cookie", counter).json(&body)).await;
    assert_eq!(reply.status, 400, "{}", reply.text());
}
