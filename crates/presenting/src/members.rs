//! Typed access to the members of a JSON object; absent is fine, another type is not.

use serde_json::{Map, Value};

/// A member has another JSON type than the protocol gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    WrongType(&'static str),
}

pub(crate) fn text<'a>(object: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a str>, Fault> {
    typed(object, name, Value::as_str)
}

pub(crate) fn array<'a>(object: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a [Value]>, Fault> {
    typed(object, name, |value| value.as_array().map(Vec::as_slice))
}

pub(crate) fn flag(object: &Map<String, Value>, name: &'static str) -> Result<Option<bool>, Fault> {
    typed(object, name, Value::as_bool)
}

pub(crate) fn number(object: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, Fault> {
    typed(object, name, Value::as_i64)
}

pub(crate) fn object<'a>(
    object: &'a Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'a Map<String, Value>>, Fault> {
    typed(object, name, Value::as_object)
}

fn typed<'a, T>(
    object: &'a Map<String, Value>,
    name: &'static str,
    read: impl Fn(&'a Value) -> Option<T>,
) -> Result<Option<T>, Fault> {
    object.get(name).map(|value| read(value).ok_or(Fault::WrongType(name))).transpose()
}
