mod refused;

use mibun_crypto::key::Signer;
use serde_json::{Value, json};

use super::*;
use crate::StatusReference;
use crate::testing::{NOW, Party, key, sign as sign_raw};

/// An attestation before it is signed, so that a test can spoil any part of it.
struct Case {
    attester: Party,
    anchors: Vec<Certificate>,
    header: Value,
    claims: Value,
    carried: Carried,
    key_storage: Vec<Level>,
    user_authentication: Vec<Level>,
}

impl Case {
    fn new() -> Self {
        Self::of(Party::new("attester", Purpose::WalletProvider))
    }

    fn of(attester: Party) -> Self {
        Self {
            anchors: attester.anchors().to_vec(),
            header: json!({ "typ": TYP, "x5c": attester.chain() }),
            claims: json!({
                "iat": NOW.0 - 60,
                "exp": NOW.0 + 3600,
                "nonce": "n-1",
                "attested_keys": [jwk("one"), jwk("two")],
                "key_storage": ["iso_18045_moderate"],
                "user_authentication": ["iso_18045_moderate", "https://authentication.example/own"],
            }),
            attester,
            carried: Carried::AsProof,
            key_storage: Vec::new(),
            user_authentication: Vec::new(),
        }
    }

    fn text(&self) -> String {
        sign_raw(&self.header, &self.claims, &self.attester.key)
    }

    fn expected(&self) -> Expected<'_> {
        let Self { anchors, carried, key_storage, user_authentication, .. } = self;
        Expected { anchors, carried: *carried, key_storage, user_authentication, now: NOW }
    }

    fn verify(&self) -> Result<Verified, KeyAttestationError> {
        verify(&self.text(), &self.expected())
    }
}

fn jwk(seed: &str) -> Value {
    key(seed).public_key().to_jwk().to_value()
}

fn without(object: &mut Value, member: &str) {
    object.as_object_mut().expect("an object").remove(member);
}

#[test]
fn a_key_attestation_is_accepted() {
    let verified = Case::new().verify().expect("accepted");
    assert_eq!(verified.keys, ["one", "two"].map(|seed| key(seed).public_key().clone()));
    assert_eq!(verified.nonce.as_deref(), Some("n-1"));
    assert_eq!(verified.key_storage, [Level::Moderate]);
    assert_eq!(verified.user_authentication, [Level::Moderate], "names that are not known are dropped");
    assert_eq!((verified.issued_at, verified.expires_at), (NOW.plus_seconds(-60), Some(NOW.plus_seconds(3600))));
}

#[test]
fn one_of_the_accepted_levels_is_enough() {
    let mut case = Case::new();
    case.key_storage = vec![Level::High, Level::Moderate];
    case.user_authentication = vec![Level::Moderate];
    assert!(case.verify().is_ok());
}

#[test]
fn an_attestation_as_proof_needs_no_end() {
    let mut case = Case::new();
    without(&mut case.claims, "exp");
    assert_eq!(case.verify().expect("accepted").expires_at, None);
}

#[test]
fn an_attestation_within_a_proof_needs_no_nonce() {
    let mut case = Case::new();
    case.carried = Carried::InProof;
    without(&mut case.claims, "nonce");
    assert_eq!(case.verify().expect("accepted").nonce, None);
}

#[test]
fn members_that_are_not_known_are_ignored() {
    let mut case = Case::new();
    case.claims["certification"] = "https://certificates.example/1".into();
    case.claims["x-sprinkled"] = json!([{}]);
    assert!(case.verify().is_ok());
}

#[test]
fn as_many_keys_as_allowed_are_accepted() {
    let mut case = Case::new();
    case.claims["attested_keys"] = (0..MAX_KEYS).map(|at| jwk(&at.to_string())).collect();
    assert_eq!(case.verify().expect("accepted").keys.len(), MAX_KEYS);
}

#[test]
fn what_is_signed_here_is_accepted() {
    let case = Case::new();
    let status = StatusReference { uri: "https://s.example/1".into(), index: 3 };
    let keys = [key("one").public_key().clone()];
    let attestation = KeyAttestation {
        keys: &keys,
        nonce: Some("n"),
        key_storage: &[Level::High],
        user_authentication: &Level::ALL,
        status: Some(&status),
        issued_at: NOW,
        expires_at: Some(NOW.plus_days(1)),
    };
    let text = sign(&attestation, &case.attester.x5c, &case.attester.key).expect("signed");
    let verified = verify(&text, &case.expected()).expect("accepted");
    assert_eq!(verified.keys, keys);
    assert_eq!(verified.key_storage, [Level::High]);
    assert_eq!(verified.user_authentication, Level::ALL);
    assert_eq!((verified.status, verified.nonce.as_deref()), (Some(Standing::Listed(status)), Some("n")));
}

#[test]
fn levels_are_read_by_the_names_they_are_written_with() {
    for level in Level::ALL {
        assert_eq!(level.to_string().parse(), Ok(level));
    }
    assert_eq!("iso_18045_strong".parse::<Level>(), Err(UnknownLevel));
}
