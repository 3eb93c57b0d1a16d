//! One thing wrong, one reason.

use std::collections::BTreeMap;

use mibun_chip::cms::CmsError;
use mibun_chip::csca::{ChainError, CscaError, CscaStore};
use mibun_chip::passive::{Files, HashUse, PassiveCheck, PassiveError, PassivePolicy, authenticate};
use mibun_chip::sod::{MAX_BYTES, SodError};
use mibun_chip::testing::country::{CertificateSpec, Country, Document, Holder, Signing, SodContent, ZoneFormat};
use mibun_chip::tlv::TlvError;
use mibun_crypto::asn1::Oid;
use mibun_crypto::digest::Hash;
use mibun_crypto::signature::SignatureScheme;
use mibun_crypto::x509::Validity;
use mibun_crypto::x509::icao::{IcaoCertificate, RevocationList};

use crate::world::{JPEG, NOW, anna, judge, judge_files, passport, utopia};

fn utopian() -> (Country, CscaStore, Document) {
    let mut country = utopia(Signing::P256);
    let (store, document) = (country.store(), passport(&mut country));
    (country, store, document)
}

/// The same data groups under a security object of another signer or content.
fn resigned(country: &mut Country, signer: &Holder, change: impl FnOnce(&mut SodContent)) -> Result<(), PassiveError> {
    let document = passport(country);
    let mut content = SodContent::of(&document.groups, Hash::Sha256, NOW.plus_days(-399));
    change(&mut content);
    let sod = country.sod_by(signer, &content);
    judge_files(&sod, &document.groups, &country.store()).map(|_| ())
}

/// A document by a signer with another certificate.
fn by(change: impl FnOnce(&mut CertificateSpec)) -> Result<(), PassiveError> {
    let mut country = utopia(Signing::P256);
    let mut spec = country.signer_spec();
    change(&mut spec);
    let signer = country.certify(Signing::P256, spec);
    resigned(&mut country, &signer, |_| {})
}

#[test]
fn the_unchanged_document_passes() {
    assert_eq!(by(|_| {}), Ok(()));
}

#[test]
fn a_foreign_authority_is_unknown() {
    let (_, store, _) = utopian();
    let mut other = Country::found("XX", Signing::P256, NOW.plus_days(-400), "x");
    let refused = judge(&passport(&mut other), &store);
    assert_eq!(refused, Err(PassiveError::Chain(ChainError::UnknownIssuer)));
    assert_eq!(judge(&passport(&mut other), &CscaStore::new()), refused);
    assert_eq!(refused.expect_err("refused").check(), PassiveCheck::SignerChain);
}

#[test]
fn an_authority_of_the_same_name_with_another_key_is_not_believed() {
    let (_, store, _) = utopian();
    let mut forger = Country::found("UT", Signing::P256, NOW.plus_days(-400), "forger");
    let refused = judge(&passport(&mut forger), &store);
    assert_eq!(refused, Err(PassiveError::Chain(ChainError::UnknownIssuer)), "the identifiers of the keys differ");
}

#[test]
fn an_anchor_inside_of_the_document_is_not_believed() {
    let (_, store, _) = utopian();
    let mut forger = Country::found("UT", Signing::P256, NOW.plus_days(-400), "forger");
    let document = passport(&mut forger);
    let mut content = SodContent::of(&document.groups, Hash::Sha256, NOW.plus_days(-399));
    content.certificates = vec![forger.authority.certificate.clone()];
    let sod = forger.sod(&content);
    assert!(judge_files(&sod, &document.groups, &forger.store()).is_ok(), "well formed as such");
    let refused = judge_files(&sod, &document.groups, &store);
    assert_eq!(refused, Err(PassiveError::Chain(ChainError::UnknownIssuer)));
}

