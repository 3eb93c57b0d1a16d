use super::com::Com;
use super::face::Picture;
use super::optional::{DocumentDetails, PersonalDetails};
use super::*;
use crate::tlv::encode;

#[test]
fn numbers_and_tags_of_data_groups_go_together() {
    for group in 1..=16 {
        let tag = tag_of(group).expect("a group");
        assert_eq!(group_of(tag), Some(group));
    }
    assert_eq!((tag_of(0), tag_of(17), group_of(0x60), group_of(0x77)), (None, None, None, None));
}

#[test]
fn dates_are_packed_or_spelled() {
    let day = "1974-08-12".parse().ok();
    assert_eq!(date(b"19740812"), Ok(day));
    assert_eq!(date(&[0x19, 0x74, 0x08, 0x12]), Ok(day));
    assert_eq!(date(b"19740000"), Ok(None));
    assert_eq!(date(b"1974081x"), Err(LdsError::Date));
    assert_eq!(date(&[0x1a, 0x74, 0x08, 0x12]), Err(LdsError::Date));
    assert_eq!(date(b"740812"), Err(LdsError::Date));
}

#[test]
fn other_names_lie_in_a_template() {
    let names = [encode(0x02, &[2]), encode(0x5f0f, b"A<<B"), encode(0x5f0f, "Müller".as_bytes())].concat();
    let file = encode(0x6b, &[encode(0x5c, &[0xa0]), encode(0xa0, &names)].concat());
    let details = PersonalDetails::from_dg11(&file).expect("details");
    let names: Vec<&str> = details.other_names.iter().map(|name| name.primary.as_str()).collect();
    assert_eq!(names, ["A", "Müller"]);
}

#[test]
fn the_issuing_is_told_in_either_alphabet() {
    let fields = [
        encode(0x5c, &[0x5f, 0x19, 0x5f, 0x26]),
        encode(0x5f19, &[0x4d, 0xfc, 0x6e, 0x63, 0x68, 0x65, 0x6e]),
        encode(0x5f26, &[0x20, 0x26, 0x11, 0x22]),
    ];
    let details = DocumentDetails::from_dg12(&encode(0x6c, &fields.concat())).expect("details");
    assert_eq!(details.issuing_authority.as_deref(), Some("München"));
    assert_eq!(details.date_of_issue, "2026-11-22".parse().ok());
}

#[test]
fn nothing_is_missing_twice_or_too_long() {
    let long = vec![0; MAX_BYTES + 1];
    assert_eq!(read_dg1(&long).err(), Some(LdsError::TooLong));
    assert_eq!(Com::parse(&long).err(), Some(LdsError::TooLong));
    assert_eq!(PersonalDetails::from_dg11(&long).err(), Some(LdsError::TooLong));
    assert_eq!(Picture::from_dg2(&vec![0; face::MAX_BYTES + 1]).err(), Some(LdsError::TooLong));
    let twice = encode(0x61, &[encode(0x5f1f, b""), encode(0x5f1f, b"")].concat());
    assert_eq!(read_dg1(&twice).err(), Some(LdsError::Tlv(TlvError::Trailing)));
    let unknown = [encode(0x5f01, b"0107"), encode(0x5f36, b"040000"), encode(0x5c, &[0x61, 0x10])].concat();
    assert_eq!(Com::parse(&encode(0x60, &unknown)).err(), Some(LdsError::UnknownGroup(0x10)));
    let version = [encode(0x5f01, b"01x7"), encode(0x5f36, b"040000"), encode(0x5c, &[0x61])].concat();
    assert_eq!(Com::parse(&encode(0x60, &version)).err(), Some(LdsError::Version));
}

#[test]
fn both_face_standards_give_the_image() {
    let jpeg = [0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];
    let stream = [0xff, 0x4f, 0xff, 0x51, 9];
    for (image, kind) in [(&jpeg[..], face::PictureKind::Jpeg), (&stream, face::PictureKind::Jpeg2000)] {
        let two_d = [encode(0x80, image), encode(0xa1, &encode(0xa0, &encode(0x80, &[1])))].concat();
        let representation = [encode(0x80, &[0]), encode(0xa1, &encode(0xa0, &encode(0xa0, &two_d)))].concat();
        let version = encode(0xa0, &[encode(0x80, &[3]), encode(0x81, &[7, 0xe3])].concat());
        let block = encode(0x65, &[version, encode(0xa1, &encode(0x30, &representation))].concat());
        for record in [block.clone(), encode(0xa1, &block)] {
            let dg2 = |tag| {
                let template = encode(0x7f60, &[encode(0xa1, &[0x81, 1, 2]), encode(tag, &record)].concat());
                encode(0x75, &encode(0x7f61, &[encode(0x02, &[1]), template].concat()))
            };
            for tag in [0x5f2e, 0x7f2e] {
                let picture = Picture::from_dg2(&dg2(tag)).expect("a face");
                assert_eq!((picture.kind, picture.bytes.as_slice()), (kind, image));
            }
        }
    }
    let none = encode(0x75, &encode(0x7f61, &encode(0x02, &[0])));
    assert_eq!(Picture::from_dg2(&none).err(), Some(LdsError::NoPicture));
    assert_eq!(Picture::from_record(b"FAC\x00010\x00").err(), Some(LdsError::FaceRecord));
}

#[test]
fn personal_data_does_not_print() {
    let zone = b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    let printed = format!("{:?}", Mrz::parse(zone).expect("a zone"));
    assert!(!printed.contains("ERIKSSON") && !printed.contains("L898902C3"), "{printed}");
}
