//! What the OpenID Foundation's conformance suite asks of a credential issuer, each by the name of its module
//! (`oid4vci-1_0-issuer-` left out).

use mibun_card::sd_jwt::SdJwt;
use mibun_card::vc;
use mibun_crypto::jwe::{self, Enc, EphemeralKey, PartyInfo};
use mibun_crypto::jws;
use mibun_crypto::key::{Jwk, Signer, SoftwareKey};
use mibun_crypto::x509::{Purpose, chain};
use mibun_issuing::received::LIMITS;
use mibun_server::entropy::SystemEntropy;
use mibun_trust::attestation::key::KeyAttestation;
use mibun_trust::attestation::{self, Profile};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::issuing::{CONFIGURATION, asking_with, key, proof_with};
use crate::support::wallets::{Instance, Provider, fresh};
use crate::support::wire::{Reply, send};

async fn token(wallet: &Instance<'_>) -> String {
    wallet.tokens().await["access_token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn metadata_test() {
    let town = Town::open().await;
    let reply = send(town.get("/.well-known/openid-credential-issuer")).await;
    assert!(reply.header("content-type").starts_with("application/json"));
    let metadata = reply.json();
    assert_eq!(metadata["credential_issuer"], town.app.terms.issuer.as_str());
    assert!(metadata["nonce_endpoint"].is_string());
    assert!(metadata["batch_credential_issuance"]["batch_size"].as_u64().expect("a number") >= 2);
    for configuration in metadata["credential_configurations_supported"].as_object().expect("some").values() {
        assert!(configuration["scope"].is_string() && configuration["format"].is_string());
        assert!(configuration["proof_types_supported"]["jwt"].is_object());
        assert!(configuration["credential_metadata"]["display"].is_array());
    }
}

#[tokio::test]
async fn happy_flow() {
    let town = Town::open().await;
    for profile in [Profile::Haip10, Profile::Latest] {
        let wallet = Instance { profile, ..Instance::new(&town) };
        let tokens = wallet.tokens().await;
        let token = tokens["access_token"].as_str().expect("a token");
        let keys = [key(), key()];
        let nonce = town.nonce().await;
        let proofs: Vec<String> = keys.iter().map(|key| town.proof(key, &nonce)).collect();
        let mut body = asking_with(&proofs);
        body["zz_unknown"] = json!({ "sprinkled": true });
        let reply = send(wallet.asking(token, &body).await).await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"), "{}", reply.text());
        let answer = reply.json();
        for copy in answer["credentials"].as_array().expect("copies") {
            check_copy(&town, copy["credential"].as_str().expect("a card"));
        }
        let notification = json!({ "notification_id": answer["notification_id"], "event": "credential_accepted" });
        let proof = wallet.proof("/notification", Some(token)).await;
        let request = town.post("/notification").header("Authorization", format!("DPoP {token}")).header("DPoP", proof);
        assert_eq!(send(request.json(&notification)).await.status, 204);
    }
}

fn check_copy(town: &Town, copy: &str) {
    let card = SdJwt::parse(copy, &LIMITS).expect("an SD-JWT");
    let x5c = card.jws().header().x5c();
    let anchors = [town.app.keys.root.clone()];
    assert!(!x5c.iter().any(|der| der == town.app.keys.root.der()), "the anchor is not sent");
    let signer = chain::verify(x5c, &anchors, town.app.clock.now(), Purpose::DocumentSigner).expect("a good chain");
    card.jws().verify(signer.public_key()).expect("a good signature");
    let card = vc::read(&card).expect("a card");
    assert!(card.expires_at.is_some() && card.vct == vc::CARD_VCT);
}

#[tokio::test]
async fn happy_flow_additional_requests() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let token = token(&wallet).await;
    let request =
        wallet.asking_copies(&token, 1).await.header("x-fapi-interaction-id", "c770aef3-6784-41f7-8e0e-ff5f97bddb3a");
    let reply = send(request.header("x-fapi-auth-date", "Tue, 11 Sep 2012 19:43:31 GMT").header("accept", "*/*")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

#[tokio::test]
async fn happy_flow_multiple_clients() {
    let town = Town::open().await;
    for client in ["https://wallet.example", "https://other.example"] {
        let wallet = Instance::of(&town, client);
        let token = token(&wallet).await;
        assert_eq!(send(wallet.asking_copies(&token, 1).await).await.status, 200);
    }
    assert_eq!(
        (town.counts().await.valid, town.counts().await.revoked),
        (1, 1),
        "the second card supersedes the first"
    );
}

#[tokio::test]
async fn happy_flow_skip_notification() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let token = token(&wallet).await;
    assert_eq!(send(wallet.asking_copies(&token, 1).await).await.status, 200);
}

#[tokio::test]
async fn batch_issuance() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let token = token(&wallet).await;
    let size = town.app.terms.batch_size;
    let answer = send(wallet.asking_copies(&token, size).await).await.json();
    let copies = answer["credentials"].as_array().expect("copies");
    assert_eq!(copies.len(), size);
    let mut seen = std::collections::BTreeSet::new();
    for copy in copies {
        let card = SdJwt::parse(copy["credential"].as_str().expect("a card"), &LIMITS).expect("an SD-JWT");
        let payload = card.jws().payload_json(&LIMITS).expect("claims");
        assert!(seen.insert(payload["status"]["status_list"]["idx"].to_string()), "each its own entry");
        assert!(seen.insert(payload["cnf"].to_string()), "each its own key");
        assert_eq!(payload["iat"].as_i64().map(|iat| iat % 86_400), Some(0), "times do not link copies");
    }
}

