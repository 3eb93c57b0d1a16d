//! How often a password may be guessed: three, six, ten.

use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The wait from a number of wrong tries on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// From this many tries without a right one on,
    pub after: u32,
    /// the next try may begin only this many seconds after the last one began.
    pub seconds: u32,
}

/// The limits an operator sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuardPolicy {
    /// Waits, by the number of tries; both numbers grow from one to the next.
    pub waits: Vec<Wait>,
    /// After this many tries without a right one the password is locked until it is set anew.
    pub lock_after: u32,
}

impl Default for GuardPolicy {
    /// A minute between tries from the third on, a quarter of an hour from the sixth on, locked after the tenth. Ten
    /// guesses at eight digits succeed with one person in ten million.
    fn default() -> Self {
        let wait = |after, seconds| Wait { after, seconds };
        Self { waits: vec![wait(3, 60), wait(6, 900)], lock_after: 10 }
    }
}

/// Why a policy cannot be used: the operator's mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GuardPolicyError {
    /// No try at all, or so many that eight digits can be guessed.
    #[error("lock_after must be 1 to {MOST_TRIES}")]
    LockAfter,
    /// Waits that do not grow, or of which some never begin.
    #[error("waits must grow in both numbers, begin after a try and before the lock")]
    Waits,
}

/// What is stored beside a password: how often it was tried since it was last proven. It holds no secret.
///
/// Every step takes the value that was read and gives the one to write. Write it on the condition that the stored one is
/// still the one that was read: of two tries at once one writes, and the other reads again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// Counts the times that the password was proven or set: tries of an earlier round are void.
    round: u64,
    /// Tries of this round.
    tries: u32,
    /// When the last of them began.
    last: Option<Timestamp>,
}

/// A try that was counted. Keep it with the login that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Try {
    round: u64,
    number: u32,
}

/// Why a try may not begin, or no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GuardRefusal {
    /// Too soon after the last try.
    #[error("too many tries, the next one in {retry_after_s} s")]
    Wait {
        /// Seconds until the next try may begin, at least 1.
        retry_after_s: u32,
    },
    /// Too many tries: the password is to be set anew, with face and chip.
    #[error("the password is locked until it is set anew")]
    Locked,
    /// The password was proven or set anew since the try began.
    #[error("the try belongs to an earlier round")]
    Void,
}

impl GuardPolicy {
    /// Refuses limits that limit nothing.
    ///
    /// # Errors
    /// [`GuardPolicyError`].
    pub fn check(&self) -> Result<(), GuardPolicyError> {
        if !(1..=MOST_TRIES).contains(&self.lock_after) {
            return Err(GuardPolicyError::LockAfter);
        }
        let grow = self.waits.windows(2).all(|pair| pair[0].after < pair[1].after && pair[0].seconds < pair[1].seconds);
        let begin = self.waits.iter().all(|wait| (1..self.lock_after).contains(&wait.after) && wait.seconds > 0);
        if grow && begin { Ok(()) } else { Err(GuardPolicyError::Waits) }
    }

    fn wait_s(&self, tries: u32) -> u32 {
        self.waits.iter().filter(|wait| wait.after <= tries).map(|wait| wait.seconds).max().unwrap_or(0)
    }
}

impl Guard {
    /// Counts a try before anything is compared, which with OPAQUE is before the login is *answered*. Compare only when the
    /// returned value has been written.
    ///
    /// # Errors
    /// [`GuardRefusal::Wait`], [`GuardRefusal::Locked`]: nothing to write, and nothing to compare.
    pub fn begin(self, policy: &GuardPolicy, now: Timestamp) -> Result<(Self, Try), GuardRefusal> {
        if self.is_locked(policy) {
            return Err(GuardRefusal::Locked);
        }
        let left = match (self.last, policy.wait_s(self.tries)) {
            (Some(last), wait_s @ 1..) => last.plus_seconds(i64::from(wait_s)).seconds_since(now),
            _ => 0,
        };
        if left > 0 {
            return Err(GuardRefusal::Wait { retry_after_s: u32::try_from(left).unwrap_or(u32::MAX) });
        }
        let counted = Self { tries: self.tries + 1, last: Some(now), ..self };
        Ok((counted, Try { round: self.round, number: counted.tries }))
    }

    /// The try was right: a new round begins. Once only; what the password opens is opened when this has been written.
    ///
    /// # Errors
    /// [`GuardRefusal::Void`] for a try of an earlier round: it opens nothing.
    pub fn succeed(self, right: Try) -> Result<Self, GuardRefusal> {
        let of_this_round = right.round == self.round && (1..=self.tries).contains(&right.number);
        if of_this_round { Ok(self.renewed()) } else { Err(GuardRefusal::Void) }
    }

    /// The password was set anew after face and chip were proven: locks and waits end, open tries are void.
    #[must_use]
    pub fn renewed(self) -> Self {
        Self { round: self.round.saturating_add(1), tries: 0, last: None }
    }

    /// Whether no try may begin any more.
    pub fn is_locked(&self, policy: &GuardPolicy) -> bool {
        self.tries >= policy.lock_after
    }

    /// Tries left before the lock.
    pub fn tries_left(&self, policy: &GuardPolicy) -> u32 {
        policy.lock_after.saturating_sub(self.tries)
    }
}

/// A hundred guesses find one password in a million.
const MOST_TRIES: u32 = 100;

#[cfg(test)]
mod tests;
