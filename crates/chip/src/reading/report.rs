//! What a reading brings.

use std::collections::BTreeMap;
use std::fmt;

use mibun_crypto::cipher::BlockCipher;
use mibun_crypto::curve::Curve;
use zeroize::Zeroizing;

use super::Ef;
use crate::apdu::Status;

/// How the chip was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// PACE, generic mapping.
    Pace {
        /// The curve of the key agreement.
        curve: Curve,
        /// The cipher of the session.
        cipher: BlockCipher,
    },
    /// Basic access control.
    Bac,
}

/// What became of chip authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChipAuthenticationResult {
    /// The chip's EF.DG14 has no key for it, or there is none.
    NotOffered,
    /// The chip offers only ways or curves that are not spoken here.
    Unsupported,
    /// The chip went on under keys that only the holder of EF.DG14's private key can know. Worth something once passive
    /// authentication has shown that EF.DG14 is genuine.
    Proven {
        /// The curve of the key agreement.
        curve: Curve,
        /// The cipher of the new session.
        cipher: BlockCipher,
    },
}

/// What became of active authentication.
#[derive(Clone, PartialEq, Eq)]
pub enum ActiveAuthentication {
    /// There is no EF.DG15.
    NotOffered,
    /// The signature does not fit into a short response, and the relay carries no other.
    NeedsExtendedLength,
    /// The chip refuses, as a copy without the private key may do.
    Refused(Status),
    /// The chip's answer, **not yet verified**.
    Answered {
        /// What it was to sign: eight random bytes, drawn here.
        challenge: [u8; 8],
        /// The signature.
        response: Vec<u8>,
    },
}

/// What a chip said, none of it believed yet: passive authentication comes after. EF.COM decided which files were asked
/// for and is not signed, so whoever judges a report must check that EF.SOD has no hash of EF.DG14 or EF.DG15 when they
/// are missing here: a copy would leave them out.
#[derive(Clone)]
pub struct Report {
    /// How the chip was opened.
    pub access: Access,
    /// Chip authentication.
    pub chip_authentication: ChipAuthenticationResult,
    /// Active authentication.
    pub active_authentication: ActiveAuthentication,
    /// Commands that were sent.
    pub commands: u32,
    files: BTreeMap<Ef, Zeroizing<Vec<u8>>>,
    pending_chip_authentication: Option<(Curve, BlockCipher)>,
}

impl Report {
    /// The bytes of a file exactly as read; `None` when the chip does not have it.
    pub fn file(&self, ef: Ef) -> Option<&[u8]> {
        self.files.get(&ef).map(|bytes| bytes.as_slice())
    }

    /// Every file that was read.
    pub fn files(&self) -> impl Iterator<Item = (Ef, &[u8])> {
        self.files.iter().map(|(ef, bytes)| (*ef, bytes.as_slice()))
    }

    pub(super) fn lengths(&self) -> impl Iterator<Item = usize> {
        self.files.values().map(|bytes| bytes.len())
    }

    pub(super) fn keep(&mut self, ef: Ef, bytes: Zeroizing<Vec<u8>>) {
        self.files.insert(ef, bytes);
    }

    /// The chip has agreed on new keys, which it has yet to use.
    pub(super) fn expect_chip_authentication(&mut self, curve: Curve, cipher: BlockCipher) {
        self.pending_chip_authentication = Some((curve, cipher));
    }

    /// The chip has used them, if `used`.
    pub(super) fn prove_chip_authentication(&mut self, used: bool) {
        if let Some((curve, cipher)) = self.pending_chip_authentication.take_if(|_| used) {
            self.chip_authentication = ChipAuthenticationResult::Proven { curve, cipher };
        }
    }
}

impl Default for Report {
    fn default() -> Self {
        Self {
            access: Access::Bac,
            chip_authentication: ChipAuthenticationResult::NotOffered,
            active_authentication: ActiveAuthentication::NotOffered,
            commands: 0,
            files: BTreeMap::new(),
            pending_chip_authentication: None,
        }
    }
}

impl fmt::Debug for ActiveAuthentication {
    /// A signature of a chip follows its holder around, so it stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOffered => f.write_str("NotOffered"),
            Self::NeedsExtendedLength => f.write_str("NeedsExtendedLength"),
            Self::Refused(status) => write!(f, "Refused({status})"),
            Self::Answered { .. } => f.write_str("Answered([redacted])"),
        }
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("access", &self.access)
            .field("chip_authentication", &self.chip_authentication)
            .field("active_authentication", &self.active_authentication)
            .field("commands", &self.commands)
            .field("files", &self.files.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl PartialEq for Report {
    /// The same files and findings, however many commands they took.
    fn eq(&self, other: &Self) -> bool {
        self.access == other.access
            && self.chip_authentication == other.chip_authentication
            && self.active_authentication == other.active_authentication
            && self.files == other.files
    }
}

impl Eq for Report {}