/// A credential request with one changed proof, which must be refused and leave no trace.
async fn refused_proof(code: &str, change: impl FnOnce(&Town, &str) -> Value) {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let token = token(&wallet).await;
    let body = change(&town, &town.nonce().await);
    town.refuses(wallet.asking(&token, &body).await, 400, code).await;
    assert_eq!(town.entries_taken().await, 0);
}

#[tokio::test]
async fn fail_invalid_nonce() {
    refused_proof("invalid_nonce", |town, _| asking_with(&[town.proof(&key(), "stale")])).await;
}

#[tokio::test]
async fn fail_invalid_jwt_proof_signature() {
    refused_proof("invalid_proof", |town, nonce| {
        let proof = town.proof(&key(), nonce);
        let (signed, _) = proof.rsplit_once('.').expect("a JWS");
        let other = town.proof(&key(), nonce);
        let (_, signature) = other.rsplit_once('.').expect("a JWS");
        asking_with(&[format!("{signed}.{signature}")])
    })
    .await;
}

#[tokio::test]
async fn fail_missing_proof() {
    refused_proof("invalid_proof", |_, _| json!({ "credential_configuration_id": CONFIGURATION })).await;
}

#[tokio::test]
async fn fail_unknown_credential_configuration() {
    refused_proof("unknown_credential_configuration", |town, nonce| {
        let mut body = asking_with(&[town.proof(&key(), nonce)]);
        body["credential_configuration_id"] = "unknown".into();
        body
    })
    .await;
}

#[tokio::test]
async fn fail_unknown_credential_identifier() {
    refused_proof(
        "unknown_credential_identifier",
        |town, nonce| json!({ "credential_identifier": "unknown", "proofs": { "jwt": [town.proof(&key(), nonce)] } }),
    )
    .await;
}

#[tokio::test]
async fn fail_on_access_token_in_query() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let token = token(&wallet).await;
    let proof = wallet.proof("/credential", Some(&token)).await;
    let body = asking_with(&town.proofs(1, &town.nonce().await));
    let request = town.post(&format!("/credential?access_token={token}")).header("DPoP", proof).json(&body);
    town.refuses(request, 401, "invalid_token").await;
}

/// Pushes with these proofs, which must be refused and leave no trace.
async fn refused_client(town: &Town, wallet: &Instance<'_>, attestation: &str, possession: &str) -> Reply {
    let request = wallet.presenting(town.post("/par"), attestation, possession).form(&wallet.parameters(&[]));
    town.refuses(request, 401, "invalid_client").await
}

#[tokio::test]
async fn fail_invalid_client_attestation_signature() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let attestation = wallet.attestation_with(&town.provider, |_| {});
    let (signed, _) = attestation.rsplit_once('.').expect("a JWS");
    let other = wallet.attestation_with(&town.provider, |claims| claims["x"] = 1.into());
    let (_, signature) = other.rsplit_once('.').expect("a JWS");
    refused_client(&town, &wallet, &format!("{signed}.{signature}"), &wallet.possession_with(|_| {})).await;
}

#[tokio::test]
async fn fail_invalid_client_attestation_pop_signature() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let possession = wallet.possession_with(|_| {});
    let (signed, _) = possession.rsplit_once('.').expect("a JWS");
    let other = wallet.possession_with(|_| {});
    let (_, signature) = other.rsplit_once('.').expect("a JWS");
    let attestation = wallet.attestation_with(&town.provider, |_| {});
    refused_client(&town, &wallet, &attestation, &format!("{signed}.{signature}")).await;
}

