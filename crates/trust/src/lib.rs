//! Whom to believe, and who may ask for what.
//!
//! [`anchors`] holds the roots that certificates must lead to, one set per purpose. [`scene`] reads the lawful uses of
//! a card from their files: which fields, which level, how long kept. [`organisation`] says which scenes an
//! organisation is registered for. [`text`] is what a person reads, always in every language of the project.
//! [`attestation`] is what the provider of a wallet vouches for, [`registration`] what a registrar says that an
//! organisation may ask for. [`list`] reads and writes the lists in which providers of all of these are published.

pub mod anchors;
pub mod attestation;
pub mod list;
pub mod localised;
pub mod organisation;
pub mod registration;
pub mod scene;
mod signed;
mod status_reference;
#[cfg(test)]
mod testing;
pub mod text;

pub use anchors::TrustAnchors;
pub use organisation::Organisation;
pub use scene::{RequiredLevel, Scene, SceneId};
pub use signed::{MAX_SKEW, SignedError};
pub use status_reference::{Standing, StatusReference};
pub use text::{Language, Texts};
