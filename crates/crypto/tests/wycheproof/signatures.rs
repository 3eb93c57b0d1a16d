//! ECDSA, in fixed length as JOSE writes it and in DER as certificates do, and Ed25519.

use mibun_crypto::key::{Algorithm, Jwk, PublicKey};
use mibun_vectors::{Test, from_hex};

use crate::signature::from_certificate;
use crate::{Vector, each};

pub fn tests() -> Vec<Test> {
    let mut tests = each("ecdsa_secp256r1_sha256_p1363_test", fixed_length);
    tests.extend(each("ecdsa_secp384r1_sha384_p1363_test", fixed_length));
    tests.extend(each("ecdsa_secp256r1_sha256_test", der));
    tests.extend(each("ed25519_test", fixed_length));
    tests.extend(each("ecdsa_secp521r1_sha512_p1363_test", not_spoken));
    tests.extend(each("ecdsa_brainpoolP256r1_sha256_test", not_spoken));
    tests.extend(each("ecdsa_brainpoolP384r1_sha384_test", not_spoken));
    tests.extend(each("rsa_signature_2048_sha256_test", not_spoken));
    tests.extend(each("rsa_pss_2048_sha256_mgf1_32_test", not_spoken));
    tests
}

fn key(vector: &Vector) -> Result<PublicKey, String> {
    let spki = vector.group["publicKeyDer"].as_str().ok_or("the group has no key")?;
    let key = PublicKey::from_spki_der(&from_hex(spki)?).map_err(|error| error.to_string())?;
    if let Some(jwk) = vector.group.get("publicKeyJwk") {
        let jwk = Jwk::from_value(jwk).map_err(|error| error.to_string())?;
        let same = PublicKey::from_jwk(&jwk).map_err(|error| error.to_string())?;
        if same != key {
            return Err("the JWK and the SubjectPublicKeyInfo are two keys".to_owned());
        }
    }
    Ok(key)
}

fn fixed_length(vector: &Vector) -> Result<(), String> {
    let accepted = key(vector)?.verify(&vector.bytes("msg")?, &vector.bytes("sig")?).is_ok();
    vector.expect(accepted)
}

fn der(vector: &Vector) -> Result<(), String> {
    let signature = from_certificate(Algorithm::Es256, &vector.bytes("sig")?);
    let (key, message) = (key(vector)?, vector.bytes("msg")?);
    vector.expect(signature.is_some_and(|signature| key.verify(&message, &signature).is_ok()))
}

/// A curve or scheme that is not spoken must not be mistaken for one that is.
fn not_spoken(vector: &Vector) -> Result<(), String> {
    let spki = vector.group["publicKeyDer"].as_str().ok_or("the group has no key")?;
    match PublicKey::from_spki_der(&from_hex(spki)?) {
        Ok(key) => Err(format!("taken for a key of {}", key.algorithm())),
        Err(_) => Ok(()),
    }
}
