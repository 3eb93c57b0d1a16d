//! Results: a JSON line each, and a table in the README.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::Failure;
use crate::clock::Rate;

const BEGIN: &str = "<!-- bench:begin -->";
const END: &str = "<!-- bench:end -->";

/// One figure.
pub(crate) struct Line {
    /// What was measured, as a code.
    pub(crate) bench: &'static str,
    /// The same for people.
    pub(crate) words: String,
    /// How much.
    pub(crate) value: f64,
    /// Of what.
    pub(crate) unit: &'static str,
    /// From how many samples.
    pub(crate) n: u64,
    /// The part of what the primitives alone would reach, where there is such a floor.
    pub(crate) floor_share: Option<f64>,
}

impl Line {
    /// A figure without a floor.
    pub(crate) fn new(bench: &'static str, words: impl Into<String>, value: f64, unit: &'static str, n: u64) -> Self {
        Self { bench, words: words.into(), value, unit, n, floor_share: None }
    }

    fn to_json(&self, load: &str) -> Value {
        json!({
            "bench": self.bench, "value": rounded(self.value), "unit": self.unit, "n": self.n,
            "floor_share": self.floor_share.map(rounded), "load_average": load, "what": self.words,
        })
    }
}

/// All figures of a run.
pub(crate) struct Report {
    lines: Vec<Line>,
    load_at_start: String,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self { lines: Vec::new(), load_at_start: load_average() }
    }

    /// Prints a figure and keeps it for the table.
    pub(crate) fn add(&mut self, line: Line) {
        say(&line.to_json(&load_average()).to_string());
        self.lines.push(line);
    }

    /// Adds a rate beside its floor, of which each piece of work uses up `pieces`.
    pub(crate) fn add_rate(&mut self, bench: &'static str, words: &str, rate: &Rate, pieces: f64) {
        let line = Line::new(bench, words, rate.value, "/s per core", rate.n);
        self.add(Line { floor_share: Some(rate.share * pieces), ..line });
    }

    /// Writes the table between the markers of `file`.
    pub(crate) fn write_table(&self, file: &Path) -> Result<(), Failure> {
        let text = std::fs::read_to_string(file)?;
        let marked = text.split_once(BEGIN).and_then(|(head, rest)| Some((head, rest.split_once(END)?.1)));
        let (head, tail) = marked.ok_or("the file has no bench markers")?;
        std::fs::write(file, format!("{head}{BEGIN}\n{}{END}{tail}", self.table()))?;
        Ok(())
    }

    fn table(&self) -> String {
        let mut table = String::from("| measured | value | of the floor | samples |\n|---|---|---|---|\n");
        for line in &self.lines {
            let share = line.floor_share.map(|share| format!("{:.0} %", share * 100.0)).unwrap_or_default();
            let value = shown(line.value);
            let _ = writeln!(table, "| {} | {value} {} | {share} | {} |", line.words, line.unit, line.n);
        }
        let machine = processor();
        let _ = writeln!(
            table,
            "\n{machine}; load average {} at the start, {} at the end (other work slows these figures).",
            self.load_at_start,
            load_average()
        );
        table
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn shown(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

fn load_average() -> String {
    let read = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    read.split(' ').next().unwrap_or("unknown").to_owned()
}

fn processor() -> String {
    let read = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let names: Vec<&str> = read
        .lines()
        .filter_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map(|(_, name)| name)
        .collect();
    names.first().map_or_else(|| "unknown processor".to_owned(), |name| format!("{name}, {} cores", names.len()))
}

/// A line on standard output.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// A line on standard error.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "mibun-bench: {text}");
}