#[test]
fn a_signer_that_nobody_signed_is_refused() {
    let (mut country, store, _) = utopian();
    // The name and key identifier of the authority, the signature of somebody else.
    let forger = Country::found("UT", Signing::P256, NOW.plus_days(-400), "forger");
    let mut der = forger.signer.certificate.clone();
    let (own, theirs) = (country.authority.read(), forger.authority.read());
    let (own, theirs) = (own.subject_key_identifier().expect("there"), theirs.subject_key_identifier().expect("there"));
    let at = der.windows(theirs.len()).position(|window| window == theirs).expect("the issuer's identifier");
    der[at..at + own.len()].copy_from_slice(own);
    let signer = Holder { certificate: der, ..forger.signer };
    let refused = resigned(&mut country, &signer, |_| {});
    assert_eq!(refused, Err(PassiveError::Chain(ChainError::Signature)));
    assert!(judge(&passport(&mut country), &store).is_ok());
}

#[test]
fn expired_and_future_signers_are_refused() {
    let span = |from: i64, to: i64| Validity { not_before: NOW.plus_days(from), not_after: NOW.plus_days(to) };
    let expired = by(|spec| (spec.validity, spec.private_use) = (span(-400, -1), None));
    assert_eq!(expired, Err(PassiveError::SignerExpired));
    let future = by(|spec| (spec.validity, spec.private_use) = (span(1, 400), None));
    assert_eq!(future, Err(PassiveError::SignerNotYetValid));
}

#[test]
fn signing_outside_of_the_keys_time_is_refused() {
    let mut country = utopia(Signing::P256);
    let signer = country.certify(Signing::P256, country.signer_spec());
    let late = resigned(&mut country, &signer, |content| content.signed_at = NOW.plus_days(-200));
    assert_eq!(late, Err(PassiveError::SignedOutOfTime));
    let early = resigned(&mut country, &signer, |content| content.signed_at = NOW.plus_days(-401));
    assert_eq!(early, Err(PassiveError::SignedOutOfTime));
    let future = by(|spec| spec.private_use = None);
    assert_eq!(future, Ok(()));
    let open = country.certify(Signing::P256, CertificateSpec { private_use: None, ..country.signer_spec() });
    let future = resigned(&mut country, &open, |content| content.signed_at = NOW.plus_days(1));
    assert_eq!(future, Err(PassiveError::SignedOutOfTime));
}

#[test]
fn an_expired_authority_is_refused() {
    let mut country = Country::found("UT", Signing::P256, NOW.plus_days(-16 * 365), "old");
    let spec = CertificateSpec::signer("UT", NOW.plus_days(-100));
    let signer = country.certify(Signing::P256, spec);
    let refused = resigned(&mut country, &signer, |content| content.signed_at = NOW.plus_days(-99));
    assert_eq!(refused, Err(PassiveError::Chain(ChainError::Expired)));
}

#[test]
fn a_revoked_signer_is_refused() {
    let (mut country, mut store, document) = utopian();
    let signer = IcaoCertificate::from_der(&country.signer.certificate).expect("a signer");
    assert!(judge(&document, &store).is_ok());
    let other = country.certify(Signing::P256, country.signer_spec());
    let revoked = std::mem::replace(&mut country.signer, other);
    let list = country.revocation_list(&[&revoked], NOW.plus_days(-100));
    store.add_revocation_list(RevocationList::from_der(&list).expect("a list")).expect("of this authority");
    assert_eq!(judge(&document, &store), Err(PassiveError::SignerRevoked), "also by a list that is stale");
    assert!(RevocationList::from_der(&list).expect("a list").contains(signer.serial()));
}

#[test]
fn a_revocation_list_of_somebody_else_is_not_taken() {
    let (_, mut store, _) = utopian();
    let mut forger = Country::found("UT", Signing::P256, NOW.plus_days(-400), "forger");
    let list = RevocationList::from_der(&forger.revocation_list(&[], NOW)).expect("a list");
    assert_eq!(store.add_revocation_list(list), Err(CscaError::Signature));
    let mut other = Country::found("XX", Signing::P256, NOW.plus_days(-400), "x");
    let list = RevocationList::from_der(&other.revocation_list(&[], NOW)).expect("a list");
    assert_eq!(store.add_revocation_list(list), Err(CscaError::UnknownIssuer));
}

#[test]
fn a_signer_of_another_country_is_refused() {
    let refused = by(|spec| spec.subject.country = "XX".to_owned());
    assert_eq!(refused, Err(PassiveError::Chain(ChainError::OtherCountry)));
}

