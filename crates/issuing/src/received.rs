//! What a wallet checks on a card it is given, before it keeps it.

use mibun_crypto::json::Limits;
use mibun_crypto::jws::{self, JwsError};
use mibun_crypto::key::{Jwk, PublicKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, ChainError, Purpose, chain};
use serde_json::Value;
use thiserror::Error;

/// The media type in the header of a card.
const TYPE: &str = "dc+sd-jwt";

/// A card has a portrait, so its text is longer than other messages.
pub const LIMITS: Limits = Limits { bytes: 1024 * 1024, depth: 16, nodes: 2000 };

/// What a card has to be.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Roots of those who may sign cards.
    pub anchors: &'a [Certificate],
    /// The type that the metadata promised.
    pub vct: &'a str,
    /// When it is looked at.
    pub now: Timestamp,
}

/// Why a card is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CardError {
    /// The part that the issuer signed is no acceptable JWT.
    #[error("the card is not signed acceptably: {0}")]
    Jws(#[source] JwsError),
    /// Another `typ` than `dc+sd-jwt`.
    #[error("the card has the wrong typ")]
    Type,
    /// The certificates do not lead to a root that may sign cards.
    #[error("the issuer of the card is not trusted: {0}")]
    Chain(#[source] ChainError),
    /// The signature is not that of the certificate.
    #[error("the signature of the card is not valid")]
    Signature,
    /// The disclosures break the rules of RFC 9901.
    #[error("the disclosures of the card are refused")]
    Disclosures,
    /// The card is a presentation: it ends with a key binding.
    #[error("the card comes with a key binding")]
    KeyBinding,
    /// Another `vct` than the metadata promised.
    #[error("the card is of another type than offered")]
    Vct,
    /// Past its end, or without one that can be read.
    #[error("the card has expired or does not say when it does")]
    Expired,
    /// `cnf` holds no key.
    #[error("the card is bound to no key")]
    Unbound,
    /// `cnf` holds a key that is not ours.
    #[error("the card is bound to a key that is not ours")]
    ForeignKey,
    /// Two cards are bound to the same key.
    #[error("two cards are bound to one key")]
    RepeatedKey,
    /// More cards than keys.
    #[error("more cards came than were asked for")]
    TooMany,
}

/// Which of `keys` each card is bound to, all of them having been checked. Issuers answer in any order, so the key
/// decides and not the position.
pub fn match_keys(cards: &[&str], keys: &[PublicKey], expected: &Expected<'_>) -> Result<Vec<usize>, CardError> {
    if cards.len() > keys.len() {
        return Err(CardError::TooMany);
    }
    let mut owners = Vec::with_capacity(cards.len());
    for card in cards {
        let bound = check(card, expected)?;
        let owner = keys.iter().position(|key| *key == bound).ok_or(CardError::ForeignKey)?;
        if owners.contains(&owner) {
            return Err(CardError::RepeatedKey);
        }
        owners.push(owner);
    }
    Ok(owners)
}

/// The key that a card is bound to, if structure, issuer, type and time are right.
pub fn check(card: &str, expected: &Expected<'_>) -> Result<PublicKey, CardError> {
    let signed = card.split('~').next().unwrap_or_default();
    let jws = jws::parse(signed, &LIMITS).map_err(CardError::Jws)?;
    if jws.header().typ() != Some(TYPE) {
        return Err(CardError::Type);
    }
    let issuer = chain::verify(jws.header().x5c(), expected.anchors, expected.now, Purpose::DocumentSigner);
    let issuer = issuer.map_err(CardError::Chain)?;
    jws.verify(issuer.public_key()).map_err(|_| CardError::Signature)?;
    if !card.ends_with('~') {
        return Err(CardError::KeyBinding);
    }
    // Type, end and key must not be selectively disclosed, so they stand in what the issuer signed.
    let payload = jws.payload_json(&LIMITS).map_err(CardError::Jws)?;
    if payload.get("vct").and_then(Value::as_str) != Some(expected.vct) {
        return Err(CardError::Vct);
    }
    let end = payload.get("exp").and_then(Value::as_i64).map(Timestamp);
    if end.is_none_or(|end| expected.now >= end) {
        return Err(CardError::Expired);
    }
    let jwk = payload.pointer("/cnf/jwk").ok_or(CardError::Unbound)?;
    let jwk = Jwk::from_value(jwk).map_err(|_| CardError::Unbound)?;
    PublicKey::from_jwk(&jwk).map_err(|_| CardError::Unbound)
}
