use mibun_chip::cms::CmsError;
use mibun_chip::csca::{ChainError, CscaError, CscaStore};
use mibun_chip::master_list::{MAX_BYTES, MAX_CERTIFICATES, MasterList, MasterListError, Refused};
use mibun_chip::testing::country::{CertificateSpec, Country, Name, Signing};
use mibun_crypto::asn1::Oid;
use mibun_crypto::x509::Validity;
use mibun_crypto::x509::icao::IcaoError;

use crate::world::{NOW, judge, passport, utopia};

fn abroad() -> Country {
    Country::found("UT", Signing::BrainpoolP256r1, NOW.plus_days(-300), "abroad")
}

#[test]
fn authorities_and_links_are_taken_and_others_named() {
    let (mut publisher, mut other) = (utopia(Signing::P256), abroad());
    let (old, signer) = (other.authority.certificate.clone(), other.signer.certificate.clone());
    let document = passport(&mut other);
    let link = other.renew(Signing::P384, NOW.plus_days(-20));
    let mut broken = old.clone();
    *broken.last_mut().expect("not empty") ^= 1;
    // The link stands before what it leads from.
    let certificates = [link, signer, old, vec![0x30, 0], broken];
    let list = publisher.master_list(&certificates, publisher.founded.plus_days(1));
    let read = MasterList::read(&list, &publisher.store(), NOW).expect("a list");
    assert_eq!((read.country.as_str(), read.count, read.store.len()), ("UT", 5, 2));
    let mut refused = read.refused.clone();
    refused.sort_by_key(|one| one.place);
    let places: Vec<usize> = refused.iter().map(|one| one.place).collect();
    assert_eq!(places, [1, 3, 4]);
    assert_eq!(refused[0].reason, CscaError::NotAnAuthority);
    assert_eq!(refused[1], Refused { place: 3, reason: CscaError::Unreadable(IcaoError::Form) });
    assert_eq!(refused[2].reason, CscaError::Signature);
    assert!(judge(&document, &read.store).is_ok());
    other.founded = NOW.plus_days(-20);
    assert!(judge(&passport(&mut other), &read.store).is_ok(), "by the linked key");
}

#[test]
fn every_way_of_signing_is_read() {
    for signing in Signing::ALL {
        let mut publisher = utopia(signing);
        let certificates = [publisher.authority.certificate.clone()];
        let list = publisher.master_list(&certificates, publisher.founded.plus_days(1));
        assert_eq!(MasterList::read(&list, &publisher.store(), NOW).expect("a list").store.len(), 1, "{signing:?}");
    }
}

#[test]
fn a_list_of_nobody_trusted_is_refused() {
    let mut publisher = utopia(Signing::P256);
    let certificates = [publisher.authority.certificate.clone()];
    let list = publisher.master_list(&certificates, publisher.founded.plus_days(1));
    let refused = MasterList::read(&list, &CscaStore::new(), NOW).err();
    assert_eq!(refused, Some(MasterListError::Chain(ChainError::UnknownIssuer)));
}

#[test]
fn a_document_signer_signs_no_master_lists() {
    let mut publisher = utopia(Signing::P256);
    let signer = publisher.certify(Signing::P256, publisher.signer_spec());
    let list = publisher.master_list_by(&signer, &[], NOW.plus_days(-399));
    assert_eq!(MasterList::read(&list, &publisher.store(), NOW).err(), Some(MasterListError::SignerPurpose));
}

#[test]
fn an_expired_signer_is_refused() {
    let mut publisher = utopia(Signing::P256);
    let validity = Validity { not_before: NOW.plus_days(-300), not_after: NOW.plus_days(-1) };
    let purpose = Some(Oid::new_unwrap("2.23.136.1.1.3"));
    let subject = Name::new("UT", "Expired");
    let spec = CertificateSpec { subject, validity, purpose, ..publisher.signer_spec() };
    let signer = publisher.certify(Signing::P256, spec);
    let list = publisher.master_list_by(&signer, &[], NOW.plus_days(-200));
    assert_eq!(MasterList::read(&list, &publisher.store(), NOW).err(), Some(MasterListError::SignerValidity));
}

#[test]
fn changed_and_oversized_lists_are_refused() {
    let mut publisher = utopia(Signing::P256);
    let store = publisher.store();
    let certificate = publisher.authority.certificate.clone();
    let list = publisher.master_list(std::slice::from_ref(&certificate), publisher.founded.plus_days(1));
    let mut changed = list.clone();
    let at = changed.windows(certificate.len()).position(|window| window == certificate).expect("inside");
    changed[at + certificate.len() - 1] ^= 1;
    let refused = MasterList::read(&changed, &store, NOW).err();
    assert_eq!(refused, Some(MasterListError::Cms(CmsError::ContentDigest)));
    let longer = [list.as_slice(), &[0]].concat();
    assert_eq!(MasterList::read(&longer, &store, NOW).err(), Some(MasterListError::Cms(CmsError::Form)));
    assert_eq!(MasterList::read(&vec![0x30; MAX_BYTES + 1], &store, NOW).err(), Some(MasterListError::TooLong));
    let many = vec![vec![0x30, 0]; MAX_CERTIFICATES + 1];
    let list = publisher.master_list(&many, publisher.founded.plus_days(1));
    assert_eq!(MasterList::read(&list, &store, NOW).err(), Some(MasterListError::TooManyCertificates));
}
