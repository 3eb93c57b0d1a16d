//! How many connections may be open, in all and from one address.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::config::Server;
use crate::http::source::network;

/// Counts who is inside.
#[derive(Debug)]
pub(super) struct Doors {
    most: usize,
    most_per_address: usize,
    trusted: Vec<IpAddr>,
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One place inside; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Pass {
    doors: Arc<Doors>,
    address: IpAddr,
    /// Whether the peer is a proxy of ours, which speaks for many people.
    pub(super) trusted: bool,
}

impl Doors {
    pub(super) fn new(server: &Server) -> Arc<Self> {
        Arc::new(Self {
            most: server.connections,
            most_per_address: server.connections_per_address,
            trusted: server.trusted_proxies.clone(),
            inside: Mutex::default(),
        })
    }

    /// A place for a connection from `peer`, or `None` when there is none left.
    pub(super) fn enter(self: &Arc<Self>, peer: SocketAddr) -> Option<Pass> {
        let peer = peer.ip().to_canonical();
        let trusted = self.trusted.contains(&peer);
        let address = network(peer);
        let mut inside = self.locked();
        let here = inside.by_address.get(&address).copied().unwrap_or(0);
        if inside.all >= self.most || (!trusted && here >= self.most_per_address) {
            return None;
        }
        inside.all += 1;
        inside.by_address.insert(address, here + 1);
        drop(inside);
        Some(Pass { doors: Arc::clone(self), address, trusted })
    }

    fn locked(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut inside = self.doors.locked();
        inside.all = inside.all.saturating_sub(1);
        let left = inside.by_address.get(&self.address).map_or(0, |here| here.saturating_sub(1));
        if left == 0 {
            inside.by_address.remove(&self.address);
        } else {
            inside.by_address.insert(self.address, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doors(most: usize, most_per_address: usize) -> Arc<Doors> {
        let trusted = vec![IpAddr::from([192, 0, 2, 99])];
        Arc::new(Doors { most, most_per_address, trusted, inside: Mutex::default() })
    }

    fn peer(text: &str) -> SocketAddr {
        SocketAddr::new(text.parse().expect("an address"), 1)
    }

    #[test]
    fn one_address_cannot_take_every_place() {
        let doors = doors(10, 2);
        let held = [doors.enter(peer("192.0.2.1")), doors.enter(peer("192.0.2.1"))];
        assert!(held.iter().all(Option::is_some));
        assert!(doors.enter(peer("192.0.2.1")).is_none());
        assert!(doors.enter(peer("192.0.2.2")).is_some());
    }

    #[test]
    fn a_subscriber_of_many_ipv6_addresses_is_one() {
        let doors = doors(10, 1);
        let _held = doors.enter(peer("2001:db8::1")).expect("a place");
        assert!(doors.enter(peer("2001:db8::2")).is_none());
    }

    #[test]
    fn a_proxy_of_ours_may_take_more_but_not_all_there_is_not() {
        let doors = doors(3, 1);
        let held: Vec<_> = (0..3).map(|_| doors.enter(peer("192.0.2.99"))).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(doors.enter(peer("192.0.2.99")).is_none());
    }

    #[test]
    fn a_place_is_free_again_when_its_connection_ends() {
        let doors = doors(1, 1);
        drop(doors.enter(peer("192.0.2.1")).expect("a place"));
        assert!(doors.enter(peer("192.0.2.1")).is_some());
        assert!(doors.locked().by_address.is_empty(), "nothing is remembered of who has left");
    }
}
