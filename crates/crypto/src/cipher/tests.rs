use mibun_vectors::from_hex;

use super::*;

fn hex(digits: &str) -> Vec<u8> {
    from_hex(digits).expect("hexadecimal")
}

/// NIST SP 800-38A, F.2: CBC with AES, first two blocks.
#[test]
fn the_published_cbc_of_aes() {
    let iv = hex("000102030405060708090a0b0c0d0e0f");
    let plaintext = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
    for (cipher, key, expected) in [
        (
            BlockCipher::Aes128,
            "2b7e151628aed2a6abf7158809cf4f3c",
            "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
        ),
        (
            BlockCipher::Aes192,
            "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
            "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a",
        ),
        (
            BlockCipher::Aes256,
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d",
        ),
    ] {
        let key = BlockKey::new(cipher, &hex(key)).expect("length");
        let encrypted = key.encrypt_cbc(&iv, &plaintext).expect("whole blocks");
        assert_eq!(encrypted, hex(expected), "{cipher:?}");
        assert_eq!(key.decrypt_cbc(&iv, &encrypted).expect("whole blocks").as_slice(), plaintext);
    }
}

/// NIST SP 800-38B appendix D, cut to eight bytes.
#[test]
fn the_published_cmac_of_aes() {
    let key = MacKey::new(BlockCipher::Aes128, &hex("2b7e151628aed2a6abf7158809cf4f3c")).expect("length");
    assert_eq!(key.tag(b"").as_slice(), hex("bb1d6929e9593728"));
    let message = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411");
    assert_eq!(key.tag(&message).as_slice(), hex("dfa66747de9ae630"));
    let key = MacKey::new(BlockCipher::Aes192, &hex("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b"));
    assert_eq!(key.expect("length").tag(b"").as_slice(), hex("d17ddf46adaacde5"));
    let key = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
    let key = MacKey::new(BlockCipher::Aes256, &hex(key)).expect("length");
    assert_eq!(key.tag(b"").as_slice(), hex("028962f61b7bf89e"));
    assert_eq!(key.verify(b"", &hex("028962f61b7bf89e")), Ok(()));
    assert_eq!(key.verify(b"", &hex("028962f61b7bf89f")), Err(CipherError::Tag));
    assert_eq!(key.verify_padded(b"", &hex("028962f61b7bf89e")), Err(CipherError::Tag));
}

#[test]
fn lengths_are_checked() {
    for cipher in [BlockCipher::TripleDes, BlockCipher::Aes128, BlockCipher::Aes192, BlockCipher::Aes256] {
        let bytes = vec![7; cipher.key_length()];
        assert_eq!(BlockKey::new(cipher, &bytes[1..]).map(|_| ()), Err(CipherError::KeyLength));
        assert_eq!(MacKey::new(cipher, &[bytes.clone(), vec![0]].concat()).map(|_| ()), Err(CipherError::KeyLength));
        let key = BlockKey::new(cipher, &bytes).expect("length");
        let block = vec![0; cipher.block_length()];
        assert_eq!(key.encrypt_cbc(&block, &block[1..]), Err(CipherError::BlockLength));
        assert_eq!(key.decrypt_cbc(&block, &block[1..]).map(|_| ()), Err(CipherError::BlockLength));
        assert_eq!(key.encrypt_cbc(&block[1..], &block), Err(CipherError::BlockLength));
        assert_eq!(key.encrypt_block(&block[1..]), Err(CipherError::BlockLength));
        assert_eq!(key.encrypt_block(&block).expect("a block").len(), block.len());
    }
}

#[test]
fn padding_that_is_not_ours_is_refused() {
    assert_eq!(unpad(&hex("1234800000000000"), 8), Ok(hex("1234").as_slice()));
    for padded in ["", "0000000000000000", "1234567890abcdef", "12348000000000", "12348000000000000000000000000000"] {
        assert_eq!(unpad(&hex(padded), 8), Err(CipherError::Padding), "{padded}");
    }
}

#[test]
fn keys_do_not_show_in_debug() {
    let key = BlockKey::new(BlockCipher::Aes128, &[0xab; 16]).expect("length");
    assert_eq!(format!("{key:?}"), "BlockKey(Aes128, [redacted])");
    let key = MacKey::new(BlockCipher::TripleDes, &[0xab; 16]).expect("length");
    assert_eq!(format!("{key:?}"), "MacKey(TripleDes, [redacted])");
}
