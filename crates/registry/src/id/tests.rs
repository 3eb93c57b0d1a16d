use mibun_crypto::entropy::SeededEntropy;

use super::*;

#[test]
fn an_identifier_survives_its_own_text() {
    let id = PersonId::generate(&mut SeededEntropy::new(b"identifiers"));
    assert_eq!(id.to_string().parse(), Ok(id));
    assert_eq!(id.to_string().len(), 32);
}

#[test]
fn only_one_spelling_is_an_identifier() {
    for text in ["", "00", "0g000000000000000000000000000000", "AB000000000000000000000000000000"] {
        assert_eq!(text.parse::<CardId>(), Err(IdError), "{text:?}");
    }
}
