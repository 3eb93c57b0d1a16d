//! Lines in the order of reading: rows from top to bottom, in each from left to right.

use zeroize::Zeroizing;

use super::Line;

/// Lines whose middles are nearer to each other than this part of their height stand in one row.
const NEAR: f32 = 0.5;

/// What stands side by side.
#[derive(Clone)]
pub(crate) struct Row {
    /// From left to right.
    pub(crate) lines: Vec<Line>,
}

impl Row {
    /// The texts one after the other, without spaces.
    pub(crate) fn text(&self) -> Zeroizing<String> {
        let letters = self.lines.iter().flat_map(|line| line.text.chars());
        Zeroizing::new(letters.filter(|letter| !letter.is_whitespace()).collect())
    }

    /// The same as a machine-readable zone.
    pub(crate) fn zone(&self) -> Zeroizing<String> {
        Zeroizing::new(self.lines.iter().flat_map(|line| line.zone.chars()).collect())
    }
}

/// Puts lines into rows. The page may lie askew: rows run in the direction of its longest line.
pub(crate) fn rows(lines: Vec<Line>) -> Vec<Row> {
    let longest = lines.iter().max_by(|one, other| one.place.width.total_cmp(&other.place.width));
    let (sin, cos) = longest.map_or(0.0, |line| line.place.angle).sin_cos();
    let along = |line: &Line| line.place.centre.0 * cos + line.place.centre.1 * sin;
    let across = |line: &Line| line.place.centre.1 * cos - line.place.centre.0 * sin;
    let mut sorted = lines;
    sorted.sort_by(|one, other| across(one).total_cmp(&across(other)));
    let mut rows: Vec<Row> = Vec::new();
    for line in sorted {
        match rows.last_mut() {
            Some(row) if row.lines.iter().any(|other| is_beside(across(&line) - across(other), &line, other)) => {
                row.lines.push(line);
            }
            _ => rows.push(Row { lines: vec![line] }),
        }
    }
    for row in &mut rows {
        row.lines.sort_by(|one, other| along(one).total_cmp(&along(other)));
    }
    rows
}

fn is_beside(apart: f32, one: &Line, other: &Line) -> bool {
    apart.abs() < NEAR * one.place.height.min(other.place.height)
}

#[cfg(test)]
mod tests;
