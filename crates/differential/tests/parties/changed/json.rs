//! JSON in other words: the same value spelt otherwise, and other values.

use serde_json::{Map, Value, json};

use super::Dice;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As we write it.
    Plain,
    /// With white space wherever it may stand.
    Spaced,
    /// Members in another order.
    Shuffled,
    /// Letters as `\u` escapes.
    Escaped,
    /// One member twice, so that two readers may see two values.
    Doubled,
}

pub fn spell(value: &Value, spelling: Spelling, dice: &mut Dice) -> String {
    let mut writer = Writer { spelling, doubled: None, objects: 0, dice };
    if spelling == Spelling::Doubled {
        let is_full =
            |place: &String| value.pointer(place).and_then(Value::as_object).is_some_and(|object| !object.is_empty());
        let full = pointers(value).into_iter().filter(is_full).count();
        writer.doubled = Some(writer.dice.below(full));
    }
    writer.value(value)
}

struct Writer<'a> {
    spelling: Spelling,
    /// Which of the objects that are not empty has a member twice.
    doubled: Option<usize>,
    /// How many of them have been written.
    objects: usize,
    dice: &'a mut Dice,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) -> String {
        let text = match value {
            Value::Object(members) => self.object(members),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item)).collect();
                format!("[{}]", items.join(","))
            }
            Value::String(text) => self.text(text),
            other => other.to_string(),
        };
        let (before, after) = (self.space(), self.space());
        [before, &text, after].concat()
    }

    fn object(&mut self, members: &Map<String, Value>) -> String {
        let own = self.objects;
        self.objects += usize::from(!members.is_empty());
        let mut written: Vec<String> = members.iter().map(|(name, value)| self.member(name, value)).collect();
        if self.doubled == Some(own) && !members.is_empty() {
            let names: Vec<&String> = members.keys().collect();
            let name = self.dice.pick(&names);
            let value = if self.dice.coin() { members[name].clone() } else { odd(self.dice) };
            let second = self.member(name, &value);
            written.insert(self.dice.below(written.len() + 1), second);
        }
        if self.spelling == Spelling::Shuffled {
            self.dice.shuffle(&mut written);
        }
        format!("{{{}}}", written.join(","))
    }

    fn member(&mut self, name: &str, value: &Value) -> String {
        let (before, after) = (self.space(), self.space());
        format!("{before}{}{after}:{}", self.text(name), self.value(value))
    }

    fn text(&mut self, text: &str) -> String {
        if self.spelling != Spelling::Escaped {
            return Value::from(text).to_string();
        }
        let mut out = String::from("\"");
        for unit in text.encode_utf16() {
            match char::from_u32(unit.into()) {
                Some(letter) if letter.is_ascii_alphanumeric() && self.dice.coin() => out.push(letter),
                _ => out.push_str(&format!("\\u{unit:04x}")),
            }
        }
        out.push('"');
        out
    }

    fn space(&mut self) -> &'static str {
        if self.spelling == Spelling::Spaced { self.dice.pick(&["", " ", "\n", "\t", "\r\n", "   "]) } else { "" }
    }
}

/// JSON pointers of every value in `value`, itself first.
fn pointers(value: &Value) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect(),
        _ => Vec::new(),
    };
    let below = below.into_iter().flat_map(|(name, value)| {
        let name = name.replace('~', "~0").replace('/', "~1");
        pointers(value).into_iter().map(move |rest| format!("/{name}{rest}"))
    });
    std::iter::once(String::new()).chain(below).collect()
}

/// A value that stands where nobody expects it.
pub fn odd(dice: &mut Dice) -> Value {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(4_000_000_000_i64),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("山"),
        json!("\u{0}"),
        json!([]),
        json!({}),
        json!([null]),
        json!(["x", "x"]),
        json!({ "a": { "b": [1] } }),
        json!({ "_sd": [] }),
        json!({ "...": "x" }),
        json!([[[[[[]]]]]]),
    ];
    dice.pick(&values)
}

/// Another value at one place in `value`: replaced, removed, renamed, wrapped, or added to.
pub fn change(value: &mut Value, dice: &mut Dice) {
    let places = pointers(value);
    // The whole is only added to; what stands at the top is as likely as all the rest.
    let top: Vec<String> = places.iter().filter(|place| place.matches('/').count() == 1).cloned().collect();
    let among = if dice.coin() { &top } else { &places[1..] };
    let place = dice.pick(among);
    let (parent, name) = place.rsplit_once('/').expect("below the whole");
    let parent = value.pointer_mut(parent).expect("it was found there");
    match (dice.below(5), parent) {
        (0, Value::Object(members)) => drop(members.remove(name)),
        (0, Value::Array(items)) => drop(items.remove(name.parse().expect("a number"))),
        (1, Value::Object(members)) => {
            let moved = members.remove(name).unwrap_or_default();
            let other = dice.pick(&["x", "", "_sd", "...", "_sd_alg", "exp", "vct", "alg", "ALG", "crit"]);
            members.insert(other.to_owned(), moved);
        }
        (2, Value::Object(members)) => {
            members.insert(format!("x{}", dice.below(10)), odd(dice));
        }
        (2, Value::Array(items)) => items.insert(dice.below(items.len() + 1), odd(dice)),
        (3, _) => {
            let inner = value.pointer_mut(&place).expect("it was found there");
            *inner = json!([inner.take()]);
        }
        _ => *value.pointer_mut(&place).expect("it was found there") = odd(dice),
    }
}
