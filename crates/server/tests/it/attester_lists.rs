//! Attestations that name a status list: of wallets where a request is pushed and a token asked for, of keys where a card is.

use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_server::config::{Attester, AttesterStatus};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::issuing::{CONFIGURATION, asking_with, key, proof_with};
use crate::support::lists::{BEYOND, INVALID, Lists, SUSPENDED, VALID, entry};
use crate::support::wallets::{Instance, Provider, resigned};
use crate::support::wire::send;

const REVOKED: &str = "the attestation has been revoked";
const PAUSED: &str = "the attestation is suspended";
const UNKNOWN_SIGNER: &str = "the signer of the status list does not belong to the attester";
const NOT_NOW: &str = "the status list of the attestation cannot be had; try again in a moment";

/// A request that carries an attestation with this `status`, and an honest proof.
fn presenting(wallet: &Instance<'_>, request: RequestBuilder, status: &Value) -> RequestBuilder {
    let attestation = wallet.attestation_with(&wallet.town.provider, |claims| claims["status"] = status.clone());
    wallet.presenting(request, &attestation, &wallet.possession_with(|_| {}))
}

fn pushing(wallet: &Instance<'_>, status: &Value) -> RequestBuilder {
    presenting(wallet, wallet.town.post("/par"), status).form(&wallet.parameters(&[]))
}

/// Refused, with this reason and no trace; the reply's code and status are those of a wallet that is not believed.
async fn no_client(town: &Town, request: RequestBuilder, reason: &str) {
    let reply = town.refuses(request, 401, "invalid_client").await;
    assert_eq!(reply.json()["error_description"], format!("client attestation: {reason}"));
}

async fn not_now(town: &Town, request: RequestBuilder) {
    let reply = town.refuses(request, 503, "server_error").await;
    assert_eq!(reply.json()["error_description"], NOT_NOW);
}

#[tokio::test]
async fn who_is_revoked_or_suspended_pushes_nothing() {
    let (town, lists) = (Town::open().await, Lists::open().await);
    let wallet = Instance::new(&town);
    let uri = lists.publish_list("1", &town.provider, town.app.clock.now());
    no_client(&town, pushing(&wallet, &entry(&uri, INVALID)), REVOKED).await;
    no_client(&town, pushing(&wallet, &entry(&uri, SUSPENDED)), PAUSED).await;
    assert_eq!(send(pushing(&wallet, &entry(&uri, VALID))).await.status, 201);
    assert_eq!(lists.asked(), 1, "one list, fetched once");
}

#[tokio::test]
async fn a_refusal_spends_no_proof() {
    let (town, lists) = (Town::open().await, Lists::open().await);
    let wallet = Instance::new(&town);
    let uri = lists.publish_list("1", &town.provider, town.app.clock.now());
    let possession = wallet.possession_with(|_| {});
    let with = |index: u64| {
        let attestation = wallet.attestation_with(&town.provider, |claims| claims["status"] = entry(&uri, index));
        wallet.presenting(town.post("/par"), &attestation, &possession).form(&wallet.parameters(&[]))
    };
    no_client(&town, with(INVALID), REVOKED).await;
    assert_eq!(send(with(VALID)).await.status, 201, "the same proof is still good");
    let again = town.refuses(with(VALID), 401, "invalid_client").await;
    assert!(again.text().contains("has been used"), "{}", again.text());
}

#[tokio::test]
async fn a_list_that_proves_nothing_is_as_good_as_none() {
    let (town, lists) = (Town::open().await, Lists::open().await);
    let (wallet, now) = (Instance::new(&town), town.app.clock.now());
    let good = lists.publish_list("good", &town.provider, now);
    let other = lists.publish_list("other", &Provider::new(), now);
    let moved = lists.publish_with("moved", &town.provider, now, |claims| claims.subject.push('1'));
    let old = lists.publish_with("old", &town.provider, now, |claims| claims.expires_at = Some(now.plus_seconds(-61)));
    let page = lists.publish("page", "<html>".to_owned());
    for (uri, index, reason) in [
        (other.as_str(), VALID, UNKNOWN_SIGNER),
        (&moved, VALID, "what lies at the address is another status list"),
        (&old, VALID, "the status list of the attestation has expired"),
        (&page, VALID, "the status list of the attestation is malformed or too long"),
        (&good, BEYOND, "the status list has no entry for the attestation"),
        ("http://provider.example/1", VALID, "the status list of the attestation has an address that is not called"),
    ] {
        no_client(&town, pushing(&wallet, &entry(uri, index)), reason).await;
    }
    assert_eq!(send(pushing(&wallet, &entry(&good, VALID))).await.status, 201);
}

