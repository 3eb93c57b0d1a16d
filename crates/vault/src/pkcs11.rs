//! A vault on a security module, by PKCS#11.
//!
//! Two keys lie on the token and can never be read out of it: an AES-256 key that wraps the keys of people, and a key
//! for HMAC-SHA-256. A wrapped key is the module's own wrapping (AES key wrap with padding) and a MAC of it together
//! with its place; the MAC is checked first, so a key that was changed or moved never reaches the module's unwrapping.
//! A secret is sealed under a key that the module derives by MAC from a salt of its own, so what leaves the module
//! opens that one secret and no other.

mod config;
mod keys;
mod module;
mod pool;
mod token;
mod trouble;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use mibun_crypto::digest;
use mibun_crypto::seal::Context;
use zeroize::Zeroizing;

use crate::vault::{LONGEST_SECRET, SECRET_OVERHEAD};
use crate::{Fault, KeyVault, Made, OpenError, Outage, VaultError, WrappedKey};
use keys::Seat;
use module::{Entered, Module};
use pool::{Pool, Turn};
use token::Token;
use trouble::Trouble;

pub use config::{Pin, Pkcs11Config};

/// First byte of what this kind of vault wraps or seals: AES key wrap with padding, HMAC-SHA-256. Another way takes
/// another number.
const KIND: u8 = 2;

/// How long a call waits for a session when all are in use.
const PATIENCE: Duration = Duration::from_secs(5);

/// A vault on a security module.
///
/// Several calls run at once, each in a session of its own. When the module, its token or its sessions go away, calls
/// answer [`VaultError::Unavailable`]; each of them also tries to get the module back, so that the vault works again as
/// soon as the module does.
pub struct Pkcs11Vault {
    module: Arc<Module>,
    token: Token,
    pool: Pool,
}

/// What [`Pkcs11Vault::init`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initialised {
    /// The vault's keys were made.
    Now,
    /// They were there.
    Before,
}

impl Pkcs11Vault {
    /// Makes the vault's two keys on the token, unless they are there. The token and its PIN must exist.
    ///
    /// # Errors
    /// [`OpenError::Module`] or [`OpenError::File`] for a library that is missing or is none; [`OpenError::Vault`] for a
    /// missing token, a wrong PIN, a module without the mechanisms, or one key of two.
    pub fn init(config: &Pkcs11Config) -> Result<Initialised, OpenError> {
        let module = Module::load(&config.module)?;
        let token = Token::new(config);
        let found = restarted_once(&module, || token.init(&module.enter()?));
        Ok(found.map_err(Trouble::into_error)?)
    }

    /// The vault on the token.
    ///
    /// # Errors
    /// As [`Pkcs11Vault::init`]; [`Outage::KeysAbsent`] before it.
    pub fn open(config: &Pkcs11Config) -> Result<Self, OpenError> {
        let module = Module::load(&config.module)?;
        let token = Token::new(config);
        restarted_once(&module, || token.check_mechanisms(&module.enter()?)).map_err(Trouble::into_error)?;
        let vault = Self { module, token, pool: Pool::new(config.sessions, PATIENCE) };
        vault.health()?;
        Ok(vault)
    }

    /// Does `work` in a session, and again in a new one when it was lost, and once more when the module had to be
    /// started again. Work may therefore happen several times, of which one is answered.
    fn with<T>(&self, work: impl Fn(&Seat) -> Result<T, Trouble>) -> Result<T, VaultError> {
        let mut turn = self.pool.turn()?;
        let mut outcome = self.once(&mut turn, &work);
        if outcome.as_ref().is_err_and(Trouble::may_pass) {
            outcome = self.once(&mut turn, &work);
        }
        if let Err(Trouble::Down(_)) = outcome {
            self.module.restart(turn.epoch)?;
            outcome = self.once(&mut turn, &work);
        }
        outcome.map_err(Trouble::into_error)
    }

    fn once<T>(&self, turn: &mut Turn<'_>, work: &impl Fn(&Seat) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let entered = self.module.enter()?;
        turn.epoch = entered.epoch();
        let seat = match turn.seat.take_if(|seat| seat.epoch() == entered.epoch()) {
            Some(seat) => seat,
            None => self.seat(turn, &entered)?,
        };
        let outcome = work(&seat);
        let slot = if outcome.as_ref().is_err_and(Trouble::may_pass) { &mut turn.worn } else { &mut turn.seat };
        *slot = Some(seat);
        outcome
    }

