//! What the outputs of the recogniser mean.

use mibun_inference::model::metadata;

/// The entry of the model file that lists its characters, one a line.
const ENTRY: &str = "character";
/// More characters than any alphabet has.
const MOST: usize = 100_000;

/// The recogniser's characters: output 0 is the blank between them, the last is the space.
pub(crate) struct Alphabet {
    characters: Vec<char>,
    /// Outputs that may stand in a machine-readable zone, the blank included.
    pub(crate) zone: Vec<usize>,
}

impl Alphabet {
    /// The alphabet that a model file carries; none where it carries none.
    pub(crate) fn of(onnx: &[u8]) -> Option<Self> {
        Self::parse(&metadata(onnx, ENTRY)?)
    }

    fn parse(list: &str) -> Option<Self> {
        // An entry of several code points is told by its first: none of ours is.
        let mut characters: Vec<char> = list.lines().take(MOST).filter_map(|line| line.chars().next()).collect();
        characters.push(' ');
        let of_zone = |character: &char| matches!(character, 'A'..='Z' | '0'..='9' | '<');
        let letters = characters.iter().enumerate().filter(|(_, character)| of_zone(character));
        let zone: Vec<usize> = std::iter::once(0).chain(letters.map(|(at, _)| at + 1)).collect();
        (zone.len() == 38).then_some(Self { characters, zone })
    }

    /// How many outputs the recogniser has.
    pub(crate) fn outputs(&self) -> usize {
        self.characters.len() + 1
    }

    /// The character of an output; none for the blank.
    pub(crate) fn character(&self, output: usize) -> Option<char> {
        self.characters.get(output.checked_sub(1)?).copied()
    }
}

impl std::fmt::Debug for Alphabet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Alphabet({} characters)", self.characters.len())
    }
}

#[cfg(test)]
mod tests;
