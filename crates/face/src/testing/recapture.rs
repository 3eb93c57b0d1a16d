//! What a camera sees when a picture is held up to it instead of a face.

use super::noise::Noise;
use crate::Picture;

/// How large the held-up picture is, as a share of the frame.
const HELD: f32 = 0.8;

/// The frame printed on paper and held up: a white border, dots of ink, less contrast, some blur.
pub fn simulate_print(frame: &Picture, seed: u64) -> Picture {
    let mut noise = Noise::new(seed);
    held_up(frame, |place, [r, g, b]| {
        let Some((x, y)) = place else { return [205.0, 200.0, 190.0] };
        // A rosette of dots: the darker the picture, the larger the dot.
        let dots = (x * 1.1).sin() * (y * 1.1).sin() * 14.0;
        let mut ink = |value: f32, warm: f32| 52.0 + value * 0.56 + dots + warm + noise.bell() * 3.0;
        [ink(r, 6.0), ink(g, 2.0), ink(b, -6.0)]
    })
}

/// The frame on a phone or tablet held up: a black rim, a blue glow, lines of the screen against those of the camera.
pub fn simulate_screen(frame: &Picture, seed: u64) -> Picture {
    let mut noise = Noise::new(seed);
    held_up(frame, |place, [r, g, b]| {
        let Some((x, y)) = place else { return [14.0, 14.0, 17.0] };
        let beat = (x * 0.83 + y * 0.21).sin() * 9.0 + (y * 2.9).sin() * 6.0;
        let mut glow = |value: f32, lift: f32| 24.0 + value * 0.86 + lift + beat + noise.bell() * 2.0;
        [glow(r, -6.0), glow(g, 2.0), glow(b, 18.0)]
    })
}

/// Shows the frame smaller, within a rim, in front of itself as a blurred and darker room; `paint` is asked for every
/// pixel of the sheet: its place in the frame (`None` on the rim), and the frame's colour there.
fn held_up(frame: &Picture, mut paint: impl FnMut(Option<(f32, f32)>, [f32; 3]) -> [f32; 3]) -> Picture {
    let (width, height) = (frame.width as f32, frame.height as f32);
    let rim = width * 0.03;
    let (left, top) = (width * (1.0 - HELD) / 2.0, height * (1.0 - HELD) / 2.0);
    let room = frame.resized(frame.width / 24, frame.height / 24).resized(frame.width, frame.height);
    let mut data = Vec::with_capacity(frame.data.len());
    for y in 0..frame.height {
        for x in 0..frame.width {
            let (px, py) = ((x as f32 - left) / HELD, (y as f32 - top) / HELD);
            let inside = px >= 0.0 && py >= 0.0 && px < width && py < height;
            let on_sheet = px >= -rim && py >= -rim && px < width + rim && py < height + rim;
            let colour = match (inside, on_sheet) {
                (true, _) => paint(Some((x as f32, y as f32)), frame.between(px, py)),
                (false, true) => paint(None, [0.0; 3]),
                (false, false) => room.at(x as isize, y as isize).map(|value| f32::from(value) * 0.7),
            };
            data.extend(colour.map(|value| (value + 0.5).clamp(0.0, 255.0) as u8));
        }
    }
    Picture { width: frame.width, height: frame.height, data }
}
