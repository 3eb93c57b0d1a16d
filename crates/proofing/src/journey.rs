//! The life cycle of one enrolment, from the first screen to the collected card.

use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    decision::{Decision, Outcome, ReasonCode, Review},
    level::{self, Evidence},
};

/// How long a journey may rest in a state, and how many captures it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JourneyRules {
    /// Captures in one journey; more need a new one, and the limits of [`crate::attempts`] hold in any case.
    pub max_captures: u8,
    /// Seconds from the first screen to a decision.
    pub open_s: u32,
    /// Seconds an officer has.
    pub referred_s: u32,
    /// Seconds to collect the card.
    pub accepted_s: u32,
}

impl Default for JourneyRules {
    fn default() -> Self {
        Self { max_captures: 3, open_s: 1_800, referred_s: 14 * 86_400, accepted_s: 86_400 }
    }
}

/// What every stage knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// When the journey began.
    pub opened_at: Timestamp,
    /// When the present stage ends by itself.
    pub expires_at: Timestamp,
    /// Captures begun.
    pub captures: u8,
}

/// A journey; each stage carries what is known in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Journey {
    /// Number and name are given; no capture yet.
    Open {
        /// Times and counts.
        course: Course,
    },
    /// A capture is under way.
    Capturing {
        /// Times and counts.
        course: Course,
        /// The capture's identifier.
        capture: String,
        /// When it began.
        began_at: Timestamp,
    },
    /// An officer is to decide.
    Referred {
        /// Times and counts.
        course: Course,
        /// Why it was referred.
        decision: Decision,
        /// When.
        referred_at: Timestamp,
    },
    /// The card may be collected.
    Accepted {
        /// Times and counts.
        course: Course,
        /// Why it was accepted.
        decision: Decision,
        /// The officer's decision, if one made it.
        review: Option<Review>,
        /// When.
        accepted_at: Timestamp,
    },
    /// No card by this capture; another may be allowed.
    Rejected {
        /// Times and counts.
        course: Course,
        /// Why it was rejected.
        decision: Decision,
        /// The officer's decision, if one made it.
        review: Option<Review>,
        /// When.
        rejected_at: Timestamp,
    },
    /// The card was collected.
    Collected {
        /// Times and counts.
        course: Course,
        /// Why it was accepted.
        decision: Decision,
        /// The officer's decision, if one made it.
        review: Option<Review>,
        /// When it was accepted.
        accepted_at: Timestamp,
        /// When it was collected.
        collected_at: Timestamp,
    },
    /// Time went by.
    Expired {
        /// Times and counts.
        course: Course,
        /// The state it rested in.
        from: State,
    },
}

/// The name of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// See [`Journey::Open`].
    Open,
    /// See [`Journey::Capturing`].
    Capturing,
    /// See [`Journey::Referred`].
    Referred,
    /// See [`Journey::Accepted`].
    Accepted,
    /// See [`Journey::Rejected`].
    Rejected,
    /// See [`Journey::Collected`].
    Collected,
    /// See [`Journey::Expired`].
    Expired,
}

impl State {
    /// The name as text, the same as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Capturing => "capturing",
            Self::Referred => "referred",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Collected => "collected",
            Self::Expired => "expired",
        }
    }
}

/// A step that a journey may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transition {
    /// [`Journey::begin_capture`].
    BeginCapture,
    /// [`Journey::decide`].
    Decide,
    /// [`Journey::refer_to_counter`].
    ReferToCounter,
    /// [`Journey::review`].
    Review,
    /// [`Journey::collect`].
    Collect,
    /// [`Journey::expire`].
    Expire,
}

/// Why a step was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JourneyError {
    /// The stage does not allow it.
    #[error("{step:?} is not allowed when {from:?}")]
    NotAllowed {
        /// The stage.
        from: State,
        /// The step.
        step: Transition,
    },
    /// The stage's time is over: call [`Journey::expire`].
    #[error("the journey has expired")]
    Expired,
    /// No capture is left, or the reason of the rejection allows none.
    #[error("no further capture in this journey")]
    NoCaptureLeft,
    /// The stage's time is not over yet.
    #[error("the journey has not expired yet")]
    NotYet,
}

impl Journey {
    /// Opens a journey.
    pub fn open(rules: &JourneyRules, now: Timestamp) -> Self {
        let expires_at = now.plus_seconds(i64::from(rules.open_s));
        Self::Open { course: Course { opened_at: now, expires_at, captures: 0 } }
    }

    /// Begins a capture: the first one, one after a rejection that allows it, or one in place of a capture that the
    /// person lost (a reload); each counts.
    pub fn begin_capture(self, capture: String, rules: &JourneyRules, now: Timestamp) -> Result<Self, JourneyError> {
        self.still_runs(now)?;
        let mut course = match self {
            Self::Open { course } | Self::Capturing { course, .. } => course,
            Self::Rejected { course, decision, review: None, .. } if decision.public().retry_allowed => course,
            Self::Rejected { .. } => return Err(JourneyError::NoCaptureLeft),
            other => return Err(other.refuse(Transition::BeginCapture)),
        };
        if course.captures >= rules.max_captures {
            return Err(JourneyError::NoCaptureLeft);
        }
        course.captures += 1;
        Ok(Self::Capturing { course, capture, began_at: now })
    }

