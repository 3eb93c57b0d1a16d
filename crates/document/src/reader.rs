//! From a photograph to what a document says.

use std::sync::Arc;

use mibun_inference::Picture;
use mibun_inference::decode::{Bounds, DecodeError, decode};
use mibun_inference::engine::{Engine, EngineError};
use mibun_inference::model::{Model, ModelError};

use crate::geometry::Rectangle;
use crate::mrz::Mrz;
use crate::rectify;
use crate::resident_card::{Back, Front, back, front};
use crate::text::{Alphabet, Models, Row, detect, rows};

mod zone;

/// A model file of the reader, pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFile {
    /// Its name.
    pub name: &'static str,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: &'static str,
    /// SPDX expression, as its authors state it.
    pub licence: &'static str,
}

/// Finds lines: PP-OCRv6 small, detection.
pub const DETECTOR: ModelFile = ModelFile {
    name: "PP-OCRv6_det_small.onnx",
    sha256: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    licence: "Apache-2.0",
};

/// Reads lines: PP-OCRv6 small, recognition; the file carries its alphabet.
pub const RECOGNISER: ModelFile = ModelFile {
    name: "PP-OCRv6_rec_small.onnx",
    sha256: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    licence: "Apache-2.0",
};

/// A document that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// The front of a resident card.
    ResidentCardFront(Box<Front>),
    /// The back of a resident card.
    ResidentCardBack(Box<Back>),
    /// A document with a machine-readable zone.
    MachineReadable(Box<Mrz>),
}

/// Why the models cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file is missing, changed or not understood.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The recogniser's file carries no alphabet that a document could be read with.
    #[error("the model file {} carries no alphabet", RECOGNISER.name)]
    Alphabet,
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is no picture for us.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// There is no text in the picture.
    #[error("there is no text in the picture")]
    NoText,
    /// There is text, but none of a document that we know.
    #[error("there is no document in the picture that can be read")]
    NoDocument,
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Called after each stage with its name; whoever calls keeps the time.
pub type Stages<'a> = &'a mut dyn FnMut(&'static str);

/// Reads documents with one set of models.
#[derive(Debug)]
pub struct Reader {
    models: Models,
}

impl Reader {
    /// Loads the models; `file` hands out a file by name.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn load(engine: &Arc<dyn Engine>, file: impl Fn(&str) -> Option<Vec<u8>>) -> Result<Self, LoadError> {
        let detector = Model::load(engine, DETECTOR.name, DETECTOR.sha256, file(DETECTOR.name))?;
        let bytes = file(RECOGNISER.name);
        let alphabet = bytes.as_deref().and_then(Alphabet::of);
        let recogniser = Model::load(engine, RECOGNISER.name, RECOGNISER.sha256, bytes)?;
        let alphabet = alphabet.ok_or(LoadError::Alphabet)?;
        Ok(Self { models: Models { detector, recogniser, alphabet } })
    }

    /// Reads the document in a photograph (JPEG or PNG, up to 24 megapixels).
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read(&self, file: &[u8], stages: Stages<'_>) -> Result<Document, ReadError> {
        let picture = decode(file, Bounds::PORTRAIT)?;
        stages("decode");
        self.read_picture(&picture, stages)
    }

    /// Reads the document in a picture: the card in it, if one is found, else the picture as it is.
    ///
    /// # Errors
    /// [`ReadError::NoText`], [`ReadError::NoDocument`], [`ReadError::Engine`].
    pub fn read_picture(&self, picture: &Picture, stages: Stages<'_>) -> Result<Document, ReadError> {
        let card = rectify::find(picture).and_then(|corners| rectify::upright(picture, corners));
        stages("rectify");
        if let Some(card) = &card {
            match self.read_page(card, stages) {
                Err(ReadError::NoText | ReadError::NoDocument) => {}
                read => return read,
            }
        }
        self.read_page(picture, stages)
    }

    /// A page: upright first, and turned only if nothing is understood so.
    fn read_page(&self, page: &Picture, stages: Stages<'_>) -> Result<Document, ReadError> {
        let mut places = detect(&self.models.detector, page)?;
        stages("detect");
        if places.is_empty() {
            return Err(ReadError::NoText);
        }
        let laid_down;
        let mut page = page;
        if stand_on_end(&places) {
            places.iter_mut().for_each(|place| *place = laid(*place, page));
            laid_down = laid_picture(page);
            page = &laid_down;
        }
        for upside_down in [false, true] {
            let lines = self.models.read(page, &places, upside_down)?;
            stages("recognise");
            if let Some(document) = understood(&rows(lines), page.width) {
                return Ok(document);
            }
        }
        Err(ReadError::NoDocument)
    }
}

/// Whether most of the text runs from top to bottom.
fn stand_on_end(places: &[Rectangle]) -> bool {
    let length = |upright: bool| -> f32 {
        let places = places.iter().filter(|place| (place.width >= place.height) == upright);
        places.map(|place| place.width.max(place.height)).sum()
    };
    length(false) > 2.0 * length(true)
}

/// The place on the picture that [`laid_picture`] gives.
fn laid(place: Rectangle, page: &Picture) -> Rectangle {
    let centre = (place.centre.1, page.width as f32 - 1.0 - place.centre.0);
    Rectangle { centre, width: place.height, height: place.width, ..place }
}

/// The picture turned by a quarter against the clock: what ran from top to bottom runs from left to right.
fn laid_picture(page: &Picture) -> Picture {
    let pixels = (0..page.width).rev().flat_map(|x| (0..page.height).map(move |y| (x as isize, y as isize)));
    let data = pixels.flat_map(|(x, y)| page.at(x, y)).collect();
    Picture { width: page.height, height: page.width, data }
}

fn understood(rows: &[Row], width: usize) -> Option<Document> {
    if let Some(mrz) = zone::zone(rows) {
        return Some(Document::MachineReadable(Box::new(mrz)));
    }
    if let Some(back) = back(rows) {
        return Some(Document::ResidentCardBack(Box::new(back)));
    }
    front(rows, width).map(|front| Document::ResidentCardFront(Box::new(front)))
}

#[cfg(test)]
mod tests;
