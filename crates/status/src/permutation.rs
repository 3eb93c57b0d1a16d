//! A keyed permutation of the entries of a list.
//!
//! Entries are leased in order, one row of the record per batch; where a copy's entry stands in the published list is
//! computed. Nobody without the key can tell from an index when it was taken or which others belong to the same card.

use mibun_crypto::digest::hmac_sha256;
use zeroize::Zeroizing;

/// Rounds of the Feistel network. Four make a strong pseudo-random permutation of independent round functions (Luby and
/// Rackoff); more make up for the small blocks.
const ROUNDS: u8 = 10;

/// A bijection of `0..size` onto itself.
#[derive(Clone)]
pub struct Permutation {
    key: Zeroizing<[u8; 32]>,
    size: u32,
    half_bits: u32,
}

impl Permutation {
    /// The permutation of `0..size` under `key`. A size of 0 is taken as 1.
    pub fn new(key: &[u8; 32], size: u32) -> Self {
        let size = size.max(1);
        let bits = u32::BITS - (size - 1).leading_zeros();
        Self { key: Zeroizing::new(*key), size, half_bits: bits.div_ceil(2).max(1) }
    }

    /// How many entries are permuted.
    pub const fn size(&self) -> u32 {
        self.size
    }

    /// Where `entry` stands. An entry beyond the size has no place and is taken modulo it; whoever hands out entries
    /// goes through [`crate::Lease`], which refuses them.
    pub fn apply(&self, entry: u32) -> u32 {
        self.walk(entry, |block| self.rounds(block))
    }

    /// Which entry stands at `position`: the inverse of [`Permutation::apply`].
    pub fn invert(&self, position: u32) -> u32 {
        self.walk(position, |block| self.rounds_back(block))
    }

    /// Steps through the network until the block lies inside the list: the network permutes the next even power of two,
    /// and cycle walking keeps that a permutation of the list (Black and Rogaway). At most four steps on average.
    fn walk(&self, from: u32, step: impl Fn(u64) -> u64) -> u32 {
        let mut block = u64::from(from % self.size);
        loop {
            block = step(block);
            if let Ok(inside) = u32::try_from(block)
                && inside < self.size
            {
                return inside;
            }
        }
    }

    fn rounds(&self, block: u64) -> u64 {
        let mask = (1_u64 << self.half_bits) - 1;
        let (mut left, mut right) = (block >> self.half_bits & mask, block & mask);
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ self.mix(round, right) & mask);
        }
        left << self.half_bits | right
    }

    fn rounds_back(&self, block: u64) -> u64 {
        let mask = (1_u64 << self.half_bits) - 1;
        let (mut left, mut right) = (block >> self.half_bits & mask, block & mask);
        for round in (0..ROUNDS).rev() {
            (left, right) = (right ^ self.mix(round, left) & mask, left);
        }
        left << self.half_bits | right
    }

    fn mix(&self, round: u8, half: u64) -> u64 {
        let digest =
            hmac_sha256(&*self.key, &[b"mibun entry", &[round], &self.size.to_be_bytes(), &half.to_be_bytes()]);
        digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

impl std::fmt::Debug for Permutation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Permutation([redacted], {})", self.size)
    }
}

#[cfg(test)]
mod tests;
