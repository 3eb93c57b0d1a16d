//! How values are written in CBOR, and what they are in the dataset.

use mibun_crypto::base64url;
use mibun_crypto::cbor::{self, Item, Kind, Value};
use mibun_crypto::time::Date;
use serde_json::{Map, Number, Value as Json};

use super::super::mso::date_time;
use super::super::{LIMITS, TAG_DATE_TIME, TAG_FULL_DATE};
use crate::pid::{MAX_CHARACTERS, PICTURE_PREFIX};

/// How the value of an element is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `tstr` of at most 150 characters.
    Text,
    /// `full-date`: tag 1004 (RFC 8943). `tdate` is read as well, and its day taken.
    FullDate,
    /// `bstr` of a JPEG file; a `data:` URL in the dataset.
    Jpeg,
    /// `uint`.
    Unsigned,
    /// `bool`.
    Bool,
    /// An array of `tstr`.
    Texts,
    /// `tstr` where the dataset has an array of one: the first of several.
    FirstText,
    /// A map of `tstr`.
    TextMap,
    /// Whatever JSON can hold, in the same form.
    Json,
    /// Anything.
    Any,
}

impl Encoding {
    /// The value of a claim; nothing for a claim of another kind.
    pub(super) fn write(self, claim: &Json) -> Option<Value> {
        match self {
            Self::Text => short(claim.as_str()?).map(Value::from),
            Self::FullDate => {
                let date: Date = claim.as_str()?.parse().ok()?;
                Some(Value::Tag(TAG_FULL_DATE, Box::new(date.to_string().as_str().into())))
            }
            Self::Jpeg => {
                let file = claim.as_str()?.strip_prefix(PICTURE_PREFIX)?;
                base64url::decode_standard(file).ok().map(Value::Bytes)
            }
            Self::Unsigned => i64::try_from(claim.as_u64()?).ok().map(Value::Integer),
            Self::Bool => claim.as_bool().map(Value::Bool),
            Self::Texts => {
                let texts = claim.as_array()?.iter().map(|text| Self::Text.write(text));
                texts.collect::<Option<_>>().map(Value::Array)
            }
            Self::FirstText => Self::Text.write(claim.as_array()?.first()?),
            Self::TextMap => {
                let members = claim
                    .as_object()?
                    .iter()
                    .map(|(name, text)| Some((Value::from(name.as_str()), Self::Text.write(text)?)));
                members.collect::<Option<_>>().map(Value::Map)
            }
            Self::Json => Some(from_json(claim)),
            Self::Any => None,
        }
    }

    /// The claim of a value; nothing for a value of another kind.
    pub(super) fn read(self, value: &Item<'_>) -> Option<Json> {
        match self {
            Self::Text => short(value.text()?).map(Json::from),
            Self::FullDate => Some(date(value)?.to_string().into()),
            Self::Jpeg => {
                // Of no bytes where somebody wanted no portrait on the card (PID Rulebook 1.7 section 2.2).
                let file = value.bytes()?;
                let url = format!("{PICTURE_PREFIX}{}", base64url::encode_standard(file));
                Some(if file.is_empty() { Json::from("") } else { url.into() })
            }
            Self::Unsigned => u64::try_from(value.integer()?).ok().map(Json::from),
            Self::Bool => value.bool().map(Json::Bool),
            Self::Texts => {
                value.array()?.iter().map(|text| Self::Text.read(text)).collect::<Option<_>>().map(Json::Array)
            }
            Self::FirstText => Some(Json::Array(vec![Self::Text.read(value)?])),
            Self::TextMap => {
                let members = value.map()?.iter();
                let members = members.map(|(name, text)| Some((name.text()?.to_owned(), Self::Text.read(text)?)));
                members.collect::<Option<Map<_, _>>>().map(Json::Object)
            }
            Self::Json => to_json(value),
            Self::Any => None,
        }
    }

    /// Whether a value is of this kind.
    pub(super) fn fits(self, value: &Value) -> bool {
        let bytes = value.to_bytes();
        cbor::parse(&bytes, &LIMITS).is_ok_and(|item| self == Self::Any || self.read(&item).is_some())
    }
}

fn short(text: &str) -> Option<&str> {
    if text.chars().count() <= MAX_CHARACTERS { Some(text) } else { None }
}

fn date(value: &Item<'_>) -> Option<Date> {
    match value.tagged(TAG_FULL_DATE) {
        Some(text) => text.text()?.parse().ok(),
        None => value.tagged(TAG_DATE_TIME).and_then(|_| date_time(value)).map(|time| time.date()),
    }
}

fn from_json(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => number.as_i64().map_or_else(|| float(number), Value::Integer),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::Array(items.iter().map(from_json).collect()),
        Json::Object(members) => Value::object(members.iter().map(|(name, value)| (name.as_str(), from_json(value)))),
    }
}

fn float(number: &Number) -> Value {
    number.as_f64().map_or(Value::Null, Value::Float)
}

fn to_json(value: &Item<'_>) -> Option<Json> {
    Some(match value.kind() {
        Kind::Null => Json::Null,
        Kind::Bool(value) => Json::Bool(*value),
        Kind::Integer(_) => value.integer()?.into(),
        Kind::Float(number) => Json::Number(Number::from_f64(*number)?),
        Kind::Text(text) => (*text).into(),
        Kind::Array(items) => items.iter().map(to_json).collect::<Option<_>>().map(Json::Array)?,
        Kind::Map(members) => {
            let members = members.iter().map(|(name, value)| Some((name.text()?.to_owned(), to_json(value)?)));
            members.collect::<Option<Map<_, _>>>().map(Json::Object)?
        }
        Kind::Bytes(_) | Kind::Tag(..) | Kind::Simple(_) => return None,
    })
}
