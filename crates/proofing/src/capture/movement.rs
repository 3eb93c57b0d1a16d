//! Reading a movement out of frames.

use mibun_face::FrameMeasures;
use serde::{Deserialize, Serialize};

use super::rules::MovementRules;
use crate::challenge::Action;

/// How the person faced the camera just before a movement was shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Baseline {
    frames: u8,
    yaw_deg: f32,
    pitch_deg: f32,
    face_height: f32,
    /// The widest, not the mean: a natural blink must not pass for the person's open eyes.
    eyes_open: f32,
}

impl Baseline {
    /// Takes one more neutral frame into the means, or begins anew with it if the person moved since: whoever nods
    /// while facing the camera must not have nodded by raising the head again.
    pub(super) fn add(&mut self, seen: &FrameMeasures, rules: &MovementRules) {
        if self.frames > 0 && self.moved(seen, rules) {
            *self = Self::default();
        }
        self.frames = self.frames.saturating_add(1);
        let weight = 1.0 / f32::from(self.frames);
        self.yaw_deg += (seen.yaw_deg - self.yaw_deg) * weight;
        self.pitch_deg += (seen.pitch_deg - self.pitch_deg) * weight;
        self.face_height += (seen.face_height_ratio - self.face_height) * weight;
        self.eyes_open = self.eyes_open.max(eyes(seen));
    }

    fn moved(&self, seen: &FrameMeasures, rules: &MovementRules) -> bool {
        let growth = seen.face_height_ratio / self.face_height.max(f32::EPSILON) - 1.0;
        (seen.yaw_deg - self.yaw_deg).abs() > rules.turn_deg / 2.0
            || (seen.pitch_deg - self.pitch_deg).abs() > rules.nod_deg / 2.0
            || growth.abs() > (rules.closer_gain - 1.0) / 2.0
    }

    pub(super) fn frames(&self) -> u8 {
        self.frames
    }
}

/// What was seen of a movement since it was shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Sighting {
    wanted: u8,
    wrong: u8,
    closed: u8,
}

/// What the frames up to now amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Not enough seen yet.
    Waiting,
    /// The movement was made.
    Made,
    /// Another movement was made.
    Wrong,
}

impl Sighting {
    /// Adds a frame with exactly one face in it.
    pub(super) fn add(
        &mut self,
        action: Action,
        seen: &FrameMeasures,
        base: &Baseline,
        rules: &MovementRules,
    ) -> Verdict {
        let turned = seen.yaw_deg - base.yaw_deg;
        let wrong_turn = match action {
            Action::TurnLeft => turned <= -rules.turn_deg,
            Action::TurnRight => turned >= rules.turn_deg,
            _ => turned.abs() >= rules.turn_deg,
        };
        if wrong_turn {
            self.wrong = self.wrong.saturating_add(1);
        } else if self.shows(action, seen, base, rules) {
            self.wanted = self.wanted.saturating_add(1);
        }
        let enough = if action == Action::Blink { 1 } else { rules.confirm_frames };
        match () {
            () if self.wrong >= rules.confirm_frames => Verdict::Wrong,
            () if self.wanted >= enough => Verdict::Made,
            () => Verdict::Waiting,
        }
    }

    /// Forgets what was seen: the face was out of view, and another may have come back.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// The share of the movement that was seen, 0..1.
    pub(super) fn share(&self, action: Action, rules: &MovementRules) -> f32 {
        match action {
            Action::Blink => f32::from(self.closed.min(1)) / 2.0,
            _ => f32::from(self.wanted) / f32::from(rules.confirm_frames.max(1)),
        }
    }

    fn shows(&mut self, action: Action, seen: &FrameMeasures, base: &Baseline, rules: &MovementRules) -> bool {
        match action {
            Action::TurnLeft => seen.yaw_deg - base.yaw_deg >= rules.turn_deg,
            Action::TurnRight => seen.yaw_deg - base.yaw_deg <= -rules.turn_deg,
            Action::Nod => (seen.pitch_deg - base.pitch_deg).abs() >= rules.nod_deg,
            Action::Closer => seen.face_height_ratio >= base.face_height * rules.closer_gain,
            Action::Blink => self.reopened(seen, base, rules),
            Action::Centre => false,
        }
    }

    /// Whether the eyes are open in this frame and were closed in an earlier one.
    fn reopened(&mut self, seen: &FrameMeasures, base: &Baseline, rules: &MovementRules) -> bool {
        // A nod or a lowered gaze narrows the lids too; only a face still in front of the camera can blink.
        let nodding = (seen.pitch_deg - base.pitch_deg).abs() >= rules.nod_deg;
        if !nodding && eyes(seen) <= base.eyes_open * rules.closed_share {
            self.closed = self.closed.saturating_add(1);
            return false;
        }
        self.closed > 0 && eyes(seen) >= base.eyes_open * rules.open_share
    }
}

fn eyes(seen: &FrameMeasures) -> f32 {
    (seen.eyes_open.left + seen.eyes_open.right) / 2.0
}
