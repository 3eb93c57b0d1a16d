use proptest::prelude::*;

use super::*;
use crate::asn1::{self, Element, Oid, write, write_oid};
use crate::time::Timestamp;

fn name(tag: u8, country: &str, common: &str) -> IcaoName {
    let attribute = |oid: &str, tag, text: &str| {
        let oid = write_oid(Oid::new_unwrap(oid));
        write(asn1::SET, &[&write(asn1::SEQUENCE, &[&oid, &write(tag, &[text.as_bytes()])])])
    };
    let sets = [attribute("2.5.4.6", 0x13, country), attribute("2.5.4.3", tag, common)].concat();
    IcaoName::from_der(&write(asn1::SEQUENCE, &[&sets])).expect("a name")
}

#[test]
fn names_are_compared_by_what_they_say() {
    let ours = name(0x13, "UT", "Utopia  CSCA");
    assert_eq!(ours, name(0x0c, "ut", "UTOPIA csca"));
    assert_ne!(ours, name(0x0c, "UT", "Utopia CSCA 2"));
    assert_ne!(ours, name(0x0c, "UX", "Utopia CSCA"));
    assert_eq!(ours.country().as_deref(), Some("UT"));
    assert_eq!(name(0x0c, "UTO", "x").country(), None);
}

#[test]
fn times_are_read_to_the_second_in_utc() {
    let read = |tag, text: &str| read_time(&Element { tag, value: text.as_bytes(), whole: &[] }).ok();
    assert_eq!(read(asn1::UTC_TIME, "700101000000Z"), Some(Timestamp(0)));
    assert_eq!(read(asn1::UTC_TIME, "491231235959Z"), read(asn1::GENERALIZED_TIME, "20491231235959Z"));
    assert_eq!(read(asn1::UTC_TIME, "500101000000Z"), read(asn1::GENERALIZED_TIME, "19500101000000Z"));
    for wrong in ["700101000000", "7001010000Z", "701301000000Z", "700101240000Z", "70010100000aZ", "700101000000+0100"]
    {
        assert_eq!(read(asn1::UTC_TIME, wrong), None, "{wrong}");
    }
    assert_eq!(read(asn1::GENERALIZED_TIME, "20200101000000.5Z"), None);
}

#[test]
fn oversized_input_is_not_looked_at() {
    assert_eq!(IcaoCertificate::from_der(&vec![0x30; 16 * 1024 + 1]).err(), Some(IcaoError::TooLong));
    assert_eq!(RevocationList::from_der(&vec![0x30; 4 * 1024 * 1024 + 1]).err(), Some(IcaoError::TooLong));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = IcaoCertificate::from_der(&bytes);
        let _ = RevocationList::from_der(&bytes);
        let _ = IcaoName::from_der(&bytes);
        let _ = crate::signature::SignatureScheme::from_identifier(&bytes, None);
        let _ = crate::signature::VerifyingKey::from_spki_der(&bytes);
    }
}
