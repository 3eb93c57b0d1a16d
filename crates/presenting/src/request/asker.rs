//! Who asks: the one place where a signed request is authenticated, for the redirect flow and the browser's API alike.

use mibun_crypto::jws::Jws;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, Purpose, chain};
use url::Url;

use super::{Accepting, ClientIdPrefix, REQUEST_TYP, RequestError, attestation, client_id, identifier};

/// An asker that has proven who it is.
#[derive(Debug)]
pub(crate) struct Asker {
    pub(crate) client_id: String,
    pub(crate) organisation: String,
    addresses: Addresses,
}

/// Where answers to an asker may go.
#[derive(Debug)]
enum Addresses {
    Any,
    /// `x509_san_dns`: to the host of this name.
    Host(String),
    /// `verifier_attestation`: to one of these.
    Listed(Vec<String>),
}

/// Whether the asker named `claimed` signed `request`: type and algorithm, certificate or attestation, signature, and
/// whether the identifier is that of the certificate or attestation.
pub(crate) fn authenticate(
    request: &Jws,
    claimed: &str,
    accepting: &Accepting<'_>,
    now: Timestamp,
) -> Result<Asker, RequestError> {
    let (prefix, original) = identifier::split(claimed, accepting.prefixes)?;
    if !accepting.algorithms.allows(request.header().alg()) {
        return Err(RequestError::WrongAlgorithm);
    }
    let (organisation, addresses) = match prefix {
        // There is no key that anybody could trust.
        ClientIdPrefix::RedirectUri => return Err(RequestError::PrefixCannotSign),
        ClientIdPrefix::X509Hash => {
            let leaf = certified(request, accepting, now)?;
            if claimed != client_id(leaf.der()) {
                return Err(RequestError::CertificateMismatch);
            }
            (name_of(&leaf).ok_or(RequestError::NamelessCertificate)?, Addresses::Any)
        }
        ClientIdPrefix::X509SanDns => {
            let leaf = certified(request, accepting, now)?;
            if !leaf.dns_names().iter().any(|name| name.eq_ignore_ascii_case(original)) {
                return Err(RequestError::CertificateMismatch);
            }
            let name = name_of(&leaf).unwrap_or_else(|| original.to_owned());
            (name, Addresses::Host(original.to_owned()))
        }
        ClientIdPrefix::VerifierAttestation => {
            let attested = attestation::verify(request, accepting, now)?;
            if attested.subject != original {
                return Err(RequestError::CertificateMismatch);
            }
            request.verify(&attested.key)?;
            (attested.subject, attested.redirect_uris.map_or(Addresses::Any, Addresses::Listed))
        }
    };
    Ok(Asker { client_id: claimed.to_owned(), organisation, addresses })
}

/// Whether `request` is an authorization request at all. In signatures of one message by several askers the type may be
/// left out, as in the example of OpenID4VP 1.0 appendix A.3.2.2.
pub(crate) fn check_type(request: &Jws, may_be_absent: bool) -> Result<(), RequestError> {
    match request.header().typ() {
        Some(REQUEST_TYP) => Ok(()),
        None if may_be_absent => Ok(()),
        _ => Err(RequestError::WrongType),
    }
}

/// The certificate that signed `request`, if it leads to an anchor and may ask.
fn certified(request: &Jws, accepting: &Accepting<'_>, now: Timestamp) -> Result<Certificate, RequestError> {
    let x5c = request.header().x5c();
    if x5c.is_empty() {
        return Err(RequestError::NoCertificate);
    }
    let leaf = chain::verify_accepting(x5c, accepting.access, now, Purpose::AccessCertificate, accepting.algorithms)?;
    request.verify(leaf.public_key())?;
    Ok(leaf)
}

fn name_of(leaf: &Certificate) -> Option<String> {
    leaf.subject_org().or(leaf.subject_cn()).map(str::to_owned)
}

impl Asker {
    /// An asker who proves nothing and is known by the address to which the answer goes.
    pub(super) fn at_address(client_id: &str, address: &Url) -> Self {
        let organisation = address.host_str().unwrap_or_default().to_owned();
        // The address was taken out of the identifier, and there is no other.
        Self { client_id: client_id.to_owned(), organisation, addresses: Addresses::Any }
    }

    /// Whether answers may go to `address`, given as text and as read.
    pub(super) fn may_listen_at(&self, text: &str, address: &Url) -> bool {
        match &self.addresses {
            Addresses::Any => true,
            Addresses::Host(name) => address.host_str().is_some_and(|host| host.eq_ignore_ascii_case(name)),
            Addresses::Listed(listed) => listed.iter().any(|one| one == text),
        }
    }
}
