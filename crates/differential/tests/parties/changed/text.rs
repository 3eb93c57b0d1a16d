//! Changes of a text of parts in base64url, joined by `.` and `~`, that no key knows of.

use mibun_crypto::base64url;

use super::Dice;

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The classes that every compact token has; `base` draws the token to change.
macro_rules! classes {
    ($base:path) => {
        [
            class("a letter is another", Expect::Refuse, |dice| $base(dice).then(text::letter, dice)),
            class("a bit is another", Expect::Refuse, |dice| $base(dice).then(text::bit, dice)),
            class("a letter of the other alphabet", Expect::Refuse, |dice| $base(dice).then(text::alphabet, dice)),
            class("padding", Expect::Refuse, |dice| $base(dice).then(text::padding, dice)),
            class("spare bits of a last letter", Expect::Refuse, |dice| $base(dice).then(text::spare, dice)),
            class("white space", Expect::Refuse, |dice| $base(dice).then(text::space, dice)),
            class("cut off", Expect::Refuse, |dice| $base(dice).then(text::cut, dice)),
            class("one separator more", Expect::Refuse, |dice| $base(dice).then(text::separator, dice)),
            class("a part is lost", Expect::Refuse, |dice| $base(dice).then(text::lost, dice)),
            class("two parts are swapped", Expect::Refuse, |dice| $base(dice).then(text::swapped, dice)),
        ]
    };
}
pub(crate) use classes;

/// Where the parts that are not empty lie.
fn parts(token: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, letter) in token.char_indices().chain([(token.len(), '.')]) {
        if letter == '.' || letter == '~' {
            if at > start {
                found.push((start, at));
            }
            start = at + 1;
        }
    }
    found
}

fn replaced(token: &str, (start, end): (usize, usize), part: &str) -> String {
    [&token[..start], part, &token[end..]].concat()
}

fn inserted(token: &str, at: usize, text: &str) -> String {
    replaced(token, (at, at), text)
}

pub fn letter(token: &str, dice: &mut Dice) -> String {
    let (start, end) = dice.pick(&parts(token));
    let at = start + dice.below(end - start);
    let others: Vec<u8> = LETTERS.iter().copied().filter(|letter| *letter != token.as_bytes()[at]).collect();
    replaced(token, (at, at + 1), &char::from(dice.pick(&others)).to_string())
}

pub fn bit(token: &str, dice: &mut Dice) -> String {
    let part = dice.pick(&parts(token));
    let mut bytes = base64url::decode(&token[part.0..part.1]).expect("our own base64url");
    let at = dice.below(bytes.len());
    bytes[at] ^= 1 << dice.below(8);
    replaced(token, part, &base64url::encode(&bytes))
}

pub fn alphabet(token: &str, dice: &mut Dice) -> String {
    let special: Vec<usize> = token.match_indices(['-', '_']).map(|(at, _)| at).collect();
    let letters: Vec<usize> =
        token.match_indices(|letter: char| letter.is_ascii_alphanumeric()).map(|(at, _)| at).collect();
    let at = dice.pick(if special.is_empty() { &letters } else { &special });
    replaced(token, (at, at + 1), if &token[at..=at] == "-" { "+" } else { "/" })
}

pub fn padding(token: &str, dice: &mut Dice) -> String {
    let (_, end) = dice.pick(&parts(token));
    inserted(token, end, dice.pick(&["=", "==", "==="]))
}

/// Bits behind the last byte: another spelling of the same bytes.
pub fn spare(token: &str, dice: &mut Dice) -> String {
    let with_spare: Vec<_> = parts(token).into_iter().filter(|(start, end)| (end - start) % 4 != 0).collect();
    let (start, end) = dice.pick(&with_spare);
    let value = LETTERS.iter().position(|letter| *letter == token.as_bytes()[end - 1]).expect("of the alphabet");
    let spare = if (end - start) % 4 == 2 { 16 } else { 4 };
    let other = LETTERS[value + 1 + dice.below(spare - 1)];
    replaced(token, (end - 1, end), &char::from(other).to_string())
}

pub fn space(token: &str, dice: &mut Dice) -> String {
    let at = dice.below(token.len() + 1);
    inserted(token, at, dice.pick(&[" ", "\n", "\t", "\r\n", "\u{a0}", "\u{feff}", "%", "\0"]))
}

pub fn cut(token: &str, dice: &mut Dice) -> String {
    token[..dice.below(token.len())].to_owned()
}

pub fn separator(token: &str, dice: &mut Dice) -> String {
    let (start, end) = dice.pick(&parts(token));
    let at = if dice.coin() { start } else { end };
    inserted(token, at, dice.pick(&[".", "~", "..", "~~", ".e30", "~e30"]))
}

pub fn lost(token: &str, dice: &mut Dice) -> String {
    let part = dice.pick(&parts(token));
    replaced(token, part, "")
}

pub fn swapped(token: &str, dice: &mut Dice) -> String {
    let parts = parts(token);
    let first = dice.below(parts.len() - 1);
    let second = first + 1 + dice.below(parts.len() - first - 1);
    let texts = [parts[first], parts[second]].map(|(start, end)| token[start..end].to_owned());
    replaced(&replaced(token, parts[second], &texts[0]), parts[first], &texts[1])
}
