//! Captures under way: one frame in, one instruction out, and the decision at the end.
//!
//! A capture lives in the memory of the node that began it, for at most two minutes: its frames arrive several times a
//! second and must not be written anywhere. If the node stops, the person begins again; the attempt stays counted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use mibun_proofing::capture::{Capture, CaptureError, FrameInput, Moment, Progress};
use mibun_proofing::challenge::Challenge;
use mibun_registry::{BlindIndex, JourneyId, StoreError};

use super::WorkError;
use super::journeys::{self, DecisionSummary, OpenJourney};
use crate::app::App;

/// Captures at the same time; each holds at most three frames.
const CAPACITY: usize = 500;
/// How long after its last moment for frames a capture waits to be decided, should the engine be busy.
const DECIDED_WITHIN_MS: i64 = 30_000;

/// The captures of this node.
#[derive(Default)]
pub struct Captures {
    by_id: Mutex<HashMap<String, Arc<tokio::sync::Mutex<UnderWay>>>>,
}

struct UnderWay {
    journey: JourneyId,
    capture: Capture,
    kept: HashMap<Moment, Bytes>,
    /// When it is forgotten, decided or not.
    expires_at_ms: i64,
}

/// A capture that has begun.
pub struct Begun {
    /// Names the capture in further calls.
    pub id: String,
    /// What to show first.
    pub progress: Progress,
    /// When frames are no longer taken, milliseconds since the epoch.
    pub expires_at_ms: i64,
    /// Attempts that remain today.
    pub attempts_left: u32,
}

/// What one frame led to.
pub struct FrameAnswer {
    /// What to show next.
    pub progress: Progress,
    /// The decision, with the last frame.
    pub decision: Option<DecisionSummary>,
}

/// What a finished capture hands to the decision.
pub struct Finished {
    /// The capture, ended.
    pub capture: Capture,
    /// The best frame's image, for an officer should one be needed.
    pub best: Option<Bytes>,
}

impl Captures {
    /// Forgets captures whose time is over.
    pub fn drop_expired(&self, now_ms: i64) {
        self.locked().retain(|_, under_way| under_way.try_lock().map_or(true, |held| held.expires_at_ms > now_ms));
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<tokio::sync::Mutex<UnderWay>>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert(&self, id: String, under_way: UnderWay, now_ms: i64) -> Result<(), WorkError> {
        self.drop_expired(now_ms);
        let mut all = self.locked();
        // One capture per journey: a second one would be a second camera.
        let journey = under_way.journey;
        all.retain(|_, other| other.try_lock().map_or(true, |held| held.journey != journey));
        if all.len() >= CAPACITY {
            return Err(WorkError::Busy);
        }
        all.insert(id, Arc::new(tokio::sync::Mutex::new(under_way)));
        Ok(())
    }

    fn get(&self, id: &str) -> Option<Arc<tokio::sync::Mutex<UnderWay>>> {
        self.locked().get(id).cloned()
    }

    fn remove(&self, id: &str) {
        self.locked().remove(id);
    }
}

impl std::fmt::Debug for Captures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Captures({})", self.locked().len())
    }
}

/// Begins a capture for an open journey. The attempt is counted, durably, before the first frame is taken.
///
/// # Errors
/// [`WorkError::TooMany`] when the record's attempts are used up, [`WorkError::State`] for a journey that is past it.
pub async fn begin(app: &App, journey: OpenJourney) -> Result<Begun, WorkError> {
    let policy = &app.config.face.policy;
    let (id, challenge) = {
        let mut entropy = app.entropy();
        let challenge = Challenge::draw(&policy.challenge, &mut *entropy).map_err(|_| WorkError::Damaged)?;
        (entropy.token(16), challenge)
    };
    let journey_id = journey.row.id;
    let attempts_left = journeys::begin_capture(app, journey, &id).await?;
    let now_ms = app.clock.now_millis();
    let capture = Capture::begin(&policy.capture, challenge, now_ms);
    let begun = Begun {
        id: id.clone(),
        progress: capture.instruction(),
        expires_at_ms: capture.expires_at_ms(),
        attempts_left,
    };
    let expires_at_ms = capture.expires_at_ms() + DECIDED_WITHIN_MS;
    let under_way = UnderWay { journey: journey_id, expires_at_ms, capture, kept: HashMap::new() };
    app.captures.insert(id, under_way, now_ms)?;
    Ok(begun)
}

