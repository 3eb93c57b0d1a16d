use super::*;
use crate::asn1::{write, write_oid};

fn all() -> Vec<SignatureScheme> {
    let mut all = Vec::new();
    for hash in Hash::ALL {
        all.extend([SignatureScheme::RsaPkcs1(hash), SignatureScheme::Ecdsa(hash), SignatureScheme::EcdsaPlain(hash)]);
        for mask in [Hash::Sha1, Hash::Sha256] {
            all.push(SignatureScheme::RsaPss(PssParameters { hash, mask, salt_length: hash.length() }));
        }
    }
    all
}

#[test]
fn every_scheme_is_read_as_it_is_written() {
    for scheme in all() {
        assert_eq!(SignatureScheme::from_identifier(&scheme.to_identifier(), None), Ok(scheme));
    }
}

#[test]
fn pss_without_parameters_is_refused_and_an_empty_sequence_means_the_defaults() {
    let bare = write(asn1::SEQUENCE, &[&write_oid(RSASSA_PSS)]);
    assert_eq!(SignatureScheme::from_identifier(&bare, None), Err(UnknownScheme));
    let null = write(asn1::SEQUENCE, &[&write_oid(RSASSA_PSS), &[asn1::NULL, 0]]);
    assert_eq!(SignatureScheme::from_identifier(&null, None), Err(UnknownScheme));
    let defaults = write(asn1::SEQUENCE, &[&write_oid(RSASSA_PSS), &write(asn1::SEQUENCE, &[])]);
    let with = PssParameters { hash: Hash::Sha1, mask: Hash::Sha1, salt_length: 20 };
    assert_eq!(SignatureScheme::from_identifier(&defaults, None), Ok(SignatureScheme::RsaPss(with)));
}

#[test]
fn a_kind_of_key_names_a_scheme_only_beside_a_hash() {
    let rsa = write(asn1::SEQUENCE, &[&write_oid(RSA_ENCRYPTION), &[asn1::NULL, 0]]);
    assert_eq!(SignatureScheme::from_identifier(&rsa, None), Err(UnknownScheme));
    let expected = Ok(SignatureScheme::RsaPkcs1(Hash::Sha256));
    assert_eq!(SignatureScheme::from_identifier(&rsa, Some(Hash::Sha256)), expected);
}

#[test]
fn md5_and_other_strangers_are_no_schemes() {
    for oid in ["1.2.840.113549.1.1.4", "1.2.840.10040.4.3", "1.3.101.112", "1.2.840.113549.1.1.7"] {
        let identifier = write(asn1::SEQUENCE, &[&write_oid(Oid::new_unwrap(oid))]);
        assert_eq!(SignatureScheme::from_identifier(&identifier, Some(Hash::Sha256)), Err(UnknownScheme), "{oid}");
    }
}

#[test]
fn parameters_with_a_meaning_are_not_passed_over() {
    let scheme = write(asn1::SEQUENCE, &[&write_oid(ECDSA[2].0), &write(asn1::OCTET_STRING, &[b"x"])]);
    assert_eq!(SignatureScheme::from_identifier(&scheme, None), Err(UnknownScheme));
    let hash = write(asn1::SEQUENCE, &[&write_oid(Hash::Sha256.oid()), &write(asn1::NULL, &[&[1]])]);
    assert_eq!(hash_from_identifier(&hash), Err(UnknownScheme));
}
