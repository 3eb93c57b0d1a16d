//! What a holder does: collect cards, look at requests, show or decline.

mod collect;
mod dc_api;
mod holder;
mod present;

use std::fmt;
use std::sync::Arc;

use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;
use mibun_issuing::address::Transport;
use mibun_presenting::request::UriPolicy;
use mibun_trust::TrustAnchors;

use crate::clock::Clock;
use crate::failure::Failure;
use crate::http::Exchange;
use crate::store::{Entry, Event, Store, StoredCard};

pub use collect::Gathered;
pub use dc_api::PreparedCall;
pub use holder::JourneyAccess;
pub use present::{Choice, Prepared, Presented};

/// Copies that are asked for unless said otherwise.
const COPIES: usize = 10;

/// A wallet of one holder.
pub struct Wallet {
    store: Store,
    network: Arc<dyn Exchange>,
    clock: Arc<dyn Clock>,
    entropy: Box<dyn Entropy + Send>,
    anchors: TrustAnchors,
    transport: Transport,
    copies: usize,
    session: Option<holder::Session>,
}

impl Wallet {
    /// A wallet that trusts nobody yet, see [`Wallet::trusting`].
    pub fn new(
        store: Store,
        network: Arc<dyn Exchange>,
        clock: Arc<dyn Clock>,
        entropy: Box<dyn Entropy + Send>,
    ) -> Self {
        let (anchors, transport) = (TrustAnchors::default(), Transport::Https);
        Self { store, network, clock, entropy, anchors, transport, copies: COPIES, session: None }
    }

    /// The same wallet, trusting these roots.
    #[must_use]
    pub fn trusting(self, anchors: TrustAnchors) -> Self {
        Self { anchors, ..self }
    }

    /// The same wallet, talking over `transport`.
    #[must_use]
    pub fn over(self, transport: Transport) -> Self {
        Self { transport, ..self }
    }

    /// The same wallet, asking for this many one-time copies.
    #[must_use]
    pub fn asking_for(self, copies: usize) -> Self {
        Self { copies, ..self }
    }

    /// All cards, oldest first.
    pub fn cards(&self) -> &[StoredCard] {
        self.store.cards()
    }

    /// Everything that happened, oldest first.
    pub fn history(&self) -> &[Entry] {
        self.store.history()
    }

    /// Deletes a card with all its keys.
    pub fn delete(&mut self, id: &str) -> Result<StoredCard, Failure> {
        let deleted = self.store.delete(id, &mut *self.entropy)?.ok_or(Failure::NoSuchCard)?;
        self.record(Event::Deleted { issuer: deleted.issuer.clone() })?;
        Ok(deleted)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn record(&mut self, event: Event) -> Result<(), Failure> {
        let entry = Entry { at: self.now(), event };
        Ok(self.store.record(entry, &mut *self.entropy)?)
    }

    fn uri_policy(&self) -> UriPolicy {
        match self.transport {
            Transport::Https => UriPolicy::Https,
            Transport::HttpsOrLoopback => UriPolicy::HttpsOrLoopback,
        }
    }
}

impl fmt::Debug for Wallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wallet").field("cards", &self.store.cards().len()).finish_non_exhaustive()
    }
}
