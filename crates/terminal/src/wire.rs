//! The messages of a relay, as `docs/protocols` has them.

use mibun_chip::reading::Relay;
use mibun_crypto::json::{self, Limits};
use serde::{Deserialize, Serialize};

use crate::outcome::{Document, Progress, Refusal};
use crate::password::ChipPassword;
use crate::relay::Fault;

/// Longest message in either direction, in bytes.
pub(crate) const MESSAGE: usize = 64 * 1024;

/// What is worth reading of one message: the longest has four short texts.
const LIMITS: Limits = Limits { bytes: MESSAGE, depth: 4, nodes: 32 };

/// What a relay begins with.
#[derive(Serialize)]
struct First<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    password: &'a ChipPassword,
    relay: FirstRelay,
}

#[derive(Serialize)]
struct FirstRelay {
    extended: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    longest_response: Option<usize>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum FromRelay<'a> {
    Response { n: u32, bytes: &'a str },
}

/// What the server sends. Members that this version does not know are passed over.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum FromServer {
    Apdu { n: u32, bytes: String },
    Progress(Progress),
    Done { document: Document },
    Refused(Refusal),
}

/// The first message.
pub(crate) fn first(token: Option<&str>, password: &ChipPassword, carries: Relay) -> Result<String, Fault> {
    let relay = match carries {
        Relay::Short => FirstRelay { extended: false, longest_response: None },
        Relay::Extended { longest_response } => {
            FirstRelay { extended: true, longest_response: Some(longest_response.min(MESSAGE / 2)) }
        }
    };
    serde_json::to_string(&First { token, password, relay }).map_err(|_| Fault::Message)
}

/// The answer to command `n`.
pub(crate) fn response(n: u32, bytes: &[u8]) -> Result<String, Fault> {
    let bytes = mibun_crypto::base64url::encode(bytes);
    serde_json::to_string(&FromRelay::Response { n, bytes: &bytes }).map_err(|_| Fault::Message)
}

pub(crate) fn parse(text: &str) -> Result<FromServer, Fault> {
    let value = json::parse(text.as_bytes(), &LIMITS).map_err(|_| Fault::Message)?;
    serde_json::from_value(value).map_err(|_| Fault::Message)
}
