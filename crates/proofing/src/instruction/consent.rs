//! What the holder agreed to, and the one text that may be signed for it.

use mibun_card::kb_jwt::{self, Binding};
use mibun_card::mdoc::{DeviceAuthentication, SessionTranscript, recognised_by};
use mibun_crypto::base64url;
use mibun_crypto::jws;
use mibun_crypto::key::PublicKey;
use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::{Confirmed, SigningInput};

/// The `typ` of a proof of possession in a credential request (OpenID4VCI 1.0 appendix F.1).
pub const KEY_PROOF_TYPE: &str = "openid4vci-proof+jwt";

/// Longest client identifier, address and issuer identifier, in bytes.
const MAX_ADDRESS: usize = 2048;
/// Longest nonce, in bytes.
const MAX_NONCE: usize = 512;
/// Longest type of a document, in bytes.
const MAX_DOC_TYPE: usize = 255;
/// Letters of a SHA-256 hash in base64url.
const HASH_LETTERS: usize = 43;

/// What a signature is for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "purpose", rename_all = "snake_case", deny_unknown_fields)]
pub enum Consent {
    /// To show a card: a key binding (RFC 9901 section 4.3).
    KeyBinding {
        /// Who asks: the client identifier with prefix, or the origin; the `aud` of the key binding.
        client_id: String,
        /// The nonce of the request.
        nonce: String,
        /// Where the answer goes; none with the Digital Credentials API. Not part of the key binding.
        response_uri: Option<String>,
        /// The hash over exactly what is shown.
        sd_hash: String,
    },
    /// To show a card as an ISO mdoc: a device signature (ISO/IEC 18013-5 section 9.1.3) in the session of OpenID4VP 1.0
    /// appendix B.2.6.1. It binds the answer to asker and request and does not cover which elements are shown.
    DeviceAuthentication {
        /// The type of the document.
        doc_type: String,
        /// Who asks: the client identifier with prefix.
        client_id: String,
        /// The nonce of the request.
        nonce: String,
        /// Where the answer goes.
        response_uri: String,
        /// The thumbprint (RFC 7638, SHA-256) of the key that the answer is encrypted to, in base64url; none where it is
        /// not encrypted.
        #[serde(with = "thumbprint")]
        key_thumbprint: Option<[u8; 32]>,
    },
    /// To collect a card for this key: a proof of possession (OpenID4VCI 1.0 appendix F.1).
    CredentialRequestProof {
        /// The issuer; the `aud` of the proof.
        credential_issuer: String,
        /// The issuer's nonce.
        c_nonce: String,
    },
}

impl Consent {
    /// Whether every member has an acceptable length and form.
    pub(super) fn is_well_formed(&self) -> bool {
        let within = |text: &str, most: usize| (1..=most).contains(&text.len());
        match self {
            Self::KeyBinding { client_id, nonce, response_uri, sd_hash } => {
                let addressed = response_uri.as_deref().is_none_or(|uri| within(uri, MAX_ADDRESS));
                let hashed = sd_hash.len() == HASH_LETTERS && base64url::decode(sd_hash).is_ok();
                within(client_id, MAX_ADDRESS) && within(nonce, MAX_NONCE) && addressed && hashed
            }
            Self::DeviceAuthentication { doc_type, client_id, nonce, response_uri, key_thumbprint: _ } => {
                let asked = within(client_id, MAX_ADDRESS) && within(nonce, MAX_NONCE);
                asked && within(response_uri, MAX_ADDRESS) && within(doc_type, MAX_DOC_TYPE)
            }
            Self::CredentialRequestProof { credential_issuer, c_nonce } => {
                within(credential_issuer, MAX_ADDRESS) && within(c_nonce, MAX_NONCE)
            }
        }
    }

    /// Whether it is about showing a card, which a passkey may confirm.
    pub(super) const fn is_showing(&self) -> bool {
        matches!(self, Self::KeyBinding { .. } | Self::DeviceAuthentication { .. })
    }

    /// What to sign for this, with `key`, at `now`. What shows a card says by what the holder was recognised.
    pub fn signing_input(&self, key: &PublicKey, now: Timestamp, confirmed: Confirmed) -> SigningInput {
        match self {
            Self::KeyBinding { client_id, nonce, sd_hash, .. } => {
                let binding = Binding { audience: client_id, nonce, now };
                let input = kb_jwt::signing_input(sd_hash, &binding, confirmed.methods(), key.algorithm());
                SigningInput::Jws(input)
            }
            Self::DeviceAuthentication { doc_type, client_id, nonce, response_uri, key_thumbprint } => {
                let session = SessionTranscript::openid4vp(client_id, nonce, key_thumbprint.as_ref(), response_uri);
                let elements = recognised_by(confirmed.methods());
                let authentication = DeviceAuthentication::new(doc_type, elements, &session);
                SigningInput::Cose(authentication.to_be_signed(key.algorithm()))
            }
            Self::CredentialRequestProof { credential_issuer, c_nonce } => {
                SigningInput::Jws(key_proof(credential_issuer, c_nonce, key, now))
            }
        }
    }
}

/// Header and payload of a proof of possession.
fn key_proof(credential_issuer: &str, c_nonce: &str, key: &PublicKey, now: Timestamp) -> String {
    let jwk = serde_json::to_value(key.to_jwk()).expect("a JWK is JSON");
    let mut header = Map::new();
    header.insert("typ".to_owned(), KEY_PROOF_TYPE.into());
    header.insert("jwk".to_owned(), jwk);
    let payload = json!({ "aud": credential_issuer, "iat": now, "nonce": c_nonce });
    let input = jws::signing_input(header, payload.to_string().as_bytes(), key.algorithm());
    input.expect("the header names no algorithm and no extension")
}

/// A thumbprint in base64url, or null: 32 bytes in their one spelling.
mod thumbprint {
    use mibun_crypto::base64url;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(thumbprint: &Option<[u8; 32]>, to: S) -> Result<S::Ok, S::Error> {
        thumbprint.map(|bytes| base64url::encode(&bytes)).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<[u8; 32]>, D::Error> {
        let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
        let bytes = base64url::decode(&text).map_err(D::Error::custom)?;
        bytes.try_into().map(Some).map_err(|_| D::Error::custom("a thumbprint has 32 bytes"))
    }
}

impl std::fmt::Debug for Consent {
    /// Where a holder shows a card is nobody's business.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::KeyBinding { .. } => "KeyBinding([redacted])",
            Self::DeviceAuthentication { .. } => "DeviceAuthentication([redacted])",
            Self::CredentialRequestProof { .. } => "CredentialRequestProof([redacted])",
        })
    }
}
