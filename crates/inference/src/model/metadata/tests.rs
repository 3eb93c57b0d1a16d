use super::metadata;

/// A model with a version number (field 1, a varint), a graph (field 7) and two entries.
fn model() -> Vec<u8> {
    let mut bytes = vec![0x08, 0x96, 0x01, 0x3a, 2, 0xff, 0xff];
    bytes.extend(*b"\x72\x06\x0a\x01a\x12\x01x");
    bytes.extend(*b"\x72\x08\x0a\x01b\x12\x03\xe4\xb8\xad");
    bytes
}

#[test]
fn an_entry_is_found_by_its_key() {
    assert_eq!(metadata(&model(), "a").as_deref(), Some("x"));
    assert_eq!(metadata(&model(), "b").as_deref(), Some("中"));
    assert_eq!(metadata(&model(), "c"), None);
}

#[test]
fn damaged_files_have_no_entries() {
    let whole = model();
    for end in 0..whole.len() {
        assert_eq!(metadata(&whole[..end], "b"), None, "cut off after {end} bytes");
    }
    assert_eq!(metadata(&[0xff; 64], "a"), None);
    assert_eq!(metadata(b"\x72\x7f\x0a\x01a", "a"), None);
}
