//! What a wallet tells about the cards it got (OpenID4VCI 1.0 11).

use mibun_crypto::json::{self, Limits};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;

use crate::error::{Code, Refusal};

const LIMITS: Limits = Limits { bytes: 16 * 1024, depth: 8, nodes: 200 };
const MAX_ID_LENGTH: usize = 256;

/// What became of the cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Stored in the wallet.
    CredentialAccepted,
    /// Not usable for the wallet.
    CredentialFailure,
    /// Removed by the person.
    CredentialDeleted,
}

impl Event {
    /// The value of the member `event`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CredentialAccepted => "credential_accepted",
            Self::CredentialFailure => "credential_failure",
            Self::CredentialDeleted => "credential_deleted",
        }
    }
}

/// A notification. The wallet's free text is dropped, for nobody here acts on it and it may name a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The identifier that came with the cards.
    pub notification_id: String,
    /// What became of them.
    pub event: Event,
}

/// Why a notification cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotificationError {
    /// Not an acceptable JSON object.
    #[error("the notification is not an acceptable JSON object")]
    Json,
    /// `notification_id` is missing or no identifier.
    #[error("notification_id is missing or malformed")]
    MissingId,
    /// `event` is missing or none of the three.
    #[error("event is missing or unknown")]
    Event,
    /// `event_description` is not text of the permitted letters.
    #[error("event_description is malformed")]
    Description,
}

impl Refusal for NotificationError {
    fn code(&self) -> Code {
        Code::InvalidNotificationRequest
    }
}

impl Notification {
    /// Reads the body of a notification request; unknown members are ignored.
    pub fn parse(body: &[u8]) -> Result<Self, NotificationError> {
        let value = json::parse(body, &LIMITS).map_err(|_| NotificationError::Json)?;
        let members = value.as_object().ok_or(NotificationError::Json)?;
        let id = members.get("notification_id").and_then(Value::as_str).ok_or(NotificationError::MissingId)?;
        if id.is_empty() || id.len() > MAX_ID_LENGTH {
            return Err(NotificationError::MissingId);
        }
        let event = members.get("event").ok_or(NotificationError::Event)?;
        let event = Event::deserialize(event).map_err(|_| NotificationError::Event)?;
        let description = members.get("event_description");
        if description.is_some_and(|text| !text.as_str().is_some_and(is_description)) {
            return Err(NotificationError::Description);
        }
        Ok(Self { notification_id: id.to_owned(), event })
    }

    /// The body to send.
    pub fn to_value(&self) -> Value {
        json!({ "notification_id": self.notification_id, "event": self.event.as_str() })
    }
}

/// Printable ASCII without quote and backslash (OpenID4VCI 1.0 11.1).
fn is_description(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\')
}
