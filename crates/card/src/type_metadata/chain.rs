//! A type that extends another that extends another: the documents one by one, and what they say together.

use mibun_crypto::json::Limits;

use super::{ClaimMetadata, Integrity, Link, Selective, TypeMetadata, TypeMetadataError};

/// Most documents of one type. Every one of them costs the reader a fetch.
pub const MAX_DOCUMENTS: usize = 5;

/// The documents of a type so far, the type itself first.
///
/// It says with [`Chain::needs`] which document comes next; the caller fetches that and hands it to [`Chain::supply`].
#[derive(Debug, Clone)]
pub struct Chain {
    documents: Vec<TypeMetadata>,
    limits: Limits,
}

/// Why the documents of a type are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// The document itself.
    #[error(transparent)]
    Document(#[from] TypeMetadataError),
    /// Other bytes than the hash beside its address says.
    #[error("the type metadata is not what its integrity says")]
    Integrity,
    /// A document about another type than was asked for.
    #[error("the type metadata is about another type")]
    WrongType,
    /// A type that extends itself, if by way of others.
    #[error("a type extends itself")]
    Cycle,
    /// More than [`MAX_DOCUMENTS`].
    #[error("more than {MAX_DOCUMENTS} types extend each other")]
    TooLong,
    /// Nothing more is needed.
    #[error("no type metadata is needed")]
    Unasked,
    /// A claim is allowed to be hidden, or not to be, against the type that is extended.
    #[error("a type changes whether a claim can be hidden")]
    Selective,
    /// A claim that the extended type demands is made optional.
    #[error("a type makes a mandatory claim optional")]
    Mandatory,
}

impl Chain {
    /// Begins with the document of `vct`, whose hash may stand in the card as `vct#integrity`.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn start(
        vct: &str,
        integrity: Option<Integrity>,
        document: &[u8],
        limits: &Limits,
    ) -> Result<Self, ChainError> {
        let mut chain = Self { documents: Vec::new(), limits: *limits };
        chain.add(&Link { vct: vct.to_owned(), integrity }, document)?;
        Ok(chain)
    }

    /// Which document is needed next; none when the chain is complete.
    pub fn needs(&self) -> Option<&Link> {
        self.documents.last().and_then(|last| last.extends.as_ref())
    }

    /// Adds the document that [`Chain::needs`] asked for.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn supply(&mut self, document: &[u8]) -> Result<(), ChainError> {
        let link = self.needs().cloned().ok_or(ChainError::Unasked)?;
        self.add(&link, document)
    }

    fn add(&mut self, link: &Link, document: &[u8]) -> Result<(), ChainError> {
        if self.documents.len() >= MAX_DOCUMENTS {
            return Err(ChainError::TooLong);
        }
        if link.integrity.as_ref().is_some_and(|integrity| !integrity.matches(document)) {
            return Err(ChainError::Integrity);
        }
        let document = TypeMetadata::parse(document, &self.limits)?;
        if document.vct != link.vct {
            return Err(ChainError::WrongType);
        }
        self.documents.push(document);
        // Known before the next fetch, so that no circle is ever walked.
        let next = self.needs().map(|next| &next.vct);
        if self.documents.iter().any(|document| Some(&document.vct) == next) {
            return Err(ChainError::Cycle);
        }
        Ok(())
    }

    /// What the documents say together: a type's own words come before those of the type that it extends. `extends` is
    /// what is still missing.
    ///
    /// # Errors
    /// [`ChainError::Selective`], [`ChainError::Mandatory`].
    pub fn effective(&self) -> Result<TypeMetadata, ChainError> {
        let mut documents = self.documents.iter().rev().cloned();
        let base = documents.next().ok_or(ChainError::Unasked)?;
        documents.try_fold(base, |base, document| extend(document, base))
    }
}

fn extend(own: TypeMetadata, base: TypeMetadata) -> Result<TypeMetadata, ChainError> {
    let mut claims = base.claims;
    for claim in own.claims {
        match claims.iter_mut().find(|inherited| inherited.path == claim.path) {
            Some(inherited) => *inherited = override_claim(claim, inherited)?,
            None => claims.push(claim),
        }
    }
    let display = if own.display.is_empty() { base.display } else { own.display };
    Ok(TypeMetadata { claims, display, extends: base.extends, ..own })
}

fn override_claim(own: ClaimMetadata, inherited: &ClaimMetadata) -> Result<ClaimMetadata, ChainError> {
    let is_fixed = matches!(inherited.selective, Some(Selective::Always | Selective::Never));
    if is_fixed && own.selective.is_some() && own.selective != inherited.selective {
        return Err(ChainError::Selective);
    }
    if inherited.mandatory && !own.mandatory {
        return Err(ChainError::Mandatory);
    }
    Ok(ClaimMetadata { selective: own.selective.or(inherited.selective), ..own })
}
