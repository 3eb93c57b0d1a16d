//! Chips of physical documents: what is believed of them, and how long and how often a reading may run.

use mibun_proofing::attempts::{AttemptPolicy, Rung};
use serde::{Deserialize, Serialize};

/// Chips of physical documents.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Chip {
    /// Whether a chip is taken that cannot show that it is no copy. Many older documents cannot; such evidence makes no
    /// full card by itself.
    pub copyable: bool,
    /// Whether documents are believed that their state signed with SHA-1, before about 2010.
    pub allow_sha1: bool,
    /// Seconds for one answer of the chip.
    pub response_seconds: u64,
    /// Seconds for a whole reading.
    pub reading_seconds: u64,
    /// Readings at the same time on one node.
    pub relays: usize,
    /// Minutes that a code for a terminal is good.
    pub pairing_minutes: u32,
    /// Readings per journey and per address, as ladders of windows.
    pub attempts: AttemptPolicy,
}

impl Default for Chip {
    fn default() -> Self {
        let rung = |seconds, most| Rung { seconds, most };
        Self {
            copyable: false,
            allow_sha1: false,
            response_seconds: 10,
            reading_seconds: 120,
            relays: 64,
            pairing_minutes: 5,
            // A document slips on the reader more often than a face fails; a terminal reads for everybody at a counter.
            attempts: AttemptPolicy {
                per_record: vec![rung(600, 8), rung(86_400, 24)],
                per_source: vec![rung(3_600, 120), rung(86_400, 1_000)],
            },
        }
    }
}
