//! From a picture to measures.

use crate::detect::{self, Detection};
use crate::manifest::Role;
use crate::measures::{FrameMeasures, LiveScores, Offset, PortraitMeasures};
use crate::mesh::{self, Mesh};
use crate::model_set::ModelSet;
use crate::quality::Light;
use crate::{antispoof, embed, eyes};
use mibun_inference::decode::{Bounds, DecodeError, decode};
use mibun_inference::engine::EngineError;
use mibun_inference::picture::Picture;

/// Beyond this turn or nod, in degrees, a face is not embedded: the models were made for frontal ones.
const NEAR_FRONTAL: f32 = 25.0;

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The file is no picture for us.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A portrait without a face.
    #[error("there is no face in the portrait")]
    NoFace,
    /// A portrait with several faces.
    #[error("there is more than one face in the portrait")]
    SeveralFaces,
    /// A portrait whose face cannot be compared.
    #[error("the face in the portrait is too small or turned away")]
    Unusable,
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Fewest pixels between the eyes of a portrait.
const PORTRAIT_EYES: f32 = 30.0;

/// Called after each stage with its name; whoever calls keeps the time.
pub type Stages<'a> = &'a mut dyn FnMut(&'static str);

/// Measures frames and portraits with one set of models.
#[derive(Debug)]
pub struct Pipeline {
    set: ModelSet,
}

impl Pipeline {
    /// A pipeline over a loaded set.
    pub fn new(set: ModelSet) -> Self {
        Self { set }
    }

    /// The set.
    pub fn set(&self) -> &ModelSet {
        &self.set
    }

    /// Measures a camera frame (JPEG).
    ///
    /// # Errors
    /// [`MeasureError::Decode`], [`MeasureError::Engine`]; a frame without a face is no error.
    pub fn frame(&self, file: &[u8], stages: Stages<'_>) -> Result<FrameMeasures, MeasureError> {
        let picture = decode(file, Bounds::FRAME)?;
        stages("decode");
        Ok(self.measure(&picture, stages)?.0)
    }

    /// Measures a portrait (JPEG or PNG): exactly one face, large and frontal enough to be compared.
    ///
    /// # Errors
    /// [`MeasureError`].
    pub fn portrait(&self, file: &[u8]) -> Result<PortraitMeasures, MeasureError> {
        let picture = decode(file, Bounds::PORTRAIT)?;
        let (mut quality, _) = self.measure(&picture, &mut |_| {})?;
        match quality.faces {
            0 => return Err(MeasureError::NoFace),
            1 => {}
            _ => return Err(MeasureError::SeveralFaces),
        }
        let embedding = quality.embedding.take().filter(|_| quality.inter_eye_px >= PORTRAIT_EYES);
        Ok(PortraitMeasures { embedding: embedding.ok_or(MeasureError::Unusable)?, quality })
    }

    /// Measures a picture that is decoded, and answers the mesh of the largest face with it.
    ///
    /// # Errors
    /// [`MeasureError::Engine`].
    pub fn measure(
        &self,
        picture: &Picture,
        stages: Stages<'_>,
    ) -> Result<(FrameMeasures, Option<Mesh>), MeasureError> {
        let mut faces = Vec::new();
        for model in self.set.of(Role::Detector) {
            faces = detect::detect(model, picture)?;
        }
        stages("detect");
        let Some(face) = faces.first().copied() else {
            return Ok((faceless(picture), None));
        };
        let mut measures = shape(picture, &face, faces.len());
        let light = Light::of(picture, Some(&face.face));
        measures.exposure = light.exposure();
        measures.sharpness = light.sharpness();
        stages("quality");
        let mesh = self.landmarks(picture, &face, &mut measures)?;
        stages("mesh");
        measures.live = self.live(picture, &face)?;
        stages("antispoof");
        if measures.yaw_deg.abs() <= NEAR_FRONTAL && measures.pitch_deg.abs() <= NEAR_FRONTAL {
            for model in self.set.of(Role::Embedder) {
                measures.embedding = embed::embed(model, picture, &face)?;
            }
        }
        stages("embed");
        Ok((measures, mesh))
    }

    fn landmarks(
        &self,
        picture: &Picture,
        face: &Detection,
        measures: &mut FrameMeasures,
    ) -> Result<Option<Mesh>, MeasureError> {
        let mut found = None;
        for model in self.set.of(Role::Mesh) {
            found = mesh::find(model, picture, face)?;
        }
        if let Some(mesh) = &found {
            let pose = mesh.pose();
            (measures.yaw_deg, measures.pitch_deg, measures.roll_deg) = (pose.yaw, pose.pitch, pose.roll);
            measures.eyes_open = eyes::opening(picture, mesh);
            measures.mouth_open = mesh.mouth();
        }
        Ok(found)
    }

    fn live(&self, picture: &Picture, face: &Detection) -> Result<Option<LiveScores>, MeasureError> {
        let mut scores = Vec::new();
        for model in self.set.of(Role::Antispoof) {
            scores.push((model.manifest.crop, antispoof::live(model, picture, &face.face)?));
        }
        // The narrow cut first, as the measures name them.
        scores.sort_by(|one, other| one.0.total_cmp(&other.0));
        Ok(match scores.as_slice() {
            [] => None,
            [(_, only)] => Some(LiveScores::new(*only, *only)),
            [(_, narrow), .., (_, wide)] => Some(LiveScores::new(*narrow, *wide)),
        })
    }
}

fn faceless(picture: &Picture) -> FrameMeasures {
    let light = Light::of(picture, None);
    FrameMeasures { exposure: light.exposure(), sharpness: light.sharpness(), ..FrameMeasures::default() }
}

/// What the detector alone says.
fn shape(picture: &Picture, face: &Detection, faces: usize) -> FrameMeasures {
    let (width, height) = (picture.width as f32, picture.height as f32);
    let (right, left) = (face.points[0], face.points[1]);
    FrameMeasures {
        faces: u32::try_from(faces).unwrap_or(u32::MAX),
        detector_score: face.score,
        face_box: face.face,
        inter_eye_px: (left.0 - right.0).hypot(left.1 - right.1),
        face_height_ratio: face.face.height / height,
        centre_offset: Offset {
            x: (face.face.x + face.face.width / 2.0) / width - 0.5,
            y: (face.face.y + face.face.height / 2.0) / height - 0.5,
        },
        ..FrameMeasures::default()
    }
}
