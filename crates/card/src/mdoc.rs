//! ISO mdoc (ISO/IEC 18013-5): the same card in the other format.
//!
//! An [`Edition`] makes one-time copies; a copy is an [`IssuerSigned`], of which the holder shows some elements in a
//! [`DeviceResponse`] with a proof of the device's key over a [`SessionTranscript`]. [`elements`] says which elements a type
//! of document has and how they follow from the claims of a card and back, so that both formats say the same. A reader asks
//! by a [`DeviceRequest`], where the protocol around it does not ask; [`annex_c`] is the envelope of ISO/IEC 18013-7.
//!
//! What is hashed or signed is what was received. Members that are not known here are passed over.

pub mod annex_c;
pub mod elements;

mod authentication;
mod device;
mod error;
mod issue;
mod issuer_signed;
mod item;
mod json;
mod mso;
mod request;
mod response;
mod showing;
mod transcript;

use mibun_crypto::cbor::{Item, Limits};

pub use authentication::{DeviceAuthentication, DeviceElements, recognised_by};
pub use device::{DeviceAuth, DeviceSigned, mac_key};
pub use error::{MdocError, VerifyError};
pub use issue::{Edition, EditionSpec, IssueError};
pub use issuer_signed::IssuerSigned;
pub use item::SignedItem;
pub use mso::{KeyAuthorizations, Mso, ValidityInfo};
pub use request::{DeviceRequest, DocumentRequest, ItemsRequest};
pub use response::{DeviceResponse, Document};
pub use showing::{SelectError, Showing};
pub use transcript::SessionTranscript;

/// Our own namespace, for what the PID Rulebook has no name for: how sure the authority is, ages, the name in the
/// person's own script. It mirrors `urn:eudi:pid:1`, the type of the card in the other format.
pub const OWN_NAMESPACE: &str = "mibun.pid.1";
/// The device-signed element of [`OWN_NAMESPACE`] in which the keeper of a full card's key says how it recognised the
/// holder, as `amr` does in the key binding of the other format.
pub const AMR: &str = "amr";
/// The one digest algorithm (ISO/IEC 18013-5 section 9.1.2.5; HAIP 1.0 section 8).
pub const DIGEST_ALGORITHM: &str = "SHA-256";
/// Fewest bytes of `random` (ISO/IEC 18013-5 section 9.1.2.5).
pub const MIN_RANDOM: usize = 16;
/// Bounds of everything that is read: a card with a portrait takes about 100 KiB.
pub const LIMITS: Limits = Limits { bytes: 512 * 1024, depth: 16, nodes: 4000 };

/// The version of every structure that has one.
const VERSION: &str = "1.0";
/// `tdate` (RFC 8949 section 3.4.1).
const TAG_DATE_TIME: u64 = 0;
/// `full-date` (RFC 8943).
const TAG_FULL_DATE: u64 = 1004;

/// A member that must be there.
fn member<'i, 'a>(item: &'i Item<'a>, name: &'static str) -> Result<&'i Item<'a>, MdocError> {
    item.get(name).ok_or(MdocError::Member(name))
}

/// A member that must be there and of one kind.
fn read<'i, 'a, T>(
    item: &'i Item<'a>,
    name: &'static str,
    read: impl FnOnce(&'i Item<'a>) -> Option<T>,
) -> Result<T, MdocError> {
    read(member(item, name)?).ok_or(MdocError::Member(name))
}

/// The number of a digest. ISO/IEC 18013-5 section 9.1.2 keeps it below 2^31; there are issuers that do not, and it does
/// nothing but bring an element and its digest together.
fn digest_id(item: &Item<'_>) -> Option<u64> {
    item.integer().and_then(|id| u64::try_from(id).ok())
}

/// The member `version`, of which there is one.
fn check_version(item: &Item<'_>) -> Result<(), MdocError> {
    if read(item, "version", Item::text)? == VERSION { Ok(()) } else { Err(MdocError::Version) }
}

#[cfg(test)]
mod tests;
