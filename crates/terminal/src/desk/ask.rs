//! What is asked for before a document is read.

use std::io;

use zeroize::Zeroizing;

use super::input::Input;
use super::{Voice, texts};
use crate::address::Way;
use crate::password::{ChipPassword, TypedError, lines_of_zone};

/// Most lines of a zone.
const LINES: usize = 3;

/// Digits of a card access number.
const CAN: std::ops::RangeInclusive<usize> = 6..=10;

/// The code that the wallet shows.
pub(super) async fn way(voice: &mut Voice<'_>, input: &mut Input) -> io::Result<Option<Way>> {
    loop {
        voice.ask(texts::CODE)?;
        let Some(typed) = input.line().await else { return Ok(None) };
        match Way::terminal(&typed) {
            Ok(way) => return Ok(Some(way)),
            // Whoever presses the key once too often need not be taught.
            Err(_) if typed.is_empty() => {}
            Err(_) => voice.tell(texts::NO_CODE)?,
        }
    }
}

/// What opens the chip: a zone, a card access number, or number and dates one after another.
pub(super) async fn password(voice: &mut Voice<'_>, input: &mut Input) -> io::Result<Option<ChipPassword>> {
    loop {
        voice.ask(texts::DOCUMENT)?;
        let Some(typed) = input.line().await else { return Ok(None) };
        let password = match lines_of_zone(&typed) {
            Some(lines) => zone(typed, lines, input).await,
            None if is_can(&typed) => ChipPassword::can(&typed),
            None if typed.is_empty() => match fields(voice, input).await? {
                Some(password) => password,
                None => return Ok(None),
            },
            None => {
                voice.tell(texts::NO_DOCUMENT)?;
                continue;
            }
        };
        match password {
            Ok(password) => return Ok(Some(password)),
            Err(error) => voice.tell(texts::typed(error))?,
        }
    }
}

async fn zone(first: Zeroizing<String>, lines: usize, input: &mut Input) -> Result<ChipPassword, TypedError> {
    let mut zone = first;
    let mut more = lines.min(LINES) - 1;
    while more > 0 {
        let Some(line) = input.line().await else { break };
        // Some readers end every line twice.
        if !line.is_empty() {
            zone.push_str(&line);
            more -= 1;
        }
    }
    ChipPassword::zone(&zone)
}

async fn fields(voice: &mut Voice<'_>, input: &mut Input) -> io::Result<Option<Result<ChipPassword, TypedError>>> {
    let mut typed = Vec::with_capacity(3);
    for text in [texts::NUMBER, texts::BIRTH, texts::EXPIRY] {
        voice.ask(text)?;
        let Some(line) = input.line().await else { return Ok(None) };
        typed.push(line);
    }
    Ok(Some(ChipPassword::fields(&typed[0], &typed[1], &typed[2])))
}

fn is_can(typed: &str) -> bool {
    let digits = typed.chars().filter(|letter| !letter.is_whitespace());
    typed.chars().all(|letter| letter.is_ascii_digit() || letter.is_whitespace()) && CAN.contains(&digits.count())
}
