use mibun_chip::csca::{CscaStore, Revocation};
use mibun_chip::lds::com::Com;
use mibun_chip::lds::face::{Picture, PictureKind};
use mibun_chip::lds::optional::PersonalDetails;
use mibun_chip::lds::read_dg1;
use mibun_chip::passive::PassiveCheck;
use mibun_chip::testing::country::{Country, Signing, ZoneFormat};
use mibun_crypto::x509::icao::{IcaoCertificate, RevocationList};

use crate::world::{JPEG, NOW, anna, judge, passport, utopia};

fn a_document_of(signing: Signing) {
    let mut country = utopia(signing);
    let store = country.store();
    for format in [ZoneFormat::Td1, ZoneFormat::Td3] {
        let document = country.document(&anna(format), JPEG, &[(14, vec![0x6e, 2, 0x31, 0])]);
        let verdict = judge(&document, &store).expect("a genuine document");
        assert_eq!(verdict.country, "UT");
        assert_eq!(verdict.verified, [1, 2, 11, 14]);
        assert!(verdict.not_read.is_empty());
        assert_eq!(verdict.revocation, Revocation::NoList);
        assert_eq!(verdict.checks, PassiveCheck::ALL);
        assert_eq!(verdict.signer, country.signer.read().sha256_fingerprint());
        assert_eq!(verdict.authority, country.authority.read().sha256_fingerprint());
        let mrz = read_dg1(&document.groups[&1]).expect("a zone");
        assert_eq!((mrz.primary.as_str(), mrz.secondary.as_str()), ("ERIKSSON", "ANNA MARIA"));
        assert_eq!(mrz.document_number, "L898902C3");
        assert_eq!(mrz.birth_date(NOW.date()), "1974-08-12".parse().ok());
        let picture = Picture::from_dg2(&document.groups[&2]).expect("a face");
        assert_eq!((picture.kind, picture.bytes.as_slice()), (PictureKind::Jpeg, JPEG));
        let details = PersonalDetails::from_dg11(&document.groups[&11]).expect("details");
        assert_eq!(details.birth_date, "1974-08-12".parse().ok());
        assert_eq!(details.name.expect("a name").secondary, "ANNA MARIA");
        assert_eq!(Com::parse(&document.com).expect("EF.COM").groups, [1, 2, 11, 14]);
    }
}

#[test]
fn rsa_pkcs1() {
    a_document_of(Signing::RsaPkcs1);
}

#[test]
fn rsa_pss() {
    a_document_of(Signing::RsaPss);
}

#[test]
fn nist_p256() {
    a_document_of(Signing::P256);
}

#[test]
fn nist_p384() {
    a_document_of(Signing::P384);
}

#[test]
fn brainpool_p256r1() {
    a_document_of(Signing::BrainpoolP256r1);
}

#[test]
fn brainpool_p384r1() {
    a_document_of(Signing::BrainpoolP384r1);
}

#[test]
fn spelled_out_p256() {
    a_document_of(Signing::ExplicitP256);
}

#[test]
fn a_link_leads_to_the_new_authority() {
    let mut country = utopia(Signing::P256);
    let mut store = country.store();
    let old = passport(&mut country);
    let link = country.renew(Signing::BrainpoolP256r1, NOW.plus_days(-10));
    let new = passport(&mut country);
    assert!(judge(&new, &store).is_err(), "not before the link is known");
    store.add_link(IcaoCertificate::from_der(&link).expect("a link")).expect("signed by the old authority");
    assert!(judge(&old, &store).is_ok());
    // Signed before the new signer's certificate: the made-up state dates documents a day after it was founded.
    country.founded = NOW.plus_days(-10);
    let new = passport(&mut country);
    assert!(judge(&new, &store).is_ok());
    let mut only_new = CscaStore::new();
    only_new.add_anchor(country.authority.read()).expect("the new authority itself");
    assert!(judge(&new, &only_new).is_ok());
}

#[test]
fn of_two_authorities_with_one_name_the_right_one_is_found() {
    let mut country = utopia(Signing::P256);
    let namesake = Country::found("UT", Signing::P256, NOW.plus_days(-400), "another seed");
    let mut store = namesake.store();
    store.add_anchor(country.authority.read()).expect("a second key of the same name");
    assert!(judge(&passport(&mut country), &store).is_ok());
}

#[test]
fn a_current_list_without_the_signer_is_told() {
    let mut country = utopia(Signing::P256);
    let other = country.certify(Signing::P256, country.signer_spec());
    for (days, expected) in [(-1, Revocation::Good), (-100, Revocation::GoodButStale)] {
        let list = country.revocation_list(&[&other], NOW.plus_days(days));
        let mut store = country.store();
        store.add_revocation_list(RevocationList::from_der(&list).expect("a list")).expect("of this authority");
        assert_eq!(judge(&passport(&mut country), &store).expect("genuine").revocation, expected);
    }
}

#[test]
fn what_was_not_read_is_told() {
    let mut country = utopia(Signing::P256);
    let mut document = country.document(&anna(ZoneFormat::Td3), JPEG, &[(15, vec![0x6f, 0]), (3, vec![0x63, 0])]);
    document.groups.remove(&3);
    document.groups.remove(&11);
    let verdict = judge(&document, &country.store()).expect("genuine");
    assert_eq!(verdict.not_read, [3, 11]);
    assert!(verdict.covers(15) && !verdict.covers(3) && !verdict.covers(14));
}
