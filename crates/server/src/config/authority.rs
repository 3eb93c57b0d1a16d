//! The authority that issues the cards.

use std::collections::BTreeMap;

use mibun_crypto::key::Algorithm;
use serde::{Deserialize, Serialize};

/// Who issues the cards.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Name shown to people, by language tag; `en` is required.
    pub name: BTreeMap<String, String>,
    /// ISO 3166-1 alpha-2 code of the issuing country.
    pub country: String,
    /// What cards are signed with, chosen once, at `mibun init`: `ES256`, as every reader knows, or `ES384`, `EdDSA` or
    /// `ML-DSA-65`, for those who have readers of their own.
    #[serde(default = "usual")]
    pub card_algorithm: Algorithm,
}

const fn usual() -> Algorithm {
    Algorithm::Es256
}
