//! Credential requests that give no card (OpenID4VCI 1.0 section 8.3.1), and what repeats and races lead to.

use mibun_registry::PersonStatus;
use mibun_server::work::WorkError;
use serde_json::json;

use crate::support::Town;
use crate::support::issuing::{CONFIGURATION, another, asking_with, key};
use crate::support::wire::send;

#[tokio::test]
async fn without_a_token_there_is_no_card() {
    let town = Town::open().await;
    let proofs = town.proofs(1, &town.nonce().await);
    let reply = town.refuses(town.post("/credential").json(&asking_with(&proofs)), 401, "invalid_token").await;
    assert!(reply.header("www-authenticate").starts_with("Bearer"));
}

#[tokio::test]
async fn another_scheme_than_bearer_is_refused() {
    let town = Town::open().await;
    let token = town.token().await;
    let proofs = town.proofs(1, &town.nonce().await);
    let request = town.post("/credential").basic_auth("wallet", Some(token)).json(&asking_with(&proofs));
    town.refuses(request, 401, "invalid_token").await;
}

#[tokio::test]
async fn a_token_that_nobody_gave_is_refused() {
    let town = Town::open().await;
    let proofs = town.proofs(1, &town.nonce().await);
    town.refuses(town.credential_request("bm90LWEtdG9rZW4", &asking_with(&proofs)), 401, "invalid_token").await;
}

#[tokio::test]
async fn another_installations_token_is_refused() {
    let (town, other) = (Town::open().await, Town::open().await);
    let token = other.token().await;
    let proofs = town.proofs(1, &town.nonce().await);
    town.refuses(town.credential_request(&token, &asking_with(&proofs)), 401, "invalid_token").await;
}

#[tokio::test]
async fn a_token_in_the_query_is_not_read() {
    let town = Town::open().await;
    let token = town.token().await;
    let proofs = town.proofs(1, &town.nonce().await);
    let request = town.post(&format!("/credential?access_token={token}")).json(&asking_with(&proofs));
    town.refuses(request, 401, "invalid_token").await;
}

#[tokio::test]
async fn a_pre_authorized_code_is_no_token() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let proofs = town.proofs(1, &town.nonce().await);
    town.refuses(town.credential_request(&offered.code, &asking_with(&proofs)), 401, "invalid_token").await;
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let town = Town::open().await;
    let token = town.token().await;
    town.clock.advance_seconds(600);
    let proofs = town.proofs(1, &town.nonce().await);
    town.refuses(town.credential_request(&token, &asking_with(&proofs)), 401, "invalid_token").await;
}

#[tokio::test]
async fn a_request_without_proofs_is_refused() {
    let town = Town::open().await;
    let token = town.token().await;
    let body = json!({ "credential_configuration_id": CONFIGURATION });
    town.refuses(town.credential_request(&token, &body), 400, "invalid_proof").await;
}

#[tokio::test]
async fn an_empty_list_of_proofs_is_refused() {
    let town = Town::open().await;
    let token = town.token().await;
    town.refuses(town.credential_request(&token, &asking_with(&[])), 400, "invalid_proof").await;
}

#[tokio::test]
async fn proofs_of_another_type_are_refused() {
    let town = Town::open().await;
    let token = town.token().await;
    let body = json!({ "credential_configuration_id": CONFIGURATION, "proofs": { "di_vp": [{}] } });
    town.refuses(town.credential_request(&token, &body), 400, "invalid_proof").await;
}

#[tokio::test]
async fn proofs_of_two_types_are_refused() {
    let town = Town::open().await;
    let token = town.token().await;
    let proofs = town.proofs(1, &town.nonce().await);
    let body = json!({ "credential_configuration_id": CONFIGURATION, "proofs": { "jwt": proofs, "attestation": [] } });
    town.refuses(town.credential_request(&token, &body), 400, "invalid_proof").await;
}

