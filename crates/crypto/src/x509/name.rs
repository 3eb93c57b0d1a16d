//! Names: of the subject, and the other names it goes by.

use der::asn1::{Any, Ia5String, PrintableString, SetOfVec};
use der::{Decode, Encode, Tag};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::spki::ObjectIdentifier;

use super::IssueError;

pub(super) const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
pub(super) const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
pub(super) const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
/// `organizationIdentifier` of ITU-T X.520, as ETSI EN 319 412-1 fills it.
pub(super) const ORGANISATION_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.97");

/// Longest common or organisation name, in characters (RFC 5280 appendix A, `ub-common-name`).
const LONGEST_NAME: usize = 64;

/// Who a certificate speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Common name, 1 to 64 characters.
    pub common_name: String,
    /// Legal name of the organisation, 1 to 64 characters.
    pub organisation: Option<String>,
    /// Country, two upper-case letters of ISO 3166-1.
    pub country: Option<String>,
}

/// Another name of the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlternativeName {
    /// A host.
    Dns(String),
    /// An address, such as the identifier of an issuer.
    Uri(String),
}

impl Subject {
    pub(super) fn to_name(&self, organisation_identifier: Option<&str>) -> Result<Name, IssueError> {
        let mut sequence = RdnSequence::default();
        if let Some(country) = &self.country {
            if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
                return Err(IssueError::Country);
            }
            let value = PrintableString::new(country.as_str()).and_then(|text| Any::encode_from(&text))?;
            sequence.push(attribute(COUNTRY, value)?);
        }
        let texts = [
            (ORGANISATION, self.organisation.as_deref()),
            (ORGANISATION_IDENTIFIER, organisation_identifier),
            (COMMON_NAME, Some(self.common_name.as_str())),
        ];
        for (oid, text) in texts {
            let Some(text) = text else { continue };
            let length = text.chars().count();
            if length == 0 || length > LONGEST_NAME || text.chars().any(char::is_control) {
                return Err(IssueError::Name);
            }
            sequence.push(attribute(oid, Any::new(Tag::Utf8String, text.as_bytes())?)?);
        }
        // The library makes names from their encoding alone, outside of its checks for hand-made ones.
        Ok(Name::from_der(&sequence.to_der()?)?)
    }
}

fn attribute(oid: ObjectIdentifier, value: Any) -> Result<RelativeDistinguishedName, IssueError> {
    let mut set = SetOfVec::new();
    set.insert(AttributeTypeAndValue { oid, value })?;
    Ok(RelativeDistinguishedName::from(set))
}

impl AlternativeName {
    pub(super) fn to_general_name(&self) -> Result<GeneralName, IssueError> {
        let ascii = |text: &str| {
            let printable = !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_graphic());
            let text = if printable { Ia5String::new(text) } else { return Err(IssueError::AlternativeName) };
            text.map_err(|_| IssueError::AlternativeName)
        };
        match self {
            Self::Dns(host) => Ok(GeneralName::DnsName(ascii(host)?)),
            Self::Uri(uri) => Ok(GeneralName::UniformResourceIdentifier(ascii(uri)?)),
        }
    }
}
