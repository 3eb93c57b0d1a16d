//! Refresh tokens (RFC 6749 6): made without a store, each good until the next one is used.
//!
//! A token names its grant and its number in the family, under an authentication tag. So a token of ours that is not
//! the last one is recognised as such, whatever became of it, and nobody can make one.

use std::fmt;

use mibun_crypto::base64url;
use mibun_crypto::digest::{constant_time_eq, hmac_sha256};
use mibun_crypto::entropy::Entropy;
use zeroize::ZeroizeOnDrop;

use crate::secret::Secret;

const DOMAIN: &[u8] = b"mibun refresh token 1";
const TAG: usize = 32;

/// The key under which refresh tokens are made. All nodes of an installation share it. Wiped on drop.
#[derive(Clone, ZeroizeOnDrop)]
pub struct RefreshKey([u8; 32]);

/// What a refresh token of ours says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// The grant.
    pub grant: [u8; 16],
    /// The place in the family, from 1.
    pub number: u32,
}

impl RefreshKey {
    /// A new key.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(entropy.bytes())
    }

    /// The key of these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The token of this grant and number.
    pub fn issue(&self, claimed: &Claimed) -> Secret {
        let number = claimed.number.to_be_bytes();
        Secret::new(base64url::encode(&[&claimed.grant[..], &number, &self.tag(claimed)].concat()))
    }

    /// What the token says; nothing when it is not one of ours.
    pub fn open(&self, token: &Secret) -> Option<Claimed> {
        let bytes: [u8; 16 + 4 + TAG] = base64url::decode(token.expose()).ok()?.try_into().ok()?;
        let (grant, rest) = bytes.split_at(16);
        let (number, tag) = rest.split_at(4);
        let number = u32::from_be_bytes(number.try_into().ok()?);
        let claimed = Claimed { grant: grant.try_into().ok()?, number };
        constant_time_eq(&self.tag(&claimed), tag).then_some(claimed)
    }

    fn tag(&self, claimed: &Claimed) -> [u8; TAG] {
        hmac_sha256(&self.0, &[DOMAIN, &claimed.grant, &claimed.number.to_be_bytes()])
    }
}

impl fmt::Debug for RefreshKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshKey([redacted])")
    }
}
