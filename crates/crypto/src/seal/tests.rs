use proptest::prelude::*;

use super::*;
use crate::entropy::SeededEntropy;

const PLACE: Context<'static> = Context { table: "person", row: b"42", column: "name", version: 1 };

fn key(seed: &str) -> SealingKey {
    SealingKey::generate(&mut SeededEntropy::new(seed))
}

fn sealed(plaintext: &[u8]) -> Vec<u8> {
    key("key").seal(plaintext, &PLACE, &mut SeededEntropy::new("nonce"))
}

#[test]
fn what_is_sealed_opens_in_its_place_alone() {
    let sealed = sealed("森 花子".as_bytes());
    assert_eq!(sealed.len(), "森 花子".len() + OVERHEAD);
    assert_eq!(key("key").open(&sealed, &PLACE).expect("opens").as_slice(), "森 花子".as_bytes());
    for elsewhere in [
        Context { table: "journey", ..PLACE },
        Context { row: b"43", ..PLACE },
        Context { column: "address", ..PLACE },
        Context { version: 2, ..PLACE },
        // The same letters with the border elsewhere.
        Context { table: "person4", row: b"2", ..PLACE },
        Context { row: b"42n", column: "ame", ..PLACE },
    ] {
        assert_eq!(key("key").open(&sealed, &elsewhere).err(), Some(SealError::Refused), "{elsewhere:?}");
    }
    assert_eq!(key("other").open(&sealed, &PLACE).err(), Some(SealError::Refused));
}

#[test]
fn equal_values_look_different() {
    let mut entropy = SeededEntropy::new("nonce");
    assert_ne!(key("key").seal(b"same", &PLACE, &mut entropy), key("key").seal(b"same", &PLACE, &mut entropy));
}

#[test]
fn short_and_foreign_values_are_refused() {
    let whole = sealed(b"");
    assert_eq!(key("key").open(&whole, &PLACE).expect("opens").len(), 0);
    for length in 0..whole.len() {
        assert_eq!(key("key").open(&whole[..length], &PLACE).err(), Some(SealError::Form), "{length} bytes");
    }
    let mut other_scheme = whole;
    other_scheme[0] = 2;
    assert_eq!(key("key").open(&other_scheme, &PLACE).err(), Some(SealError::Form));
}

#[test]
fn a_key_is_wrapped_and_unwrapped() {
    let (master, data) = (key("master"), key("data"));
    let wrapped = master.wrap(&data, &PLACE, &mut SeededEntropy::new("nonce"));
    assert_eq!(master.unwrap(&wrapped, &PLACE).expect("unwraps").expose(), data.expose());
    let elsewhere = Context { row: b"43", ..PLACE };
    assert_eq!(master.unwrap(&wrapped, &elsewhere).err(), Some(SealError::Refused));
    assert_eq!(key("other").unwrap(&wrapped, &PLACE).err(), Some(SealError::Refused));
}

#[test]
fn a_wrapped_key_and_a_sealed_value_are_never_taken_for_each_other() {
    let master = key("master");
    let mut entropy = SeededEntropy::new("nonce");
    let wrapped = master.wrap(&key("data"), &PLACE, &mut entropy);
    assert_eq!(master.open(&wrapped, &PLACE).err(), Some(SealError::Refused));
    let value = master.seal(&[7; 32], &PLACE, &mut entropy);
    assert_eq!(master.unwrap(&value, &PLACE).err(), Some(SealError::Refused));
}

#[test]
fn one_text_has_one_index_however_it_is_typed() {
    let key = IndexKey::generate(&mut SeededEntropy::new("index"));
    let index = key.blind_index("person.name", "Zoë");
    assert_eq!(key.blind_index("person.name", " Zoe\u{308}\n"), index, "NFC and trimmed");
    assert_ne!(key.blind_index("person.name", "zoë"), index, "case counts unless asked otherwise");
    assert_ne!(key.blind_index("person.number", "Zoë"), index, "domains are apart");
    let other = IndexKey::generate(&mut SeededEntropy::new("other"));
    assert_ne!(other.blind_index("person.name", "Zoë"), index);
    assert_ne!(key.blind_index("ab", "c"), key.blind_index("a", "bc"));
}

#[test]
fn case_is_ignored_where_asked() {
    let key = IndexKey::from_bytes(&[7; 32]);
    let index = |value| key.blind_index_ignoring_case("name", value);
    assert_eq!(index("ZOE\u{308}"), index("zoë"));
    assert_eq!(index("STRASSE"), index("straße"));
    assert_eq!(index("STRAẞE"), index("straße"));
    assert_eq!(index("ΣΊΣΥΦΟΣ"), index("σίσυφος"));
    assert_ne!(index("zoe"), index("zoë"));
}

#[test]
fn keys_do_not_print_themselves() {
    assert_eq!(
        format!("{:?} {:?}", key("key"), IndexKey::from_bytes(&[7; 32])),
        "SealingKey([redacted]) IndexKey([redacted])"
    );
}

proptest! {
    #[test]
    fn any_value_survives(plaintext: Vec<u8>, table: String, row: Vec<u8>, version: u32) {
        let place = Context { table: &table, row: &row, column: "c", version };
        let sealed = key("key").seal(&plaintext, &place, &mut SeededEntropy::new("nonce"));
        let opened = key("key").open(&sealed, &place).expect("opens");
        prop_assert_eq!(opened.as_slice(), plaintext);
    }

    #[test]
    fn any_flipped_bit_is_refused(plaintext in proptest::collection::vec(any::<u8>(), 0..40), flip: proptest::sample::Index) {
        let mut sealed = sealed(&plaintext);
        let bit = flip.index(sealed.len() * 8);
        sealed[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(key("key").open(&sealed, &PLACE).is_err());
    }
}
