//! Status lists of those who attest wallets and keys: fetched, verified, kept for as long as they say.
//!
//! Addresses come out of attestations whose signature is good, so whoever the operator trusts chooses them, and nobody else.

mod fetch;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use mibun_crypto::digest::sha256;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;
use mibun_issuing::address::Transport;
use mibun_issuing::standing::{self, StandingError};
use mibun_status::token::VerifiedList;
use tokio::sync::Mutex as Gate;

use crate::clock::Clock;
use fetch::{FetchError, Fetcher};

/// Lists that are kept at most; the one that was asked for longest ago leaves first.
const MOST_LISTS: usize = 32;
/// Seconds for which a list that could not be had, or not be used, is not asked for again.
const PAUSE: i64 = 15;

/// Why a list is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoList {
    /// There is something, and it must not be used.
    #[error(transparent)]
    Refused(#[from] StandingError),
    /// Nobody answers with a list.
    #[error("the status list of the attestation cannot be had at the moment")]
    Unavailable,
}

/// Lists of others.
pub struct StatusLists {
    fetcher: Fetcher,
    lists: Mutex<HashMap<String, Listed>>,
}

/// One address.
struct Listed {
    asked_at: Timestamp,
    /// Held while it is fetched: one at a time, and whoever comes meanwhile waits for that one.
    slot: Arc<Gate<Vec<Kept>>>,
}

/// What came of a fetch, for one attester: the same list proves nothing to another.
struct Kept {
    attester: [u8; 32],
    answer: Result<Arc<VerifiedList>, NoList>,
    until: Timestamp,
}

impl StatusLists {
    /// Nothing is fetched yet. `transport` says which addresses are called.
    pub fn new(transport: Transport) -> Self {
        Self { fetcher: Fetcher::new(transport), lists: Mutex::default() }
    }

    /// The list at `uri`, signed below one of these roots of an attester.
    ///
    /// # Errors
    /// [`NoList`].
    pub async fn list(&self, uri: &str, roots: &[Certificate], clock: &dyn Clock) -> Result<Arc<VerifiedList>, NoList> {
        let slot = self.slot(uri, clock.now());
        let mut kept = slot.lock().await;
        let (attester, now) = (name(roots), clock.now());
        kept.retain(|kept| kept.until > now);
        if let Some(ready) = kept.iter().find(|kept| kept.attester == attester) {
            return ready.answer.clone();
        }
        let fetched = self.fetcher.fetch(uri).await;
        let now = clock.now();
        let answer = fetched.map_err(NoList::from).and_then(|token| Ok(standing::read(&token, uri, roots, now)?));
        let answer = answer.map(Arc::new);
        if let Err(why) = &answer {
            tracing::warn!(uri, %why, "a status list of an attester is not there");
        }
        let pause = now.plus_seconds(PAUSE);
        let until = answer.as_ref().map_or(pause, |list| standing::kept_until(&list.claims, now));
        kept.push(Kept { attester, answer: answer.clone(), until });
        answer
    }

    fn slot(&self, uri: &str, now: Timestamp) -> Arc<Gate<Vec<Kept>>> {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.len() >= MOST_LISTS
            && !lists.contains_key(uri)
            && let Some(oldest) = lists.iter().min_by_key(|(_, listed)| listed.asked_at).map(|(uri, _)| uri.clone())
        {
            lists.remove(&oldest);
        }
        let new = || Listed { asked_at: now, slot: Arc::default() };
        let listed = lists.entry(uri.to_owned()).or_insert_with(new);
        listed.asked_at = now;
        Arc::clone(&listed.slot)
    }
}

impl From<FetchError> for NoList {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Address => Self::Refused(StandingError::Address),
            FetchError::TooLong => Self::Refused(StandingError::Malformed),
            FetchError::Unavailable => Self::Unavailable,
        }
    }
}

/// Tells attesters apart.
fn name(roots: &[Certificate]) -> [u8; 32] {
    let all: Vec<[u8; 32]> = roots.iter().map(|root| sha256(root.der())).collect();
    sha256(all.as_flattened())
}

#[cfg(test)]
mod tests;
