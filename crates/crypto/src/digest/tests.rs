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
fn derived_keys_are_those_of_rfc_5869() {
    let (salt, info) =
        (from_hex("000102030405060708090a0b0c").expect("hex"), from_hex("f0f1f2f3f4f5f6f7f8f9").expect("hex"));
    let okm = from_hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf").expect("hex");
    assert_eq!(hkdf_sha256(&[0x0b; 22], &salt, &info).as_slice(), okm);
}

#[test]
fn equality_is_of_all_bytes() {
    assert!(constant_time_eq(b"same", b"same"));
    assert!(!constant_time_eq(b"same", b"sama"));
    assert!(!constant_time_eq(b"same", b"same\0"));
}

#[test]
fn the_published_hashes_of_abc_in_the_other_lengths() {
    let hex = |text: &str| from_hex(text).expect("hex");
    assert_eq!(sha1(b"abc").as_slice(), hex("a9993e364706816aba3e25717850c26c9cd0d89d"));
    assert_eq!(sha224(b"abc").as_slice(), hex("23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"));
    let long = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
    assert_eq!(sha512(b"abc").as_slice(), hex(long));
}

#[test]
fn a_chosen_hash_is_the_one_of_its_name() {
    assert_eq!(Hash::Sha1.digest(&[b"a", b"bc"]), sha1(b"abc"));
    assert_eq!(Hash::Sha224.digest(&[b"abc"]), sha224(b"abc"));
    assert_eq!(Hash::Sha256.digest(&[b"abc", b""]), sha256(b"abc"));
    assert_eq!(Hash::Sha384.digest(&[b"abc"]), sha384(b"abc"));
    assert_eq!(Hash::Sha512.digest(&[b"abc"]), sha512(b"abc"));
    for hash in Hash::ALL {
        assert_eq!(hash.digest(&[]).len(), hash.length());
        assert_eq!(Hash::from_oid(hash.oid().as_bytes()), Some(hash));
    }
}
