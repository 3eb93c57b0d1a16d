//! Paths to claims, as DCQL writes them (OpenID4VP 1.0 section 7).

use std::fmt;

use serde_json::Value;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// A member of an object.
    Name(String),
    /// An element of an array, from 0.
    Index(usize),
    /// Every element of an array; `null` on the wire.
    All,
}

/// Where a claim stands; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClaimPath(Vec<Step>);

/// Longest path, in steps.
const MAX_STEPS: usize = 16;

/// Why a path cannot be read, or leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Not an array of 1 to 16 names, whole numbers from 0 and nulls.
    #[error("a path is an array of names, indices and nulls")]
    Form,
    /// A name where there is no object, or an index or null where there is no array.
    #[error("the path does not fit the claims")]
    WrongKind,
    /// Nothing stands there.
    #[error("there is no claim at the path")]
    Nothing,
}

impl ClaimPath {
    /// The path through members of objects.
    ///
    /// # Panics
    /// Never for names given; an empty list makes the path to a member without name, which no card has.
    pub fn of_names(names: &[&str]) -> Self {
        if names.is_empty() {
            return Self(vec![Step::Name(String::new())]);
        }
        Self(names.iter().map(|name| Step::Name((*name).to_owned())).collect())
    }

    /// The path of these steps.
    ///
    /// # Errors
    /// [`PathError::Form`] for none or more than sixteen.
    pub fn new(steps: Vec<Step>) -> Result<Self, PathError> {
        if steps.is_empty() || steps.len() > MAX_STEPS { Err(PathError::Form) } else { Ok(Self(steps)) }
    }

    /// Reads a path.
    ///
    /// # Errors
    /// [`PathError::Form`].
    pub fn from_value(value: &Value) -> Result<Self, PathError> {
        let steps = value.as_array().ok_or(PathError::Form)?;
        let step = |value: &Value| match value {
            Value::String(name) => Ok(Step::Name(name.clone())),
            Value::Null => Ok(Step::All),
            Value::Number(number) => {
                let index = number.as_u64().and_then(|index| usize::try_from(index).ok());
                index.map(Step::Index).ok_or(PathError::Form)
            }
            _ => Err(PathError::Form),
        };
        Self::new(steps.iter().map(step).collect::<Result<_, _>>()?)
    }

    /// The path on the wire.
    pub fn to_value(&self) -> Value {
        let step = |step: &Step| match step {
            Step::Name(name) => Value::from(name.as_str()),
            Step::Index(index) => Value::from(*index),
            Step::All => Value::Null,
        };
        self.0.iter().map(step).collect()
    }

    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// What stands at the path, at least one value (OpenID4VP 1.0 section 7.3).
    ///
    /// # Errors
    /// [`PathError::WrongKind`], [`PathError::Nothing`].
    pub fn resolve<'a>(&self, claims: &'a Value) -> Result<Vec<&'a Value>, PathError> {
        let mut found = vec![claims];
        for step in &self.0 {
            found = follow(&found, step)?;
            if found.is_empty() {
                return Err(PathError::Nothing);
            }
        }
        Ok(found)
    }

    /// Whether `place` (a path without `All`) lies on the way to this path, at it or below it.
    pub fn touches(&self, place: &[Step]) -> bool {
        let fits = |(wanted, found): (&Step, &Step)| match (wanted, found) {
            (Step::All, Step::Index(_)) => true,
            (wanted, found) => wanted == found,
        };
        self.0.iter().zip(place).all(fits)
    }
}

fn follow<'a>(from: &[&'a Value], step: &Step) -> Result<Vec<&'a Value>, PathError> {
    let mut found = Vec::new();
    for value in from {
        match (step, value) {
            (Step::Name(name), Value::Object(members)) => found.extend(members.get(name)),
            (Step::Index(index), Value::Array(items)) => found.extend(items.get(*index)),
            (Step::All, Value::Array(items)) => found.extend(items),
            _ => return Err(PathError::WrongKind),
        }
    }
    Ok(found)
}

impl fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            match step {
                Step::Name(name) => write!(f, "{dot}{name}")?,
                Step::Index(index) => write!(f, "{dot}{index}")?,
                Step::All => write!(f, "{dot}*")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(value: Value) -> ClaimPath {
        ClaimPath::from_value(&value).expect("a path")
    }

    #[test]
    fn names_indices_and_nulls_resolve() {
        let claims = json!({ "a": [{ "b": 1 }, { "b": 2 }, { "c": 3 }], "d": "e" });
        assert_eq!(path(json!(["d"])).resolve(&claims), Ok(vec![&json!("e")]));
        assert_eq!(path(json!(["a", 1, "b"])).resolve(&claims), Ok(vec![&json!(2)]));
        assert_eq!(path(json!(["a", null, "b"])).resolve(&claims), Ok(vec![&json!(1), &json!(2)]));
    }

    #[test]
    fn what_is_not_there_is_told_from_what_does_not_fit() {
        let claims = json!({ "a": [1], "d": "e" });
        assert_eq!(path(json!(["x"])).resolve(&claims), Err(PathError::Nothing));
        assert_eq!(path(json!(["a", 5])).resolve(&claims), Err(PathError::Nothing));
        assert_eq!(path(json!(["d", "x"])).resolve(&claims), Err(PathError::WrongKind));
        assert_eq!(path(json!(["a", "x"])).resolve(&claims), Err(PathError::WrongKind));
        assert_eq!(path(json!([null])).resolve(&claims), Err(PathError::WrongKind));
    }

    #[test]
    fn malformed_paths_are_refused() {
        for bad in
            [json!([]), json!("a"), json!([-1]), json!([1.5]), json!([true]), json!([["a"]]), json!(vec!["a"; 17])]
        {
            assert_eq!(ClaimPath::from_value(&bad), Err(PathError::Form), "{bad}");
        }
    }

    #[test]
    fn parents_and_children_are_touched_and_neighbours_are_not() {
        let wanted = path(json!(["address", "region"]));
        let place = |names: &[&str]| names.iter().map(|name| Step::Name((*name).to_owned())).collect::<Vec<_>>();
        assert!(wanted.touches(&place(&["address"])));
        assert!(wanted.touches(&place(&["address", "region"])));
        assert!(wanted.touches(&place(&["address", "region", "code"])));
        assert!(!wanted.touches(&place(&["address", "country"])));
        assert!(!wanted.touches(&place(&["family_name"])));
    }
}
