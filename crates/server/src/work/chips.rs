//! Reading the chip of a document for a journey: who may, how often, and what becomes of it.
//!
//! The server drives the chip; the relay between them only carries bytes and is believed in nothing. A reading lives in
//! the memory of the node that began it. What is stored is stored at its end, in one unit: a reading that fails leaves
//! nothing but a counted try.

mod begin;
mod keeping;
pub mod pairings;
mod person;
mod refusal;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use mibun_proofing::chip::ChipReason;
use mibun_proofing::journey::{Journey as Life, State};
use mibun_registry::JourneyId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::WorkError;
use super::journeys::OpenJourney;
use super::trust::Cached;
use crate::config::chip::Chip;

pub use begin::{Begun, Way, begin};
pub use keeping::{SeenDocument, portrait};
pub use refusal::Refusal;

/// The readings of this node, and whom they are believed by.
#[derive(Debug)]
pub struct Chips {
    places: Arc<Semaphore>,
    reading: Arc<Mutex<HashSet<JourneyId>>>,
    /// Whom chips are believed by.
    pub(super) trusted: Cached,
}

/// The right of a journey to read a chip; ends when it is dropped.
struct Turn {
    reading: Arc<Mutex<HashSet<JourneyId>>>,
    journey: JourneyId,
}

impl Chips {
    /// For as many readings as the operator allows.
    pub fn new(config: &Chip) -> Self {
        Self { places: Arc::new(Semaphore::new(config.relays)), reading: Arc::default(), trusted: Cached::default() }
    }

    /// A place for one more relay, whoever it belongs to.
    ///
    /// # Errors
    /// [`WorkError::Busy`].
    pub fn place(&self) -> Result<OwnedSemaphorePermit, WorkError> {
        Arc::clone(&self.places).try_acquire_owned().map_err(|_| WorkError::Busy)
    }

    fn turn(&self, journey: JourneyId) -> Option<Turn> {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        reading.insert(journey).then(|| Turn { reading: Arc::clone(&self.reading), journey })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.journey);
    }
}

/// Whether a journey takes a chip now: one to a full card whose face was not decided for good.
fn takes_a_chip(journey: &OpenJourney) -> Result<(), ChipReason> {
    let before_the_face = match &journey.state.life {
        Life::Open { .. } => true,
        Life::Rejected { decision, review: None, .. } => decision.public().retry_allowed,
        _ => false,
    };
    match journey.state.life.state() {
        State::Expired => Err(ChipReason::Gone),
        _ if journey.state.upgrade.is_some() && before_the_face => Ok(()),
        _ => Err(ChipReason::NotPossibleNow),
    }
}
