//! Everything a request may need, made once at the start.

use std::collections::BTreeMap;
use std::sync::Arc;

use mibun_crypto::entropy::Entropy;
use mibun_crypto::opaque::ServerSetup;
use mibun_document::resident_number::Scheme;
use mibun_registry::{BlindIndex, Registry};
use mibun_trust::{Scene, SceneId, TrustAnchors};
use mibun_vault::KeyVault;

use crate::authority::{AccessKeys, AuthorityKeys};
use crate::clock::Clock;
use crate::config::Config;
use crate::entropy::SystemEntropy;
use crate::events::Events;
use crate::http::rate::RateLimiter;
use crate::outside::documents::Documents;
use crate::outside::faces::Faces;
use crate::outside::status_lists::StatusLists;
use crate::registered::Registered;
use crate::safe::Safe;
use crate::shown::Shown;
use crate::work::WorkError;
use crate::work::captures::Captures;
use crate::work::chips::Chips;
use crate::work::issuing::Terms;
use crate::work::lists::Publisher;

/// The running server.
pub struct App {
    /// What the operator set.
    pub config: Config,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The record.
    pub registry: Arc<dyn Registry>,
    /// Keys at rest.
    pub safe: Safe,
    /// Where the keys of full cards are made and used.
    pub vault: Arc<dyn KeyVault>,
    /// The server's half of every ID password.
    pub passwords: ServerSetup,
    /// The authority's signing keys.
    pub keys: AuthorityKeys,
    /// Organisations' keys for requests, as far as they were used.
    pub access: AccessKeys,
    /// Registration certificates of organisations that were verified a moment ago.
    pub registered: Registered,
    /// Whom this server believes when it checks a card.
    pub anchors: TrustAnchors,
    /// The lawful uses this server knows.
    pub scenes: BTreeMap<SceneId, Scene>,
    /// How resident numbers are written.
    pub scheme: Scheme,
    /// The face engine.
    pub faces: Faces,
    /// The reader of photographed documents.
    pub documents: Documents,
    /// How offers, codes and nonces are made.
    pub terms: Terms,
    /// Status lists of attesters.
    pub status_lists: StatusLists,
    /// Captures under way.
    pub captures: Captures,
    /// Readings of chips under way, and whom they are believed by.
    pub chips: Chips,
    /// Signed status lists, ready to be served.
    pub publisher: Publisher,
    /// Who waits for news of a check.
    pub events: Events,
    /// Fields that windows may show once.
    pub shown: Shown,
    /// Places for requests that are being served.
    pub places: tokio::sync::Semaphore,
    /// Requests per address.
    pub rate: RateLimiter,
    /// Host of the public address.
    pub public_host: Option<String>,
    /// The public address as browsers name it: `https://id.example`, whatever letters and port were configured.
    pub public_origin: String,
    /// A password hash that no password opens; keeps the time of refusals even.
    pub decoy_password_hash: String,
}

impl App {
    /// Fresh randomness for one piece of work.
    pub fn entropy(&self) -> Box<dyn Entropy + Send> {
        Box::new(SystemEntropy::new())
    }

    /// The blind index under which a resident number is found.
    pub fn number_index(&self, number: &str) -> BlindIndex {
        self.safe.index("number", number)
    }

    /// A scene by its name.
    ///
    /// # Errors
    /// [`WorkError::NotFound`].
    pub fn scene(&self, id: &str) -> Result<&Scene, WorkError> {
        let id = SceneId::parse(id).map_err(|_| WorkError::NotFound("scene"))?;
        self.scenes.get(&id).ok_or(WorkError::NotFound("scene"))
    }

    /// An address under the public one.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.config.server.public_url)
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}
