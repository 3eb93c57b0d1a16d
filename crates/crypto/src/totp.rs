//! Time-based one-time codes (RFC 6238): SHA-1, six digits, thirty seconds, which is what authenticator apps speak.

use std::fmt;

use aws_lc_rs::hmac;
use zeroize::ZeroizeOnDrop;

use crate::digest::constant_time_eq;
use crate::entropy::Entropy;
use crate::time::Timestamp;

/// Seconds that a code lives.
const STEP_SECONDS: i64 = 30;
/// Codes of this many steps before and after the present one count, for clocks that differ.
const TOLERANCE: i64 = 1;
const DIGITS: usize = 6;

/// The secret that an officer's authenticator app shares with us. Wiped on drop.
#[derive(Clone, ZeroizeOnDrop)]
pub struct TotpSecret([u8; 20]);

/// The number of a thirty-second step since the epoch; stored, so that a code is spent by its first use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(pub i64);

impl TotpSecret {
    /// A new secret of 160 bits (RFC 4226 section 4).
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut secret = Self([0; 20]);
        entropy.fill(&mut secret.0);
        secret
    }

    /// The secret of these bytes, as they came out of their seal.
    pub fn from_bytes(bytes: &[u8; 20]) -> Self {
        Self(*bytes)
    }

    /// The secret itself, to be sealed.
    pub fn expose(&self) -> &[u8; 20] {
        &self.0
    }

    /// The secret in base32 without padding, as people type it into an app.
    pub fn to_base32(&self) -> String {
        let mut text = String::with_capacity(32);
        for group in self.0.chunks_exact(5) {
            let bits = group.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            text.extend((0..8).rev().map(|at| char::from(BASE32[(bits >> (5 * at) & 31) as usize])));
        }
        text
    }

    /// The address that an authenticator app reads from a code: `otpauth://totp/ISSUER:ACCOUNT?secret=…`.
    pub fn provisioning_uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account) = (percent_encode(issuer), percent_encode(account));
        let secret = self.to_base32();
        format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
    }

    /// The code that is shown at `now`.
    pub fn code_at(&self, now: Timestamp) -> String {
        self.code(step_at(now))
    }

    fn code(&self, step: Step) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.0.to_be_bytes());
        let tag = tag.as_ref();
        // RFC 4226 section 5.3: the last four bits say where the number starts, and its sign bit is dropped.
        let start = usize::from(tag[tag.len() - 1] & 0x0f);
        let number = tag[start..start + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        format!("{:0DIGITS$}", (number & 0x7fff_ffff) % 1_000_000)
    }
}

/// The step that `code` is spent for, when it is right now or one step away and its step comes after `last_used`.
///
/// The caller stores the step with the officer before anything is allowed, so that no code works twice.
pub fn verify(secret: &TotpSecret, code: &str, now: Timestamp, last_used: Option<Step>) -> Option<Step> {
    let present = step_at(now);
    let mut found = None;
    for distance in -TOLERANCE..=TOLERANCE {
        let step = Step(present.0.saturating_add(distance));
        let unused = last_used.is_none_or(|last| step > last);
        // Every candidate is computed, whatever the earlier ones gave.
        let right = constant_time_eq(secret.code(step).as_bytes(), code.as_bytes());
        if right && unused && found.is_none() {
            found = Some(step);
        }
    }
    found
}

fn step_at(now: Timestamp) -> Step {
    Step(now.0.div_euclid(STEP_SECONDS))
}

fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// The alphabet of RFC 4648 section 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret([redacted])")
    }
}

#[cfg(test)]
mod tests;
