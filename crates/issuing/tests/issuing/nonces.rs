//! Nonces that nobody stores: ours, of now, and nobody else's.

use std::collections::HashSet;

use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_issuing::nonce::{LIFETIME, NonceError, NonceKey};
use proptest::prelude::*;

use crate::desk::NOW;

fn key() -> NonceKey {
    NonceKey::from_bytes([1; 32])
}

fn nonce() -> String {
    key().issue(NOW, &mut SeededEntropy::new("nonces"))
}

#[test]
fn fresh_until_the_second_before_its_end() {
    let fresh = key().check(&nonce(), NOW.plus_seconds(LIFETIME - 1)).expect("one second is left");
    assert_eq!(fresh.expires_at, NOW.plus_seconds(LIFETIME));
}

#[test]
fn expired_at_its_end() {
    assert_eq!(key().check(&nonce(), NOW.plus_seconds(LIFETIME)), Err(NonceError::Expired));
}

#[test]
fn of_another_key() {
    assert_eq!(NonceKey::from_bytes([2; 32]).check(&nonce(), NOW), Err(NonceError::Foreign));
}

#[test]
fn with_a_later_end_written_in() {
    let mut bytes = base64url::decode(&nonce()).expect("a nonce is base64url");
    bytes[6] = bytes[6].wrapping_add(1);
    assert_eq!(key().check(&base64url::encode(&bytes), NOW), Err(NonceError::Foreign));
}

#[test]
fn cut_short() {
    let nonce = nonce();
    assert_eq!(key().check(&nonce[..nonce.len() - 1], NOW), Err(NonceError::Foreign));
}

#[test]
fn with_something_behind_it() {
    assert_eq!(key().check(&format!("{}AAAA", nonce()), NOW), Err(NonceError::Foreign));
}

#[test]
fn empty() {
    assert_eq!(key().check("", NOW), Err(NonceError::Foreign));
}

#[test]
fn no_two_are_the_same() {
    let mut entropy = SeededEntropy::new("many nonces");
    let ids: HashSet<_> =
        (0..1000).map(|_| key().check(&key().issue(NOW, &mut entropy), NOW).expect("a fresh nonce").id).collect();
    assert_eq!(ids.len(), 1000);
}

proptest! {
    #[test]
    fn one_changed_byte_makes_it_foreign(at in 0_usize..56, change in 1_u8..=255) {
        let mut bytes = base64url::decode(&nonce()).expect("a nonce is base64url");
        bytes[at] ^= change;
        prop_assert_eq!(key().check(&base64url::encode(&bytes), NOW), Err(NonceError::Foreign));
    }

    #[test]
    fn any_text_is_foreign(text in ".{0,120}") {
        prop_assert_eq!(key().check(&text, NOW), Err(NonceError::Foreign));
    }
}
