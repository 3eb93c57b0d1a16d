//! As much CBOR (RFC 8949) as the draft's examples use. Cards and lists travel as JSON; this only gets at the lists that
//! the examples carry in the other encoding.

use mibun_status::list::StatusList;
use serde_json::{Map, Value, json};

/// A data item. Map keys and integers of this size are all that occurs.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Number(i64),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Item>),
    Map(Vec<(Item, Item)>),
}

/// Reads one item and refuses anything after it.
pub fn read(bytes: &[u8]) -> Result<Item, String> {
    let mut rest = bytes;
    let item = item(&mut rest)?;
    if rest.is_empty() { Ok(item) } else { Err(format!("{} bytes after the item", rest.len())) }
}

fn item(rest: &mut &[u8]) -> Result<Item, String> {
    let head = take(rest, 1)?[0];
    let argument = match head & 0x1f {
        small @ 0..=23 => u64::from(small),
        size @ 24..=27 => take(rest, 1 << (size - 24))?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        other => return Err(format!("additional information {other}")),
    };
    let number = i64::try_from(argument).map_err(|error| error.to_string())?;
    let length = usize::try_from(argument).map_err(|error| error.to_string())?;
    match head >> 5 {
        0 => Ok(Item::Number(number)),
        1 => Ok(Item::Number(-1 - number)),
        2 => Ok(Item::Bytes(take(rest, length)?.to_vec())),
        3 => String::from_utf8(take(rest, length)?.to_vec()).map(Item::Text).map_err(|error| error.to_string()),
        4 => (0..length).map(|_| item(rest)).collect::<Result<_, _>>().map(Item::Array),
        5 => (0..length).map(|_| Ok((item(rest)?, item(rest)?))).collect::<Result<_, _>>().map(Item::Map),
        // A tag says how to read what follows; the examples need no telling.
        6 => item(rest),
        other => Err(format!("major type {other}")),
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], String> {
    let (taken, left) = rest.split_at_checked(length).ok_or("cut off")?;
    *rest = left;
    Ok(taken)
}

impl Item {
    pub fn member(&self, name: &str) -> Result<&Self, String> {
        self.at(&Self::Text(name.to_owned()))
    }

    pub fn claim(&self, number: i64) -> Result<&Self, String> {
        self.at(&Self::Number(number))
    }

    fn at(&self, key: &Self) -> Result<&Self, String> {
        let Self::Map(members) = self else { return Err("not a map".to_owned()) };
        members.iter().find(|(name, _)| name == key).map(|(_, value)| value).ok_or_else(|| format!("no {key:?}"))
    }

    pub fn number(&self) -> Result<i64, String> {
        if let Self::Number(number) = self { Ok(*number) } else { Err("not a number".to_owned()) }
    }

    pub fn bytes(&self) -> Result<&[u8], String> {
        if let Self::Bytes(bytes) = self { Ok(bytes) } else { Err("not bytes".to_owned()) }
    }

    /// The same in JSON, where JSON has it.
    pub fn to_json(&self) -> Result<Value, String> {
        match self {
            Self::Number(number) => Ok(json!(number)),
            Self::Text(text) => Ok(json!(text)),
            Self::Map(members) => {
                let member = |(name, value): &(Self, Self)| match name {
                    Self::Text(name) => Ok((name.clone(), value.to_json()?)),
                    other => Err(format!("the name {other:?}")),
                };
                members.iter().map(member).collect::<Result<Map<_, _>, _>>().map(Value::Object)
            }
            Self::Bytes(_) | Self::Array(_) => Err("not in these examples".to_owned()),
        }
    }
}

/// The list of a map `{bits, lst}`, and the map's own `bits`.
pub fn status_list(map: &Item) -> Result<(StatusList, u8), String> {
    let bits = u8::try_from(map.member("bits")?.number()?).map_err(|error| error.to_string())?;
    let list = StatusList::inflate(bits, map.member("lst")?.bytes()?).map_err(|error| error.to_string())?;
    Ok((list, bits))
}

/// The claims of a signed CWT (`COSE_Sign1`), and its `typ`, header parameter 16.
pub fn cwt(bytes: &[u8]) -> Result<(Item, Option<String>), String> {
    let Item::Array(parts) = read(bytes)? else { return Err("not COSE_Sign1".to_owned()) };
    let [protected, _, payload, _] = parts.as_slice() else { return Err("not four parts".to_owned()) };
    let typ = match read(protected.bytes()?)?.claim(16) {
        Ok(Item::Text(typ)) => Some(typ.clone()),
        _ => None,
    };
    Ok((read(payload.bytes()?)?, typ))
}
