//! Wallets of other makers.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Whose wallets may ask for cards over the browser.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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
}
