//! The dumb end of the relay: it carries bytes and knows nothing of what they say.

use futures_util::{SinkExt, StreamExt};
use mibun_chip::testing::specimen::CAN;
use mibun_chip::virtual_chip::{Fault, VirtualChip};
use mibun_crypto::base64url;
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use super::document::DocumentFile;
use super::{Failure, Relay};

/// Longest answer that this reader carries.
const LONGEST: usize = 4_096;

/// Relays a document; the server's last word.
pub async fn relay(document: &DocumentFile, arguments: &Relay) -> Result<Value, Failure> {
    let mut profile = document.chip()?;
    profile.faults.extend(arguments.drop_after.map(Fault::DropAfter));
    let mut chip = VirtualChip::new(profile, "virtual chip");
    let (mut line, _) = connect_async(address(arguments)?).await?;
    let password = if arguments.by_can { json!({ "can": CAN }) } else { document.zone() };
    let mut first = json!({ "password": password, "relay": { "extended": true, "longest_response": LONGEST } });
    if let Some(token) = &arguments.token {
        first["token"] = token.as_str().into();
    }
    line.send(Message::text(first.to_string())).await?;
    while let Some(message) = line.next().await {
        let Message::Text(text) = message? else { continue };
        let message: Value = serde_json::from_str(text.as_str())?;
        match message["type"].as_str() {
            Some("apdu") => {
                let command = base64url::decode(message["bytes"].as_str().unwrap_or_default())?;
                let bytes = base64url::encode(&chip.transmit(&command));
                let answer = json!({ "type": "response", "n": message["n"], "bytes": bytes });
                line.send(Message::text(answer.to_string())).await?;
            }
            Some("progress") => {}
            _ => return Ok(message),
        }
    }
    Err("the server closed the connection without a last word".into())
}

fn address(arguments: &Relay) -> Result<String, Failure> {
    let server = arguments.server.trim_end_matches('/');
    let server = server.strip_prefix("http://").ok_or("only http://, on the machine of the server")?;
    match (&arguments.code, &arguments.journey) {
        (Some(code), _) => Ok(format!("ws://{server}/api/terminal/{code}/chip")),
        (None, Some(journey)) => Ok(format!("ws://{server}/api/journeys/{journey}/chip")),
        (None, None) => Err("say --code, or --journey and --token".into()),
    }
}
