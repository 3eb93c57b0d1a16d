//! Registration certificates that were verified a moment ago: every request carries one, and it is nearly always the same.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use mibun_crypto::digest::sha256_of_parts;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;
use mibun_trust::registration;

/// Certificates remembered at most; beyond it those are forgotten whose time is over, then all.
const CAPACITY: usize = 10_000;
/// How long a verification counts, in seconds: the certificates of registrars end as well.
const SECONDS: i64 = 300;

/// Until when what was verified counts, by the digest of the registration and the access certificate it was held against.
#[derive(Debug, Default)]
pub struct Registered(Mutex<HashMap<[u8; 32], Timestamp>>);

impl Registered {
    /// Whether wallets will believe the registration certificate `text` of the organisation whose access certificate this
    /// is: vouched for by one of `registrars`, in time, and about the same organisation.
    pub fn fits(&self, text: &str, access: &Certificate, registrars: &[Certificate], now: Timestamp) -> bool {
        let digest = sha256_of_parts([text.as_bytes(), b"~", access.der()]);
        if self.known().get(&digest).is_some_and(|until| now < *until) {
            return true;
        }
        let Some(until) = believed(text, access, registrars, now) else { return false };
        let mut known = self.known();
        if known.len() >= CAPACITY {
            known.retain(|_, until| now < *until);
        }
        if known.len() >= CAPACITY {
            known.clear();
        }
        known.insert(digest, until);
        true
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until when a registration need not be verified again; never beyond its own end.
fn believed(text: &str, access: &Certificate, registrars: &[Certificate], now: Timestamp) -> Option<Timestamp> {
    let registration = registration::verify(text, registrars, now).ok()?;
    registration.belongs_to(access).ok()?;
    let soon = now.plus_seconds(SECONDS);
    Some(registration.expires_at.map_or(soon, |end| end.min(soon)))
}
