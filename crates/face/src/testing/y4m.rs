//! Uncompressed video for a fake camera: YUV4MPEG2 with 4:2:0 planes (what Chromium's
//! `--use-file-for-fake-video-capture` takes).

use std::io::{self, Write};

use crate::Picture;

/// Why a frame was not written.
#[derive(Debug, thiserror::Error)]
pub enum Y4mError {
    /// The frame has another size than the video, or the video's sides are odd.
    #[error("a frame of {width} by {height} does not fit the video")]
    Size {
        /// Pixels per row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// The destination failed.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// Writes frames of one size one after another.
#[derive(Debug)]
pub struct Y4mWriter<W> {
    to: W,
    size: (usize, usize),
}

impl<W: Write> Y4mWriter<W> {
    /// Starts a video; both sides must be even.
    ///
    /// # Errors
    /// [`Y4mError`].
    pub fn new(mut to: W, size: (usize, usize), frames_per_second: u32) -> Result<Self, Y4mError> {
        let (width, height) = size;
        if width % 2 == 1 || height % 2 == 1 {
            return Err(Y4mError::Size { width, height });
        }
        writeln!(to, "YUV4MPEG2 W{width} H{height} F{frames_per_second}:1 Ip A1:1 C420jpeg")?;
        Ok(Self { to, size })
    }

    /// Adds a frame.
    ///
    /// # Errors
    /// [`Y4mError`].
    pub fn frame(&mut self, picture: &Picture) -> Result<(), Y4mError> {
        let (width, height) = (picture.width, picture.height);
        if (width, height) != self.size {
            return Err(Y4mError::Size { width, height });
        }
        self.to.write_all(b"FRAME\n")?;
        for plane in planes(picture) {
            self.to.write_all(&plane)?;
        }
        Ok(())
    }

    /// Hands the destination back, everything written.
    ///
    /// # Errors
    /// [`Y4mError::Write`].
    pub fn finish(mut self) -> Result<W, Y4mError> {
        self.to.flush()?;
        Ok(self.to)
    }
}

/// Brightness of every pixel, then the two colour differences of every four (BT.601, limited range: what players
/// assume for small video).
fn planes(picture: &Picture) -> [Vec<u8>; 3] {
    let (width, height) = (picture.width, picture.height);
    let pixel = |x: usize, y: usize| {
        let at = 3 * (y * width + x);
        [0, 1, 2].map(|channel| f32::from(picture.data[at + channel]) / 255.0)
    };
    let byte = |value: f32| (value + 0.5).clamp(0.0, 255.0) as u8;
    let luma = |[r, g, b]: [f32; 3]| byte(16.0 + 65.481 * r + 128.553 * g + 24.966 * b);
    let mut brightness = Vec::with_capacity(width * height);
    let (mut blue, mut red) = (Vec::new(), Vec::new());
    for y in 0..height {
        brightness.extend((0..width).map(|x| luma(pixel(x, y))));
        for x in (0..width).step_by(2).filter(|_| y % 2 == 0) {
            let four = [pixel(x, y), pixel(x + 1, y), pixel(x, y + 1), pixel(x + 1, y + 1)];
            let [r, g, b] = [0, 1, 2].map(|channel| four.iter().map(|pixel| pixel[channel]).sum::<f32>() / 4.0);
            blue.push(byte(128.0 - 37.797 * r - 74.203 * g + 112.0 * b));
            red.push(byte(128.0 + 112.0 * r - 93.786 * g - 18.214 * b));
        }
    }
    [brightness, blue, red]
}
