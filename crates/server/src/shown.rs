//! Fields that may be shown once and never kept: in memory, for ten minutes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use mibun_crypto::time::Timestamp;
use mibun_registry::CheckId;

use crate::work::checks::FieldValue;

/// Answers remembered at most; the oldest leave first.
const CAPACITY: usize = 2_000;

/// What windows may still show.
#[derive(Default)]
pub struct Shown {
    answers: Mutex<HashMap<CheckId, (Vec<FieldValue>, Timestamp)>>,
}

impl Shown {
    /// Remembers the fields of an answer until `until`.
    pub fn put(&self, check: CheckId, fields: Vec<FieldValue>, until: Timestamp) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= CAPACITY
            && let Some(oldest) = answers.iter().min_by_key(|(_, (_, until))| *until).map(|(id, _)| *id)
        {
            answers.remove(&oldest);
        }
        answers.insert(check, (fields, until));
    }

    /// The fields of an answer, if it was given a moment ago.
    pub fn get(&self, check: CheckId, now: Timestamp) -> Option<Vec<FieldValue>> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|_, (_, until)| *until > now);
        answers.get(&check).map(|(fields, _)| fields.clone())
    }
}
