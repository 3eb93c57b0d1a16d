//! Where text stands: differentiable binarisation (Liao and others, 2020), its map turned into rectangles.

use mibun_inference::Picture;
use mibun_inference::engine::{EngineError, Tensor};
use mibun_inference::model::Model;
use mibun_inference::picture::{Channels, Scaling};

use crate::geometry::{Rectangle, hull, smallest_rectangle};
use crate::regions::{Mask, Region};

/// Where the map exceeds this there is text.
const THRESHOLD: f32 = 0.3;
/// Mean of the map over a line; less is no text.
const LEAST_SCORE: f32 = 0.5;
/// The network draws lines thinner than they are, by area over circumference times this.
const WIDENED_BY: f32 = 1.6;
/// Pixels of the map; flatter regions are specks.
const LEAST_HEIGHT: f32 = 3.0;
/// Pixels of the network's input: the area of a card of 704 by 448.
const AREA: f32 = 704.0 * 448.0;
/// The network's sides are multiples of this.
const MULTIPLE: usize = 32;
/// More lines than any document has.
const MOST_LINES: usize = 80;
const OUTPUT: &str = "fetch_name_0";
/// The input that the network was trained on.
pub(super) const SCALING: Scaling =
    Scaling { channels: Channels::Bgr, scale: 255.0, mean: [0.5; 3], deviation: [0.5; 3] };

/// Finds lines of text.
///
/// # Errors
/// [`EngineError`].
pub(crate) fn detect(model: &Model, page: &Picture) -> Result<Vec<Rectangle>, EngineError> {
    let shrink = (AREA / (page.width * page.height) as f32).sqrt();
    let side = |pixels: usize| ((pixels as f32 * shrink / MULTIPLE as f32).round() as usize).clamp(2, 64) * MULTIPLE;
    let (width, height) = (side(page.width), side(page.height));
    let small = page.resized(width, height);
    let input = Tensor { shape: vec![1, 3, height, width], data: small.planes(&SCALING) };
    let mut outputs = model.run(input, &[OUTPUT])?;
    let map = outputs.pop().filter(|map| map.data.len() == width * height);
    let map = map.ok_or_else(|| EngineError::Output(OUTPUT.to_owned()))?;
    let (across, down) = (page.width as f32 / width as f32, page.height as f32 / height as f32);
    Ok(lines(&map.data, width).into_iter().map(|line| scaled(line, across, down)).collect())
}

/// The lines of a map, the largest first.
fn lines(map: &[f32], width: usize) -> Vec<Rectangle> {
    let mask = Mask { width, set: widened(map, width) };
    let regions = mask.regions(LEAST_HEIGHT as usize);
    regions.iter().filter_map(|region| line(region, map)).take(MOST_LINES).collect()
}

/// Text, widened by a pixel to the right and below, so that letters with gaps hold together.
fn widened(map: &[f32], width: usize) -> Vec<bool> {
    let text = |at: Option<usize>| at.is_some_and(|at| map[at] > THRESHOLD);
    let near = |at: usize| {
        let left = (!at.is_multiple_of(width)).then(|| at - 1);
        let above = at.checked_sub(width);
        let corner = left.and_then(|left| left.checked_sub(width));
        text(Some(at)) || text(left) || text(above) || text(corner)
    };
    (0..map.len()).map(near).collect()
}

fn line(region: &Region, map: &[f32]) -> Option<Rectangle> {
    let score = region.pixels.iter().map(|pixel| map[*pixel]).sum::<f32>() / region.pixels.len() as f32;
    let thin = smallest_rectangle(&hull(&region.outline()))?;
    if score < LEAST_SCORE * 0.8 || thin.width.min(thin.height) < LEAST_HEIGHT {
        return None;
    }
    let wider = thin.width * thin.height * WIDENED_BY / (2.0 * (thin.width + thin.height));
    Some(Rectangle { width: thin.width + 2.0 * wider, height: thin.height + 2.0 * wider, ..thin })
}

/// From the network's input to the page; the two have nearly the same proportions, so that angles stay.
fn scaled(line: Rectangle, across: f32, down: f32) -> Rectangle {
    Rectangle {
        centre: ((line.centre.0 + 0.5) * across - 0.5, (line.centre.1 + 0.5) * down - 0.5),
        width: line.width * across,
        height: line.height * down,
        angle: line.angle,
    }
}

#[cfg(test)]
mod tests;
