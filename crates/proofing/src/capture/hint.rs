//! What to tell the person about the present frame.

use mibun_face::FrameMeasures;
use serde::{Deserialize, Serialize};

use super::rules::QualityFloors;

/// The one thing to change first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// No face in view.
    NoFace,
    /// More than one face in view.
    TwoFaces,
    /// Too little light.
    TooDark,
    /// Too much light.
    TooBright,
    /// Come closer.
    TooFar,
    /// Move back.
    TooClose,
    /// Bring the face into the oval.
    OffCentre,
    /// Face the camera.
    LookStraight,
    /// The picture is blurred.
    Blurred,
    /// All is well; keep still for a moment.
    HoldStill,
}

/// How a frame is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pose {
    /// The person should face the camera: every floor holds.
    Facing,
    /// The person is moving: only what would hide the movement matters.
    Moving,
}

/// The most important fault of a frame, or `None` for a good one. Declaration order of [`Hint`] is priority order:
/// without a face nothing else means anything, and advice on pose is useless in the dark.
pub(super) fn fault(seen: &FrameMeasures, floors: &QualityFloors, pose: Pose) -> Option<Hint> {
    scene_fault(seen, floors).or_else(|| distance_fault(seen, floors, pose)).or_else(|| match pose {
        Pose::Facing => pose_fault(seen, floors),
        Pose::Moving => None,
    })
}

fn scene_fault(seen: &FrameMeasures, floors: &QualityFloors) -> Option<Hint> {
    let light = &seen.exposure;
    match seen.faces {
        0 if light.luminance_mean <= BLACK => Some(Hint::TooDark),
        0 => Some(Hint::NoFace),
        2.. => Some(Hint::TwoFaces),
        _ if light.luminance_mean < floors.min_luminance => Some(Hint::TooDark),
        _ if light.under_exposed > floors.max_under_exposed => Some(Hint::TooDark),
        _ if light.luminance_mean > floors.max_luminance => Some(Hint::TooBright),
        _ if light.over_exposed > floors.max_over_exposed => Some(Hint::TooBright),
        _ => None,
    }
}

fn distance_fault(seen: &FrameMeasures, floors: &QualityFloors, pose: Pose) -> Option<Hint> {
    let nearest = match pose {
        Pose::Facing => floors.max_face_height,
        Pose::Moving => floors.max_face_height_near,
    };
    // A turned head shows its eyes closer together without being farther away.
    let eyes_too_small = pose == Pose::Facing && seen.inter_eye_px < floors.min_inter_eye_px;
    if seen.face_height_ratio < floors.min_face_height || eyes_too_small {
        return Some(Hint::TooFar);
    }
    (seen.face_height_ratio > nearest).then_some(Hint::TooClose)
}

fn pose_fault(seen: &FrameMeasures, floors: &QualityFloors) -> Option<Hint> {
    if seen.centre_offset.x.abs() > floors.max_offset || seen.centre_offset.y.abs() > floors.max_offset {
        return Some(Hint::OffCentre);
    }
    let straight = seen.yaw_deg.abs() <= floors.max_yaw_deg
        && seen.pitch_deg.abs() <= floors.max_pitch_deg
        && seen.roll_deg.abs() <= floors.max_roll_deg;
    if !straight {
        return Some(Hint::LookStraight);
    }
    (seen.sharpness < floors.min_sharpness).then_some(Hint::Blurred)
}

/// Mean luminance of a covered lens or an unlit room, in which no detector finds a face: "no face" would mislead.
const BLACK: f32 = 16.0;
