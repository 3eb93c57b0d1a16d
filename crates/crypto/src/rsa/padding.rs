//! The two encodings of a hash into as many bytes as a modulus has (RFC 8017 section 9).

use super::PssParameters;
use crate::asn1::{self, write, write_oid};
use crate::digest::Hash;

/// EMSA-PKCS1-v1_5 of `message`, or nothing when the modulus is too small for it.
pub fn pkcs1(hash: Hash, message: &[u8], size: usize) -> Option<Vec<u8>> {
    let algorithm = write(asn1::SEQUENCE, &[&write_oid(hash.oid()), &write(asn1::NULL, &[])]);
    let digest = write(asn1::OCTET_STRING, &[&hash.digest(&[message])]);
    let info = write(asn1::SEQUENCE, &[&algorithm, &digest]);
    let filling = size.checked_sub(info.len() + 3).filter(|filling| *filling >= 8)?;
    Some([&[0, 1], vec![0xff; filling].as_slice(), &[0], &info].concat())
}

/// Whether `encoded` is an EMSA-PSS encoding of `message` within `bits` bits (section 9.1.2).
pub fn pss_matches(with: PssParameters, message: &[u8], encoded: &[u8], bits: usize) -> bool {
    let length = bits.div_ceil(8);
    // With one bit less than whole bytes, the first byte of the modulus's length is zero and not part of it.
    let Some(encoded) = strip_zeros(encoded, length) else { return false };
    let hash_length = with.hash.length();
    let Some(salt_start) = length.checked_sub(hash_length + 1 + with.salt_length) else { return false };
    if salt_start == 0 {
        return false;
    }
    let Some((0xbc, body)) = encoded.split_last().map(|(last, body)| (*last, body)) else { return false };
    let (masked, digest) = body.split_at(body.len() - hash_length);
    let unused = 8 * length - bits;
    if masked[0].leading_zeros() < unused as u32 {
        return false;
    }
    let mut block = masked.to_vec();
    mask(with.mask, digest, &mut block);
    block[0] &= 0xff >> unused;
    let (filling, salt) = block.split_at(salt_start);
    let (marker, zeros) = filling.split_last().expect("at least one byte, as checked above");
    *marker == 1 && zeros.iter().all(|byte| *byte == 0) && digest == salted(with.hash, message, salt)
}

/// EMSA-PSS of `message` with this salt within `bits` bits, or nothing when it does not fit (section 9.1.1).
#[cfg(feature = "test-keys")]
pub fn pss_encode(with: PssParameters, message: &[u8], salt: &[u8], bits: usize) -> Option<Vec<u8>> {
    let length = bits.div_ceil(8);
    let zeros = length.checked_sub(with.hash.length() + salt.len() + 2)?;
    let digest = salted(with.hash, message, salt);
    let mut block = [vec![0; zeros], vec![1], salt.to_vec()].concat();
    mask(with.mask, &digest, &mut block);
    block[0] &= 0xff >> (8 * length - bits);
    Some([block, digest, vec![0xbc]].concat())
}

fn strip_zeros(encoded: &[u8], length: usize) -> Option<&[u8]> {
    let (zeros, rest) = encoded.split_at_checked(encoded.len().checked_sub(length)?)?;
    zeros.iter().all(|byte| *byte == 0).then_some(rest)
}

fn salted(hash: Hash, message: &[u8], salt: &[u8]) -> Vec<u8> {
    hash.digest(&[&[0; 8], &hash.digest(&[message]), salt])
}

/// MGF1 (appendix B.2.1), applied in place.
fn mask(hash: Hash, seed: &[u8], block: &mut [u8]) {
    for (counter, chunk) in (0_u32..).zip(block.chunks_mut(hash.length())) {
        let stream = hash.digest(&[seed, &counter.to_be_bytes()]);
        chunk.iter_mut().zip(stream).for_each(|(byte, mask)| *byte ^= mask);
    }
}
