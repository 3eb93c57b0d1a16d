//! The real network client against a socket that misbehaves.

use mibun_issuing::address::{AddressError, Transport};
use mibun_issuing::exchange::{HttpRequest, HttpResponse};
use mibun_wallet::http::{Exchange, Http, MAX_ANSWER_BYTES, NetworkError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What the client makes of one answer, given as it goes over the wire.
async fn exchange(answer: Vec<u8>) -> Result<HttpResponse, NetworkError> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let serving = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a call");
        let mut request = [0; 1024];
        let _ = socket.read(&mut request).await;
        // The client may hang up early, which is what some tests are about.
        let _ = socket.write_all(&answer).await;
    });
    let http = Http::new(Transport::HttpsOrLoopback, None).expect("a client");
    let outcome = http.exchange(HttpRequest::get_json(format!("http://{address}/"))).await;
    serving.abort();
    outcome
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n").as_bytes(), body].concat()
}

#[tokio::test]
async fn a_good_answer_comes_through() {
    let response = exchange(answer("200 OK", b"{}")).await.expect("a good answer");
    assert_eq!((response.status, response.body.as_slice()), (200, &b"{}"[..]));
}

#[tokio::test]
async fn a_refusal_comes_through_with_its_body() {
    let response = exchange(answer("400 Bad Request", b"{\"error\":\"invalid_grant\"}")).await.expect("an answer");
    assert_eq!((response.status, response.body.as_slice()), (400, &b"{\"error\":\"invalid_grant\"}"[..]));
}

#[tokio::test]
async fn header_fields_come_through_whatever_their_case() {
    let response = exchange(answer("401 Unauthorized\r\nDPoP-Nonce: abc\r\nX-Twice: 1\r\nX-Twice: 2", b"")).await;
    let response = response.expect("an answer");
    assert_eq!(response.header("dpop-nonce"), Some("abc"));
    assert_eq!((response.header("x-twice"), response.header_values("X-TWICE")), (None, vec!["1", "2"]));
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let refused = exchange(answer("302 Found\r\nlocation: https://evil.example/", b"")).await;
    assert!(matches!(refused, Err(NetworkError::Redirected)), "{refused:?}");
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let refused = exchange(answer("200 OK", &vec![b' '; MAX_ANSWER_BYTES + 1])).await;
    assert!(matches!(refused, Err(NetworkError::TooLong)), "{refused:?}");
}

#[tokio::test]
async fn an_answer_cut_short_is_an_error() {
    let refused = exchange(answer("200 OK\r\ncontent-length: 100", b"{}")).await;
    assert!(matches!(refused, Err(NetworkError::Unreachable(_))), "{refused:?}");
}

#[tokio::test]
async fn something_else_than_http_is_an_error() {
    let refused = exchange(b"hello\r\n\r\n".to_vec()).await;
    assert!(matches!(refused, Err(NetworkError::Unreachable(_))), "{refused:?}");
}

#[tokio::test]
async fn plain_http_is_refused_before_anything_is_sent() {
    let http = Http::new(Transport::Https, None).expect("a client");
    let refused = http.exchange(HttpRequest::get_json("http://127.0.0.1:9/")).await;
    assert!(matches!(refused, Err(NetworkError::Address(AddressError::Transport))), "{refused:?}");
}

#[tokio::test]
async fn plain_http_to_another_machine_is_refused_even_where_loopback_is_not() {
    let http = Http::new(Transport::HttpsOrLoopback, None).expect("a client");
    let refused = http.exchange(HttpRequest::get_json("http://192.0.2.1/")).await;
    assert!(matches!(refused, Err(NetworkError::Address(AddressError::Transport))), "{refused:?}");
}

#[tokio::test]
async fn roots_that_are_none_make_no_client() {
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(Http::new(Transport::Https, Some(broken)), Err(NetworkError::Client(_))));
}
