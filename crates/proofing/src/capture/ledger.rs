//! Which frames were received: order, pace, and that none comes twice.

use std::fmt;

use mibun_crypto::base64url;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{CaptureError, FrameInput, rules::CaptureRules};

/// The keyed hash of a frame, base64url when serialised.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FrameHash(pub [u8; 32]);

impl fmt::Debug for FrameHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

impl Serialize for FrameHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for FrameHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = base64url::decode(&text).map_err(D::Error::custom)?;
        bytes.try_into().map(Self).map_err(|_| D::Error::custom("a frame hash has 32 bytes"))
    }
}

/// The frames received so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Ledger {
    pub begun_ms: i64,
    pub last_ms: i64,
    last_seq: Option<u32>,
    hashes: Vec<FrameHash>,
}

impl Ledger {
    pub(super) fn new(now_ms: i64) -> Self {
        Self { begun_ms: now_ms, last_ms: now_ms, last_seq: None, hashes: Vec::new() }
    }

    pub(super) fn frames(&self) -> usize {
        self.hashes.len()
    }

    pub(super) fn hashes(&self) -> &[FrameHash] {
        &self.hashes
    }

    pub(super) fn deadline_ms(&self, rules: &CaptureRules) -> i64 {
        self.begun_ms.saturating_add(i64::from(rules.time_limit_ms))
    }

    /// Refuses a frame without changing anything.
    pub(super) fn check(&self, frame: &FrameInput<'_>, rules: &CaptureRules) -> Result<(), CaptureError> {
        if frame.at_ms > self.deadline_ms(rules) {
            return Err(CaptureError::Expired);
        }
        if let Some(last) = self.last_seq.filter(|last| frame.seq <= *last) {
            return Err(CaptureError::OutOfOrder { last });
        }
        if self.hashes.contains(&FrameHash(frame.keyed_hash)) {
            return Err(CaptureError::FrameReplayed);
        }
        let earliest_ms = self.last_ms.saturating_add(i64::from(rules.min_interval_ms));
        if self.last_seq.is_some() && frame.at_ms < earliest_ms {
            let wait_ms = u32::try_from(earliest_ms.saturating_sub(frame.at_ms)).unwrap_or(u32::MAX);
            return Err(CaptureError::TooFast { wait_ms });
        }
        Ok(())
    }

    /// Enters a frame that [`Ledger::check`] let pass; answers the time since the one before.
    pub(super) fn enter(&mut self, frame: &FrameInput<'_>) -> i64 {
        let gap_ms = frame.at_ms.saturating_sub(self.last_ms);
        self.last_ms = frame.at_ms;
        self.last_seq = Some(frame.seq);
        self.hashes.push(FrameHash(frame.keyed_hash));
        gap_ms
    }
}
