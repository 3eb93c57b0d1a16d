//! Noise that is the same for the same seed.

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast and reproducible; for pictures, never for secrets.
pub(super) struct Noise(u64);

impl Noise {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Bell-shaped around zero with a standard deviation of about one: the sum of four even numbers.
    pub(super) fn bell(&mut self) -> f32 {
        let bits = self.next();
        let sum: u64 = (0..4).map(|part| (bits >> (16 * part)) & 0xffff).sum();
        // Four numbers of 0..1 have the mean 2 and the variance 4/12.
        (sum as f32 / 65_535.0 - 2.0) * 3.0_f32.sqrt()
    }
}
