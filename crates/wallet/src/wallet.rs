//! What a holder does: collect cards, look at requests, show or decline.

mod collect;
mod dc_api;
mod holder;
mod present;
mod resume;

use std::fmt;
use std::sync::Arc;

use mibun_card::CardFormat;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;
use mibun_issuing::address::Transport;
use mibun_presenting::request::UriPolicy;
use mibun_trust::TrustAnchors;

use crate::browser::Browser;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::http::Exchange;
use crate::provider::Provider;
use crate::store::{Entry, Event, Store, StoredCard};

pub use collect::Gathered;
pub(crate) use collect::stored;
pub use dc_api::PreparedCall;
pub use holder::JourneyAccess;
pub use present::{Choice, Prepared, Presented};
pub use resume::Resumed;

/// Copies that are asked for unless said otherwise.
const COPIES: usize = 10;

/// Seconds to wait for cards that are not ready unless said otherwise.
const PATIENCE: u64 = 60;

/// A wallet of one holder.
pub struct Wallet {
    store: Store,
    network: Arc<dyn Exchange>,
    clock: Arc<dyn Clock>,
    entropy: Box<dyn Entropy + Send>,
    anchors: TrustAnchors,
    transport: Transport,
    copies: usize,
    formats: Vec<CardFormat>,
    provider: Option<Provider>,
    browser: Option<Arc<dyn Browser>>,
    patience: u64,
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
        Self {
            store,
            network,
            clock,
            entropy,
            anchors: TrustAnchors::default(),
            transport: Transport::Https,
            copies: COPIES,
            formats: vec![CardFormat::SdJwtVc, CardFormat::Mdoc],
            provider: None,
            browser: None,
            patience: PATIENCE,
            session: None,
        }
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

    /// The same wallet, taking cards in these formats, the dearest first.
    #[must_use]
    pub fn taking(self, formats: Vec<CardFormat>) -> Self {
        Self { formats, ..self }
    }

    /// The same wallet, vouched for by this provider: it can be known to authorization servers.
    #[must_use]
    pub fn vouched_for(self, provider: Provider) -> Self {
        Self { provider: Some(provider), ..self }
    }

    /// The same wallet, with a browser.
    #[must_use]
    pub fn browsing(self, browser: Arc<dyn Browser>) -> Self {
        Self { browser: Some(browser), ..self }
    }

    /// The same wallet, waiting this many seconds for cards that are not ready.
    #[must_use]
    pub fn waiting(self, seconds: u64) -> Self {
        Self { patience: seconds, ..self }
    }

    /// All cards, oldest first.
    pub fn cards(&self) -> &[StoredCard] {
        self.store.cards()
    }

    /// Everything that happened, oldest first.
    pub fn history(&self) -> &[Entry] {
        self.store.history()
    }

    /// Deletes a card with all its keys, or one that is waited for.
    pub fn delete(&mut self, id: &str) -> Result<(), Failure> {
        let issuer = match self.store.delete(id, &mut *self.entropy)? {
            Some(card) => card.issuer,
            None => self.store.give_up(id, &mut *self.entropy)?.ok_or(Failure::NoSuchCard)?.waiting.issuer,
        };
        self.record(Event::Deleted { issuer })
    }

    fn card(&self, id: &str) -> Result<&StoredCard, Failure> {
        self.cards().iter().find(|card| card.id == id).ok_or(Failure::NoSuchCard)
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
