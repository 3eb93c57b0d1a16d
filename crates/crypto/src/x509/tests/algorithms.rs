//! Which algorithms certificates may be of: the usual ones unless the reader says more, and ML-DSA (RFC 9881) only then.

use super::*;
use crate::policy::Accepted;

fn key_for(algorithm: Algorithm, seed: &str) -> SoftwareKey {
    SoftwareKey::generate_for(algorithm, &mut SeededEntropy::new(seed))
}

/// The chain of a leaf with a key of `leaf`, below a root of `root`, and that root.
fn chain_of(root: Algorithm, leaf_algorithm: Algorithm) -> (Vec<Vec<u8>>, Certificate) {
    let (root_key, leaf_key) = (key_for(root, "root"), key_for(leaf_algorithm, "leaf"));
    let mut entropy = SeededEntropy::new("chain");
    let root = issue_root(&authority("Root", None), &root_key, &mut entropy).expect("a root");
    let spec = leaf(leaf_key.public_key(), Purpose::DocumentSigner);
    let leaf = issue_leaf(&spec, &root, &root_key, &mut entropy).expect("a leaf");
    (vec![leaf.der().to_vec()], root)
}

fn verdict((x5c, root): &(Vec<Vec<u8>>, Certificate), besides: Accepted) -> Option<ChainError> {
    let anchors = std::slice::from_ref(root);
    chain::verify_accepting(x5c, anchors, NOW, Purpose::DocumentSigner, besides).err()
}

#[test]
fn the_usual_algorithms_are_accepted_in_every_place() {
    let usual = [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa];
    for root in usual {
        for leaf in usual {
            assert_eq!(verdict(&chain_of(root, leaf), Accepted::HAIP), None, "{leaf} below {root}");
        }
    }
}

#[test]
fn a_leaf_with_a_key_of_ml_dsa_is_refused_unless_it_is_named() {
    let chain = chain_of(Algorithm::Es256, Algorithm::MlDsa65);
    assert_eq!(verdict(&chain, Accepted::CLASSICAL), Some(ChainError::Algorithm(0)));
    let (x5c, root) = &chain;
    let plain = chain::verify(x5c, std::slice::from_ref(root), NOW, Purpose::DocumentSigner);
    assert_eq!(plain.err(), Some(ChainError::Algorithm(0)));
    assert_eq!(verdict(&chain, Accepted::HAIP.and(Algorithm::MlDsa65)), None);
}

#[test]
fn an_authority_of_ml_dsa_vouches_only_where_it_is_named() {
    for leaf in [Algorithm::Es256, Algorithm::MlDsa65] {
        let chain = chain_of(Algorithm::MlDsa65, leaf);
        assert_eq!(verdict(&chain, Accepted::CLASSICAL), Some(ChainError::Algorithm(0)), "{leaf}");
        assert_eq!(verdict(&chain, Accepted::HAIP.and(Algorithm::MlDsa65)), None, "{leaf}");
    }
}

#[test]
fn an_authority_of_ml_dsa_in_between_is_refused_by_its_place() {
    let root = Authority::root("Root", None);
    let (middle_key, leaf_key) = (key_for(Algorithm::MlDsa65, "middle"), key("leaf"));
    let mut entropy = SeededEntropy::new("middle");
    let spec = authority("Middle", None);
    let middle = issue_intermediate(&spec, middle_key.public_key(), &root.certificate, &root.key, &mut entropy);
    let middle = middle.expect("an authority");
    let spec = leaf(leaf_key.public_key(), Purpose::DocumentSigner);
    let leaf = issue_leaf(&spec, &middle, &middle_key, &mut entropy).expect("a leaf");
    let chain = (vec![leaf.der().to_vec(), middle.der().to_vec()], root.certificate);
    assert_eq!(verdict(&chain, Accepted::HAIP.and(Algorithm::MlDsa65)), None);
    assert_eq!(verdict(&chain, Accepted::HAIP), Some(ChainError::Algorithm(0)));
    let above_only = (vec![chain.0[1].clone()], chain.1);
    assert_eq!(verdict(&above_only, Accepted::HAIP), Some(ChainError::Algorithm(0)));
}

#[test]
fn a_certificate_of_ml_dsa_is_read_as_it_was_written() {
    let (x5c, root) = chain_of(Algorithm::MlDsa65, Algorithm::MlDsa65);
    let read = Certificate::from_der(&x5c[0]).expect("our own");
    assert_eq!(read.public_key(), key_for(Algorithm::MlDsa65, "leaf").public_key());
    assert_eq!(Certificate::from_pem(&read.to_pem()), Ok(read));
    assert!(root.is_self_signed());
    // `id-ml-dsa-65` of RFC 9881, as the algorithm of the signature (twice) and of the key.
    let oid = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12";
    assert_eq!(x5c[0].windows(oid.len()).filter(|window| window == oid).count(), 3);
}

#[test]
fn a_changed_certificate_of_ml_dsa_is_refused() {
    let (mut x5c, root) = chain_of(Algorithm::MlDsa65, Algorithm::Es256);
    let last = x5c[0].len() - 1;
    x5c[0][last] ^= 1;
    let named = Accepted::HAIP.and(Algorithm::MlDsa65);
    assert_eq!(verdict(&(x5c, root), named), Some(ChainError::Signature(0)));
}
