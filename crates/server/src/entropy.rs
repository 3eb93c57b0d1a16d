//! The one place where real randomness is drawn.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use mibun_crypto::entropy::Entropy;

/// Randomness of the operating system, by the cryptographic library's generator.
#[derive(Debug, Default)]
pub struct SystemEntropy(SystemRandom);

impl SystemEntropy {
    /// A generator; cheap to make, keeps no state of its own.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one source of real randomness")]
    fn fill(&mut self, out: &mut [u8]) {
        self.0.fill(out).expect("a machine without randomness must not go on issuing identities");
    }
}
