//! ECDH on P-256.

use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::key::PublicKey;
use mibun_vectors::Test;

use crate::{Vector, Verdict, each};

pub fn tests() -> Vec<Test> {
    let mut tests = each("ecdh_secp256r1_test", shared_secret);
    tests.extend(each("ecdh_brainpoolP256r1_test", not_spoken));
    tests
}

fn shared_secret(vector: &Vector) -> Result<(), String> {
    let agreed = agree(vector)?;
    // Compressed points and spelt-out curves are refused on purpose: nobody we talk to sends them.
    if agreed.is_none() && (vector.flag("CompressedPoint") || vector.flag("CompressedPublic")) {
        return Ok(());
    }
    let right = agreed.as_deref() == Some(vector.bytes("shared")?.as_slice());
    match (agreed.is_some(), right) {
        (true, false) if vector.expect(true).is_ok() => Err("agreed upon another secret".to_owned()),
        (agreed, _) => vector.expect(agreed),
    }
}

fn agree(vector: &Vector) -> Result<Option<Vec<u8>>, String> {
    let private = EphemeralKey::from_bytes(&scalar(&vector.bytes("private")?)).map_err(|error| error.to_string())?;
    let Ok(public) = PublicKey::from_spki_der(&vector.bytes("public")?) else { return Ok(None) };
    Ok(private.agree(&public.to_jwk()).ok().map(|secret| secret.to_vec()))
}

/// The vectors spell the number as an ASN.1 integer: with a sign byte, or without its leading zeros.
fn scalar(number: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
    [vec![0; 32_usize.saturating_sub(digits.len())], digits].concat()
}

/// A key on another curve must not be mistaken for one of ours. Some invalid vectors offer real keys of our curves.
fn not_spoken(vector: &Vector) -> Result<(), String> {
    let taken = PublicKey::from_spki_der(&vector.bytes("public")?);
    match (taken, vector.verdict()) {
        (Ok(key), Verdict::Valid) => Err(format!("taken for a key of {}", key.algorithm())),
        _ => Ok(()),
    }
}
