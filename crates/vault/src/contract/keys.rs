//! Promises about keys.

use std::thread;

use mibun_crypto::base64url;
use mibun_crypto::key::{Algorithm, PublicKey, SignError, Signer, SoftwareKey};
use mibun_crypto::seal::Context;

use super::{Fixture, MESSAGE, PLACE, Promise, flipped, is_refused, key, made};
use crate::{VaultError, VaultSigner};

pub(super) const PROMISES: &[(&str, Promise)] = &[
    ("a_signature_verifies_with_the_public_half", a_signature_verifies_with_the_public_half),
    ("messages_of_every_length_are_signed", messages_of_every_length_are_signed),
    ("a_key_outlives_its_storage", a_key_outlives_its_storage),
    ("keys_differ", keys_differ),
    ("a_key_in_another_place_is_refused", a_key_in_another_place_is_refused),
    ("every_changed_bit_is_refused", every_changed_bit_is_refused),
    ("every_other_length_is_refused", every_other_length_is_refused),
    ("a_key_of_another_vault_is_refused", a_key_of_another_vault_is_refused),
    ("parts_of_two_keys_are_refused", parts_of_two_keys_are_refused),
    ("a_refusal_hurts_nobody", a_refusal_hurts_nobody),
    ("the_private_number_is_nowhere_in_what_is_stored", the_private_number_is_nowhere_in_what_is_stored),
    ("eight_threads_sign_at_once", eight_threads_sign_at_once),
    ("eight_threads_make_keys_at_once", eight_threads_make_keys_at_once),
    ("a_wrapped_key_is_a_signer", a_wrapped_key_is_a_signer),
    ("the_vault_is_healthy", the_vault_is_healthy),
];

fn a_signature_verifies_with_the_public_half(fixture: &Fixture) {
    let made = made(&*fixture.vault);
    assert_eq!(made.public.algorithm(), Algorithm::Es256);
    let signature = fixture.vault.sign(&made.wrapped, &PLACE, MESSAGE).expect("signed");
    assert_eq!(signature.len(), 64);
    made.public.verify(MESSAGE, &signature).expect("it verifies");
    assert!(made.public.verify(b"something else", &signature).is_err());
}

fn messages_of_every_length_are_signed(fixture: &Fixture) {
    let made = made(&*fixture.vault);
    for length in [0, 1, 31, 32, 33, 64, 1 << 20] {
        let message = vec![7; length];
        let signature = fixture.vault.sign(&made.wrapped, &PLACE, &message).expect("signed");
        made.public.verify(&message, &signature).expect("it verifies");
    }
}

fn a_key_outlives_its_storage(fixture: &Fixture) {
    let made = made(&*fixture.vault);
    let read_back = key(made.wrapped.as_bytes());
    let signature = fixture.vault.sign(&read_back, &PLACE, MESSAGE).expect("signed");
    made.public.verify(MESSAGE, &signature).expect("it verifies");
}

fn keys_differ(fixture: &Fixture) {
    let (one, two) = (made(&*fixture.vault), made(&*fixture.vault));
    assert_ne!(one.public, two.public);
    assert_ne!(one.wrapped, two.wrapped);
    let signature = fixture.vault.sign(&one.wrapped, &PLACE, MESSAGE).expect("signed");
    assert!(two.public.verify(MESSAGE, &signature).is_err());
}

fn a_key_in_another_place_is_refused(fixture: &Fixture) {
    let made = made(&*fixture.vault);
    for elsewhere in [
        Context { table: "another", ..PLACE },
        Context { row: b"43", ..PLACE },
        Context { row: b"", ..PLACE },
        Context { column: "another", ..PLACE },
        Context { version: 2, ..PLACE },
        // The same letters with the border elsewhere.
        Context { table: "full card4", row: b"2", ..PLACE },
        Context { row: b"42k", column: "ey", ..PLACE },
    ] {
        let refused = fixture.vault.sign(&made.wrapped, &elsewhere, MESSAGE).err();
        assert_eq!(refused, Some(VaultError::Refused), "{elsewhere:?}");
    }
}

fn every_changed_bit_is_refused(fixture: &Fixture) {
    let made = made(&*fixture.vault);
    for changed in flipped(made.wrapped.as_bytes()) {
        let refused = fixture.vault.sign(&key(changed.as_slice()), &PLACE, MESSAGE).err();
        assert!(is_refused(refused), "{refused:?} of {changed:02x?}");
    }
}

fn every_other_length_is_refused(fixture: &Fixture) {
    let made = made(&*fixture.vault);
    let whole = made.wrapped.as_bytes();
    for length in 1..whole.len() {
        let refused = fixture.vault.sign(&key(&whole[..length]), &PLACE, MESSAGE).err();
        assert!(is_refused(refused), "{refused:?} at {length}");
    }
    let longer = [whole, &[0]].concat();
    assert_eq!(fixture.vault.sign(&key(longer), &PLACE, MESSAGE).err(), Some(VaultError::Refused));
}

