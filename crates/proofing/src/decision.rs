//! From raw scores to accept, refer or reject; a pure function that can be run again on its record.

mod reason;
mod record;
mod texts;

use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};

pub use reason::ReasonCode;
pub use record::DecisionRecord;
pub use texts::{Language, Message};

use crate::{
    capture::{CaptureEnd, CaptureSummary},
    policy::{LivenessRules, MatchThresholds, Policy, WithoutModel},
};

/// What becomes of the journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The person gets the card.
    Accepted,
    /// An officer decides.
    Referred,
    /// Not this time.
    Rejected,
}

/// What the register holds under the number and name that were typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A record in good standing, with a portrait.
    Eligible,
    /// A record with no portrait, or one that cannot be matched with.
    WithoutPortrait,
    /// The record says that the person has died.
    Deceased,
    /// The document or the record is no longer valid.
    Expired,
    /// The record is suspended.
    Suspended,
    /// No record. The capture goes on all the same and is matched with a decoy, so that neither the answer nor its
    /// time tells.
    Unknown,
}

/// Similarity of one kept frame with the portrait (or the decoy).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MatchScore {
    /// The frame's number.
    pub seq: u32,
    /// Similarity, in the embedder's metric.
    pub score: f32,
}

/// Similarity of the kept frames with the portrait in a chip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChipMatches {
    /// Frame by frame; empty when the portrait cannot be matched with.
    pub matches: Vec<MatchScore>,
    /// The embedder's thresholds for portraits of this type.
    pub thresholds: MatchThresholds,
}

/// A model file that took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUsed {
    /// What it did: `detector`, `mesh`, `antispoof`, `embedder`.
    pub role: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
}

/// The model set of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSet {
    /// The set's name.
    pub name: String,
    /// The inference engine and its version.
    pub engine: String,
    /// Its files.
    pub files: Vec<ModelUsed>,
    /// Whether it has an anti-spoof model at all.
    pub detects_attacks: bool,
}

/// Everything a decision is made of, besides the policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionInputs {
    /// What the register holds.
    pub subject: Subject,
    /// What the capture saw.
    pub capture: CaptureSummary,
    /// How the kept frames compare with the portrait.
    pub matches: Vec<MatchScore>,
    /// The embedder's thresholds for this type of portrait.
    pub thresholds: MatchThresholds,
    /// How they compare with the portrait in the chip of the document, where one was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chip: Option<ChipMatches>,
    /// What measured it all.
    pub models: ModelSet,
}

/// What presentation-attack detection said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttackDetection {
    /// A live face.
    Passed,
    /// Too few frames, or a score in the grey band.
    Uncertain,
    /// A picture or a screen.
    Failed,
    /// The model set has no such model: only the active challenge speaks for a live face.
    NotAvailable,
}

/// A decision with its reason. `reason` is for the record and the officer; tell the person [`Decision::public`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What becomes of the journey.
    pub outcome: Outcome,
    /// Why, truthfully.
    pub reason: ReasonCode,
    /// What presentation-attack detection said, if the decision got that far.
    pub attack_detection: Option<AttackDetection>,
    /// The live score that counted.
    pub live_score: Option<f32>,
    /// The match score that counted.
    pub match_score: Option<f32>,
    /// The measured false-match rate of the threshold that was reached; only where the engine accepted.
    pub false_match_rate: Option<f32>,
}

/// What the person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PublicDecision {
    /// What becomes of the journey.
    pub outcome: Outcome,
    /// Why, as far as it may be told.
    pub reason: ReasonCode,
    /// A sentence to act on.
    pub message: Message,
    /// Whether another capture may help, attempts permitting.
    pub retry_allowed: bool,
}

/// An officer's decision on a referred journey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The officer's identifier.
    pub officer: String,
    /// Whether the officer recognised the person.
    pub accepted: bool,
    /// The officer's grounds.
    pub grounds: String,
    /// When.
    pub at: Timestamp,
}

impl Review {
    /// The decision it amounts to. The scores of the referred one stay what they were.
    pub fn decision(&self, referred: &Decision) -> Decision {
        let (outcome, reason) = match self.accepted {
            true => (Outcome::Accepted, ReasonCode::OfficerAccepted),
            false => (Outcome::Rejected, ReasonCode::OfficerRejected),
        };
        Decision { outcome, reason, ..*referred }
    }
}

