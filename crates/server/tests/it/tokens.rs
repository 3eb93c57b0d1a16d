//! Codes that give no token (OpenID4VCI 1.0 section 6.3). A refused code leaves the record as it was, except for a wrong
//! transaction code, which is counted.

use mibun_issuing::token::PRE_AUTHORIZED_CODE;

use crate::support::Town;
use crate::support::issuing::another;
use crate::support::wire::send;

const GRANT: (&str, &str) = ("grant_type", PRE_AUTHORIZED_CODE);

#[tokio::test]
async fn an_unknown_code_is_refused() {
    let town = Town::open().await;
    let offered = town.offered().await;
    town.refuses(town.redeeming_with("bm90LWEtY29kZQ", &offered.tx_code), 400, "invalid_grant").await;
}

#[tokio::test]
async fn a_missing_code_is_refused() {
    let town = Town::open().await;
    let offered = town.offered().await;
    town.refuses(town.token_request(&[GRANT, ("tx_code", &offered.tx_code)]), 400, "invalid_request").await;
}

#[tokio::test]
async fn an_empty_code_counts_as_missing() {
    let town = Town::open().await;
    let offered = town.offered().await;
    town.refuses(town.redeeming_with("", &offered.tx_code), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_used_code_is_refused() {
    let town = Town::open().await;
    let offered = town.offered().await;
    town.token_for(&offered).await;
    town.refuses(town.redeeming(&offered), 400, "invalid_grant").await;
}

#[tokio::test]
async fn an_expired_code_gives_no_token() {
    let town = Town::open().await;
    let offered = town.offered().await;
    town.clock.advance_seconds(i64::from(town.app.config.limits.offer_minutes) * 60);
    let reply = send(town.redeeming(&offered)).await;
    assert_eq!(reply.told(), (400, "invalid_grant".to_owned()));
    let grant = town.grant(&offered).await;
    assert_eq!((grant.state.as_str(), grant.token_hash), ("expired", None), "that it ended is all that is noted");
    town.refuses(town.redeeming(&offered), 400, "invalid_grant").await;
}

#[tokio::test]
async fn a_wrong_transaction_code_is_counted() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let reply = send(town.redeeming_with(&offered.code, &another(&offered.tx_code))).await;
    assert_eq!(reply.told(), (400, "invalid_grant".to_owned()));
    assert!(reply.text().contains("tries left: 4"), "{}", reply.text());
    let grant = town.grant(&offered).await;
    assert_eq!((grant.state.as_str(), grant.wrong_tries, grant.token_hash), ("offered", 1, None));
    town.token_for(&offered).await;
}

#[tokio::test]
async fn five_wrong_transaction_codes_lock_the_offer() {
    let town = Town::open().await;
    let offered = town.offered().await;
    for _ in 0..5 {
        let reply = send(town.redeeming_with(&offered.code, &another(&offered.tx_code))).await;
        assert_eq!(reply.told(), (400, "invalid_grant".to_owned()));
    }
    assert_eq!(town.grant(&offered).await.state, "locked");
    town.refuses(town.redeeming(&offered), 400, "invalid_grant").await;
}

#[tokio::test]
async fn of_64_tries_at_once_five_are_counted() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let wrong = another(&offered.tx_code);
    let tries = (0..64).map(|_| send(town.redeeming_with(&offered.code, &wrong)));
    let replies = futures_util::future::join_all(tries).await;
    let counted = replies.iter().filter(|reply| reply.text().contains("tries left")).count();
    assert_eq!(counted, 4, "the fifth answers that the offer is locked");
    for reply in replies {
        assert_eq!(reply.told(), (400, "invalid_grant".to_owned()), "{}", reply.text());
    }
    let grant = town.grant(&offered).await;
    assert_eq!((grant.state.as_str(), grant.wrong_tries), ("locked", 5));
}

#[tokio::test]
async fn of_64_right_requests_at_once_one_gets_a_token() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let replies = futures_util::future::join_all((0..64).map(|_| send(town.redeeming(&offered)))).await;
    let (good, bad): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
    assert_eq!(good.len(), 1);
    for reply in bad {
        assert_eq!(reply.told(), (400, "invalid_grant".to_owned()), "{}", reply.text());
    }
}

