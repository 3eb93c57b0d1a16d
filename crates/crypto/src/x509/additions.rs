//! Members that some profiles add to a certificate.

use der::asn1::Ia5String;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::certpolicy::{CertificatePolicies, PolicyInformation};
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{AccessDescription, AuthorityInfoAccessSyntax, CrlDistributionPoints, IssuerAltName};
use x509_cert::spki::ObjectIdentifier;

use super::IssueError;
use super::issue::extension;

/// `id-ad-caIssuers` of RFC 5280 section 4.2.2.1.
const CA_ISSUERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2");

/// What a profile adds to the subject and the extensions. Nothing of it is critical.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Additions {
    /// The organisation's registered identifier, such as `NTRJP-1234` (ETSI EN 319 412-1 section 5.1.4).
    pub organisation_identifier: Option<String>,
    /// The policy under which it is issued, in dotted form.
    pub policy: Option<&'static str>,
    /// Where the issuer's revocation list is fetched.
    pub revocation_list: Option<String>,
    /// Another name of the issuer: an address where people reach it.
    pub issuer_uri: Option<String>,
    /// Where the issuer's own certificate is fetched.
    pub issuer_certificate: Option<String>,
}

impl Additions {
    pub(super) fn extensions(&self) -> Result<Vec<Extension>, IssueError> {
        let mut extensions = Vec::new();
        if let Some(policy) = self.policy {
            let policy_identifier = ObjectIdentifier::new(policy).map_err(|_| IssueError::Encoding)?;
            let policy = PolicyInformation { policy_identifier, policy_qualifiers: None };
            extensions.push(extension(false, &CertificatePolicies(vec![policy]))?);
        }
        if let Some(list) = &self.revocation_list {
            let point = DistributionPoint {
                distribution_point: Some(DistributionPointName::FullName(vec![uri(list)?])),
                reasons: None,
                crl_issuer: None,
            };
            extensions.push(extension(false, &CrlDistributionPoints(vec![point]))?);
        }
        if let Some(name) = &self.issuer_uri {
            extensions.push(extension(false, &IssuerAltName(vec![uri(name)?]))?);
        }
        if let Some(place) = &self.issuer_certificate {
            let access = AccessDescription { access_method: CA_ISSUERS, access_location: uri(place)? };
            extensions.push(extension(false, &AuthorityInfoAccessSyntax(vec![access]))?);
        }
        Ok(extensions)
    }
}

fn uri(text: &str) -> Result<GeneralName, IssueError> {
    if text.is_empty() || !text.bytes().all(|letter| letter.is_ascii_graphic()) {
        return Err(IssueError::AlternativeName);
    }
    Ia5String::new(text).map(GeneralName::UniformResourceIdentifier).map_err(|_| IssueError::AlternativeName)
}