/// Takes one frame. After the last one a further frame asks for the decision again, where there was none.
///
/// # Errors
/// [`WorkError::Busy`] when the face engine has no time; the capture waits.
/// [`WorkError::NotFound`] for a capture of another journey or node, [`WorkError::Ended`] for one that is over,
/// [`WorkError::Refused`] for an image or frame that is not accepted; the capture goes on after a refused frame.
pub async fn frame(
    app: &App,
    journey: &str,
    token: &str,
    capture: &str,
    seq: u32,
    image: Bytes,
) -> Result<FrameAnswer, WorkError> {
    let under_way = app.captures.get(capture).ok_or(WorkError::Ended("capture"))?;
    let mut under_way = under_way.lock().await;
    if under_way.journey.to_string() != journey {
        return Err(WorkError::NotFound("capture"));
    }
    // Frames come five times a second; the token is checked against the record like every other call.
    let journey = journeys::authorise(app, journey, token).await?;
    if under_way.capture.lapse(app.clock.now_millis()).is_some() {
        let progress = under_way.capture.instruction();
        return conclude(app, journey, capture, &mut under_way, progress).await;
    }
    let measures = app.faces.measure(image.clone()).await?;
    let input = FrameInput {
        seq,
        keyed_hash: app.safe.mac("frame", &[&image]),
        measures: &measures,
        at_ms: app.clock.now_millis(),
    };
    let progress = under_way.capture.observe(input).map_err(refusal)?;
    if let Some(moment) = progress.kept {
        under_way.kept.insert(moment, image);
    }
    if progress.done {
        return conclude(app, journey, capture, &mut under_way, progress).await;
    }
    Ok(FrameAnswer { progress, decision: None })
}

async fn conclude(
    app: &App,
    journey: OpenJourney,
    id: &str,
    under_way: &mut UnderWay,
    progress: Progress,
) -> Result<FrameAnswer, WorkError> {
    let moments = [Moment::After, Moment::Before, Moment::Between];
    let best = moments.iter().find_map(|moment| under_way.kept.get(moment).cloned());
    let finished = Finished { capture: under_way.capture.clone(), best };
    let decided = journeys::decide(app, journey, finished).await;
    // Gone from memory whatever the decision says. Only where nothing could be decided, for the engine or the record is
    // busy, does the capture wait for whoever asks again.
    if !decided.as_ref().is_err_and(is_busy) {
        app.captures.remove(id);
        under_way.kept.clear();
    }
    Ok(FrameAnswer { progress, decision: Some(decided?) })
}

fn is_busy(error: &WorkError) -> bool {
    matches!(error, WorkError::Busy | WorkError::Store(StoreError::Busy | StoreError::Unavailable(_)))
}

fn refusal(error: CaptureError) -> WorkError {
    let code = match error {
        CaptureError::Ended | CaptureError::Expired => return WorkError::Ended("capture"),
        CaptureError::OutOfOrder { .. } => "frame_out_of_order",
        CaptureError::FrameReplayed => "frame_replayed",
        CaptureError::TooFast { .. } => "frame_too_fast",
        CaptureError::NotANumber => return WorkError::Damaged,
    };
    WorkError::Refused(code, error.to_string())
}

/// The index under which a frame of an ended capture is remembered, so that it cannot come back in another one.
pub fn frame_index(hash: &[u8; 32]) -> BlindIndex {
    BlindIndex::new(*hash)
}
