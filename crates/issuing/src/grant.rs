//! The life of one offer: from the code in the link to the cards in the wallet.
//!
//! Every step looks at the grant as it was stored and answers with a [`Step`]: what to store **before** answering, and
//! the answer. A refusal can change the grant too (a wrong transaction code is counted), so the caller commits `store`
//! whether or not the answer is a refusal, and never lets a refusal roll the unit of work back. Of two steps taken from
//! one version of the grant, the store lets one through; the other is taken again from what is stored then.

mod steps;

use std::fmt;

use mibun_crypto::digest::{constant_time_eq, hmac_sha256};
use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::ZeroizeOnDrop;

use crate::credential::RequestKey;
use crate::error::{Code, Refusal};
use crate::notification::Event;
use crate::secret::{Secret, SecretHash};

/// Wrong transaction codes that lock a grant.
pub const MAX_WRONG_TRIES: u8 = 5;
/// Digits of a transaction code.
pub const TX_CODE_LENGTH: usize = 6;

const CODE_BYTES: usize = 32;
const ID_BYTES: usize = 16;

/// Where an offer is in its life, with what that stage knows. Holds digests in place of codes and tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Grant {
    /// Somebody may redeem the code.
    Offered(Offered),
    /// The code is used up; whoever has the access token may collect.
    Redeemed(Redeemed),
    /// The cards are reserved for one set of keys, or already handed out.
    Collected(Collected),
    /// Too many wrong transaction codes.
    Locked(Ended),
    /// Nobody came in time.
    Expired(Ended),
}

/// An offer that nobody has redeemed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Digest of the pre-authorized code.
    pub code: SecretHash,
    /// Keyed digest of the transaction code, if one is asked for.
    pub tx_code: Option<TxCodeHash>,
    /// Wrong transaction codes so far.
    pub wrong_tries: u8,
    /// When the code ends.
    pub expires_at: Timestamp,
}

/// A code that was turned into an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redeemed {
    /// Digest of the code, so that its second use is recognised.
    pub code: SecretHash,
    /// Digest of the access token.
    pub token: SecretHash,
    /// When the token ends.
    pub expires_at: Timestamp,
}

/// A token that was used for cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    /// Digest of the code.
    pub code: SecretHash,
    /// Digest of the access token, which is still good for repeating the request and for notifications.
    pub token: SecretHash,
    /// The one request that is served, by its token and keys.
    pub request: RequestKey,
    /// What the wallet names in notifications.
    pub notification_id: String,
    /// What the wallet told last.
    pub event: Option<Event>,
    /// When the token ends.
    pub expires_at: Timestamp,
}

/// A grant that leads nowhere any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Digest of the code, so that it is still recognised.
    pub code: SecretHash,
    /// Since when.
    pub since: Timestamp,
}

/// What a step does: first store, then answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the change has to be stored before the answer is given"]
pub struct Step<T, E> {
    /// The grant to store, or nothing when it did not change.
    pub store: Option<Grant>,
    /// The answer.
    pub answer: Result<T, E>,
}

/// How long things are good, and the key for transaction codes.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Key under which transaction codes are kept.
    pub tx_code_key: TxCodeKey,
    /// Seconds from offer to end of the code.
    pub code_lifetime: u32,
    /// Seconds from token to its end.
    pub token_lifetime: u32,
}

/// What goes to the person, and is not stored by this crate in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferSecrets {
    /// For the offer.
    pub code: Secret,
    /// For the person, over another way than the offer's.
    pub tx_code: Option<Secret>,
}

/// A new access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The token; its digest is in the grant.
    pub token: Secret,
    /// Seconds until it ends.
    pub expires_in: u32,
}

/// Permission to make the cards of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Goes into the answer.
    pub notification_id: String,
    /// Whether the request was seen before: then its nonce is already spent, its status entries are taken, and the
    /// answer that was kept (or made again for the same entries) is given once more.
    pub repeated: bool,
}

/// Why a code is not turned into a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RedeemError {
    /// The code belongs to no grant, or to another one.
    #[error("the code is not known")]
    UnknownCode,
    /// The code was used before.
    #[error("the code has been used")]
    Used,
    /// The code is past its end.
    #[error("the code has expired")]
    Expired,
    /// Too many wrong transaction codes: only a new offer helps.
    #[error("the offer is locked after too many wrong transaction codes")]
    Locked,
    /// The transaction code is wrong.
    #[error("the transaction code is wrong; tries left: {tries_left}")]
    WrongTxCode {
        /// Tries before the grant locks; never zero, for the last one answers [`RedeemError::Locked`].
        tries_left: u8,
    },
    /// A transaction code is needed and was not sent. Costs no try.
    #[error("tx_code is missing")]
    MissingTxCode,
    /// A transaction code was sent although none is asked for.
    #[error("tx_code is not expected")]
    UnexpectedTxCode,
}

impl Refusal for RedeemError {
    fn code(&self) -> Code {
        match self {
            Self::MissingTxCode | Self::UnexpectedTxCode => Code::InvalidRequest,
            Self::UnknownCode | Self::Used | Self::Expired | Self::Locked | Self::WrongTxCode { .. } => {
                Code::InvalidGrant
            }
        }
    }
}

/// Why a token gives no access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AccessError {
    /// The token belongs to no grant, or to another one.
    #[error("the access token is not known")]
    UnknownToken,
    /// The token is past its end.
    #[error("the access token has expired")]
    Expired,
    /// The cards were handed out for other keys.
    #[error("the card has been collected")]
    AlreadyCollected,
    /// The notification names something else than what was collected with this token.
    #[error("the notification_id is not known")]
    UnknownNotification,
}

impl Refusal for AccessError {
    fn code(&self) -> Code {
        match self {
            Self::UnknownToken | Self::Expired => Code::InvalidToken,
            Self::AlreadyCollected => Code::CredentialRequestDenied,
            Self::UnknownNotification => Code::InvalidNotificationId,
        }
    }
}

/// Key for the digests of transaction codes: six digits under a plain hash are guessed in no time. Wiped on drop.
#[derive(Clone, ZeroizeOnDrop)]
pub struct TxCodeKey([u8; 32]);

impl TxCodeKey {
    /// A new key.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(entropy.bytes())
    }

    /// The key of these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Bound to the code of the offer, so that equal transaction codes do not look equal in the store.
    fn hash(&self, code: &SecretHash, tx_code: &Secret) -> TxCodeHash {
        let tag = hmac_sha256(&self.0, &[b"mibun tx_code 1", code.as_bytes(), tx_code.expose().as_bytes()]);
        TxCodeHash(SecretHash::from_bytes(tag))
    }
}

impl fmt::Debug for TxCodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TxCodeKey([redacted])")
    }
}

/// Keyed digest of a transaction code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TxCodeHash(SecretHash);

impl TxCodeHash {
    fn matches(&self, other: &Self) -> bool {
        constant_time_eq(self.0.as_bytes(), other.0.as_bytes())
    }
}

#[cfg(test)]
mod tests;
