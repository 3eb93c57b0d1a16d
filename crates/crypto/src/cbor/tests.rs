use proptest::prelude::*;

use super::{CborError, Item, Kind, Limits, Value, parse};

const LIMITS: Limits = Limits { bytes: 64, depth: 3, nodes: 16 };

#[track_caller]
fn refused(document: &[u8], expected: CborError) {
    assert_eq!(parse(document, &LIMITS).err(), Some(expected));
}

fn read(document: &[u8]) -> Item<'_> {
    parse(document, &LIMITS).expect("good CBOR")
}

#[test]
fn every_kind_is_read() {
    assert_eq!(read(b"\x18\x18").integer(), Some(24));
    assert_eq!(read(b"\x38\x63").integer(), Some(-100));
    assert_eq!(read(b"\x42ab").bytes(), Some(&b"ab"[..]));
    assert_eq!(read(b"\x62ab").text(), Some("ab"));
    assert_eq!(read(b"\x82\x01\x02").array().map(<[_]>::len), Some(2));
    assert_eq!(read(b"\xf5").bool(), Some(true));
    assert!(read(b"\xf6").is_null());
    assert_eq!(read(b"\xa1\x61a\x07").get("a").and_then(Item::integer), Some(7));
    assert_eq!(read(b"\xa1\x20\x07").at(-1).and_then(Item::integer), Some(7));
    assert_eq!(read(b"\xc0\x61a").tagged(0).and_then(Item::text), Some("a"));
    assert!(matches!(read(b"\xf7").kind(), Kind::Simple(23)));
    assert!(matches!(read(b"\xf8\xff").kind(), Kind::Simple(255)));
}