impl Decision {
    /// A rejection for a reason outside the capture, such as exhausted attempts.
    pub fn rejected(reason: ReasonCode) -> Self {
        Self::bare(Outcome::Rejected, reason)
    }

    /// A referral without a capture: an officer at a counter has the person before them.
    pub fn at_counter() -> Self {
        Self::bare(Outcome::Referred, ReasonCode::SeenAtCounter)
    }

    /// What the person may be told: whoever is unknown and whoever has another face hear the same, so that nobody can
    /// find out who is registered by trying.
    pub fn public(&self) -> PublicDecision {
        let reason = match self.reason {
            ReasonCode::FaceMismatch => ReasonCode::NotFoundOrMismatch,
            told => told,
        };
        let retry_allowed = self.outcome == Outcome::Rejected && reason.retry_may_help();
        PublicDecision { outcome: self.outcome, reason, message: reason.message(), retry_allowed }
    }

    fn bare(outcome: Outcome, reason: ReasonCode) -> Self {
        Self { outcome, reason, attack_detection: None, live_score: None, match_score: None, false_match_rate: None }
    }
}

/// Decides.
///
/// The order matters: first what anybody could fail (capture, attack), then the face, and only for a matching face
/// the standing of the record, which is nobody else's business.
pub fn decide(inputs: &DecisionInputs, policy: &Policy) -> Decision {
    if let Some(reason) = broken_off(inputs.capture.end) {
        return Decision::rejected(reason);
    }
    let live_score = live_score(&inputs.capture, &policy.liveness);
    let attack = attack_detection(live_score, inputs.models.detects_attacks, &policy.liveness);
    let faces = Faces::of(&inputs.matches);
    let (outcome, reason) = if attack == AttackDetection::Failed {
        (Outcome::Rejected, ReasonCode::PresentationAttack)
    } else {
        let face = judge_face(faces, &inputs.thresholds);
        let chip = inputs.chip.as_ref().map_or(ChipVerdict::Face(FaceVerdict::Same), ChipMatches::judge);
        judge_both(inputs.subject, (face, chip), attack, policy)
    };
    let match_score = faces.map(|faces| faces.middle);
    let chip_score = inputs.chip.as_ref().and_then(|chip| Faces::of(&chip.matches)).map(|faces| faces.middle);
    // Of two portraits the one that is less like counts.
    let match_score = match_score.map(|score| chip_score.map_or(score, |chip| chip.min(score)));
    let of_chip = inputs.chip.as_ref().and_then(|chip| chip.thresholds.accept);
    let accepting = [inputs.thresholds.accept, of_chip].into_iter().flatten();
    let weakest = accepting.max_by(|one, other| one.fmr.total_cmp(&other.fmr));
    let accepted_at = weakest.filter(|_| outcome == Outcome::Accepted);
    Decision {
        outcome,
        reason,
        attack_detection: Some(attack),
        live_score,
        match_score,
        false_match_rate: accepted_at.map(|row| row.fmr),
    }
}

fn broken_off(end: CaptureEnd) -> Option<ReasonCode> {
    Some(match end {
        CaptureEnd::Completed => return None,
        CaptureEnd::ChallengeFailed => ReasonCode::ChallengeFailed,
        CaptureEnd::FaceChanged => ReasonCode::FaceChanged,
        CaptureEnd::TwoFaces => ReasonCode::TwoFaces,
        CaptureEnd::NoFace => ReasonCode::NoFace,
        CaptureEnd::TooDark => ReasonCode::TooDark,
        CaptureEnd::TimeOver => ReasonCode::CaptureTimeout,
        CaptureEnd::Interrupted => ReasonCode::CaptureInterrupted,
    })
}

/// The policy's percentile of the frames' live scores, lower neighbour; `None` with too few frames.
fn live_score(capture: &CaptureSummary, rules: &LivenessRules) -> Option<f32> {
    let scored = capture.scores.iter().filter_map(|score| score.live);
    let mut scores: Vec<f32> = scored.map(|live| worst_unless_a_number((live.v2 + live.v1se) / 2.0)).collect();
    if scores.len() < usize::from(rules.min_frames.max(1)) {
        return None;
    }
    scores.sort_by(f32::total_cmp);
    Some(scores[(scores.len() - 1) * usize::from(rules.percentile.min(100)) / 100])
}

