use mibun_vectors::from_hex;

use super::*;

#[test]
fn the_published_hashes_of_abc() {
    let short = from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").expect("hex");
    assert_eq!(sha256(b"abc").as_slice(), short);
    let long = "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7";
    assert_eq!(sha384(b"abc").as_slice(), from_hex(long).expect("hex"));
}

#[test]
fn parts_are_authenticated_as_one_message() {
    let whole = hmac_sha256(b"Jefe", &[b"what do ya want for nothing?"]);
    assert_eq!(hmac_sha256(b"Jefe", &[b"what do ya want ", b"", b"for nothing?"]), whole);
    let published = from_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843").expect("hex");
    assert_eq!(whole.as_slice(), published);
}

#[test]
fn equality_is_of_all_bytes() {
    assert!(constant_time_eq(b"same", b"same"));
    assert!(!constant_time_eq(b"same", b"sama"));
    assert!(!constant_time_eq(b"same", b"same\0"));
}

#[test]
fn the_published_sha1_of_abc() {
    assert_eq!(sha1(b"abc").as_slice(), from_hex("a9993e364706816aba3e25717850c26c9cd0d89d").expect("hex"));
}
