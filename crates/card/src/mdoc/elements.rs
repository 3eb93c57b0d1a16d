//! Which elements a type of document has, and how they follow from the claims of a card and back.
//!
//! Both formats come from one dataset, under the names of the EUDI PID Rulebook for SD-JWT VC (see [`crate::pid`]). The
//! tables say where each claim goes; what has no name in a type's own namespaces goes into [`super::OWN_NAMESPACE`].

mod encoding;
mod tables;

use std::fmt;

use mibun_crypto::cbor::Value;
use serde_json::{Map, Value as Json};

use super::{IssuerSigned, MdocError, OWN_NAMESPACE};

pub use encoding::Encoding;
pub use tables::{MDL, PHOTO_ID, PID};

/// A type of document with its elements.
#[derive(Debug)]
pub struct DocumentType {
    /// The name of the type.
    pub doc_type: &'static str,
    /// Elements of the type's own namespaces.
    own: &'static [Element],
    /// Elements of [`OWN_NAMESPACE`], for what the type has no name for.
    besides: &'static [Element],
}

/// One element that a type of document may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// Its namespace.
    pub namespace: &'static str,
    /// Its name.
    pub name: &'static str,
    /// How its value is written.
    pub encoding: Encoding,
    /// Whether every document of the type has it.
    pub mandatory: bool,
    /// Where the claim stands in the dataset; empty for what the dataset does not know.
    pub claim: &'static [&'static str],
}

/// An element with its value, as it goes into a document.
#[derive(Clone, PartialEq)]
pub struct IssuedElement {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Value,
}

/// Why elements are not those of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ElementError {
    /// A claim is not of the kind that its element needs.
    #[error("the claim of the element {0} is malformed")]
    Claim(&'static str),
    /// A value is not of the encoding that the type demands.
    #[error("the value of the element {0} is malformed")]
    Value(&'static str),
    /// A mandatory element is missing.
    #[error("the element {0} is mandatory")]
    Missing(&'static str),
    /// An element comes twice.
    #[error("an element comes twice")]
    Duplicate,
    /// An element of one of the type's own namespaces that the type does not have.
    #[error("the type has no such element")]
    Unknown,
}

/// What a document shows, under the names of the dataset.
#[derive(Clone, PartialEq, Default)]
pub struct Shown {
    /// The claims.
    pub claims: Map<String, Json>,
    /// Elements without a claim, by namespace and name.
    pub others: Vec<[String; 2]>,
}

impl DocumentType {
    /// The type of this name, if it is one of ours.
    pub fn by_name(doc_type: &str) -> Option<&'static Self> {
        [&PID, &PHOTO_ID, &MDL].into_iter().find(|known| known.doc_type == doc_type)
    }

    /// All its elements, those of its own namespaces first.
    pub fn elements(&self) -> impl Iterator<Item = &'static Element> + '_ {
        self.own.iter().chain(self.besides)
    }

    /// The elements that carry the claim at `path` of the dataset, or parts of it; none if the type cannot carry it. What a
    /// query for the claim asks for.
    pub fn elements_for(&self, path: &[&str]) -> Vec<&'static Element> {
        let carries = |element: &&Element| {
            let claim = element.claim;
            !claim.is_empty() && (claim.starts_with(path) || path.starts_with(claim))
        };
        self.elements().filter(carries).collect()
    }

    /// The elements that follow from the claims of a card, in the order of the tables. Claims that the type has no element
    /// for are left out.
    ///
    /// # Errors
    /// [`ElementError::Claim`].
    pub fn elements_of(&self, claims: &Map<String, Json>) -> Result<Vec<IssuedElement>, ElementError> {
        let mut elements = Vec::new();
        for element in self.elements() {
            let Some(claim) = find(claims, element.claim) else { continue };
            elements.push(IssuedElement {
                namespace: element.namespace.to_owned(),
                name: element.name.to_owned(),
                value: element.encoding.write(claim).ok_or(ElementError::Claim(element.name))?,
            });
        }
        Ok(elements)
    }

    /// Whether these are elements of this type: the mandatory ones are there, those that are known are well-formed, the
    /// type's own namespaces have no others, and none comes twice.
    ///
    /// # Errors
    /// [`ElementError`].
    pub fn check(&self, elements: &[IssuedElement]) -> Result<(), ElementError> {
        let same =
            |left: &IssuedElement, right: &IssuedElement| left.namespace == right.namespace && left.name == right.name;
        if (1..elements.len()).any(|at| elements[..at].iter().any(|other| same(other, &elements[at]))) {
            return Err(ElementError::Duplicate);
        }
        for element in elements {
            match self.find(&element.namespace, &element.name) {
                Some(known) if !known.encoding.fits(&element.value) => return Err(ElementError::Value(known.name)),
                None if self.owns(&element.namespace) => return Err(ElementError::Unknown),
                Some(_) | None => {}
            }
        }
        let is_there = |known: &Element| {
            elements.iter().any(|element| element.namespace == known.namespace && element.name == known.name)
        };
        match self.elements().find(|known| known.mandatory && !is_there(known)) {
            Some(missing) => Err(ElementError::Missing(missing.name)),
            None => Ok(()),
        }
    }

    /// What a document shows, back under the names of the dataset. The document should have been verified.
    ///
    /// # Errors
    /// [`MdocError::Member`] for an element that is not encoded as the type demands.
    pub fn claims_of(&self, document: &IssuerSigned) -> Result<Shown, MdocError> {
        let mut shown = Shown { claims: Map::new(), others: Vec::new() };
        for item in document.items() {
            let known = self.find(&item.namespace, &item.name).filter(|known| !known.claim.is_empty());
            let Some(known) = known else {
                shown.others.push([item.namespace.clone(), item.name.clone()]);
                continue;
            };
            let claim = known.encoding.read(&item.value()?).ok_or(MdocError::Member(known.name))?;
            insert(&mut shown.claims, known.claim, claim).ok_or(MdocError::DuplicateElement)?;
        }
        Ok(shown)
    }

    fn find(&self, namespace: &str, name: &str) -> Option<&'static Element> {
        self.elements().find(|element| element.namespace == namespace && element.name == name)
    }

    fn owns(&self, namespace: &str) -> bool {
        namespace == OWN_NAMESPACE || self.own.iter().any(|element| element.namespace == namespace)
    }
}

fn find<'c>(claims: &'c Map<String, Json>, path: &[&str]) -> Option<&'c Json> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(claims.get(*first)?, |value, name| value.get(*name))
}

/// Puts a claim where it belongs; nothing for a place that is taken.
fn insert(claims: &mut Map<String, Json>, path: &[&str], claim: Json) -> Option<()> {
    let (first, rest) = path.split_first()?;
    if rest.is_empty() {
        return if claims.insert((*first).to_owned(), claim).is_none() { Some(()) } else { None };
    }
    let inner = claims.entry((*first).to_owned()).or_insert_with(|| Json::Object(Map::new()));
    insert(inner.as_object_mut()?, rest, claim)
}

impl fmt::Debug for IssuedElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuedElement({} {}, [redacted])", self.namespace, self.name)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown([redacted])")
    }
}

#[cfg(test)]
mod tests;