#[tokio::test]
async fn a_status_of_another_kind_is_not_believed_and_one_that_is_none_is_malformed() {
    let (town, lists) = (Town::open().await, Lists::open().await);
    let wallet = Instance::new(&town);
    let mechanism = "the attestation tells its standing in a way that is not read here";
    for status in [json!({}), json!({ "identifier_list": { "id": "AQ", "uri": lists.uri("1") } })] {
        no_client(&town, pushing(&wallet, &status), mechanism).await;
    }
    for status in [json!("valid"), json!({ "status_list": { "idx": -1, "uri": lists.uri("1") } })] {
        let reply = town.refuses(pushing(&wallet, &status), 401, "invalid_client").await;
        let reason = "member status of the client attestation is missing or malformed";
        assert_eq!(reply.json()["error_description"], reason);
    }
    assert_eq!(lists.asked(), 0);
}

#[tokio::test]
async fn a_list_that_cannot_be_had_stops_its_wallets_for_a_moment() {
    let (town, lists) = (Town::open().await, Lists::open().await);
    let wallet = Instance::new(&town);
    let status = entry(&lists.uri("1"), VALID);
    not_now(&town, pushing(&wallet, &status)).await;
    lists.publish_list("1", &town.provider, town.app.clock.now());
    town.clock.advance_seconds(15);
    assert_eq!(send(pushing(&wallet, &status)).await.status, 201);
}

#[tokio::test]
async fn a_revocation_is_heard_of_when_the_list_has_served_its_time() {
    let (town, lists) = (Town::open().await, Lists::open().await);
    let wallet = Instance::new(&town);
    let uri = lists.publish_list("1", &town.provider, town.app.clock.now());
    let status = entry(&uri, VALID);
    assert_eq!(send(pushing(&wallet, &status)).await.status, 201);
    lists.publish("1", "gone".to_owned());
    town.clock.advance_seconds(599);
    assert_eq!(send(pushing(&wallet, &status)).await.status, 201);
    town.clock.advance_seconds(1);
    let reason = "the status list of the attestation is malformed or too long";
    no_client(&town, pushing(&wallet, &status), reason).await;
}

#[tokio::test]
async fn where_the_operator_says_so_no_list_is_asked() {
    let lists = Lists::open().await;
    let ignoring = |attester: &mut Attester| attester.status = AttesterStatus::Ignored;
    let town = Town::with(|config| config.wallets.attesters.iter_mut().for_each(ignoring)).await;
    let wallet = Instance::new(&town);
    let uri = lists.publish_list("1", &town.provider, town.app.clock.now());
    let odd = json!({ "identifier_list": { "id": "AQ", "uri": uri } });
    for status in [entry(&uri, INVALID), entry("http://provider.example/1", VALID), odd] {
        assert_eq!(send(pushing(&wallet, &status)).await.status, 201);
    }
    assert_eq!(lists.asked(), 0);
}

#[tokio::test]
async fn who_is_revoked_gets_no_token_and_loses_no_code() {
    let (town, lists) = (Town::open().await, Lists::open().await);
    let wallet = Instance::new(&town);
    let uri = lists.publish_list("1", &town.provider, town.app.clock.now());
    let code = wallet.code(&[]).await;
    let form = wallet.redeem_parameters(&code);
    let proof = wallet.proof("/token", None).await;
    let asking = |status| presenting(&wallet, town.post("/token"), &status).header("DPoP", &proof).form(&form);
    no_client(&town, asking(entry(&uri, INVALID)), REVOKED).await;
    not_now(&town, asking(entry(&lists.uri("2"), VALID))).await;
    let reply = send(asking(entry(&uri, VALID))).await;
    assert_eq!(reply.status, 200, "code and proof are still good: {}", reply.text());
    let refresh = reply.json()["refresh_token"].as_str().expect("a refresh token").to_owned();
    let proof = wallet.proof("/token", None).await;
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str()), ("client_id", wallet.client.as_str())];
    let asking = |status| presenting(&wallet, town.post("/token"), &status).header("DPoP", &proof).form(&form);
    no_client(&town, asking(entry(&uri, SUSPENDED)), PAUSED).await;
    assert_eq!(send(asking(entry(&uri, VALID))).await.status, 200);
}

