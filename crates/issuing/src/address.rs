//! Addresses: which are acceptable, and where a well-known document lies.

use std::fmt;

use thiserror::Error;
use url::{Host, Url};

/// Longest address that is read.
const MAX_LENGTH: usize = 2048;

/// Which transports an address may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// `https` alone.
    Https,
    /// `https`, and plain `http` to this very machine: development and demonstrations.
    HttpsOrLoopback,
}

/// Why an address is not acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Not an absolute address with a host.
    #[error("not an absolute address")]
    Syntax,
    /// Longer than any address has to be.
    #[error("the address is too long")]
    TooLong,
    /// Not `https`.
    #[error("the address is not https")]
    Transport,
    /// A name and password stand before the host.
    #[error("the address carries credentials")]
    Credentials,
    /// A fragment, or a query in an identifier.
    #[error("the address carries a query or fragment")]
    Extra,
}

/// Checks an address that came from outside and is about to be called.
pub fn check(text: &str, transport: Transport) -> Result<Url, AddressError> {
    if text.len() > MAX_LENGTH {
        return Err(AddressError::TooLong);
    }
    let url = Url::parse(text).map_err(|_| AddressError::Syntax)?;
    let host = url.host().ok_or(AddressError::Syntax)?;
    match (url.scheme(), transport) {
        ("https", _) => {}
        ("http", Transport::HttpsOrLoopback) if is_loopback(&host) => {}
        _ => return Err(AddressError::Transport),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    if url.fragment().is_some() {
        return Err(AddressError::Extra);
    }
    Ok(url)
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// The identifier of a credential issuer or authorization server: an address without query and fragment
/// (OpenID4VCI 1.0 12.2.1, RFC 8414 2). Compared letter by letter, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    text: String,
    url: Url,
}

impl Issuer {
    /// Reads an identifier.
    pub fn parse(text: &str, transport: Transport) -> Result<Self, AddressError> {
        let url = check(text, transport)?;
        if url.query().is_some() {
            return Err(AddressError::Extra);
        }
        Ok(Self { text: text.to_owned(), url })
    }

    /// The identifier as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address of an endpoint below the identifier.
    pub fn endpoint(&self, name: &str) -> String {
        format!("{}/{name}", self.text.trim_end_matches('/'))
    }

    /// Where the metadata of the credential issuer lies.
    pub fn metadata_address(&self) -> String {
        self.well_known(CREDENTIAL_ISSUER)
    }

    /// Where the metadata of the authorization server lies (RFC 8414 3.1).
    pub fn server_metadata_address(&self) -> String {
        self.well_known(AUTHORIZATION_SERVER)
    }

    /// The well-known path goes between host and path; a slash that ends the identifier is dropped.
    fn well_known(&self, name: &str) -> String {
        let mut url = self.url.clone();
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("/.well-known/{name}{path}"));
        url.into()
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Name of the well-known document of a credential issuer.
pub const CREDENTIAL_ISSUER: &str = "openid-credential-issuer";
/// Name of the well-known document of an authorization server.
pub const AUTHORIZATION_SERVER: &str = "oauth-authorization-server";
