//! What may be asked for, and whether a question stays within it.

use serde_json::{Map, Value, json};

/// Longest path, in elements.
const MAX_PATH: usize = 16;
/// Most claims of one credential.
const MAX_CLAIMS: usize = 256;
/// Most types of one credential.
const MAX_TYPES: usize = 32;
/// Longest name of a format, type or path element, in bytes.
const MAX_NAME: usize = 512;

/// One step of a path into a credential (OpenID4VP 1.0 section 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathElement {
    /// The member of this name.
    Member(String),
    /// Every element of an array.
    Every,
    /// The element at this place.
    Index(u64),
}

/// A credential that an organisation may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredCredential {
    /// `dc+sd-jwt`, `mso_mdoc`, or another format that is not looked into.
    pub format: String,
    /// The types that will do: `vct_values`, or the one `doctype_value`; empty for other formats, which cover nothing.
    pub types: Vec<String>,
    /// What may be asked of it; `None` is everything.
    pub claims: Option<Vec<Vec<PathElement>>>,
}

/// One claim of a request, in plain values. A credential that is asked for without claims has an empty path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedClaim<'a> {
    /// The format.
    pub format: &'a str,
    /// The type: `vct` or doctype.
    pub credential_type: &'a str,
    /// The path in the credential.
    pub path: &'a [PathElement],
}

impl RegisteredCredential {
    /// What one credential query of DCQL asks for, to be registered; `None` when it asks for no claims, for then nothing of
    /// them may be registered, or cannot be read.
    pub fn of_query(query: &Value) -> Option<Self> {
        let mut credential = query.as_object()?.clone();
        let claims = credential.remove("claims")?;
        credential.insert("claim".to_owned(), claims);
        Self::read(&Value::Object(credential))
    }

    pub(super) fn covers(&self, asked: &AskedClaim<'_>) -> bool {
        if self.format != asked.format || !self.types.iter().any(|name| name == asked.credential_type) {
            return false;
        }
        match &self.claims {
            None => true,
            Some(_) if asked.path.is_empty() => true,
            Some(claims) => claims.iter().any(|registered| contains(registered, asked.path)),
        }
    }

    /// `None` when a member is missing, of the wrong kind or too long.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let format = name(value.get("format")?)?;
        let meta = value.get("meta")?.as_object()?;
        let types = match format.as_str() {
            "dc+sd-jwt" => meta.get("vct_values")?.as_array().filter(|types| within(types, MAX_TYPES))?.iter(),
            "mso_mdoc" => std::slice::from_ref(meta.get("doctype_value")?).iter(),
            _ => [].iter(),
        };
        let claims = match value.get("claim") {
            None => None,
            Some(claims) => {
                let claims = claims.as_array().filter(|claims| within(claims, MAX_CLAIMS))?;
                Some(claims.iter().map(|claim| path(claim.get("path")?)).collect::<Option<_>>()?)
            }
        };
        Some(Self { format, types: types.map(name).collect::<Option<_>>()?, claims })
    }

    pub(super) fn to_value(&self) -> Value {
        let mut meta = Map::new();
        match (self.format.as_str(), self.types.as_slice()) {
            ("mso_mdoc", [doctype, ..]) => meta.insert("doctype_value".to_owned(), doctype.as_str().into()),
            ("dc+sd-jwt", types) => meta.insert("vct_values".to_owned(), types.into()),
            _ => None,
        };
        let mut value = json!({ "format": self.format, "meta": meta });
        if let Some(claims) = &self.claims {
            value["claim"] = claims.iter().map(|path| json!({ "path": path_value(path) })).collect();
        }
        value
    }
}

/// Whether what is at `asked` lies within what is at `registered`. All elements of an array are the array.
fn contains(registered: &[PathElement], asked: &[PathElement]) -> bool {
    let whole = registered.iter().rposition(|element| *element != PathElement::Every).map_or(0, |last| last + 1);
    if asked.len() < whole {
        return false;
    }
    registered.iter().zip(asked).all(|(registered, asked)| match (registered, asked) {
        (PathElement::Every, PathElement::Index(_)) => true,
        (registered, asked) => registered == asked,
    })
}

fn within(list: &[Value], most: usize) -> bool {
    !list.is_empty() && list.len() <= most
}

fn name(value: &Value) -> Option<String> {
    value.as_str().filter(|name| !name.is_empty() && name.len() <= MAX_NAME).map(str::to_owned)
}

fn path(value: &Value) -> Option<Vec<PathElement>> {
    let elements = value.as_array().filter(|elements| within(elements, MAX_PATH))?;
    let one = |element: &Value| match element {
        Value::Null => Some(PathElement::Every),
        Value::Number(index) => index.as_u64().map(PathElement::Index),
        other => name(other).map(PathElement::Member),
    };
    elements.iter().map(one).collect()
}

fn path_value(path: &[PathElement]) -> Value {
    let one = |element: &PathElement| match element {
        PathElement::Member(name) => name.as_str().into(),
        PathElement::Every => Value::Null,
        PathElement::Index(index) => (*index).into(),
    };
    path.iter().map(one).collect()
}
