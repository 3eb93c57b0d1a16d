//! From a photograph of a card to the card alone, upright: brightness and edges, hull, four corners.

use mibun_inference::Picture;

use crate::geometry::{Point, Projection, area, distance, four_corners, hull};
use crate::regions::{Mask, Region};

/// Width over height of ID-1 (ISO/IEC 7810: 85.60 mm by 53.98 mm).
const ASPECT: f32 = 1.586;
/// Seen at an angle a card, and flat a passport's page (1.42), have other proportions than a card.
const ASPECTS: std::ops::Range<f32> = 1.25..2.0;
/// Smaller parts of the picture are no card that could be read.
const LEAST_AREA: f32 = 0.12;
/// What a region must fill of its hull, and its hull of its four corners.
const LEAST_FILLED: (f32, f32) = (0.55, 0.93);
/// Pixels of the longer side in which a card is looked for.
const LOOKED_AT: usize = 360;
/// Share of a card's size that is taken along around it, for corners are not found to the pixel.
const MARGIN: f32 = 0.015;

/// Pixels of an upright card: about 16 per millimetre.
pub(crate) const WIDTH: usize = 1408;
pub(crate) const HEIGHT: usize = 888;

/// The four corners of a card in a photograph, clockwise, starting so that the first side is a long one.
pub(crate) fn find(picture: &Picture) -> Option<[Point; 4]> {
    let scale = (picture.width.max(picture.height) as f32 / LOOKED_AT as f32).max(1.0);
    let size = |side: usize| ((side as f32 / scale) as usize).max(8);
    let small = picture.resized(size(picture.width), size(picture.height));
    let least = (LEAST_AREA * (small.width * small.height) as f32) as usize;
    let masks = masks(&small);
    let regions = masks.iter().flat_map(|mask| mask.regions(least));
    let cards = regions.filter_map(|region| card(&region, &small));
    let (_, corners) = cards.max_by(|one, other| one.0.total_cmp(&other.0))?;
    Some(corners.map(|(x, y)| ((x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5)))
}

/// What may be a card: what is brighter, darker or paler than the rest, and what edges enclose.
fn masks(small: &Picture) -> [Mask; 4] {
    let width = small.width;
    let pixels = || (0..small.height).flat_map(|y| (0..width).map(move |x| (x as isize, y as isize)));
    let light: Vec<u8> = pixels().map(|(x, y)| smooth(small, x, y) as u8).collect();
    let colour = |(x, y): (isize, isize)| {
        let pixel = small.at(x, y);
        let (most, least) = (pixel.into_iter().max().unwrap_or(0), pixel.into_iter().min().unwrap_or(0));
        most - least
    };
    let colour: Vec<u8> = pixels().map(colour).collect();
    let edge: Vec<u8> = pixels().map(|(x, y)| steepness(&light, width, x, y)).collect();
    let [bright, pale, flat] = [&light, &colour, &edge].map(|values| otsu(values));
    let mask = |set: Vec<bool>| Mask { width, set };
    [
        mask(light.iter().map(|value| *value > bright).collect()),
        mask(light.iter().map(|value| *value <= bright).collect()),
        mask(colour.iter().map(|value| *value <= pale).collect()),
        mask(edge.iter().map(|value| *value <= flat).collect()),
    ]
}

/// Mean brightness of three by three pixels.
fn smooth(picture: &Picture, x: isize, y: isize) -> f32 {
    (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy))).map(|(dx, dy)| picture.luma(x + dx, y + dy)).sum::<f32>()
        / 9.0
}

/// Sobel's gradient, shortened to 255.
fn steepness(light: &[u8], width: usize, x: isize, y: isize) -> u8 {
    let height = light.len() / width;
    let at = |x: isize, y: isize| {
        let column = x.clamp(0, width as isize - 1) as usize;
        let row = y.clamp(0, height as isize - 1) as usize;
        i32::from(light[row * width + column])
    };
    let side = |dx: isize| at(x + dx, y - 1) + 2 * at(x + dx, y) + at(x + dx, y + 1);
    let line = |dy: isize| at(x - 1, y + dy) + 2 * at(x, y + dy) + at(x + 1, y + dy);
    let (dx, dy) = (side(1) - side(-1), line(1) - line(-1));
    u8::try_from((dx.abs() + dy.abs()) / 4).unwrap_or(255)
}

