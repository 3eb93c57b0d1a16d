//! What an issuer and its authorization server say about themselves (OpenID4VCI 1.0 12, RFC 8414).

mod claims;
mod mdoc;
mod server;
mod signed;

use std::collections::BTreeMap;

use mibun_card::mdoc::elements::DocumentType;
use mibun_crypto::json::{self as strict, JsonError, Limits};
use mibun_crypto::key::Algorithm;
use mibun_trust::attestation::key::Level;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use thiserror::Error;

use crate::address::Issuer;
use crate::credential::{self, KeyAttestations, RequestKeyPair};

pub use claims::{ClaimDescription, card_claims};
pub use mdoc::MdocConfiguration;
pub use server::{ATTESTATION, AuthorizationServerMetadata};
pub use signed::TYPE as SIGNED_TYPE;

/// The one credential format that is spoken.
pub const FORMAT: &str = "dc+sd-jwt";

/// Metadata of other issuers names many cards in many languages.
const LIMITS: Limits = Limits { bytes: 1024 * 1024, depth: 16, nodes: 20_000 };

/// What a credential issuer says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuerMetadata {
    /// Its identifier.
    pub credential_issuer: String,
    /// Its authorization servers; none means that it is its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_servers: Vec<String>,
    /// Where cards are collected.
    pub credential_endpoint: String,
    /// Where nonces are had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce_endpoint: Option<String>,
    /// Where wallets ask again for cards that were not ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred_credential_endpoint: Option<String>,
    /// Where wallets tell what became of their cards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_endpoint: Option<String>,
    /// How requests for cards can be encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_request_encryption: Option<Value>,
    /// How answers with cards can be encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_response_encryption: Option<Value>,
    /// How many copies one request may ask for; one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_credential_issuance: Option<BatchIssuance>,
    /// Its names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<Display>,
    /// Its cards by configuration id. On reading, those of other formats than ours are left out.
    #[serde(deserialize_with = "readable")]
    pub credential_configurations_supported: BTreeMap<String, Configuration>,
}

/// One kind of card in one format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Configuration {
    /// SD-JWT VC.
    SdJwtVc(CardConfiguration),
    /// ISO mdoc.
    Mdoc(MdocConfiguration),
}

impl Configuration {
    /// The names of the card.
    pub fn names(&self) -> Vec<Display> {
        let shown = match self {
            Self::SdJwtVc(card) => card.credential_metadata.as_ref(),
            Self::Mdoc(card) => card.credential_metadata.as_ref(),
        };
        shown.map(|shown| shown.display.clone()).unwrap_or_default()
    }
}

/// Copies per request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchIssuance {
    /// At least two.
    pub batch_size: usize,
}

/// A name in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Language tag (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// One kind of card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardConfiguration {
    /// `dc+sd-jwt`.
    pub format: Format,
    /// The scope that stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Its type.
    pub vct: String,
    /// How cards are bound to the holder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cryptographic_binding_methods_supported: Vec<String>,
    /// Algorithms that the issuer signs with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credential_signing_alg_values_supported: Vec<String>,
    /// Which proofs are taken, by type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub proof_types_supported: BTreeMap<String, ProofType>,
    /// What people see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_metadata: Option<CredentialMetadata>,
}

/// The format of [`CardConfiguration`]: a type with one value, so that other formats do not read as ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// SD-JWT VC.
    #[serde(rename = "dc+sd-jwt")]
    SdJwtVc,
}

/// What is asked of proofs of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofType {
    /// Algorithms.
    pub proof_signing_alg_values_supported: Vec<String>,
    /// What the keeper of the keys must attest; nothing when absent. Kept as it came, for nobody here can attest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_attestations_required: Option<Value>,
}

/// What people see of a card.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CredentialMetadata {
    /// Its names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<Display>,
    /// Its claims.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimDescription>,
}

/// Keeps the configurations that can be read and leaves out the rest: a stranger's card is no reason to refuse ours.
fn readable<'de, D>(deserializer: D) -> Result<BTreeMap<String, Configuration>, D::Error>
where
    D: Deserializer<'de>,
{
    let all = BTreeMap::<String, Value>::deserialize(deserializer)?;
    Ok(all.into_iter().filter_map(|(id, value)| Some((id, Configuration::deserialize(value).ok()?))).collect())
}

/// What an authority decides about its issuing.
#[derive(Clone)]
pub struct IssuerSettings<'a> {
    /// Its identifier; the endpoints lie below.
    pub issuer: &'a Issuer,
    /// Its names.
    pub names: &'a [Display],
    /// Configuration id, and scope, of the card.
    pub configuration: &'a str,
    /// Type of the card.
    pub vct: &'a str,
    /// Names of the card.
    pub card_names: &'a [Display],
    /// Configuration id, and scope, of the card as an mdoc, and its type; none if there is no such card.
    pub mdoc: Option<(&'a str, &'static DocumentType)>,
    /// Copies per request.
    pub batch_size: usize,
    /// What cards are signed with.
    pub signed_with: Algorithm,
    /// The key that requests can be encrypted to; without one, neither requests nor answers are.
    pub encryption: Option<&'a RequestKeyPair>,
    /// What the keepers of keys have to attest.
    pub attestations: KeyAttestations<'a>,
}

