//! The asker's memory of one exchange: a value that moves through its stages, each step taken once.
//!
//! ```text
//! Created ── fetch ──> Fetched ── answer ──> Answered ── redeem ──> Done     same device: a code must come back
//!                      (fetch again)   └───────────────────────────> Done     window; refused
//! Created ── answer_from_page ──> Done                                              the browser's API
//! any of them ── time passes ──> Expired
//! ```
//!
//! A caller stores the value sealed and replaces it with a conditional write *before* it acts on a step, so that of
//! many simultaneous answers one wins.

mod secret;

use mibun_crypto::digest::{constant_time_eq, sha256};
use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};

pub use secret::Secret;

/// What an exchange is bound to from its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Repeated in the key binding; guards against replay.
    pub nonce: Secret,
    /// Finds the exchange again; repeated in the answer.
    pub state: Secret,
    /// The private key for the answer, sealed by the caller; `None` for `direct_post`.
    pub sealed_response_key: Option<Vec<u8>>,
    /// Where the holder is.
    pub way: Way,
    /// From when on nothing is accepted.
    pub expires_at: Timestamp,
}

/// Where the holder is when the exchange begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// In the browser session with this hash: the result is released to that session alone.
    SameDevice {
        /// [`session_hash`] of the session's secret.
        session: [u8; 32],
    },
    /// In front of a counter that shows a code.
    Window,
    /// On a page that asks through the browser's API and brings the answer back itself, in the browser session with this
    /// hash. There is nothing to fetch, no state and no code.
    Page {
        /// [`session_hash`] of the session's secret.
        session: [u8; 32],
    },
}

/// How an answer was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The card was accepted.
    Accepted,
    /// The card was refused.
    Refused,
    /// The holder or the wallet refused.
    Declined,
}

/// One exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Transaction {
    /// Nobody has fetched the request.
    Created {
        /// The binding.
        terms: Terms,
    },
    /// A wallet has the request. It may fetch it again, with the same nonce of its own.
    Fetched {
        /// The binding.
        terms: Terms,
        /// The wallet's nonce, if it sent one.
        wallet_nonce: Option<Secret>,
    },
    /// The answer has been judged and waits for the holder's browser.
    Answered {
        /// How.
        outcome: Outcome,
        /// Hash of the code that must come back.
        code: [u8; 32],
        /// Hash of the session that must bring it.
        session: [u8; 32],
        /// From when on the code is worthless.
        expires_at: Timestamp,
    },
    /// Over, with a result.
    Done {
        /// Which.
        outcome: Outcome,
    },
    /// Over without a result.
    Expired,
}

/// Why a step is not taken. The transaction stays as it was, so that a stranger's attempt cannot end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransactionError {
    /// An answer before anybody fetched the request.
    #[error("the request has not been fetched")]
    NotFetched,
    /// Another answer, or another fetch after the answer.
    #[error("the request has been answered")]
    AlreadyAnswered,
    /// The result has been released.
    #[error("the check is over")]
    AlreadyDone,
    /// Too late.
    #[error("the check has expired")]
    Expired,
    /// A second wallet fetches the request: the code was copied or passed on.
    #[error("another wallet has fetched the request")]
    AnotherWallet,
    /// A wallet's nonce that could be guessed, or is longer than sensible.
    #[error("the wallet's nonce is not acceptable")]
    WeakWalletNonce,
    /// The state in the answer is missing or wrong.
    #[error("the answer carries another state")]
    WrongState,
    /// Nothing to redeem yet, or ever.
    #[error("no response code has been given out")]
    NotAnswered,
    /// Not the code that was given out.
    #[error("the response code is wrong")]
    WrongCode,
    /// The code came back in another browser.
    #[error("the response code came back in another session")]
    WrongSession,
}

/// The hash under which a browser session is remembered.
pub fn session_hash(session_secret: &[u8]) -> [u8; 32] {
    sha256(session_secret)
}

impl Transaction {
    /// A new exchange.
    pub const fn open(terms: Terms) -> Self {
        Self::Created { terms }
    }

