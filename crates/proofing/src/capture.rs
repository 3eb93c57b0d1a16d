//! A camera capture, driven by the server: one frame in, one instruction out.
//!
//! The next movement is revealed only when the person faces the camera again and a drawn pause is over. All state is
//! one serialisable value; given the challenge and the frames it always ends the same way.

mod frame;
mod hint;
mod identity;
mod keeper;
mod ledger;
mod movement;
mod rules;
mod summary;

use mibun_face::Embedding;
use serde::{Deserialize, Serialize};

pub use frame::{CaptureError, FrameInput, Progress};
pub use hint::Hint;
pub use keeper::{KeptFrame, Moment};
pub use ledger::FrameHash;
pub use rules::{CaptureRules, IdentityRules, MovementRules, QualityFloors};
pub use summary::{CaptureEnd, CaptureSummary, FrameScore, StepEnd, StepRecord, Tally};

use crate::challenge::{Action, Challenge, Step};
use hint::Pose;
use identity::{Identity, Resemblance};
use keeper::Keeper;
use ledger::Ledger;
use movement::{Baseline, Sighting, Verdict};

/// A capture in progress or just ended. Holds biometric data: store it sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capture {
    rules: CaptureRules,
    challenge: Challenge,
    script: Vec<Step>,
    index: u8,
    stage: Stage,
    ledger: Ledger,
    identity: Identity,
    keeper: Keeper,
    steps: Vec<StepRecord>,
    failures: u8,
    tally: Tally,
    scores: Vec<FrameScore>,
    ended: Option<(CaptureEnd, i64)>,
}

/// Where in a step the capture is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// Facing the camera; the movement is not shown yet.
    Settle { begun_ms: i64, base: Baseline },
    /// The movement is shown.
    Act { begun_ms: i64, shown_ms: i64, base: Baseline, sighting: Sighting, lost: u8 },
}

impl Stage {
    fn settle(now_ms: i64) -> Self {
        Self::Settle { begun_ms: now_ms, base: Baseline::default() }
    }
}

impl Capture {
    /// Begins a capture with a freshly drawn challenge.
    pub fn begin(rules: &CaptureRules, challenge: Challenge, now_ms: i64) -> Self {
        Self {
            rules: rules.clone(),
            script: challenge.steps().to_vec(),
            challenge,
            index: 0,
            stage: Stage::settle(now_ms),
            ledger: Ledger::new(now_ms),
            identity: Identity::default(),
            keeper: Keeper::default(),
            steps: Vec::new(),
            failures: 0,
            tally: Tally::default(),
            scores: Vec::new(),
            ended: None,
        }
    }

    /// Takes one frame and says what to show next. A refused frame leaves everything as it was.
    pub fn observe(&mut self, frame: FrameInput<'_>) -> Result<Progress, CaptureError> {
        if self.ended.is_some() {
            return Err(CaptureError::Ended);
        }
        self.ledger.check(&frame, &self.rules)?;
        if !summary::all_finite(frame.measures) {
            return Err(CaptureError::NotANumber);
        }
        let gap_ms = self.ledger.enter(&frame);
        if gap_ms > i64::from(self.rules.max_gap_ms) {
            self.finish(CaptureEnd::Interrupted, frame.at_ms);
            return Ok(self.progress(None, None));
        }
        Ok(self.judge(&frame))
    }

    /// Ends a capture whose time is over or whose frames stopped; answers how it ended, or `None` if it still runs.
    pub fn lapse(&mut self, now_ms: i64) -> Option<CaptureEnd> {
        let silent_ms = now_ms.saturating_sub(self.ledger.last_ms);
        if self.ended.is_none() && silent_ms > i64::from(self.rules.max_gap_ms) {
            self.finish(CaptureEnd::Interrupted, now_ms);
        } else if self.ended.is_none() && now_ms > self.expires_at_ms() {
            self.finish(self.time_over(), now_ms);
        }
        self.end()
    }

    /// What to show before the first frame, or again after a reload.
    pub fn instruction(&self) -> Progress {
        self.progress(None, None)
    }

    /// How the capture ended, once it has.
    pub fn end(&self) -> Option<CaptureEnd> {
        self.ended.map(|(end, _)| end)
    }

    /// The last moment a frame is taken, milliseconds since the epoch.
    pub fn expires_at_ms(&self) -> i64 {
        self.ledger.deadline_ms(&self.rules)
    }

    /// The faces to match with the register's portrait, with the number of their frame; at most three.
    pub fn faces(&self) -> impl Iterator<Item = (u32, &Embedding)> {
        self.keeper.faces()
    }

