//! Proofs of possession that give no card (OpenID4VCI 1.0 appendix F).

use mibun_crypto::base64url;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_server::entropy::SystemEntropy;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::issuing::{asking_with, key, proof_with};
use crate::support::showing::tampered;

/// Asks for a card with one proof whose header and claims were changed before the holder signed it.
async fn refused(code: &str, change: impl FnOnce(&mut Value, &mut Value)) {
    let town = Town::open().await;
    let (token, nonce) = (town.token().await, town.nonce().await);
    let proof = proof_with(&town, &key(), &nonce, change);
    town.refuses(town.credential_request(&token, &asking_with(&[proof])), 400, code).await;
}

/// Asks with the proof that `remake` makes of a good one.
async fn refused_text(code: &str, remake: impl FnOnce(&str) -> String) {
    let town = Town::open().await;
    let (token, nonce) = (town.token().await, town.nonce().await);
    let proof = remake(&town.proof(&key(), &nonce));
    town.refuses(town.credential_request(&token, &asking_with(&[proof])), 400, code).await;
}

/// The proof under another header, with this signature.
fn reheaded(proof: &str, signature: &str, change: impl FnOnce(&mut Value)) -> String {
    let parts: Vec<&str> = proof.split('.').collect();
    let header = base64url::decode(parts[0]).expect("base64url");
    let mut header: Value = serde_json::from_slice(&header).expect("JSON");
    change(&mut header);
    format!("{}.{}.{signature}", base64url::encode(header.to_string().as_bytes()), parts[1])
}

#[tokio::test]
async fn an_unsigned_proof_is_refused() {
    refused_text("invalid_proof", |proof| reheaded(proof, "", |header| header["alg"] = "none".into())).await;
}

#[tokio::test]
async fn an_unsigned_proof_with_a_signature_left_on_is_refused() {
    let keep = |proof: &str| proof.rsplit('.').next().expect("a signature").to_owned();
    refused_text("invalid_proof", |proof| reheaded(proof, &keep(proof), |header| header["alg"] = "none".into())).await;
}

#[tokio::test]
async fn a_proof_under_a_shared_secret_is_refused() {
    refused_text("invalid_proof", |proof| reheaded(proof, "AAAA", |header| header["alg"] = "HS256".into())).await;
}

#[tokio::test]
async fn a_proof_for_another_issuer_is_refused() {
    refused("invalid_proof", |_, claims| claims["aud"] = "https://issuer.example".into()).await;
}

#[tokio::test]
async fn a_proof_for_several_issuers_is_refused() {
    refused("invalid_proof", |_, claims| claims["aud"] = json!([claims["aud"], "https://issuer.example"])).await;
}

#[tokio::test]
async fn a_proof_that_gives_its_private_key_away_is_refused() {
    refused("invalid_proof", |header, _| header["jwk"]["d"] = header["jwk"]["x"].clone()).await;
}

#[tokio::test]
async fn a_proof_of_another_type_is_refused() {
    refused("invalid_proof", |header, _| header["typ"] = "JWT".into()).await;
}

#[tokio::test]
async fn a_proof_that_names_its_key_twice_is_refused() {
    refused("invalid_proof", |header, _| header["kid"] = "1".into()).await;
}

#[tokio::test]
async fn a_proof_that_carries_no_key_is_refused() {
    refused("invalid_proof", |header, _| {
        header.as_object_mut().expect("an object").remove("jwk");
    })
    .await;
}

#[tokio::test]
async fn a_proof_by_another_key_than_it_carries_is_refused() {
    refused("invalid_proof", |header, _| header["jwk"] = key().public_key().to_jwk().to_value()).await;
}

#[tokio::test]
async fn a_proof_by_a_point_off_the_curve_is_refused() {
    refused("invalid_proof", |header, _| header["jwk"]["y"] = header["jwk"]["x"].clone()).await;
}

#[tokio::test]
async fn an_old_proof_is_refused() {
    refused("invalid_proof", |_, claims| claims["iat"] = (claims["iat"].as_i64().expect("a time") - 301).into()).await;
}

#[tokio::test]
async fn a_proof_from_the_future_is_refused() {
    refused("invalid_proof", |_, claims| claims["iat"] = (claims["iat"].as_i64().expect("a time") + 61).into()).await;
}

#[tokio::test]
async fn a_proof_without_a_time_is_refused() {
    refused("invalid_proof", |_, claims| claims["iat"] = Value::Null).await;
}

#[tokio::test]
async fn a_proof_without_a_nonce_is_refused() {
    refused("invalid_proof", |_, claims| claims["nonce"] = Value::Null).await;
}