#[tokio::test]
async fn an_offer_is_not_redeemed_by_who_is_revoked() {
    let (town, lists) = (Town::open().await, Lists::open().await);
    let wallet = Instance::new(&town);
    let uri = lists.publish_list("1", &town.provider, town.app.clock.now());
    let offered = town.offered().await;
    no_client(&town, presenting(&wallet, town.redeeming(&offered), &entry(&uri, INVALID)), REVOKED).await;
    assert_eq!(send(presenting(&wallet, town.redeeming(&offered), &entry(&uri, VALID))).await.status, 200);
}

/// An attestation of a key with this `status`.
pub(crate) fn attested(town: &Town, own: &SoftwareKey, nonce: &str, status: &Value) -> String {
    let now = town.app.clock.now();
    let keys = [own.public_key().clone()];
    let attestation = mibun_trust::attestation::key::KeyAttestation {
        keys: &keys,
        nonce: Some(nonce),
        key_storage: &[],
        user_authentication: &[],
        status: None,
        issued_at: now,
        expires_at: Some(now.plus_seconds(600)),
    };
    let provider = &town.provider;
    let x5c = [provider.leaf.der().to_vec()];
    let signed = mibun_trust::attestation::key::sign(&attestation, &x5c, &provider.key).expect("signed");
    resigned(&signed, &provider.key, |claims| claims["status"] = status.clone())
}

/// Asks for a card with the key attested, alone or in the header of its proof, by turns of `status`.
async fn card_for_attested_key(in_proof: bool) {
    let (town, lists) = (Town::open().await, Lists::open().await);
    let wallet = Instance::new(&town);
    let uri = lists.publish_list("1", &town.provider, town.app.clock.now());
    let tokens = wallet.tokens().await;
    let token = tokens["access_token"].as_str().expect("a token");
    let (own, nonce) = (key(), town.nonce().await);
    let asking = |status: Value| {
        let attestation = attested(&town, &own, &nonce, &status);
        if !in_proof {
            return json!({ "credential_configuration_id": CONFIGURATION, "proofs": { "attestation": [attestation] } });
        }
        let proof = proof_with(&town, &own, &nonce, |header, _| header["key_attestation"] = attestation.into());
        asking_with(&[proof])
    };
    let identifier = json!({ "identifier_list": { "id": "AQ", "uri": uri } });
    for (status, reason) in [
        (entry(&uri, INVALID), REVOKED),
        (entry(&uri, SUSPENDED), PAUSED),
        (entry(&uri, BEYOND), "the status list has no entry for the attestation"),
        (identifier, "the attestation tells its standing in a way that is not read here"),
    ] {
        let reply = town.refuses(wallet.asking(token, &asking(status)).await, 400, "invalid_proof").await;
        assert_eq!(reply.json()["error_description"], format!("key attestation: {reason}"));
    }
    not_now(&town, wallet.asking(token, &asking(entry(&lists.uri("2"), VALID))).await).await;
    assert_eq!((town.cards().await, town.entries_taken().await), (0, 0));
    let reply = send(wallet.asking(token, &asking(entry(&uri, VALID))).await).await;
    assert_eq!(reply.status, 200, "the nonce is still good: {}", reply.text());
    assert_eq!((town.cards().await, lists.asked()), (1, 2));
}

#[tokio::test]
async fn a_key_whose_attestation_was_taken_back_gets_no_card() {
    card_for_attested_key(false).await;
}

#[tokio::test]
async fn nor_does_one_whose_proof_carries_such_an_attestation() {
    card_for_attested_key(true).await;
}
