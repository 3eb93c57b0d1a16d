//! HKDF with SHA-256.

use mibun_crypto::digest::hkdf_sha256;
use mibun_vectors::Test;

use crate::{Vector, Verdict, each};

pub fn tests() -> Vec<Test> {
    each("hkdf_sha256_test", first_block)
}

/// We derive one block only; shorter outputs are its beginning, longer ones begin with it. What is invalid about the
/// invalid vectors is the length they ask for, which cannot be asked for here.
fn first_block(vector: &Vector) -> Result<(), String> {
    let derived = hkdf_sha256(&vector.bytes("ikm")?, &vector.bytes("salt")?, &vector.bytes("info")?);
    let expected = vector.bytes("okm")?;
    let common = expected.len().min(derived.len());
    match vector.verdict() {
        Verdict::Valid if expected[..common] != derived[..common] => Err("derived another key".to_owned()),
        Verdict::Invalid if !expected.is_empty() => Err("a key where there can be none".to_owned()),
        _ => Ok(()),
    }
}
