//! From digests and disclosures to claims (RFC 9901 section 7.1): everything fits exactly, or nothing is accepted.

use std::collections::{HashMap, HashSet};

use mibun_crypto::json::Limits;
use mibun_crypto::jws::Jws;
use serde_json::{Map, Value};

use super::{ALGORITHM_MEMBER, DIGESTS_MEMBER, Disclosure, ELEMENT_MEMBER, SdJwtError};
use crate::path::Step;

/// The claims with every disclosure in its place.
#[derive(Clone, PartialEq)]
pub struct Processed {
    /// The claims, without digests.
    pub claims: Map<String, Value>,
    /// Where each disclosure stands, in the order in which they came.
    pub(super) places: Vec<Vec<Step>>,
}

impl Processed {
    /// Whether the top-level claim `name`, or anything inside of it, came out of a disclosure.
    pub fn is_selective(&self, name: &str) -> bool {
        self.places.iter().any(|place| matches!(place.first(), Some(Step::Name(first)) if first == name))
    }
}

impl std::fmt::Debug for Processed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Processed([redacted], {} claims)", self.claims.len())
    }
}

pub(super) fn process(jws: &Jws, disclosures: &[Disclosure], limits: &Limits) -> Result<Processed, SdJwtError> {
    let payload = jws.payload_json(limits)?;
    let Value::Object(mut payload) = payload else { return Err(SdJwtError::Form) };
    match payload.remove(ALGORITHM_MEMBER) {
        None => {}
        Some(Value::String(name)) if name == "sha-256" => {}
        Some(_) => return Err(SdJwtError::Algorithm),
    }
    let mut by_digest = HashMap::new();
    for (index, disclosure) in disclosures.iter().enumerate() {
        if by_digest.insert(disclosure.digest(), (index, disclosure)).is_some() {
            return Err(SdJwtError::RepeatedDisclosure);
        }
    }
    let mut opener = Opener {
        by_digest,
        seen: HashSet::new(),
        places: vec![None; disclosures.len()],
        depth: limits.depth,
        place: Vec::new(),
    };
    let claims = opener.object(payload)?;
    let places: Option<Vec<_>> = opener.places.into_iter().collect();
    Ok(Processed { claims, places: places.ok_or(SdJwtError::Unreferenced)? })
}

struct Opener<'a> {
    by_digest: HashMap<&'a str, (usize, &'a Disclosure)>,
    seen: HashSet<String>,
    places: Vec<Option<Vec<Step>>>,
    depth: usize,
    place: Vec<Step>,
}

impl<'a> Opener<'a> {
    fn value(&mut self, value: Value) -> Result<Value, SdJwtError> {
        if self.place.len() > self.depth {
            return Err(SdJwtError::TooDeep);
        }
        match value {
            Value::Object(members) if members.contains_key(ALGORITHM_MEMBER) => Err(SdJwtError::MisplacedAlgorithm),
            Value::Object(members) => Ok(Value::Object(self.object(members)?)),
            Value::Array(items) => Ok(Value::Array(self.array(items)?)),
            other => Ok(other),
        }
    }

    fn object(&mut self, mut members: Map<String, Value>) -> Result<Map<String, Value>, SdJwtError> {
        if members.contains_key(ELEMENT_MEMBER) {
            return Err(SdJwtError::MisplacedElement);
        }
        let digests = members.remove(DIGESTS_MEMBER);
        let mut opened = Map::new();
        for (name, value) in members {
            self.place.push(Step::Name(name.clone()));
            let value = self.value(value)?;
            self.place.pop();
            opened.insert(name, value);
        }
        for digest in digests.map_or(Ok(Vec::new()), texts)? {
            let Some((index, disclosure)) = self.refer(digest)? else { continue };
            let name = disclosure.name().ok_or(SdJwtError::WrongKind)?.to_owned();
            if name == ALGORITHM_MEMBER {
                return Err(SdJwtError::MisplacedAlgorithm);
            }
            if opened.contains_key(&name) {
                return Err(SdJwtError::Collision);
            }
            let value = self.disclose(index, disclosure, Step::Name(name.clone()))?;
            opened.insert(name, value);
        }
        Ok(opened)
    }

    fn array(&mut self, items: Vec<Value>) -> Result<Vec<Value>, SdJwtError> {
        let mut opened = Vec::new();
        for item in items {
            match element_digest(&item)? {
                None => {
                    self.place.push(Step::Index(opened.len()));
                    opened.push(self.value(item)?);
                    self.place.pop();
                }
                Some(digest) => {
                    let Some((index, disclosure)) = self.refer(digest)? else { continue };
                    if disclosure.name().is_some() {
                        return Err(SdJwtError::WrongKind);
                    }
                    opened.push(self.disclose(index, disclosure, Step::Index(opened.len()))?);
                }
            }
        }
        Ok(opened)
    }

    /// Notes a digest and finds what it stands for; most stand for something that is not shown, or for nothing.
    fn refer(&mut self, digest: String) -> Result<Option<(usize, &'a Disclosure)>, SdJwtError> {
        let found = self.by_digest.get(digest.as_str()).copied();
        if self.seen.insert(digest) { Ok(found) } else { Err(SdJwtError::RepeatedDigest) }
    }

    fn disclose(&mut self, index: usize, disclosure: &Disclosure, step: Step) -> Result<Value, SdJwtError> {
        self.place.push(step);
        self.places[index] = Some(self.place.clone());
        let value = self.value(disclosure.value().clone())?;
        self.place.pop();
        Ok(value)
    }
}

fn texts(digests: Value) -> Result<Vec<String>, SdJwtError> {
    let Value::Array(digests) = digests else { return Err(SdJwtError::MalformedDigests) };
    let text = |digest| match digest {
        Value::String(text) => Ok(text),
        _ => Err(SdJwtError::MalformedDigests),
    };
    digests.into_iter().map(text).collect()
}

/// The digest of an array element `{"...": digest}`; none for an ordinary element.
fn element_digest(item: &Value) -> Result<Option<String>, SdJwtError> {
    let Some(digest) = item.get(ELEMENT_MEMBER) else { return Ok(None) };
    match (digest, item.as_object().map(Map::len)) {
        (Value::String(digest), Some(1)) => Ok(Some(digest.clone())),
        _ => Err(SdJwtError::MisplacedElement),
    }
}
