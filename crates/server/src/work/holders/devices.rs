//! The one device of a person.

use mibun_crypto::time::Timestamp;
use mibun_issuing::nonce::FreshNonce;
use mibun_proofing::device_proof::{Context, Proven, Purpose, verify};
use mibun_registry::{Device, DeviceId, DeviceState, Hash, PersonId, Unit, Version, run};

use super::{HolderError, StoredDevice, device_index, device_place, granted};
use crate::app::App;
use crate::work::audit::{self, Actor};
use crate::work::issuing::Entitlement;
use crate::work::{WorkError, cards, lists, people};

/// Longest name of a device, in characters.
const LONGEST_NAME: usize = 64;

/// A device that was registered.
pub struct Registered {
    /// The device.
    pub device: DeviceId,
    /// The person, as instructions name them.
    pub person: PersonId,
}

/// Registers the device that proves its key beside the access token. An older device of the person is retired with its
/// keys, and what it showed is revoked; the same device again is the same device.
///
/// # Errors
/// [`HolderError::TokenUnknown`], [`HolderError::Dpop`], [`HolderError::NotFull`], [`HolderError::Proof`],
/// [`HolderError::Nonce`], [`HolderError::NonceSpent`], [`HolderError::DeviceKeyUsed`], [`HolderError::DeviceName`].
pub async fn register(
    app: &App,
    entitled: &Entitlement,
    proof: &str,
    name: Option<&str>,
) -> Result<Registered, HolderError> {
    allowed(app, &mut *app.registry.read().await?, entitled).await?;
    let name = name.map(named).transpose()?;
    let now = app.clock.now();
    let over = entitled.token().expose().as_bytes();
    let expected = Context { purpose: Purpose::Registration, authority: app.terms.issuer.as_str(), over, now };
    let proven = verify(proof, &expected)?;
    let nonce = app.terms.nonce_key.check(&proven.nonce, now)?;
    let stored = StoredDevice { jwk: proven.key.to_jwk().to_value(), name, passkey: None };
    let registered = run(&*app.registry, "holders.register_device", |unit| {
        let (proven, stored) = (&proven, &stored);
        Box::pin(async move {
            entitled.spend(unit).await?;
            let person = allowed(app, unit, entitled).await?;
            spend(unit, &nonce).await?;
            let device = take(app, unit, person, proven, stored).await?;
            Ok::<_, HolderError>(Registered { device, person })
        })
    })
    .await?;
    lists::publish_changes(app).await?;
    Ok(registered)
}

/// The person, if this token's card was not collected yet: with one that was refreshed, more copies come to the same
/// device, and no other is registered.
async fn allowed(app: &App, unit: &mut dyn Unit, entitled: &Entitlement) -> Result<PersonId, HolderError> {
    let granted = granted(app, unit, entitled).await?;
    if granted.again { Err(HolderError::TokenUnknown) } else { Ok(granted.person) }
}

fn named(name: &str) -> Result<String, HolderError> {
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(HolderError::DeviceName) }
}

/// Spends a nonce of ours.
///
/// # Errors
/// [`HolderError::NonceSpent`].
pub(super) async fn spend(unit: &mut dyn Unit, nonce: &FreshNonce) -> Result<(), HolderError> {
    // The same digest as in a credential request: a nonce is good once, wherever.
    let hash = Hash::new(mibun_crypto::digest::sha256(&nonce.id));
    if unit.spend_nonce(&hash, nonce.expires_at).await? { Ok(()) } else { Err(HolderError::NonceSpent) }
}

async fn take(
    app: &App,
    unit: &mut dyn Unit,
    person: PersonId,
    proven: &Proven,
    stored: &StoredDevice,
) -> Result<DeviceId, HolderError> {
    let key_index = device_index(app, &proven.key);
    if let Some(known) = unit.device_by_key(&key_index).await? {
        let same = known.person == person && known.state == DeviceState::Active;
        return if same { Ok(known.id) } else { Err(HolderError::DeviceKeyUsed) };
    }
    let now = app.clock.now();
    retire(app, unit, person, now).await?;
    let id = DeviceId::generate(&mut *app.entropy());
    let opened = people::load(app, unit, person).await?;
    let sealed = opened.seal(device_place(&id.to_string()), stored, &mut *app.entropy()).map_err(WorkError::from)?;
    let state = DeviceState::Active;
    let version = Version::FIRST;
    let device = Device { id, person, key_index, sealed, state, registered_at: now, retired_at: None, version };
    unit.insert_device(&device).await?;
    audit::note(app, unit, Actor::Holder, "device.registered", id.to_string()).await?;
    Ok(id)
}

/// Retires the person's device, its keys, and the cards that were shown with them.
pub(super) async fn retire(app: &App, unit: &mut dyn Unit, person: PersonId, now: Timestamp) -> Result<(), WorkError> {
    for mut device in unit.devices_of(person).await? {
        if device.state == DeviceState::Retired {
            continue;
        }
        device.state = DeviceState::Retired;
        device.retired_at = Some(now);
        unit.update_device(&device).await?;
        unit.retire_vault_keys_of_device(device.id).await?;
        cards::revoke_full(app, unit, person).await?;
        audit::note(app, unit, Actor::Server, "device.retired", device.id.to_string()).await?;
    }
    Ok(())
}