#[tokio::test]
async fn a_missing_transaction_code_costs_no_try() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let request = town.token_request(&[GRANT, ("pre-authorized_code", &offered.code)]);
    town.refuses(request, 400, "invalid_request").await;
    assert_eq!(town.grant(&offered).await.wrong_tries, 0);
}

#[tokio::test]
async fn a_missing_grant_type_is_refused() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let request = town.token_request(&[("pre-authorized_code", &offered.code), ("tx_code", &offered.tx_code)]);
    town.refuses(request, 400, "invalid_request").await;
}

#[tokio::test]
async fn another_grant_type_is_refused() {
    let town = Town::open().await;
    let request = town.token_request(&[("grant_type", "password"), ("code", "x")]);
    town.refuses(request, 400, "unsupported_grant_type").await;
}

#[tokio::test]
async fn a_code_that_appears_twice_is_refused() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let twice = ("pre-authorized_code", offered.code.as_str());
    town.refuses(town.token_request(&[GRANT, twice, twice, ("tx_code", &offered.tx_code)]), 400, "invalid_request")
        .await;
}

#[tokio::test]
async fn a_transaction_code_that_appears_twice_is_refused_and_not_counted() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let wrong = another(&offered.tx_code);
    let fields = [GRANT, ("pre-authorized_code", &*offered.code), ("tx_code", &*wrong), ("tx_code", &*offered.tx_code)];
    town.refuses(town.token_request(&fields), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_wallet_that_authenticates_is_refused() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let fields = [GRANT, ("pre-authorized_code", &*offered.code), ("client_secret", "secret")];
    town.refuses(town.token_request(&fields), 401, "invalid_client").await;
}

#[tokio::test]
async fn json_in_place_of_the_form_is_refused() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let body = serde_json::json!({ "grant_type": PRE_AUTHORIZED_CODE, "pre-authorized_code": offered.code });
    town.refuses(town.post("/token").json(&body), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_form_without_a_media_type_is_refused() {
    let town = Town::open().await;
    town.refuses(town.post("/token").body(format!("grant_type={PRE_AUTHORIZED_CODE}")), 400, "invalid_request").await;
}

#[tokio::test]
async fn parameters_in_the_query_are_not_read() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let address = format!("/token?grant_type={PRE_AUTHORIZED_CODE}&pre-authorized_code={}", offered.code);
    town.refuses(town.post(&address).form(&[("tx_code", &offered.tx_code)]), 400, "invalid_request").await;
}

#[tokio::test]
async fn an_overlong_form_is_refused() {
    let town = Town::open().await;
    let filling = "x".repeat(17 * 1024);
    town.refuses(town.token_request(&[GRANT, ("filling", &filling)]), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_form_beyond_all_bounds_is_not_even_read() {
    let town = Town::open().await;
    let filling = "x".repeat(128 * 1024);
    town.refuses(town.token_request(&[GRANT, ("filling", &filling)]), 413, "invalid_request").await;
}

#[tokio::test]
async fn an_overlong_code_is_refused() {
    let town = Town::open().await;
    town.refuses(town.redeeming_with(&"x".repeat(2000), "123456"), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_form_that_is_not_properly_encoded_is_refused() {
    let town = Town::open().await;
    let request =
        town.post("/token").header("content-type", "application/x-www-form-urlencoded").body("grant_type=%zz");
    town.refuses(request, 400, "invalid_request").await;
}

#[tokio::test]
async fn a_hundred_parameters_are_refused() {
    let town = Town::open().await;
    let names: Vec<String> = (0..100).map(|number| format!("p{number}")).collect();
    let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    town.refuses(town.token_request(&fields), 400, "invalid_request").await;
}

#[tokio::test]
async fn nobody_gets_a_token_by_get() {
    let town = Town::open().await;
    town.refuses(town.get("/token"), 405, "").await;
}

#[tokio::test]
async fn what_is_stored_is_seen_in_the_record() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let before = town.record().await;
    assert!(town.record().await == before, "looking changes nothing");
    town.token_for(&offered).await;
    assert!(town.record().await != before, "the tests above could not fail otherwise");
}

#[tokio::test]
async fn a_token_answer_is_not_kept_by_caches() {
    let town = Town::open().await;
    let offered = town.offered().await;
    let reply = send(town.redeeming(&offered)).await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"));
    assert_eq!(reply.json()["token_type"], "Bearer");
}
