//! Hashes, message authentication and comparison without a timing side channel.

use aws_lc_rs::{constant_time, digest, hkdf, hmac};

mod hash;

pub use hash::Hash;

/// SHA-1 (FIPS 180-4), **only** where ICAO Doc 9303 part 11 demands it: to derive keys for 3DES and AES-128, and to
/// verify what chips signed with it. Collisions are cheap, so nothing of ours is ever signed or named by it.
pub fn sha1(message: &[u8]) -> [u8; 20] {
    fixed(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, message).as_ref())
}

/// SHA-224 (FIPS 180-4).
pub fn sha224(message: &[u8]) -> [u8; 28] {
    fixed(digest::digest(&digest::SHA224, message).as_ref())
}

/// SHA-256 (FIPS 180-4).
pub fn sha256(message: &[u8]) -> [u8; 32] {
    fixed(digest::digest(&digest::SHA256, message).as_ref())
}

/// SHA-256 over the parts one after another, so that they need not be joined first.
pub fn sha256_of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.into_iter().for_each(|part| context.update(part));
    fixed(context.finish().as_ref())
}

/// SHA-384 (FIPS 180-4).
pub fn sha384(message: &[u8]) -> [u8; 48] {
    fixed(digest::digest(&digest::SHA384, message).as_ref())
}

/// SHA-512 (FIPS 180-4).
pub fn sha512(message: &[u8]) -> [u8; 64] {
    fixed(digest::digest(&digest::SHA512, message).as_ref())
}

/// HMAC-SHA-256 (RFC 2104) over the parts one after another; the caller makes their borders unambiguous.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    parts.iter().for_each(|part| context.update(part));
    fixed(context.sign().as_ref())
}

/// A key of 32 bytes out of `secret`, for the purpose that `info` names: HKDF with SHA-256 (RFC 5869).
pub fn hkdf_sha256(secret: &[u8], salt: &[u8], info: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let info = [info];
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
    let expanded = extracted.expand(&info, hkdf::HKDF_SHA256).and_then(|expanded| expanded.fill(&mut key));
    expanded.expect("one block is within the range of HKDF");
    key
}

/// Whether both are the same bytes; the time it takes tells only whether the lengths differ.
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(left, right).is_ok()
}

/// The library hands out slices of the length its algorithm has; a mismatch cannot come from input.
fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("a hash has the length of its algorithm")
}

#[cfg(test)]
mod tests;
