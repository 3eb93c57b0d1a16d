//! Why a decision came out as it did: stable codes.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::texts::{self, Message};

/// The reason of a decision. The codes are part of the interface and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// Live face, matching the register's portrait.
    Matched,
    /// The match score lies in the review band, or one frame matches badly.
    MatchUncertain,
    /// The face is not the portrait's. Told as [`ReasonCode::NotFoundOrMismatch`].
    FaceMismatch,
    /// A picture, a screen or a mask.
    PresentationAttack,
    /// The live score lies in the grey band, or no presentation-attack detection is available.
    LivenessUncertain,
    /// Too many steps failed.
    ChallengeFailed,
    /// Another face came in during the capture.
    FaceChanged,
    /// Several faces.
    TwoFaces,
    /// No face most of the time.
    NoFace,
    /// Too dark most of the time.
    TooDark,
    /// Time over.
    CaptureTimeout,
    /// The frames stopped.
    CaptureInterrupted,
    /// The register has no portrait to match with.
    PortraitUnusable,
    /// The person came to a counter instead of a camera; no capture was made.
    SeenAtCounter,
    /// Deceased, expired or suspended.
    PersonNotEligible,
    /// Number and name are in no record, or the face is not the record's: never told apart.
    NotFoundOrMismatch,
    /// Too many attempts.
    AttemptsExhausted,
    /// An officer recognised the person.
    OfficerAccepted,
    /// An officer did not.
    OfficerRejected,
}

impl ReasonCode {
    /// Every code.
    pub const ALL: [ReasonCode; 19] = [
        Self::Matched,
        Self::MatchUncertain,
        Self::FaceMismatch,
        Self::PresentationAttack,
        Self::LivenessUncertain,
        Self::ChallengeFailed,
        Self::FaceChanged,
        Self::TwoFaces,
        Self::NoFace,
        Self::TooDark,
        Self::CaptureTimeout,
        Self::CaptureInterrupted,
        Self::PortraitUnusable,
        Self::SeenAtCounter,
        Self::PersonNotEligible,
        Self::NotFoundOrMismatch,
        Self::AttemptsExhausted,
        Self::OfficerAccepted,
        Self::OfficerRejected,
    ];

    /// The code as text, the same as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::MatchUncertain => "match_uncertain",
            Self::FaceMismatch => "face_mismatch",
            Self::PresentationAttack => "presentation_attack",
            Self::LivenessUncertain => "liveness_uncertain",
            Self::ChallengeFailed => "challenge_failed",
            Self::FaceChanged => "face_changed",
            Self::TwoFaces => "two_faces",
            Self::NoFace => "no_face",
            Self::TooDark => "too_dark",
            Self::CaptureTimeout => "capture_timeout",
            Self::CaptureInterrupted => "capture_interrupted",
            Self::PortraitUnusable => "portrait_unusable",
            Self::SeenAtCounter => "seen_at_counter",
            Self::PersonNotEligible => "person_not_eligible",
            Self::NotFoundOrMismatch => "not_found_or_mismatch",
            Self::AttemptsExhausted => "attempts_exhausted",
            Self::OfficerAccepted => "officer_accepted",
            Self::OfficerRejected => "officer_rejected",
        }
    }

    /// A sentence the person can act on, in every language of the product.
    pub fn message(self) -> Message {
        texts::message(self)
    }

    /// Whether another capture may come out differently.
    pub fn retry_may_help(self) -> bool {
        match self {
            Self::Matched
            | Self::MatchUncertain
            | Self::LivenessUncertain
            | Self::PortraitUnusable
            | Self::SeenAtCounter
            | Self::PersonNotEligible
            | Self::AttemptsExhausted
            | Self::OfficerAccepted
            | Self::OfficerRejected => false,
            Self::FaceMismatch
            | Self::PresentationAttack
            | Self::ChallengeFailed
            | Self::FaceChanged
            | Self::TwoFaces
            | Self::NoFace
            | Self::TooDark
            | Self::CaptureTimeout
            | Self::CaptureInterrupted
            | Self::NotFoundOrMismatch => true,
        }
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