#[test]
fn a_signer_may_not_sign_for_another_state() {
    let (mut country, store, _) = utopian();
    for (state, reason) in [("JPN", PassiveError::OtherState), ("QQQ", PassiveError::UnknownState)] {
        let mut person = anna(ZoneFormat::Td1);
        person.issuing_state = state.to_owned();
        let document = country.document(&person, JPEG, &[]);
        assert_eq!(judge(&document, &store), Err(reason));
    }
}

#[test]
fn a_signer_is_no_authority_and_signs_documents_alone() {
    assert_eq!(by(|spec| spec.authority = true), Err(PassiveError::SignerIsAuthority));
    assert_eq!(by(|spec| spec.usage = 0x06), Err(PassiveError::SignerKeyUsage));
    let purpose = Some(Oid::new_unwrap("2.23.136.1.1.3"));
    assert_eq!(by(|spec| spec.purpose = purpose), Err(PassiveError::SignerPurpose));
}

#[test]
fn a_changed_data_group_is_named() {
    let (_, store, document) = utopian();
    for group in [1, 2, 11] {
        let mut changed = document.clone();
        *changed.groups.get_mut(&group).expect("there").last_mut().expect("not empty") ^= 1;
        assert_eq!(judge(&changed, &store), Err(PassiveError::GroupHash(group)));
    }
}

#[test]
fn data_groups_of_two_documents_do_not_mix() {
    let (mut country, store, document) = utopian();
    let mut person = anna(ZoneFormat::Td3);
    person.given_names = "BERTA".to_owned();
    let mut other = country.document(&person, JPEG, &[]);
    other.groups.insert(1, document.groups[&1].clone());
    assert_eq!(judge(&other, &store), Err(PassiveError::GroupHash(1)));
}

#[test]
fn a_data_group_that_is_not_signed_is_refused() {
    let (_, store, mut document) = utopian();
    document.groups.insert(12, vec![0x6c, 0]);
    assert_eq!(judge(&document, &store), Err(PassiveError::NotSigned(12)));
    document.groups.remove(&12);
    document.groups.insert(17, vec![0x71, 0]);
    assert_eq!(judge(&document, &store), Err(PassiveError::UnknownGroup(17)));
}

#[test]
fn zone_and_face_have_to_be_read() {
    for group in [1, 2] {
        let (_, store, mut document) = utopian();
        document.groups.remove(&group);
        assert_eq!(judge(&document, &store), Err(PassiveError::NotRead(group)));
    }
}

#[test]
fn a_data_group_listed_twice_is_refused() {
    let mut country = utopia(Signing::P256);
    let signer = country.certify(Signing::P256, country.signer_spec());
    let twice = resigned(&mut country, &signer, |content| content.hashes.push(content.hashes[0].clone()));
    assert_eq!(twice, Err(PassiveError::Sod(SodError::DuplicateGroup(1))));
    let unknown = resigned(&mut country, &signer, |content| content.hashes.push((17, vec![0; 32])));
    assert_eq!(unknown, Err(PassiveError::Sod(SodError::UnknownGroup(17))));
    let short = resigned(&mut country, &signer, |content| content.hashes[1].1.truncate(20));
    assert_eq!(short, Err(PassiveError::Sod(SodError::HashLength(2))));
}

#[test]
fn sha1_needs_a_policy() {
    let mut country = utopia(Signing::P256);
    let document = passport(&mut country);
    let allowing = PassivePolicy { allow_sha1: true };
    let judge = |sod: &[u8], groups: &BTreeMap<u8, Vec<u8>>, country: &Country, policy| {
        authenticate(Files { sod, groups }, &country.store(), policy, NOW).map(|verdict| verdict.hash)
    };
    let sod = country.sod(&SodContent::of(&document.groups, Hash::Sha1, NOW.plus_days(-399)));
    let refused = judge(&sod, &document.groups, &country, PassivePolicy::default());
    assert_eq!(refused, Err(PassiveError::HashNotAllowed(HashUse::DataGroups)));
    assert_eq!(judge(&sod, &document.groups, &country, allowing), Ok(Hash::Sha1));
    let mut rsa = utopia(Signing::RsaPkcs1);
    rsa.signer.scheme = SignatureScheme::RsaPkcs1(Hash::Sha1);
    let sod = rsa.sod(&SodContent::of(&document.groups, Hash::Sha256, NOW.plus_days(-399)));
    let refused = judge(&sod, &document.groups, &rsa, PassivePolicy::default());
    assert_eq!(refused, Err(PassiveError::HashNotAllowed(HashUse::SecurityObject)));
    assert_eq!(judge(&sod, &document.groups, &rsa, allowing), Ok(Hash::Sha256));
}

