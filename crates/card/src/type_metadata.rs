//! What a type of card says of its claims (SD-JWT VC section 4): labels, which claims are always there, and which may be
//! hidden.
//!
//! A document comes from outside: it is read strictly, as drafts since -16 demand, and nothing in it is fetched here.
//! Pictures and templates to draw a card with are left out.

mod chain;
mod integrity;

use mibun_crypto::json::{self, JsonError, Limits};
use serde_json::{Map, Value};

use crate::path::ClaimPath;

pub use chain::{Chain, ChainError};
pub use integrity::{Integrity, IntegrityError};

/// A document about one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeMetadata {
    /// The type.
    pub vct: String,
    /// A name for developers.
    pub name: Option<String>,
    /// A description for developers.
    pub description: Option<String>,
    /// The type that this one is a kind of.
    pub extends: Option<Link>,
    /// What people call it, one entry for each language.
    pub display: Vec<Display>,
    /// Its claims.
    pub claims: Vec<ClaimMetadata>,
}

/// Where another document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The type that it describes.
    pub vct: String,
    /// What its bytes must be.
    pub integrity: Option<Integrity>,
}

/// A name in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Display {
    /// The language (RFC 5646).
    pub locale: String,
    /// The name: of the type, or the label of a claim.
    pub name: String,
    /// More about it.
    pub description: Option<String>,
}

/// What is said of one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimMetadata {
    /// Which claim.
    pub path: ClaimPath,
    /// Its labels, one for each language.
    pub display: Vec<Display>,
    /// Whether every card of this type has it.
    pub mandatory: bool,
    /// Whether it can be hidden; a document that does not say allows both.
    pub selective: Option<Selective>,
    /// Its name in templates: letters, digits and `_`, not beginning with a digit.
    pub svg_id: Option<String>,
}

/// Whether a claim is one that the holder can hide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Selective {
    /// It always can.
    Always,
    /// The issuer decides.
    Allowed,
    /// It stands in the open.
    Never,
}

/// Why a document is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TypeMetadataError {
    /// Not acceptable JSON, or no object.
    #[error("the type metadata is refused: {0}")]
    Json(#[from] JsonError),
    /// JSON, but no object.
    #[error("the type metadata is not an object")]
    NotAnObject,
    /// A member is missing or of the wrong kind.
    #[error("member {0} is missing or malformed")]
    Member(&'static str),
    /// A member of an entry of `claims` is missing or of the wrong kind.
    #[error("member {member} of claim {index} is missing or malformed")]
    Claim {
        /// Counted from 0.
        index: usize,
        /// Which member.
        member: &'static str,
    },
    /// Two entries for one claim.
    #[error("a claim is described twice")]
    RepeatedPath,
    /// Two claims of one name in templates.
    #[error("an svg_id names two claims")]
    RepeatedSvgId,
    /// `extends#integrity` cannot be read.
    #[error(transparent)]
    Integrity(#[from] IntegrityError),
}

impl TypeMetadata {
    /// Reads a document.
    ///
    /// # Errors
    /// The first [`TypeMetadataError`].
    pub fn parse(document: &[u8], limits: &Limits) -> Result<Self, TypeMetadataError> {
        let Value::Object(members) = json::parse(document, limits)? else {
            return Err(TypeMetadataError::NotAnObject);
        };
        let member = |name| text(&members, name).ok_or(TypeMetadataError::Member(name));
        let claims = array(&members, "claims").ok_or(TypeMetadataError::Member("claims"))?;
        let claims: Vec<_> = claims
            .iter()
            .enumerate()
            .map(|(index, claim)| claim_of(claim).map_err(|member| TypeMetadataError::Claim { index, member }))
            .collect::<Result<_, _>>()?;
        refuse_repetition(&claims)?;
        Ok(Self {
            vct: member("vct")?.ok_or(TypeMetadataError::Member("vct"))?,
            name: member("name")?,
            description: member("description")?,
            extends: link(&members)?,
            display: displays(&members, "name").ok_or(TypeMetadataError::Member("display"))?,
            claims,
        })
    }

    /// What is said of the claim at `path`.
    pub fn claim(&self, path: &ClaimPath) -> Option<&ClaimMetadata> {
        self.claims.iter().find(|claim| claim.path == *path)
    }
}

fn link(members: &Map<String, Value>) -> Result<Option<Link>, TypeMetadataError> {
    let member = |name| text(members, name).ok_or(TypeMetadataError::Member(name));
    let integrity = member("extends#integrity")?.map(|text| Integrity::parse(&text)).transpose()?;
    match member("extends")? {
        Some(vct) => Ok(Some(Link { vct, integrity })),
        None if integrity.is_some() => Err(TypeMetadataError::Member("extends")),
        None => Ok(None),
    }
}

fn refuse_repetition(claims: &[ClaimMetadata]) -> Result<(), TypeMetadataError> {
    for (at, claim) in claims.iter().enumerate() {
        let earlier = &claims[..at];
        if earlier.iter().any(|other| other.path == claim.path) {
            return Err(TypeMetadataError::RepeatedPath);
        }
        if claim.svg_id.is_some() && earlier.iter().any(|other| other.svg_id == claim.svg_id) {
            return Err(TypeMetadataError::RepeatedSvgId);
        }
    }
    Ok(())
}

/// One entry of `claims`, or the name of the member that is wrong.
fn claim_of(value: &Value) -> Result<ClaimMetadata, &'static str> {
    let members = value.as_object().ok_or("path")?;
    let svg_id = text(members, "svg_id").filter(|id| id.as_deref().is_none_or(is_svg_id)).ok_or("svg_id")?;
    Ok(ClaimMetadata {
        path: members.get("path").and_then(|path| ClaimPath::from_value(path).ok()).ok_or("path")?,
        display: displays(members, "label").ok_or("display")?,
        mandatory: members.get("mandatory").map_or(Some(false), Value::as_bool).ok_or("mandatory")?,
        selective: members.get("sd").map(selective).transpose().map_err(|()| "sd")?,
        svg_id,
    })
}

fn selective(value: &Value) -> Result<Selective, ()> {
    match value.as_str() {
        Some("always") => Ok(Selective::Always),
        Some("allowed") => Ok(Selective::Allowed),
        Some("never") => Ok(Selective::Never),
        _ => Err(()),
    }
}

fn is_svg_id(id: &str) -> bool {
    let letters = id.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_');
    letters && id.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}

/// The entries of `display`, each with its name under `name`; none when an entry is malformed or a language comes twice.
fn displays(members: &Map<String, Value>, name: &str) -> Option<Vec<Display>> {
    let mut displays: Vec<Display> = Vec::new();
    for entry in array(members, "display")? {
        let entry = entry.as_object()?;
        let (locale, name) = (text(entry, "locale")??, text(entry, name)??);
        if displays.iter().any(|other| other.locale.eq_ignore_ascii_case(&locale)) {
            return None;
        }
        displays.push(Display { locale, name, description: text(entry, "description")? });
    }
    Some(displays)
}

/// The array at `name`, empty when it is absent; none when something else is there.
fn array<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a [Value]> {
    members.get(name).map_or(Some(&[]), |value| value.as_array().map(Vec::as_slice))
}

/// The text at `name`, if there is one; outer none when something else is there.
fn text(members: &Map<String, Value>, name: &str) -> Option<Option<String>> {
    let Some(value) = members.get(name) else { return Some(None) };
    value.as_str().filter(|text| !text.is_empty()).map(|text| Some(text.to_owned()))
}

#[cfg(test)]
mod tests;