    /// A wallet fetches the request, with its nonce if it posted one.
    pub fn fetch(&self, wallet_nonce: Option<&str>, now: Timestamp) -> Result<Self, TransactionError> {
        if wallet_nonce.is_some_and(|nonce| !crate::is_unguessable(nonce)) {
            return Err(TransactionError::WeakWalletNonce);
        }
        let terms = match self {
            Self::Created { terms } => terms,
            Self::Fetched { terms, wallet_nonce: first } => {
                let same = first.as_ref().map(Secret::reveal) == wallet_nonce;
                if same { terms } else { return Err(TransactionError::AnotherWallet) }
            }
            later => return Err(later.too_late()),
        };
        within(terms.expires_at, now)?;
        Ok(Self::Fetched { terms: terms.clone(), wallet_nonce: wallet_nonce.map(Secret::from) })
    }

    /// Whether an answer with `state` may be judged now: the binding to judge it by.
    pub fn answerable(&self, state: Option<&str>, now: Timestamp) -> Result<&Terms, TransactionError> {
        let terms = match self {
            Self::Fetched { terms, .. } => terms,
            Self::Created { .. } => return Err(TransactionError::NotFetched),
            later => return Err(later.too_late()),
        };
        within(terms.expires_at, now)?;
        if state.is_some_and(|state| terms.state.equals(state)) { Ok(terms) } else { Err(TransactionError::WrongState) }
    }

    /// Whether an answer that a page brings from the browser's API may be judged now: the binding to judge it by.
    pub fn answerable_from_page(&self, session_secret: &[u8], now: Timestamp) -> Result<&Terms, TransactionError> {
        let terms = match self {
            Self::Created { terms } | Self::Fetched { terms, .. } => terms,
            later => return Err(later.too_late()),
        };
        within(terms.expires_at, now)?;
        match &terms.way {
            Way::Page { session } if constant_time_eq(session, &session_hash(session_secret)) => Ok(terms),
            _ => Err(TransactionError::WrongSession),
        }
    }

    /// An answer that a page brought from the browser's API has been judged: the exchange is over.
    pub fn answer_from_page(
        &self,
        session_secret: &[u8],
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<Self, TransactionError> {
        self.answerable_from_page(session_secret, now)?;
        Ok(Self::Done { outcome })
    }

    /// The answer has been judged. On the same device the holder's browser gets a one-time code to bring back, unless
    /// the card was refused: then there is nothing to fetch.
    pub fn answer(
        &self,
        state: Option<&str>,
        outcome: Outcome,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(Self, Option<Secret>), TransactionError> {
        let terms = self.answerable(state, now)?;
        match terms.way {
            Way::SameDevice { session } if outcome != Outcome::Refused => {
                let code = Secret::from(entropy.token(32));
                let expires_at = now.plus_seconds(CODE_SECONDS);
                let hash = sha256(code.reveal().as_bytes());
                Ok((Self::Answered { outcome, code: hash, session, expires_at }, Some(code)))
            }
            _ => Ok((Self::Done { outcome }, None)),
        }
    }

    /// The browser brings the code back. The session is checked first: a stolen code tells a thief nothing.
    pub fn redeem(&self, code: &str, session_secret: &[u8], now: Timestamp) -> Result<Self, TransactionError> {
        let Self::Answered { outcome, code: expected, session, expires_at } = self else {
            return Err(match self {
                Self::Created { .. } | Self::Fetched { .. } => TransactionError::NotAnswered,
                later => later.too_late(),
            });
        };
        within(*expires_at, now)?;
        if !constant_time_eq(session, &session_hash(session_secret)) {
            return Err(TransactionError::WrongSession);
        }
        if !constant_time_eq(expected, &sha256(code.as_bytes())) {
            return Err(TransactionError::WrongCode);
        }
        Ok(Self::Done { outcome: *outcome })
    }

    /// The transaction as it stands at `now`: [`Transaction::Expired`] once its time is over.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        let end = match &self {
            Self::Created { terms } | Self::Fetched { terms, .. } => terms.expires_at,
            Self::Answered { expires_at, .. } => *expires_at,
            Self::Done { .. } | Self::Expired => return self,
        };
        if within(end, now).is_ok() { self } else { Self::Expired }
    }

    const fn too_late(&self) -> TransactionError {
        match self {
            Self::Done { .. } => TransactionError::AlreadyDone,
            Self::Expired => TransactionError::Expired,
            Self::Created { .. } | Self::Fetched { .. } | Self::Answered { .. } => TransactionError::AlreadyAnswered,
        }
    }
}

fn within(end: Timestamp, now: Timestamp) -> Result<(), TransactionError> {
    if now < end { Ok(()) } else { Err(TransactionError::Expired) }
}

/// How long a browser has to come back with its code; it does so by itself, at once.
const CODE_SECONDS: i64 = 120;

#[cfg(test)]
mod tests;