#[test]
fn every_other_hash_of_data_groups_is_accepted() {
    let mut country = utopia(Signing::P256);
    let signer = country.certify(Signing::P256, country.signer_spec());
    for hash in [Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512] {
        let document = passport(&mut country);
        let sod = country.sod_by(&signer, &SodContent::of(&document.groups, hash, NOW.plus_days(-399)));
        assert_eq!(judge_files(&sod, &document.groups, &country.store()).map(|verdict| verdict.hash), Ok(hash));
    }
}

#[test]
fn trailing_and_missing_bytes_are_refused() {
    let (_, store, document) = utopian();
    let judge = |sod: &[u8]| judge_files(sod, &document.groups, &store).err();
    let longer = [document.sod.as_slice(), &[0]].concat();
    assert_eq!(judge(&longer), Some(PassiveError::Sod(SodError::Tlv(TlvError::Trailing))));
    let shorter = &document.sod[..document.sod.len() - 1];
    assert_eq!(judge(shorter), Some(PassiveError::Sod(SodError::Tlv(TlvError::Truncated))));
    let inner = mibun_chip::tlv::Tlv::parse_tagged(&document.sod, 0x77).expect("our own");
    let padded = mibun_chip::tlv::encode(0x77, &[inner, &[5, 0]].concat());
    assert_eq!(judge(&padded), Some(PassiveError::Sod(SodError::Cms(CmsError::Form))));
    assert_eq!(judge(&vec![0x77; MAX_BYTES + 1]), Some(PassiveError::Sod(SodError::TooLong)));
    assert_eq!(judge(&[]), Some(PassiveError::Sod(SodError::Tlv(TlvError::Truncated))));
}

#[test]
fn a_signature_of_another_key_is_refused() {
    let (mut country, store, document) = utopian();
    let certificate = country.signer.certificate.clone();
    let mut other = country.certify(Signing::P256, country.signer_spec());
    other.certificate = certificate;
    let sod = country.sod_by(&other, &SodContent::of(&document.groups, Hash::Sha256, NOW.plus_days(-399)));
    let refused = judge_files(&sod, &document.groups, &store);
    assert_eq!(refused, Err(PassiveError::SodSignature(CmsError::Signature)));
}

#[test]
fn what_is_no_authority_does_not_come_into_the_store() {
    let (mut country, mut store, _) = utopian();
    assert_eq!(store.add_anchor(country.signer.read()), Err(CscaError::NotAnAuthority));
    let spec = CertificateSpec::authority("UT", 1, country.founded);
    let below = country.certify(Signing::P256, CertificateSpec { usage: 0x80, ..spec.clone() });
    assert_eq!(store.add_anchor(below.read()), Err(CscaError::KeyUsage));
    let below = country.certify(Signing::P256, spec.clone());
    assert_eq!(store.add_anchor(below.read()), Err(CscaError::NotSelfSigned));
    let mut abroad = spec;
    abroad.subject.country = "XX".to_owned();
    let below = country.certify(Signing::P256, abroad);
    assert_eq!(store.add_link(below.read()), Err(CscaError::OtherCountry));
    let mut forger = Country::found("UT", Signing::P256, NOW.plus_days(-400), "forger");
    let link = IcaoCertificate::from_der(&forger.renew(Signing::P256, NOW)).expect("a link");
    assert_eq!(store.add_link(link), Err(CscaError::UnknownIssuer));
    assert_eq!(store.len(), 1);
}
