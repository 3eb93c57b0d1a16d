//! Randomness as an argument.

use zeroize::{Zeroize, Zeroizing};

use crate::{base64url, digest};

/// A source of bytes that nobody can predict.
///
/// The program hands in the generator of the operating system, tests hand in [`SeededEntropy`]. Filling cannot fail: a
/// source that has nothing to give must stop the program rather than let it go on with guessable secrets.
pub trait Entropy {
    /// Overwrites all of `out` with random bytes.
    fn fill(&mut self, out: &mut [u8]);

    /// A secret for use in addresses and messages: `length` random bytes as base64url text.
    fn token(&mut self, length: usize) -> String {
        let mut bytes = vec![0; length];
        self.fill(&mut bytes);
        let text = base64url::encode(&bytes);
        bytes.zeroize();
        text
    }

    /// A number in `0..bound`, each equally likely.
    ///
    /// # Panics
    /// When `bound` is zero, for there is no such number.
    fn below(&mut self, bound: u32) -> u32 {
        assert!(bound > 0, "there is no number below zero");
        // Draws past the last whole multiple of `bound` would make small results likelier: draw again.
        let last_fair = u32::MAX - (u32::MAX % bound + 1) % bound;
        loop {
            let mut bytes = [0; 4];
            self.fill(&mut bytes);
            let drawn = u32::from_be_bytes(bytes);
            if drawn <= last_fair {
                return drawn % bound;
            }
        }
    }

    /// A code of `count` decimal digits, leading zeros included.
    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }
}

impl dyn Entropy + '_ {
    /// An array of random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }
}

/// Draws from a source in large pieces, for work that needs many small ones: each call of a system's generator costs
/// about as much as the hash of a short text. Bytes are wiped as they are given out, and never given out twice.
pub struct Buffered<'a> {
    source: &'a mut dyn Entropy,
    block: Zeroizing<[u8; 1024]>,
    used: usize,
}

impl<'a> Buffered<'a> {
    /// A buffer over `source`; draws nothing yet.
    pub fn new(source: &'a mut dyn Entropy) -> Self {
        let block = Zeroizing::new([0; 1024]);
        Self { source, used: block.len(), block }
    }
}

impl Entropy for Buffered<'_> {
    fn fill(&mut self, out: &mut [u8]) {
        for piece in out.chunks_mut(self.block.len()) {
            if self.block.len() - self.used < piece.len() {
                self.source.fill(self.block.as_mut_slice());
                self.used = 0;
            }
            let drawn = &mut self.block[self.used..self.used + piece.len()];
            piece.copy_from_slice(drawn);
            drawn.zeroize();
            self.used += piece.len();
        }
    }
}

/// The same bytes for the same seed, for tests and reproducible demonstrations; **never** for real secrets.
///
/// Block `n` of the stream is SHA-256 over the seed's SHA-256 and `n` as eight big-endian bytes.
#[derive(Debug, Clone)]
pub struct SeededEntropy {
    seed: [u8; 32],
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl SeededEntropy {
    /// The stream that belongs to `seed`.
    pub fn new(seed: impl AsRef<[u8]>) -> Self {
        Self { seed: digest::sha256(seed.as_ref()), counter: 0, block: [0; 32], used: 32 }
    }

    fn next_byte(&mut self) -> u8 {
        if self.used == self.block.len() {
            let mut input = [0; 40];
            input[..32].copy_from_slice(&self.seed);
            input[32..].copy_from_slice(&self.counter.to_be_bytes());
            self.block = digest::sha256(&input);
            self.counter += 1;
            self.used = 0;
        }
        let byte = self.block[self.used];
        self.used += 1;
        byte
    }
}

impl Entropy for SeededEntropy {
    fn fill(&mut self, out: &mut [u8]) {
        out.fill_with(|| self.next_byte());
    }
}

#[cfg(test)]
mod tests;
