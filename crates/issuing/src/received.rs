//! What a wallet checks on a card it is given, before it keeps it.

use mibun_card::CardFormat;
use mibun_card::mdoc::{IssuerSigned, MdocError, VerifyError};
use mibun_card::sd_jwt::{SdJwt, SdJwtError};
use mibun_card::vc;
use mibun_crypto::base64url;
use mibun_crypto::json::Limits;
use mibun_crypto::key::PublicKey;
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, ChainError, Purpose, chain};
use thiserror::Error;

/// Bounds of one card: with a portrait its text is longer than other messages.
pub const LIMITS: Limits = Limits { bytes: 1024 * 1024, depth: 32, nodes: 2000 };

/// What a card has to be.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Roots of those who may sign cards.
    pub anchors: &'a [Certificate],
    /// What they may sign with; ES256 in HAIP 1.0.
    pub accepted: Accepted,
    /// The format.
    pub format: CardFormat,
    /// The type that the metadata promised: `vct` or document type.
    pub card_type: &'a str,
    /// When it is looked at.
    pub now: Timestamp,
}

/// Why a card is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CardError {
    /// Not an SD-JWT, or one whose disclosures cannot be read.
    #[error("not an acceptable SD-JWT: {0}")]
    Token(#[source] SdJwtError),
    /// The certificates do not lead to a root that may sign cards.
    #[error("the issuer of the card is not trusted: {0}")]
    Chain(#[source] ChainError),
    /// The issuer's key is for another algorithm than the holder accepts.
    #[error("the algorithm of the card is not accepted")]
    Algorithm,
    /// The signature is not that of the certificate.
    #[error("the signature of the card is not valid")]
    Signature,
    /// The card is a presentation: it ends with a key binding.
    #[error("the card comes with a key binding")]
    KeyBinding,
    /// Its disclosures do not fit, or what it says about itself is missing or malformed.
    #[error("the card is not acceptable: {0}")]
    Content(#[source] vc::CardError),
    /// Not base64url, as a document has to come.
    #[error("the document is not base64url")]
    Encoding,
    /// Not an `IssuerSigned`.
    #[error("not an acceptable document: {0}")]
    Document(#[source] MdocError),
    /// The document's chain, signature, digests or time do not hold.
    #[error("the document is refused: {0}")]
    Unverified(#[source] VerifyError),
    /// Another `vct` or document type than the metadata promised.
    #[error("the card is of another type than offered")]
    Vct,
    /// Not good yet, past its end, or without an end.
    #[error("the card is not good now, or does not say until when it is")]
    Time,
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

/// The key that a card is bound to, if issuer, structure, type and time are right.
pub fn check(card: &str, expected: &Expected<'_>) -> Result<PublicKey, CardError> {
    match expected.format {
        CardFormat::SdJwtVc => check_sd_jwt(card, expected),
        CardFormat::Mdoc => check_mdoc(card, expected),
    }
}

fn check_mdoc(card: &str, expected: &Expected<'_>) -> Result<PublicKey, CardError> {
    let bytes = base64url::decode(card).map_err(|_| CardError::Encoding)?;
    let document = IssuerSigned::parse(&bytes).map_err(CardError::Document)?;
    document.verify_accepting(expected.anchors, expected.now, expected.accepted).map_err(CardError::Unverified)?;
    if document.mso().doc_type != expected.card_type {
        return Err(CardError::Vct);
    }
    Ok(document.mso().device_key.clone())
}

fn check_sd_jwt(card: &str, expected: &Expected<'_>) -> Result<PublicKey, CardError> {
    let token = SdJwt::parse(card, &LIMITS).map_err(CardError::Token)?;
    let (x5c, purpose) = (token.jws().header().x5c(), Purpose::DocumentSigner);
    let issuer = chain::verify_accepting(x5c, expected.anchors, expected.now, purpose, expected.accepted);
    let issuer = issuer.map_err(CardError::Chain)?;
    if !expected.accepted.allows(issuer.public_key().algorithm()) {
        return Err(CardError::Algorithm);
    }
    token.jws().verify(issuer.public_key()).map_err(|_| CardError::Signature)?;
    if token.key_binding().is_some() {
        return Err(CardError::KeyBinding);
    }
    let card = vc::read(&token).map_err(CardError::Content)?;
    if card.vct != expected.card_type {
        return Err(CardError::Vct);
    }
    let early = card.not_before.is_some_and(|start| expected.now < start);
    if early || card.expires_at.is_none_or(|end| expected.now >= end) {
        return Err(CardError::Time);
    }
    Ok(card.holder_key)
}
