//! Where to relay to, and as whom.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use thiserror::Error;
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::relay::Limits;

/// Letters and digits of a code for a terminal.
const CODE: usize = 8;

/// Most characters of a journey's identifier and of its token.
const MAX_NAME: usize = 512;

/// Why an address or its certificates cannot be used.
#[derive(Debug, Error)]
pub enum AddressError {
    /// Not the address of a server.
    #[error("this is not the address of a server, such as https://id.example.org")]
    NotAnAddress,
    /// Neither http nor https.
    #[error("the address begins with neither https:// nor http://")]
    Scheme,
    /// What opens the chip would go over the network for everybody to read.
    #[error("http:// is for the server of this machine alone; use https://")]
    Plain,
    /// User name, password, query or fragment.
    #[error("the address has more than scheme, name, port and path")]
    Excess,
    /// The file of the authority for TLS certificates cannot be read or holds none.
    #[error("{path}: {source}")]
    Authority {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// No certificate can be judged: the system trusts none, or one in the file is malformed.
    #[error("no certificate of a server can be judged: {0}")]
    Roots(#[from] rustls::Error),
}

/// Why a relay has no right way to a journey. Nothing of the value is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WayError {
    /// A code for a terminal has eight letters and digits.
    #[error("a code has eight letters and digits")]
    Code,
    /// An identifier or token with other characters than such have.
    #[error("this is no identifier or token of a journey")]
    Journey,
}

/// A server to relay to.
#[derive(Clone)]
pub struct Server {
    base: Url,
    pub(crate) tls: Option<Arc<ClientConfig>>,
    pub(crate) limits: Limits,
}

/// How a relay comes to a journey.
#[derive(Clone)]
pub enum Way {
    /// With the code that the wallet shows.
    Terminal(Code),
    /// As the holder's own device.
    Holder(Journey),
}

/// A code for a terminal, as it goes into an address.
#[derive(Clone)]
pub struct Code(Zeroizing<String>);

/// A journey and its token.
#[derive(Clone)]
pub struct Journey {
    id: String,
    token: Zeroizing<String>,
}

impl Server {
    /// The server at `address`: `https://…`, or `http://…` on this machine. With `authority`, a file of PEM certificates,
    /// those authorities alone are believed about TLS; without it, whom the system trusts.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn new(address: &str, authority: Option<&Path>) -> Result<Self, AddressError> {
        let base = Url::parse(address.trim()).map_err(|_| AddressError::NotAnAddress)?;
        let secure = match base.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(AddressError::Scheme),
        };
        let bare = base.username().is_empty() && base.password().is_none();
        if !bare || base.query().is_some() || base.fragment().is_some() {
            return Err(AddressError::Excess);
        }
        if !secure && !is_loopback(&base) {
            return Err(AddressError::Plain);
        }
        let tls = if secure { Some(Arc::new(client(authority)?)) } else { None };
        Ok(Self { base, tls, limits: Limits::default() })
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Name and port to connect to.
    pub(crate) fn place(&self) -> (String, u16) {
        let host = match self.base.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => String::new(),
        };
        (host, self.base.port_or_known_default().unwrap_or_default())
    }

    /// The address of the WebSocket for this way.
    pub(crate) fn socket(&self, way: &Way) -> Zeroizing<String> {
        let scheme = if self.tls.is_some() { "wss" } else { "ws" };
        let host = self.base.host_str().unwrap_or_default();
        let port = self.base.port().map(|port| format!(":{port}")).unwrap_or_default();
        let path = self.base.path().trim_end_matches('/');
        Zeroizing::new(match way {
            Way::Terminal(Code(code)) => format!("{scheme}://{host}{port}{path}/api/terminal/{}/chip", code.as_str()),
            Way::Holder(Journey { id, .. }) => format!("{scheme}://{host}{port}{path}/api/journeys/{id}/chip"),
        })
    }
}

impl Way {
    /// By a code as it was typed: small letters, spaces and hyphens do not matter.
    ///
    /// # Errors
    /// [`WayError::Code`].
    pub fn terminal(typed: &str) -> Result<Self, WayError> {
        let letters = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        let code = Zeroizing::new(letters.map(|letter| letter.to_ascii_uppercase()).collect::<String>());
        let good = code.len() == CODE && code.bytes().all(|letter| letter.is_ascii_alphanumeric());
        good.then_some(Self::Terminal(Code(code))).ok_or(WayError::Code)
    }

    /// As the holder's own device.
    ///
    /// # Errors
    /// [`WayError::Journey`].
    pub fn holder(id: &str, token: &str) -> Result<Self, WayError> {
        let plain = |text: &str| {
            let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            !text.is_empty() && text.len() <= MAX_NAME && text.bytes().all(letter)
        };
        let good = plain(id) && plain(token);
        let journey = Journey { id: id.to_owned(), token: Zeroizing::new(token.to_owned()) };
        good.then_some(Self::Holder(journey)).ok_or(WayError::Journey)
    }

    pub(crate) fn token(&self) -> Option<&str> {
        match self {
            Self::Terminal(_) => None,
            Self::Holder(journey) => Some(&journey.token),
        }
    }
}

fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn client(authority: Option<&Path>) -> Result<ClientConfig, AddressError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = match authority {
        Some(path) => builder.with_root_certificates(roots(path)?).with_no_client_auth(),
        None => builder.with_platform_verifier()?.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn roots(path: &Path) -> Result<RootCertStore, AddressError> {
    let wrong = |source| AddressError::Authority { path: path.to_owned(), source };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(wrong)? {
        roots.add(certificate.map_err(wrong)?)?;
    }
    if roots.is_empty() { Err(wrong(pem::Error::NoItemsFound)) } else { Ok(roots) }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Terminal(_) => "Terminal([redacted])",
            Self::Holder(_) => "Holder([redacted])",
        })
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code([redacted])")
    }
}

impl fmt::Debug for Journey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Journey([redacted])")
    }
}

#[cfg(test)]
mod tests;
