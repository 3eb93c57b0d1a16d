//! What an operator relies on: probes, limits, a clean stop, and a configuration that is not half understood.

use std::process::Command;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::Town;
use crate::support::wire::send;

#[tokio::test]
async fn probes_are_answered() {
    let town = Town::open().await;
    for probe in ["/healthz", "/readyz"] {
        let reply = send(town.get(probe)).await;
        assert_eq!((reply.status, reply.json()), (200, json!({ "status": "ok" })), "{probe}");
    }
}

#[tokio::test]
async fn who_asks_too_often_waits() {
    let town = Town::with(|config| config.server.requests_per_minute = 5).await;
    for _ in 0..5 {
        assert_eq!(send(town.get("/healthz")).await.status, 200);
    }
    let reply = town.refuses(town.get("/healthz"), 429, "too_many_requests").await;
    let wait: i64 = reply.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    town.clock.advance_seconds(wait);
    assert_eq!(send(town.get("/healthz")).await.status, 200);
}

#[tokio::test]
async fn whoever_claims_another_address_still_waits() {
    let town = Town::with(|config| config.server.requests_per_minute = 2).await;
    for number in 0..2 {
        send(town.get("/healthz").header("x-forwarded-for", format!("192.0.2.{number}"))).await;
    }
    town.refuses(town.get("/healthz").header("x-forwarded-for", "192.0.2.9"), 429, "too_many_requests").await;
}

#[tokio::test]
async fn every_answer_carries_the_policy_of_pages() {
    let town = Town::open().await;
    for address in ["/", "/healthz", "/nothing/here", "/api/about", "/window/", "/console/", "/walletry"] {
        let reply = send(town.get(address)).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{address}: {policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{address}");
    }
}

#[tokio::test]
async fn the_wallet_alone_may_compile_what_proves_an_id_password() {
    let town = Town::open().await;
    for address in ["/wallet", "/wallet/", "/wallet/x.js"] {
        let reply = send(town.get(address)).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{address}: {policy}");
        assert!(!policy.contains("'unsafe"), "{address}: {policy}");
    }
}

#[tokio::test]
async fn a_stop_lets_requests_under_way_finish() {
    let town = Town::open().await;
    let address = town.app.config.server.listen;
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    let head = "POST /token HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
        content-length: 12\r\n\r\ngrant_";
    connection.write_all(head.as_bytes()).await.expect("the first half");
    // The server has begun to read once it has answered somebody who came later.
    assert_eq!(send(town.get("/healthz")).await.status, 200);
    let stopping = tokio::spawn(town.stop());
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(TcpStream::connect(address).await.is_err(), "nobody new is let in");
    connection.write_all(b"type=x").await.expect("the second half");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("unsupported_grant_type"), "{answer}");
    stopping.await.expect("it stopped");
}

#[tokio::test]
async fn an_unknown_setting_is_refused_with_its_line() {
    let town = Town::open().await;
    let file = format!("{}.toml", town.database());
    let text = "[server]\nlisten = \"127.0.0.1:1\"\npublic_url = \"http://localhost:1\"\ncocurrent_requests = 5\n";
    std::fs::write(&file, text).expect("a file");
    let run = Command::new(env!("CARGO_BIN_EXE_mibun")).args(["--config", &file, "serve"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(!run.status.success());
    assert!(said.contains("line 4") && said.contains("cocurrent_requests"), "{said}");
}

#[tokio::test]
async fn addresses_that_are_not_there_say_so() {
    let town = Town::open().await;
    town.refuses(town.get("/api/nothing"), 404, "not_found").await;
    town.refuses(town.post("/api/nothing").json(&json!({})), 404, "not_found").await;
    town.refuses(town.post("/api/about").json(&json!({})), 405, "").await;
}

#[tokio::test]
async fn demo_routes_are_not_there_unless_it_is_one() {
    let town = Town::open().await;
    town.refuses(town.post("/api/demo/people").header("x-mibun", "1").body("x"), 404, "not_found").await;
}
