//! The life of one offer: from the code in the link to the cards in the wallet.
//!
//! Every step looks at the grant as it was stored and answers with a [`Step`]: what to store **before** answering, and
//! the answer. A refusal can change the grant too (a wrong transaction code is counted), so the caller commits `store`
//! whether or not the answer is a refusal, and never lets a refusal roll the unit of work back. Of two steps taken from
//! one version of the grant, the store lets one through; the other is taken again from what is stored then.
//!
//! Two ways lead to a token: the pre-authorized code of the offer ([`Grant::redeem`]), and a person who says on the
//! authorization page who they are ([`Grant::authorize`], then [`Grant::redeem_code`]). What follows is the same.

mod authorized;
mod deferred;
mod family;
mod refusal;
mod stages;
mod steps;
mod tx_code;

use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::refresh::RefreshKey;
use crate::secret::{Secret, SecretHash};

pub use authorized::REFRESH_GRACE;
pub use deferred::{Deferral, Deferred};
pub use family::Redeemer;
pub use refusal::{AccessError, RedeemError};
pub use stages::{Authorized, Binding, Collected, Ended, Offered, Refresh, Served, Tokens, Wanted};
pub use tx_code::{TxCodeHash, TxCodeKey};

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
    /// The person said who they are; their wallet may redeem the authorization code.
    Authorized(Authorized),
    /// The code is used up; whoever has the access token may collect.
    Redeemed(Tokens),
    /// The cards are reserved for sets of keys, or already handed out.
    Collected(Collected),
    /// Too many wrong transaction codes.
    Locked(Ended),
    /// Nobody came in time.
    Expired(Ended),
    /// A code or refresh token was used twice: one of the two was not its owner.
    Revoked(Ended),
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

/// How long things are good, and the keys for what is short or made without a store.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Key under which transaction codes are kept.
    pub tx_code_key: TxCodeKey,
    /// Key of refresh tokens.
    pub refresh_key: RefreshKey,
    /// Seconds from offer to end of the code.
    pub code_lifetime: u32,
    /// Seconds from the person's word to the end of the authorization code; at most 60 (FAPI 2.0 5.3.2.1).
    pub authorization_code_lifetime: u32,
    /// Seconds from token to its end.
    pub token_lifetime: u32,
    /// Seconds from the first token to the last time that it is refreshed.
    pub refresh_lifetime: u32,
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
    /// Whether a proof of the key has to come with it.
    pub bound: bool,
    /// What the next access token is had with.
    pub refresh: Option<Secret>,
    /// What may be collected.
    pub wanted: Wanted,
}

/// Permission to make the cards of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Goes into the answer.
    pub notification_id: String,
    /// Whether the request was seen before: then its nonce is already spent, its status entries are taken, and the
    /// answer that was kept (or made again for the same entries) is given once more.
    pub repeated: bool,
    /// An earlier request of this grant. What is made now are copies of the same card, in another form or anew.
    pub sibling: Option<crate::credential::RequestKey>,
}

impl Grant {
    /// A new grant with its secrets; `ask_tx_code` says whether the person gets a transaction code.
    pub fn offer(
        policy: &Policy,
        ask_tx_code: bool,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> (Self, OfferSecrets) {
        let code = Secret::new(entropy.token(CODE_BYTES));
        let tx_code = ask_tx_code.then(|| Secret::new(entropy.digits(TX_CODE_LENGTH)));
        let hash = code.hash();
        let grant = Self::Offered(Offered {
            code: hash,
            tx_code: tx_code.as_ref().map(|tx_code| policy.tx_code_key.hash(&hash, tx_code)),
            wrong_tries: 0,
            expires_at: now.plus_seconds(policy.code_lifetime.into()),
        });
        (grant, OfferSecrets { code, tx_code })
    }

    /// Digest of the code, by which a token request finds the grant.
    pub fn code(&self) -> &SecretHash {
        match self {
            Self::Offered(Offered { code, .. })
            | Self::Authorized(Authorized { code, .. })
            | Self::Redeemed(Tokens { code, .. })
            | Self::Locked(Ended { code, .. })
            | Self::Expired(Ended { code, .. })
            | Self::Revoked(Ended { code, .. }) => code,
            Self::Collected(collected) => &collected.tokens.code,
        }
    }

    /// What whoever has the access token works with.
    pub fn tokens(&self) -> Option<&Tokens> {
        match self {
            Self::Redeemed(tokens) => Some(tokens),
            Self::Collected(collected) => Some(&collected.tokens),
            _ => None,
        }
    }

    /// Digest of the access token, by which a credential request finds the grant.
    pub fn token(&self) -> Option<&SecretHash> {
        self.tokens().map(|tokens| &tokens.token)
    }

    /// The stage by its name in the store: `offered`, `authorized`, `redeemed`, `collected`, `locked`, `expired` or
    /// `revoked`.
    pub const fn state(&self) -> &'static str {
        match self {
            Self::Offered(_) => "offered",
            Self::Authorized(_) => "authorized",
            Self::Redeemed(_) => "redeemed",
            Self::Collected(_) => "collected",
            Self::Locked(_) => "locked",
            Self::Expired(_) => "expired",
            Self::Revoked(_) => "revoked",
        }
    }

    /// When nothing is had with the grant any more; for an ended grant, when it ended.
    pub fn expires_at(&self) -> Timestamp {
        match self {
            Self::Offered(Offered { expires_at, .. }) | Self::Authorized(Authorized { expires_at, .. }) => *expires_at,
            Self::Redeemed(tokens) | Self::Collected(Collected { tokens, .. }) => tokens.last_use(),
            Self::Locked(Ended { since, .. })
            | Self::Expired(Ended { since, .. })
            | Self::Revoked(Ended { since, .. }) => *since,
        }
    }

    /// How often the transaction code was wrong.
    pub const fn wrong_tries(&self) -> u8 {
        match self {
            Self::Offered(offered) => offered.wrong_tries,
            Self::Locked(_) => MAX_WRONG_TRIES,
            _ => 0,
        }
    }
}

impl<T, E> Step<T, E> {
    fn refuse(refusal: E) -> Self {
        Self { store: None, answer: Err(refusal) }
    }
}

#[cfg(test)]
mod tests;
