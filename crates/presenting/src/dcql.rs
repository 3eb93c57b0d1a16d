//! The Digital Credentials Query Language (OpenID4VP 1.0 section 6): what is asked, what fits, what came back.

mod answer;
mod ask;
mod find;
mod read;
mod write;

use mibun_card::path::ClaimPath;
use mibun_crypto::json::JsonError;
use serde_json::{Map, Value};

pub use answer::{AnswerError, VpToken};
pub use find::{Candidate, Content, Found, HeldCard, NothingFits, Wanted};

/// A whole query.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What is asked, at least one.
    pub credentials: Vec<CredentialQuery>,
    /// Which combinations will do; empty means every credential is needed.
    pub credential_sets: Vec<CredentialSet>,
}

/// One credential that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct CredentialQuery {
    /// The name under which the answer returns.
    pub id: String,
    /// The format and type.
    pub format: Format,
    /// Whether more than one may be returned.
    pub multiple: bool,
    /// Whether the holder must prove possession of the key.
    pub holder_binding: bool,
    /// Issuers that are believed, one of which must match; empty for any.
    pub trusted_authorities: Vec<TrustedAuthority>,
    /// The claims; empty asks for none that can be withheld.
    pub claims: Vec<ClaimQuery>,
    /// Combinations of claim ids in order of preference; empty means all claims.
    pub claim_sets: Vec<Vec<String>>,
}

/// A credential format with its type constraint.
#[derive(Debug, Clone, PartialEq)]
pub enum Format {
    /// `dc+sd-jwt`.
    SdJwtVc {
        /// Types, one of which must match.
        vct_values: Vec<String>,
    },
    /// `mso_mdoc`.
    Mdoc {
        /// The document type, which must match.
        doctype: String,
    },
    /// A format that is read but that no card of ours has.
    Other {
        /// The format identifier.
        name: String,
        /// Its constraint, as received.
        meta: Map<String, Value>,
    },
}

/// One claim that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimQuery {
    /// Its name in `claim_sets`.
    pub id: Option<String>,
    /// Where it stands.
    pub path: ClaimPath,
    /// Values, one of which must be equal; empty for any.
    pub values: Vec<Value>,
    /// Whether the asker means to keep it (mdoc only; ISO/IEC 18013-5 section 8.3.2.1.2.1).
    pub intent_to_retain: bool,
}

/// Issuers that are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustedAuthority {
    /// `aki`: key identifiers of certificates in the issuer's chain.
    KeyIdentifiers(Vec<Vec<u8>>),
    /// A kind that is read but never matches.
    Other {
        /// The type identifier.
        kind: String,
        /// Its values, as received.
        values: Vec<String>,
    },
}

/// Alternatives, one of which will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialSet {
    /// Each a list of credential ids, in order of preference.
    pub options: Vec<Vec<String>>,
    /// Whether nothing at all may be returned without it.
    pub required: bool,
}

/// Why a query is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Not JSON as we accept it.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A member that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A member has the wrong JSON type.
    #[error("{0} has the wrong type")]
    WrongType(&'static str),
    /// An array that must hold something is empty.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// An identifier with characters other than letters, digits, `_` and `-`.
    #[error("{0} is not an identifier")]
    BadId(&'static str),
    /// Two credentials, or two claims of one credential, share an identifier.
    #[error("the identifier {0} is used twice")]
    DuplicateId(String),
    /// A claim path that is empty or holds something else than names, indices and nulls.
    #[error("a claim path is malformed")]
    BadPath,
    /// An mdoc claim path that is not a namespace and an element.
    #[error("an mdoc claim path has exactly two names")]
    BadMdocPath,
    /// A value to compare with that is not a string, an integer or a boolean.
    #[error("a claim value must be a string, an integer or a boolean")]
    BadValue,
    /// `aki` values that are not base64url.
    #[error("an authority key identifier is not base64url")]
    BadKeyIdentifier,
    /// `claim_sets` without `claims`.
    #[error("claim_sets needs claims")]
    ClaimSetsWithoutClaims,
    /// `claim_sets` while a claim has no `id`.
    #[error("claim_sets needs an id on every claim")]
    ClaimWithoutId,
    /// A claim set names a claim that is not asked.
    #[error("a claim set names the unknown claim {0}")]
    UnknownClaim(String),
    /// A credential set names a credential that is not asked.
    #[error("a credential set names the unknown credential {0}")]
    UnknownCredential(String),
}

impl Query {
    /// Reads a query out of a request object; the caller has bounded its size.
    pub fn from_value(value: &Value) -> Result<Self, QueryError> {
        read::query(value)
    }

    /// The query as JSON, without members that only repeat a default.
    pub fn to_value(&self) -> Value {
        write::query(self)
    }

    /// The credential query named `id`.
    pub fn credential(&self, id: &str) -> Option<&CredentialQuery> {
        self.credentials.iter().find(|credential| credential.id == id)
    }
}

impl Format {
    /// The format identifier.
    pub fn name(&self) -> &str {
        match self {
            Self::SdJwtVc { .. } => SD_JWT_VC,
            Self::Mdoc { .. } => MDOC,
            Self::Other { name, .. } => name,
        }
    }

    /// The types of card that are admitted: `vct` values or the document type; none for a format that is only read.
    pub fn types(&self) -> &[String] {
        match self {
            Self::SdJwtVc { vct_values } => vct_values,
            Self::Mdoc { doctype } => std::slice::from_ref(doctype),
            Self::Other { .. } => &[],
        }
    }
}

/// The format identifier of SD-JWT VC.
pub const SD_JWT_VC: &str = "dc+sd-jwt";
/// The format identifier of ISO/IEC 18013-5 mdoc.
pub const MDOC: &str = "mso_mdoc";

#[cfg(test)]
mod tests;
