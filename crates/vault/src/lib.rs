//! Keys that an installation keeps for people: made in a vault, stored wrapped elsewhere, used only inside the vault.
//!
//! Two kinds keep the same contract: [`Pkcs11Vault`] on a security module, and [`SoftwareVault`] for development and
//! for installations that say that they know what they do. Whether a key may be used for what somebody asks is decided
//! by the caller; a vault decides only whether a wrapped key is one of its own and in its own place.
//!
//! All calls block: a server calls from threads where that is allowed.

#[cfg(feature = "contract")]
pub mod contract;
mod error;
mod pkcs11;
mod secret_file;
mod signer;
#[cfg(feature = "test-softhsm")]
pub mod softhsm;
mod software;
mod vault;

pub use error::{Fault, OpenError, Outage, PinError, VaultError};
pub use pkcs11::{Initialised, Pin, Pkcs11Config, Pkcs11Vault};
pub use signer::VaultSigner;
pub use software::{Operation, SoftwareVault};
pub use vault::{KeyVault, Made, WrappedKey};