#[test]
fn the_ends_of_the_number_line_are_read() {
    let most = read(b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff");
    assert!(matches!(most.kind(), Kind::Integer(18_446_744_073_709_551_615)));
    assert_eq!(most.integer(), None);
    let least = read(b"\x3b\xff\xff\xff\xff\xff\xff\xff\xff");
    assert!(matches!(least.kind(), Kind::Integer(-18_446_744_073_709_551_616)));
    assert_eq!(read(b"\x3b\x7f\xff\xff\xff\xff\xff\xff\xff").integer(), Some(i64::MIN));
}

/// RFC 8949 appendix A.
#[test]
fn floating_point_numbers_of_all_widths_are_read() {
    let float = |document: &[u8]| if let Kind::Float(value) = read(document).kind() { *value } else { f64::NAN };
    assert_eq!(float(b"\xf9\x00\x00"), 0.0);
    assert_eq!(float(b"\xf9\x3c\x00"), 1.0);
    assert_eq!(float(b"\xf9\x7b\xff"), 65_504.0);
    assert_eq!(float(b"\xf9\x00\x01"), 5.960_464_477_539_063e-8);
    assert_eq!(float(b"\xf9\x04\x00"), 0.000_061_035_156_25);
    assert_eq!(float(b"\xf9\xc4\x00"), -4.0);
    assert_eq!(float(b"\xf9\xfc\x00"), f64::NEG_INFINITY);
    assert!(float(b"\xf9\x7e\x00").is_nan());
    assert_eq!(float(b"\xfa\x47\xc3\x50\x00"), 100_000.0);
    assert_eq!(float(b"\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a"), 1.1);
}

#[test]
fn an_item_knows_the_bytes_it_was_read_from() {
    let document = b"\x82\xd8\x18\x43\x82\x01\x02\x61a";
    let item = read(document);
    let [embedded, text] = item.array().expect("an array") else { panic!("two elements") };
    assert_eq!(item.raw(), document);
    assert_eq!(embedded.raw(), b"\xd8\x18\x43\x82\x01\x02");
    assert_eq!(embedded.encoded(), Some(&b"\x82\x01\x02"[..]));
    assert_eq!(text.raw(), b"\x61a");
    assert_eq!(text.encoded(), None);
}

#[test]
fn a_key_that_comes_twice_is_refused() {
    refused(b"\xa2\x61a\x01\x61a\x02", CborError::DuplicateKey);
    refused(b"\xa2\x01\x01\x01\x01", CborError::DuplicateKey);
    refused(b"\x81\xa3\x01\x01\x02\x01\x01\x02", CborError::DuplicateKey);
}

#[test]
fn keys_of_different_kinds_are_different() {
    assert!(parse(b"\xa3\x61a\x01\x41a\x02\x01\x03", &LIMITS).is_ok());
}

#[test]
fn keys_that_cannot_be_compared_are_refused() {
    refused(b"\xa1\x80\x01", CborError::Key);
    refused(b"\xa1\xf9\x3c\x00\x01", CborError::Key);
    refused(b"\xa1\xc0\x61a\x01", CborError::Key);
    refused(b"\xa1\xf6\x01", CborError::Key);
}

#[test]
fn indefinite_bytes_are_refused() {
    refused(b"\x5f\x41a\xff", CborError::Indefinite);
}

#[test]
fn indefinite_text_is_refused() {
    refused(b"\x7f\x61a\xff", CborError::Indefinite);
}

#[test]
fn an_indefinite_array_is_refused() {
    refused(b"\x9f\x01\xff", CborError::Indefinite);
}

#[test]
fn an_indefinite_map_is_refused() {
    refused(b"\xbf\x01\x01\xff", CborError::Indefinite);
}

#[test]
fn an_end_without_a_beginning_is_refused() {
    refused(b"\xff", CborError::Indefinite);
}

#[test]
fn numbers_that_are_written_too_long_are_refused() {
    refused(b"\x18\x17", CborError::NotShortest);
    refused(b"\x19\x00\xff", CborError::NotShortest);
    refused(b"\x1a\x00\x00\xff\xff", CborError::NotShortest);
    refused(b"\x1b\x00\x00\x00\x00\xff\xff\xff\xff", CborError::NotShortest);
    refused(b"\x38\x00", CborError::NotShortest);
}

#[test]
fn lengths_that_are_written_too_long_are_refused() {
    refused(b"\x58\x01a", CborError::NotShortest);
    refused(b"\x78\x01a", CborError::NotShortest);
    refused(b"\x98\x01\x01", CborError::NotShortest);
    refused(b"\xb8\x01\x01\x01", CborError::NotShortest);
    refused(b"\xd8\x00\x61a", CborError::NotShortest);
}

#[test]
fn reserved_encodings_are_refused() {
    refused(b"\x1c", CborError::Reserved);
    refused(b"\x5d", CborError::Reserved);
    refused(b"\xfc", CborError::Reserved);
    refused(b"\xf8\x14", CborError::Reserved);
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    refused(b"\x62\xc3\x28", CborError::Utf8);
}

#[test]
fn what_ends_early_is_refused() {
    for document in [&b""[..], b"\x19\x01", b"\x42a", b"\x82\x01", b"\xa1\x01", b"\xc0", b"\xf9\x00", b"\xf8"] {
        refused(document, CborError::CutOff);
    }
}

#[test]
fn something_after_the_item_is_refused() {
    refused(b"\x01\x01", CborError::Trailing);
}

#[test]
fn a_document_that_is_too_long_is_refused() {
    let document = [&[0x58, 63][..], &[0; 63]].concat();
    refused(&document, CborError::TooLong);
}

#[test]
fn deep_nesting_is_refused() {
    assert!(parse(b"\x81\x81\x81\x01", &LIMITS).is_ok());
    refused(b"\x81\x81\x81\x81\x01", CborError::TooDeep);
    refused(b"\xa1\x01\xa1\x01\xa1\x01\xa1\x01\x01", CborError::TooDeep);
    refused(b"\xc1\xc1\xc1\xc1\x01", CborError::TooDeep);
}

#[test]
fn a_megabyte_of_nesting_is_refused_without_a_stack_to_match() {
    let limits = Limits { bytes: 1 << 20, depth: 32, nodes: 1 << 20 };
    assert_eq!(parse(&vec![0x81; 1 << 20], &limits).err(), Some(CborError::TooDeep));
    assert_eq!(parse(&vec![0xc1; 1 << 20], &limits).err(), Some(CborError::TooDeep));
}

#[test]
fn too_many_items_are_refused() {
    let document = [&[0x90][..], &[0; 16]].concat();
    refused(&document, CborError::TooManyNodes);
}

/// An array or a map that claims to hold more than the document could.
#[test]
fn claims_larger_than_the_document_take_no_memory() {
    refused(b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff", CborError::CutOff);
    refused(b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff", CborError::CutOff);
    refused(b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff", CborError::CutOff);
    refused(b"\x9a\x00\x10\x00\x00\x01", CborError::CutOff);
}

/// RFC 8949 appendix A, as far as we write such things.
#[test]
fn values_take_their_shortest_form() {
    let written = |value: Value| value.to_bytes();
    for (value, expected) in [
        (Value::from(0), &b"\x00"[..]),
        (Value::from(23), b"\x17"),
        (Value::from(24), b"\x18\x18"),
        (Value::from(1000), b"\x19\x03\xe8"),
        (Value::from(1_000_000), b"\x1a\x00\x0f\x42\x40"),
        (Value::from(1_000_000_000_000), b"\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00"),
        (Value::from(-1), b"\x20"),
        (Value::from(-1000), b"\x39\x03\xe7"),
        (Value::from(i64::MIN), b"\x3b\x7f\xff\xff\xff\xff\xff\xff\xff"),
        (Value::Float(1.1), b"\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a"),
        (Value::from("\u{6c34}"), b"\x63\xe6\xb0\xb4"),
        (Value::embedded(b"\x64IETF".to_vec()), b"\xd8\x18\x45\x64IETF"),
        (
            Value::object([("a", 1.into()), ("b", Value::Array(vec![2.into(), 3.into()]))]),
            b"\xa2\x61a\x01\x61b\x82\x02\x03",
        ),
    ] {
        assert_eq!(written(value), expected);
    }
}

#[test]
fn nothing_prints_what_is_inside() {
    assert_eq!(format!("{:?}", read(b"\x62ab")), "Item(3 bytes)");
    assert_eq!(format!("{:?}", Value::from("ab")), "Value([redacted])");
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::Integer),
        any::<bool>().prop_map(Value::Bool),
        any::<String>().prop_map(Value::Text),
        proptest::collection::vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
        Just(Value::Null),
        any::<u32>().prop_map(|number| Value::Float(f64::from(number))),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        let list = proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::Array);
        let map = proptest::collection::btree_map(any::<i64>(), inner.clone(), 0..8).prop_map(Value::labels);
        prop_oneof![list, map, (any::<u64>(), inner).prop_map(|(tag, inner)| Value::Tag(tag, Box::new(inner)))]
    })
}

