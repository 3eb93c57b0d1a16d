//! What the provider of a wallet vouches for: that a client is an instance of its wallet ([`client`]), and how well the
//! keys are kept that cards will be bound to ([`key`]).
//!
//! Both are signed by an attester whose chain leads to a configured root. Nothing here spends a nonce or asks a status
//! list: what has to be spent or looked up is handed to the caller.

mod attesters;
pub mod client;
pub mod key;

use std::fmt;
use std::str::FromStr;

pub use attesters::{Attesters, Clients, Lookup};

/// Which text of the drafts a message follows; HAIP 1.0 overrides newer ones by pinning its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Profile {
    /// `haip-1.0`: attestation-based client authentication draft -07, in which attestation and proof name their issuers.
    #[default]
    Haip10,
    /// `latest`: draft -08 and later, in which neither does.
    Latest,
}

/// Not the name of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a profile is haip-1.0 or latest")]
pub struct UnknownProfile;

impl Profile {
    /// The name in configurations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Haip10 => "haip-1.0",
            Self::Latest => "latest",
        }
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        [Self::Haip10, Self::Latest].into_iter().find(|profile| profile.as_str() == name).ok_or(UnknownProfile)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
