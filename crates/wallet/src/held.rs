//! A held card seen by whoever answers a request: what it says, and how a part of it is shown.

use mibun_card::CardFormat;
use mibun_card::kb_jwt::{self, Binding};
use mibun_card::mdoc::{IssuerSigned, MdocError, SelectError};
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
    /// The document does not read.
    #[error("a stored document does not read: {0}")]
    Document(#[from] MdocError),
    /// The document is not stored as it has to be.
    #[error("a stored document is not base64url")]
    Encoding,
    /// The document lacks what was found in it.
    #[error(transparent)]
    Select(#[from] SelectError),
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
    /// Its format.
    pub format: CardFormat,
    card_type: String,
    /// Claims, or elements by namespace.
    claims: Value,
    authority_keys: Vec<Vec<u8>>,
}

impl Held {
    /// Reads a card by one of its copies, which all say the same; nothing when no copy is left.
    pub fn read(card: &StoredCard) -> Result<Option<Self>, HeldError> {
        let Some(copy) = card.copies.last() else { return Ok(None) };
        let (claims, authority_keys) = match card.format {
            CardFormat::SdJwtVc => {
                let token = SdJwt::parse(copy.card.expose(), &LIMITS)?;
                (Value::Object(token.process()?.claims), authority_keys(token.jws().header().x5c()))
            }
            CardFormat::Mdoc => {
                let document = document(&copy.card)?;
                (document.to_json()?, authority_keys(document.x5chain()))
            }
        };
        let (id, card_type) = (card.id.clone(), card.card_type.clone());
        Ok(Some(Self { id, format: card.format, card_type, claims, authority_keys }))
    }

    /// What matching needs to know.
    pub fn as_candidate(&self) -> HeldCard<'_> {
        let content = match self.format {
            CardFormat::SdJwtVc => Content::SdJwtVc { vct: &self.card_type, claims: &self.claims },
            CardFormat::Mdoc => Content::Mdoc { doctype: &self.card_type, namespaces: &self.claims },
        };
        HeldCard { content, bound: true, authority_keys: &self.authority_keys }
    }
}

/// A stored document.
pub fn document(stored: &Secret) -> Result<IssuerSigned, HeldError> {
    let bytes = base64url::decode(stored.expose()).map_err(|_| HeldError::Encoding)?;
    Ok(IssuerSigned::parse(&bytes)?)
}

/// The part of a document that reveals the elements at `paths` and no others.
pub fn document_part(stored: &Secret, paths: &[ClaimPath]) -> Result<IssuerSigned, HeldError> {
    let names: Vec<Value> = paths.iter().map(ClaimPath::to_value).collect();
    let name = |path: &Value, at: usize| path.get(at).and_then(Value::as_str).map(str::to_owned);
    let named: Option<Vec<(String, String)>> =
        names.iter().map(|path| Some((name(path, 0)?, name(path, 1)?))).collect();
    let named = named.ok_or(SelectError::NoSuchElement)?;
    let wanted: Vec<(&str, &str)> = named.iter().map(|(space, name)| (space.as_str(), name.as_str())).collect();
    Ok(document(stored)?.select(&wanted)?)
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
