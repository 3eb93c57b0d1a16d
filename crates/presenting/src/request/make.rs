//! The asker's side: from what is wanted to a signed request object.

use mibun_card::CardFormat;
use mibun_crypto::base64url;
use mibun_crypto::jws::{self, JwsSignError};
use mibun_crypto::key::{Jwk, Signer};
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;

use super::{ClientIdPrefix, REQUEST_TYP, STATIC_AUDIENCE, SceneNotice, VerifierInfo, accepting, client_id};
use crate::dcql::Query;
use crate::transaction_data::TransactionData;

/// Who asks: the access certificate with its chain, leaf first and without the anchor, and its key.
#[derive(Clone, Copy)]
pub struct AccessIdentity<'a> {
    /// Certificates in DER.
    pub chain: &'a [Vec<u8>],
    /// The key of the first of them.
    pub signer: &'a dyn Signer,
}

/// How the answer should travel.
#[derive(Debug, Clone, Copy)]
pub enum AnswerBy<'a> {
    /// `direct_post`.
    DirectPost,
    /// `direct_post.jwt`, encrypted to this key, made for this request alone.
    DirectPostJwt(&'a Jwk),
}

/// Everything in a request object.
#[derive(Clone, Copy)]
pub struct RequestSpec<'a> {
    /// What is asked.
    pub query: &'a Query,
    /// What cards may be signed with.
    pub cards: Accepted,
    /// What for.
    pub notice: Option<&'a SceneNotice>,
    /// What others say about the asker.
    pub verifier_info: &'a [VerifierInfo],
    /// What the holder is to authorise.
    pub transaction_data: &'a [TransactionData],
    /// Fresh and unguessable, at least 128 bits.
    pub nonce: &'a str,
    /// Finds the transaction again.
    pub state: &'a str,
    /// The nonce of the wallet that fetches, if it sent one.
    pub wallet_nonce: Option<&'a str>,
    /// Where the answer goes.
    pub response_uri: &'a Url,
    /// How the answer travels.
    pub answer_by: AnswerBy<'a>,
    /// Now.
    pub issued_at: Timestamp,
    /// When the transaction ends.
    pub expires_at: Timestamp,
}

/// Why a request cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MakeError {
    /// An identity without certificates.
    #[error("the access identity has no certificate")]
    NoCertificate,
    /// A signed request through the browser that names no page.
    #[error("a signed request names the pages that may make it")]
    NoOrigins,
    /// A request to be signed by several, of whom there are none.
    #[error("nobody signs the request")]
    NoSigner,
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] JwsSignError),
}

/// Who asks, in any of the ways that can be proven.
#[derive(Clone, Copy)]
pub enum Identity<'a> {
    /// `x509_hash`: the only one under HAIP 1.0.
    X509Hash(AccessIdentity<'a>),
    /// `x509_san_dns`.
    X509SanDns {
        /// A DNS name in the certificate; answers go to that host.
        name: &'a str,
        /// The certificate that holds it, and its key.
        access: AccessIdentity<'a>,
    },
    /// `verifier_attestation`.
    VerifierAttestation {
        /// The attested name.
        name: &'a str,
        /// The attestation, as the attester signed it.
        attestation: &'a str,
        /// The attested key.
        signer: &'a dyn Signer,
    },
}

impl AccessIdentity<'_> {
    /// The client identifier, or `None` without certificates.
    pub fn client_id(&self) -> Option<String> {
        self.chain.first().map(|leaf| client_id(leaf))
    }
}

impl<'a> Identity<'a> {
    /// The client identifier, or `None` without certificates.
    pub fn client_id(&self) -> Option<String> {
        match self {
            Self::X509Hash(access) => access.client_id(),
            Self::X509SanDns { name, .. } => Some(format!("{}:{name}", ClientIdPrefix::X509SanDns.name())),
            Self::VerifierAttestation { name, .. } => {
                Some(format!("{}:{name}", ClientIdPrefix::VerifierAttestation.name()))
            }
        }
    }

