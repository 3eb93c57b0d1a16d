//! Whatever comes, nothing panics.

use std::collections::BTreeMap;

use mibun_chip::csca::CscaStore;
use mibun_chip::lds::com::Com;
use mibun_chip::lds::face::Picture;
use mibun_chip::lds::mrz::Mrz;
use mibun_chip::lds::optional::{DocumentDetails, PersonalDetails};
use mibun_chip::lds::{read_dg1, read_dg15};
use mibun_chip::master_list::MasterList;
use mibun_chip::sod::Sod;
use mibun_chip::testing::country::{Document, Signing};
use mibun_chip::tlv::encode;
use mibun_chip::{active, testing::country::Country};
use proptest::prelude::*;

use crate::world::{NOW, judge_files, passport, utopia};

fn everything(bytes: &[u8]) {
    let _ = Com::parse(bytes);
    let _ = Picture::from_dg2(bytes);
    let _ = Picture::from_record(bytes);
    let _ = Mrz::parse(bytes);
    let _ = PersonalDetails::from_dg11(bytes);
    let _ = DocumentDetails::from_dg12(bytes);
    let _ = read_dg1(bytes);
    let _ = read_dg15(bytes);
    let _ = Sod::parse(bytes);
    let _ = MasterList::read(bytes, &CscaStore::new(), NOW);
    let _ = active::verify(bytes, Some(bytes), &[0; 8], bytes);
    let _ = judge_files(bytes, &BTreeMap::from([(1, bytes.to_vec()), (2, bytes.to_vec())]), &CscaStore::new());
}

/// A whole document once, for changes that reach deep.
fn genuine() -> &'static (Country, Document) {
    static DOCUMENT: std::sync::OnceLock<(Country, Document)> = std::sync::OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let mut country = utopia(Signing::P256);
        let document = passport(&mut country);
        (country, document)
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        everything(&bytes);
    }

    #[test]
    fn arbitrary_bytes_in_the_right_frame(
        tag in prop::sample::select(vec![0x60_u32, 0x61, 0x75, 0x6b, 0x6c, 0x6e, 0x6f, 0x77]),
        inner in prop::sample::select(vec![0x5f1f_u32, 0x7f61, 0x5c, 0x30, 0x5f01]),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        everything(&encode(tag, &bytes));
        everything(&encode(tag, &encode(inner, &bytes)));
    }

    #[test]
    fn face_records_with_arbitrary_lengths(bytes in prop::collection::vec(any::<u8>(), 0..120), own in any::<bool>()) {
        let mut record = [b"FAC\x00010\x00".as_slice(), &bytes].concat();
        if own && record.len() >= 12 {
            let length = u32::try_from(record.len()).expect("short");
            record[8..12].copy_from_slice(&length.to_be_bytes());
        }
        everything(&record);
    }

    #[test]
    fn zones_of_arbitrary_characters(zone in "[A-Z0-9<]{72}|[A-Z0-9<]{88}|[A-Z0-9<]{90}") {
        everything(zone.as_bytes());
    }

    #[test]
    fn genuine_files_cut_and_changed(
        at in any::<prop::sample::Index>(),
        with in prop::collection::vec(any::<u8>(), 0..8),
        cut in 0_usize..8,
    ) {
        let (_, document) = genuine();
        for file in document.groups.values().chain([&document.sod, &document.com]) {
            let at = at.index(file.len());
            let rest = &file[(at + cut).min(file.len())..];
            everything(&[&file[..at], &with, rest].concat());
        }
    }
}
