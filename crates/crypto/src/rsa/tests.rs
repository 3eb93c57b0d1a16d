use super::*;
use crate::entropy::SeededEntropy;
use crate::signature::{SignatureScheme, VerifyingKey};
use crate::testing::{TestKey, TestKeyKind};

fn key() -> (TestKey, RsaPublicKey) {
    let key = TestKey::generate(TestKeyKind::Rsa2048, &mut SeededEntropy::new("rsa"));
    let Ok(VerifyingKey::Rsa(public)) = VerifyingKey::from_spki_der(key.spki_der()) else { panic!("an RSA key") };
    (key, public)
}

#[test]
fn every_hash_and_salt_length_round_trips() {
    let (key, public) = key();
    let mut entropy = SeededEntropy::new("salt");
    for hash in Hash::ALL {
        let signature = key.sign(SignatureScheme::RsaPkcs1(hash), b"message", &mut entropy);
        assert_eq!(public.verify_pkcs1(hash, b"message", &signature), Ok(()));
        assert_eq!(public.verify_pkcs1(hash, b"massage", &signature), Err(BadSignature));
        for (mask, salt_length) in [(hash, hash.length()), (Hash::Sha1, 20), (Hash::Sha256, 0)] {
            let with = PssParameters { hash, mask, salt_length };
            let signature = key.sign(SignatureScheme::RsaPss(with), b"message", &mut entropy);
            assert_eq!(public.verify_pss(with, b"message", &signature), Ok(()), "{with:?}");
            assert_eq!(public.verify_pss(with, b"massage", &signature), Err(BadSignature));
            let other = PssParameters { salt_length: salt_length + 1, ..with };
            assert_eq!(public.verify_pss(other, b"message", &signature), Err(BadSignature), "{with:?}");
            assert_eq!(public.verify_pkcs1(hash, b"message", &signature), Err(BadSignature));
        }
    }
}

#[test]
fn signatures_out_of_range_are_refused() {
    let (key, public) = key();
    let signature = key.sign(SignatureScheme::RsaPkcs1(Hash::Sha256), b"message", &mut SeededEntropy::new(""));
    let number = BigUint::from_bytes_be(&signature) + BigUint::from_bytes_be(&public.modulus());
    assert_eq!(public.verify_pkcs1(Hash::Sha256, b"message", &number.to_bytes_be()), Err(BadSignature));
    assert_eq!(
        public.verify_pkcs1(Hash::Sha256, b"message", &[&[0], signature.as_slice()].concat()),
        Err(BadSignature)
    );
    assert_eq!(public.recover(&[0; 3]), Err(BadSignature));
}

#[test]
fn keys_out_of_range_are_refused() {
    let odd = |bytes: usize| [vec![0xff; bytes - 1], vec![1]].concat();
    let make = RsaPublicKey::from_components;
    assert!(make(&odd(128), &[3]).is_ok());
    assert!(make(&odd(1024), &[1, 0, 1]).is_ok());
    assert_eq!(make(&odd(127), &[3]), Err(RsaKeyError::Modulus));
    assert_eq!(make(&odd(1025), &[3]), Err(RsaKeyError::Modulus));
    assert_eq!(make(&[0xfe; 256], &[3]), Err(RsaKeyError::Modulus));
    for exponent in [&[1][..], &[0], &[4], &[3, 0, 0, 0, 1]] {
        assert_eq!(make(&odd(256), exponent), Err(RsaKeyError::Exponent), "{exponent:?}");
    }
}