/// The threshold that tells two classes of values apart best (Otsu 1979).
fn otsu(values: &[u8]) -> u8 {
    let mut counts = [0_u32; 256];
    values.iter().for_each(|value| counts[usize::from(*value)] += 1);
    let all = values.len() as f64;
    let sum: f64 = counts.iter().enumerate().map(|(value, count)| value as f64 * f64::from(*count)).sum();
    let (mut below, mut sum_below, mut best) = (0.0, 0.0, (0.0, 0_u8));
    for (value, count) in (0_u8..=255).zip(counts) {
        below += f64::from(count);
        sum_below += f64::from(value) * f64::from(count);
        let above = all - below;
        if below == 0.0 || above == 0.0 {
            continue;
        }
        let apart = sum_below / below - (sum - sum_below) / above;
        let between = below * above * apart * apart;
        if between > best.0 {
            best = (between, value);
        }
    }
    best.1
}

/// How much a region is like a card, and its corners.
fn card(region: &Region, picture: &Picture) -> Option<(f32, [Point; 4])> {
    let hull = hull(&region.outline());
    let corners = four_corners(&hull)?;
    let (hull_area, whole) = (area(&hull), area(&corners));
    let filled = (region.pixels.len() as f32 / hull_area.max(1.0), hull_area / whole.max(1.0));
    if filled.0 < LEAST_FILLED.0 || filled.1 < LEAST_FILLED.1 || !is_inside(&corners, picture) {
        return None;
    }
    let sides = [0, 1, 2, 3].map(|at| distance(corners[at], corners[(at + 1) % 4]));
    let (one, other) = (sides[0] + sides[2], sides[1] + sides[3]);
    let aspect = one.max(other) / one.min(other).max(1.0);
    if !ASPECTS.contains(&aspect) {
        return None;
    }
    let share = whole / (picture.width * picture.height) as f32;
    let score = filled.0.min(1.0) * filled.1 * share.sqrt() / (1.0 + (aspect / ASPECT).ln().abs());
    // Of the two long sides the one that runs to the right: most photographs are taken the right way up.
    let long = usize::from(other > one);
    let start = if corners[(long + 1) % 4].0 >= corners[long].0 { long } else { long + 2 };
    Some((score, [0, 1, 2, 3].map(|at| corners[(at + start) % 4])))
}

/// Whether the corners lie in the picture and not all at its border, where only the picture itself ends.
fn is_inside(corners: &[Point; 4], picture: &Picture) -> bool {
    let (right, bottom) = (picture.width as f32 - 1.0, picture.height as f32 - 1.0);
    let slack = 0.02 * right.max(bottom);
    let inside = |(x, y): &Point| *x > -slack && *y > -slack && *x < right + slack && *y < bottom + slack;
    let border = |(x, y): &&Point| (*x < 2.0 || *x > right - 2.0) && (*y < 2.0 || *y > bottom - 2.0);
    corners.iter().all(inside) && corners.iter().filter(border).count() < 3
}

/// The card between the corners as a picture of [`WIDTH`] by [`HEIGHT`]; which of its long sides is the upper one is not known.
pub(crate) fn upright(picture: &Picture, corners: [Point; 4]) -> Option<Picture> {
    let long = distance(corners[0], corners[1]).max(distance(corners[2], corners[3]));
    // Shrinking by more than half would leave pixels out.
    let shrink = (long / (1.5 * WIDTH as f32)).max(1.0);
    let size = |side: usize| ((side as f32 / shrink) as usize).max(1);
    let source = if shrink > 1.0 { &picture.resized(size(picture.width), size(picture.height)) } else { picture };
    let corners = corners.map(|(x, y)| (x / shrink, y / shrink));
    let (width, height) = (WIDTH as f32, HEIGHT as f32);
    let (dx, dy) = (width * MARGIN, height * MARGIN);
    let target = [(dx, dy), (width - dx, dy), (width - dx, height - dy), (dx, height - dy)];
    let map = Projection::between(target, corners)?;
    let mut data = Vec::with_capacity(3 * WIDTH * HEIGHT);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let (sx, sy) = map.apply((x as f32, y as f32));
            data.extend(source.between(sx, sy).map(|value| (value + 0.5) as u8));
        }
    }
    Some(Picture { width: WIDTH, height: HEIGHT, data })
}

#[cfg(test)]
mod tests;
