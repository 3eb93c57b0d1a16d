//! Resistance to attacks, in the terms of ISO/IEC 18045.

use std::fmt;
use std::str::FromStr;

/// Attack potential that a key's storage, or the authentication before its use, withstands (OpenID4VCI 1.0 appendix D.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// `iso_18045_basic`.
    Basic,
    /// `iso_18045_enhanced-basic`.
    EnhancedBasic,
    /// `iso_18045_moderate`.
    Moderate,
    /// `iso_18045_high`.
    High,
}

/// Not the name of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a level of ISO 18045")]
pub struct UnknownLevel;

impl Level {
    /// Every level, weakest first.
    pub const ALL: [Self; 4] = [Self::Basic, Self::EnhancedBasic, Self::Moderate, Self::High];

    /// The name in metadata and attestations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "iso_18045_basic",
            Self::EnhancedBasic => "iso_18045_enhanced-basic",
            Self::Moderate => "iso_18045_moderate",
            Self::High => "iso_18045_high",
        }
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(name: &str) -> Result<Self, UnknownLevel> {
        Self::ALL.into_iter().find(|level| level.as_str() == name).ok_or(UnknownLevel)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
