//! Blind indexes: finding a sealed value without opening every row.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::digest;
use crate::entropy::Entropy;

/// The key of blind indexes: equal values of one domain have equal indexes, and without the key nobody can compute one.
/// Wiped on drop.
#[derive(Clone, ZeroizeOnDrop)]
pub struct IndexKey([u8; 32]);

impl IndexKey {
    /// A new key.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut key = Self([0; 32]);
        entropy.fill(&mut key.0);
        key
    }

    /// The key of these bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(*bytes)
    }

    /// The key itself, for whoever stores it outside of the database.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The index of `value` among the values of `domain` (such as `person.number`).
    ///
    /// The value is trimmed and brought to Unicode form NFC first, so that one text has one index however it was typed.
    pub fn blind_index(&self, domain: &str, value: &str) -> [u8; 32] {
        let value: Zeroizing<String> = Zeroizing::new(value.trim().nfc().collect());
        self.index(domain, &value)
    }

    /// Like [`IndexKey::blind_index`], with upper and lower case the same: for names and codes that people type.
    pub fn blind_index_ignoring_case(&self, domain: &str, value: &str) -> [u8; 32] {
        // Lower, upper and lower again brings letters together that one mapping alone keeps apart, such as ß, ẞ and ss.
        let lower = Zeroizing::new(value.trim().to_lowercase());
        let upper = Zeroizing::new(lower.to_uppercase());
        let folded = Zeroizing::new(upper.to_lowercase());
        let folded: Zeroizing<String> = Zeroizing::new(folded.nfc().collect());
        self.index(domain, &folded)
    }

    fn index(&self, domain: &str, value: &str) -> [u8; 32] {
        // The length before the domain keeps ("ab", "c") and ("a", "bc") apart.
        let length = (domain.len() as u64).to_be_bytes();
        digest::hmac_sha256(&self.0, &[&length, domain.as_bytes(), value.as_bytes()])
    }
}

impl fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexKey([redacted])")
    }
}
