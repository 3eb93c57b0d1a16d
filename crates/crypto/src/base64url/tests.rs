use proptest::prelude::*;

use super::*;

#[test]
fn only_one_spelling_is_read() {
    assert_eq!(decode("_-8"), Ok(vec![0xff, 0xef]));
    assert_eq!(decode("_-9"), Err(Base64Error::NotCanonical));
    assert_eq!(decode("_-8="), Err(Base64Error::Padding));
    assert_eq!(decode("/+8"), Err(Base64Error::Letter(0)));
    assert_eq!(decode("_-8\n"), Err(Base64Error::Letter(3)));
    assert_eq!(decode("A"), Err(Base64Error::Length));
}

#[test]
fn the_ordinary_alphabet_is_padded() {
    assert_eq!(decode_standard("/+8="), Ok(vec![0xff, 0xef]));
    assert_eq!(decode_standard("/+8"), Err(Base64Error::Padding));
    assert!(decode_standard("_-8=").is_err());
}

proptest! {
    #[test]
    fn bytes_survive(bytes: Vec<u8>) {
        prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes.clone()));
        prop_assert_eq!(decode_standard(&encode_standard(&bytes)), Ok(bytes));
    }

    #[test]
    fn what_is_read_is_spelt_the_same_again(text in "[A-Za-z0-9_-]{0,12}") {
        if let Ok(bytes) = decode(&text) {
            prop_assert_eq!(encode(&bytes), text);
        }
    }
}
