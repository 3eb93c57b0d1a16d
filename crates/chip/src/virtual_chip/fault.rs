//! What can be wrong with a chip.

use super::Profile;
use crate::apdu::Status;
use crate::reading::Ef;

/// One thing that is wrong. A wrong password needs none: give the chip another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// After so many commands nothing comes back any more.
    DropAfter(u32),
    /// After so many commands every answer is this status, without protection.
    StatusAfter(u32, Status),
    /// EF.CardAccess offers PACE, and the chip refuses it.
    PaceRefused,
    /// The chip has no private key for chip authentication.
    NoChipAuthenticationKey(Pretence),
    /// The chip has no private key for active authentication.
    NoActiveAuthenticationKey(Pretence),
    /// One bit of a file is another. Counted from the first byte's highest bit; past the end it changes nothing.
    FlippedBit(Ef, usize),
}

/// What a copy does that is asked for a private key which it does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pretence {
    /// It says so.
    Refuses,
    /// It uses a key of its own.
    UsesAnotherKey,
}

pub(super) fn flip_bits(profile: &mut Profile) {
    for fault in &profile.faults {
        let Fault::FlippedBit(ef, bit) = fault else { continue };
        if let Some(byte) = profile.files.get_mut(ef).and_then(|file| file.get_mut(bit / 8)) {
            *byte ^= 0x80 >> (bit % 8);
        }
    }
}