    /// The header of a request of this asker: type, and what proves its key.
    pub(crate) fn header(&self) -> Map<String, Value> {
        let (name, proof) = match self {
            Self::X509Hash(access) | Self::X509SanDns { access, .. } => {
                let x5c = access.chain.iter().map(|der| Value::from(base64url::encode_standard(der)));
                ("x5c", x5c.collect())
            }
            Self::VerifierAttestation { attestation, .. } => ("jwt", Value::from(*attestation)),
        };
        Map::from_iter([("typ".into(), REQUEST_TYP.into()), (name.into(), proof)])
    }

    pub(crate) fn signer(&self) -> &'a dyn Signer {
        match self {
            Self::X509Hash(access) | Self::X509SanDns { access, .. } => access.signer,
            Self::VerifierAttestation { signer, .. } => *signer,
        }
    }
}

impl RequestSpec<'_> {
    /// The signed request object (`application/oauth-authz-req+jwt`) of an asker known by the hash of its certificate.
    pub fn sign(&self, identity: &AccessIdentity<'_>) -> Result<String, MakeError> {
        self.sign_as(&Identity::X509Hash(*identity))
    }

    /// The signed request object of an asker known in any of the ways that can be proven.
    pub fn sign_as(&self, identity: &Identity<'_>) -> Result<String, MakeError> {
        let client_id = identity.client_id().ok_or(MakeError::NoCertificate)?;
        let payload = self.payload(&client_id).to_string();
        Ok(jws::sign(identity.header(), payload.as_bytes(), identity.signer())?)
    }

    pub(super) fn payload(&self, client_id: &str) -> Value {
        let (response_mode, key) = match self.answer_by {
            AnswerBy::DirectPost => ("direct_post", None),
            AnswerBy::DirectPostJwt(key) => ("direct_post.jwt", Some(key)),
        };
        let mut payload = json!({
            "client_id": client_id,
            "aud": STATIC_AUDIENCE,
            "response_type": "vp_token",
            "response_mode": response_mode,
            "response_uri": self.response_uri.as_str(),
            "nonce": self.nonce,
            "state": self.state,
            "dcql_query": self.query.to_value(),
            "client_metadata": client_metadata(self.query, self.cards, key),
            "iat": self.issued_at,
            "exp": self.expires_at,
        });
        if let Some(wallet_nonce) = self.wallet_nonce {
            payload["wallet_nonce"] = wallet_nonce.into();
        }
        let info = verifier_info(self.notice, self.verifier_info);
        if !info.is_empty() {
            payload["verifier_info"] = info.into();
        }
        if !self.transaction_data.is_empty() {
            payload["transaction_data"] = transaction_data(self.transaction_data);
        }
        payload
    }
}

/// What the asker reads, and the key to which the answer is encrypted.
pub(crate) fn client_metadata(query: &Query, cards: Accepted, key: Option<&Jwk>) -> Value {
    let asked = query.credentials.iter().filter_map(|credential| CardFormat::from_name(credential.format.name()));
    let formats: Map<String, Value> =
        asked.map(|format| (format.name().to_owned(), accepting::algorithms(format, cards))).collect();
    let mut metadata = json!({ "vp_formats_supported": formats });
    if let Some(key) = key {
        metadata["jwks"] = json!({ "keys": [key] });
        // HAIP 1.0: both must be listed, the wallet prefers the stronger.
        metadata["encrypted_response_enc_values_supported"] = json!(["A256GCM", "A128GCM"]);
    }
    metadata
}

/// The statements of others, and ours of the scene.
pub(crate) fn verifier_info(notice: Option<&SceneNotice>, others: &[VerifierInfo]) -> Vec<Value> {
    notice.map(SceneNotice::to_entry).into_iter().chain(others.iter().map(VerifierInfo::to_value)).collect()
}

pub(crate) fn transaction_data(all: &[TransactionData]) -> Value {
    all.iter().map(|data| Value::from(data.encoded())).collect()
}
