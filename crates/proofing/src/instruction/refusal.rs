//! Why nothing is signed.

use mibun_crypto::json::JsonError;
use mibun_crypto::jws::JwsError;
use thiserror::Error;

use crate::passkey;

/// Why an instruction is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The statement is no acceptable JWS: too long, cut short, of another algorithm, `none` among them.
    #[error("the statement is refused: {0}")]
    Statement(#[source] JwsError),
    /// A message that was signed for something else.
    #[error("the message is not a signing instruction")]
    Type,
    /// The MAC is not 32 bytes of base64url.
    #[error("the MAC is malformed")]
    MacForm,
    /// The MAC is not that of this password exchange over this statement.
    #[error("the password was not proven for this statement")]
    Mac,
    /// The passkey does not confirm this statement.
    #[error(transparent)]
    Passkey(#[from] passkey::Refusal),
    /// Something that a passkey does not do.
    #[error("this takes the ID password")]
    NeedsPassword,
    /// The device's key did not sign this statement.
    #[error("the device did not sign this statement")]
    Device,
    /// The payload is not JSON within bounds.
    #[error("the payload is refused: {0}")]
    Payload(#[source] JsonError),
    /// A member is missing, unknown, or of the wrong kind or length.
    #[error("the payload is malformed")]
    Member,
    /// For another authority.
    #[error("the instruction is for another authority")]
    Authority,
    /// About another person.
    #[error("the instruction is for another person's key")]
    Person,
    /// About another card.
    #[error("the instruction is for another card's key")]
    Card,
    /// About another copy of the card.
    #[error("the instruction is for another copy's key")]
    Copy,
    /// Of another password exchange.
    #[error("the instruction belongs to another password exchange")]
    Exchange,
    /// Older than [`super::MAX_AGE_S`].
    #[error("the instruction is too old")]
    Stale,
    /// Further ahead than [`super::MAX_SKEW_S`].
    #[error("the instruction is from the future")]
    Future,
    /// What the device hashed is not what the consent leads to.
    #[error("what is to be signed is not what was agreed to")]
    SigningInput,
    /// The identifier was used before.
    #[error("the instruction was followed before")]
    Replayed,
}
