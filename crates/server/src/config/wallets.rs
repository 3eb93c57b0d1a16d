//! Wallets of other makers.

use std::path::PathBuf;

use mibun_proofing::attempts::{AttemptPolicy, Rung};
use serde::{Deserialize, Serialize};

/// Whose wallets may ask for cards over the browser.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wallets {
    /// PEM files with the roots of those who attest wallets and keys, beside this authority itself.
    pub attesters: Vec<PathBuf>,
    /// Whether the keys of cards have to be attested. Wallets in a browser cannot, nor can ours.
    pub key_attestations: bool,
    /// How such keys have to be stored: `iso_18045_high`, `_moderate`, `_enhanced-basic`, `_basic`; empty for any way.
    pub key_storage: Vec<String>,
    /// How their users have to be authenticated, in the same terms.
    pub user_authentication: Vec<String>,
    /// Answers on the page for wallets of other makers, per address, as a ladder of windows; a house may have one address.
    pub attempts: AttemptPolicy,
}

impl Default for Wallets {
    fn default() -> Self {
        let rung = |seconds, most| Rung { seconds, most };
        Self {
            attesters: Vec::new(),
            key_attestations: false,
            key_storage: Vec::new(),
            user_authentication: Vec::new(),
            attempts: AttemptPolicy { per_record: Vec::new(), per_source: vec![rung(3_600, 120), rung(86_400, 1_000)] },
        }
    }
}
