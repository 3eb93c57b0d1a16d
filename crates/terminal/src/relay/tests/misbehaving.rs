//! Servers that do not keep to the protocol, and servers that are none.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::Message;

use super::server::{ServerLine, apdu, listening, raw, refused, served};
use super::{Fault, Outcome, RelayError, Value, good, json, relayed};

/// What becomes of a relay whose server does this after the first message; the chip must have heard nothing.
async fn after_first(does: impl AsyncFnOnce(&mut ServerLine)) -> Result<Outcome, RelayError> {
    let reader = good();
    let heard = reader.heard.clone();
    let serve = async |line: &mut ServerLine| {
        line.hear().await;
        does(line).await;
    };
    let outcome = served(serve, async |address| relayed(&address, reader).await).await;
    assert_eq!(*heard.lock().expect("heard"), Vec::<Vec<u8>>::new(), "the chip heard of it");
    outcome
}

async fn fault_of(message: Message) -> Fault {
    match after_first(async |line| line.send(message).await).await {
        Err(RelayError::Fault(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

async fn fault_of_json(message: &Value) -> Fault {
    fault_of(Message::text(message.to_string())).await
}

#[tokio::test]
async fn nonsense_is_refused_by_name() {
    for text in [
        "",
        "hello",
        "[]",
        "null",
        "{\"type\":\"apdu\"}",
        "{\"type\":\"format\"}",
        "{\"type\":\"apdu\",\"n\":1,\"n\":1}",
    ] {
        assert_eq!(fault_of(Message::text(text)).await, Fault::Message, "{text}");
    }
    assert_eq!(fault_of(Message::binary(vec![0, 1, 2])).await, Fault::Message);
    assert_eq!(fault_of_json(&json!({ "type": "apdu", "n": -1, "bytes": "AKQEAA" })).await, Fault::Message);
    assert_eq!(fault_of_json(&json!({ "type": "refused", "code": "x" })).await, Fault::Message);
    assert_eq!(fault_of_json(&json!({ "type": "done", "document": { "kind": [[[["x"]]]] } })).await, Fault::Message);
}

#[tokio::test]
async fn commands_that_are_none_reach_no_chip() {
    for bytes in [&[][..], &[0, 0xa4, 4]] {
        assert_eq!(fault_of_json(&apdu(1, bytes)).await, Fault::Command);
    }
    assert_eq!(fault_of_json(&json!({ "type": "apdu", "n": 1, "bytes": "+/=" })).await, Fault::Command);
}

#[tokio::test]
async fn commands_out_of_order_reach_no_chip() {
    for found in [0, 2, u32::MAX] {
        assert_eq!(fault_of_json(&apdu(found, &[0, 0xa4, 4, 0])).await, Fault::OutOfOrder { expected: 1, found });
    }
}

#[tokio::test]
async fn a_message_beyond_64_kib_is_not_read() {
    let long = json!({ "type": "apdu", "n": 1, "bytes": "A".repeat(64 * 1024) });
    assert_eq!(fault_of_json(&long).await, Fault::TooLong);
    // Nor one that comes in pieces.
    let outcome = after_first(async |line| {
        for _ in 0..3 {
            line.piece(&[b'a'; 30_000]).await;
        }
    });
    let outcome = outcome.await;
    assert!(matches!(outcome, Err(RelayError::Fault(Fault::TooLong))), "{outcome:?}");
}

#[tokio::test]
async fn a_connection_that_ends_early_is_lost() {
    let closed = after_first(async |line| line.send(Message::Close(None)).await).await;
    assert!(matches!(closed, Err(RelayError::Lost)), "{closed:?}");
    let cut = after_first(async |_| {}).await;
    assert!(matches!(cut, Err(RelayError::Lost)), "{cut:?}");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for_for_ever() {
    let silent = after_first(async |line| {
        line.send(Message::Ping("still here".into())).await;
        sleep(Duration::from_millis(1_500)).await;
    });
    let silent = silent.await;
    assert!(matches!(silent, Err(RelayError::TooSlow)), "{silent:?}");
}

#[tokio::test]
async fn a_server_that_never_ends_is_left() {
    let progress = json!({ "type": "progress", "stage": "of tomorrow", "done": 1, "total": 1 });
    let endless = after_first(async |line| {
        for _ in 0..12 {
            line.throw(Message::text(progress.to_string())).await;
            sleep(Duration::from_millis(500)).await;
        }
    });
    let outcome = endless.await;
    assert!(matches!(outcome, Err(RelayError::TooSlow)), "{outcome:?}");
}

#[tokio::test]
async fn what_answers_without_a_websocket_is_no_server() {
    let answers = [
        (&b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"[..], Some(503)),
        (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", Some(404)),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Some(200)),
        (b"HTTP/1.1 301 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", Some(301)),
        (b"SSH-2.0-OpenSSH_9.2\r\n", None),
        (b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n", None),
    ];
    for (answer, status) in answers {
        let serve = async |mut connection: tokio::net::TcpStream| {
            let _ = connection.write_all(answer).await;
            sleep(Duration::from_millis(50)).await;
        };
        let outcome = raw(serve, async |address| relayed(&address, good()).await).await;
        match (status, outcome) {
            (Some(status), Err(RelayError::NotOpened(told))) => assert_eq!(told, status),
            (None, Err(RelayError::Fault(Fault::NoWebSocket))) => {}
            (_, other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn nobody_there_and_nobody_answering() {
    let (listener, port) = listening().await;
    drop(listener);
    let nobody = relayed(&format!("http://127.0.0.1:{port}"), good()).await;
    assert!(matches!(nobody, Err(RelayError::Unreachable(_))), "{nobody:?}");
}

#[tokio::test]
async fn a_refusal_needs_no_command() {
    let outcome = after_first(async |line| line.say(&refused("unknown_code")).await).await;
    assert!(
        matches!(&outcome, Ok(Outcome::Refused(refusal)) if refusal.code.as_str() == "unknown_code"),
        "{outcome:?}"
    );
}
