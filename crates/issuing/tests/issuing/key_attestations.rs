//! Keys that somebody vouches for: as a proof of their own, and in the header of another.

use mibun_crypto::key::{PublicKey, Signer, SoftwareKey};
use mibun_crypto::x509::{AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};
use mibun_issuing::credential::CredentialError;
use mibun_issuing::error::Code;
use mibun_issuing::secret::Secret;
use mibun_trust::attestation::key::{KeyAttestation, KeyAttestationError, sign};
use serde_json::json;

use crate::desk::{BATCH, CONFIGURATION, Desk, NOW, Refused, Served};
use crate::wallet::{Draft, authorization, key};

/// Somebody who attests keys.
struct Attester {
    root: Certificate,
    leaf: Certificate,
    key: SoftwareKey,
}

impl Attester {
    fn new(name: &str) -> Self {
        let mut entropy = mibun_crypto::entropy::SeededEntropy::new(name);
        let subject = || Subject { common_name: name.to_owned(), organisation: None, country: None };
        let validity = Validity { not_before: NOW.plus_days(-1), not_after: NOW.plus_days(1) };
        let (root_key, key) = (key(&format!("{name} root")), key(&format!("{name} leaf")));
        let spec = AuthoritySpec { subject: subject(), validity, path_length: Some(1) };
        let root = issue_root(&spec, &root_key, &mut entropy).expect("a root");
        let spec = LeafSpec {
            subject: subject(),
            alternative_names: Vec::new(),
            purpose: Purpose::WalletProvider,
            validity,
            subject_key: key.public_key(),
        };
        let leaf = issue_leaf(&spec, &root, &root_key, &mut entropy).expect("a leaf");
        Self { root, leaf, key }
    }

    fn attests(&self, keys: &[PublicKey], nonce: Option<&str>) -> String {
        let attestation = KeyAttestation {
            keys,
            nonce,
            key_storage: &[],
            user_authentication: &[],
            status: None,
            issued_at: NOW,
            expires_at: Some(NOW.plus_seconds(600)),
        };
        sign(&attestation, &[self.leaf.der().to_vec()], &self.key).expect("signed")
    }
}

struct World {
    desk: Desk,
    token: Secret,
    nonce: String,
    attester: Attester,
}

fn keys(names: &[&str]) -> Vec<PublicKey> {
    names.iter().map(|name| key(name).public_key().clone()).collect()
}

impl World {
    fn new() -> Self {
        let (mut desk, token, nonce) = Desk::redeemed();
        let attester = Attester::new("attester");
        desk.attesters = vec![attester.root.clone()];
        Self { desk, token, nonce, attester }
    }

    fn ask(&mut self, proofs: &serde_json::Value) -> Result<Served, Refused> {
        let body = json!({ "credential_configuration_id": CONFIGURATION, "proofs": proofs }).to_string();
        self.desk.credential(Some(&authorization(&self.token)), &body)
    }

    fn refused(&mut self, proofs: &serde_json::Value) -> (CredentialError, Code) {
        let refused = self.ask(proofs).expect_err("it must be refused");
        assert!(self.desk.is_untouched());
        let code = refused.code();
        let Refused::Credential(refusal) = refused else { panic!("refused elsewhere: {refused:?}") };
        (refusal, code)
    }

    /// A proof by the key of this name with an attestation in its header.
    fn proof(&self, name: &str, attestation: &str) -> String {
        let key = key(name);
        let mut draft = Draft::new(&key, &self.nonce);
        draft.header.insert("key_attestation".to_owned(), attestation.into());
        draft.sign(&key)
    }
}

#[test]
fn an_attestation_alone_proves_all_its_keys() {
    let mut world = World::new();
    let attested = keys(&["a", "b", "c"]);
    let attestation = world.attester.attests(&attested, Some(&world.nonce));
    let served = world.ask(&json!({ "attestation": [attestation] })).expect("a good request");
    assert_eq!(served.accepted.keys, attested);
}

#[test]
fn one_proof_with_an_attestation_is_good_for_all_keys_in_it() {
    let mut world = World::new();
    let attested = keys(&["a", "b"]);
    let proof = world.proof("b", &world.attester.attests(&attested, Some(&world.nonce)));
    let served = world.ask(&json!({ "jwt": [proof] })).expect("a good request");
    assert_eq!(served.accepted.keys, attested);
}

#[test]
fn a_key_that_the_attestation_does_not_name() {
    let mut world = World::new();
    let proof = world.proof("c", &world.attester.attests(&keys(&["a", "b"]), None));
    let refusal = world.refused(&json!({ "jwt": [proof] }));
    assert_eq!(refusal, (CredentialError::UnattestedKey, Code::InvalidProof));
}

