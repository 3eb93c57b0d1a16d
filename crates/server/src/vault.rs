//! The vault of this installation, and the one secret of the server that lies in it: the setup of ID passwords.

use std::path::Path;
use std::sync::Arc;

use mibun_crypto::opaque::{OpaqueError, ServerSetup};
use mibun_registry::{Registry, StoreError, run};
use mibun_vault::{KeyVault, OpenError, Operation, Pin, Pkcs11Config, Pkcs11Vault, SoftwareVault, VaultError};

use crate::config::{Config, Vault, VaultKind};
use crate::entropy::SystemEntropy;

/// The setting that holds the sealed setup.
const SETTING: &str = "opaque_server_setup";
/// What the vault seals the setup under.
const LABEL: &str = "opaque server setup";

/// Why there is no vault.
#[derive(Debug, thiserror::Error)]
pub enum VaultOpenError {
    /// The vault does not open.
    #[error("vault: {0}")]
    Open(#[from] OpenError),
    /// The key file of a vault that was in use is not there.
    #[error("vault: {0} is missing, and what it wrapped is not; put it back from the backup")]
    KeyFileGone(std::path::PathBuf),
    /// The vault does not seal or open the setup.
    #[error("vault: {0}")]
    Vault(#[from] VaultError),
    /// The setup came out of its seal damaged.
    #[error("vault: the setup of ID passwords: {0}")]
    Setup(#[from] OpaqueError),
    /// The record.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens vault and setup. Both are made where there is no setup yet; with one in the record, nothing is ever made anew,
/// for keys and passwords would be lost with the old ones.
///
/// # Errors
/// [`VaultOpenError`].
pub async fn open_or_make(
    config: &Config,
    registry: &dyn Registry,
) -> Result<(Arc<dyn KeyVault>, ServerSetup), VaultOpenError> {
    let stored = registry.read().await?.setting(SETTING).await?;
    let (opened, make) = (config.clone(), stored.is_none());
    let vault = blocking(move || open(&opened, make)).await?;
    let sealed = match stored {
        Some(setting) => setting.value,
        None => make_setup(&vault, registry).await?,
    };
    let unsealing = Arc::clone(&vault);
    let bytes = blocking(move || unsealing.open(LABEL, &sealed)).await?;
    Ok((vault, ServerSetup::from_bytes(&bytes)?))
}

/// Seals and stores a new setup, unless another node was faster; answers the sealed one that counts.
async fn make_setup(vault: &Arc<dyn KeyVault>, registry: &dyn Registry) -> Result<Vec<u8>, VaultOpenError> {
    let setup = ServerSetup::generate(&mut SystemEntropy::new()).to_bytes();
    let sealing = Arc::clone(vault);
    let sealed = blocking(move || sealing.seal(LABEL, &setup)).await?;
    let stored: Result<_, StoreError> = run(registry, "vault.setup", |unit| {
        let sealed = &sealed;
        Box::pin(async move {
            unit.put_setting_if_absent(SETTING, sealed).await?;
            unit.setting(SETTING).await
        })
    })
    .await;
    Ok(stored?.map_or(sealed, |setting| setting.value))
}

fn open(config: &Config, make: bool) -> Result<Arc<dyn KeyVault>, VaultOpenError> {
    match config.vault.kind {
        VaultKind::Software => open_software(config, make),
        VaultKind::Pkcs11 => {
            let module = pkcs11(&config.vault)?;
            if make {
                Pkcs11Vault::init(&module)?;
            }
            Ok(Arc::new(Pkcs11Vault::open(&module)?))
        }
    }
}

fn open_software(config: &Config, make: bool) -> Result<Arc<dyn KeyVault>, VaultOpenError> {
    let operation = match config.production() {
        true => Operation::Production { software_keys_allowed: config.vault.software_keys_allowed },
        false => Operation::Development,
    };
    if operation == (Operation::Production { software_keys_allowed: false }) {
        // Before a key file is made.
        return Err(OpenError::SoftwareKeys.into());
    }
    let file = config.vault_key_file();
    if !file.exists() {
        if !make {
            return Err(VaultOpenError::KeyFileGone(file));
        }
        create(&file)?;
    }
    Ok(Arc::new(SoftwareVault::open_file(&file, operation, Box::new(SystemEntropy::new()))?))
}

/// Two servers may start at the same moment: the second one reads what the first one made.
fn create(file: &Path) -> Result<(), OpenError> {
    match SoftwareVault::create_file(file, &mut SystemEntropy::new()) {
        Err(OpenError::File { source, .. }) if source.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        outcome => outcome,
    }
}

/// The configuration was checked for what a module needs; an empty text fails with the module's own words.
fn pkcs11(vault: &Vault) -> Result<Pkcs11Config, OpenError> {
    let pin = match (&vault.pin_file, &vault.pin_env) {
        (Some(file), _) => Pin::from_file(file)?,
        (None, variable) => Pin::from_env(variable.as_deref().unwrap_or_default())?,
    };
    let (module, label) = (vault.module.clone().unwrap_or_default(), vault.token_label.clone().unwrap_or_default());
    Ok(Pkcs11Config::new(module, label, pin))
}

/// Where the vault's keys are, for a person at a terminal.
pub fn describe(config: &Config) -> String {
    match config.vault.kind {
        VaultKind::Software => config.vault_key_file().display().to_string(),
        VaultKind::Pkcs11 => format!("token {}", config.vault.token_label.as_deref().unwrap_or_default()),
    }
}

/// A vault's calls block, so they run where that is allowed.
///
/// # Panics
/// When `work` does.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("a vault's calls neither panic nor are they called off")
}
