//! Fields that may be shown once and never kept: in memory, until the counter goes on, and for ten minutes at most.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use mibun_crypto::time::Timestamp;
use mibun_registry::{CheckId, Hash};

use crate::work::checks::FieldValue;

/// Answers remembered at most; the oldest leave first.
const CAPACITY: usize = 2_000;

/// What windows may still show.
#[derive(Default)]
pub struct Shown {
    answers: Mutex<HashMap<CheckId, Answer>>,
}

struct Answer {
    fields: Vec<FieldValue>,
    until: Timestamp,
    /// The digest of the browser session in which the check was opened.
    session: Option<Hash>,
}

impl Shown {
    /// Remembers the fields of an answer until `until`, or until its session goes on.
    pub fn put(&self, check: CheckId, session: Option<Hash>, fields: Vec<FieldValue>, until: Timestamp) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= CAPACITY
            && let Some(oldest) = answers.iter().min_by_key(|(_, answer)| answer.until).map(|(id, _)| *id)
        {
            answers.remove(&oldest);
        }
        answers.insert(check, Answer { fields, until, session });
    }

    /// The fields of an answer, if it was given a moment ago.
    pub fn get(&self, check: CheckId, now: Timestamp) -> Option<Vec<FieldValue>> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|_, answer| answer.until > now);
        answers.get(&check).map(|answer| answer.fields.clone())
    }

    /// Forgets what was shown in a browser session: its counter has gone on.
    pub fn forget_session(&self, session: &Hash) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|_, answer| answer.session.as_ref() != Some(session));
    }

    /// Forgets one answer.
    pub fn forget(&self, check: CheckId) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).remove(&check);
    }
}