#[tokio::test]
async fn fail_mismatched_client_attestation_pop_key() {
    let town = Town::open().await;
    let (wallet, other) = (Instance::new(&town), Instance::new(&town));
    let attestation = wallet.attestation_with(&town.provider, |_| {});
    refused_client(&town, &wallet, &attestation, &other.possession_with(|_| {})).await;
}

#[tokio::test]
async fn fail_client_attestation_exp_in_past() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let past = town.app.clock.now().0 - 1;
    let attestation = wallet.attestation_with(&town.provider, |claims| claims["exp"] = past.into());
    refused_client(&town, &wallet, &attestation, &wallet.possession_with(|_| {})).await;
}

#[tokio::test]
async fn fail_client_attestation_no_sub() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let attestation = wallet.attestation_with(&town.provider, |claims| {
        claims.as_object_mut().expect("an object").remove("sub");
    });
    refused_client(&town, &wallet, &attestation, &wallet.possession_with(|_| {})).await;
}

#[tokio::test]
async fn fail_client_attestation_pop_wrong_aud() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let attestation = wallet.attestation_with(&town.provider, |_| {});
    let possession = wallet.possession_with(|claims| claims["aud"] = "https://elsewhere.example".into());
    refused_client(&town, &wallet, &attestation, &possession).await;
}

#[tokio::test]
async fn an_attester_that_nobody_named_is_refused() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let attestation = wallet.attestation_with(&Provider::new(), |_| {});
    refused_client(&town, &wallet, &attestation, &wallet.possession_with(|_| {})).await;
}

#[tokio::test]
async fn without_attestation_or_proof_nothing_is_pushed() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let form = wallet.parameters(&[]);
    town.refuses(town.post("/par").form(&form), 401, "invalid_client").await;
    let attestation = wallet.attestation_with(&town.provider, |_| {});
    let request = town.post("/par").header("OAuth-Client-Attestation", attestation).form(&form);
    town.refuses(request, 401, "invalid_client").await;
    let request = town.post("/par").header("OAuth-Client-Attestation-PoP", wallet.possession_with(|_| {})).form(&form);
    town.refuses(request, 401, "invalid_client").await;
}

#[tokio::test]
async fn the_proof_of_an_attestation_is_good_once() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let attestation = wallet.attestation_with(&town.provider, |_| {});
    let possession = wallet.possession_with(|_| {});
    let request = || wallet.presenting(town.post("/par"), &attestation, &possession).form(&wallet.parameters(&[]));
    assert_eq!(send(request()).await.status, 201);
    town.refuses(request(), 401, "invalid_client").await;
}

#[tokio::test]
async fn attestation_and_proof_in_one_field_are_taken() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let attestation = wallet.attestation_with(&town.provider, |_| {});
    let both = format!("{attestation}~{}", wallet.possession_with(|_| {}));
    let request = town.post("/par").header("OAuth-Client-Attestation", both).form(&wallet.parameters(&[]));
    assert_eq!(send(request).await.status, 201);
}

#[tokio::test]
async fn two_attestations_prove_nothing() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let attestation = wallet.attestation_with(&town.provider, |_| {});
    let request = wallet.attested(town.post("/par")).header("OAuth-Client-Attestation", attestation);
    town.refuses(request.form(&wallet.parameters(&[])), 401, "invalid_client").await;
}

#[tokio::test]
async fn a_challenge_of_ours_is_taken_and_a_foreign_one_is_not() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let attestation = wallet.attestation_with(&town.provider, |_| {});
    let challenge = send(town.post("/challenge")).await.json()["attestation_challenge"].clone();
    let good = wallet.possession_with(|claims| claims["challenge"] = challenge);
    let request = wallet.presenting(town.post("/par"), &attestation, &good).form(&wallet.parameters(&[]));
    assert_eq!(send(request).await.status, 201);
    let foreign = wallet.possession_with(|claims| claims["challenge"] = fresh().into());
    let request = wallet.presenting(town.post("/par"), &attestation, &foreign).form(&wallet.parameters(&[]));
    let reply = town.refuses(request, 400, "use_attestation_challenge").await;
    assert!(!reply.header("oauth-client-attestation-challenge").is_empty());
}

#[tokio::test]
async fn a_proof_for_another_issuer_is_refused() {
    refused_proof("invalid_proof", |town, nonce| {
        asking_with(&[proof_with(town, &key(), nonce, |_, claims| claims["aud"] = "https://elsewhere.example".into())])
    })
    .await;
}

