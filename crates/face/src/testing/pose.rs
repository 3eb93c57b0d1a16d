//! What the actor does.

/// How the actor holds itself in front of the camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// Turn in degrees, positive to the person's own left.
    pub yaw_deg: f32,
    /// Nod in degrees, positive down.
    pub pitch_deg: f32,
    /// Size relative to the neutral pose.
    pub zoom: f32,
    /// How far the eyes are closed, 0 (as in the photograph) to 1.
    pub eyes_closed: f32,
    /// Brightness relative to the photograph.
    pub light: f32,
}

impl Pose {
    /// Looking into the camera.
    pub const NEUTRAL: Self = Self { yaw_deg: 0.0, pitch_deg: 0.0, zoom: 1.0, eyes_closed: 0.0, light: 1.0 };
    /// Turned to the person's own left.
    pub const TURNED_LEFT: Self = Self { yaw_deg: 31.0, ..Self::NEUTRAL };
    /// Turned to the person's own right.
    pub const TURNED_RIGHT: Self = Self { yaw_deg: -31.0, ..Self::NEUTRAL };
    /// Head lowered.
    pub const NODDING: Self = Self { pitch_deg: 20.0, ..Self::NEUTRAL };
    /// Head raised.
    pub const RAISED: Self = Self { pitch_deg: -20.0, ..Self::NEUTRAL };
    /// Eyes closed.
    pub const BLINKING: Self = Self { eyes_closed: 1.0, ..Self::NEUTRAL };
    /// Nearer to the camera.
    pub const CLOSER: Self = Self { zoom: 1.36, ..Self::NEUTRAL };
    /// Farther from the camera.
    pub const FARTHER: Self = Self { zoom: 0.8, ..Self::NEUTRAL };

    /// The pose on the way from `self` (0) to `other` (1).
    pub fn towards(&self, other: &Self, share: f32) -> Self {
        let mix = |from: f32, to: f32| from + (to - from) * share.clamp(0.0, 1.0);
        Self {
            yaw_deg: mix(self.yaw_deg, other.yaw_deg),
            pitch_deg: mix(self.pitch_deg, other.pitch_deg),
            zoom: mix(self.zoom, other.zoom),
            eyes_closed: mix(self.eyes_closed, other.eyes_closed),
            light: mix(self.light, other.light),
        }
    }
}
