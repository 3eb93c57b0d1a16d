//! What a chip says that it can: `SecurityInfos` of EF.CardAccess and EF.DG14.
//!
//! Source: ICAO Doc 9303 part 11, section 9.2; BSI TR-03110 part 3, appendix A.1. EF.CardAccess is read before anybody is
//! authenticated, so it only says what to try; EF.DG14 is covered by passive authentication.

mod oid;
mod parse;
mod public_key;

use mibun_crypto::cipher::BlockCipher;
use mibun_crypto::curve::{Curve, CurveError, Point};
use thiserror::Error;

use crate::tlv::TlvError;

#[cfg(feature = "virtual-chip")]
pub(crate) use oid::cipher_number;
pub use oid::{CHIP_AUTHENTICATION_ECDH, PACE_ECDH_GM};

/// Most infos read from one file; real chips have fewer than ten.
pub const MAX_INFOS: usize = 64;

/// Why a file is no `SecurityInfos`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum SecurityInfoError {
    /// Not made of the data objects it should be.
    #[error("the security infos are malformed: {0}")]
    Form(#[from] TlvError),
    /// More than [`MAX_INFOS`].
    #[error("there are too many security infos")]
    TooMany,
    /// A number is negative, empty, or larger than any that can stand there.
    #[error("a number in the security infos is out of range")]
    Number,
    /// A public key on a curve that we know does not lie on it.
    #[error("a public key in the security infos is not on its curve: {0}")]
    Point(CurveError),
}

/// How a shared secret is agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Agreement {
    /// Elliptic curves.
    Ecdh,
    /// Numbers modulo a prime; no chip that we know of still needs it, and it is not spoken here.
    Dh,
}

/// How PACE maps its nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mapping {
    /// Generic mapping, the one spoken here.
    Generic,
    /// Integrated mapping.
    Integrated,
    /// Chip authentication mapping.
    ChipAuthentication,
}

/// One way of PACE that the chip offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaceInfo {
    /// The protocol's object identifier, as MSE:Set AT repeats it.
    pub protocol: Vec<u8>,
    /// Its agreement.
    pub agreement: Agreement,
    /// Its mapping.
    pub mapping: Mapping,
    /// Its cipher.
    pub cipher: BlockCipher,
    /// Its version; 2 is the one of ICAO Doc 9303.
    pub version: u32,
    /// Its domain parameters, by the number of section 9.5.1; `None` where the file has one set of its own.
    pub parameter_id: Option<u32>,
}

impl PaceInfo {
    /// The curve of its standardised domain parameters, where it is one of ours.
    pub fn curve(&self) -> Option<Curve> {
        curve_of_parameter_id(self.parameter_id?)
    }
}

/// One way of chip authentication that the chip offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipAuthenticationInfo {
    /// The protocol's object identifier, as MSE:Set AT repeats it.
    pub protocol: Vec<u8>,
    /// Its agreement.
    pub agreement: Agreement,
    /// Its cipher.
    pub cipher: BlockCipher,
    /// Its version: 1 for what ICAO Doc 9303 specifies.
    pub version: u32,
    /// Which of several keys it uses.
    pub key_id: Option<Vec<u8>>,
}

/// A public key for chip authentication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipAuthenticationPublicKeyInfo {
    /// The kind of key.
    pub agreement: Agreement,
    /// The key, where it lies on one of our curves.
    pub point: Option<Point>,
    /// Which of several keys it is.
    pub key_id: Option<Vec<u8>>,
}

/// One entry of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecurityInfo {
    /// `PACEInfo`.
    Pace(PaceInfo),
    /// `PACEDomainParameterInfo`: parameters of the chip's own, by the number that a `PACEInfo` refers to. Not used.
    PaceDomainParameter {
        /// The number.
        parameter_id: Option<u32>,
    },
    /// `ChipAuthenticationInfo`.
    ChipAuthentication(ChipAuthenticationInfo),
    /// `ChipAuthenticationPublicKeyInfo`.
    ChipAuthenticationPublicKey(ChipAuthenticationPublicKeyInfo),
    /// `ActiveAuthenticationInfo`, with the object identifier of the signature algorithm (BSI TR-03111 section 5.2.1).
    ActiveAuthentication {
        /// The algorithm, DER contents of the identifier.
        signature_algorithm: Vec<u8>,
    },
    /// `TerminalAuthenticationInfo`: for inspection systems of states, not used.
    TerminalAuthentication,
    /// Another one, by its object identifier.
    Unknown(Vec<u8>),
}

/// All entries of a file, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecurityInfos(pub Vec<SecurityInfo>);

impl SecurityInfos {
    /// Reads the `SET OF SecurityInfo` that EF.CardAccess consists of.
    ///
    /// # Errors
    /// [`SecurityInfoError`].
    pub fn parse(file: &[u8]) -> Result<Self, SecurityInfoError> {
        parse::set(file)
    }

    /// Reads EF.DG14: the same set inside of template 6E.
    ///
    /// # Errors
    /// [`SecurityInfoError`].
    pub fn parse_dg14(file: &[u8]) -> Result<Self, SecurityInfoError> {
        parse::set(crate::tlv::Tlv::parse_tagged(file, 0x6e)?)
    }

    /// The first way of PACE that is spoken here: ECDH, generic mapping, one of our curves.
    pub fn usable_pace(&self) -> Option<&PaceInfo> {
        let usable = |info: &&PaceInfo| {
            let spoken = info.agreement == Agreement::Ecdh && info.mapping == Mapping::Generic;
            spoken && info.version == 2 && info.curve().is_some()
        };
        self.pace().find(usable)
    }

    /// Every way of PACE.
    pub fn pace(&self) -> impl Iterator<Item = &PaceInfo> {
        self.0.iter().filter_map(|info| if let SecurityInfo::Pace(pace) = info { Some(pace) } else { None })
    }

    /// Every way of chip authentication.
    pub fn chip_authentication(&self) -> impl Iterator<Item = &ChipAuthenticationInfo> {
        self.0.iter().filter_map(|info| if let SecurityInfo::ChipAuthentication(ca) = info { Some(ca) } else { None })
    }

    /// Every public key for chip authentication.
    pub fn chip_authentication_keys(&self) -> impl Iterator<Item = &ChipAuthenticationPublicKeyInfo> {
        self.0
            .iter()
            .filter_map(|info| if let SecurityInfo::ChipAuthenticationPublicKey(key) = info { Some(key) } else { None })
    }
}

/// The standardised domain parameters that are curves of ours (ICAO Doc 9303 part 11, section 9.5.1).
pub fn curve_of_parameter_id(parameter_id: u32) -> Option<Curve> {
    match parameter_id {
        12 => Some(Curve::P256),
        13 => Some(Curve::BrainpoolP256r1),
        15 => Some(Curve::P384),
        16 => Some(Curve::BrainpoolP384r1),
        _ => None,
    }
}

/// The number under which a curve stands in that table.
pub fn parameter_id_of_curve(curve: Curve) -> u32 {
    match curve {
        Curve::P256 => 12,
        Curve::BrainpoolP256r1 => 13,
        Curve::P384 => 15,
        Curve::BrainpoolP384r1 => 16,
    }
}

#[cfg(test)]
mod tests;
