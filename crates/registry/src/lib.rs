//! The record: what Mibun remembers, and the one door to it.
//!
//! A [`Registry`] opens a [`Unit`], one unit of work that becomes visible and durable as a whole or not at all. The
//! unit speaks in small traits, one per subject ([`People`], [`Journeys`], [`Cards`] …); each has its own file, its
//! own rows and its own tests in [`contract`](crate::contract), which run against every backend.
//!
//! Personal data reaches a row only sealed ([`Sealed`]) or as a keyed blind index ([`BlindIndex`]); secrets the other
//! side holds (tokens, codes) only as a digest ([`Hash`]). The store therefore never sees a name, a number or a face.
//!
//! Work goes through [`run`], which repeats the closure when the database asks for it. Nothing outside the unit may
//! be called from inside it, for it may run again.

mod attempts;
mod audit;
mod cards;
mod checks;
mod devices;
mod error;
mod grants;
mod id;
mod id_passwords;
mod journeys;
mod officers;
mod once;
mod organisations;
mod pairings;
mod password_logins;
mod people;
mod pushed_requests;
mod recovery_codes;
mod run;
mod sessions;
mod settings;
mod status_lists;
mod trusted_cscas;
mod unit;
mod value;
mod vault_keys;

#[cfg(any(test, feature = "contract"))]
pub mod contract;
pub mod memory;

pub use attempts::Attempts;
pub use audit::{Audit, AuditDraft, AuditEntry, ChainBreak, ChainError, GENESIS, verify_chain};
pub use cards::{Batch, Card, CardStatus, Cards};
pub use checks::{Check, Checks};
pub use devices::{Device, DeviceState, Devices};
pub use error::{Cause, Conflict, StoreError};
pub use grants::{Grant, Grants};
pub use id::{
    BatchId, BlobName, CardId, CheckId, DeviceId, GrantId, IdError, JourneyId, LoginId, OfficerId, OrganisationId,
    PersonId, VaultKeyId, WindowId,
};
pub use id_passwords::{IdPassword, IdPasswords};
pub use journeys::{DecisionRecord, Journey, Journeys};
pub use officers::{Officer, Officers};
pub use once::OneTime;
pub use organisations::{Organisation, Organisations, Window};
pub use pairings::{Pairing, PairingClaim, PairingState, Pairings};
pub use password_logins::{PasswordLogin, PasswordLogins};
pub use people::{People, Person, PersonStatus};
pub use pushed_requests::{PushedRequest, PushedRequests};
pub use recovery_codes::{RecoveryCode, RecoveryCodes};
pub use run::{UnitError, run};
pub use sessions::{Session, Sessions, SubjectKind};
pub use settings::{Setting, Settings};
pub use status_lists::{EntryStatus, Lease, ListId, StatusList, StatusLists};
pub use trusted_cscas::{CertificateRevocations, TrustedCsca, TrustedCscas};
pub use unit::{Health, Registry, Unit};
pub use value::{BlindIndex, Hash, Sealed, Version};
pub use vault_keys::{VaultKey, VaultKeyState, VaultKeys};

/// The most rows one page call returns, whatever limit it was asked for.
pub const PAGE_LIMIT: u32 = 1_000;
