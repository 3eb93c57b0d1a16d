//! Further roles of the authority, each with a key of its own that is made when it is first needed.

use std::sync::Arc;

use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::x509::profile::{AccessSpec, issue_access};
use mibun_crypto::x509::{AlternativeName, Certificate, LeafSpec, Purpose, issue_leaf};
use mibun_registry::run;

use super::{Certified, SIGNER_DAYS, access_setting, lasting, load_one, sealed, subject};
use crate::app::App;
use crate::work::WorkError;

/// What the authority does besides signing cards and status lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Says what organisations may ask for.
    Registrar,
    /// Signs lists of trusted entities.
    ListSigner,
    /// Vouches for instances of the authority's own wallet, and for their keys.
    WalletProvider,
}

impl Role {
    const fn setting(self) -> &'static str {
        match self {
            Self::Registrar => "authority/registrar",
            Self::ListSigner => "authority/list-signer",
            Self::WalletProvider => "authority/wallet-provider",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Registrar => "Registrar",
            Self::ListSigner => "List Signer",
            Self::WalletProvider => "Wallet Provider",
        }
    }

    const fn purpose(self) -> Purpose {
        match self {
            Self::Registrar => Purpose::Registrar,
            Self::ListSigner => Purpose::ListSigner,
            Self::WalletProvider => Purpose::WalletProvider,
        }
    }
}

/// The key of a role. Of two nodes that make it at the same moment, one takes the other's.
///
/// # Errors
/// [`WorkError`] when it can neither be read nor made.
pub async fn of(app: &App, role: Role) -> Result<Certified, WorkError> {
    let name = role.setting();
    if app.registry.read().await?.setting(name).await?.is_none() {
        let made = make(app, role)?;
        run(&*app.registry, "authority.role", |unit| {
            let made = made.clone();
            Box::pin(async move { Ok::<_, WorkError>(unit.put_setting_if_absent(name, &made).await?) })
        })
        .await?;
    }
    let (key, certificate) = load_one(&mut *app.registry.read().await?, &app.safe, name).await?;
    Ok(Certified { signer: Arc::new(key), certificate })
}

fn make(app: &App, role: Role) -> Result<Vec<u8>, WorkError> {
    let mut entropy = app.entropy();
    let key = SoftwareKey::generate(&mut *entropy);
    let spec = LeafSpec {
        subject: subject(&app.config, role.title()),
        alternative_names: vec![AlternativeName::Uri(app.config.server.public_url.clone())],
        purpose: role.purpose(),
        validity: lasting(app.clock.now(), SIGNER_DAYS),
        subject_key: key.public_key(),
    };
    let certificate = issue_leaf(&spec, &app.keys.root, &*app.keys.root_signer.signer, &mut *entropy)?;
    sealed(&app.safe, role.setting(), &(key, certificate), &mut *entropy)
}

/// A new access certificate for the key that an organisation has, and the value of its setting.
///
/// # Errors
/// [`WorkError::NotInitialised`] when it has none, or why there is no certificate.
pub async fn access_again(
    app: &App,
    organisation: &str,
    spec: &AccessSpec<'_>,
) -> Result<(Certificate, Vec<u8>), WorkError> {
    let name = access_setting(organisation);
    let (key, _) = load_one(&mut *app.registry.read().await?, &app.safe, &name).await?;
    let mut entropy = app.entropy();
    let certificate = issue_access(spec, &app.keys.root, &*app.keys.root_signer.signer, &mut *entropy)?;
    let value = sealed(&app.safe, &name, &(key, certificate.clone()), &mut *entropy)?;
    Ok((certificate, value))
}
