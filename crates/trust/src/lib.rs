//! Whom to believe, and who may ask for what.
//!
//! [`anchors`] holds the roots that certificates must lead to, one set per purpose. [`scene`] reads the lawful uses of
//! a card from their files: which fields, which level, how long kept. [`organisation`] says which scenes an
//! organisation is registered for. [`text`] is what a person reads, always in every language of the project.

pub mod anchors;
pub mod organisation;
pub mod scene;
pub mod text;

pub use anchors::TrustAnchors;
pub use organisation::Organisation;
pub use scene::{RequiredLevel, Scene, SceneId};
pub use text::{Language, Texts};