#[tokio::test]
async fn metadata_test_signed() {
    let town = Town::open().await;
    let request = town.get("/.well-known/openid-credential-issuer").header("accept", "application/jwt");
    let reply = send(request).await;
    assert!(reply.header("content-type").starts_with("application/jwt"), "{}", reply.header("content-type"));
    let token = jws::parse(&reply.text(), &LIMITS).expect("a JWS");
    assert_eq!(token.header().typ(), Some("openidvci-issuer-metadata+jwt"));
    let anchors = [town.app.keys.root.clone()];
    let now = town.app.clock.now();
    let signer = chain::verify(token.header().x5c(), &anchors, now, Purpose::DocumentSigner).expect("a good chain");
    token.verify(signer.public_key()).expect("a good signature");
    let claims = token.payload_json(&LIMITS).expect("claims");
    assert_eq!(claims["sub"], town.app.terms.issuer.as_str());
    assert_eq!(claims["iat"], json!(now.0));
    let plain = send(town.get("/.well-known/openid-credential-issuer")).await.json();
    for (name, value) in plain.as_object().expect("an object") {
        assert_eq!(claims[name], *value, "{name}");
    }
}

/// A credential request encrypted to the issuer, which asks for an encrypted answer.
async fn encrypted(wallet: &Instance<'_>, token: &str, own: &EphemeralKey, enc: &str) -> RequestBuilder {
    let town = wallet.town;
    let metadata = send(town.get("/.well-known/openid-credential-issuer")).await.json();
    let key = Jwk::from_value(&metadata["credential_request_encryption"]["jwks"]["keys"][0]).expect("a key");
    let mut body = asking_with(&town.proofs(2, &town.nonce().await));
    body["credential_response_encryption"] = json!({ "jwk": own.public_jwk("wallet").to_value(), "enc": enc });
    let mut entropy = SystemEntropy::new();
    let body = jwe::encrypt(body.to_string().as_bytes(), &key, Enc::A256Gcm, PartyInfo::default(), &mut entropy);
    let proof = wallet.proof("/credential", Some(token)).await;
    let request = town.post("/credential").header("Authorization", format!("DPoP {token}")).header("DPoP", proof);
    request.header("content-type", "application/jwt").body(body.expect("encrypted"))
}

#[tokio::test]
async fn happy_flow_encrypted() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let token = token(&wallet).await;
    let own = EphemeralKey::generate(&mut SystemEntropy::new());
    let reply = send(encrypted(&wallet, &token, &own, "A128GCM").await).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/jwt"), "{}", reply.text());
    let opened = jwe::decrypt(&reply.text(), &own, &[Enc::A128Gcm], &LIMITS).expect("it is for this wallet");
    let answer: Value = serde_json::from_slice(&opened.payload).expect("JSON");
    for copy in answer["credentials"].as_array().expect("copies") {
        check_copy(&town, copy["credential"].as_str().expect("a card"));
    }
}

#[tokio::test]
async fn fail_unsupported_encryption_algorithm() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let token = token(&wallet).await;
    let own = EphemeralKey::generate(&mut SystemEntropy::new());
    let request = encrypted(&wallet, &token, &own, "A128CBC-HS256").await;
    town.refuses(request, 400, "invalid_encryption_parameters").await;
}

#[tokio::test]
async fn fail_invalid_key_attestation_signature() {
    let town = Town::with(|config| config.wallets.key_attestations = true).await;
    let wallet = Instance::new(&town);
    let token = token(&wallet).await;
    let attests = |key: &SoftwareKey, nonce: &str, provider: &Provider| {
        let keys = [key.public_key().clone()];
        let now = town.app.clock.now();
        let attestation = KeyAttestation {
            keys: &keys,
            nonce: Some(nonce),
            key_storage: &[],
            user_authentication: &[],
            status: None,
            issued_at: now,
            expires_at: Some(now.plus_seconds(600)),
        };
        attestation::key::sign(&attestation, &[provider.leaf.der().to_vec()], &provider.key).expect("signed")
    };
    let (own, nonce) = (key(), town.nonce().await);
    let asking = |attestation: String| json!({ "credential_configuration_id": CONFIGURATION, "proofs": { "attestation": [attestation] } });
    let bare = asking_with(&[town.proof(&own, &nonce)]);
    town.refuses(wallet.asking(&token, &bare).await, 400, "invalid_proof").await;
    let foreign = asking(attests(&own, &nonce, &Provider::new()));
    town.refuses(wallet.asking(&token, &foreign).await, 400, "invalid_proof").await;
    let good = asking(attests(&own, &nonce, &town.provider));
    assert_eq!(send(wallet.asking(&token, &good).await).await.status, 200);
}
