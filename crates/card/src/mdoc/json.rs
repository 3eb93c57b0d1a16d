//! A document's elements as JSON (RFC 8949 section 6.1), to be compared with what a request asks for.

use mibun_crypto::base64url;
use mibun_crypto::cbor::{Item, Kind};
use serde_json::{Map, Number, Value};

use super::{IssuerSigned, MdocError};

impl IssuerSigned {
    /// A JSON object of namespaces, each an object of elements. Byte strings become base64url, tags are dropped, and what
    /// JSON has no form for is null.
    ///
    /// # Errors
    /// None in truth: the elements have been read before.
    pub fn to_json(&self) -> Result<Value, MdocError> {
        let mut namespaces: Map<String, Value> = Map::new();
        for item in self.items() {
            let elements = namespaces.entry(item.namespace.clone()).or_insert_with(|| Value::Object(Map::new()));
            elements[item.name.as_str()] = json(&item.value()?);
        }
        Ok(Value::Object(namespaces))
    }
}

fn json(item: &Item<'_>) -> Value {
    match item.kind() {
        Kind::Null | Kind::Simple(_) => Value::Null,
        Kind::Bool(value) => (*value).into(),
        Kind::Integer(number) => i64::try_from(*number).map_or(Value::Null, Value::from),
        Kind::Float(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Kind::Text(text) => (*text).into(),
        Kind::Bytes(bytes) => base64url::encode(bytes).into(),
        Kind::Array(items) => items.iter().map(json).collect(),
        Kind::Map(members) => {
            let named = members.iter().filter_map(|(name, value)| Some((name.text()?.to_owned(), json(value))));
            Value::Object(named.collect())
        }
        Kind::Tag(_, inner) => json(inner),
    }
}
