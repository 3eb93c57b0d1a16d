use super::*;
use crate::asn1::{write, write_oid, write_unsigned};
use crate::entropy::SeededEntropy;
use crate::key::{Algorithm, Signer, SoftwareKey};
use crate::signature::SignatureScheme;
use crate::testing::{TestKey, TestKeyKind, ec_spki};

#[test]
fn every_generator_is_on_its_curve_and_has_the_stated_order() {
    for curve in Curve::all() {
        assert!(curve.holds(&curve.g.x, &curve.g.y), "{}", curve.name);
        let last = &curve.n - 1_u8;
        // (n - 1)·G + 1·G is the point at infinity; (n - 1)·G is -G.
        let sum = curve.combine(&last, &BigUint::from(1_u8), &curve.g);
        assert!(curve.affine_x(&sum).is_none(), "{}", curve.name);
        let negative = curve.combine(&last, &BigUint::ZERO, &curve.g);
        assert_eq!(curve.affine_x(&negative).as_ref(), Some(&curve.g.x), "{}", curve.name);
    }
}

#[test]
fn signatures_of_other_libraries_are_accepted_and_changed_ones_are_not() {
    let mut entropy = SeededEntropy::new("ecdsa");
    let kinds = [
        (TestKeyKind::P256, NamedCurve::P256),
        (TestKeyKind::P384, NamedCurve::P384),
        (TestKeyKind::BrainpoolP256r1, NamedCurve::BrainpoolP256r1),
        (TestKeyKind::BrainpoolP384r1, NamedCurve::BrainpoolP384r1),
        (TestKeyKind::ExplicitP256, NamedCurve::P256),
    ];
    for (kind, curve) in kinds {
        let key = TestKey::generate(kind, &mut entropy);
        let public = EcPublicKey::from_spki_der(key.spki_der()).expect("a key on a known curve");
        assert_eq!(public.curve(), curve);
        for hash in [Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512] {
            let der = key.sign(SignatureScheme::Ecdsa(hash), b"message", &mut entropy);
            assert_eq!(public.verify_der(hash, b"message", &der), Ok(()), "{kind:?} {hash:?}");
            assert_eq!(public.verify_der(hash, b"massage", &der), Err(BadSignature));
            let mut plain = key.sign(SignatureScheme::EcdsaPlain(hash), b"message", &mut entropy);
            assert_eq!(public.verify_plain(hash, b"message", &plain), Ok(()), "{kind:?} {hash:?}");
            assert_eq!(public.verify_plain(hash, b"message", &plain[1..]), Err(BadSignature));
            plain[3] ^= 1;
            assert_eq!(public.verify_plain(hash, b"message", &plain), Err(BadSignature));
        }
    }
}

#[test]
fn signatures_of_the_primitives_library_are_accepted() {
    for (algorithm, hash) in [(Algorithm::Es256, Hash::Sha256), (Algorithm::Es384, Hash::Sha384)] {
        let key = SoftwareKey::generate_for(algorithm, &mut SeededEntropy::new("aws"));
        let public = EcPublicKey::from_spki_der(&key.public_key().to_spki_der()).expect("a key");
        let signature = key.sign(b"message").expect("signed");
        assert_eq!(public.verify_plain(hash, b"message", &signature), Ok(()));
        assert_eq!(public.verify_plain(hash, b"other", &signature), Err(BadSignature));
    }
}

/// Explicit parameters of P-256 with one part replaced.
fn parameters_with(replaced: usize, with: &[u8]) -> Vec<u8> {
    let all = NamedCurve::P256.to_explicit_parameters();
    let mut parts = Element::read(&all, asn1::SEQUENCE).expect("our own").children();
    let mut out = Vec::new();
    for at in 0..6 {
        let part = parts.any().expect("six parts").whole;
        out.extend_from_slice(if at == replaced { with } else { part });
    }
    write(asn1::SEQUENCE, &[&out])
}

fn key_with(parameters: &[u8]) -> Result<EcPublicKey, EcKeyError> {
    let key = TestKey::generate(TestKeyKind::P256, &mut SeededEntropy::new("explicit"));
    let spki = key.spki_der();
    let mut parts = Element::read(spki, asn1::SEQUENCE).expect("a key").children();
    parts.any().expect("the algorithm");
    let point = parts.any().expect("the point").bits().expect("bits");
    EcPublicKey::from_spki_der(&ec_spki(parameters, point))
}

#[test]
fn spelled_out_parameters_with_a_changed_generator_are_refused() {
    let curve = Curve::of(NamedCurve::P256);
    assert!(key_with(&NamedCurve::P256.to_explicit_parameters()).is_ok());
    // 2·G: a point of the curve with the same order, so that everything else fits.
    let key = TestKey::generate(TestKeyKind::P256, &mut SeededEntropy::new("generator"));
    let public = EcPublicKey::from_spki_der(key.spki_der()).expect("a key");
    let [x, y] = [&public.point.x, &public.point.y].map(|number| crate::rsa::padded(number, 32));
    let changed = write(asn1::OCTET_STRING, &[&[4], &x, &y]);
    assert_eq!(key_with(&parameters_with(3, &changed)).err(), Some(EcKeyError::ForeignParameters));
    // The other root of the same x.
    let negative = crate::rsa::padded(&(&curve.p - &curve.g.y), 32);
    let changed = write(asn1::OCTET_STRING, &[&[4], &crate::rsa::padded(&curve.g.x, 32), &negative]);
    assert_eq!(key_with(&parameters_with(3, &changed)).err(), Some(EcKeyError::ForeignParameters));
    let compressed = write(asn1::OCTET_STRING, &[&[3], &crate::rsa::padded(&curve.g.x, 32)]);
    assert!(key_with(&parameters_with(3, &compressed)).is_ok());
    let compressed = write(asn1::OCTET_STRING, &[&[2], &crate::rsa::padded(&curve.g.x, 32)]);
    assert_eq!(key_with(&parameters_with(3, &compressed)).err(), Some(EcKeyError::ForeignParameters));
}

#[test]
fn other_spelled_out_parameters_are_refused() {
    let order = write_unsigned(&(Curve::of(NamedCurve::P256).n.clone() - 2_u8).to_bytes_be());
    assert_eq!(key_with(&parameters_with(4, &order)).err(), Some(EcKeyError::ForeignParameters));
    assert_eq!(key_with(&parameters_with(5, &write_unsigned(&[2]))).err(), Some(EcKeyError::ForeignParameters));
    let brainpool = NamedCurve::BrainpoolP256r1.to_explicit_parameters();
    assert_eq!(key_with(&brainpool).err(), Some(EcKeyError::Point), "a point of another curve");
    let unknown = write_oid(Oid::new_unwrap("1.3.132.0.10"));
    assert_eq!(key_with(&unknown).err(), Some(EcKeyError::Curve));
    assert_eq!(key_with(&[asn1::NULL, 0]).err(), Some(EcKeyError::Form));
}

#[test]
fn points_beside_the_curve_are_refused() {
    let curve = write_oid(NamedCurve::P256.oid());
    for point in [vec![0], vec![4; 65], [vec![4], vec![0; 64]].concat(), vec![2; 33]] {
        assert_eq!(EcPublicKey::from_spki_der(&ec_spki(&curve, &point)).err(), Some(EcKeyError::Point));
    }
}

#[test]
fn plain_signatures_are_as_long_as_the_order() {
    let lengths: Vec<usize> = Curve::all().iter().map(Curve::order_length).collect();
    assert_eq!(lengths, [24, 28, 32, 48, 66, 20, 24, 28, 32, 40, 48, 64]);
}