    /// What the decision needs, once the capture has ended.
    pub fn summary(&self) -> Option<CaptureSummary> {
        let (end, ended_ms) = self.ended?;
        Some(CaptureSummary {
            challenge: self.challenge.clone(),
            steps: self.steps.clone(),
            end,
            begun_ms: self.ledger.begun_ms,
            ended_ms,
            tally: self.tally,
            scores: self.scores.clone(),
            kept: self.keeper.frames().cloned().collect(),
            frames: self.ledger.hashes().to_vec(),
        })
    }

    fn judge(&mut self, frame: &FrameInput<'_>) -> Progress {
        let pose = match self.stage {
            Stage::Settle { .. } => Pose::Facing,
            Stage::Act { .. } => Pose::Moving,
        };
        let fault = hint::fault(frame.measures, &self.rules.quality, pose);
        self.tally.count(fault);
        let resemblance = self.recognise(frame);
        if let Some(end) = self.hard_stop(resemblance) {
            self.finish(end, frame.at_ms);
            return self.progress(fault, None);
        }
        let kept = match self.stage {
            Stage::Settle { .. } => self.settle(frame, fault, resemblance),
            Stage::Act { .. } => {
                self.act(frame, fault, resemblance);
                None
            }
        };
        if self.ended.is_none() && self.ledger.frames() >= usize::from(self.rules.max_frames) {
            self.finish(self.time_over(), frame.at_ms);
        }
        let waiting = kept.is_some() || matches!(self.stage, Stage::Settle { base, .. } if base.frames() > 0);
        self.progress(fault.or(waiting.then_some(Hint::HoldStill)), kept)
    }

    /// Compares the face with the one before and notes the scores that count over the whole capture.
    fn recognise(&mut self, frame: &FrameInput<'_>) -> Resemblance {
        let seen = frame.measures;
        let rules = &self.rules.identity;
        if !identity::comparable(seen, &self.rules.quality) {
            return Resemblance::Unknown;
        }
        let resemblance = self.identity.compare(seen, rules);
        let frontal = seen.yaw_deg.abs() <= rules.max_angle_deg && seen.pitch_deg.abs() <= rules.max_angle_deg;
        let score =
            FrameScore { seq: frame.seq, live: seen.live.filter(|_| frontal), same_face: resemblance.similarity() };
        if score.live.is_some() || score.same_face.is_some() {
            self.scores.push(score);
        }
        resemblance
    }

    fn hard_stop(&self, resemblance: Resemblance) -> Option<CaptureEnd> {
        match resemblance {
            Resemblance::Changed(_) => Some(CaptureEnd::FaceChanged),
            _ if self.tally.two_faces > self.rules.max_two_faces => Some(CaptureEnd::TwoFaces),
            _ => None,
        }
    }

    /// A frame while the person should face the camera.
    fn settle(&mut self, frame: &FrameInput<'_>, fault: Option<Hint>, resemblance: Resemblance) -> Option<Moment> {
        let Stage::Settle { begun_ms, mut base } = self.stage else {
            return None;
        };
        let good = fault.is_none() && self.identity.establish(frame.measures, resemblance);
        if !good {
            base = Baseline::default();
            self.stage = Stage::Settle { begun_ms, base };
            if elapsed(begun_ms, frame.at_ms) > self.challenge.centre_limit_ms() {
                self.fail(StepEnd::TimeOver, frame.at_ms);
            }
            return None;
        }
        base.add(frame.measures, &self.rules.movement);
        self.stage = Stage::Settle { begun_ms, base };
        let kept = self.keep(frame);
        let step = self.step();
        let wanted = if step.action == Action::Centre { self.rules.centre_frames } else { self.rules.neutral_frames };
        if base.frames() < wanted || elapsed(begun_ms, frame.at_ms) < step.hold_ms {
            return kept;
        }
        if step.action == Action::Centre {
            self.complete_step(frame.at_ms);
        } else {
            let sighting = Sighting::default();
            self.stage = Stage::Act { begun_ms, shown_ms: frame.at_ms, base, sighting, lost: 0 };
        }
        kept
    }

    /// A frame while a movement is shown.
    fn act(&mut self, frame: &FrameInput<'_>, fault: Option<Hint>, resemblance: Resemblance) {
        let step = self.step();
        let Stage::Act { shown_ms, base, sighting, lost, .. } = &mut self.stage else {
            return;
        };
        let waited_ms = elapsed(*shown_ms, frame.at_ms);
        let mut verdict = Verdict::Waiting;
        if frame.measures.faces == 1 {
            *lost = 0;
            let usable = fault.is_none() && !matches!(resemblance, Resemblance::Other(_));
            if usable && waited_ms >= self.rules.movement.reaction_ms {
                verdict = sighting.add(step.action, frame.measures, base, &self.rules.movement);
            }
        } else {
            *lost = lost.saturating_add(1);
            sighting.reset();
        }
        let face_lost = *lost >= self.rules.movement.lost_frames;
        match verdict {
            _ if waited_ms > step.limit_ms => self.fail(StepEnd::TimeOver, frame.at_ms),
            Verdict::Made => self.complete_step(frame.at_ms),
            Verdict::Wrong => self.fail(StepEnd::WrongAction, frame.at_ms),
            Verdict::Waiting if face_lost => self.fail(StepEnd::FaceLost, frame.at_ms),
            Verdict::Waiting => {}
        }
    }

