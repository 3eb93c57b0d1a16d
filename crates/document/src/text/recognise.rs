//! What a line says: one network over a strip 48 pixels high, its outputs decoded by connectionist temporal
//! classification (Graves and others, 2006), the best output of each step.

use std::f32::consts::PI;

use mibun_inference::Picture;
use mibun_inference::engine::{EngineError, Tensor};
use mibun_inference::picture::Affine;
use zeroize::Zeroizing;

use super::detect::SCALING;
use super::{Alphabet, Line, Models};
use crate::geometry::Rectangle;

const HEIGHT: usize = 48;
/// Narrower strips are filled up with grey, longer ones squeezed.
const WIDTHS: (usize, usize) = (160, 1600);
const MULTIPLE: usize = 8;
const OUTPUT: &str = "fetch_name_0";

/// Reads the line at a place.
///
/// # Errors
/// [`EngineError`].
pub(crate) fn recognise(
    models: &Models,
    page: &Picture,
    place: &Rectangle,
    upside_down: bool,
) -> Result<Line, EngineError> {
    let strip = strip(page, place, upside_down);
    let width = strip.width.next_multiple_of(MULTIPLE).max(WIDTHS.0);
    let input = Tensor { shape: vec![1, 3, HEIGHT, width], data: filled_up(&strip, width) };
    let mut outputs = models.recogniser.run(input, &[OUTPUT])?;
    let steps = outputs.pop().filter(|steps| steps.shape.last() == Some(&models.alphabet.outputs()));
    let steps = steps.ok_or_else(|| EngineError::Output(OUTPUT.to_owned()))?;
    let (text, confidence) = decode(&steps.data, &models.alphabet);
    let zone = decode_zone(&steps.data, &models.alphabet);
    Ok(Line { place: if upside_down { turned(place, page) } else { *place }, text, zone, confidence })
}

/// The place on the page turned by half.
fn turned(place: &Rectangle, page: &Picture) -> Rectangle {
    let (right, bottom) = (page.width as f32 - 1.0, page.height as f32 - 1.0);
    Rectangle { centre: (right - place.centre.0, bottom - place.centre.1), ..*place }
}

/// The place, upright and 48 pixels high.
fn strip(page: &Picture, place: &Rectangle, upside_down: bool) -> Picture {
    let scale = (place.height / HEIGHT as f32).max(0.01);
    let width = ((place.width / scale).ceil() as usize).clamp(MULTIPLE, WIDTHS.1);
    let along = place.width / width as f32;
    let (sin, cos) = (place.angle + if upside_down { PI } else { 0.0 }).sin_cos();
    let (left, top) = (width as f32 / 2.0 - 0.5, HEIGHT as f32 / 2.0 - 0.5);
    let map = Affine {
        a: cos * along,
        b: -sin * scale,
        c: place.centre.0 - cos * along * left + sin * scale * top,
        d: sin * along,
        e: cos * scale,
        f: place.centre.1 - sin * along * left - cos * scale * top,
    };
    page.cut_by_area(width, HEIGHT, &map)
}

/// Planes of the strip with grey, the network's zero, on the right.
fn filled_up(strip: &Picture, width: usize) -> Vec<f32> {
    let planes = strip.planes(&SCALING);
    let mut data = Vec::with_capacity(3 * HEIGHT * width);
    for row in planes.chunks_exact(strip.width) {
        data.extend_from_slice(row);
        data.resize(data.len() + width - strip.width, 0.0);
    }
    data
}

/// The text of the best outputs, and the mean of their probabilities.
fn decode(steps: &[f32], alphabet: &Alphabet) -> (Zeroizing<String>, f32) {
    let best = |step: &[f32]| step.iter().copied().enumerate().max_by(|one, other| one.1.total_cmp(&other.1));
    let outputs: Vec<(usize, f32)> = steps.chunks_exact(alphabet.outputs()).filter_map(best).collect();
    let (mut text, mut sum, mut count) = (Zeroizing::new(String::with_capacity(outputs.len() * 4)), 0.0, 0);
    for (at, (output, probability)) in outputs.iter().enumerate() {
        let repeated = at > 0 && outputs[at - 1].0 == *output;
        if let Some(character) = alphabet.character(*output).filter(|_| !repeated) {
            text.push(character);
            sum += probability;
            count += 1;
        }
    }
    (text, if count == 0 { 0.0 } else { sum / count as f32 })
}

/// The text where only the characters of a machine-readable zone are allowed.
fn decode_zone(steps: &[f32], alphabet: &Alphabet) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(steps.len() / alphabet.outputs()));
    let mut last = 0;
    for step in steps.chunks_exact(alphabet.outputs()) {
        let best = alphabet.zone.iter().copied().max_by(|one, other| step[*one].total_cmp(&step[*other]));
        let output = best.unwrap_or(0);
        if output != last {
            text.extend(alphabet.character(output));
        }
        last = output;
    }
    text
}

#[cfg(test)]
mod tests;
