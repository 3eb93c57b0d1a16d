//! What a capture demands of its frames. Starting values from practice; none of them is a measured error rate.

use serde::{Deserialize, Serialize};

/// Time, number and quality of frames, and when a movement counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CaptureRules {
    /// Shortest time between two frames; a camera that a person holds delivers no more than some fifteen a second.
    pub min_interval_ms: u32,
    /// Silence after which a capture counts as interrupted.
    pub max_gap_ms: u32,
    /// Mean time between frames above which a capture that was not completed counts as interrupted, not as failed: so
    /// few frames (below two a second) do not show whether the person followed.
    pub slow_interval_ms: u32,
    /// Time for the whole capture.
    pub time_limit_ms: u32,
    /// Frames in one capture; bounds the state.
    pub max_frames: u16,
    /// Frames with several faces in one capture.
    pub max_two_faces: u16,
    /// Good frames in a row that complete a centre step.
    pub centre_frames: u8,
    /// Good frames in a row before a movement is shown.
    pub neutral_frames: u8,
    /// Floors a frame must reach.
    pub quality: QualityFloors,
    /// When a movement counts.
    pub movement: MovementRules,
    /// When two frames show one person.
    pub identity: IdentityRules,
}

impl Default for CaptureRules {
    fn default() -> Self {
        Self {
            min_interval_ms: 60,
            max_gap_ms: 15_000,
            slow_interval_ms: 500,
            time_limit_ms: 90_000,
            max_frames: 400,
            max_two_faces: 5,
            centre_frames: 3,
            neutral_frames: 2,
            quality: QualityFloors::default(),
            movement: MovementRules::default(),
            identity: IdentityRules::default(),
        }
    }
}

/// Floors of a frame. The luminance floor is low on purpose: skin reflects very differently, darkness is what counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QualityFloors {
    /// Distance of the eyes in pixels.
    pub min_inter_eye_px: f32,
    /// Height of the face over height of the image, while facing the camera.
    pub min_face_height: f32,
    /// The same, upper end; leaves room for the `closer` movement.
    pub max_face_height: f32,
    /// The same, upper end while the person is asked to come closer.
    pub max_face_height_near: f32,
    /// Distance of the face from the middle, as a share of width or height.
    pub max_offset: f32,
    /// Mean luminance, 0..255.
    pub min_luminance: f32,
    /// Mean luminance, 0..255, upper end.
    pub max_luminance: f32,
    /// Share of pixels all but black.
    pub max_under_exposed: f32,
    /// Share of pixels all but white.
    pub max_over_exposed: f32,
    /// Turn while facing the camera, in degrees.
    pub max_yaw_deg: f32,
    /// Nod while facing the camera, in degrees; generous, for a phone is often held low.
    pub max_pitch_deg: f32,
    /// Tilt while facing the camera, in degrees.
    pub max_roll_deg: f32,
    /// Sharpness, in the unit of `FrameMeasures::sharpness`. The default is where four sharp portraits fell to when
    /// blurred by about 2 % (one of them) to 3 % of the width of the face.
    pub min_sharpness: f32,
}

impl Default for QualityFloors {
    fn default() -> Self {
        Self {
            min_inter_eye_px: 60.0,
            min_face_height: 0.22,
            max_face_height: 0.68,
            max_face_height_near: 0.97,
            max_offset: 0.18,
            min_luminance: 40.0,
            max_luminance: 225.0,
            max_under_exposed: 0.7,
            max_over_exposed: 0.35,
            max_yaw_deg: 12.0,
            max_pitch_deg: 20.0,
            max_roll_deg: 25.0,
            min_sharpness: 4.0,
        }
    }
}

/// When a movement counts, relative to how the person faced the camera just before it was shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MovementRules {
    /// A turn, in degrees.
    pub turn_deg: f32,
    /// A nod, in degrees, up or down.
    pub nod_deg: f32,
    /// Growth of the face that counts as coming closer.
    pub closer_gain: f32,
    /// Eyes count as closed below this share of the person's own open eyes: lids differ, so there is no fixed floor.
    pub closed_share: f32,
    /// Eyes count as open again above this share.
    pub open_share: f32,
    /// Frames that must show the movement (a blink: one closed, then one open).
    pub confirm_frames: u8,
    /// No one answers faster than this; what is seen earlier does not count.
    pub reaction_ms: u32,
    /// Frames in a row without a face that fail a movement, for a face may be swapped meanwhile.
    pub lost_frames: u8,
}

impl Default for MovementRules {
    fn default() -> Self {
        Self {
            turn_deg: 17.0,
            nod_deg: 11.0,
            closer_gain: 1.25,
            closed_share: 0.55,
            open_share: 0.75,
            confirm_frames: 2,
            reaction_ms: 150,
            lost_frames: 2,
        }
    }
}

/// When two frames show one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentityRules {
    /// Lowest similarity to the first good frame; the FMR 1e-4 row of the recommended embedder.
    pub min_similarity: f32,
    /// Largest turn or nod, in degrees, at which a frame is compared at all.
    pub max_angle_deg: f32,
    /// Frames in a row below the similarity that end the capture; one alone may be motion.
    pub strikes: u8,
}

impl Default for IdentityRules {
    fn default() -> Self {
        Self { min_similarity: 0.412, max_angle_deg: 20.0, strikes: 2 }
    }
}
