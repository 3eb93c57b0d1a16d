//! A document with a zone in OCR-B, and a photograph of it: perspective, blur, uneven light, noise.

use std::sync::OnceLock;

use ab_glyph::{Font, FontVec, Point, PxScale};
use mibun_inference::Picture;

use super::zones::Random;

/// Debian's `fonts-ocr-b` (public domain); `cargo xtask test` installs it where it may.
const FONT: &str = "/usr/share/fonts/opentype/ocr-b/OCRB.otf";
/// Pixels per millimetre of the document as drawn.
const DENSITY: f32 = 9.0;
/// Ten characters per inch and 1/6 inch per line (Doc 9303-3 section 4.1).
const PITCH: f32 = 2.54 * DENSITY;
const LINE: f32 = 6.35 * DENSITY;
/// Nominal height of a capital letter of OCR-B, size I.
const CAPITAL: f32 = 2.4 * DENSITY;

/// How a photograph is taken.
pub struct Camera {
    /// Pixels of the photograph per pixel of the document as drawn.
    pub scale: f32,
    /// Standard deviation of the noise, of 255.
    pub noise: f32,
    /// Passes of a small blur.
    pub blurs: usize,
}

impl Camera {
    pub const STEADY: Self = Self { scale: 1.0, noise: 4.0, blurs: 1 };
    pub const POOR: Self = Self { scale: 0.45, noise: 14.0, blurs: 1 };
}

fn font() -> &'static FontVec {
    static LOADED: OnceLock<FontVec> = OnceLock::new();
    LOADED.get_or_init(|| {
        let file = std::fs::read(FONT).unwrap_or_else(|error| panic!("{FONT}: {error}: `apt-get install fonts-ocr-b`"));
        FontVec::try_from_vec(file).expect("a font")
    })
}

/// A grey picture.
struct Canvas {
    width: usize,
    data: Vec<f32>,
}

impl Canvas {
    fn at(&self, x: f32, y: f32) -> Option<f32> {
        let (column, row) = (x.floor(), y.floor());
        let height = self.data.len() / self.width;
        if column < 0.0 || row < 0.0 || column as usize + 1 >= self.width || row as usize + 1 >= height {
            return None;
        }
        let start = row as usize * self.width + column as usize;
        let mix = |at: usize| self.data[at] + (self.data[at + 1] - self.data[at]) * (x - column);
        let (upper, lower) = (mix(start), mix(start + self.width));
        Some(upper + (lower - upper) * (y - row))
    }

    /// Draws a character with its baseline's left end at a place.
    fn draw(&mut self, character: char, x: f32, y: f32) {
        let font = font();
        let capital = font.outline(font.glyph_id('H')).expect("the font has an H").bounds.height();
        let scale = PxScale::from(CAPITAL / capital.abs() * font.height_unscaled());
        let glyph = font.glyph_id(character).with_scale_and_position(scale, Point { x, y });
        let Some(outline) = font.outline_glyph(glyph) else { return };
        let bounds = outline.px_bounds();
        outline.draw(|dx, dy, covered| {
            let at = (bounds.min.y as usize + dy as usize) * self.width + bounds.min.x as usize + dx as usize;
            self.data[at] -= 170.0 * covered.min(1.0);
        });
    }
}

/// The document: a portrait's place, a patterned ground, the zone at its lower edge.
fn document(lines: &[String]) -> Canvas {
    // ID-1 for three lines, ID-3 for two (ISO/IEC 7810).
    let (wide, high) = if lines.len() == 3 { (85.6, 53.98) } else { (125.0, 88.0) };
    let (width, height) = ((wide * DENSITY) as usize, (high * DENSITY) as usize);
    let ground = |at: usize| {
        let (x, y) = ((at % width) as f32, (at / width) as f32);
        let portrait = x > 45.0 && x < 270.0 && y > 75.0 && y < 0.55 * height as f32;
        if portrait { 130.0 } else { 214.0 + 8.0 * (x / 23.0 + (y / 31.0).sin() * 3.0).sin() }
    };
    let mut canvas = Canvas { width, data: (0..width * height).map(ground).collect() };
    let left = (width as f32 - PITCH * lines[0].len() as f32) / 2.0;
    let bottom = height as f32 - 7.0 * DENSITY;
    for (row, line) in lines.iter().enumerate() {
        let y = bottom - LINE * (lines.len() - 1 - row) as f32;
        line.chars()
            .enumerate()
            .for_each(|(column, character)| canvas.draw(character, left + PITCH * column as f32, y));
    }
    canvas
}

/// The document on a dark table, a little askew and seen at an angle.
pub fn photograph(lines: &[String], camera: &Camera, random: &mut Random) -> Picture {
    let drawn = document(lines);
    let (wide, high) = (drawn.width as f32, (drawn.data.len() / drawn.width) as f32);
    let (width, height) = ((wide * camera.scale * 1.35) as usize, (high * camera.scale * 1.5) as usize);
    let (sin, cos) = (random.spread() * 0.08).sin_cos();
    let (tilt_x, tilt_y) = (random.spread() * 1e-4, random.spread() * 1e-4);
    let mut seen = Canvas { width, data: Vec::with_capacity(width * height) };
    for at in 0..width * height {
        let x = ((at % width) as f32 - width as f32 / 2.0) / camera.scale;
        let y = ((at / width) as f32 - height as f32 / 2.0) / camera.scale;
        let depth = 1.0 + tilt_x * x + tilt_y * y;
        let place = ((x * cos - y * sin) / depth + wide / 2.0, (x * sin + y * cos) / depth + high / 2.0);
        let light = 0.85 + 0.15 * (at % width) as f32 / width as f32;
        seen.data.push(drawn.at(place.0, place.1).map_or(45.0, |value| value * light));
    }
    (0..camera.blurs).for_each(|_| blur(&mut seen));
    let noisy = seen.data.iter().map(|value| {
        // Three uniform numbers together are nearly normal, with a deviation of one.
        let noise = random.spread() + random.spread() + random.spread();
        (value + camera.noise * noise).clamp(0.0, 255.0) as u8
    });
    Picture { width, height, data: noisy.flat_map(|value| [value; 3]).collect() }
}

/// The mean of each pixel and its right and lower neighbours.
fn blur(canvas: &mut Canvas) {
    let width = canvas.width;
    for at in 0..canvas.data.len().saturating_sub(width + 1) {
        let sum = canvas.data[at] + canvas.data[at + 1] + canvas.data[at + width] + canvas.data[at + width + 1];
        canvas.data[at] = sum / 4.0;
    }
}