fn rebuilt(item: &Item<'_>) -> Value {
    match item.kind() {
        Kind::Integer(number) => Value::Integer(i64::try_from(*number).expect("written from such a number")),
        Kind::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        Kind::Text(text) => Value::Text((*text).to_owned()),
        Kind::Array(items) => Value::Array(items.iter().map(rebuilt).collect()),
        Kind::Map(members) => Value::Map(members.iter().map(|(key, value)| (rebuilt(key), rebuilt(value))).collect()),
        Kind::Tag(tag, inner) => Value::Tag(*tag, Box::new(rebuilt(inner))),
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Null => Value::Null,
        Kind::Float(number) => Value::Float(*number),
        Kind::Simple(_) => panic!("never written"),
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(value in values()) {
        let bytes = value.to_bytes();
        let limits = Limits { bytes: 1 << 20, depth: 16, nodes: 10_000 };
        let item = parse(&bytes, &limits).expect("our own encoding");
        prop_assert!(rebuilt(&item) == value);
        prop_assert_eq!(item.raw(), bytes.as_slice());
    }

    #[test]
    fn whatever_is_read_has_the_bytes_it_was_read_from(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(item) = parse(&bytes, &Limits::default()) {
            prop_assert_eq!(item.raw(), bytes.as_slice());
        }
    }
}
