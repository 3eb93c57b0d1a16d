use super::*;
use crate::entropy::SeededEntropy;

fn stored(password: &str) -> String {
    hash(password, &mut SeededEntropy::new("password"))
}

#[test]
fn only_the_same_password_is_accepted() {
    let stored = stored("correct horse 電池");
    assert_eq!(verify("correct horse 電池", &stored), Ok(()));
    for other in ["", "correct horse 電", "correct horse 電池 ", "Correct horse 電池"] {
        assert_eq!(verify(other, &stored), Err(PasswordError::Wrong), "{other:?}");
    }
}

#[test]
fn the_hash_names_its_costs_and_is_salted() {
    let mut entropy = SeededEntropy::new("salt");
    let (one, two) = (hash("same", &mut entropy), hash("same", &mut entropy));
    assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
    assert_ne!(one, two);
    assert!(!one.contains("same"));
}

#[test]
fn a_stored_text_that_is_no_sensible_hash_is_our_fault() {
    let good = stored("x");
    let broken = [
        String::new(),
        "x".to_owned(),
        good.replace("argon2id", "argon2i"),
        good.replace("argon2id", "scrypt"),
        good.replace("m=19456", "m=4194304"),
        good.replace("t=2", "t=4000000000"),
        good.rsplit_once('$').map(|(head, _)| head.to_owned()).unwrap_or_default(),
        "$argon2id$v=19$m=19456,t=2,p=1".to_owned(),
    ];
    for text in broken {
        assert_eq!(verify("x", &text), Err(PasswordError::StoredHash), "{text}");
    }
}

#[test]
fn a_key_belongs_to_its_passphrase_and_salt() {
    let key = derive_key("correct horse", &[1; 16]);
    assert_eq!(key.expose(), derive_key("correct horse", &[1; 16]).expose());
    assert_ne!(key.expose(), derive_key("correct horse", &[2; 16]).expose());
    assert_ne!(key.expose(), derive_key("correct house", &[1; 16]).expose());
}
