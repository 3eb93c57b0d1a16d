//! What a card is: a signed set of claims of which the holder shows some.
//!
//! [`mdoc`] is ISO/IEC 18013-5, [`sd_jwt`] is RFC 9901, [`vc`] the profile of it that cards use (SD-JWT VC), [`kb_jwt`] the holder's proof. [`pid`] is
//! what a card says about a person, [`assurance`] how sure the authority is of it, [`type_metadata`] what a type of card
//! says of its claims, and [`path`] names single claims.

pub mod assurance;
mod format;
pub mod kb_jwt;
pub mod mdoc;
pub mod path;
pub mod pid;
pub mod sd_jwt;
pub mod type_metadata;
pub mod vc;

pub use format::CardFormat;
