//! Lines of text in a picture: found by a detector (DB), read by a recogniser (CTC), put in the order of reading.

mod alphabet;
mod detect;
mod recognise;
mod rows;

use mibun_inference::Picture;
use mibun_inference::engine::EngineError;
use mibun_inference::model::Model;
use zeroize::Zeroizing;

use crate::geometry::Rectangle;

pub(crate) use alphabet::Alphabet;
pub(crate) use detect::detect;
pub(crate) use recognise::recognise;
pub(crate) use rows::{Row, rows};

/// A line of text.
#[derive(Clone)]
pub(crate) struct Line {
    /// Where it stands on the page.
    pub(crate) place: Rectangle,
    /// What it says.
    pub(crate) text: Zeroizing<String>,
    /// What it says if only the characters of a machine-readable zone can stand there.
    pub(crate) zone: Zeroizing<String>,
    /// How sure the recogniser is, 0 to 1.
    pub(crate) confidence: f32,
}

/// The two models that read text.
#[derive(Debug)]
pub(crate) struct Models {
    pub(crate) detector: Model,
    pub(crate) recogniser: Model,
    pub(crate) alphabet: Alphabet,
}

impl Models {
    /// Reads what stands at the given places, as far as the recogniser is sure of it. `upside_down`: as if the page were
    /// turned by half.
    pub(crate) fn read(
        &self,
        page: &Picture,
        places: &[Rectangle],
        upside_down: bool,
    ) -> Result<Vec<Line>, EngineError> {
        let lines = places.iter().map(|place| recognise(self, page, place, upside_down));
        let lines = lines.filter(|line| line.as_ref().map_or(true, |line| line.confidence >= LEAST_CONFIDENCE));
        lines.collect()
    }
}

/// Lines the recogniser is less sure of are pictures and patterns.
const LEAST_CONFIDENCE: f32 = 0.5;
