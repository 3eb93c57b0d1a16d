//! Certificates as the standards of their roles want them.
//!
//! [`super::issue_leaf`] makes a certificate with one purpose and leaves the rest to the caller, which is all that signers
//! of attestations, registration certificates and lists need. The roles here have more rules.

use super::issue::{issue_leaf_with, issue_root_with};
use super::{Additions, AlternativeName, AuthoritySpec, Certificate, IssueError, LeafSpec, Purpose, Subject, Validity};
use crate::entropy::Entropy;
use crate::key::{PublicKey, Signer};

/// Days that a document signer may be good for (ISO/IEC 18013-5 table B.3).
pub const MAX_DOCUMENT_SIGNER_DAYS: i64 = 457;
/// `NCP-l-eudiwrp` of ETSI TS 119 411-8: access certificates of legal persons.
pub const ACCESS_POLICY: &str = "0.4.0.194118.1.2";

const DAY: i64 = 86_400;

/// A wallet relying party access certificate to be (ETSI TS 119 411-8), of a legal person.
#[derive(Debug, Clone, Copy)]
pub struct AccessSpec<'a> {
    /// The name that people know the organisation by.
    pub trade_name: &'a str,
    /// Its legal name.
    pub legal_name: &'a str,
    /// Its registered identifier, the same as in its registration certificates.
    pub identifier: &'a str,
    /// Country of its seat, two upper-case letters.
    pub country: &'a str,
    /// An address where people reach it.
    pub contact: &'a str,
    /// The host its requests come from.
    pub host: Option<&'a str>,
    /// Where the issuer's revocation list is fetched.
    pub revocation_list: Option<&'a str>,
    /// Where the issuer's own certificate is fetched.
    pub issuer_certificate: Option<&'a str>,
    /// When it is good.
    pub validity: Validity,
    /// The organisation's key.
    pub subject_key: &'a PublicKey,
}

/// A signer of mobile documents to be (ISO/IEC 18013-5 table B.3).
#[derive(Debug, Clone, Copy)]
pub struct DocumentSignerSpec<'a> {
    /// Its name; the country is that of the authority.
    pub subject: &'a Subject,
    /// The identifier of the issuer of cards, for their form in SD-JWT.
    pub issuer: &'a str,
    /// An address where people reach the authority.
    pub authority_uri: &'a str,
    /// Where the authority's revocation list is fetched.
    pub revocation_list: &'a str,
    /// When it is good, at most [`MAX_DOCUMENT_SIGNER_DAYS`].
    pub validity: Validity,
    /// Its key.
    pub subject_key: &'a PublicKey,
}

/// Issues an access certificate.
///
/// # Errors
/// [`IssueError`]; `Missing` for an empty identifier or contact.
pub fn issue_access(
    spec: &AccessSpec<'_>,
    issuer: &Certificate,
    signer: &dyn Signer,
    entropy: &mut dyn Entropy,
) -> Result<Certificate, IssueError> {
    for (part, text) in [("organizationIdentifier", spec.identifier), ("a contact", spec.contact)] {
        if text.is_empty() {
            return Err(IssueError::Missing(part));
        }
    }
    let mut alternative_names = vec![AlternativeName::Uri(spec.contact.to_owned())];
    alternative_names.extend(spec.host.map(|host| AlternativeName::Dns(host.to_owned())));
    let leaf = LeafSpec {
        subject: Subject {
            common_name: spec.trade_name.to_owned(),
            organisation: Some(spec.legal_name.to_owned()),
            country: Some(spec.country.to_owned()),
        },
        alternative_names,
        purpose: Purpose::AccessCertificate,
        validity: spec.validity,
        subject_key: spec.subject_key,
    };
    let additions = Additions {
        organisation_identifier: Some(spec.identifier.to_owned()),
        policy: Some(ACCESS_POLICY),
        revocation_list: spec.revocation_list.map(str::to_owned),
        issuer_uri: None,
        issuer_certificate: spec.issuer_certificate.map(str::to_owned),
    };
    issue_leaf_with(&leaf, &additions, issuer, signer, entropy)
}

/// Issues a document signer below an authority of [`issue_iaca`], or below any other root that names its country.
///
/// # Errors
/// [`IssueError`]; `TooLong` past [`MAX_DOCUMENT_SIGNER_DAYS`], `Missing` when the authority names no country,
/// `OtherCountry` when it is not that of the subject.
pub fn issue_document_signer(
    spec: &DocumentSignerSpec<'_>,
    issuer: &Certificate,
    signer: &dyn Signer,
    entropy: &mut dyn Entropy,
) -> Result<Certificate, IssueError> {
    if spec.validity.not_after.seconds_since(spec.validity.not_before) > MAX_DOCUMENT_SIGNER_DAYS * DAY {
        return Err(IssueError::TooLong);
    }
    let country = issuer.subject_country().ok_or(IssueError::Missing("the issuer's countryName"))?;
    if spec.subject.country.as_deref() != Some(country) {
        return Err(IssueError::OtherCountry);
    }
    let leaf = LeafSpec {
        subject: spec.subject.clone(),
        alternative_names: vec![AlternativeName::Uri(spec.issuer.to_owned())],
        purpose: Purpose::DocumentSigner,
        validity: spec.validity,
        subject_key: spec.subject_key,
    };
    let additions = iaca_additions(spec.authority_uri, spec.revocation_list);
    issue_leaf_with(&leaf, &additions, issuer, signer, entropy)
}

/// Issues an issuing authority's root (IACA, ISO/IEC 18013-5 table B.1): no authorities below it.
///
/// # Errors
/// [`IssueError`]; `Missing` without a country.
pub fn issue_iaca(
    subject: &Subject,
    validity: Validity,
    (authority_uri, revocation_list): (&str, &str),
    signer: &dyn Signer,
    entropy: &mut dyn Entropy,
) -> Result<Certificate, IssueError> {
    if subject.country.is_none() {
        return Err(IssueError::Missing("countryName"));
    }
    let spec = AuthoritySpec { subject: subject.clone(), validity, path_length: Some(0) };
    issue_root_with(&spec, &iaca_additions(authority_uri, revocation_list), signer, entropy)
}

/// What both the authority and its signers carry.
fn iaca_additions(authority_uri: &str, revocation_list: &str) -> Additions {
    Additions {
        revocation_list: Some(revocation_list.to_owned()),
        issuer_uri: Some(authority_uri.to_owned()),
        ..Additions::default()
    }
}
