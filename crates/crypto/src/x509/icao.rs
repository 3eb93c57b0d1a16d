//! Certificates and revocation lists of the ICAO public key infrastructure (Doc 9303-12), read leniently.
//!
//! States have signed these for twenty years with RSA, RSASSA-PSS and a dozen curves, with names in every string type.
//! So nothing is judged here: the reader takes a certificate apart, keeps its bytes, and leaves to the caller which
//! algorithms, names and extensions are good enough. Our own certificates are [`super::Certificate`], which is strict.

mod certificate;
mod crl;
mod name;
mod time;

use thiserror::Error;

use crate::asn1::Asn1Error;
use crate::signature::{KeyError, UnknownScheme};

pub use certificate::{IcaoCertificate, Usage};
pub use crl::RevocationList;
pub use name::IcaoName;
pub use time::read_time;

/// Why bytes are not a certificate or list of this infrastructure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IcaoError {
    /// Longer than is looked at.
    #[error("too long")]
    TooLong,
    /// Not the DER structure of RFC 5280.
    #[error("not the DER structure of RFC 5280")]
    Form,
    /// The key is refused.
    #[error("the key is refused: {0}")]
    Key(#[from] KeyError),
    /// The signature algorithm is not spoken, or named twice in different ways.
    #[error("the signature algorithm is not supported")]
    SignatureAlgorithm,
}

impl From<Asn1Error> for IcaoError {
    fn from(_: Asn1Error) -> Self {
        Self::Form
    }
}

impl From<UnknownScheme> for IcaoError {
    fn from(_: UnknownScheme) -> Self {
        Self::SignatureAlgorithm
    }
}

#[cfg(test)]
mod tests;
