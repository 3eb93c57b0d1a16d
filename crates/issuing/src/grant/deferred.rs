//! Cards that are asked for before they can be made: an officer has not decided yet (OpenID4VCI 1.0 9).

use std::fmt;

use mibun_crypto::base64url;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::key::{Jwk, PublicKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;
use mibun_trust::Standing;
use serde::{Deserialize, Serialize};

use super::{AccessError, Collected, Grant, ID_BYTES, Step, Tokens};
use crate::credential::{Accepted, RequestKey};
use crate::secret::Secret;
use crate::standing::Vouched;

/// A request that waits. Its proofs held when it came, so its keys are kept and its nonce is spent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferred {
    /// What the wallet names when it asks again.
    pub transaction: Secret,
    /// For which configuration.
    pub configuration: String,
    /// The request, by the token that it came with and its keys.
    pub request: RequestKey,
    keys: Vec<Jwk>,
    /// Whose word on the keys counted when the request came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    words: Vec<Word>,
}

/// A word on keys, as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Word {
    standing: Standing,
    /// The attester's root, in base64url.
    anchor: String,
}

impl Word {
    fn of(vouched: &Vouched) -> Self {
        Self { standing: vouched.standing.clone(), anchor: base64url::encode(vouched.anchor.der()) }
    }

    fn read(&self) -> Option<Vouched> {
        let anchor = Certificate::from_der(&base64url::decode(&self.anchor).ok()?).ok()?;
        Some(Vouched { standing: self.standing.clone(), anchor })
    }
}

impl fmt::Debug for Deferred {
    /// Keys follow a holder around.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deferred").field("configuration", &self.configuration).finish_non_exhaustive()
    }
}

impl Deferred {
    /// The keys, in the order of the proofs; nothing if they cannot be read any more.
    pub fn keys(&self) -> Option<Vec<PublicKey>> {
        self.keys.iter().map(|jwk| PublicKey::from_jwk(jwk).ok()).collect()
    }

    /// The attestations of the keys, to be looked up again before cards are made; nothing if they cannot be read any more.
    pub fn vouched(&self) -> Option<Vec<Vouched>> {
        self.words.iter().map(Word::read).collect()
    }
}

/// That a request waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deferral {
    /// What the wallet names when it asks again.
    pub transaction: Secret,
    /// Whether the request was seen before: then its nonce is already spent.
    pub repeated: bool,
}

impl Grant {
    /// Keeps a request until its cards can be made: the latest one of each configuration. The caller spends the
    /// nonce of its proofs in the same unit of work, unless the request is repeated.
    pub fn defer(
        &self,
        token: &Secret,
        asked: &Accepted,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Step<Deferral, AccessError> {
        let (tokens, served) = match self.access(token, now) {
            Err(refusal) => return self.deny(refusal),
            Ok(opened) => opened,
        };
        if served.iter().any(|served| served.configuration == asked.configuration) {
            return Step::refuse(AccessError::AlreadyCollected);
        }
        if let Some(waiting) = tokens.deferred.iter().find(|waiting| waiting.request == asked.request) {
            let answer = Deferral { transaction: waiting.transaction.clone(), repeated: true };
            return Step { store: None, answer: Ok(answer) };
        }
        let transaction = Secret::new(entropy.token(ID_BYTES));
        let waiting = Deferred {
            transaction: transaction.clone(),
            configuration: asked.configuration.clone(),
            request: asked.request,
            keys: asked.keys.iter().map(PublicKey::to_jwk).collect(),
            words: asked.vouched.iter().map(Word::of).collect(),
        };
        let mut tokens = tokens.clone();
        // Nothing was made for the one before: a wallet whose answer got lost, or that begins again, asks with new keys.
        tokens.deferred.retain(|before| before.configuration != asked.configuration);
        tokens.deferred.push(waiting);
        Step { store: Some(self.with(tokens)), answer: Ok(Deferral { transaction, repeated: false }) }
    }

    /// The request that waits under this name. One whose cards were made is found until the wallet says that it has them,
    /// for an answer may get lost.
    ///
    /// # Errors
    /// [`AccessError::UnknownTransaction`], and those of the token.
    pub fn deferred(&self, token: &Secret, transaction: &str, now: Timestamp) -> Result<&Deferred, AccessError> {
        let (tokens, served) = self.access(token, now)?;
        let named = |waiting: &&Deferred| waiting.transaction.hash() == Secret::new(transaction).hash();
        let waiting = tokens.deferred.iter().find(named).ok_or(AccessError::UnknownTransaction)?;
        let done = served.iter().any(|served| served.request == waiting.request && served.event.is_some());
        if done { Err(AccessError::UnknownTransaction) } else { Ok(waiting) }
    }

    /// The same stage with other tokens.
    fn with(&self, tokens: Tokens) -> Self {
        match self {
            Self::Collected(collected) => Self::Collected(Collected { tokens, served: collected.served.clone() }),
            _ => Self::Redeemed(tokens),
        }
    }
}
