//! Which signature algorithms a reader accepts: a value that the reader brings, so that no message can choose.
//!
//! HAIP 1.0 section 7 makes ES256 the algorithm that everybody has to know, and it is the one that is accepted unless a
//! reader says otherwise. An issuer opts into another by the key it signs with, behind the same [`Signer`]; its cards are
//! then good only where readers have opted in as well.
//!
//! [`Signer`]: crate::key::Signer

use std::fmt;

use crate::key::Algorithm;

/// A set of algorithms. Its default is [`Accepted::HAIP`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Accepted(u8);

impl Accepted {
    /// ES256 and nothing else (HAIP 1.0 section 7).
    pub const HAIP: Self = Self::NONE.and(Algorithm::Es256);
    /// ES256 and ES384: what RFC 7518 and RFC 9053 have on the curves of NIST.
    pub const ECDSA: Self = Self::HAIP.and(Algorithm::Es384);
    /// ES256, ES384 and EdDSA: for statements whose standard leaves the algorithm open.
    pub const CLASSICAL: Self = Self::ECDSA.and(Algorithm::EdDsa);

    const NONE: Self = Self(0);

    /// The same and `algorithm`: `Accepted::HAIP.and(Algorithm::MlDsa65)` opts into the experimental profile.
    #[must_use]
    pub const fn and(self, algorithm: Algorithm) -> Self {
        Self(self.0 | bit(algorithm))
    }

    /// What either accepts.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `algorithm` is accepted.
    pub const fn allows(self, algorithm: Algorithm) -> bool {
        self.0 & bit(algorithm) != 0
    }

    /// The algorithms, the usual one first.
    pub fn algorithms(self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.into_iter().filter(move |algorithm| self.allows(*algorithm))
    }
}

const fn bit(algorithm: Algorithm) -> u8 {
    match algorithm {
        Algorithm::Es256 => 1,
        Algorithm::Es384 => 2,
        Algorithm::EdDsa => 4,
        Algorithm::MlDsa65 => 8,
    }
}

impl Default for Accepted {
    fn default() -> Self {
        Self::HAIP
    }
}

impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.algorithms()).finish()
    }
}

#[cfg(test)]
mod tests;
