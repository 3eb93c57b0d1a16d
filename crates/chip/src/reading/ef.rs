//! The files of a chip.

/// An elementary file (ICAO Doc 9303 part 10, sections 3.11 and 4.7) that a reading may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ef {
    /// EF.CardAccess, in the master file: what access control the chip speaks.
    CardAccess,
    /// EF.ATR/INFO, in the master file: how long APDUs may be.
    AtrInfo,
    /// EF.COM: which data groups there are. Not signed.
    Com,
    /// EF.SOD: the signed hashes of all data groups.
    Sod,
    /// EF.DG1: the machine-readable zone.
    Dg1,
    /// EF.DG2: the portrait.
    Dg2,
    /// EF.DG11: further details of the person.
    Dg11,
    /// EF.DG12: further details of the document.
    Dg12,
    /// EF.DG14: security infos.
    Dg14,
    /// EF.DG15: the key of active authentication.
    Dg15,
}

impl Ef {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::CardAccess,
        Self::AtrInfo,
        Self::Com,
        Self::Sod,
        Self::Dg1,
        Self::Dg2,
        Self::Dg11,
        Self::Dg12,
        Self::Dg14,
        Self::Dg15,
    ];

    /// The file identifier.
    pub fn file_id(self) -> [u8; 2] {
        match self {
            Self::CardAccess => [0x01, 0x1c],
            Self::AtrInfo => [0x2f, 0x01],
            Self::Com => [0x01, 0x1e],
            Self::Sod => [0x01, 0x1d],
            Self::Dg1 => [0x01, 0x01],
            Self::Dg2 => [0x01, 0x02],
            Self::Dg11 => [0x01, 0x0b],
            Self::Dg12 => [0x01, 0x0c],
            Self::Dg14 => [0x01, 0x0e],
            Self::Dg15 => [0x01, 0x0f],
        }
    }

    /// The tag that the file consists of; EF.ATR/INFO is a row of objects instead.
    pub fn tag(self) -> Option<u8> {
        match self {
            Self::CardAccess => Some(0x31),
            Self::AtrInfo => None,
            Self::Com => Some(0x60),
            Self::Sod => Some(0x77),
            Self::Dg1 => Some(0x61),
            Self::Dg2 => Some(0x75),
            Self::Dg11 => Some(0x6b),
            Self::Dg12 => Some(0x6c),
            Self::Dg14 => Some(0x6e),
            Self::Dg15 => Some(0x6f),
        }
    }

    /// Most bytes that are read of it.
    pub fn max_length(self) -> usize {
        match self {
            Self::Dg2 => 256 * 1024,
            _ => 64 * 1024,
        }
    }

    /// Whether a chip may do without it before it is asked for anything.
    pub(super) fn is_optional(self) -> bool {
        matches!(self, Self::CardAccess | Self::AtrInfo)
    }
}
