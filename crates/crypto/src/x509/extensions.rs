//! The extensions that are understood, read once.

use der::oid::AssociatedOid;
use der::{Decode, Error as DerError, ErrorKind};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::certpolicy::CertificatePolicies;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CrlDistributionPoints, ExtendedKeyUsage, IssuerAltName, KeyUsage,
    SubjectAltName, SubjectKeyIdentifier,
};

/// What a certificate says about its use.
#[derive(Clone, Default)]
pub struct Extensions {
    /// Whether the key may sign certificates, and for how many authorities below.
    pub constraints: Option<BasicConstraints>,
    pub key_usage: Option<KeyUsage>,
    /// Purposes in dotted form; `None` when the extension is absent.
    pub purposes: Option<Vec<String>>,
    pub dns_names: Vec<String>,
    pub uris: Vec<String>,
    /// Policies in dotted form.
    pub policies: Vec<String>,
    /// Where revocation lists are fetched.
    pub revocation_lists: Vec<String>,
    /// Addresses among the issuer's alternative names.
    pub issuer_uris: Vec<String>,
    pub subject_key: Option<Vec<u8>>,
    pub authority_key: Option<Vec<u8>>,
    /// Something critical that is not in this list.
    pub unknown_critical: bool,
}

impl Extensions {
    /// Reads every extension; one that appears twice makes the certificate unreadable (RFC 5280 section 4.2).
    pub fn read(list: &[Extension]) -> Result<Self, DerError> {
        let mut extensions = Self::default();
        for (at, extension) in list.iter().enumerate() {
            if list[..at].iter().any(|earlier| earlier.extn_id == extension.extn_id) {
                return Err(ErrorKind::Failed.into());
            }
            extensions.add(extension)?;
        }
        Ok(extensions)
    }

    /// Whether the key may sign certificates.
    pub fn is_authority(&self) -> bool {
        self.constraints.as_ref().is_some_and(|constraints| constraints.ca)
    }

    fn add(&mut self, extension: &Extension) -> Result<(), DerError> {
        let value = extension.extn_value.as_bytes();
        match extension.extn_id {
            BasicConstraints::OID => self.constraints = Some(BasicConstraints::from_der(value)?),
            KeyUsage::OID => self.key_usage = Some(KeyUsage::from_der(value)?),
            ExtendedKeyUsage::OID => {
                let purposes = ExtendedKeyUsage::from_der(value)?.0;
                self.purposes = Some(purposes.iter().map(ToString::to_string).collect());
            }
            SubjectAltName::OID => self.add_names(SubjectAltName::from_der(value)?),
            SubjectKeyIdentifier::OID => {
                self.subject_key = Some(SubjectKeyIdentifier::from_der(value)?.0.as_bytes().to_vec());
            }
            AuthorityKeyIdentifier::OID => {
                let identifier = AuthorityKeyIdentifier::from_der(value)?.key_identifier;
                self.authority_key = identifier.map(|identifier| identifier.as_bytes().to_vec());
            }
            // Read, but not acted upon in a chain: whoever marks one critical demands more.
            _ => {
                self.unknown_critical |= extension.critical;
                self.add_for_reading(extension)?;
            }
        }
        Ok(())
    }

    fn add_for_reading(&mut self, extension: &Extension) -> Result<(), DerError> {
        let value = extension.extn_value.as_bytes();
        match extension.extn_id {
            CertificatePolicies::OID => {
                let policies = CertificatePolicies::from_der(value)?.0;
                self.policies = policies.iter().map(|policy| policy.policy_identifier.to_string()).collect();
            }
            CrlDistributionPoints::OID => {
                let points = CrlDistributionPoints::from_der(value)?.0.into_iter();
                let names = points.filter_map(|point| match point.distribution_point {
                    Some(DistributionPointName::FullName(names)) => Some(names),
                    _ => None,
                });
                self.revocation_lists = names.flatten().filter_map(uri).collect();
            }
            IssuerAltName::OID => {
                self.issuer_uris = IssuerAltName::from_der(value)?.0.into_iter().filter_map(uri).collect();
            }
            _ => {}
        }
        Ok(())
    }

    fn add_names(&mut self, names: SubjectAltName) {
        for name in names.0 {
            match name {
                GeneralName::DnsName(host) => self.dns_names.push(host.to_string()),
                GeneralName::UniformResourceIdentifier(uri) => self.uris.push(uri.to_string()),
                // Other kinds of name are decided upon nowhere here.
                _ => {}
            }
        }
    }
}

fn uri(name: GeneralName) -> Option<String> {
    match name {
        GeneralName::UniformResourceIdentifier(uri) => Some(uri.to_string()),
        _ => None,
    }
}
