//! The token: finding it, logging in, and the keys that lie on it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptoki::context::Pkcs11;
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};

use super::config::{Pin, Pkcs11Config};
use super::keys::Seat;
use super::module::Entered;
use super::trouble::Trouble;
use crate::{Fault, Initialised, Outage, PinError, VaultError};

/// What the vault asks of a module (PKCS#11 3.0: 2.3, 2.10, 2.13, 2.14, 2.20).
const MECHANISMS: [(MechanismType, &str); 4] = [
    (MechanismType::ECC_KEY_PAIR_GEN, "CKM_EC_KEY_PAIR_GEN"),
    (MechanismType::ECDSA, "CKM_ECDSA"),
    (MechanismType::AES_KEY_WRAP_PAD, "CKM_AES_KEY_WRAP_PAD"),
    (MechanismType::SHA256_HMAC, "CKM_SHA256_HMAC"),
];

/// One token and how to get in.
pub(super) struct Token {
    label: String,
    wrap_label: String,
    mac_label: String,
    pin: Pin,
    /// Set once the PIN was refused: from then on it is not tried again.
    refused: Mutex<Option<PinError>>,
}

impl Token {
    pub(super) fn new(config: &Pkcs11Config) -> Self {
        Self {
            label: config.token_label.clone(),
            wrap_label: format!("{}-wrap", config.key_label),
            mac_label: format!("{}-mac", config.key_label),
            pin: config.pin.clone(),
            refused: Mutex::new(None),
        }
    }

    /// Makes the vault's keys, or finds both.
    pub(super) fn init(&self, entered: &Entered<'_>) -> Result<Initialised, Trouble> {
        let slot = self.slot(entered.context())?;
        let session = entered.context().open_rw_session(slot)?;
        self.log_in(entered.context(), slot, &session)?;
        let wrapping = [Attribute::Label(self.wrap_label.clone().into())];
        let mac = [Attribute::Label(self.mac_label.clone().into())];
        match (session.find_objects(&wrapping)?.len(), session.find_objects(&mac)?.len()) {
            (0, 0) => {
                let wrapping = session.generate_key(&Mechanism::AesKeyGen, &wrapping_template(&self.wrap_label))?;
                let mac = session.generate_key(&Mechanism::GenericSecretKeyGen, &mac_template(&self.mac_label));
                if mac.is_err() {
                    // One key alone would be in the way of the next try.
                    session.destroy_object(wrapping)?;
                }
                Ok(mac.map(|_| Initialised::Now)?)
            }
            (0, _) | (_, 0) => Err(Fault::HalfInitialised.into()),
            (1, 1) => Ok(Initialised::Before),
            _ => Err(Fault::KeysAlike.into()),
        }
    }

    /// Whether the module can do all that the vault needs.
    pub(super) fn check_mechanisms(&self, entered: &Entered<'_>) -> Result<(), Trouble> {
        let offered = entered.context().get_mechanism_list(self.slot(entered.context())?)?;
        match MECHANISMS.iter().find(|(mechanism, _)| !offered.contains(mechanism)) {
            Some((_, name)) => Err(Fault::Mechanism(name).into()),
            None => Ok(()),
        }
    }

    /// A session that is logged in and knows the vault's keys.
    pub(super) fn seat(&self, entered: &Entered<'_>) -> Result<Seat, Trouble> {
        let slot = self.slot(entered.context())?;
        let session = entered.context().open_ro_session_no_drop(slot)?;
        match self.furnish(entered, slot, &session) {
            Ok((wrapping, mac)) => Ok(Seat::new(session, entered.epoch(), wrapping, mac)),
            Err(trouble) => {
                let _ = session.close();
                Err(trouble)
            }
        }
    }

    fn furnish(
        &self,
        entered: &Entered<'_>,
        slot: Slot,
        session: &Session,
    ) -> Result<(ObjectHandle, ObjectHandle), Trouble> {
        self.log_in(entered.context(), slot, session)?;
        let wrapping = only(session.find_objects(&wrapping_template(&self.wrap_label))?)?;
        let mac = only(session.find_objects(&mac_template(&self.mac_label))?)?;
        Ok((wrapping, mac))
    }

    /// The slot of the token. Slots that do not answer are passed over: they may be other tokens'.
    fn slot(&self, context: &Pkcs11) -> Result<Slot, Trouble> {
        let slots = context.get_slots_with_token()?;
        let mut ours = slots.into_iter().filter(|slot| {
            context.get_token_info(*slot).is_ok_and(|info| info.token_initialized() && info.label() == self.label)
        });
        match (ours.next(), ours.next()) {
            (Some(slot), None) => Ok(slot),
            (None, _) => Err(Trouble::Down(Outage::TokenAbsent)),
            (Some(_), Some(_)) => Err(Fault::TokensAlike.into()),
        }
    }

    /// Logs the process in, once at a time; a PIN that was refused before is not tried again.
    fn log_in(&self, context: &Pkcs11, slot: Slot, session: &Session) -> Result<(), Trouble> {
        let mut refused = self.refused();
        if let Some(error) = *refused {
            return Err(error.into());
        }
        worth_a_try(&context.get_token_info(slot)?)?;
        match session.login(UserType::User, Some(self.pin.as_auth())) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(error) => {
                let trouble = Trouble::from(error);
                if let Trouble::Final(VaultError::Pin(error)) = trouble {
                    *refused = Some(error);
                }
                Err(trouble)
            }
        }
    }

    fn refused(&self) -> MutexGuard<'_, Option<PinError>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A supervisor that starts the server again and again must not use up the last try.
fn worth_a_try(info: &TokenInfo) -> Result<(), PinError> {
    match (info.user_pin_locked(), info.user_pin_final_try()) {
        (true, _) => Err(PinError::Locked),
        (false, true) => Err(PinError::LastTry),
        (false, false) => Ok(()),
    }
}

fn only(found: Vec<ObjectHandle>) -> Result<ObjectHandle, Trouble> {
    match <[ObjectHandle; 1]>::try_from(found) {
        Ok([key]) => Ok(key),
        Err(none) if none.is_empty() => Err(Trouble::Down(Outage::KeysAbsent)),
        Err(_) => Err(Fault::KeysAlike.into()),
    }
}

/// Makes the wrapping key, and finds it: a key under the label that could be read out, or that would decrypt what it
/// wrapped, is not it.
fn wrapping_template(label: &str) -> Vec<Attribute> {
    let mut template = key_template(label);
    template.extend([Attribute::Wrap(true), Attribute::Unwrap(true), Attribute::Sign(false)]);
    template
}

fn mac_template(label: &str) -> Vec<Attribute> {
    let mut template = key_template(label);
    template.extend([Attribute::Wrap(false), Attribute::Unwrap(false), Attribute::Sign(true)]);
    template
}

fn key_template(label: &str) -> Vec<Attribute> {
    vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::Label(label.into()),
        Attribute::ValueLen(32.into()),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Encrypt(false),
        Attribute::Decrypt(false),
        Attribute::Derive(false),
    ]
}
