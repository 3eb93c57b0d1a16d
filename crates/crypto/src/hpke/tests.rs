use super::*;
use crate::entropy::SeededEntropy;
use crate::key::{Signer, SoftwareKey};

fn hex(text: &str) -> Vec<u8> {
    mibun_vectors::from_hex(text).expect("hexadecimal")
}

/// RFC 9180 appendix A.3.1, its first message.
const SENDER: &str = "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb";
const RECEIVER: &str = "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2";
const ENC: &str = "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4";
const CIPHERTEXT: &str = "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434";
const INFO: &[u8] = b"Ode on a Grecian Urn";
const ASSOCIATED: &[u8] = b"Count-0";
const PLAINTEXT: &[u8] = b"Beauty is truth, truth beauty";

/// Gives the sender's published private number.
struct Published;

impl Entropy for Published {
    fn fill(&mut self, out: &mut [u8]) {
        out.copy_from_slice(&hex(SENDER));
    }
}

fn receiver() -> EphemeralKey {
    EphemeralKey::from_bytes(&hex(RECEIVER)).expect("a private number")
}

fn opened(enc: &[u8], ciphertext: &[u8], info: &[u8], associated: &[u8]) -> Result<Vec<u8>, HpkeError> {
    open(enc, ciphertext, &receiver(), info, associated).map(|plaintext| plaintext.to_vec())
}

#[test]
fn the_published_message_is_opened() {
    assert_eq!(opened(&hex(ENC), &hex(CIPHERTEXT), INFO, ASSOCIATED).as_deref(), Ok(PLAINTEXT));
}

#[test]
fn the_published_message_is_made_again() {
    let sealed = seal(PLAINTEXT, &receiver().public_key(), INFO, ASSOCIATED, &mut Published).expect("sealed");
    assert_eq!(sealed.enc.as_slice(), hex(ENC));
    assert_eq!(sealed.ciphertext, hex(CIPHERTEXT));
}

#[test]
fn the_published_secret_is_agreed() {
    let (enc, key) = (hex(ENC), receiver());
    let secret = shared_secret(&key, &enc, &[&enc, key.point()].concat()).expect("a point");
    assert_eq!(secret.as_slice(), hex("c0d26aeab536609a572b07695d933b589dcf363ff9d93c93adea537aeabb8cb8"));
}

#[test]
fn other_info_is_refused() {
    assert_eq!(opened(&hex(ENC), &hex(CIPHERTEXT), b"another", ASSOCIATED), Err(HpkeError::Decryption));
}

#[test]
fn other_associated_data_is_refused() {
    assert_eq!(opened(&hex(ENC), &hex(CIPHERTEXT), INFO, b"Count-1"), Err(HpkeError::Decryption));
}

#[test]
fn a_changed_message_is_refused() {
    let good = hex(CIPHERTEXT);
    for bit in 0..8 * good.len() {
        let mut changed = good.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(opened(&hex(ENC), &changed, INFO, ASSOCIATED), Err(HpkeError::Decryption));
    }
}

#[test]
fn a_message_shorter_than_its_tag_is_refused() {
    assert_eq!(opened(&hex(ENC), &[0; 15], INFO, ASSOCIATED), Err(HpkeError::Decryption));
    assert_eq!(opened(&hex(ENC), &[], INFO, ASSOCIATED), Err(HpkeError::Decryption));
}

#[test]
fn an_encapsulated_key_that_is_no_point_is_refused() {
    let good = hex(ENC);
    assert_eq!(opened(&good[..64], &hex(CIPHERTEXT), INFO, ASSOCIATED), Err(HpkeError::PublicKey));
    assert_eq!(opened(&[], &hex(CIPHERTEXT), INFO, ASSOCIATED), Err(HpkeError::PublicKey));
    let mut off_curve = good.clone();
    off_curve[64] ^= 1;
    assert_eq!(opened(&off_curve, &hex(CIPHERTEXT), INFO, ASSOCIATED), Err(HpkeError::PublicKey));
    let mut compressed = good;
    compressed[0] = 2;
    assert_eq!(opened(&compressed, &hex(CIPHERTEXT), INFO, ASSOCIATED), Err(HpkeError::PublicKey));
}

#[test]
fn another_receiver_is_refused() {
    let other = EphemeralKey::generate(&mut SeededEntropy::new("other"));
    let found = open(&hex(ENC), &hex(CIPHERTEXT), &other, INFO, ASSOCIATED).err();
    assert_eq!(found, Some(HpkeError::Decryption));
}

#[test]
fn a_key_of_another_curve_is_refused() {
    let key = SoftwareKey::generate_for(Algorithm::Es384, &mut SeededEntropy::new("key"));
    let found = seal(PLAINTEXT, key.public_key(), INFO, &[], &mut SeededEntropy::new("seal"));
    assert_eq!(found, Err(HpkeError::PublicKey));
}

#[test]
fn an_empty_message_survives() {
    let sealed = seal(&[], &receiver().public_key(), &[], &[], &mut SeededEntropy::new("seal")).expect("sealed");
    assert_eq!(opened(&sealed.enc, &sealed.ciphertext, &[], &[]), Ok(Vec::new()));
}
