//! A held card seen by whoever answers a request: what it says, and how a part of it is shown.

use mibun_card::kb_jwt::{self, Binding};
use mibun_card::path::ClaimPath;
use mibun_card::sd_jwt::{SdJwt, SdJwtError};
use mibun_crypto::base64url;
use mibun_crypto::jws::JwsSignError;
use mibun_crypto::key::SoftwareKey;
use mibun_crypto::x509::Certificate;
use mibun_issuing::received::LIMITS;
use mibun_issuing::secret::Secret;
use mibun_presenting::dcql::{Content, HeldCard};
use serde_json::Value;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::store::StoredCard;

/// Why a card out of the store cannot be used. Cards are checked before they are stored, so the store is damaged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HeldError {
    /// The card does not read.
    #[error("a stored card does not read: {0}")]
    Card(#[from] SdJwtError),
    /// The key does not read.
    #[error("a stored key does not read")]
    Key,
    /// The key does not sign.
    #[error(transparent)]
    Sign(#[from] JwsSignError),
}

/// A card of the store with all its claims, for matching against queries.
pub struct Held {
    /// Its name in the store.
    pub id: String,
    vct: String,
    claims: Value,
    authority_keys: Vec<Vec<u8>>,
}

impl Held {
    /// Reads a card by one of its copies, which all say the same; nothing when no copy is left.
    pub fn read(card: &StoredCard) -> Result<Option<Self>, HeldError> {
        let Some(copy) = card.copies.last() else { return Ok(None) };
        let token = SdJwt::parse(copy.card.expose(), &LIMITS)?;
        let claims = Value::Object(token.process()?.claims);
        let authority_keys = authority_keys(token.jws().header().x5c());
        Ok(Some(Self { id: card.id.clone(), vct: card.vct.clone(), claims, authority_keys }))
    }

    /// What matching needs to know.
    pub fn as_candidate(&self) -> HeldCard<'_> {
        let content = Content::SdJwtVc { vct: &self.vct, claims: &self.claims };
        HeldCard { content, bound: true, authority_keys: &self.authority_keys }
    }
}

/// Key identifiers of the authorities above the leaf: each certificate names the one that issued it.
fn authority_keys(x5c: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let chain = x5c.iter().filter_map(|der| Certificate::from_der(der).ok());
    chain.filter_map(|certificate| certificate.authority_key_identifier().map(<[u8]>::to_vec)).collect()
}

/// The part of a copy that reveals the claims at `paths` and nothing else that can be withheld.
pub fn part(card: &Secret, paths: &[ClaimPath]) -> Result<SdJwt, HeldError> {
    Ok(SdJwt::parse(card.expose(), &LIMITS)?.select(paths)?)
}

/// The key binding of what is shown, by a key of the store.
pub fn bind(shown: &SdJwt, key: &Secret, binding: &Binding<'_>) -> Result<String, HeldError> {
    Ok(kb_jwt::create(shown, binding, &software_key(key)?)?)
}

/// A key as the store keeps it.
pub fn software_key(stored: &Secret) -> Result<SoftwareKey, HeldError> {
    let der = base64url::decode(stored.expose()).map(Zeroizing::new).map_err(|_| HeldError::Key)?;
    SoftwareKey::from_pkcs8_der(&der).map_err(|_| HeldError::Key)
}
