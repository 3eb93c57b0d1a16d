//! CBOR in other words: the same item written otherwise, and other items.

use mibun_crypto::cbor::{Item, Kind, Value};

use super::Dice;

/// How an item is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// Members in another order.
    Shuffled,
    /// One number or length longer than need be.
    Long,
    /// One string, array or map of indefinite length.
    Indefinite,
    /// One member twice.
    Doubled,
}

pub fn spell(value: &Value, spelling: Spelling, dice: &mut Dice) -> Vec<u8> {
    let eligible = count(value, &|value| is_eligible(value, spelling));
    let chosen = if eligible == 0 { usize::MAX } else { dice.below(eligible) };
    let mut writer = Writer { spelling, chosen, seen: 0, dice };
    writer.value(value)
}

fn is_eligible(value: &Value, spelling: Spelling) -> bool {
    match (spelling, value) {
        (Spelling::Shuffled, _) => false,
        (Spelling::Long, Value::Bool(_) | Value::Null | Value::Float(_) | Value::Encoded(_)) => false,
        (Spelling::Long, _) => true,
        (Spelling::Indefinite, Value::Bytes(_) | Value::Text(_) | Value::Array(_)) => true,
        (Spelling::Indefinite, Value::Map(_)) => true,
        (Spelling::Doubled, Value::Map(members)) => !members.is_empty(),
        _ => false,
    }
}

fn count(value: &Value, eligible: &dyn Fn(&Value) -> bool) -> usize {
    let below = match value {
        Value::Array(items) => items.iter().map(|item| count(item, eligible)).sum(),
        Value::Map(members) => members.iter().map(|(key, value)| count(key, eligible) + count(value, eligible)).sum(),
        Value::Tag(_, inner) => count(inner, eligible),
        _ => 0,
    };
    below + usize::from(eligible(value))
}

struct Writer<'a> {
    spelling: Spelling,
    /// Which of the eligible items is written otherwise.
    chosen: usize,
    seen: usize,
    dice: &'a mut Dice,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) -> Vec<u8> {
        let eligible = is_eligible(value, self.spelling);
        let odd = eligible && self.seen == self.chosen;
        self.seen += usize::from(eligible);
        match value {
            Value::Array(items) => {
                let items: Vec<Vec<u8>> = items.iter().map(|item| self.value(item)).collect();
                self.container(4, items.len(), &items, odd)
            }
            Value::Map(members) => {
                let mut written: Vec<Vec<u8>> =
                    members.iter().map(|(key, value)| [self.value(key), self.value(value)].concat()).collect();
                if odd && self.spelling == Spelling::Doubled {
                    let (key, value) = self.dice.pick(members);
                    let value = if self.dice.coin() { value } else { self::odd(self.dice) };
                    let second = [key.to_bytes(), value.to_bytes()].concat();
                    written.insert(self.dice.below(written.len() + 1), second);
                }
                if self.spelling == Spelling::Shuffled {
                    self.dice.shuffle(&mut written);
                }
                self.container(5, written.len(), &written, odd)
            }
            Value::Tag(tag, inner) => {
                let head = self.head(6, *tag, odd);
                [head, self.value(inner)].concat()
            }
            Value::Bytes(bytes) => self.string(2, bytes, odd),
            Value::Text(text) => self.string(3, text.as_bytes(), odd),
            Value::Integer(number) if *number < 0 => self.head(1, !number.cast_unsigned(), odd),
            Value::Integer(number) => self.head(0, number.cast_unsigned(), odd),
            other => other.to_bytes(),
        }
    }

    fn container(&mut self, major: u8, count: usize, parts: &[Vec<u8>], odd: bool) -> Vec<u8> {
        if odd && self.spelling == Spelling::Indefinite {
            return [&[major << 5 | 31][..], &parts.concat(), &[0xff]].concat();
        }
        let head = self.head(major, count as u64, odd);
        [head, parts.concat()].concat()
    }

    fn string(&mut self, major: u8, bytes: &[u8], odd: bool) -> Vec<u8> {
        if odd && self.spelling == Spelling::Indefinite {
            let whole = [self.head(major, bytes.len() as u64, false), bytes.to_vec()].concat();
            return [&[major << 5 | 31][..], &whole, &[0xff]].concat();
        }
        [self.head(major, bytes.len() as u64, odd), bytes.to_vec()].concat()
    }

    fn head(&mut self, major: u8, argument: u64, odd: bool) -> Vec<u8> {
        let shortest = match argument {
            0..=23 => 0,
            24..=0xff => 1,
            0x100..=0xffff => 2,
            0x1_0000..=0xffff_ffff => 4,
            _ => 8,
        };
        let longer: Vec<usize> = [1, 2, 4, 8].into_iter().filter(|width| *width > shortest).collect();
        let long = odd && self.spelling == Spelling::Long && !longer.is_empty();
        let width = if long { self.dice.pick(&longer) } else { shortest };
        let low = match width {
            0 => return vec![major << 5 | argument as u8],
            1 => 24,
            2 => 25,
            4 => 26,
            _ => 27,
        };
        [&[major << 5 | low][..], &argument.to_be_bytes()[8 - width..]].concat()
    }
}

