//! Making copies.

use std::collections::BTreeMap;

use mibun_crypto::cbor::Value;
use mibun_crypto::cose::{self, Payload, X5CHAIN};
use mibun_crypto::entropy::{Buffered, Entropy};
use mibun_crypto::key::{PublicKey, SignError, Signer};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, CertificateError};

use super::elements::{DocumentType, ElementError, IssuedElement};
use super::issuer_signed::issuer_signed;
use super::item::ItemTemplate;
use super::mso::{KeyAuthorizations, Mso, MsoParts, ValidityInfo};

/// What all copies of a batch have in common.
#[derive(Clone, Copy)]
pub struct EditionSpec<'a> {
    /// The type of the documents.
    pub document_type: &'static DocumentType,
    /// What they say: [`DocumentType::elements_of`] a card's claims, and what the type has besides.
    pub elements: &'a [IssuedElement],
    /// Which elements the device may sign itself.
    pub authorizations: &'a KeyAuthorizations,
    /// When they were issued; written down to the day, so that copies cannot be linked by it, or to the beginning of the
    /// signer's certificate where that is later.
    pub issued_at: Timestamp,
    /// When they end; written down to the day.
    pub expires_at: Timestamp,
    /// The signer's certificates in DER, leaf first, without the anchor.
    pub x5chain: &'a [Vec<u8>],
}

/// Why a document cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The elements are not those of the type.
    #[error(transparent)]
    Element(#[from] ElementError),
    /// No certificate, so that nobody could tell whose signature it is.
    #[error("there is no certificate of the signer")]
    NoCertificate,
    /// The signer's certificate cannot be read.
    #[error("the certificate of the signer is refused: {0}")]
    Certificate(#[from] CertificateError),
    /// Written down to the day, the document would end when it begins, or before.
    #[error("the document would end before it begins")]
    Validity,
    /// The status has no `status_list` of `idx` and `uri`.
    #[error("the status names no entry of a status list")]
    Status,
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// A document from which one-time copies are made; what they share is encoded once.
pub struct Edition<'a> {
    doc_type: &'a str,
    /// Templates by namespace, in the order of the elements; the number of an item is its position.
    namespaces: Vec<(String, Vec<ItemTemplate>)>,
    authorizations: &'a KeyAuthorizations,
    validity: ValidityInfo,
    x5chain: Value,
    signer: &'a dyn Signer,
}

impl<'a> Edition<'a> {
    /// Checks what the copies are to say, and makes it ready.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn new(spec: &EditionSpec<'a>, signer: &'a dyn Signer) -> Result<Self, IssueError> {
        spec.document_type.check(spec.elements)?;
        let leaf = Certificate::from_der(spec.x5chain.first().ok_or(IssueError::NoCertificate)?)?;
        // On the first day of a certificate the day began before it did, and readers compare the two.
        let signed = spec.issued_at.floor_to_day().max(leaf.not_before());
        let valid_until = spec.expires_at.floor_to_day();
        if valid_until <= signed {
            return Err(IssueError::Validity);
        }
        Ok(Self {
            doc_type: spec.document_type.doc_type,
            namespaces: templates(spec.elements),
            authorizations: spec.authorizations,
            validity: ValidityInfo { signed, valid_from: signed, valid_until },
            x5chain: cose::x5chain(spec.x5chain),
            signer,
        })
    }

    /// Makes one copy with all its elements, an `IssuerSigned` in CBOR: for `device_key`, which is of this copy alone, with
    /// the claim `status` of a card (`{"status_list": {"idx", "uri"}}`) that says where its status can be found.
    ///
    /// # Errors
    /// [`IssueError::Status`], [`IssueError::Sign`].
    pub fn copy(
        &self,
        device_key: &PublicKey,
        status: &serde_json::Value,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, IssueError> {
        let status = status_list(status).ok_or(IssueError::Status)?;
        let mut entropy = Buffered::new(entropy);
        let (mut items, mut digests) = (Vec::new(), Vec::new());
        for (namespace, templates) in &self.namespaces {
            let filled: Vec<_> = templates.iter().map(|template| template.fill(&mut entropy)).collect();
            let numbered = filled.iter().zip(0_i64..).map(|((_, digest), id)| (id, Value::Bytes(digest.to_vec())));
            digests.push((namespace.as_str(), Value::labels(numbered)));
            items.extend(filled.into_iter().map(|(bytes, _)| (namespace.as_str(), bytes)));
        }
        let mso = Mso::encode(MsoParts {
            doc_type: self.doc_type,
            digests: Value::object(digests),
            device_key,
            authorizations: self.authorizations,
            validity: self.validity,
            status,
        });
        let unprotected = vec![(X5CHAIN, self.x5chain.clone())];
        let auth = cose::sign1(unprotected, Payload::Attached(&mso), self.signer)?;
        Ok(issuer_signed(items.into_iter(), auth).to_bytes())
    }
}

fn templates(elements: &[IssuedElement]) -> Vec<(String, Vec<ItemTemplate>)> {
    let mut places = BTreeMap::new();
    let mut namespaces: Vec<(String, Vec<ItemTemplate>)> = Vec::new();
    for element in elements {
        let place = *places.entry(element.namespace.as_str()).or_insert_with(|| {
            namespaces.push((element.namespace.clone(), Vec::new()));
            namespaces.len() - 1
        });
        let list = &mut namespaces[place].1;
        list.push(ItemTemplate::new(list.len() as i64, &element.name, &element.value));
    }
    namespaces
}

fn status_list(claim: &serde_json::Value) -> Option<Value> {
    let list = claim.get("status_list")?;
    let (idx, uri) = (list.get("idx")?.as_i64().filter(|idx| *idx >= 0)?, list.get("uri")?.as_str()?);
    Some(Value::object([("idx", idx.into()), ("uri", uri.into())]))
}
