//! States, people and documents that the tests share.

use std::collections::BTreeMap;

use mibun_chip::csca::CscaStore;
use mibun_chip::passive::{Files, PassiveError, PassivePolicy, PassiveVerdict, authenticate};
use mibun_chip::testing::country::{Country, Document, Person, Signing, ZoneFormat};
use mibun_crypto::time::Timestamp;

/// 2026-11-22T10:30:00Z.
pub const NOW: Timestamp = Timestamp(1_795_343_400);

/// Not an image that decodes, but one by its first bytes; nothing here decodes.
pub const JPEG: &[u8] =
    &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xff, 0xd9];

pub fn utopia(signing: Signing) -> Country {
    Country::found("UT", signing, NOW.plus_days(-400), "authenticity")
}

pub fn anna(format: ZoneFormat) -> Person {
    let date = |text: &str| text.parse().expect("a date");
    Person {
        format,
        issuing_state: "UTO".to_owned(),
        document_number: "L898902C3".to_owned(),
        nationality: "UTO".to_owned(),
        birth: date("1974-08-12"),
        sex: 'F',
        expiry: date("2033-04-15"),
        surname: "ERIKSSON".to_owned(),
        given_names: "ANNA MARIA".to_owned(),
        full_name: Some("ERIKSSON<<ANNA<MARIA".to_owned()),
    }
}

pub fn passport(country: &mut Country) -> Document {
    country.document(&anna(ZoneFormat::Td3), JPEG, &[])
}

pub fn judge(document: &Document, store: &CscaStore) -> Result<PassiveVerdict, PassiveError> {
    judge_files(&document.sod, &document.groups, store)
}

pub fn judge_files(
    sod: &[u8],
    groups: &BTreeMap<u8, Vec<u8>>,
    store: &CscaStore,
) -> Result<PassiveVerdict, PassiveError> {
    authenticate(Files { sod, groups }, store, PassivePolicy::default(), NOW)
}
