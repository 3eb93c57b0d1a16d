//! That whoever redeems a code is whoever asked for it (RFC 7636, method S256 alone).

use mibun_crypto::base64url;
use mibun_crypto::digest::{constant_time_eq, sha256};
use mibun_crypto::entropy::Entropy;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::secret::{Secret, SecretHash};

/// Shortest and longest `code_verifier` (RFC 7636 4.1).
const VERIFIER_LENGTH: std::ops::RangeInclusive<usize> = 43..=128;

/// A `code_challenge`: the digest of a verifier that only the client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Challenge(SecretHash);

/// Why a challenge is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChallengeError {
    /// `code_challenge` is missing.
    #[error("code_challenge is missing")]
    Missing,
    /// Another `code_challenge_method` than S256; `plain` is what one without a method means.
    #[error("code_challenge_method has to be S256")]
    Method,
    /// Not the base64url of 32 bytes.
    #[error("code_challenge is malformed")]
    Malformed,
}

impl Challenge {
    /// Reads the two parameters of an authorization request.
    ///
    /// # Errors
    /// [`ChallengeError`].
    pub fn parse(challenge: Option<&str>, method: Option<&str>) -> Result<Self, ChallengeError> {
        let challenge = challenge.ok_or(ChallengeError::Missing)?;
        if method != Some("S256") {
            return Err(ChallengeError::Method);
        }
        let bytes = base64url::decode(challenge).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(|bytes| Self(SecretHash::from_bytes(bytes))).ok_or(ChallengeError::Malformed)
    }

    /// Whether `verifier` is the one behind this challenge.
    pub fn is_met_by(&self, verifier: &Secret) -> bool {
        let text = verifier.expose();
        let letters = text.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"-._~".contains(&letter));
        letters
            && VERIFIER_LENGTH.contains(&text.len())
            && constant_time_eq(&sha256(text.as_bytes()), self.0.as_bytes())
    }

    /// The challenge as it is sent.
    pub fn as_text(&self) -> String {
        base64url::encode(self.0.as_bytes())
    }
}

/// A new verifier and its challenge.
pub fn draw(entropy: &mut dyn Entropy) -> (Secret, Challenge) {
    let verifier = Secret::new(entropy.token(32));
    let challenge = Challenge(SecretHash::of(verifier.expose()));
    (verifier, challenge)
}

#[cfg(test)]
mod tests;
