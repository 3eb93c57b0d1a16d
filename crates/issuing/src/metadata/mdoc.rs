//! The card as an mdoc, in the issuer's words (OpenID4VCI 1.0 appendix A.2).

use std::collections::BTreeMap;

use mibun_card::mdoc::elements::{DocumentType, Element};
use serde::{Deserialize, Serialize};

use super::claims::{self, ClaimDescription};
use super::{CredentialMetadata, IssuerSettings, ProofType, proof_types};

/// An mdoc that is on offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MdocConfiguration {
    /// `mso_mdoc`.
    pub format: MdocFormat,
    /// The scope that stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Its type.
    pub doctype: String,
    /// How documents are bound to the holder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cryptographic_binding_methods_supported: Vec<String>,
    /// Algorithms that the issuer signs with, by their numbers in COSE.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credential_signing_alg_values_supported: Vec<i64>,
    /// Which proofs are taken, by type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub proof_types_supported: BTreeMap<String, ProofType>,
    /// What people see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_metadata: Option<CredentialMetadata>,
}

/// The format of [`MdocConfiguration`]: a type with one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MdocFormat {
    /// ISO mdoc.
    #[serde(rename = "mso_mdoc")]
    MsoMdoc,
}

impl MdocConfiguration {
    /// Documents of a type, with the claims of our card.
    pub(super) fn new(scope: &str, document_type: &DocumentType, settings: &IssuerSettings<'_>) -> Self {
        Self {
            format: MdocFormat::MsoMdoc,
            scope: Some(scope.to_owned()),
            doctype: document_type.doc_type.to_owned(),
            cryptographic_binding_methods_supported: vec!["cose_key".to_owned()],
            credential_signing_alg_values_supported: vec![settings.signed_with.as_cose()],
            proof_types_supported: proof_types(settings),
            credential_metadata: Some(CredentialMetadata {
                display: settings.card_names.to_vec(),
                claims: document_type.elements().filter_map(describe).collect(),
            }),
        }
    }
}

/// An element under the names of the claim that it carries; nothing for what no card of ours says.
fn describe(element: &'static Element) -> Option<ClaimDescription> {
    let path = [element.namespace, element.name].map(Into::into).to_vec();
    claims::names_of(element.claim).map(|display| ClaimDescription { path, mandatory: element.mandatory, display })
}
