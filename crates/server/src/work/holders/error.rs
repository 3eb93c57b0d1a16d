//! Why nothing was done for a holder.

use mibun_crypto::opaque::OpaqueError;
use mibun_issuing::dpop::DpopError;
use mibun_issuing::nonce::NonceError;
use mibun_proofing::{device_proof, instruction, passkey};
use mibun_registry::{StoreError, UnitError};
use mibun_vault::VaultError;

use crate::work::WorkError;
use crate::work::issuing::TokenError;

/// Why nothing was done for a holder.
#[derive(Debug, thiserror::Error)]
pub enum HolderError {
    /// Our side, or something that every interface refuses.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// The vault does not sign, or is away.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The key that the access token is bound to is not proved.
    #[error(transparent)]
    Dpop(#[from] DpopError),
    /// The access token is unknown, has ended, its card was collected, or it is bound to another key than came with it.
    #[error("the access token is not known or has ended")]
    TokenUnknown,
    /// The access token is for a light card.
    #[error("the access token is for a light card, which needs no device and no kept keys")]
    NotFull,
    /// The device does not prove its key.
    #[error(transparent)]
    Proof(#[from] device_proof::Refusal),
    /// The nonce of the proof or statement is not ours or too old.
    #[error(transparent)]
    Nonce(#[from] NonceError),
    /// The nonce of the proof was used.
    #[error("the nonce has been used")]
    NonceSpent,
    /// The key was a device's before: make a new one.
    #[error("this key has belonged to a device before; make a new one")]
    DeviceKeyUsed,
    /// The name of the device is empty, too long or holds control characters.
    #[error("the name of a device has 1 to 64 characters without control characters")]
    DeviceName,
    /// The register's record is not in force: nothing is done for its person but by the authority's office.
    #[error("the record is not active")]
    RecordNotActive,
    /// The device was replaced by another.
    #[error("this device is no longer the person's device")]
    DeviceRetired,
    /// The proof is by another device than the one that signed in.
    #[error("the proof is by another device than the one that signed in")]
    OtherDevice,
    /// The MAC over the proof is not that of the sign-in.
    #[error("the request is not confirmed under the key of the sign-in")]
    Unconfirmed,
    /// No such revocation code was given.
    #[error("this revocation code is not known")]
    CodeUnknown,
    /// The pages have an address that is no name, for which there are no passkeys.
    #[error("passkeys need a public address with a host name")]
    NoPasskeys,
    /// The device has none.
    #[error("this device has no passkey")]
    PasskeyMissing,
    /// The passkey does not confirm the request.
    #[error(transparent)]
    Passkey(#[from] passkey::Refusal),
    /// A message of the password exchange is malformed.
    #[error("the message is refused: {0}")]
    Message(OpaqueError),
    /// Too soon after the last try.
    #[error("too many tries; the next one in {0} s")]
    Wait(u32),
    /// Too many tries.
    #[error("the ID password is locked until it is set anew with chip and face")]
    Locked,
    /// Wrong password, unknown device, an exchange that is over: which of them is not said.
    #[error("the ID password is wrong, or this device is not known")]
    WrongPassword,
    /// No session of that exchange is open.
    #[error("sign in with the ID password first")]
    SessionOver,
    /// Session and access token belong to different people.
    #[error("the session is another person's")]
    OtherPerson,
    /// No key or instruction, or more than a batch has copies.
    #[error("ask for 1 to {0}")]
    Count(usize),
    /// No such key is kept for this person.
    #[error("no such copy is kept for this person")]
    CopyUnknown,
    /// The key is not in the state for this: fresh to collect, bound to show.
    #[error("the copy's key is not to be used for that")]
    CopyState,
    /// The card is revoked, suspended or over.
    #[error("the card is not valid")]
    CardNotValid,
    /// The instruction is not followed.
    #[error(transparent)]
    Instruction(#[from] instruction::Refusal),
    /// A consent for something else.
    #[error("the holder agreed to something else")]
    OtherConsent,
}

impl From<StoreError> for HolderError {
    fn from(error: StoreError) -> Self {
        Self::Work(error.into())
    }
}

impl From<TokenError> for HolderError {
    fn from(refusal: TokenError) -> Self {
        match refusal {
            TokenError::Work(error) => Self::Work(error),
            TokenError::Access(_) => Self::TokenUnknown,
            TokenError::Dpop(refusal) => Self::Dpop(refusal),
        }
    }
}

impl UnitError for HolderError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Work(WorkError::Store(error)) => Some(error),
            _ => None,
        }
    }
}