#[tokio::test]
async fn an_unknown_configuration_is_refused() {
    let town = Town::open().await;
    let token = town.token().await;
    let proofs = town.proofs(1, &town.nonce().await);
    let body = json!({ "credential_configuration_id": "drivers_licence", "proofs": { "jwt": proofs } });
    town.refuses(town.credential_request(&token, &body), 400, "unknown_credential_configuration").await;
}

#[tokio::test]
async fn a_credential_identifier_is_refused() {
    let town = Town::open().await;
    let token = town.token().await;
    let proofs = town.proofs(1, &town.nonce().await);
    let body = json!({ "credential_identifier": CONFIGURATION, "proofs": { "jwt": proofs } });
    town.refuses(town.credential_request(&token, &body), 400, "unknown_credential_identifier").await;
}

#[tokio::test]
async fn configuration_and_identifier_together_are_refused() {
    let town = Town::open().await;
    let token = town.token().await;
    let mut body = asking_with(&town.proofs(1, &town.nonce().await));
    body["credential_identifier"] = "a".into();
    town.refuses(town.credential_request(&token, &body), 400, "invalid_credential_request").await;
}

#[tokio::test]
async fn a_member_that_appears_twice_is_refused() {
    let town = Town::open().await;
    let token = town.token().await;
    let proofs = asking_with(&town.proofs(1, &town.nonce().await)).to_string();
    let twice = proofs.replacen('{', &format!("{{\"credential_configuration_id\":\"{CONFIGURATION}\","), 1);
    let request = town.post("/credential").bearer_auth(token).header("content-type", "application/json").body(twice);
    town.refuses(request, 400, "invalid_credential_request").await;
}

#[tokio::test]
async fn a_request_that_is_not_json_is_refused() {
    let town = Town::open().await;
    let token = town.token().await;
    let request =
        town.post("/credential").bearer_auth(token).header("content-type", "application/json").body("{\"proofs\":");
    town.refuses(request, 400, "invalid_credential_request").await;
}

#[tokio::test]
async fn a_request_of_another_media_type_is_refused() {
    let town = Town::open().await;
    let token = town.token().await;
    let body = asking_with(&town.proofs(1, &town.nonce().await)).to_string();
    let request = town.post("/credential").bearer_auth(token).header("content-type", "text/plain").body(body);
    town.refuses(request, 400, "invalid_credential_request").await;
}

#[tokio::test]
async fn an_oversized_request_is_not_even_read() {
    let town = Town::open().await;
    let token = town.token().await;
    let mut body = asking_with(&[]);
    body["filling"] = "x".repeat(257 * 1024).into();
    town.refuses(town.credential_request(&token, &body), 413, "invalid_request").await;
}

#[tokio::test]
async fn an_encrypted_answer_is_not_on_offer() {
    let town = Town::open().await;
    let token = town.token().await;
    let mut body = asking_with(&town.proofs(1, &town.nonce().await));
    body["credential_response_encryption"] = json!({ "enc": "A128GCM" });
    town.refuses(town.credential_request(&token, &body), 400, "invalid_encryption_parameters").await;
}

#[tokio::test]
async fn a_second_card_for_one_token_is_refused() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let proofs = town.proofs(10, &town.nonce().await);
    let request = town.credential_request(&holder.token, &asking_with(&proofs));
    town.refuses(request, 400, "credential_request_denied").await;
}

#[tokio::test]
async fn a_request_that_comes_again_gets_the_same_entries() {
    let town = Town::open().await;
    let token = town.token().await;
    let body = asking_with(&town.proofs(10, &town.nonce().await));
    assert_eq!(send(town.credential_request(&token, &body)).await.status, 200);
    let before = town.counts().await;
    let again = send(town.credential_request(&token, &body)).await;
    assert_eq!((again.status, again.json()["credentials"].as_array().map(Vec::len)), (200, Some(10)));
    assert_eq!(town.counts().await, before);
}

