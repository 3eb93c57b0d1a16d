use mibun_chip::active::{ActiveError, verify};
use mibun_chip::tlv::encode;
use mibun_crypto::asn1::{self, Oid, write, write_oid, write_unsigned};
use mibun_crypto::digest::Hash;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::signature::{SignatureScheme, VerifyingKey};
use mibun_crypto::testing::{TestKey, TestKeyKind};

const CHALLENGE: &[u8; 8] = &[0xf1, 0x73, 0x58, 0x99, 0x74, 0xbf, 0x40, 0xc6];
const OTHER: &[u8; 8] = &[0xf1, 0x73, 0x58, 0x99, 0x74, 0xbf, 0x40, 0xc7];

fn chip(kind: TestKeyKind) -> (TestKey, Vec<u8>) {
    let key = TestKey::generate(kind, &mut SeededEntropy::new("active"));
    let dg15 = encode(0x6f, key.spki_der());
    (key, dg15)
}

fn dg14(algorithm: &str) -> Vec<u8> {
    let strange =
        write(asn1::SEQUENCE, &[&write_oid(Oid::new_unwrap("0.4.0.127.0.7.2.2.3.2.1")), &write_unsigned(&[1])]);
    let parts =
        [write_oid(Oid::new_unwrap("2.23.136.1.1.5")), write_unsigned(&[1]), write_oid(Oid::new_unwrap(algorithm))];
    encode(0x6e, &write(asn1::SET, &[&strange, &write(asn1::SEQUENCE, &[&parts.concat()])]))
}

/// The block of ISO/IEC 9796-2 scheme 1 that fills 256 bytes.
fn block(hash: Hash, trailer: &[u8], challenge: &[u8]) -> Vec<u8> {
    let own = vec![0x5a; 256 - 1 - hash.length() - trailer.len()];
    [&[0x6a], own.as_slice(), &hash.digest(&[&own, challenge]), trailer].concat()
}

const TRAILERS: [(Hash, &[u8]); 6] = [
    (Hash::Sha1, &[0xbc]),
    (Hash::Sha1, &[0x33, 0xcc]),
    (Hash::Sha224, &[0x38, 0xcc]),
    (Hash::Sha256, &[0x34, 0xcc]),
    (Hash::Sha384, &[0x36, 0xcc]),
    (Hash::Sha512, &[0x35, 0xcc]),
];

#[test]
fn rsa_answers_with_every_trailer() {
    let (key, dg15) = chip(TestKeyKind::Rsa2048);
    for (hash, trailer) in TRAILERS {
        let answer = key.rsa_private_operation(&block(hash, trailer, CHALLENGE));
        assert_eq!(verify(&dg15, None, CHALLENGE, &answer), Ok(()), "{hash:?}");
        assert_eq!(verify(&dg15, None, OTHER, &answer), Err(ActiveError::Signature));
        let Ok(VerifyingKey::Rsa(public)) = VerifyingKey::from_spki_der(key.spki_der()) else { panic!("an RSA key") };
        let smaller = minus(&public.modulus(), &answer);
        assert_eq!(verify(&dg15, None, CHALLENGE, &smaller), Ok(()), "n - s is a signature as well");
        assert_eq!(verify(&dg15, None, OTHER, &smaller), Err(ActiveError::Signature));
    }
}

#[test]
fn rsa_answers_of_another_frame_are_refused() {
    let (key, dg15) = chip(TestKeyKind::Rsa2048);
    let good = block(Hash::Sha256, &[0x34, 0xcc], CHALLENGE);
    for (place, byte) in [(0, 0x4a), (0, 0x6b), (255, 0xcd), (254, 0x37)] {
        let mut frame = good.clone();
        frame[place] = byte;
        let answer = key.rsa_private_operation(&frame);
        assert_eq!(verify(&dg15, None, CHALLENGE, &answer), Err(ActiveError::Frame), "{place} {byte:02x}");
    }
    let answer = key.rsa_private_operation(&good);
    assert_eq!(verify(&dg15, None, CHALLENGE, &answer[1..]), Err(ActiveError::Signature));
    assert_eq!(verify(&dg15, None, CHALLENGE, &[]), Err(ActiveError::Signature));
    assert_eq!(verify(&dg15, None, CHALLENGE, &[0xff; 256]), Err(ActiveError::Signature));
    let pkcs1 = key.sign(SignatureScheme::RsaPkcs1(Hash::Sha256), CHALLENGE, &mut SeededEntropy::new(""));
    assert_eq!(verify(&dg15, None, CHALLENGE, &pkcs1), Err(ActiveError::Frame));
}

#[test]
fn answers_on_curves_are_plain_and_name_their_hash_in_dg14() {
    let algorithms = [
        ("0.4.0.127.0.7.1.1.4.1.2", Hash::Sha224),
        ("0.4.0.127.0.7.1.1.4.1.3", Hash::Sha256),
        ("0.4.0.127.0.7.1.1.4.1.4", Hash::Sha384),
        ("0.4.0.127.0.7.1.1.4.1.5", Hash::Sha512),
        ("1.2.840.10045.4.3.2", Hash::Sha256),
    ];
    for kind in [TestKeyKind::P256, TestKeyKind::BrainpoolP256r1, TestKeyKind::BrainpoolP384r1] {
        let (key, dg15) = chip(kind);
        for (algorithm, hash) in algorithms {
            let dg14 = dg14(algorithm);
            let mut entropy = SeededEntropy::new("");
            let answer = key.sign(SignatureScheme::EcdsaPlain(hash), CHALLENGE, &mut entropy);
            assert_eq!(verify(&dg15, Some(&dg14), CHALLENGE, &answer), Ok(()));
            assert_eq!(verify(&dg15, Some(&dg14), OTHER, &answer), Err(ActiveError::Signature));
            assert_eq!(verify(&dg15, None, CHALLENGE, &answer), Err(ActiveError::NoAlgorithm));
            let der = key.sign(SignatureScheme::Ecdsa(hash), CHALLENGE, &mut entropy);
            assert_eq!(verify(&dg15, Some(&dg14), CHALLENGE, &der), Err(ActiveError::Signature));
        }
    }
}

#[test]
fn algorithms_that_do_not_fit_are_refused() {
    let (key, dg15) = chip(TestKeyKind::P256);
    let answer = key.sign(SignatureScheme::EcdsaPlain(Hash::Sha256), CHALLENGE, &mut SeededEntropy::new(""));
    let judge = |dg14: &[u8]| verify(&dg15, Some(dg14), CHALLENGE, &answer).err();
    assert_eq!(judge(&dg14("1.2.840.113549.1.1.11")), Some(ActiveError::WrongAlgorithm));
    assert_eq!(judge(&dg14("1.2.3.4")), Some(ActiveError::WrongAlgorithm));
    assert_eq!(judge(&[0x6e, 2, 0x31, 0]), Some(ActiveError::NoAlgorithm));
    assert_eq!(judge(&[0x6f, 2, 0x31, 0]), Some(ActiveError::Algorithm));
    assert!(matches!(verify(&[0x6f, 0], None, CHALLENGE, &answer), Err(ActiveError::Key(_))));
}

/// `left - right` of numbers of one length.
fn minus(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut out = vec![0; left.len()];
    for at in (0..left.len()).rev() {
        let difference = i32::from(left[at]) - i32::from(right[at]) - borrow;
        borrow = i32::from(difference < 0);
        out[at] = difference.rem_euclid(256) as u8;
    }
    out
}
