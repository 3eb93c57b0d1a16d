//! The messages of a relay.

use mibun_chip::password::{CardAccessNumber, MrzPassword, Password};
use mibun_chip::reading::{Ef, Relay, Stage};
use mibun_crypto::base64url;
use mibun_crypto::json::{self, Limits};
use mibun_proofing::chip::ChipReason;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::MESSAGE;
use crate::http::about::TextView;
use crate::work::chips::{Refusal, SeenDocument};

/// What a relay begins with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct First {
    /// The journey's token; a terminal has none.
    pub(super) token: Option<String>,
    password: FirstPassword,
    relay: FirstRelay,
}

/// Either the card access number or three fields of the zone, dates as `YYMMDD`.
#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct FirstPassword {
    can: Option<String>,
    document_number: Option<String>,
    birth_date: Option<String>,
    expiry_date: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FirstRelay {
    extended: bool,
    /// Longest answer in bytes, status included.
    longest_response: Option<usize>,
}

/// What a relay sends after that.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Answer {
    /// The chip's answer; empty when there was none.
    Response {
        /// The number of the command.
        n: u32,
        /// The answer, base64url.
        bytes: String,
    },
}

/// What the server sends.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Message {
    /// Relay this to the chip.
    Apdu {
        /// Counts from 1.
        n: u32,
        /// The command, base64url.
        bytes: String,
    },
    /// How far the reading is.
    Progress {
        /// What is being done.
        stage: &'static str,
        /// Bytes that have arrived.
        done: usize,
        /// Bytes known to come; grows.
        total: usize,
    },
    /// The document was taken.
    Done {
        /// What the person may see of it.
        document: DocumentView,
    },
    /// It was not.
    Refused {
        /// Stable name of the reason.
        code: &'static str,
        /// What it means and what to do.
        message: TextView,
        /// Whether the same document may be taken at another try.
        retry_allowed: bool,
        /// Seconds after which another try makes sense.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
}

/// A document, as the person may see it.
#[derive(Serialize)]
pub(super) struct DocumentView {
    kind: &'static str,
    /// Three letters.
    country: String,
    valid_until: String,
    /// Always true: otherwise the document is refused.
    names_match: bool,
    clone_protection: Option<&'static str>,
}

impl From<SeenDocument> for Message {
    fn from(seen: SeenDocument) -> Self {
        let document = DocumentView {
            kind: seen.kind.as_str(),
            country: seen.country.into(),
            valid_until: seen.valid_until.to_string(),
            names_match: true,
            clone_protection: seen.clone_protection.map(|protection| protection.as_str()),
        };
        Self::Done { document }
    }
}

impl From<Refusal> for Message {
    fn from(Refusal { reason, retry_after }: Refusal) -> Self {
        Self::Refused {
            code: reason.as_str(),
            message: reason.message().into(),
            retry_allowed: reason.retry_may_help(),
            retry_after,
        }
    }
}

impl First {
    /// The password, if the fields can be one.
    pub(super) fn password(&self) -> Result<Password, ChipReason> {
        let fields = &self.password;
        match (&fields.can, &fields.document_number, &fields.birth_date, &fields.expiry_date) {
            (Some(can), None, None, None) => {
                CardAccessNumber::new(can).map(Password::Can).map_err(|_| ChipReason::WrongChipPassword)
            }
            (None, Some(number), Some(birth), Some(expiry)) => {
                let number = Zeroizing::new(number.trim().to_ascii_uppercase());
                MrzPassword::new(&number, birth, expiry).map(Password::Mrz).map_err(|_| ChipReason::WrongChipPassword)
            }
            _ => Err(ChipReason::BadMessage),
        }
    }

    pub(super) fn relay(&self) -> Relay {
        match self.relay {
            FirstRelay { extended: true, longest_response: Some(longest_response) } => {
                Relay::Extended { longest_response }
            }
            _ => Relay::Short,
        }
    }
}

impl Answer {
    /// The answer to command `expected`.
    pub(super) fn to(self, expected: u32) -> Result<Vec<u8>, ChipReason> {
        let Self::Response { n, bytes } = self;
        if n != expected {
            return Err(ChipReason::BadMessage);
        }
        base64url::decode(&bytes).map_err(|_| ChipReason::BadMessage)
    }
}

/// Reads a message strictly.
pub(super) fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, ChipReason> {
    let limits = Limits { bytes: MESSAGE, depth: 3, nodes: 20 };
    let value = json::parse(text.as_bytes(), &limits).map_err(|_| ChipReason::BadMessage)?;
    serde_json::from_value(value).map_err(|_| ChipReason::BadMessage)
}

/// What is being done, for a page to show.
pub(super) fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Discovery => "discovery",
        Stage::Access => "access",
        Stage::File(Ef::Dg2) => "portrait",
        Stage::File(_) => "data",
        Stage::ChipAuthentication => "chip_authentication",
        Stage::ActiveAuthentication => "active_authentication",
        Stage::Done | Stage::Failed => "judging",
    }
}
