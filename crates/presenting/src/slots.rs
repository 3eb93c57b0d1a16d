//! The moving code of a window: a request identifier that is good for a few seconds only.
//!
//! A printed code can be pasted over or photographed and passed on. This one names the check, the slot of time in
//! which it was shown and a keyed tag over both, so that the server can tell a fresh code without storing any.

use std::fmt;

use mibun_crypto::digest::{constant_time_eq, hmac_sha256};
use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;
use mibun_crypto::{base64url, digest};

/// How long a code stands on the screen, in seconds. It is accepted for as long again, for the time a scan takes.
pub const SLOT_SECONDS: i64 = 15;

/// The server's secret behind its moving codes.
#[derive(Clone)]
pub struct SlotKey([u8; 32]);

/// A code as it stands on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotCode {
    /// The request identifier, `check.slot.tag`, safe in a URL.
    pub request_id: String,
    /// When the screen shows the next one.
    pub replaced_at: Timestamp,
}

/// Why a code is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlotError {
    /// Not of the form of a code.
    #[error("not a window code")]
    Malformed,
    /// The tag does not fit: not made by this server, or changed.
    #[error("the window code was not made here")]
    Forged,
    /// Shown too long ago.
    #[error("the window code has been replaced by a newer one")]
    Expired,
    /// From a time that has not come.
    #[error("the window code is not valid yet")]
    NotYetValid,
}

impl SlotKey {
    /// A new secret.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        Self(key)
    }

    /// The secret in `bytes`, which all nodes of an installation share.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The code to show for `check` at `now`.
    ///
    /// `check` must be free of dots, as identifiers made from base64url are.
    pub fn issue(&self, check: &str, now: Timestamp) -> SlotCode {
        let slot = slot_at(now);
        let tag = base64url::encode(&self.tag(check, slot));
        SlotCode {
            request_id: format!("{check}.{slot}.{tag}"),
            replaced_at: Timestamp(slot.saturating_add(1).saturating_mul(SLOT_SECONDS)),
        }
    }

    /// The check a code belongs to, if the code is of the current slot or the one before.
    pub fn verify<'a>(&self, request_id: &'a str, now: Timestamp) -> Result<&'a str, SlotError> {
        let (check, slot, tag) = split(request_id)?;
        if !constant_time_eq(&self.tag(check, slot), &tag) {
            return Err(SlotError::Forged);
        }
        match slot_at(now).saturating_sub(slot) {
            0 | 1 => Ok(check),
            age if age < 0 => Err(SlotError::NotYetValid),
            _ => Err(SlotError::Expired),
        }
    }

    fn tag(&self, check: &str, slot: i64) -> [u8; TAG_BYTES] {
        let check = digest::sha256(check.as_bytes());
        let full = hmac_sha256(&self.0, &[LABEL, &check, &slot.to_be_bytes()]);
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&full[..TAG_BYTES]);
        tag
    }
}

impl fmt::Debug for SlotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlotKey([redacted])")
    }
}

fn split(request_id: &str) -> Result<(&str, i64, Vec<u8>), SlotError> {
    let mut parts = request_id.split('.');
    let (Some(check), Some(slot), Some(tag), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(SlotError::Malformed);
    };
    let number: i64 = slot.parse().map_err(|_| SlotError::Malformed)?;
    // One code, one spelling: "+5" and "05" are refused.
    if check.is_empty() || number.to_string() != slot {
        return Err(SlotError::Malformed);
    }
    let tag = base64url::decode(tag).map_err(|_| SlotError::Malformed)?;
    Ok((check, number, tag))
}

const fn slot_at(now: Timestamp) -> i64 {
    now.0.div_euclid(SLOT_SECONDS)
}

const LABEL: &[u8] = b"mibun window slot 1";
/// 96 bits: a guess succeeds within the 30 seconds of a code once in 10^28 tries; the code stays small to scan.
const TAG_BYTES: usize = 12;

#[cfg(test)]
mod tests;
