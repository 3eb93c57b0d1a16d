//! From a configuration to an [`App`]: the one place that wires the parts together.

use std::sync::Arc;

use mibun_crypto::policy::Accepted;
use mibun_registry::Registry;
use mibun_trust::TrustAnchors;
use tokio::sync::Semaphore;

use crate::app::App;
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
use crate::safe::{Safe, SafeError};
use crate::shown::Shown;
use crate::vault;
use crate::work::WorkError;
use crate::work::captures::Captures;
use crate::work::chips::Chips;
use crate::work::issuing::Terms;
use crate::work::lists::Publisher;

/// Why the server could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The master key file.
    #[error(transparent)]
    Safe(#[from] SafeError),
    /// The database could not be opened.
    #[error("database: {0}")]
    Store(#[from] mibun_registry_sql::OpenError),
    /// The vault of full cards' keys could not be opened.
    #[error(transparent)]
    Vault(#[from] vault::VaultOpenError),
    /// The authority's keys could not be loaded.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// A scene file must not be used.
    #[error("scene {0}")]
    Scene(#[from] mibun_trust::scene::SceneFileError),
    /// The public address cannot name an issuer.
    #[error("server.public_url cannot name an issuer")]
    PublicUrl,
    /// The file with roots of those who attest wallets.
    #[error("wallets.attesters {path}: {source}")]
    AttestersFile {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong.
        source: std::io::Error,
    },
    /// Roots of those who attest wallets.
    #[error("wallets.attesters {path}: {source}")]
    Attesters {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong.
        source: mibun_trust::anchors::AnchorError,
    },
    /// `wallets.key_storage` or `wallets.user_authentication` names no level.
    #[error("wallets.{0}: {1}")]
    Level(&'static str, mibun_trust::attestation::key::UnknownLevel),
    /// A port is taken.
    #[error(transparent)]
    Listen(#[from] crate::serve::ListenError),
    /// The server's own certificate.
    #[error(transparent)]
    Tls(#[from] crate::serve::tls::TlsError),
    /// The face models.
    #[error("face models: {0}")]
    Faces(#[from] crate::outside::faces::FacesError),
    /// A file or socket.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Opens the database named in the configuration.
///
/// # Errors
/// What the database said.
pub async fn open_registry(config: &Config) -> Result<Arc<dyn Registry>, BootError> {
    Ok(mibun_registry_sql::open(&config.storage.url).await?)
}

/// Puts the server together over an initialised database.
///
/// # Errors
/// [`BootError`]; before `mibun init`, [`WorkError::NotInitialised`].
pub async fn app(config: Config, clock: Arc<dyn Clock>) -> Result<App, BootError> {
    let registry = open_registry(&config).await?;
    let safe = Safe::open_file(&config.storage.master_key)?;
    with(config, clock, registry, safe).await
}

/// Puts the server together over a given store and safe. Where there is no vault yet, it is made: installations older
/// than full cards have none.
///
/// # Errors
/// [`BootError`].
pub async fn with(
    config: Config,
    clock: Arc<dyn Clock>,
    registry: Arc<dyn Registry>,
    safe: Safe,
) -> Result<App, BootError> {
    let keys = AuthorityKeys::load(&*registry, &safe).await?;
    let (vault, passwords) = vault::open_or_make(&config, &*registry).await?;
    let signed_with = keys.document_signer.signer.algorithm();
    if signed_with != config.authority.card_algorithm {
        let (key, setting) = (signed_with.as_jose(), config.authority.card_algorithm.as_jose());
        tracing::warn!(
            key,
            setting,
            "authority.card_algorithm counts at `mibun init` alone; cards are signed with the key"
        );
    }
    let decoy_password_hash = mibun_crypto::password::hash("", &mut SystemEntropy::new());
    let address = url::Url::parse(&config.server.public_url).ok();
    let host = address.as_ref().and_then(|url| url.host_str().map(str::to_owned));
    let origin = address.map_or_else(|| config.server.public_url.clone(), |url| url.origin().ascii_serialization());
    let terms = Terms::new(&config, &safe, &keys)?;
    Ok(App {
        anchors: TrustAnchors { accepted: Accepted::HAIP.and(signed_with), ..TrustAnchors::single(&keys.root) },
        scenes: crate::scenes::load()?,
        scheme: config.resident_number.clone(),
        faces: Faces::new(&config)?,
        documents: Documents::new(&config),
        access: AccessKeys::default(),
        status_lists: StatusLists::new(terms.transport, Arc::clone(&clock)),
        terms,
        captures: Captures::default(),
        chips: Chips::new(&config.chip),
        publisher: Publisher::default(),
        events: Events::default(),
        registered: Registered::default(),
        shown: Shown::default(),
        places: Semaphore::new(config.server.concurrent_requests),
        rate: RateLimiter::new(config.server.requests_per_minute),
        public_host: host,
        public_origin: origin,
        decoy_password_hash,
        config,
        clock,
        registry,
        safe,
        vault,
        passwords,
        keys,
    })
}