#[tokio::test]
async fn a_proof_with_a_nonce_of_its_own_is_refused() {
    refused("invalid_nonce", |_, claims| claims["nonce"] = "bm90LWEtbm9uY2Utb2Ytb3Vycw".into()).await;
}

#[tokio::test]
async fn a_proof_with_a_tampered_nonce_is_refused() {
    refused("invalid_nonce", |_, claims| {
        claims["nonce"] = tampered(claims["nonce"].as_str().expect("a nonce"), 3).into()
    })
    .await;
}

#[tokio::test]
async fn a_critical_header_is_refused() {
    refused_text("invalid_proof", |proof| {
        let signature = proof.rsplit('.').next().expect("a signature").to_owned();
        reheaded(proof, &signature, |header| header["crit"] = json!(["exp"]))
    })
    .await;
}

#[tokio::test]
async fn a_tampered_signature_is_refused() {
    refused_text("invalid_proof", |proof| tampered(proof, proof.len() - 8)).await;
}

#[tokio::test]
async fn a_truncated_proof_is_refused() {
    refused_text("invalid_proof", |proof| proof[..proof.len() - 40].to_owned()).await;
}

#[tokio::test]
async fn a_proof_of_a_kilobyte_too_much_is_refused() {
    refused("invalid_proof", |_, claims| claims["filling"] = "x".repeat(33 * 1024).into()).await;
}

#[tokio::test]
async fn a_proof_on_another_curve_is_refused() {
    let town = Town::open().await;
    let (token, nonce) = (town.token().await, town.nonce().await);
    let key = SoftwareKey::generate_for(Algorithm::Es384, &mut SystemEntropy::new());
    let proof = town.proof(&key, &nonce);
    town.refuses(town.credential_request(&token, &asking_with(&[proof])), 400, "invalid_proof").await;
}

#[tokio::test]
async fn eleven_proofs_are_refused() {
    let town = Town::open().await;
    let (token, nonce) = (town.token().await, town.nonce().await);
    let request = town.credential_request(&token, &asking_with(&town.proofs(11, &nonce)));
    town.refuses(request, 400, "invalid_credential_request").await;
}

#[tokio::test]
async fn two_proofs_of_one_key_are_refused() {
    let town = Town::open().await;
    let (token, nonce, key) = (town.token().await, town.nonce().await, key());
    let proofs = [town.proof(&key, &nonce), town.proof(&key, &nonce)];
    town.refuses(town.credential_request(&token, &asking_with(&proofs)), 400, "invalid_proof").await;
}

#[tokio::test]
async fn proofs_with_two_nonces_are_refused() {
    let town = Town::open().await;
    let (token, one, other) = (town.token().await, town.nonce().await, town.nonce().await);
    let proofs = [town.proof(&key(), &one), town.proof(&key(), &other)];
    town.refuses(town.credential_request(&token, &asking_with(&proofs)), 400, "invalid_proof").await;
}

#[tokio::test]
async fn one_bad_proof_among_ten_spoils_the_batch() {
    let town = Town::open().await;
    let (token, nonce) = (town.token().await, town.nonce().await);
    let mut proofs = town.proofs(10, &nonce);
    proofs[9] = tampered(&proofs[9], proofs[9].len() - 8);
    town.refuses(town.credential_request(&token, &asking_with(&proofs)), 400, "invalid_proof").await;
}

#[tokio::test]
async fn a_stale_nonce_is_refused() {
    let town = Town::open().await;
    let (token, nonce) = (town.token().await, town.nonce().await);
    town.clock.advance_seconds(301);
    let request = town.credential_request(&token, &asking_with(&town.proofs(1, &nonce)));
    town.refuses(request, 400, "invalid_nonce").await;
}

#[tokio::test]
async fn another_installations_nonce_is_refused() {
    let (town, other) = (Town::open().await, Town::open().await);
    let (token, nonce) = (town.token().await, other.nonce().await);
    let request = town.credential_request(&token, &asking_with(&town.proofs(1, &nonce)));
    town.refuses(request, 400, "invalid_nonce").await;
}

#[tokio::test]
async fn a_spent_nonce_is_refused() {
    let town = Town::open().await;
    let (token, second, nonce) = (town.token().await, town.token().await, town.nonce().await);
    let first = town.credential_request(&token, &asking_with(&town.proofs(1, &nonce)));
    assert_eq!(crate::support::wire::send(first).await.status, 200);
    let request = town.credential_request(&second, &asking_with(&town.proofs(1, &nonce)));
    town.refuses(request, 400, "invalid_nonce").await;
}