    /// A new session. What it replaces is closed only once it is there, for a module logs out with its last session.
    fn seat(&self, turn: &mut Turn<'_>, entered: &Entered<'_>) -> Result<Seat, Trouble> {
        let seat = self.token.seat(entered)?;
        if let Some(worn) = turn.worn.take() {
            worn.close(entered);
        }
        Ok(seat)
    }

    fn prove(&self, made: &Made, place: &Context<'_>) -> Result<(), VaultError> {
        const MESSAGE: &[u8] = b"a key that was just made";
        let signature = self.sign(&made.wrapped, place, MESSAGE)?;
        made.public.verify(MESSAGE, &signature).map_err(|_| Fault::Inconsistent.into())
    }
}

/// For calls outside of a session: a module that knows of a token too late, or lost it, looks anew when started again.
fn restarted_once<T>(module: &Module, work: impl Fn() -> Result<T, Trouble>) -> Result<T, Trouble> {
    let epoch = module.enter()?.epoch();
    match work() {
        Err(Trouble::Down(_)) => {
            module.restart(epoch)?;
            work()
        }
        outcome => outcome,
    }
}

impl KeyVault for Pkcs11Vault {
    fn name(&self) -> &'static str {
        "pkcs11"
    }

    fn health(&self) -> Result<(), VaultError> {
        self.with(|seat| seat.mac(b"health")).map(drop)
    }

    fn generate(&self, place: &Context<'_>) -> Result<Made, VaultError> {
        let (wrapped, public) = self.with(|seat| {
            let (wrapped, public) = seat.make()?;
            let mac = seat.mac(&bound(place, &wrapped))?;
            Ok(([&[KIND][..], mac.as_slice(), &wrapped].concat(), public))
        })?;
        let made = Made { wrapped: WrappedKey::from_bytes(wrapped)?, public };
        self.prove(&made, place)?;
        Ok(made)
    }

    fn sign(&self, key: &WrappedKey, place: &Context<'_>, message: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (mac, wrapped) = parts::<MAC_LENGTH>(key.as_bytes())?;
        let bound = bound(place, wrapped);
        let digest = digest::sha256(message);
        self.with(|seat| {
            if !digest::constant_time_eq(seat.mac(&bound)?.as_slice(), mac) {
                return Err(VaultError::Refused.into());
            }
            seat.sign(wrapped, &digest)
        })
    }

    fn seal(&self, label: &str, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        if secret.len() > LONGEST_SECRET {
            return Err(VaultError::TooLong);
        }
        self.with(|seat| {
            let salt = seat.random::<SALT_LENGTH>()?;
            let key = seat.derive(&salt_place(label, &salt))?;
            let mut nonce = keys::Drawn(seat.random()?);
            Ok([&[KIND][..], &salt, &key.seal(secret, &secret_place(label), &mut nonce)].concat())
        })
    }

    fn open(&self, label: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        if sealed.len() > LONGEST_SECRET + SECRET_OVERHEAD {
            return Err(VaultError::Form);
        }
        let (salt, sealed) = parts::<SALT_LENGTH>(sealed)?;
        let key = self.with(|seat| seat.derive(&salt_place(label, salt)))?;
        Ok(key.open(sealed, &secret_place(label))?)
    }
}

const MAC_LENGTH: usize = 32;
const SALT_LENGTH: usize = 32;

/// What was stored, without its kind: the first `N` bytes and the rest.
fn parts<const N: usize>(stored: &[u8]) -> Result<(&[u8; N], &[u8]), VaultError> {
    let stored = stored.strip_prefix(&[KIND]).ok_or(VaultError::Form)?;
    stored.split_first_chunk().ok_or(VaultError::Form)
}

/// What the MAC of a wrapped key is over. The place spells its own length, so the wrapping needs none.
fn bound(place: &Context<'_>, wrapped: &[u8]) -> Vec<u8> {
    [&place.to_bytes(b"vault wrapped key"), wrapped].concat()
}

fn salt_place(label: &str, salt: &[u8; SALT_LENGTH]) -> Vec<u8> {
    Context { row: salt, ..secret_place(label) }.to_bytes(b"vault secret key")
}

fn secret_place(label: &str) -> Context<'_> {
    Context { table: "vault secret", row: b"", column: label, version: 1 }
}

impl Drop for Pkcs11Vault {
    /// Ends the sessions, and with them the login, while nobody else is inside the module. A module that is too busy
    /// for that ends them with the process.
    fn drop(&mut self) {
        let seats = self.pool.empty();
        let _: Result<(), Outage> = self.module.alone(|epoch| seats.into_iter().for_each(|seat| seat.close_in(*epoch)));
    }
}

impl fmt::Debug for Pkcs11Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pkcs11Vault([redacted])")
    }
}
