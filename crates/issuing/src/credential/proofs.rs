//! The proofs of a credential request: which keys they prove, or attest, for one nonce.

use std::collections::HashSet;

use mibun_crypto::key::PublicKey;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;
use mibun_trust::attestation::key::{self, Carried, Expected, Level};
use serde_json::{Map, Value};

use super::{CredentialError, Terms};
use crate::proof;
use crate::standing::Vouched;

/// Whose word on keys counts, and what it has to say.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyAttestations<'a> {
    /// Roots of those who attest keys; without any, an attestation that comes is refused.
    pub anchors: &'a [Certificate],
    /// Whether every key has to be attested.
    pub required: bool,
    /// How keys have to be stored; empty for any way.
    pub key_storage: &'a [Level],
    /// How users have to be authenticated before a key signs; empty for any way.
    pub user_authentication: &'a [Level],
}

/// Proofs of one type, unchecked.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Proofs {
    /// Each signed by the key that it is for, or by one of the keys that are attested in its header.
    Jwt(Vec<String>),
    /// One attestation of all keys.
    Attestation(String),
}

/// What one proof proves.
struct Proven {
    keys: Vec<PublicKey>,
    nonce: String,
    /// The attestation that names all the keys.
    attestation: Option<String>,
    /// Its standing, which has to be looked up.
    vouched: Option<Vouched>,
}

/// What all proofs of a request prove.
pub(super) struct Attested {
    /// All different.
    pub(super) keys: Vec<PublicKey>,
    /// The one that all proofs carry.
    pub(super) nonce: String,
    /// Whose word on the keys has to be looked up, each once.
    pub(super) vouched: Vec<Vouched>,
}

/// One attestation may come with the proof of each key that it names: its keys count once.
fn once(mut proven: Vec<Proven>) -> Vec<Proven> {
    let mut seen = HashSet::new();
    for one in &mut proven {
        if one.attestation.as_ref().is_some_and(|attestation| !seen.insert(attestation.clone())) {
            one.keys.clear();
        }
    }
    proven
}

impl Proofs {
    pub(super) fn read(members: &Map<String, Value>) -> Result<Self, CredentialError> {
        let proofs = members.get("proofs").ok_or(CredentialError::MissingProofs)?;
        let proofs = proofs.as_object().ok_or(CredentialError::ProofsForm)?;
        let mut types = proofs.iter();
        let (Some((name, list)), None) = (types.next(), types.next()) else {
            return Err(if proofs.is_empty() { CredentialError::MissingProofs } else { CredentialError::ProofsForm });
        };
        if !["jwt", "attestation"].contains(&name.as_str()) {
            return Err(CredentialError::ProofType);
        }
        let list = list.as_array().ok_or(CredentialError::ProofsForm)?;
        let texts = list.iter().map(|proof| proof.as_str().map(str::to_owned).ok_or(CredentialError::ProofsForm));
        let mut texts: Vec<String> = texts.collect::<Result<_, _>>()?;
        match (name.as_str(), texts.len()) {
            (_, 0) => Err(CredentialError::MissingProofs),
            ("jwt", _) => Ok(Self::Jwt(texts)),
            (_, 1) => Ok(Self::Attestation(texts.remove(0))),
            // One attestation holds all keys (OpenID4VCI 1.0 appendix F.3).
            _ => Err(CredentialError::ProofsForm),
        }
    }

    pub(super) fn count(&self) -> usize {
        match self {
            Self::Jwt(proofs) => proofs.len(),
            Self::Attestation(_) => 1,
        }
    }

    /// What they prove together.
    pub(super) fn keys(&self, terms: &Terms<'_>, now: Timestamp) -> Result<Attested, CredentialError> {
        if self.count() > terms.batch_size {
            return Err(CredentialError::TooManyProofs);
        }
        let proven: Vec<Proven> = match self {
            Self::Jwt(proofs) => {
                let proofs = proofs.iter().enumerate();
                let proven = proofs.map(|(index, proof)| signed(index, proof, terms, now));
                once(proven.collect::<Result<_, _>>()?)
            }
            Self::Attestation(attestation) => vec![attested(attestation, terms, now)?],
        };
        let nonce = proven.first().ok_or(CredentialError::MissingProofs)?.nonce.clone();
        if proven.iter().any(|proven| proven.nonce != nonce) {
            return Err(CredentialError::DifferentNonces);
        }
        let mut vouched: Vec<Vouched> = Vec::new();
        for one in proven.iter().filter_map(|proven| proven.vouched.as_ref()) {
            if !vouched.contains(one) {
                vouched.push(one.clone());
            }
        }
        let keys: Vec<PublicKey> = proven.into_iter().flat_map(|proven| proven.keys).collect();
        let mut seen = HashSet::new();
        if !keys.iter().all(|key| seen.insert(key.thumbprint())) {
            return Err(CredentialError::RepeatedKey);
        }
        if keys.len() > terms.batch_size {
            return Err(CredentialError::TooManyProofs);
        }
        Ok(Attested { keys, nonce, vouched })
    }
}

/// The key that signed, or with an attestation in the header, all keys of that.
fn signed(index: usize, proof: &str, terms: &Terms<'_>, now: Timestamp) -> Result<Proven, CredentialError> {
    let at = |source| CredentialError::Proof { index, source };
    let proven = proof::verify(proof, terms.issuer, now).map_err(at)?;
    let Some(attestation) = proven.attestation else {
        if terms.attestations.required {
            return Err(CredentialError::MissingKeyAttestation);
        }
        return Ok(Proven { keys: vec![proven.key], nonce: proven.nonce, attestation: None, vouched: None });
    };
    let mut verified = verify(&attestation, Carried::InProof, terms, now)?;
    let vouched = vouched(&mut verified);
    if !verified.keys.contains(&proven.key) {
        return Err(CredentialError::UnattestedKey);
    }
    if verified.nonce.is_some_and(|nonce| nonce != proven.nonce) {
        return Err(CredentialError::DifferentNonces);
    }
    Ok(Proven { keys: verified.keys, nonce: proven.nonce, attestation: Some(attestation), vouched })
}

fn attested(attestation: &str, terms: &Terms<'_>, now: Timestamp) -> Result<Proven, CredentialError> {
    let mut verified = verify(attestation, Carried::AsProof, terms, now)?;
    let vouched = vouched(&mut verified);
    let nonce = verified.nonce.ok_or(CredentialError::MissingProofs)?;
    Ok(Proven { keys: verified.keys, nonce, attestation: None, vouched })
}

fn vouched(verified: &mut key::Verified) -> Option<Vouched> {
    let standing = verified.status.take()?;
    Some(Vouched { standing, anchor: verified.anchor.clone() })
}

fn verify(
    attestation: &str,
    carried: Carried,
    terms: &Terms<'_>,
    now: Timestamp,
) -> Result<key::Verified, CredentialError> {
    let KeyAttestations { anchors, key_storage, user_authentication, .. } = terms.attestations;
    let expected = Expected { anchors, carried, key_storage, user_authentication, now };
    Ok(key::verify(attestation, &expected)?)
}