    /// Takes the decision on the capture under way.
    pub fn decide(self, decision: Decision, rules: &JourneyRules, now: Timestamp) -> Result<Self, JourneyError> {
        self.still_runs(now)?;
        match self {
            Self::Capturing { course, .. } => Ok(course.counting(&decision).decided(decision, None, rules, now)),
            other => Err(other.refuse(Transition::Decide)),
        }
    }

    /// Hands a journey without any capture to the officer at a counter: the way for whoever cannot use a camera.
    pub fn refer_to_counter(self, rules: &JourneyRules, now: Timestamp) -> Result<Self, JourneyError> {
        self.still_runs(now)?;
        match self {
            Self::Open { course } => Ok(course.decided(Decision::at_counter(), None, rules, now)),
            other => Err(other.refuse(Transition::ReferToCounter)),
        }
    }

    /// Takes an officer's decision on a referred journey.
    pub fn review(self, review: Review, rules: &JourneyRules, now: Timestamp) -> Result<Self, JourneyError> {
        self.still_runs(now)?;
        match self {
            Self::Referred { course, decision, .. } => {
                Ok(course.decided(review.decision(&decision), Some(review), rules, now))
            }
            other => Err(other.refuse(Transition::Review)),
        }
    }

    /// Notes that the card was collected.
    pub fn collect(self, now: Timestamp) -> Result<Self, JourneyError> {
        self.still_runs(now)?;
        match self {
            Self::Accepted { course, decision, review, accepted_at } => {
                Ok(Self::Collected { course, decision, review, accepted_at, collected_at: now })
            }
            other => Err(other.refuse(Transition::Collect)),
        }
    }

    /// Ends a journey whose stage's time is over.
    pub fn expire(self, now: Timestamp) -> Result<Self, JourneyError> {
        let from = self.state();
        match self.still_runs(now) {
            _ if self.is_final() => Err(self.refuse(Transition::Expire)),
            Ok(()) => Err(JourneyError::NotYet),
            Err(_) => Ok(Self::Expired { course: self.into_course(), from }),
        }
    }

    /// The stage's name.
    pub fn state(&self) -> State {
        match self {
            Self::Open { .. } => State::Open,
            Self::Capturing { .. } => State::Capturing,
            Self::Referred { .. } => State::Referred,
            Self::Accepted { .. } => State::Accepted,
            Self::Rejected { .. } => State::Rejected,
            Self::Collected { .. } => State::Collected,
            Self::Expired { .. } => State::Expired,
        }
    }

    /// The latest decision, where the stage has one.
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Referred { decision, .. }
            | Self::Accepted { decision, .. }
            | Self::Rejected { decision, .. }
            | Self::Collected { decision, .. } => Some(decision),
            Self::Open { .. } | Self::Capturing { .. } | Self::Expired { .. } => None,
        }
    }

    /// What an accepted journey stands for; nothing in any other stage.
    pub fn evidence(&self) -> Vec<Evidence> {
        match self {
            Self::Accepted { decision, accepted_at, .. } | Self::Collected { decision, accepted_at, .. } => {
                level::evidence_of(decision, *accepted_at)
            }
            _ => Vec::new(),
        }
    }

    /// The identifier of the capture under way.
    pub fn capture(&self) -> Option<&str> {
        match self {
            Self::Capturing { capture, .. } => Some(capture),
            _ => None,
        }
    }

    /// Captures left in this journey if the present stage allows one at all.
    pub fn captures_left(&self, rules: &JourneyRules) -> u8 {
        rules.max_captures.saturating_sub(self.course().captures)
    }

    /// Times and counts.
    pub fn course(&self) -> &Course {
        match self {
            Self::Open { course }
            | Self::Capturing { course, .. }
            | Self::Referred { course, .. }
            | Self::Accepted { course, .. }
            | Self::Rejected { course, .. }
            | Self::Collected { course, .. }
            | Self::Expired { course, .. } => course,
        }
    }

    fn into_course(self) -> Course {
        self.course().clone()
    }

    fn is_final(&self) -> bool {
        matches!(self, Self::Collected { .. } | Self::Expired { .. })
    }

    fn still_runs(&self, now: Timestamp) -> Result<(), JourneyError> {
        let over = !self.is_final() && now >= self.course().expires_at;
        if over { Err(JourneyError::Expired) } else { Ok(()) }
    }

    fn refuse(&self, step: Transition) -> JourneyError {
        JourneyError::NotAllowed { from: self.state(), step }
    }
}

impl Course {
    /// A capture that the connection broke off shows nothing about the person, so the journey gives it back. The
    /// attempt at the record stays counted: whoever tries out challenges could break each off.
    fn counting(mut self, decision: &Decision) -> Self {
        if decision.reason == ReasonCode::CaptureInterrupted {
            self.captures = self.captures.saturating_sub(1);
        }
        self
    }

    fn decided(self, decision: Decision, review: Option<Review>, rules: &JourneyRules, now: Timestamp) -> Journey {
        let lasting = |seconds: u32| Self { expires_at: now.plus_seconds(i64::from(seconds)), ..self.clone() };
        match decision.outcome {
            Outcome::Accepted => {
                Journey::Accepted { course: lasting(rules.accepted_s), decision, review, accepted_at: now }
            }
            Outcome::Referred => Journey::Referred { course: lasting(rules.referred_s), decision, referred_at: now },
            // A further capture must still fit into the journey's own time.
            Outcome::Rejected => Journey::Rejected { course: self, decision, review, rejected_at: now },
        }
    }
}

#[cfg(test)]
mod tests;