/// Why a document is not the metadata that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MetadataError {
    /// Not an acceptable JSON document.
    #[error("the metadata is refused: {0}")]
    Json(#[from] JsonError),
    /// A member is missing or malformed.
    #[error("a member of the metadata is missing or malformed")]
    Shape,
    /// The document is about another identifier than the one asked for.
    #[error("the metadata is about another issuer")]
    OtherIssuer,
}

impl Display {
    /// `name` in the language `locale`.
    pub fn new(name: impl Into<String>, locale: impl Into<String>) -> Self {
        Self { name: Some(name.into()), locale: Some(locale.into()) }
    }
}

impl IssuerMetadata {
    /// The metadata of an authority that issues one kind of card.
    pub fn new(settings: &IssuerSettings<'_>) -> Self {
        let issuer = settings.issuer;
        let card = Configuration::SdJwtVc(CardConfiguration::new(settings));
        let mut configurations = BTreeMap::from([(settings.configuration.to_owned(), card)]);
        if let Some((id, document_type)) = settings.mdoc {
            let mdoc = MdocConfiguration::new(id, document_type, settings);
            configurations.insert(id.to_owned(), Configuration::Mdoc(mdoc));
        }
        // The standard wants at least two where the member is present.
        let batch = (settings.batch_size > 1).then_some(BatchIssuance { batch_size: settings.batch_size });
        Self {
            credential_issuer: issuer.as_str().to_owned(),
            authorization_servers: Vec::new(),
            credential_endpoint: issuer.endpoint("credential"),
            nonce_endpoint: Some(issuer.endpoint("nonce")),
            deferred_credential_endpoint: Some(issuer.endpoint("deferred_credential")),
            notification_endpoint: Some(issuer.endpoint("notification")),
            credential_request_encryption: settings.encryption.map(RequestKeyPair::metadata),
            credential_response_encryption: settings.encryption.map(|_| credential::response_metadata()),
            batch_credential_issuance: batch,
            display: settings.names.to_vec(),
            credential_configurations_supported: configurations,
        }
    }

    /// Reads the metadata of `issuer`, whose identifier it must name letter by letter.
    pub fn parse(document: &[u8], issuer: &str) -> Result<Self, MetadataError> {
        let value = strict::parse(document, &LIMITS)?;
        let metadata: Self = serde_json::from_value(value).map_err(|_| MetadataError::Shape)?;
        if metadata.credential_issuer != issuer {
            return Err(MetadataError::OtherIssuer);
        }
        if metadata.batch_credential_issuance.is_some_and(|batch| batch.batch_size < 2) {
            return Err(MetadataError::Shape);
        }
        Ok(metadata)
    }
}

const ES256: &str = "ES256";

/// Which proofs are taken: signed by each key, or attested where somebody is believed about keys.
fn proof_types(settings: &IssuerSettings<'_>) -> BTreeMap<String, ProofType> {
    let attested = settings.attestations;
    let proofs = |required| ProofType {
        proof_signing_alg_values_supported: vec![ES256.to_owned()],
        key_attestations_required: required,
    };
    let required = attested.required.then(|| attestations_required(&attested));
    let mut types = BTreeMap::from([("jwt".to_owned(), proofs(required))]);
    if !attested.anchors.is_empty() {
        types.insert("attestation".to_owned(), proofs(Some(attestations_required(&attested))));
    }
    types
}

/// What attestations have to say; an empty object asks for one that says anything.
fn attestations_required(attestations: &KeyAttestations<'_>) -> Value {
    let names = |levels: &[Level]| levels.iter().map(|level| level.as_str()).collect::<Vec<_>>();
    let mut required = json!({});
    for (name, levels) in
        [("key_storage", attestations.key_storage), ("user_authentication", attestations.user_authentication)]
    {
        if !levels.is_empty() {
            required[name] = json!(names(levels));
        }
    }
    required
}

impl CardConfiguration {
    fn new(settings: &IssuerSettings<'_>) -> Self {
        Self {
            format: Format::SdJwtVc,
            scope: Some(settings.configuration.to_owned()),
            vct: settings.vct.to_owned(),
            cryptographic_binding_methods_supported: vec!["jwk".to_owned()],
            credential_signing_alg_values_supported: vec![settings.signed_with.as_jose().to_owned()],
            proof_types_supported: proof_types(settings),
            credential_metadata: Some(CredentialMetadata {
                display: settings.card_names.to_vec(),
                claims: card_claims(),
            }),
        }
    }
}
