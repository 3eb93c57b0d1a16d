use proptest::prelude::*;

use super::*;

#[test]
fn reads_tags_of_one_two_and_three_bytes() {
    let bytes = [&[0x61, 0x01, 0xaa][..], &[0x5f, 0x1f, 0x00], &[0x7f, 0x81, 0x02, 0x01, 0xbb]].concat();
    let mut reader = Reader::new(&bytes);
    let mut tags = Vec::new();
    while let Some(found) = reader.next().expect("well-formed") {
        tags.push((found.tag, found.value.to_vec()));
    }
    assert_eq!(tags, [(0x61, vec![0xaa]), (0x5f1f, vec![]), (0x7f8102, vec![0xbb])]);
    assert_eq!(reader.finish(), Ok(()));
}

#[test]
fn reads_lengths_of_one_to_four_bytes() {
    for (header, length) in [
        (&[0x61, 0x7f][..], 0x7f),
        (&[0x61, 0x81, 0x80], 0x80),
        (&[0x61, 0x82, 0x01, 0x00], 0x100),
        (&[0x61, 0x83, 0x01, 0x00, 0x00], 0x1_0000),
        // More bytes than needed.
        (&[0x61, 0x82, 0x00, 0x05], 5),
    ] {
        let expected = Header { tag: 0x61, header_length: header.len(), value_length: length };
        assert_eq!(Header::read(header), Ok(expected));
    }
}

#[test]
fn refuses_malformed_tags() {
    for bytes in [&[0x00, 0x00][..], &[0xff, 0x00], &[0x5f, 0x80, 0x00], &[0x5f, 0x81, 0x81, 0x01, 0x00]] {
        assert_eq!(Tlv::parse(bytes), Err(TlvError::Tag), "{bytes:x?}");
    }
}

#[test]
fn refuses_indefinite_and_huge_lengths() {
    for bytes in [&[0x61, 0x80, 0x00, 0x00][..], &[0x61, 0x84, 0x00, 0x00, 0x00, 0x00], &[0x61, 0xff]] {
        assert_eq!(Tlv::parse(bytes), Err(TlvError::Length), "{bytes:x?}");
    }
}

#[test]
fn refuses_what_ends_early() {
    let whole = encode(0x5f1f, &[7; 300]);
    for end in 0..whole.len() {
        assert_eq!(Tlv::parse(&whole[..end]), Err(TlvError::Truncated), "{end}");
    }
}

#[test]
fn names_what_is_missing_and_what_is_too_much() {
    assert_eq!(Reader::new(&[]).expect(0x5c), Err(TlvError::Missing(0x5c)));
    assert_eq!(Reader::new(&[0x61, 0]).expect(0x5c), Err(TlvError::Unexpected { expected: 0x5c, found: 0x61 }));
    assert_eq!(Tlv::parse(&[0x61, 0, 0x90]), Err(TlvError::Trailing));
    assert_eq!(Tlv::parse_tagged(&[0x61, 0], 0x60), Err(TlvError::Unexpected { expected: 0x60, found: 0x61 }));
}

#[test]
fn an_optional_object_of_another_tag_stays() {
    let mut reader = Reader::new(&[0x61, 0x01, 0x05]);
    assert_eq!(reader.optional(0x60), Ok(None));
    assert_eq!(reader.optional(0x61).expect("well-formed").map(|found| found.value), Some(&[5][..]));
    assert!(reader.is_empty());
}

proptest! {
    #[test]
    fn reads_what_it_writes(tag in prop::sample::select(vec![0x61_u32, 0x87, 0x5f1f, 0x7f49, 0x7f8102]),
                            length in prop::sample::select(vec![0_usize, 1, 127, 128, 255, 256, 65_535, 65_536])) {
        let value = vec![0x5a; length];
        let encoded = encode(tag, &value);
        let found = Tlv::parse(&encoded).expect("own writing");
        prop_assert_eq!((found.tag, found.value, found.encoded), (tag, &value[..], &encoded[..]));
    }

    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let mut reader = Reader::new(&bytes);
        while let Ok(Some(found)) = reader.next() {
            prop_assert!(found.encoded.len() <= bytes.len());
        }
    }
}
