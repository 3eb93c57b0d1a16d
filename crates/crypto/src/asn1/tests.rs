use super::*;

#[test]
fn what_is_written_is_read_again() {
    for length in [0, 1, 127, 128, 255, 256, 65_536] {
        let content = vec![7; length];
        let written = write(OCTET_STRING, &[&content]);
        let read = Element::read(&written, OCTET_STRING).expect("our own element");
        assert_eq!((read.value, read.whole), (content.as_slice(), written.as_slice()));
    }
}

#[test]
fn only_minimal_definite_lengths_are_read() {
    for bytes in [
        &[0x30, 0x80, 0, 0][..],
        &[0x04, 0x81, 0x01, 7],
        &[0x04, 0x82, 0x00, 0x80],
        &[0x04, 0x85, 0, 0, 0, 0, 1, 7],
        &[0x04, 2, 7],
        &[0x04, 1, 7, 7],
        &[0x1f, 1, 7],
        &[0x04],
        &[],
    ] {
        assert_eq!(Element::read(bytes, bytes.first().copied().unwrap_or(0)).err(), Some(Asn1Error), "{bytes:02x?}");
    }
}

#[test]
fn integers_are_minimal_and_not_negative() {
    let unsigned = |value: &[u8]| Element { tag: INTEGER, value, whole: value }.unsigned().map(<[u8]>::to_vec);
    assert_eq!(unsigned(&[0]), Ok(vec![0]));
    assert_eq!(unsigned(&[0, 0x80]), Ok(vec![0x80]));
    assert_eq!(unsigned(&[0, 0x7f]), Err(Asn1Error));
    assert_eq!(unsigned(&[0x80]), Err(Asn1Error));
    assert_eq!(unsigned(&[]), Err(Asn1Error));
    for bytes in [&[0, 0, 0][..], &[0, 0x80], &[0x7f, 1]] {
        let written = write_unsigned(bytes);
        assert!(Element::read(&written, INTEGER).expect("an integer").unsigned().is_ok());
    }
}
