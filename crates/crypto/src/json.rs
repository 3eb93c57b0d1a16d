//! Reading JSON that came from outside: one meaning per document, and bounded work.

use std::cell::RefCell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use thiserror::Error;

/// How much of a document is worth reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest document, in bytes.
    pub bytes: usize,
    /// Deepest nesting of arrays and objects; a bare value has depth 0.
    pub depth: usize,
    /// Most values in all, counting every member, element, array and object.
    pub nodes: usize,
}

impl Default for Limits {
    /// 256 KiB, 32 levels, 2,000 values: several times the largest message of the protocols.
    fn default() -> Self {
        Self { bytes: 256 * 1024, depth: 32, nodes: 2000 }
    }
}

/// Why a document is refused. Names no content, which may be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JsonError {
    /// Longer than [`Limits::bytes`].
    #[error("the document is too long")]
    TooLong,
    /// Nested deeper than [`Limits::depth`].
    #[error("the document is nested too deeply")]
    TooDeep,
    /// More values than [`Limits::nodes`].
    #[error("the document has too many values")]
    TooManyNodes,
    /// An object names a member twice, so that two readers may see two documents.
    #[error("an object names a member twice")]
    DuplicateMember,
    /// A number that this machine cannot hold exactly as written.
    #[error("a number is too large to be kept exactly")]
    InexactNumber,
    /// Not JSON (RFC 8259) in UTF-8.
    #[error("not JSON at line {line}, column {column}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 0.
        column: usize,
    },
}

/// The value of a whole document.
///
/// Refuses duplicate members at every level, compared after unescaping, and anything past `limits`. Integers outside
/// `i64` and `u64` are refused instead of rounded.
pub fn parse(document: &[u8], limits: &Limits) -> Result<Value, JsonError> {
    if document.len() > limits.bytes {
        return Err(JsonError::TooLong);
    }
    let budget = Budget { nodes: limits.nodes, refused: None };
    let budget = RefCell::new(budget);
    let mut reader = serde_json::Deserializer::from_slice(document);
    let read = Node { depth: limits.depth, budget: &budget }.deserialize(&mut reader);
    let read = read.and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| {
        let refused = budget.borrow().refused;
        refused.unwrap_or_else(|| describe(&error))
    })
}

fn describe(error: &serde_json::Error) -> JsonError {
    JsonError::Syntax { line: error.line(), column: error.column() }
}

/// What is left to spend, and why reading stopped: the reader's own errors carry only text.
struct Budget {
    nodes: usize,
    refused: Option<JsonError>,
}

/// Reads one value, `depth` levels above the limit.
#[derive(Clone, Copy)]
struct Node<'a> {
    depth: usize,
    budget: &'a RefCell<Budget>,
}

impl Node<'_> {
    fn refuse<E: de::Error>(self, why: JsonError) -> E {
        self.budget.borrow_mut().refused = Some(why);
        E::custom("refused")
    }

    fn inner<E: de::Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => Err(self.refuse(JsonError::TooDeep)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        let left = self.budget.borrow().nodes.checked_sub(1);
        let Some(left) = left else {
            return Err(self.refuse(JsonError::TooManyNodes));
        };
        self.budget.borrow_mut().nodes = left;
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        // Whole numbers past 2^53 arrive here already rounded, and nothing we read has fractions of that size.
        if value.abs() >= 9_007_199_254_740_992.0 {
            return Err(self.refuse(JsonError::InexactNumber));
        }
        Number::from_f64(value).map(Value::Number).ok_or_else(|| self.refuse(JsonError::InexactNumber))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(inner)? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(self.refuse(JsonError::DuplicateMember));
            }
            object.insert(name, members.next_value_seed(inner)?);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests;
