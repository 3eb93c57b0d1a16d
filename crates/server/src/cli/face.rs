//! `mibun face`: the face engine on files, to compare two pictures or to measure error rates.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use mibun_face::eval::{Evaluation, Trial, parse_pairs, svg as det_plot};
use mibun_face::manifest::PortraitKind;
use mibun_face::pipeline::Pipeline;
use mibun_proofing::policy::{CalibrationRow, MatchThresholds, Policy};

use super::{Outcome, out};
use crate::config::{Config, ModelSetChoice};
use crate::outside::engine::EngineChoice;
use crate::outside::faces;

/// Subcommands of `mibun face`.
#[derive(Debug, Subcommand)]
pub(super) enum Face {
    /// Compare the faces of two pictures: every score, the thresholds and the verdict.
    Verify {
        /// One picture, JPEG or PNG.
        a: PathBuf,
        /// The other.
        b: PathBuf,
        #[command(flatten)]
        models: Models,
    },
    /// Measure error rates on pairs of pictures: a CSV file with the columns a, b, same (paths, and yes or no).
    Eval {
        /// The list of pairs; paths are relative to it.
        pairs: PathBuf,
        /// Write a DET plot (false matches against false non-matches) to this SVG file.
        #[arg(long)]
        svg: Option<PathBuf>,
        #[command(flatten)]
        models: Models,
    },
}

/// Where the models are.
#[derive(Debug, Args)]
pub(super) struct Models {
    /// The folder of models; without it, the one that the configuration names, and where there is no configuration,
    /// `.mibun/models`.
    #[arg(long, env = "MIBUN_MODELS_DIR")]
    models: Option<PathBuf>,
}

impl Models {
    fn pipeline(&self, config: &Path) -> Result<Pipeline, Box<dyn std::error::Error>> {
        let config = if config.exists() { Some(Config::load(config, std::env::vars())?) } else { None };
        let folder = match (&self.models, &config) {
            (Some(folder), _) => folder.clone(),
            (None, Some(config)) => faces::folder(config),
            (None, None) => PathBuf::from(".mibun/models"),
        };
        let engine = config.as_ref().map(EngineChoice::of).unwrap_or_default();
        let set = faces::choose(ModelSetChoice::Auto, &folder)?;
        let set = set.ok_or_else(|| format!("no whole set of models in {}", folder.display()))?;
        out::line(&format!("models        {} ({})", set.name, folder.display()));
        Ok(faces::load(set, &folder, &engine)?)
    }
}

impl Face {
    pub(super) fn run(self, config: &Path) -> Outcome {
        match self {
            Self::Verify { a, b, models } => verify(&models.pipeline(config)?, &a, &b),
            Self::Eval { pairs, svg, models } => eval(&models.pipeline(config)?, &pairs, svg.as_deref()),
        }
    }
}

fn similarity(pipeline: &Pipeline, a: &Path, b: &Path) -> Result<f32, Box<dyn std::error::Error>> {
    let portrait = |path: &Path| -> Result<_, Box<dyn std::error::Error>> {
        let file = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(pipeline.portrait(&file).map_err(|error| format!("{}: {error}", path.display()))?)
    };
    let (a, b) = (portrait(a)?, portrait(b)?);
    a.embedding.cosine(&b.embedding).ok_or_else(|| "the faces are not comparable".into())
}

fn verify(pipeline: &Pipeline, a: &Path, b: &Path) -> Outcome {
    for path in [a, b] {
        let file = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let measures = pipeline.portrait(&file).map_err(|error| format!("{}: {error}", path.display()))?.quality;
        out::line(&format!(
            "{}  eyes {:.0} px apart, yaw {:.1}, pitch {:.1}, roll {:.1}, sharpness {:.1}, live {}",
            path.display(),
            measures.inter_eye_px,
            measures.yaw_deg,
            measures.pitch_deg,
            measures.roll_deg,
            measures.sharpness,
            measures.live.map_or("not measured".to_owned(), |live| format!("{:.3} / {:.3}", live.v2, live.v1se)),
        ));
    }
    let score = similarity(pipeline, a, b)?;
    let rows: Vec<CalibrationRow> = pipeline
        .set()
        .description
        .calibration(PortraitKind::Photo)
        .iter()
        .map(|row| CalibrationRow { fmr: row.fmr, threshold: row.threshold })
        .collect();
    for row in &rows {
        out::line(&format!("threshold     {:.3} at a measured false-match rate of {:e}", row.threshold, row.fmr));
    }
    out::line(&format!("similarity    {score:.3}"));
    let verdict = match Policy::default().matching.thresholds(&rows) {
        Ok(MatchThresholds { accept: Some(accept), .. }) if score >= accept.threshold => "same person",
        Ok(thresholds) if score >= thresholds.review.threshold => "uncertain: an officer decides",
        Ok(_) => "not the same person",
        Err(_) => "uncertain: this embedder was not measured at the rates we accept at",
    };
    out::line(&format!("verdict       {verdict}"));
    Ok(if verdict == "same person" { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn eval(pipeline: &Pipeline, list: &Path, svg: Option<&Path>) -> Outcome {
    let pairs = parse_pairs(&std::fs::read(list).map_err(|error| format!("{}: {error}", list.display()))?)?;
    let folder = list.parent().unwrap_or(Path::new("."));
    let (mut trials, mut failed) = (Vec::new(), 0);
    for (number, pair) in pairs.iter().enumerate() {
        match similarity(pipeline, &folder.join(&pair.a), &folder.join(&pair.b)) {
            Ok(score) => trials.push(Trial { score, same: pair.same }),
            Err(error) => {
                failed += 1;
                out::line(&format!("pair {}: {error}", number + 1));
            }
        }
        if (number + 1) % 50 == 0 {
            out::line(&format!("{} of {} pairs", number + 1, pairs.len()));
        }
    }
    let evaluation = Evaluation::of(&trials)?;
    report(&evaluation, failed);
    if let Some(path) = svg {
        std::fs::write(path, det_plot(&evaluation, "False matches against false non-matches"))?;
        out::line(&format!("DET plot      {}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn report(evaluation: &Evaluation, failed: usize) {
    out::line(&format!("failed        {failed} pairs could not be compared and count nowhere below"));
    let equal = evaluation.equal_error();
    out::line(&format!("equal error   {:.3} % at {:.3}", 100.0 * equal.rate(), equal.threshold));
    out::line("threshold  false matches (95 %)                    false non-matches (95 %)");
    for point in evaluation.calibration() {
        let (matches, misses) = (point.fmr.to_string(), point.fnmr.to_string());
        out::line(&format!("{:<9.3}  {matches:<38}  {misses}", point.threshold));
    }
    out::line("rates that the number of pairs cannot show are left out");
}