    fn keep(&mut self, frame: &FrameInput<'_>) -> Option<Moment> {
        let moment = match usize::from(self.index) {
            0 => Moment::Before,
            last if last + 1 == self.script.len() => Moment::After,
            _ => Moment::Between,
        };
        let rank = keeper::rank(frame.measures, &self.rules.quality);
        let candidate =
            KeptFrame { seq: frame.seq, at_ms: frame.at_ms, moment, rank, measures: frame.measures.clone() };
        self.keeper.offer(candidate).then_some(moment)
    }

    fn complete_step(&mut self, now_ms: i64) {
        self.note(StepEnd::Done, now_ms);
        self.index += 1;
        self.stage = Stage::settle(now_ms);
        if usize::from(self.index) == self.script.len() {
            self.finish(CaptureEnd::Completed, now_ms);
        }
    }

    /// Notes a failed step; draws another in its place, or ends the capture if there were too many.
    fn fail(&mut self, end: StepEnd, now_ms: i64) {
        self.note(end, now_ms);
        let index = usize::from(self.index);
        let replacement = self.challenge.replacement(&self.script, index, usize::from(self.failures));
        self.failures += 1;
        match (replacement, self.stage) {
            (None, _) => {
                self.finish(self.tally.main_fault().unwrap_or(CaptureEnd::ChallengeFailed), now_ms);
            }
            (Some(step), Stage::Act { .. }) => {
                self.script[index] = step;
                self.stage = Stage::settle(now_ms);
            }
            // The movement was never shown, so it is still a surprise.
            (Some(_), Stage::Settle { .. }) => self.stage = Stage::settle(now_ms),
        }
    }

    fn note(&mut self, end: StepEnd, now_ms: i64) {
        let (begun_ms, shown_ms) = match self.stage {
            Stage::Settle { begun_ms, .. } => (begun_ms, None),
            Stage::Act { begun_ms, shown_ms, .. } => (begun_ms, Some(shown_ms)),
        };
        let action = self.step().action;
        self.steps.push(StepRecord { index: self.index, action, begun_ms, shown_ms, ended_ms: now_ms, end });
    }

    fn finish(&mut self, end: CaptureEnd, now_ms: i64) {
        let end = match end {
            CaptureEnd::ChallengeFailed | CaptureEnd::TimeOver if self.is_slow() => CaptureEnd::Interrupted,
            seen => seen,
        };
        self.ended = Some((end, now_ms));
    }

    /// Whether too few frames arrived to say that the person did anything wrong.
    fn is_slow(&self) -> bool {
        let frames = u32::try_from(self.ledger.frames()).unwrap_or(u32::MAX);
        elapsed(self.ledger.begun_ms, self.ledger.last_ms) > frames.saturating_mul(self.rules.slow_interval_ms)
    }

    fn time_over(&self) -> CaptureEnd {
        self.tally.main_fault().unwrap_or(CaptureEnd::TimeOver)
    }

    /// The present step; after the last one, the last one.
    fn step(&self) -> Step {
        let last = self.script.len().saturating_sub(1);
        self.script[usize::from(self.index).min(last)]
    }

    fn progress(&self, hint: Option<Hint>, kept: Option<Moment>) -> Progress {
        let total = u8::try_from(self.script.len()).unwrap_or(u8::MAX);
        let step = self.step();
        let (shown, part) = match &self.stage {
            Stage::Settle { .. } => (Action::Centre, 0.0),
            Stage::Act { sighting, .. } => {
                (step.action, 0.5 + sighting.share(step.action, &self.rules.movement).min(1.0) / 2.0)
            }
        };
        Progress {
            hint: hint.filter(|_| self.ended.is_none()),
            step: shown,
            index: self.index.min(total.saturating_sub(1)),
            total,
            progress: ((f32::from(self.index) + part) / f32::from(total)).min(1.0),
            kept,
            done: self.ended.is_some(),
        }
    }
}

fn elapsed(since_ms: i64, now_ms: i64) -> u32 {
    u32::try_from(now_ms.saturating_sub(since_ms).max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
