//! Active authentication: the chip signs our challenge with a key it cannot give away (Doc 9303-11 section 6.1).
//!
//! The key stands in DG15. Only with passive authentication of DG15, and of DG14 where the algorithm stands, does this
//! prove anything.

use mibun_crypto::asn1::{self, Asn1Error, Element, Oid};
use mibun_crypto::digest::Hash;
use mibun_crypto::rsa::RsaPublicKey;
use mibun_crypto::signature::{SignatureScheme, VerifyingKey};
use thiserror::Error;

use crate::lds::{self, LdsError};
use crate::tlv::{Tlv, TlvError};

/// Bytes of a challenge: what INTERNAL AUTHENTICATE of a chip takes.
pub const CHALLENGE_LENGTH: usize = 8;

/// `ActiveAuthenticationInfo` among the `SecurityInfos` of DG14.
const ACTIVE_AUTHENTICATION: Oid = Oid::new_unwrap("2.23.136.1.1.5");

/// Why the chip's answer proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ActiveError {
    /// DG15 cannot be read.
    #[error("DG15 is refused: {0}")]
    Key(#[source] LdsError),
    /// DG14 cannot be read.
    #[error("DG14 is malformed")]
    Algorithm,
    /// The key is on a curve, and DG14 names no signature algorithm for it.
    #[error("no algorithm is stated for the key")]
    NoAlgorithm,
    /// The algorithm does not go with the key.
    #[error("the stated algorithm does not go with the key")]
    WrongAlgorithm,
    /// The recovered message has not the frame of ISO/IEC 9796-2.
    #[error("the answer is not a signature of ISO/IEC 9796-2")]
    Frame,
    /// The signature does not belong to this key and challenge.
    #[error("the answer does not fit the challenge")]
    Signature,
}

impl From<Asn1Error> for ActiveError {
    fn from(_: Asn1Error) -> Self {
        Self::Algorithm
    }
}

impl From<TlvError> for ActiveError {
    fn from(_: TlvError) -> Self {
        Self::Algorithm
    }
}

/// Accepts `answer` to INTERNAL AUTHENTICATE with `challenge`. `dg14` is needed for keys on a curve.
pub fn verify(
    dg15: &[u8],
    dg14: Option<&[u8]>,
    challenge: &[u8; CHALLENGE_LENGTH],
    answer: &[u8],
) -> Result<(), ActiveError> {
    match lds::read_dg15(dg15).map_err(ActiveError::Key)? {
        VerifyingKey::Rsa(key) => verify_rsa(&key, challenge, answer),
        VerifyingKey::RsaPssOnly(_) => Err(ActiveError::WrongAlgorithm),
        VerifyingKey::Ec(key) => {
            let scheme = dg14.map(stated_scheme).transpose()?.flatten().ok_or(ActiveError::NoAlgorithm)?;
            // The identifiers of plain and of DER signatures are both met; the answer is plain in either case.
            let (SignatureScheme::EcdsaPlain(hash) | SignatureScheme::Ecdsa(hash)) = scheme else {
                return Err(ActiveError::WrongAlgorithm);
            };
            key.verify_plain(hash, challenge, answer).map_err(|_| ActiveError::Signature)
        }
    }
}

/// The signature algorithm that DG14 states for active authentication.
fn stated_scheme(dg14: &[u8]) -> Result<Option<SignatureScheme>, ActiveError> {
    const DG14: u32 = 0x6e;
    let mut infos = Element::read(Tlv::parse_tagged(dg14, DG14)?, asn1::SET)?.children();
    while !infos.is_empty() {
        let mut parts = infos.take(asn1::SEQUENCE)?.children();
        if !parts.take(asn1::OID)?.is(ACTIVE_AUTHENTICATION) {
            continue;
        }
        if parts.take(asn1::INTEGER)?.small()? != 1 {
            return Err(ActiveError::Algorithm);
        }
        let oid = parts.take(asn1::OID)?;
        parts.end()?;
        return SignatureScheme::from_oid(oid.value).map(Some).map_err(|_| ActiveError::WrongAlgorithm);
    }
    Ok(None)
}

/// Digital signature scheme 1 of ISO/IEC 9796-2:2010 with partial recovery: the signature holds the chip's part of the
/// message and a hash over that and the challenge.
fn verify_rsa(key: &RsaPublicKey, challenge: &[u8], answer: &[u8]) -> Result<(), ActiveError> {
    let recovered = key.recover(answer).map_err(|_| ActiveError::Signature)?;
    let frame = if has_frame(&recovered) { recovered } else { complement(key, &recovered) };
    if !has_frame(&frame) {
        return Err(ActiveError::Frame);
    }
    let (hash, trailer) = trailer(&frame).ok_or(ActiveError::Frame)?;
    let body = &frame[1..frame.len() - trailer];
    let (own, digest) = body.split_at(body.len().checked_sub(hash.length()).ok_or(ActiveError::Frame)?);
    if hash.digest(&[own, challenge]) == digest { Ok(()) } else { Err(ActiveError::Signature) }
}

/// Header of partial recovery without padding, and a trailer that ends in `C`.
fn has_frame(block: &[u8]) -> bool {
    block.first() == Some(&0x6a) && block.last().is_some_and(|last| last & 0x0f == 0x0c)
}

/// `n - m`: signatures may be the smaller of two numbers (ISO/IEC 9796-2 annex B).
fn complement(key: &RsaPublicKey, block: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut out = vec![0; block.len()];
    for (at, (whole, part)) in key.modulus().iter().zip(block).enumerate().rev() {
        let difference = i16::from(*whole) - i16::from(*part) - borrow;
        borrow = i16::from(difference < 0);
        out[at] = difference.rem_euclid(256) as u8;
    }
    out
}

/// The hash function that the trailer names, and its length: one byte for SHA-1, two for those of ISO/IEC 10118-3.
fn trailer(frame: &[u8]) -> Option<(Hash, usize)> {
    match frame {
        [.., 0xbc] => Some((Hash::Sha1, 1)),
        [.., 0x33, 0xcc] => Some((Hash::Sha1, 2)),
        [.., 0x34, 0xcc] => Some((Hash::Sha256, 2)),
        [.., 0x35, 0xcc] => Some((Hash::Sha512, 2)),
        [.., 0x36, 0xcc] => Some((Hash::Sha384, 2)),
        [.., 0x38, 0xcc] => Some((Hash::Sha224, 2)),
        _ => None,
    }
}
