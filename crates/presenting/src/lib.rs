//! The dialogue of asking and showing: OpenID for Verifiable Presentations 1.0, both ends.
//!
//! An organisation builds a [`request`] from a scene, the wallet reads and verifies it, matches its cards against the
//! [`dcql`] query and sends a [`response`]; where a browser carries both, that is [`dc_api`]. [`transaction`] is the organisation's memory of one such exchange. Two
//! additions guard a counter: [`slots`], a code that changes every few seconds, and [`words`], shown on both screens.
//!
//! This crate carries cards and does not judge them.

pub mod dc_api;
pub mod dcql;
mod members;
#[cfg(test)]
mod properties;
pub mod request;
pub mod response;
pub mod session;
pub mod slots;
#[cfg(test)]
mod testing;
pub mod transaction;
pub mod transaction_data;
pub mod words;

/// Whether a text from the other side can serve as a nonce: at least 128 bits as base64url or hexadecimal digits, and not
/// a repetition of a few characters.
pub(crate) fn is_unguessable(nonce: &str) -> bool {
    let url_safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    let distinct: std::collections::BTreeSet<u8> = nonce.bytes().collect();
    (MIN_NONCE_CHARACTERS..=MAX_NONCE_CHARACTERS).contains(&nonce.len())
        && nonce.bytes().all(url_safe)
        && distinct.len() >= MIN_DISTINCT_CHARACTERS
}

/// 22 base64url characters spell 128 bits.
const MIN_NONCE_CHARACTERS: usize = 22;
const MAX_NONCE_CHARACTERS: usize = 512;
/// 22 random hexadecimal digits have fewer than 6 different ones once in 10^7 times.
const MIN_DISTINCT_CHARACTERS: usize = 6;
