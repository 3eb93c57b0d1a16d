//! The random capture challenge: which movements, in which order, and how long each may take.
//!
//! A recording made earlier cannot follow an order that was drawn a second ago. The whole script is drawn at once,
//! replacements for failed steps included, so that a capture is a pure function of its script and its frames.

use mibun_crypto::entropy::Entropy;
use serde::{Deserialize, Serialize};

/// One movement the person is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Look straight into the camera, face inside the oval.
    Centre,
    /// Turn the head to the person's own left.
    TurnLeft,
    /// Turn the head to the person's own right.
    TurnRight,
    /// Lower or raise the head.
    Nod,
    /// Close both eyes for a moment and open them again.
    Blink,
    /// Bring the face closer to the camera.
    Closer,
}

/// What a movement exercises; both turns are of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// No movement.
    Still,
    /// Rotation about the vertical axis: a flat picture cannot show the side of the nose.
    Turn,
    /// Rotation about the horizontal axis.
    Nod,
    /// Eyelids.
    Eyes,
    /// Distance.
    Distance,
}

impl Action {
    /// The movements a script may be drawn from.
    pub const MOVEMENTS: [Action; 5] =
        [Action::TurnLeft, Action::TurnRight, Action::Nod, Action::Blink, Action::Closer];

    /// The kind of movement.
    pub fn kind(self) -> Kind {
        match self {
            Action::Centre => Kind::Still,
            Action::TurnLeft | Action::TurnRight => Kind::Turn,
            Action::Nod => Kind::Nod,
            Action::Blink => Kind::Eyes,
            Action::Closer => Kind::Distance,
        }
    }
}

/// An inclusive range of milliseconds that a time is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MillisRange {
    /// Shortest.
    pub min: u32,
    /// Longest.
    pub max: u32,
}

impl MillisRange {
    fn draw(self, entropy: &mut dyn Entropy) -> u32 {
        self.min + entropy.below(self.max.saturating_sub(self.min).saturating_add(1))
    }
}

/// How challenges are drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChallengeRules {
    /// Movements in use; must hold a turn and a second kind. An operator without a mesh model leaves `blink` out.
    pub movements: Vec<Action>,
    /// Movements asked for in one capture, 2 to 5.
    pub count: u8,
    /// Time allowed for one movement, counted from when it was shown.
    pub limit_ms: MillisRange,
    /// Pause facing the camera before a movement is shown, so that its moment cannot be foretold.
    pub hold_ms: MillisRange,
    /// Time allowed for facing the camera; long, because people first arrange themselves.
    pub centre_limit_ms: u32,
    /// Failed steps (wrong movement, time over, face lost) after which the capture ends.
    pub max_failures: u8,
}

impl Default for ChallengeRules {
    fn default() -> Self {
        Self {
            movements: Action::MOVEMENTS.to_vec(),
            count: 3,
            limit_ms: MillisRange { min: 7_000, max: 10_000 },
            hold_ms: MillisRange { min: 300, max: 900 },
            centre_limit_ms: 25_000,
            max_failures: 3,
        }
    }
}

/// Why a set of rules cannot make a challenge: the operator's mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// The movements hold no turn, or nothing but turns, or `centre`.
    #[error("challenge movements must hold a turn and one other kind, and no `centre`")]
    Movements,
    /// The number of movements is outside 2 to 5.
    #[error("challenge count must be 2 to 5")]
    Count,
    /// A range is empty, or a time is zero or above two minutes.
    #[error("challenge times must be ordered, above zero and at most two minutes")]
    Times,
    /// The number of failures is outside 1 to 10.
    #[error("challenge max_failures must be 1 to 10")]
    Failures,
}

impl ChallengeRules {
    /// Refuses rules no challenge could be drawn from.
    pub fn check(&self) -> Result<(), RulesError> {
        let kinds = |kind| self.movements.iter().any(|action| action.kind() == kind);
        let beyond_turns = self.movements.iter().any(|action| action.kind() != Kind::Turn);
        if kinds(Kind::Still) || !kinds(Kind::Turn) || !beyond_turns {
            return Err(RulesError::Movements);
        }
        if !(2..=5).contains(&self.count) {
            return Err(RulesError::Count);
        }
        let ordered = |range: MillisRange| range.min <= range.max && range.max <= LONGEST_MS;
        let limit_given = self.limit_ms.min > 0 && self.centre_limit_ms > 0 && self.centre_limit_ms <= LONGEST_MS;
        if !ordered(self.limit_ms) || !ordered(self.hold_ms) || !limit_given {
            return Err(RulesError::Times);
        }
        if !(1..=10).contains(&self.max_failures) {
            return Err(RulesError::Failures);
        }
        Ok(())
    }

