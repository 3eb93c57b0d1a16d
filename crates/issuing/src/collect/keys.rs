//! Proving the keys that cards will be bound to: which of the issuer's ways is taken, and the proofs.

use std::sync::Arc;

use mibun_crypto::jws::JwsSignError;
use mibun_crypto::key::{PublicKey, SignError, Signer};
use mibun_crypto::time::Timestamp;

use super::{KeysAt, Settings};
use crate::credential::ProofsToSend;
use crate::metadata::{Configuration, ProofType};
use crate::proof;

const ES256: &str = "ES256";

/// How the keys are proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofWay {
    /// Each signs a proof.
    Signed,
    /// Each signs a proof, which carries the provider's attestation of all of them.
    SignedAndAttested,
    /// The provider's attestation is the proof.
    Attested,
}

impl ProofWay {
    pub const fn needs_attestation(self) -> bool {
        matches!(self, Self::SignedAndAttested | Self::Attested)
    }
}

/// The easiest way that the issuer takes and this wallet can go; nothing where there is none.
pub fn way(configuration: &Configuration, settings: &Settings) -> Option<ProofWay> {
    let (methods, proofs, wanted): (_, _, &[&str]) = match configuration {
        Configuration::SdJwtVc(card) => {
            (&card.cryptographic_binding_methods_supported, &card.proof_types_supported, &["jwk"])
        }
        Configuration::Mdoc(card) => {
            (&card.cryptographic_binding_methods_supported, &card.proof_types_supported, &["cose_key", "jwk"])
        }
    };
    if !methods.iter().any(|method| wanted.contains(&method.as_str())) {
        return None;
    }
    let spoken = |name: &str| proofs.get(name).filter(|proof| speaks(proof));
    let attests = settings.instance.as_ref().is_some_and(|instance| instance.attests_keys);
    let attests = attests && settings.keys == KeysAt::Holder;
    match (spoken("jwt"), spoken("attestation")) {
        (Some(signed), _) if signed.key_attestations_required.is_none() => Some(ProofWay::Signed),
        (_, Some(_)) if attests => Some(ProofWay::Attested),
        (Some(_), _) if attests => Some(ProofWay::SignedAndAttested),
        _ => None,
    }
}

fn speaks(proof: &ProofType) -> bool {
    proof.proof_signing_alg_values_supported.iter().any(|algorithm| algorithm == ES256)
}

/// The proofs, for the issuer `issuer`.
pub fn proofs(
    keys: &[Arc<dyn Signer>],
    (issuer, nonce): (&str, Option<&str>),
    attestation: Option<(ProofWay, String)>,
    now: Timestamp,
) -> Result<ProofsToSend, JwsSignError> {
    let carried = match attestation {
        Some((ProofWay::Attested, attestation)) => return Ok(ProofsToSend::Attestation(attestation)),
        Some((_, attestation)) => Some(attestation),
        None => None,
    };
    let sign = |key: &Arc<dyn Signer>| proof::sign_attested(&**key, issuer, nonce, carried.as_deref(), now);
    Ok(ProofsToSend::Signed(keys.iter().map(sign).collect::<Result<_, _>>()?))
}

/// A key that is elsewhere: it is known, and does not sign here.
pub struct Absent(pub PublicKey);

impl Signer for Absent {
    fn public_key(&self) -> &PublicKey {
        &self.0
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignError> {
        Err(SignError)
    }
}
