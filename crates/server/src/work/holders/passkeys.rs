//! The passkey of a device: added within a sign-in, and the everyday proof that the holder is there.

use mibun_crypto::base64url;
use mibun_crypto::key::PublicKey;
use mibun_proofing::device_proof::Purpose;
use mibun_proofing::id_password::Guard;
use mibun_proofing::passkey::{self, Assertion, RelyingParty};
use mibun_registry::{DeviceId, DeviceState, PersonStatus, Unit, run};
use serde::{Deserialize, Serialize};

use super::acts::{Act, authorise};
use super::{HolderError, StoredDevice, device_place};
use crate::app::App;
use crate::work::audit::{self, Actor};
use crate::work::people::OpenPerson;
use crate::work::{WorkError, people};

/// Longest credential identifier, in base64url: 1,023 bytes (Web Authentication Level 3, section 4).
const LONGEST_CREDENTIAL: usize = 1_364;

/// What is sealed of a passkey.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct StoredPasskey {
    /// What the browser is asked for, in base64url.
    credential: String,
    /// The public key as `SubjectPublicKeyInfo`, in base64url.
    public_key: String,
}

/// A passkey that wants to be the device's.
#[derive(Debug, Clone, Copy)]
pub struct NewPasskey<'a> {
    /// Its credential identifier, in base64url.
    pub credential: &'a str,
    /// Its public key as `SubjectPublicKeyInfo`, in base64url.
    pub public_key: &'a str,
    /// That it is there: an assertion over the device proof of the request.
    pub assertion: &'a Assertion,
}

/// Whom passkeys are made for here.
///
/// # Errors
/// [`HolderError::NoPasskeys`] where the public address is no name.
pub(super) fn party(app: &App) -> Result<RelyingParty<'_>, HolderError> {
    let is_name = |host: &&str| host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_err();
    let id = app.public_host.as_deref().filter(is_name).ok_or(HolderError::NoPasskeys)?;
    Ok(RelyingParty { id, origin: &app.public_origin })
}

/// Adds a passkey to the device that signed in, in place of an earlier one.
///
/// # Errors
/// [`HolderError`] of [`authorise`]; [`HolderError::NoPasskeys`], [`HolderError::Passkey`].
pub async fn add(app: &App, act: Act<'_>, new: NewPasskey<'_>) -> Result<(), HolderError> {
    if new.credential.is_empty() || new.credential.len() > LONGEST_CREDENTIAL {
        return Err(passkey::Refusal::Form.into());
    }
    let key = key(new.public_key)?;
    passkey::verify(new.assertion, act.proof.as_bytes(), &key, &party(app)?)?;
    let content = format!("{}.{}", new.credential, new.public_key);
    let stored = StoredPasskey { credential: new.credential.to_owned(), public_key: new.public_key.to_owned() };
    run(&*app.registry, "holders.add_passkey", |unit| {
        let (stored, content) = (&stored, &content);
        Box::pin(async move {
            let session = authorise(app, unit, act, Purpose::Passkey, content.as_bytes()).await?;
            let mut device = session.device;
            let name = device.id.to_string();
            let known: StoredDevice =
                session.person.open(device_place(&name), &device.sealed).map_err(WorkError::from)?;
            let known = StoredDevice { passkey: Some(stored.clone()), ..known };
            device.sealed =
                session.person.seal(device_place(&name), &known, &mut *app.entropy()).map_err(WorkError::from)?;
            unit.update_device(&device).await?;
            audit::note(app, unit, Actor::Holder, "passkey.added", name).await?;
            Ok::<_, HolderError>(())
        })
    })
    .await
}

/// Takes the passkey off the person's device: a new password begins a new account of trust.
///
/// # Errors
/// The store's; [`WorkError::Safe`] for damage.
pub async fn forget(app: &App, unit: &mut dyn Unit, person: &OpenPerson) -> Result<(), WorkError> {
    for mut device in unit.devices_of(person.row.id).await? {
        let name = device.id.to_string();
        let known: StoredDevice = person.open(device_place(&name), &device.sealed)?;
        if device.state != DeviceState::Active || known.passkey.is_none() {
            continue;
        }
        let known = StoredDevice { passkey: None, ..known };
        device.sealed = person.seal(device_place(&name), &known, &mut *app.entropy())?;
        unit.update_device(&device).await?;
    }
    Ok(())
}

fn key(public_key: &str) -> Result<PublicKey, HolderError> {
    let spki = base64url::decode(public_key).map_err(|_| passkey::Refusal::Form)?;
    Ok(passkey::key(&spki)?)
}

/// A device with its passkey.
pub(super) struct WithPasskey {
    pub(super) person: OpenPerson,
    pub(super) device: DeviceId,
    pub(super) device_key: PublicKey,
    pub(super) passkey: PublicKey,
}

/// The active device of this name, if it has a passkey and the person's password is not locked: who tried ten passwords
/// on it may have found it.
///
/// # Errors
/// [`HolderError::DeviceRetired`], for an unknown one too; [`HolderError::PasskeyMissing`], [`HolderError::Locked`].
pub(super) async fn of_device(app: &App, unit: &mut dyn Unit, device: &str) -> Result<WithPasskey, HolderError> {
    let id: DeviceId = device.parse().map_err(|_| HolderError::DeviceRetired)?;
    let row = unit.device(id).await?.ok_or(HolderError::DeviceRetired)?;
    if row.state != DeviceState::Active {
        return Err(HolderError::DeviceRetired);
    }
    let password = unit.id_password(row.person).await?.ok_or(HolderError::PasskeyMissing)?;
    let guard: Guard = serde_json::from_str(&password.guard).map_err(WorkError::from)?;
    if guard.is_locked(&app.config.limits.id_password) {
        return Err(HolderError::Locked);
    }
    let person = people::load(app, unit, row.person).await?;
    if person.row.status != PersonStatus::Active {
        return Err(HolderError::RecordNotActive);
    }
    let known: StoredDevice = person.open(device_place(&id.to_string()), &row.sealed).map_err(WorkError::from)?;
    let passkey = known.passkey.as_ref().ok_or(HolderError::PasskeyMissing)?;
    let passkey = key(&passkey.public_key).map_err(|_| WorkError::Damaged)?;
    Ok(WithPasskey { person, device: id, device_key: known.key()?, passkey })
}