#[tokio::test]
async fn of_64_requests_with_one_token_and_nonce_one_takes_entries() {
    let town = Town::open().await;
    let (token, nonce) = (town.token().await, town.nonce().await);
    let requests = (0..64).map(|_| town.credential_request(&token, &asking_with(&town.proofs(1, &nonce))));
    let replies = futures_util::future::join_all(requests.collect::<Vec<_>>().into_iter().map(send)).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(reply.told(), (400, "credential_request_denied".to_owned()), "{}", reply.text());
    }
    assert_eq!((town.entries_taken().await, town.cards().await), (1, 1));
}

#[tokio::test]
async fn of_eight_tokens_with_one_nonce_one_gets_a_card() {
    let town = Town::with(|config| config.limits.attempts.per_record.clear()).await;
    let nonce = town.nonce().await;
    let mut requests = Vec::new();
    for _ in 0..8 {
        requests.push(town.credential_request(&town.token().await, &asking_with(&town.proofs(10, &nonce))));
    }
    let replies = futures_util::future::join_all(requests.into_iter().map(send)).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(reply.told(), (400, "invalid_nonce".to_owned()), "{}", reply.text());
    }
    assert_eq!((town.entries_taken().await, town.cards().await), (10, 1));
}

#[tokio::test]
async fn a_record_that_was_closed_meanwhile_gives_no_card() {
    let town = Town::open().await;
    let token = town.token().await;
    town.close_record(PersonStatus::Deceased).await;
    let proofs = town.proofs(1, &town.nonce().await);
    town.refuses(town.credential_request(&token, &asking_with(&proofs)), 400, "credential_request_denied").await;
}

#[tokio::test]
async fn a_wrong_transaction_code_does_not_reach_another_offer() {
    let town = Town::open().await;
    let (one, two) = (town.offered().await, town.offered().await);
    let swapped = town.redeeming_with(&one.code, &another(&two.tx_code));
    assert_eq!(send(swapped).await.told(), (400, "invalid_grant".to_owned()));
    assert_eq!((town.grant(&one).await.wrong_tries, town.grant(&two).await.wrong_tries), (1, 0));
}

#[tokio::test]
async fn a_notification_without_a_token_is_refused() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let body = json!({ "notification_id": holder.notification, "event": "credential_accepted" });
    town.refuses(town.post("/notification").json(&body), 401, "invalid_token").await;
}

#[tokio::test]
async fn a_notification_about_another_card_is_refused() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let body = json!({ "notification_id": "c29tZXRoaW5nIGVsc2U", "event": "credential_accepted" });
    let request = town.post("/notification").bearer_auth(&holder.token).json(&body);
    town.refuses(request, 400, "invalid_notification_id").await;
}

#[tokio::test]
async fn a_notification_of_an_unknown_event_is_refused() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let body = json!({ "notification_id": holder.notification, "event": "credential_framed" });
    let request = town.post("/notification").bearer_auth(&holder.token).json(&body);
    town.refuses(request, 400, "invalid_notification_request").await;
}

#[tokio::test]
async fn a_notification_that_comes_again_changes_nothing() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let body = json!({ "notification_id": holder.notification, "event": "credential_accepted" });
    let notify = || town.post("/notification").bearer_auth(&holder.token).json(&body);
    assert_eq!(send(notify()).await.status, 204);
    town.refuses(notify(), 204, "").await;
}

#[tokio::test]
async fn a_batch_may_be_smaller_than_offered() {
    let town = Town::open().await;
    let (token, nonce) = (town.token().await, town.nonce().await);
    let proofs = vec![town.proof(&key(), &nonce)];
    let reply = send(town.credential_request(&token, &asking_with(&proofs))).await;
    assert_eq!(reply.json()["credentials"].as_array().map(Vec::len), Some(1));
    assert_eq!(town.entries_taken().await, 1);
}

impl Town {
    /// What the register hears of the one person in it.
    async fn close_record(&self, status: PersonStatus) {
        mibun_registry::run(&*self.app.registry, "test.close", |unit| {
            Box::pin(async move {
                let mut person = unit.people_page(None, 1).await?.remove(0);
                person.status = status;
                unit.update_person(&person).await?;
                Ok::<_, WorkError>(())
            })
        })
        .await
        .expect("closed");
    }
}
