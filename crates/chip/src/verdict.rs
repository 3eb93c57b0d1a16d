//! What was proved about a chip, beyond the genuineness of its data.

use std::fmt;

/// Which proof the chip gave that it is no copy. The data of a document can be read and written to another chip; the
/// private key in the chip cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloneProtection {
    /// Chip authentication (Doc 9303-11 section 6.2): a key agreement with the key in DG14 carried the session on.
    ChipAuthentication,
    /// Active authentication (Doc 9303-11 section 6.1): the key in DG15 signed our challenge.
    ActiveAuthentication,
    /// None: the document has no such key, or the proof was not made. It may be a copy.
    None,
}

impl CloneProtection {
    /// The stronger of the proofs that were made. A proof counts only with passive authentication of the data group that
    /// holds its key.
    pub const fn of(chip_authentication: bool, active_authentication: bool) -> Self {
        match (chip_authentication, active_authentication) {
            (true, _) => Self::ChipAuthentication,
            (false, true) => Self::ActiveAuthentication,
            (false, false) => Self::None,
        }
    }

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChipAuthentication => "chip_authentication",
            Self::ActiveAuthentication => "active_authentication",
            Self::None => "none",
        }
    }
}

impl fmt::Display for CloneProtection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