    /// Every order of movements that satisfies [`fits`].
    fn scripts(&self) -> Vec<Vec<Action>> {
        let mut pool = self.movements.clone();
        pool.sort_unstable();
        pool.dedup();
        let mut scripts = vec![Vec::new()];
        for _ in 0..self.count {
            scripts = scripts.iter().flat_map(|head: &Vec<Action>| longer_by_one(head, &pool)).collect();
        }
        scripts.retain(|script| fits(script));
        scripts
    }
}

fn longer_by_one(head: &[Action], pool: &[Action]) -> Vec<Vec<Action>> {
    pool.iter().filter(|action| head.last() != Some(action)).map(|action| [head, &[*action]].concat()).collect()
}

/// Whether an order of movements is a challenge: no movement twice in a row, a turn, and at least two kinds.
fn fits(movements: &[Action]) -> bool {
    let repeats = movements.windows(2).any(|pair| pair[0] == pair[1]);
    let turns = movements.iter().filter(|action| action.kind() == Kind::Turn).count();
    let other_kind = movements.iter().any(|action| action.kind() != movements[0].kind());
    !repeats && turns > 0 && other_kind
}

/// One step of a script: a movement, the time it may take and the pause before it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What to do.
    pub action: Action,
    /// Time allowed from the moment the step was shown, in milliseconds.
    pub limit_ms: u32,
    /// Time facing the camera before the step is shown, in milliseconds.
    pub hold_ms: u32,
}

/// Randomness set aside for one replaced step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Redraw {
    pick: u32,
    limit_ms: u32,
    hold_ms: u32,
}

/// A drawn script: centre, the movements, centre; and what replaces a step that fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    nonce: String,
    steps: Vec<Step>,
    pool: Vec<Action>,
    redraws: Vec<Redraw>,
}

impl Challenge {
    /// Draws a script, each permitted order being equally likely.
    pub fn draw(rules: &ChallengeRules, entropy: &mut dyn Entropy) -> Result<Self, RulesError> {
        rules.check()?;
        let nonce = entropy.token(NONCE_BYTES);
        let scripts = rules.scripts();
        let chosen = &scripts[index_below(entropy, scripts.len())];
        let centre = |entropy: &mut dyn Entropy| Step {
            action: Action::Centre,
            limit_ms: rules.centre_limit_ms,
            hold_ms: rules.hold_ms.draw(entropy),
        };
        let mut steps = vec![centre(entropy)];
        for action in chosen {
            let limit_ms = rules.limit_ms.draw(entropy);
            steps.push(Step { action: *action, limit_ms, hold_ms: rules.hold_ms.draw(entropy) });
        }
        steps.push(centre(entropy));
        let redraws = (1..rules.max_failures)
            .map(|_| Redraw {
                pick: entropy.below(u32::MAX),
                limit_ms: rules.limit_ms.draw(entropy),
                hold_ms: rules.hold_ms.draw(entropy),
            })
            .collect();
        Ok(Self { nonce, steps, pool: rules.movements.clone(), redraws })
    }

    /// Names this draw: 128 random bits, base64url. Bound into the decision record.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// The script as drawn, centre steps included.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Time allowed for facing the camera, before a movement too.
    pub fn centre_limit_ms(&self) -> u32 {
        self.steps.first().map_or(0, |step| step.limit_ms)
    }

    /// The number of failures this script has replacements for, plus the last one that ends the capture.
    pub fn max_failures(&self) -> usize {
        self.redraws.len() + 1
    }

    /// The step that takes the place of `script[index]` after the `failure`-th failure (from 0), or `None` if no
    /// further failure is allowed. It differs from the failed one wherever the rules leave a choice.
    pub fn replacement(&self, script: &[Step], index: usize, failure: usize) -> Option<Step> {
        let redraw = self.redraws.get(failure)?;
        let failed = script.get(index)?;
        if failed.action == Action::Centre {
            return Some(*failed);
        }
        let candidates: Vec<Action> = self
            .pool
            .iter()
            .copied()
            .filter(|action| *action != failed.action && fits(&with_movement(script, index, *action)))
            .collect();
        let action = match candidates.len() {
            0 => failed.action,
            // The bias of the remainder is below one in a thousand million.
            n => candidates[redraw.pick as usize % n],
        };
        Some(Step { action, limit_ms: redraw.limit_ms, hold_ms: redraw.hold_ms })
    }
}

fn with_movement(script: &[Step], index: usize, action: Action) -> Vec<Action> {
    let replaced = script.iter().enumerate().map(|(at, step)| if at == index { action } else { step.action });
    replaced.filter(|action| *action != Action::Centre).collect()
}

fn index_below(entropy: &mut dyn Entropy, len: usize) -> usize {
    // A script has at most five movements of five, so the count fits.
    entropy.below(u32::try_from(len).unwrap_or(u32::MAX)) as usize
}

const NONCE_BYTES: usize = 16;
const LONGEST_MS: u32 = 120_000;

#[cfg(test)]
mod tests;
