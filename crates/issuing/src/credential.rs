//! The credential endpoint: which card, for which keys (OpenID4VCI 1.0 8).

mod deferred;
mod encryption;
mod proofs;
mod response;

use std::fmt;

use mibun_crypto::digest::sha256;
use mibun_crypto::json::{self, Limits};
use mibun_crypto::key::PublicKey;
use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::error::{Code, Refusal};
use crate::nonce::{FreshNonce, NonceError, NonceKey};
use crate::proof::ProofError;
use crate::secret::{Secret, SecretHash};
use crate::standing::{StandingError, Vouched};
use mibun_trust::attestation::key::KeyAttestationError;
use proofs::{Attested, Proofs};

pub use deferred::{DeferredRequest, MAX_DEFERRED_BYTES};
pub use encryption::{ENCRYPTIONS, MEDIA_TYPE, RequestKeyPair, ResponseEncryption, response_metadata};
pub use proofs::KeyAttestations;
pub use response::{CredentialAnswer, CredentialResponse, CredentialResponseError, IssuedCredential, Pending};

/// Longest credential request, in bytes.
pub const MAX_REQUEST_BYTES: usize = 256 * 1024;

const MAX_NAME_LENGTH: usize = 256;

/// A credential request that can be read. Its proofs have not been checked.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialRequest {
    requested: Requested,
    proofs: Proofs,
    answer: Option<ResponseEncryption>,
}

/// How a request says which card it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Requested {
    Configuration(String),
    Identifier(String),
}

/// What a token and this issuer allow.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The identifier of the credential issuer, which proofs must be meant for.
    pub issuer: &'a str,
    /// The credential configurations that the token is good for.
    pub configurations: &'a [&'a str],
    /// Whether the token response named credential identifiers, each its configuration's own: then cards are asked for by
    /// them (OpenID4VCI 1.0 8.2).
    pub identifiers: bool,
    /// Most copies in one request.
    pub batch_size: usize,
    /// The key of our nonces.
    pub nonce_key: &'a NonceKey,
    /// Whose word on keys counts.
    pub attestations: KeyAttestations<'a>,
}

/// A request whose proofs hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Which configuration.
    pub configuration: String,
    /// The keys to bind one copy to each, in the order of the proofs.
    pub keys: Vec<PublicKey>,
    /// The attestations of keys whose standing has to be looked up, for the caller who can.
    pub vouched: Vec<Vouched>,
    /// To be spent, unless the request is repeated (see [`crate::grant::Reservation`]).
    pub nonce: FreshNonce,
    /// What makes a repeated request meet its first answer.
    pub request: RequestKey,
}

/// Digest over an access token, a configuration and a list of keys: the same wallet asking for the same copies, whatever its nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestKey(SecretHash);

