use mibun_crypto::entropy::SeededEntropy;

use super::TxCodeKey;
use crate::secret::Secret;

#[test]
fn one_transaction_code_looks_different_for_every_offer_and_key() {
    let mut entropy = SeededEntropy::new("transaction codes");
    let (key, other_key) = (TxCodeKey::generate(&mut entropy), TxCodeKey::generate(&mut entropy));
    let (offer, other_offer) = (Secret::new("one offer").hash(), Secret::new("another offer").hash());
    let tx_code = Secret::new("123456");
    let hash = key.hash(&offer, &tx_code);
    assert!(hash.matches(&key.hash(&offer, &tx_code)));
    assert!(!hash.matches(&key.hash(&other_offer, &tx_code)));
    assert!(!hash.matches(&other_key.hash(&offer, &tx_code)));
    assert!(!hash.matches(&key.hash(&offer, &Secret::new("123457"))));
}