fn a_key_of_another_vault_is_refused(fixture: &Fixture) {
    let made = made(&*fixture.other);
    assert!(fixture.other.sign(&made.wrapped, &PLACE, MESSAGE).is_ok());
    assert_eq!(fixture.vault.sign(&made.wrapped, &PLACE, MESSAGE).err(), Some(VaultError::Refused));
}

/// Whoever may write to the database cannot put a key together from two.
fn parts_of_two_keys_are_refused(fixture: &Fixture) {
    let (one, two) = (made(&*fixture.vault), made(&*fixture.vault));
    let (one, two) = (one.wrapped.as_bytes(), two.wrapped.as_bytes());
    for border in 2..one.len().min(two.len()) {
        let mixed = [&one[..border], &two[border..]].concat();
        if mixed != one && mixed != two {
            assert_eq!(fixture.vault.sign(&key(mixed), &PLACE, MESSAGE).err(), Some(VaultError::Refused));
        }
    }
}

fn a_refusal_hurts_nobody(fixture: &Fixture) {
    let made = made(&*fixture.vault);
    let elsewhere = Context { row: b"43", ..PLACE };
    for _ in 0..100 {
        assert!(fixture.vault.sign(&made.wrapped, &elsewhere, MESSAGE).is_err());
    }
    assert!(fixture.vault.sign(&made.wrapped, &PLACE, MESSAGE).is_ok());
}

/// Every run of 32 bytes, in both directions, is tried as the private number of the key.
fn the_private_number_is_nowhere_in_what_is_stored(fixture: &Fixture) {
    let known = SoftwareKey::generate(&mut mibun_crypto::entropy::SeededEntropy::new("known"));
    assert!(holds_private_number(&known.to_pkcs8_der(), known.public_key()), "a private number is found");
    let made = made(&*fixture.vault);
    let stored = made.wrapped.as_bytes();
    assert!(!holds_private_number(stored, &made.public));
    let reversed: Vec<u8> = stored.iter().rev().copied().collect();
    assert!(!holds_private_number(&reversed, &made.public));
}

fn holds_private_number(bytes: &[u8], public: &PublicKey) -> bool {
    bytes.windows(32).any(|window| {
        let mut jwk = public.to_jwk().to_value();
        jwk["d"] = base64url::encode(window).into();
        SoftwareKey::from_jwk(&jwk).is_ok()
    })
}

fn eight_threads_sign_at_once(fixture: &Fixture) {
    let keys: Vec<_> = (0..4).map(|_| made(&*fixture.vault)).collect();
    thread::scope(|threads| {
        for thread in 0_u8..8 {
            let (vault, keys) = (&*fixture.vault, &keys);
            threads.spawn(move || {
                for round in 0_u8..25 {
                    let key = &keys[usize::from(thread.wrapping_add(round)) % keys.len()];
                    let message = [thread, round];
                    let signature = vault.sign(&key.wrapped, &PLACE, &message).expect("signed");
                    key.public.verify(&message, &signature).expect("by this key, over this message");
                }
            });
        }
    });
}

fn eight_threads_make_keys_at_once(fixture: &Fixture) {
    let (sender, keys) = std::sync::mpsc::channel();
    thread::scope(|threads| {
        for row in 0_u8..8 {
            let (vault, sender) = (&*fixture.vault, sender.clone());
            threads.spawn(move || {
                let place = Context { row: &[row], ..PLACE };
                let made = vault.generate(&place).expect("a key is made");
                let signature = vault.sign(&made.wrapped, &place, MESSAGE).expect("signed");
                made.public.verify(MESSAGE, &signature).expect("it verifies");
                sender.send(made.public.as_bytes().to_vec()).expect("somebody listens");
            });
        }
    });
    drop(sender);
    let mut keys: Vec<Vec<u8>> = keys.iter().collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 8);
}

fn a_wrapped_key_is_a_signer(fixture: &Fixture) {
    let made = made(&*fixture.vault);
    let signer = VaultSigner::new(&*fixture.vault, &made.wrapped, PLACE, &made.public);
    assert_eq!(signer.algorithm(), Algorithm::Es256);
    signer.public_key().verify(MESSAGE, &signer.sign(MESSAGE).expect("signed")).expect("it verifies");
    assert_eq!(signer.failure(), None);
    let moved = VaultSigner::new(&*fixture.vault, &made.wrapped, Context { row: b"43", ..PLACE }, &made.public);
    assert_eq!(moved.sign(MESSAGE), Err(SignError));
    assert_eq!(moved.failure(), Some(VaultError::Refused));
}

fn the_vault_is_healthy(fixture: &Fixture) {
    assert_eq!(fixture.vault.health(), Ok(()));
    assert_eq!(fixture.vault.name(), fixture.other.name());
}
