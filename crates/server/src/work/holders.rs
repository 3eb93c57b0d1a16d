//! Holders of full cards: their device, signing in with the ID password, and the keys that the vault keeps for them.
//!
//! The order is that of the wallet: `devices` registers the device under the access token of an accepted journey,
//! `sign_in` opens a session with device and password, `keys` makes keys and has them prove themselves for the card, and
//! `signing` has one of them sign what the holder agreed to.

pub mod account;
pub mod acts;
pub mod devices;
mod error;
pub mod keys;
pub mod lost;
pub mod passkeys;
pub mod password_change;
pub mod sign_in;
pub mod signing;

use mibun_card::assurance::Level;
use mibun_crypto::key::{Jwk, PublicKey};
use mibun_issuing::credential::CredentialError;
use mibun_issuing::grant::Grant as Life;
use mibun_proofing::instruction::InstructionKey;
use mibun_registry::{
    BatchId, BlindIndex, CardStatus, Device, DeviceId, DeviceState, Hash, LoginId, PersonId, PersonStatus, Unit,
    VaultKeyState,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::issuing::{self, Entitlement, IssuingError};
use super::people::OpenPerson;
use super::{WorkError, journeys, people};
use crate::app::App;
use crate::safe::Place;

use passkeys::StoredPasskey;

pub use error::HolderError;

/// The name of a sign-in that was answered and not finished.
const ANSWERED: &str = "answered";
/// The name of a sign-in that failed.
const FAILED: &str = "failed";
/// The name of a sign-in that is a session.
const OPEN: &str = "open";

/// What is sealed of an ID password.
#[derive(Serialize, Deserialize)]
pub struct StoredPassword {
    /// The name under which it was registered. Each registration has another one, and so a key of its own in the
    /// exchange: under the key of the password in use, whoever begins a registration could try guesses without end.
    pub credential: String,
    /// The registration record (RFC 9807 section 5.1) in base64url.
    pub record: String,
}

/// Where the record of a password is sealed for.
pub fn password_place(person: &str) -> Place<'_> {
    Place::new("id_passwords", person, "record")
}

fn device_place(device: &str) -> Place<'_> {
    Place::new("devices", device, "sealed")
}

fn login_place(login: &str) -> Place<'_> {
    Place::new("password_logins", login, "sealed")
}

fn device_index(app: &App, key: &PublicKey) -> BlindIndex {
    app.safe.index("device", &mibun_crypto::base64url::encode(&key.thumbprint()))
}

/// What is sealed of a device.
#[derive(Serialize, Deserialize)]
struct StoredDevice {
    jwk: Value,
    name: Option<String>,
    #[serde(default)]
    passkey: Option<StoredPasskey>,
}

impl StoredDevice {
    fn key(&self) -> Result<PublicKey, WorkError> {
        let jwk = Jwk::from_value(&self.jwk).map_err(|_| WorkError::Damaged)?;
        PublicKey::from_jwk(&jwk).map_err(|_| WorkError::Damaged)
    }
}

/// What is sealed of a session: the key of the exchange, in base64url, and the device that took part in it.
#[derive(Serialize, Deserialize)]
struct StoredSession {
    mac_key: String,
    device: String,
}

/// An open session of an active device.
struct Session {
    id: LoginId,
    person: OpenPerson,
    device: Device,
    device_key: PublicKey,
    mac_key: InstructionKey,
}

/// The session of this exchange.
///
/// # Errors
/// [`HolderError::SessionOver`] for anything that is no open session, [`HolderError::DeviceRetired`].
async fn session(app: &App, unit: &mut dyn Unit, exchange: &str) -> Result<Session, HolderError> {
    let id: LoginId = exchange.parse().map_err(|_| HolderError::SessionOver)?;
    let login = unit.password_login(id).await?.ok_or(HolderError::SessionOver)?;
    if login.state != OPEN || login.expires_at <= app.clock.now() {
        return Err(HolderError::SessionOver);
    }
    let person = people::load(app, unit, login.person).await?;
    if person.row.status != PersonStatus::Active {
        return Err(HolderError::RecordNotActive);
    }
    let stored: StoredSession = person.open(login_place(&id.to_string()), &login.sealed).map_err(WorkError::from)?;
    let device: DeviceId = stored.device.parse().map_err(|_| WorkError::Damaged)?;
    let device = unit.device(device).await?.ok_or(HolderError::DeviceRetired)?;
    if device.state != DeviceState::Active || device.person != login.person {
        return Err(HolderError::DeviceRetired);
    }
    let known: StoredDevice =
        person.open(device_place(&device.id.to_string()), &device.sealed).map_err(WorkError::from)?;
    let mac_key = mibun_crypto::base64url::decode(&stored.mac_key).ok().and_then(|key| key.try_into().ok());
    let mac_key = InstructionKey::from_bytes(&mac_key.ok_or(WorkError::Damaged)?);
    Ok(Session { id, person, device, device_key: known.key()?, mac_key })
}

/// Who may collect a full card with an access token.
struct Granted {
    person: PersonId,
    /// Whether they have it already: then more copies are had, on the device that it is on.
    again: bool,
}

/// The person for whom an access token may prepare keys: that of a full journey whose card was not collected yet, or with a
/// bound token in one format alone; or, with a refreshed token, that of the full card of which it gives more copies.
///
/// # Errors
/// [`HolderError::TokenUnknown`], [`HolderError::Dpop`], [`HolderError::NotFull`], [`HolderError::CardNotValid`].
async fn granted(app: &App, unit: &mut dyn Unit, entitled: &Entitlement) -> Result<Granted, HolderError> {
    let grant = entitled.grant(app, unit).await?;
    let earlier = match &grant.life {
        Life::Redeemed(tokens) => tokens.earlier,
        // A bound token is good for the other format of what it was used for.
        Life::Collected(collected) if collected.tokens.bound.is_some() => {
            collected.served.first().map(|served| served.request)
        }
        _ => return Err(HolderError::TokenUnknown),
    };
    let (person, again) = (grant.row.person, earlier.is_some());
    let full = match &earlier {
        // The journey may be gone by now.
        Some(request) => {
            let (card, _) = issuing::recorded(unit, &Hash::new(*request.as_bytes())).await?;
            if card.status != CardStatus::Valid || card.expires_at <= app.clock.now() {
                return Err(HolderError::CardNotValid);
            }
            card.level == Level::Full.as_str()
        }
        None => journeys::is_full(app, unit, grant.row.journey).await?,
    };
    if full { Ok(Granted { person, again }) } else { Err(HolderError::NotFull) }
}

/// Binds the keys of a full card to its batch, in the unit that reserves it.
///
/// # Errors
/// [`CredentialError::KeyNotKept`] unless all of them are fresh keys that the vault keeps for this person.
pub async fn bind(
    unit: &mut dyn Unit,
    person: PersonId,
    keys: &[PublicKey],
    batch: BatchId,
) -> Result<(), IssuingError> {
    let thumbprints: Vec<Hash> = keys.iter().map(|key| Hash::new(key.thumbprint())).collect();
    for thumbprint in &thumbprints {
        let key = unit.vault_key(thumbprint).await?;
        let own = key.is_some_and(|key| key.person == person && key.state == VaultKeyState::Fresh);
        if !own {
            return Err(CredentialError::KeyNotKept.into());
        }
    }
    let bound = unit.bind_vault_keys(&thumbprints, batch).await?;
    if bound { Ok(()) } else { Err(CredentialError::KeyNotKept.into()) }
}
