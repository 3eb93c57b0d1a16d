//! Connections that ask for nothing, or for too much: raw sockets, as strangers open them.

use std::time::Duration;

use mibun_crypto::key::SoftwareKey;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{self, AuthoritySpec, Subject, Validity};
use mibun_server::config::Tls;
use mibun_server::entropy::SystemEntropy;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::support::Town;
use crate::support::wire::send;

const HALF_A_HEAD: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: loc";
const WHOLE: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
/// More than any of these servers waits.
const LONG: Duration = Duration::from_secs(8);

async fn connected(town: &Town) -> TcpStream {
    TcpStream::connect(town.app.config.server.listen).await.expect("a connection")
}

/// Whether the server closes the connection before long, with or without a word.
async fn is_closed(connection: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    timeout(LONG, connection.read_to_end(&mut rest)).await.is_ok()
}

/// Reads up to the end of one small answer.
async fn answer(connection: &mut TcpStream) -> String {
    let mut read = String::new();
    while !read.ends_with('}') {
        let mut bytes = [0; 4096];
        let count = timeout(LONG, connection.read(&mut bytes)).await.expect("in time").expect("an answer");
        assert!(count > 0, "closed after {read}");
        read.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    read
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = mibun_crypto::base64url::encode(der).replace('-', "+").replace('_', "/");
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    format!("-----BEGIN {label}-----\n{text}{padding}\n-----END {label}-----\n")
}

/// A certificate and its key, made for this test, in files as an operator would set them.
fn certificate(name: &str) -> Tls {
    let mut entropy = SystemEntropy::new();
    let key = SoftwareKey::generate(&mut entropy);
    let subject = Subject { common_name: "localhost".into(), organisation: None, country: None };
    let validity = Validity { not_before: Timestamp(1_700_000_000), not_after: Timestamp(4_000_000_000) };
    let spec = AuthoritySpec { subject, validity, path_length: None };
    let certificate = x509::issue_root(&spec, &key, &mut entropy).expect("a certificate");
    let tls = Tls { certificate: format!("{name}-chain.pem").into(), key: format!("{name}-key.pem").into() };
    std::fs::write(&tls.certificate, certificate.to_pem()).expect("a file");
    std::fs::write(&tls.key, pem("PRIVATE KEY", &key.to_pkcs8_der())).expect("a file");
    tls
}

#[tokio::test]
async fn half_a_header_is_not_waited_for_for_ever() {
    let town = Town::with(|config| config.server.header_seconds = 1).await;
    let mut connections = Vec::new();
    for _ in 0..20 {
        let mut connection = connected(&town).await;
        connection.write_all(HALF_A_HEAD).await.expect("written");
        connections.push(connection);
    }
    for connection in &mut connections {
        assert!(is_closed(connection).await, "a connection with half a header stays open");
    }
    assert_eq!(send(town.get("/healthz")).await.status, 200);
}

#[tokio::test]
async fn a_header_that_comes_letter_by_letter_is_not_waited_for_either() {
    let town = Town::with(|config| config.server.header_seconds = 1).await;
    let mut connection = connected(&town).await;
    let dripping = async {
        for letter in HALF_A_HEAD.iter().cycle() {
            if connection.write_all(&[*letter]).await.is_err() {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(LONG, dripping).await.expect("the server hung up");
}

#[tokio::test]
async fn a_connection_between_requests_is_closed_when_nobody_asks() {
    let town = Town::with(|config| config.server.header_seconds = 1).await;
    let mut connection = connected(&town).await;
    for _ in 0..2 {
        connection.write_all(WHOLE).await.expect("written");
        assert!(answer(&mut connection).await.starts_with("HTTP/1.1 200"));
    }
    assert!(is_closed(&mut connection).await, "an idle connection stays open");
}

#[tokio::test]
async fn one_address_has_only_so_many_connections() {
    let town = Town::with(|config| config.server.connections_per_address = 3).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut connection = connected(&town).await;
        connection.write_all(WHOLE).await.expect("written");
        assert!(answer(&mut connection).await.starts_with("HTTP/1.1 200"));
        held.push(connection);
    }
    assert!(is_closed(&mut connected(&town).await).await, "a fourth is let in");
    drop(held.pop());
    let mut again = connected_once_free(&town).await;
    again.write_all(WHOLE).await.expect("written");
    assert!(answer(&mut again).await.starts_with("HTTP/1.1 200"));
}

/// A connection that the server keeps: it may take a moment to notice that another one ended.
async fn connected_once_free(town: &Town) -> TcpStream {
    for _ in 0..50 {
        let mut connection = connected(town).await;
        let mut nothing = [0; 1];
        if timeout(Duration::from_millis(200), connection.read(&mut nothing)).await.is_err() {
            return connection;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("no place became free");
}

#[tokio::test]
async fn the_server_has_only_so_many_connections_in_all() {
    let town = Town::with(|config| config.server.connections = 2).await;
    let mut held = [connected(&town).await, connected(&town).await];
    for connection in &mut held {
        connection.write_all(WHOLE).await.expect("written");
        assert!(answer(connection).await.starts_with("HTTP/1.1 200"));
    }
    assert!(is_closed(&mut connected(&town).await).await, "a third is let in");
}

#[tokio::test]
async fn tls_is_spoken_and_a_handshake_that_stops_is_not_waited_for() {
    let town = Town::with(|config| {
        let folder = config.storage.master_key.with_file_name("tls");
        config.server.tls = Some(certificate(&folder.display().to_string()));
        config.server.header_seconds = 2;
    })
    .await;
    let address = format!("https://localhost:{}/healthz", town.app.config.server.listen.port());
    // Who the server is, is not the question here.
    let client = reqwest::Client::builder().tls_danger_accept_invalid_certs(true).build().expect("a client");
    let reply = client.get(address).send().await.expect("TLS");
    assert_eq!((reply.status().as_u16(), reply.version()), (200, reqwest::Version::HTTP_11));
    // The first bytes of a hello, and nothing more.
    let mut silent = connected(&town).await;
    silent.write_all(&[0x16, 0x03, 0x01, 0x02, 0x00]).await.expect("written");
    assert!(is_closed(&mut silent).await, "half a handshake stays open");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_with_a_problem() {
    let town = Town::with(|config| config.server.request_seconds = 1).await;
    let mut connection = connected(&town).await;
    let head = b"POST /api/journeys HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
        content-length: 50\r\n\r\n{";
    connection.write_all(head).await.expect("written");
    let said = answer(&mut connection).await.to_lowercase();
    assert!(said.starts_with("http/1.1 504"), "{said}");
    for part in ["application/problem+json", "cache-control: no-store", "\"code\":\"timeout\""] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[tokio::test]
async fn a_request_waits_a_moment_for_its_place_and_is_then_told_that_we_are_busy() {
    let town = Town::with(|config| config.server.concurrent_requests = 1).await;
    let mut slow = connected(&town).await;
    let head = b"POST /token HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
        content-length: 12\r\n\r\ngrant_";
    slow.write_all(head).await.expect("written");
    sleep(Duration::from_millis(300)).await;
    let reply = send(town.get("/healthz")).await;
    assert_eq!(reply.told(), (503, "busy".to_owned()));
    let waiting = tokio::spawn(send(town.get("/healthz")));
    sleep(Duration::from_millis(300)).await;
    slow.write_all(b"type=x").await.expect("written");
    assert_eq!(waiting.await.expect("an answer").status, 200, "its turn came in time");
}
