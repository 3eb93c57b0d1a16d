//! ECDSA, in fixed length as JOSE writes it and in DER as certificates do, and Ed25519.

use mibun_crypto::digest::Hash;
use mibun_crypto::key::{Jwk, PublicKey};
use mibun_crypto::rsa::PssParameters;
use mibun_crypto::signature::{SignatureScheme, VerifyingKey};
use mibun_vectors::{Test, from_hex};

use crate::{Vector, each};

const PSS: PssParameters = PssParameters { hash: Hash::Sha256, mask: Hash::Sha256, salt_length: 32 };

pub fn tests() -> Vec<Test> {
    let mut tests = each("ecdsa_secp256r1_sha256_p1363_test", fixed_length);
    tests.extend(each("ecdsa_secp384r1_sha384_p1363_test", fixed_length));
    tests.extend(each("ecdsa_secp256r1_sha256_test", der));
    tests.extend(each("ed25519_test", fixed_length));
    tests.extend(each("ecdsa_secp521r1_sha512_p1363_test", |vector| {
        of_documents(vector, SignatureScheme::EcdsaPlain(Hash::Sha512))
    }));
    tests.extend(each("ecdsa_brainpoolP256r1_sha256_test", |vector| {
        of_documents(vector, SignatureScheme::Ecdsa(Hash::Sha256))
    }));
    tests.extend(each("ecdsa_brainpoolP384r1_sha384_test", |vector| {
        of_documents(vector, SignatureScheme::Ecdsa(Hash::Sha384))
    }));
    tests.extend(each("rsa_signature_2048_sha256_test", |vector| {
        of_documents(vector, SignatureScheme::RsaPkcs1(Hash::Sha256))
    }));
    tests.extend(each("rsa_pss_2048_sha256_mgf1_32_test", |vector| of_documents(vector, SignatureScheme::RsaPss(PSS))));
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
    let (key, message) = (key(vector)?, vector.bytes("msg")?);
    let accepted = key.verify_der(&message, &vector.bytes("sig")?).is_ok();
    // The same curve is verified for travel documents by other code, which has to agree.
    let of_documents = VerifyingKey::from_spki_der(&key.to_spki_der()).map_err(|error| error.to_string())?;
    let scheme = SignatureScheme::Ecdsa(Hash::Sha256);
    if of_documents.verify(scheme, &message, &vector.bytes("sig")?).is_ok() != accepted {
        return Err("the two verifications disagree".to_owned());
    }
    vector.expect(accepted)
}

/// A curve or scheme of travel documents is verified as such, and must not be mistaken for one of our cards.
fn of_documents(vector: &Vector, scheme: SignatureScheme) -> Result<(), String> {
    let spki = vector.group["publicKeyDer"].as_str().ok_or("the group has no key")?;
    let spki = from_hex(spki)?;
    if let Ok(key) = PublicKey::from_spki_der(&spki) {
        return Err(format!("taken for a key of {}", key.algorithm()));
    }
    let key = VerifyingKey::from_spki_der(&spki).map_err(|error| error.to_string())?;
    vector.expect(key.verify(scheme, &vector.bytes("msg")?, &vector.bytes("sig")?).is_ok())
}
