//! Renders a person in front of a camera from one photograph, for browser tests: raw frames, one file each.
//!
//! `mibun-actor PHOTO FOLDER --models MODELS` writes `FOLDER/{movement}_{nn}.i420`, 640 by 480, planes of brightness and colour.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use mibun_face::Picture;
use mibun_face::model_set::{ModelSet, SetDescription};
use mibun_face::pipeline::Pipeline;
use mibun_face::testing::{Actor, FRAME_HEIGHT, FRAME_WIDTH, Pose, Y4mWriter, simulate_print, simulate_screen};
use mibun_inference::engine::RtenEngine;

type Failure = Box<dyn std::error::Error>;

/// Frames of each movement: on the way, then held.
const FRAMES: u64 = 8;
const ON_THE_WAY: u64 = 3;

const MOVEMENTS: [(&str, Pose); 6] = [
    ("neutral", Pose::NEUTRAL),
    ("turn_left", Pose::TURNED_LEFT),
    ("turn_right", Pose::TURNED_RIGHT),
    ("nod", Pose::NODDING),
    ("blink", Pose::BLINKING),
    ("closer", Pose::CLOSER),
];

fn main() -> Result<ExitCode, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [photo, folder, "--models", models] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        return Err("usage: mibun-actor PHOTO FOLDER --models MODELS".into());
    };
    let actor = Actor::new(&pipeline(Path::new(models))?, &std::fs::read(photo)?)?;
    let folder = Path::new(folder);
    std::fs::create_dir_all(folder)?;
    for (name, pose) in MOVEMENTS {
        for number in 0..FRAMES {
            let share = (number + 1) as f32 / ON_THE_WAY as f32;
            let frame = actor.frame(&Pose::NEUTRAL.towards(&pose, share), seed(name, number));
            write(folder, name, number, &frame)?;
        }
    }
    for number in 0..FRAMES {
        let frame = actor.frame(&Pose::NEUTRAL, seed("recaptured", number));
        write(folder, "print", number, &simulate_print(&frame, number))?;
        write(folder, "screen", number, &simulate_screen(&frame, number))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn pipeline(models: &Path) -> Result<Pipeline, Failure> {
    let file = |name: &str| std::fs::read(models.join(name)).ok();
    let set = ModelSet::load(SetDescription::recommended()?, Arc::new(RtenEngine::new(1)), file)?;
    Ok(Pipeline::new(set))
}

/// A seed of its own for every frame, so that no two are equal.
fn seed(name: &str, number: u64) -> u64 {
    name.bytes().fold(number, |seed, byte| seed.wrapping_mul(131).wrapping_add(u64::from(byte)))
}

fn write(folder: &Path, name: &str, number: u64, frame: &Picture) -> Result<(), Failure> {
    let header = Y4mWriter::new(Vec::new(), (FRAME_WIDTH, FRAME_HEIGHT), 10)?.finish()?.len();
    let mut video = Y4mWriter::new(Vec::new(), (FRAME_WIDTH, FRAME_HEIGHT), 10)?;
    video.frame(frame)?;
    let bytes = video.finish()?;
    // Without the video's header and the mark of its one frame, the planes are left.
    std::fs::write(folder.join(format!("{name}_{number:02}.i420")), &bytes[header + b"FRAME\n".len()..])?;
    Ok(())
}
