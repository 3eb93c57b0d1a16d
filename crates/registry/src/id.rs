//! Identifiers: 128 random bits each, a type of its own per kind of row.

use std::fmt;
use std::str::FromStr;

use mibun_crypto::entropy::Entropy;
use thiserror::Error;

/// Why a text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an identifier is 32 lower-case hexadecimal digits")]
pub struct IdError;

fn from_hex(text: &str) -> Result<[u8; 16], IdError> {
    let digits = text.as_bytes();
    if digits.len() != 32 {
        return Err(IdError);
    }
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Ok(bytes)
}

/// Only one spelling is accepted, so that an identifier compares as text wherever it travels.
fn nibble(digit: u8) -> Result<u8, IdError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(IdError),
    }
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Draws a new identifier: 128 random bits, so two never meet.
            pub fn generate(entropy: &mut dyn Entropy) -> Self {
                let mut bytes = [0; 16];
                entropy.fill(&mut bytes);
                Self(bytes)
            }

            /// The identifier made of these 16 bytes, as a backend read them.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 bytes, as a backend stores them.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                from_hex(text).map(Self)
            }
        }
    )*};
}

identifiers! {
    /// One person of the register.
    PersonId;
    /// One enrolment or upgrade.
    JourneyId;
    /// One credential offer and what grew out of it.
    GrantId;
    /// One card.
    CardId;
    /// One batch of one-time copies of a card.
    BatchId;
    /// One question of an organisation.
    CheckId;
    /// One relying party.
    OrganisationId;
    /// One counter of an organisation.
    WindowId;
    /// One officer of the authority.
    OfficerId;
    /// One sign-in with the ID password.
    LoginId;
    /// One device of a holder.
    DeviceId;
    /// One key kept for a holder.
    VaultKeyId;
}

/// What an image kept with a journey shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlobName {
    /// The frame of the live capture that was compared.
    LiveFace,
    /// The portrait in the chip of the document.
    ChipPortrait,
}

impl BlobName {
    /// The name as a backend stores it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LiveFace => "live_face",
            Self::ChipPortrait => "chip_portrait",
        }
    }
}

#[cfg(test)]
mod tests;
