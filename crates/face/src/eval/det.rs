//! The detection error trade-off as a picture.

use std::fmt::Write;

use super::Evaluation;

const SIDE: f64 = 480.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 40.0;
/// Powers of ten at the ends of both axes.
const LOWEST: f64 = -6.0;
/// Points beyond these are not told apart in a picture of this size.
const MOST_POINTS: usize = 600;

/// A DET plot as SVG: false non-match rate over false-match rate, both on a logarithmic axis from 1e-6 to 1. The curve
/// ends where the number of pairs ends; beyond it nothing was measured.
pub fn svg(evaluation: &Evaluation, title: &str) -> String {
    let mut out = String::new();
    let (width, height) = (SIDE + LEFT + 30.0, SIDE + TOP + 60.0);
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\" role=\"img\"><title>{0}</title><rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"15\">{0}</text>",
        escape(title)
    );
    axes(&mut out);
    let points: Vec<String> = curve(evaluation).into_iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ =
        write!(out, "<polyline fill=\"none\" stroke=\"#0b5cad\" stroke-width=\"2\" points=\"{}\"/>", points.join(" "));
    for point in evaluation.calibration() {
        let (x, y) = place(point.fmr.value().max(floor()), point.fnmr.value().max(floor()));
        let _ = write!(
            out,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"#b3261e\"/><text x=\"{:.1}\" y=\"{:.1}\">{:.3}</text>",
            x + 7.0,
            y - 6.0,
            point.threshold
        );
    }
    out.push_str("</svg>\n");
    out
}

fn axes(out: &mut String) {
    let (right, bottom) = (LEFT + SIDE, TOP + SIDE);
    for power in LOWEST as i32..=0 {
        let (x, y) = place(10.0_f64.powi(power), 10.0_f64.powi(power));
        let _ = write!(
            out,
            "<path d=\"M{x:.1} {TOP}V{bottom}M{LEFT} {y:.1}H{right}\" stroke=\"#ddd\"/>\
             <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">1e{power}</text>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">1e{power}</text>",
            bottom + 18.0,
            LEFT - 6.0,
            y + 4.0
        );
    }
    let _ = write!(
        out,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">false-match rate</text>\
         <text transform=\"translate(18 {}) rotate(-90)\" text-anchor=\"middle\">false non-match rate</text>",
        LEFT + SIDE / 2.0,
        bottom + 44.0,
        TOP + SIDE / 2.0
    );
}

/// The measured part of the curve: a rate of zero has no place on a logarithmic axis.
fn curve(evaluation: &Evaluation) -> Vec<(f64, f64)> {
    let thresholds = evaluation.thresholds();
    let mut points: Vec<(f64, f64)> = Vec::new();
    for threshold in thresholds {
        let (fmr, fnmr) = (evaluation.fmr(threshold).value(), evaluation.fnmr(threshold).value());
        if fmr >= floor() && fnmr >= floor() {
            points.push(place(fmr, fnmr));
        }
    }
    let step = points.len().div_ceil(MOST_POINTS).max(1);
    let last = points.last().copied();
    let mut thin: Vec<(f64, f64)> = points.into_iter().step_by(step).collect();
    thin.extend(last.filter(|last| thin.last() != Some(last)));
    thin
}

fn floor() -> f64 {
    10.0_f64.powf(LOWEST)
}

fn place(fmr: f64, fnmr: f64) -> (f64, f64) {
    (LEFT + (fmr.log10() / -LOWEST + 1.0) * SIDE, TOP - fnmr.log10() / -LOWEST * SIDE)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