fn attack_detection(score: Option<f32>, available: bool, rules: &LivenessRules) -> AttackDetection {
    match score {
        _ if !available => AttackDetection::NotAvailable,
        None => AttackDetection::Uncertain,
        Some(score) if score >= rules.accept => AttackDetection::Passed,
        Some(score) if score >= rules.reject => AttackDetection::Uncertain,
        Some(_) => AttackDetection::Failed,
    }
}

/// Sorting would put what is not a number above every number, where it would count as the best of scores.
fn worst_unless_a_number(score: f32) -> f32 {
    if score.is_nan() { f32::NEG_INFINITY } else { score }
}

/// Match scores of one capture.
#[derive(Clone, Copy)]
struct Faces {
    /// The median, lower of two. Not the best: the best of three frames matches strangers three times as often as the
    /// calibration of a single comparison says.
    middle: f32,
    /// The worst: a frame that shows somebody else must not be outvoted.
    worst: f32,
}

impl Faces {
    fn of(matches: &[MatchScore]) -> Option<Self> {
        let mut scores: Vec<f32> = matches.iter().map(|one| worst_unless_a_number(one.score)).collect();
        scores.sort_by(f32::total_cmp);
        let worst = *scores.first()?;
        Some(Self { middle: scores[(scores.len() - 1) / 2], worst })
    }
}

/// From the best to the worst.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum FaceVerdict {
    Same,
    Unsure,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ChipVerdict {
    Face(FaceVerdict),
    /// The portrait in the chip cannot be matched with.
    Unusable,
}

impl ChipMatches {
    fn judge(&self) -> ChipVerdict {
        match Faces::of(&self.matches) {
            None => ChipVerdict::Unusable,
            faces => ChipVerdict::Face(judge_face(faces, &self.thresholds)),
        }
    }
}

/// Both portraits must show the live face; the worse verdict counts.
fn judge_both(
    subject: Subject,
    (face, chip): (FaceVerdict, ChipVerdict),
    attack: AttackDetection,
    policy: &Policy,
) -> (Outcome, ReasonCode) {
    match chip {
        ChipVerdict::Face(chip) => judge_person(subject, face.max(chip), attack, policy),
        ChipVerdict::Unusable => match judge_person(subject, face, attack, policy) {
            (Outcome::Accepted, _) => (Outcome::Referred, ReasonCode::PortraitUnusable),
            settled => settled,
        },
    }
}

fn judge_face(faces: Option<Faces>, thresholds: &MatchThresholds) -> FaceVerdict {
    let review = thresholds.review.threshold;
    match (faces, thresholds.accept) {
        (Some(faces), _) if faces.middle < review => FaceVerdict::Other,
        (Some(faces), Some(accept)) if faces.middle >= accept.threshold && faces.worst >= review => FaceVerdict::Same,
        (Some(_), _) => FaceVerdict::Unsure,
        (None, _) => FaceVerdict::Other,
    }
}

fn judge_person(
    subject: Subject,
    face: FaceVerdict,
    attack: AttackDetection,
    policy: &Policy,
) -> (Outcome, ReasonCode) {
    let active_only = policy.liveness.without_model == WithoutModel::AcceptOnChallenge;
    match (subject, face, attack) {
        (Subject::Unknown, ..) => (Outcome::Rejected, ReasonCode::NotFoundOrMismatch),
        (Subject::WithoutPortrait, ..) => (Outcome::Referred, ReasonCode::PortraitUnusable),
        (_, FaceVerdict::Other, _) => (Outcome::Rejected, ReasonCode::FaceMismatch),
        (Subject::Deceased | Subject::Expired | Subject::Suspended, ..) => {
            (Outcome::Rejected, ReasonCode::PersonNotEligible)
        }
        (Subject::Eligible, FaceVerdict::Unsure, _) => (Outcome::Referred, ReasonCode::MatchUncertain),
        (Subject::Eligible, FaceVerdict::Same, AttackDetection::Passed) => (Outcome::Accepted, ReasonCode::Matched),
        (Subject::Eligible, FaceVerdict::Same, AttackDetection::NotAvailable) if active_only => {
            (Outcome::Accepted, ReasonCode::Matched)
        }
        (Subject::Eligible, FaceVerdict::Same, _) => (Outcome::Referred, ReasonCode::LivenessUncertain),
    }
}

#[cfg(test)]
mod tests;
