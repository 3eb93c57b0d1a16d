//! Who is asking: the address that limits count by.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;

/// The address of a request, for limits that count by it.
#[derive(Debug, Clone, Copy)]
pub struct Source(pub IpAddr);

/// The address a request came from: the peer, or what a trusted proxy says of it.
///
/// Only the right-most `X-Forwarded-For` entry that is not itself a trusted proxy counts: everything to its left was
/// written by the client. An IPv6 address is cut to its /64, which is what one subscriber holds.
pub fn address(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.ip().to_canonical();
    if !trusted.contains(&peer) {
        return network(peer);
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.iter().rev() {
        let Ok(address) = hop.parse::<IpAddr>() else { break };
        if !trusted.contains(&address.to_canonical()) {
            return network(address.to_canonical());
        }
    }
    network(peer)
}

/// What counts as one address: an IPv6 subscriber holds a whole /64.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", value.parse().expect("a header value"));
        headers
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn peer(text: &str) -> SocketAddr {
        SocketAddr::new(ip(text), 1)
    }

    #[test]
    fn a_stranger_cannot_claim_another_address() {
        assert_eq!(address(peer("192.0.2.1"), &headers("198.51.100.7"), &[]), ip("192.0.2.1"));
    }

    #[test]
    fn a_trusted_proxy_is_believed_for_the_last_hop_only() {
        let trusted = [ip("192.0.2.1")];
        let claimed = headers("203.0.113.9, 198.51.100.7, 192.0.2.1");
        assert_eq!(address(peer("192.0.2.1"), &claimed, &trusted), ip("198.51.100.7"));
    }

    #[test]
    fn nonsense_from_a_trusted_proxy_counts_for_the_proxy() {
        assert_eq!(address(peer("192.0.2.1"), &headers("x"), &[ip("192.0.2.1")]), ip("192.0.2.1"));
    }

    #[test]
    fn ipv6_counts_by_subscriber() {
        let one = address(peer("2001:db8::1"), &HeaderMap::new(), &[]);
        assert_eq!(one, address(peer("2001:db8::ffff"), &HeaderMap::new(), &[]));
        assert_ne!(one, address(peer("2001:db8:0:1::1"), &HeaderMap::new(), &[]));
    }
}
