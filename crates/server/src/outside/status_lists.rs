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
use tokio::sync::{Mutex as Gate, Semaphore};

use crate::clock::Clock;
use fetch::{FetchError, Fetcher};

/// Lists that are kept at most; the one that was asked for longest ago leaves first.
const MOST_LISTS: usize = 32;
/// Requests that wait for lists at most: a quarter of what is served at once, unless the operator said otherwise.
const MOST_WAITING: usize = 64;
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
    fetcher: Arc<Fetcher>,
    clock: Arc<dyn Clock>,
    slots: Mutex<HashMap<String, Listed>>,
    /// For requests that wait for a list.
    waiting: Semaphore,
}

struct Listed {
    asked_at: Timestamp,
    slot: Arc<Slot>,
}

/// One address.
#[derive(Default)]
struct Slot {
    /// What came of earlier fetches.
    kept: Mutex<Vec<Kept>>,
    /// Held while it is fetched: one at a time, and whoever comes meanwhile waits for that one.
    gate: Arc<Gate<()>>,
}

type Answer = Result<Arc<VerifiedList>, NoList>;

/// What came of a fetch, for one attester: the same list proves nothing to another.
struct Kept {
    attester: [u8; 32],
    answer: Answer,
    until: Timestamp,
}

impl StatusLists {
    /// Nothing is fetched yet. `transport` says which addresses are called.
    pub fn new(transport: Transport, clock: Arc<dyn Clock>) -> Self {
        let waiting = Semaphore::new(MOST_WAITING);
        Self { fetcher: Arc::new(Fetcher::new(transport)), clock, slots: Mutex::default(), waiting }
    }

    /// The list at `uri`, signed below one of these roots of an attester.
    ///
    /// # Errors
    /// [`NoList`].
    pub async fn list(&self, uri: &str, roots: &[Certificate]) -> Answer {
        self.fetcher.address(uri)?;
        let (slot, attester) = (self.slot(uri), name(roots));
        if let Some(ready) = slot.ready(&attester, self.clock.now()) {
            return ready;
        }
        // Whoever waits has a place among the requests that are served; one slow attester must not take them all.
        let _place = self.waiting.try_acquire().map_err(|_| NoList::Unavailable)?;
        let turn = Arc::clone(&slot.gate).lock_owned().await;
        if let Some(ready) = slot.ready(&attester, self.clock.now()) {
            return ready;
        }
        let (fetcher, clock) = (Arc::clone(&self.fetcher), Arc::clone(&self.clock));
        let (uri, roots) = (uri.to_owned(), roots.to_vec());
        // A task of its own: whoever hangs up while it is fetched must not make the next one begin anew.
        let fetching = tokio::spawn(async move {
            let _turn = turn;
            let answer = fetch(&fetcher, &uri, roots, clock.now()).await;
            slot.keep(attester, &answer, clock.now());
            answer
        });
        fetching.await.unwrap_or(Err(NoList::Unavailable))
    }

    fn slot(&self, uri: &str) -> Arc<Slot> {
        let now = self.clock.now();
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MOST_LISTS
            && !slots.contains_key(uri)
            && let Some(oldest) = slots.iter().min_by_key(|(_, listed)| listed.asked_at).map(|(uri, _)| uri.clone())
        {
            slots.remove(&oldest);
        }
        let new = || Listed { asked_at: now, slot: Arc::default() };
        let listed = slots.entry(uri.to_owned()).or_insert_with(new);
        listed.asked_at = now;
        Arc::clone(&listed.slot)
    }
}

impl Slot {
    fn ready(&self, attester: &[u8; 32], now: Timestamp) -> Option<Answer> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.until > now);
        kept.iter().find(|kept| kept.attester == *attester).map(|kept| kept.answer.clone())
    }

    fn keep(&self, attester: [u8; 32], answer: &Answer, now: Timestamp) {
        let pause = now.plus_seconds(PAUSE);
        let until = answer.as_ref().map_or(pause, |list| standing::kept_until(&list.claims, now));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(Kept { attester, answer: answer.clone(), until });
    }
}

/// Fetches a list and reads it, away from those who serve: a large one takes a while to unpack.
async fn fetch(fetcher: &Fetcher, uri: &str, roots: Vec<Certificate>, now: Timestamp) -> Answer {
    let answer = match fetcher.fetch(uri).await {
        Err(error) => Err(NoList::from(error)),
        Ok(token) => {
            let uri = uri.to_owned();
            let read = tokio::task::spawn_blocking(move || standing::read(&token, &uri, &roots, now));
            read.await.map_err(|_| NoList::Unavailable)?.map(Arc::new).map_err(NoList::from)
        }
    };
    if let Err(why) = &answer {
        // An address may stand for one wallet: whose host it is, is enough to know.
        let host = url::Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned));
        tracing::warn!(host, %why, "a status list of an attester is not there");
    }
    answer
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