/// Why a credential request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CredentialError {
    /// Not an acceptable JSON object.
    #[error("the credential request is not an acceptable JSON object")]
    Json,
    /// None or both of `credential_configuration_id` and `credential_identifier`, or not text.
    #[error("exactly one of credential_configuration_id and credential_identifier is needed")]
    Requested,
    /// A configuration that the token is not good for.
    #[error("the credential configuration is not known for this token")]
    UnknownConfiguration,
    /// An identifier that the token response did not name.
    #[error("the credential identifier is not known")]
    UnknownIdentifier,
    /// The token response named identifiers, and none of them is asked for.
    #[error("credential_identifier is needed, for the token response named some")]
    IdentifierNeeded,
    /// Encryption that is not offered, with a key that cannot be used, or of the answer alone.
    #[error("the encryption of request or answer is not acceptable")]
    Encryption,
    /// There are no proofs.
    #[error("proofs are missing")]
    MissingProofs,
    /// `proofs` is not an object with one type and an array of texts.
    #[error("proofs has to be an object with exactly one proof type and an array of proofs")]
    ProofsForm,
    /// `transaction_id` is missing or no name of ours.
    #[error("transaction_id is missing or malformed")]
    Transaction,
    /// Another type of proof than `jwt` and `attestation`.
    #[error("the proof type is not supported")]
    ProofType,
    /// More proofs than the batch size in our metadata.
    #[error("more proofs than the batch size")]
    TooManyProofs,
    /// One of the proofs does not hold.
    #[error("proof {index}: {source}")]
    Proof {
        /// Counted from 0.
        index: usize,
        /// What is wrong.
        source: ProofError,
    },
    /// The keys have to be attested, and are not.
    #[error("the keys have to come with a key attestation")]
    MissingKeyAttestation,
    /// The key that signed is not among those that the attestation in its proof names.
    #[error("the key of the proof is not attested")]
    UnattestedKey,
    /// A key attestation that attests nothing here.
    #[error(transparent)]
    KeyAttestation(#[from] KeyAttestationError),
    /// A key attestation that counts no more; for the caller to raise, who looks it up.
    #[error("key attestation: {0}")]
    Standing(#[from] StandingError),
    /// Two proofs are for one key: the copies would be linked.
    #[error("two proofs are for the same key")]
    RepeatedKey,
    /// A key that the issuer does not keep for the holder, where it must; for the caller to raise, who keeps them.
    #[error("the card has to be bound to keys that the issuer keeps for the holder")]
    KeyNotKept,
    /// The proofs carry different nonces.
    #[error("the proofs carry different nonces")]
    DifferentNonces,
    /// The nonce is not good (any more).
    #[error(transparent)]
    Nonce(#[from] NonceError),
    /// The nonce was spent by an earlier request; for the caller to raise, who keeps what is spent.
    #[error("the nonce has been used")]
    SpentNonce,
}

impl Refusal for CredentialError {
    fn code(&self) -> Code {
        match self {
            Self::Json | Self::Requested | Self::IdentifierNeeded | Self::TooManyProofs | Self::Transaction => {
                Code::InvalidCredentialRequest
            }
            Self::UnknownConfiguration => Code::UnknownCredentialConfiguration,
            Self::UnknownIdentifier => Code::UnknownCredentialIdentifier,
            Self::Encryption => Code::InvalidEncryptionParameters,
            Self::MissingProofs
            | Self::ProofsForm
            | Self::ProofType
            | Self::Proof { .. }
            | Self::MissingKeyAttestation
            | Self::UnattestedKey
            | Self::KeyAttestation(_)
            | Self::Standing(_)
            | Self::RepeatedKey
            | Self::KeyNotKept
            | Self::DifferentNonces => Code::InvalidProof,
            Self::Nonce(_) | Self::SpentNonce => Code::InvalidNonce,
        }
    }
}

impl CredentialRequest {
    /// Reads the body of a credential request that came in the clear; unknown members are ignored.
    ///
    /// # Errors
    /// [`CredentialError`]; an encrypted answer to a request in the clear is not offered.
    pub fn parse(body: &[u8]) -> Result<Self, CredentialError> {
        let request = Self::read(body)?;
        if request.answer.is_some() { Err(CredentialError::Encryption) } else { Ok(request) }
    }

    /// Opens and reads a request that was encrypted to `key`.
    ///
    /// # Errors
    /// [`CredentialError`].
    pub fn open(body: &[u8], key: &RequestKeyPair) -> Result<Self, CredentialError> {
        Self::read(&key.open(body)?)
    }

    /// How the answer has to be encrypted, if it has to.
    pub const fn answer(&self) -> Option<&ResponseEncryption> {
        self.answer.as_ref()
    }

    fn read(body: &[u8]) -> Result<Self, CredentialError> {
        let limits = Limits { bytes: MAX_REQUEST_BYTES, ..Limits::default() };
        let value = json::parse(body, &limits).map_err(|_| CredentialError::Json)?;
        let members = value.as_object().ok_or(CredentialError::Json)?;
        let requested = requested(members)?;
        let answer = ResponseEncryption::read(members)?;
        Ok(Self { requested, proofs: Proofs::read(members)?, answer })
    }

    /// Checks what is asked for and every proof, and says what has to be spent. Changes nothing anywhere.
    pub fn accept(&self, token: &Secret, terms: &Terms<'_>, now: Timestamp) -> Result<Accepted, CredentialError> {
        let known = |name: &String| terms.configurations.contains(&name.as_str());
        let configuration = match &self.requested {
            Requested::Configuration(_) if terms.identifiers => return Err(CredentialError::IdentifierNeeded),
            Requested::Configuration(configuration) if known(configuration) => configuration,
            Requested::Configuration(_) => return Err(CredentialError::UnknownConfiguration),
            Requested::Identifier(identifier) if terms.identifiers && known(identifier) => identifier,
            Requested::Identifier(_) => return Err(CredentialError::UnknownIdentifier),
        };
        let Attested { keys, nonce, vouched } = self.proofs.keys(terms, now)?;
        let nonce = terms.nonce_key.check(&nonce, now)?;
        let request = RequestKey::of(token, configuration, &keys);
        Ok(Accepted { configuration: configuration.clone(), keys, vouched, nonce, request })
    }

    /// The body that asks for a card by its configuration, or by the identifier that the server named.
    pub fn to_value(configuration: &str, identifier: Option<&str>, proofs: &ProofsToSend) -> Value {
        let proofs = match proofs {
            ProofsToSend::Signed(proofs) => json!({ "jwt": proofs }),
            ProofsToSend::Attestation(attestation) => json!({ "attestation": [attestation] }),
        };
        match identifier {
            Some(identifier) => json!({ "credential_identifier": identifier, "proofs": proofs }),
            None => json!({ "credential_configuration_id": configuration, "proofs": proofs }),
        }
    }
}

/// What a wallet sends as `proofs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofsToSend {
    /// Of type `jwt`, one per key.
    Signed(Vec<String>),
    /// Of type `attestation`: one for all keys.
    Attestation(String),
}

fn requested(members: &Map<String, Value>) -> Result<Requested, CredentialError> {
    let name = |value: &Value| {
        let text = value.as_str().filter(|text| !text.is_empty() && text.len() <= MAX_NAME_LENGTH);
        text.map(str::to_owned).ok_or(CredentialError::Requested)
    };
    match (members.get("credential_configuration_id"), members.get("credential_identifier")) {
        (Some(configuration), None) => name(configuration).map(Requested::Configuration),
        (None, Some(identifier)) => name(identifier).map(Requested::Identifier),
        (None, None) | (Some(_), Some(_)) => Err(CredentialError::Requested),
    }
}

impl fmt::Debug for CredentialRequest {
    /// Proofs hold keys, which follow the holder around.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.proofs.count();
        f.debug_struct("CredentialRequest").field("requested", &self.requested).field("proofs", &count).finish()
    }
}

impl RequestKey {
    /// The key of a request with this token for these keys in one configuration. Their order counts, so that copy `k` of a repeated request
    /// belongs to the key it belonged to the first time.
    pub fn of(token: &Secret, configuration: &str, keys: &[PublicKey]) -> Self {
        let thumbprints: Vec<[u8; 32]> = keys.iter().map(PublicKey::thumbprint).collect();
        let token = token.hash();
        let configuration = sha256(configuration.as_bytes());
        let parts = [&b"mibun credential request 2"[..], token.as_bytes(), &configuration, thumbprints.as_flattened()];
        Self(SecretHash::from_bytes(sha256(&parts.concat())))
    }

    /// The 32 bytes to store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}
