//! One text from somewhere else: over TLS, without redirections, small, and soon.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use mibun_issuing::address::{self, Transport};
use mibun_status::token::MEDIA_TYPE;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, header};
use url::{Host, Url};

/// Longest token, in bytes: a list of a million entries of which every other one is revoked fits four times.
const MAX_BYTES: usize = 2 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// From the first look-up of the name to the last byte. Somebody waits for it.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The one answer that brings a list: no redirection, no part of one.
const GOOD: u16 = 200;

/// Why there is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FetchError {
    /// An address that is not called.
    Address,
    /// More than [`MAX_BYTES`].
    TooLong,
    /// Nobody answers, not in time, or not with `200`.
    Unavailable,
}

/// Fetches.
pub(super) struct Fetcher {
    transport: Transport,
    /// Made with the first fetch that can make it: not where the system names nobody to trust.
    client: OnceLock<Client>,
}

impl Fetcher {
    pub(super) fn new(transport: Transport) -> Self {
        Self { transport, client: OnceLock::new() }
    }

    /// The address, if it is one that is called.
    ///
    /// # Errors
    /// [`FetchError::Address`].
    pub(super) fn address(&self, uri: &str) -> Result<Url, FetchError> {
        let url = address::check(uri, self.transport).map_err(|_| FetchError::Address)?;
        let named = match url.host() {
            Some(Host::Ipv4(literal)) => Some(IpAddr::V4(literal)),
            Some(Host::Ipv6(literal)) => Some(IpAddr::V6(literal)),
            _ => None,
        };
        if self.transport == Transport::Https && named.is_some_and(|address| !may_be_called(address)) {
            return Err(FetchError::Address);
        }
        Ok(url)
    }

    fn client(&self) -> Result<&Client, FetchError> {
        match self.client.get() {
            Some(client) => Ok(client),
            None => {
                let client = client(self.transport).ok_or(FetchError::Unavailable)?;
                Ok(self.client.get_or_init(|| client))
            }
        }
    }

    /// # Errors
    /// [`FetchError`].
    pub(super) async fn fetch(&self, uri: &str) -> Result<String, FetchError> {
        let url = self.address(uri)?;
        let request = self.client()?.get(url).header(header::ACCEPT, MEDIA_TYPE);
        let mut answer = request.send().await.map_err(unavailable)?;
        if answer.status().as_u16() != GOOD {
            return Err(FetchError::Unavailable);
        }
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(unavailable)? {
            if body.len() + part.len() > MAX_BYTES {
                return Err(FetchError::TooLong);
            }
            body.extend_from_slice(&part);
        }
        // What is no text is no token, and is refused where tokens are read.
        Ok(String::from_utf8(body).unwrap_or_default())
    }
}

fn unavailable(error: reqwest::Error) -> FetchError {
    tracing::debug!(%error, "a fetch failed");
    FetchError::Unavailable
}

fn client(transport: Transport) -> Option<Client> {
    // Fails only when the process has chosen a provider before, which is then used.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let builder = Client::builder()
        .https_only(transport == Transport::Https)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        // A proxy would look names up by itself, past the guard.
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .user_agent(concat!("mibun/", env!("CARGO_PKG_VERSION")));
    let builder = match transport {
        Transport::Https => builder.dns_resolver(Arc::new(Guarded)),
        Transport::HttpsOrLoopback => builder,
    };
    builder.build().inspect_err(|error| tracing::error!(%error, "no client for status lists")).ok()
}

/// Looks names up and forgets those of their addresses that are not called, so that no name leads there either.
struct Guarded;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let callable: Vec<SocketAddr> = found.filter(|found| may_be_called(found.ip())).collect();
            Ok(Box::new(callable.into_iter()) as Addrs)
        })
    }
}

/// Where clouds answer to the machines in them, outside of what is link-local.
const METADATA: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// Not loopback, nor what is link-local or answers to machines of a cloud. Private networks may: whole administrations
/// live in one, and whoever answers there still has to show a certificate for its name.
fn may_be_called(address: IpAddr) -> bool {
    let address = address.to_canonical();
    if METADATA.contains(&address) {
        return false;
    }
    match address {
        IpAddr::V4(v4) => {
            !(v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast() || v4.octets()[0] == 0)
        }
        IpAddr::V6(v6) => {
            let is_own = v6.is_loopback() || v6.is_unicast_link_local() || v6.is_multicast() || v6.is_unspecified();
            !is_own && within(v6).is_none_or(|v4| may_be_called(IpAddr::V4(v4)))
        }
    }
}

/// The IPv4 address that one of IPv6 stands for: compatible (RFC 4291), translated (RFC 6052) or 6to4 (RFC 3056).
fn within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    match address.segments() {
        [0, 0, 0, 0, 0, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            of(high, low)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_its_neighbours_are_not_called() {
        let refused = [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::1",
            "168.63.129.16",
            "100.100.100.200",
            "fd00:ec2::254",
        ];
        for text in refused {
            assert!(!may_be_called(text.parse().expect("an address")), "{text}");
        }
        for text in ["10.1.2.3", "192.168.1.1", "203.0.113.7", "2001:db8::1", "fd00::1", "64:ff9b::cb00:7107"] {
            assert!(may_be_called(text.parse().expect("an address")), "{text}");
        }
    }

    #[tokio::test]
    async fn what_is_not_called_is_refused_before_anything_is_sent() {
        let fetcher = Fetcher::new(Transport::Https);
        for uri in [
            "http://provider.example/1",
            "https://127.0.0.1/1",
            "https://[::1]/1",
            "https://169.254.169.254/1",
            "https://user@provider.example/1",
            "https://provider.example/1#a",
            "ftp://provider.example/1",
            "1",
        ] {
            assert_eq!(fetcher.fetch(uri).await, Err(FetchError::Address), "{uri}");
        }
        assert!(fetcher.client.get().is_none());
    }

    #[tokio::test]
    async fn a_name_does_not_lead_to_this_machine() {
        let name: Name = "localhost".parse().expect("a name");
        assert_eq!(Guarded.resolve(name).await.expect("it is looked up").count(), 0);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let fetcher = Fetcher::new(Transport::Https);
        assert_eq!(fetcher.fetch(&format!("https://localhost:{port}/1")).await, Err(FetchError::Unavailable));
        let knocked = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(knocked.is_err() && fetcher.client.get().is_some());
    }
}