/// The item as a tree that can be changed; what stands under tag 24 stays bytes.
pub fn tree(item: &Item<'_>) -> Value {
    match item.kind() {
        Kind::Array(items) => Value::Array(items.iter().map(tree).collect()),
        Kind::Map(members) => Value::Map(members.iter().map(|(key, value)| (tree(key), tree(value))).collect()),
        Kind::Tag(tag, inner) => Value::Tag(*tag, Box::new(tree(inner))),
        Kind::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        Kind::Text(text) => Value::Text((*text).to_owned()),
        Kind::Integer(number) => Value::Integer(i64::try_from(*number).expect("our own numbers")),
        _ => Value::Encoded(item.raw().to_vec()),
    }
}

/// An item that stands where nobody expects it.
pub fn odd(dice: &mut Dice) -> Value {
    let values = [
        Value::Null,
        Value::Bool(true),
        0.into(),
        (-1).into(),
        (1_i64 << 31).into(),
        (1_i64 << 53).into(),
        i64::MIN.into(),
        Value::Float(1.5),
        Value::Float(f64::NAN),
        "".into(),
        "x".into(),
        "山".into(),
        Value::Bytes(Vec::new()),
        Value::Bytes(vec![1; 32]),
        Value::Array(Vec::new()),
        Value::Array(vec!["x".into()]),
        Value::Map(Vec::new()),
        Value::object([("x", 1.into())]),
        Value::labels([(1, "x".into())]),
        Value::embedded(vec![0xa0]),
        Value::Tag(0, Box::new("2026-01-01T00:00:00Z".into())),
        Value::Tag(1, Box::new(1.into())),
        // undefined, other simple values, numbers in half precision, and more than 63 bits
        Value::Encoded(vec![0xf7]),
        Value::Encoded(vec![0xe0]),
        Value::Encoded(vec![0xf8, 0xff]),
        Value::Encoded(vec![0xf9, 0x3c, 0x00]),
        Value::Encoded(vec![0x1b, 255, 255, 255, 255, 255, 255, 255, 255]),
        Value::Tag(2, Box::new(Value::Bytes(vec![1; 9]))),
        Value::Tag(1004, Box::new("2026-13-45".into())),
    ];
    dice.pick(&values)
}

/// Another item at one place below `value`: replaced, removed, renamed, tagged, or added to.
pub fn change(value: &mut Value, dice: &mut Dice) {
    let places = count(value, &|value| matches!(value, Value::Map(members) if !members.is_empty()));
    let mut chosen = dice.below(places);
    let place = nth_map(value, &mut chosen).expect("it was counted");
    let at = dice.below(place.len());
    match dice.below(6) {
        0 => drop(place.remove(at)),
        1 => place[at].0 = dice.pick(&["x".into(), "version".into(), 1.into(), (-1).into(), Value::Bytes(vec![1])]),
        2 => place.push((format!("x{}", dice.below(10)).as_str().into(), odd(dice))),
        3 => place[at].1 = Value::Tag(dice.pick(&[0, 18, 24, 1004, 55799]), Box::new(place[at].1.clone())),
        4 => place[at].1 = Value::Array(vec![place[at].1.clone()]),
        _ => place[at].1 = odd(dice),
    }
}

fn nth_map<'a>(value: &'a mut Value, left: &mut usize) -> Option<&'a mut Vec<(Value, Value)>> {
    match value {
        Value::Map(members) if !members.is_empty() => {
            if *left == 0 {
                return Some(members);
            }
            *left -= 1;
            members.iter_mut().find_map(|(_, value)| nth_map(value, left))
        }
        Value::Array(items) => items.iter_mut().find_map(|item| nth_map(item, left)),
        Value::Tag(_, inner) => nth_map(inner, left),
        _ => None,
    }
}
