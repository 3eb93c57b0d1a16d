//! Promises about secrets.

use super::{Fixture, MESSAGE, PLACE, Promise, flipped, is_refused, key, made};
use crate::VaultError;
use crate::vault::LONGEST_SECRET;

pub(super) const PROMISES: &[(&str, Promise)] = &[
    ("a_sealed_secret_opens", a_sealed_secret_opens),
    ("secrets_of_every_length_are_sealed", secrets_of_every_length_are_sealed),
    ("a_secret_that_is_too_long_is_refused", a_secret_that_is_too_long_is_refused),
    ("a_secret_under_another_label_is_refused", a_secret_under_another_label_is_refused),
    ("every_changed_bit_of_a_secret_is_refused", every_changed_bit_of_a_secret_is_refused),
    ("every_other_length_of_a_secret_is_refused", every_other_length_of_a_secret_is_refused),
    ("a_secret_of_another_vault_is_refused", a_secret_of_another_vault_is_refused),
    ("equal_secrets_look_different", equal_secrets_look_different),
    ("a_secret_is_no_key_and_a_key_no_secret", a_secret_is_no_key_and_a_key_no_secret),
];

const LABEL: &str = "opaque server setup";

const SECRET: &[u8] = b"known to the server and to nobody else";

fn sealed(fixture: &Fixture) -> Vec<u8> {
    fixture.vault.seal(LABEL, SECRET).expect("sealed")
}

fn a_sealed_secret_opens(fixture: &Fixture) {
    let sealed = sealed(fixture);
    assert_eq!(fixture.vault.open(LABEL, &sealed).expect("opened").as_slice(), SECRET);
    assert!(!sealed.windows(8).any(|window| SECRET.windows(8).any(|part| part == window)), "it is not readable");
}

fn secrets_of_every_length_are_sealed(fixture: &Fixture) {
    for length in [0, 1, 4096, LONGEST_SECRET] {
        let secret = vec![7; length];
        let sealed = fixture.vault.seal(LABEL, &secret).expect("sealed");
        assert_eq!(fixture.vault.open(LABEL, &sealed).expect("opened").as_slice(), secret);
    }
}

fn a_secret_that_is_too_long_is_refused(fixture: &Fixture) {
    let secret = vec![7; LONGEST_SECRET + 1];
    assert_eq!(fixture.vault.seal(LABEL, &secret).err(), Some(VaultError::TooLong));
    let sealed = [sealed(fixture).as_slice(), &secret, &secret].concat();
    assert_eq!(fixture.vault.open(LABEL, &sealed).err(), Some(VaultError::Form));
}

fn a_secret_under_another_label_is_refused(fixture: &Fixture) {
    let sealed = sealed(fixture);
    for label in ["", "opaque server setup ", "another"] {
        assert_eq!(fixture.vault.open(label, &sealed).err(), Some(VaultError::Refused), "{label:?}");
    }
}

fn every_changed_bit_of_a_secret_is_refused(fixture: &Fixture) {
    for changed in flipped(&sealed(fixture)) {
        let refused = fixture.vault.open(LABEL, &changed).err();
        assert!(is_refused(refused), "{refused:?} of {changed:02x?}");
    }
}

fn every_other_length_of_a_secret_is_refused(fixture: &Fixture) {
    let whole = sealed(fixture);
    for length in 0..whole.len() {
        let refused = fixture.vault.open(LABEL, &whole[..length]).err();
        assert!(is_refused(refused), "{refused:?} at {length}");
    }
    let longer = [whole.as_slice(), &[0]].concat();
    assert_eq!(fixture.vault.open(LABEL, &longer).err(), Some(VaultError::Refused));
}

fn a_secret_of_another_vault_is_refused(fixture: &Fixture) {
    assert_eq!(fixture.other.open(LABEL, &sealed(fixture)).err(), Some(VaultError::Refused));
}

fn equal_secrets_look_different(fixture: &Fixture) {
    assert_ne!(sealed(fixture), sealed(fixture));
}

fn a_secret_is_no_key_and_a_key_no_secret(fixture: &Fixture) {
    let refused = fixture.vault.sign(&key(sealed(fixture)), &PLACE, MESSAGE).err();
    assert!(is_refused(refused), "{refused:?}");
    for label in ["", "key", LABEL] {
        let refused = fixture.vault.open(label, made(&*fixture.vault).wrapped.as_bytes()).err();
        assert!(is_refused(refused), "{refused:?}");
    }
}
