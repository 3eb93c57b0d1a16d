//! Signatures on elliptic curves in DER instead of `r || s`.

use der::asn1::Uint;
use der::{Decode, Encode, Sequence};

use super::Algorithm;

/// `ECDSA-Sig-Value` of RFC 5480.
#[derive(Sequence)]
struct EcdsaSignature {
    r: Uint,
    s: Uint,
}

/// A signature of `r || s` in DER.
///
/// # Panics
/// For an empty one.
pub fn signature_to_der(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(signature.len() / 2);
    let number = |bytes: &[u8]| Uint::new(bytes).expect("a number of at least one byte");
    EcdsaSignature { r: number(r), s: number(s) }.to_der().expect("two numbers are DER")
}

/// The signature of `algorithm` in fixed length, or nothing when it is malformed. Only ECDSA has a form in DER.
pub(crate) fn from_der(algorithm: Algorithm, bytes: &[u8]) -> Option<Vec<u8>> {
    if !algorithm.is_ecdsa() {
        return Some(bytes.to_vec());
    }
    let signature = EcdsaSignature::from_der(bytes).ok()?;
    let length = algorithm.coordinate_length();
    let mut fixed = vec![0; 2 * length];
    for (number, place) in [signature.r, signature.s].iter().zip(fixed.chunks_exact_mut(length)) {
        let start = length.checked_sub(number.as_bytes().len())?;
        place[start..].copy_from_slice(number.as_bytes());
    }
    Some(fixed)
}
