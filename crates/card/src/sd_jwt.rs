//! Selective disclosure (RFC 9901): signed digests, and the values behind those that are shown.
//!
//! The bytes of what is hashed or signed are kept as received; nothing is encoded again.

mod conceal;
mod disclosure;
mod process;

use std::fmt;

use mibun_crypto::base64url;
use mibun_crypto::digest::sha256_of_parts;
use mibun_crypto::json::{JsonError, Limits};
use mibun_crypto::jws::{self, Jws, JwsError};

use crate::path::{ClaimPath, Step};

pub use conceal::{ConcealError, Concealed, Template};
pub use disclosure::{Disclosure, DisclosureError};
pub use process::Processed;

/// Most disclosures in one token.
pub const MAX_DISCLOSURES: usize = 200;

/// The member of an object that holds the digests of hidden members.
const DIGESTS_MEMBER: &str = "_sd";
/// The only member of an object that stands for a hidden element of an array.
const ELEMENT_MEMBER: &str = "...";
/// The member of the payload that names the digest algorithm.
const ALGORITHM_MEMBER: &str = "_sd_alg";

/// A token with the disclosures that came along. Neither signature nor digests have been checked.
#[derive(Clone)]
pub struct SdJwt {
    issuer_signed: String,
    jws: Jws,
    disclosures: Vec<Disclosure>,
    key_binding: Option<String>,
    limits: Limits,
}

/// Why a token is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SdJwtError {
    /// There is no `~`: a plain JWT, or something else altogether.
    #[error("not an SD-JWT")]
    Form,
    /// Longer than allowed.
    #[error("the token is too long")]
    TooLong,
    /// More than [`MAX_DISCLOSURES`].
    #[error("more than {MAX_DISCLOSURES} disclosures")]
    TooManyDisclosures,
    /// The part that the issuer signed.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// The claims are not acceptable JSON.
    #[error("the claims are refused: {0}")]
    Json(#[source] JsonError),
    /// A disclosure cannot be read.
    #[error("disclosure {index}: {source}")]
    Disclosure {
        /// Counted from 0.
        index: usize,
        /// What is wrong.
        source: DisclosureError,
    },
    /// The same disclosure twice.
    #[error("a disclosure appears twice")]
    RepeatedDisclosure,
    /// A digest that stands in more than one place.
    #[error("a digest appears twice")]
    RepeatedDigest,
    /// `_sd` is not an array of digests.
    #[error("_sd is not an array of text")]
    MalformedDigests,
    /// `...` stands where no digest of an array element can stand, or beside other members.
    #[error("the member ... is out of place")]
    MisplacedElement,
    /// A digest algorithm other than SHA-256, or `_sd_alg` of another type.
    #[error("the digest algorithm is not sha-256")]
    Algorithm,
    /// `_sd_alg` below the top level, or out of a disclosure.
    #[error("_sd_alg is out of place")]
    MisplacedAlgorithm,
    /// A disclosure for an object in an array, or the other way round.
    #[error("a disclosure is of the wrong kind for its place")]
    WrongKind,
    /// A disclosed claim whose name is already there.
    #[error("a disclosed claim is already there")]
    Collision,
    /// A disclosure that no digest refers to.
    #[error("a disclosure is referred to by no digest")]
    Unreferenced,
    /// Nested deeper than allowed.
    #[error("the claims are nested too deeply")]
    TooDeep,
}

impl SdJwt {
    /// Reads the compact form, with or without key binding.
    ///
    /// # Errors
    /// [`SdJwtError`] for anything that is not the form; digests are looked at by [`SdJwt::process`].
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, SdJwtError> {
        if text.len() > limits.bytes {
            return Err(SdJwtError::TooLong);
        }
        let (issuer_signed, rest) = text.split_once('~').ok_or(SdJwtError::Form)?;
        let (texts, key_binding) = match rest.rsplit_once('~') {
            Some((disclosures, key_binding)) => (disclosures.split('~').collect(), key_binding),
            None => (Vec::new(), rest),
        };
        if texts.len() > MAX_DISCLOSURES {
            return Err(SdJwtError::TooManyDisclosures);
        }
        let read = |(index, text): (usize, &&str)| {
            Disclosure::parse(text, limits).map_err(|source| SdJwtError::Disclosure { index, source })
        };
        Ok(Self {
            issuer_signed: issuer_signed.to_owned(),
            jws: jws::parse(issuer_signed, limits)?,
            disclosures: texts.iter().enumerate().map(read).collect::<Result<_, _>>()?,
            key_binding: (!key_binding.is_empty()).then(|| key_binding.to_owned()),
            limits: *limits,
        })
    }

    /// The part the issuer signed.
    pub fn jws(&self) -> &Jws {
        &self.jws
    }

    /// The disclosures, in the order in which they came.
    pub fn disclosures(&self) -> &[Disclosure] {
        &self.disclosures
    }

    /// The proof of the holder, if one came along.
    pub fn key_binding(&self) -> Option<&str> {
        self.key_binding.as_deref()
    }

    /// Puts every disclosure in its place (RFC 9901 section 7.1).
    ///
    /// # Errors
    /// [`SdJwtError`]: every digest and disclosure must fit exactly.
    pub fn process(&self) -> Result<Processed, SdJwtError> {
        process::process(&self.jws, &self.disclosures, &self.limits)
    }

    /// The same token with only those disclosures that the claims at `paths` need; without key binding.
    ///
    /// # Errors
    /// [`SdJwtError`] for a token that does not process.
    pub fn select(&self, paths: &[ClaimPath]) -> Result<Self, SdJwtError> {
        let processed = self.process()?;
        let wanted = |place: &Vec<Step>| paths.iter().any(|path| path.touches(place));
        let kept = self.disclosures.iter().zip(&processed.places).filter(|(_, place)| wanted(place));
        Ok(Self {
            disclosures: kept.map(|(disclosure, _)| disclosure.clone()).collect(),
            key_binding: None,
            ..self.clone()
        })
    }

    /// The token without key binding, up to and including the last `~`: what a key binding covers.
    pub fn without_key_binding(&self) -> String {
        let letters = self.disclosures.iter().map(|disclosure| disclosure.as_str().len() + 1).sum::<usize>();
        let mut text = String::with_capacity(self.issuer_signed.len() + 1 + letters);
        text.push_str(&self.issuer_signed);
        text.push('~');
        for disclosure in &self.disclosures {
            text.push_str(disclosure.as_str());
            text.push('~');
        }
        text
    }

    /// The digest that a key binding carries (RFC 9901 section 4.3.1).
    pub fn sd_hash(&self) -> String {
        let end: &[u8] = b"~";
        let disclosures = self.disclosures.iter().flat_map(|disclosure| [disclosure.as_str().as_bytes(), end]);
        base64url::encode(&sha256_of_parts([self.issuer_signed.as_bytes(), end].into_iter().chain(disclosures)))
    }

    /// The presentation with this key binding.
    pub fn with_key_binding(&self, key_binding: &str) -> String {
        self.without_key_binding() + key_binding
    }
}

impl fmt::Display for SdJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.without_key_binding())?;
        f.write_str(self.key_binding.as_deref().unwrap_or_default())
    }
}

impl fmt::Debug for SdJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SdJwt([redacted], {} disclosures)", self.disclosures.len())
    }
}

#[cfg(test)]
pub(crate) mod tests;
