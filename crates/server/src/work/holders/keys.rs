//! The keys that the vault keeps for a person: made before a card is collected, and proven for it by instruction.

use std::sync::Arc;

use mibun_crypto::base64url;
use mibun_crypto::key::{Jwk, PublicKey};
use mibun_crypto::seal::Context;
use mibun_proofing::instruction::{Signed, SigningInput};
use mibun_registry::{Hash, Sealed, Unit, VaultKey, VaultKeyId, VaultKeyState, run};
use mibun_vault::{KeyVault, Made, VaultError, WrappedKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{HolderError, Session, granted, session};
use crate::app::App;
use crate::safe::Place;
use crate::vault::blocking;
use crate::work::issuing::Entitlement;
use crate::work::people::OpenPerson;
use crate::work::{WorkError, audit};

/// A key that waits for its copy.
pub struct Prepared {
    /// Names the key, and later the copy that is bound to it.
    pub copy: VaultKeyId,
    /// Its public half.
    pub key: PublicKey,
}

/// What is sealed of a key: its public half, and the private one as the vault wrapped it, in base64url.
#[derive(Serialize, Deserialize)]
struct StoredKey {
    jwk: Value,
    wrapped: String,
}

/// A kept key, opened as far as the vault allows.
pub(super) struct Kept {
    pub(super) id: VaultKeyId,
    pub(super) public: PublicKey,
    pub(super) wrapped: WrappedKey,
}

fn place(key: &str) -> Place<'_> {
    Place::new("vault_keys", key, "wrapped")
}

/// Where the vault wraps a key for.
fn vault_place(id: &VaultKeyId) -> Context<'_> {
    Context { table: "vault_keys", row: id.as_bytes(), column: "wrapped", version: 1 }
}

/// Opens a kept key.
pub(super) fn open(person: &OpenPerson, row: &VaultKey) -> Result<Kept, HolderError> {
    let stored: StoredKey = person.open(place(&row.id.to_string()), &row.wrapped).map_err(WorkError::from)?;
    let jwk = Jwk::from_value(&stored.jwk).map_err(|_| WorkError::Damaged)?;
    let public = PublicKey::from_jwk(&jwk).map_err(|_| WorkError::Damaged)?;
    let wrapped = base64url::decode(&stored.wrapped).map_err(|_| WorkError::Damaged)?;
    Ok(Kept { id: row.id, public, wrapped: WrappedKey::from_bytes(wrapped)? })
}

/// Signs each input with its key, where the vault may block.
pub(super) async fn sign(app: &App, jobs: Vec<(Kept, SigningInput)>) -> Result<Vec<Signed>, VaultError> {
    let vault = Arc::clone(&app.vault);
    blocking(move || {
        let signed = jobs.into_iter().map(|(kept, input)| {
            let signature = vault.sign(&kept.wrapped, &vault_place(&kept.id), input.as_bytes())?;
            Ok(input.attach(&signature))
        });
        signed.collect()
    })
    .await
}

/// Fresh keys of the session's device, that many: those that were made before and not used, then new ones.
///
/// # Errors
/// [`HolderError::TokenUnknown`], [`HolderError::Dpop`], [`HolderError::NotFull`], [`HolderError::CardNotValid`],
/// [`HolderError::Count`], [`HolderError::SessionOver`], [`HolderError::DeviceRetired`], [`HolderError::OtherPerson`];
/// [`HolderError::Vault`].
pub async fn prepare(
    app: &App,
    entitled: &Entitlement,
    exchange: &str,
    count: usize,
) -> Result<Vec<Prepared>, HolderError> {
    let have = {
        let mut unit = app.registry.read().await?;
        let session = allowed(app, &mut *unit, entitled, exchange).await?;
        if !(1..=app.terms.batch_size).contains(&count) {
            return Err(HolderError::Count(app.terms.batch_size));
        }
        fresh(&mut *unit, &session).await?.len()
    };
    let ids = (have..count).map(|_| VaultKeyId::generate(&mut *app.entropy())).collect();
    let made = make(&app.vault, ids).await?;
    let rows = run(&*app.registry, "holders.prepare_keys", |unit| {
        let made = &made;
        Box::pin(async move {
            entitled.spend(unit).await?;
            let session = allowed(app, unit, entitled, exchange).await?;
            if !made.is_empty() {
                let rows = made.iter().map(|(id, made)| row(app, &session, *id, made));
                unit.insert_vault_keys(&rows.collect::<Result<Vec<_>, _>>()?).await?;
                audit::note(app, unit, audit::Actor::Holder, "keys.made", session.device.id.to_string()).await?;
            }
            let rows = fresh(unit, &session).await?;
            let open =
                |row: &VaultKey| open(&session.person, row).map(|kept| Prepared { copy: kept.id, key: kept.public });
            rows.iter().take(count).map(open).collect::<Result<Vec<_>, HolderError>>()
        })
    })
    .await?;
    Ok(rows)
}

/// The session, if it is that of the person who may collect with this token.
async fn allowed(
    app: &App,
    unit: &mut dyn Unit,
    entitled: &Entitlement,
    exchange: &str,
) -> Result<Session, HolderError> {
    let person = granted(app, unit, entitled).await?.person;
    let session = session(app, unit, exchange).await?;
    if session.person.row.id == person { Ok(session) } else { Err(HolderError::OtherPerson) }
}

async fn fresh(unit: &mut dyn Unit, session: &Session) -> Result<Vec<VaultKey>, HolderError> {
    let mut keys = unit.vault_keys_of(session.person.row.id).await?;
    keys.retain(|key| key.state == VaultKeyState::Fresh && key.device == session.device.id);
    Ok(keys)
}

async fn make(vault: &Arc<dyn KeyVault>, ids: Vec<VaultKeyId>) -> Result<Vec<(VaultKeyId, Made)>, VaultError> {
    let vault = Arc::clone(vault);
    blocking(move || ids.into_iter().map(|id| Ok((id, vault.generate(&vault_place(&id))?))).collect()).await
}

fn row(app: &App, session: &Session, id: VaultKeyId, made: &Made) -> Result<VaultKey, HolderError> {
    let stored =
        StoredKey { jwk: made.public.to_jwk().to_value(), wrapped: base64url::encode(made.wrapped.as_bytes()) };
    let sealed: Result<Sealed, _> = session.person.seal(place(&id.to_string()), &stored, &mut *app.entropy());
    Ok(VaultKey {
        id,
        person: session.person.row.id,
        device: session.device.id,
        batch: None,
        thumbprint: Hash::new(made.public.thumbprint()),
        wrapped: sealed.map_err(WorkError::from)?,
        state: VaultKeyState::Fresh,
        created_at: app.clock.now(),
    })
}