#[test]
fn where_attestations_are_demanded_a_bare_proof() {
    let mut world = World::new();
    world.desk.attested = true;
    let key = key("a");
    let proof = Draft::new(&key, &world.nonce).sign(&key);
    let refusal = world.refused(&json!({ "jwt": [proof] }));
    assert_eq!(refusal, (CredentialError::MissingKeyAttestation, Code::InvalidProof));
}

#[test]
fn an_attester_that_nobody_named() {
    let mut world = World::new();
    let attestation = Attester::new("stranger").attests(&keys(&["a"]), Some(&world.nonce));
    let (refusal, code) = world.refused(&json!({ "attestation": [attestation] }));
    assert!(matches!(refusal, CredentialError::KeyAttestation(KeyAttestationError::Signed(_))), "{refusal:?}");
    assert_eq!(code, Code::InvalidProof);
}

#[test]
fn an_attestation_with_a_changed_signature() {
    let mut world = World::new();
    let good = world.attester.attests(&keys(&["a"]), Some(&world.nonce));
    let other = world.attester.attests(&keys(&["b"]), Some(&world.nonce));
    let (signed, _) = good.rsplit_once('.').expect("a JWS");
    let (_, signature) = other.rsplit_once('.').expect("a JWS");
    let (refusal, code) = world.refused(&json!({ "attestation": [format!("{signed}.{signature}")] }));
    assert!(matches!(refusal, CredentialError::KeyAttestation(KeyAttestationError::Signed(_))), "{refusal:?}");
    assert_eq!(code, Code::InvalidProof);
}

#[test]
fn an_attestation_without_a_nonce_proves_nothing_now() {
    let mut world = World::new();
    let attestation = world.attester.attests(&keys(&["a"]), None);
    let refusal = world.refused(&json!({ "attestation": [attestation] }));
    let expected = CredentialError::KeyAttestation(KeyAttestationError::Claim("nonce"));
    assert_eq!(refusal, (expected, Code::InvalidProof));
}

#[test]
fn an_attestation_with_another_nonce_than_its_proof() {
    let mut world = World::new();
    let other = world.desk.nonce();
    let proof = world.proof("a", &world.attester.attests(&keys(&["a"]), Some(&other)));
    let refusal = world.refused(&json!({ "jwt": [proof] }));
    assert_eq!(refusal, (CredentialError::DifferentNonces, Code::InvalidProof));
}

#[test]
fn an_attestation_with_a_stale_nonce() {
    let mut world = World::new();
    let attestation = world.attester.attests(&keys(&["a"]), Some("stale"));
    assert_eq!(world.refused(&json!({ "attestation": [attestation] })).1, Code::InvalidNonce);
}

#[test]
fn two_attestations_where_one_holds_all_keys() {
    let mut world = World::new();
    let attestation = world.attester.attests(&keys(&["a"]), Some(&world.nonce));
    let refusal = world.refused(&json!({ "attestation": [attestation, attestation] }));
    assert_eq!(refusal, (CredentialError::ProofsForm, Code::InvalidProof));
}

#[test]
fn more_attested_keys_than_the_batch_size() {
    let mut world = World::new();
    let names: Vec<String> = (0..=BATCH).map(|at| format!("key {at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let attestation = world.attester.attests(&keys(&names), Some(&world.nonce));
    let refusal = world.refused(&json!({ "attestation": [attestation] }));
    assert_eq!(refusal, (CredentialError::TooManyProofs, Code::InvalidCredentialRequest));
}

#[test]
fn one_attestation_with_the_proof_of_each_key_counts_once() {
    let mut world = World::new();
    let attested = keys(&["a", "b"]);
    let attestation = world.attester.attests(&attested, Some(&world.nonce));
    let proofs = [world.proof("a", &attestation), world.proof("b", &attestation)];
    assert_eq!(world.ask(&json!({ "jwt": proofs })).expect("a good request").accepted.keys, attested);
}

#[test]
fn a_key_that_two_attestations_name() {
    let mut world = World::new();
    let (one, other) = (keys(&["a", "b"]), keys(&["b", "c"]));
    let one = world.proof("a", &world.attester.attests(&one, Some(&world.nonce)));
    let other = world.proof("c", &world.attester.attests(&other, Some(&world.nonce)));
    let refusal = world.refused(&json!({ "jwt": [one, other] }));
    assert_eq!(refusal, (CredentialError::RepeatedKey, Code::InvalidProof));
}
