//! The one place where real randomness is drawn.

use mibun_crypto::entropy::Entropy;

/// Randomness of the operating system, by the cryptographic library's generator.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one source of real randomness")]
    fn fill(&mut self, out: &mut [u8]) {
        aws_lc_rs::rand::fill(out).expect("a machine without randomness must not make keys");
    }
}
