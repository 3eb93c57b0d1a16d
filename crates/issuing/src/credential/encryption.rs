//! Requests and answers that nobody between can read (OpenID4VCI 1.0 10).
//!
//! Who asks for an encrypted answer encrypts the request too, or somebody between could put their own key in it.

use mibun_crypto::base64url;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::{self, Enc, EphemeralKey, PartyInfo};
use mibun_crypto::key::{Jwk, PublicKey};
use serde::Serialize;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::{CredentialError, MAX_REQUEST_BYTES};

/// The media type of encrypted requests and answers.
pub const MEDIA_TYPE: &str = "application/jwt";
/// What is spoken, the stronger first.
pub const ENCRYPTIONS: [Enc; 2] = [Enc::A256Gcm, Enc::A128Gcm];

/// The key that requests are encrypted to.
pub struct RequestKeyPair {
    key: EphemeralKey,
    kid: String,
}

impl RequestKeyPair {
    /// Named by the thumbprint of its public half.
    pub fn new(key: EphemeralKey) -> Self {
        let kid = base64url::encode(&key.public_key().thumbprint());
        Self { key, kid }
    }

    /// The member `credential_request_encryption` of the metadata.
    pub fn metadata(&self) -> Value {
        json!({
            "jwks": { "keys": [self.key.public_jwk(&self.kid).to_value()] },
            "enc_values_supported": names(),
            "encryption_required": false,
        })
    }

    /// Opens an encrypted request.
    ///
    /// # Errors
    /// [`CredentialError::Encryption`] for what was not encrypted to this key in a way that is spoken.
    pub fn open(&self, body: &[u8]) -> Result<Zeroizing<Vec<u8>>, CredentialError> {
        let text = std::str::from_utf8(body).map_err(|_| CredentialError::Encryption)?;
        let limits = Limits { bytes: MAX_REQUEST_BYTES, ..Limits::default() };
        let opened = jwe::decrypt(text.trim(), &self.key, &ENCRYPTIONS, &limits);
        let opened = opened.map_err(|_| CredentialError::Encryption)?;
        if opened.header.kid().is_some_and(|kid| kid != self.kid) || opened.header.get("zip").is_some() {
            return Err(CredentialError::Encryption);
        }
        Ok(opened.payload)
    }
}

/// The member `credential_response_encryption` of the metadata.
pub fn response_metadata() -> Value {
    json!({ "alg_values_supported": ["ECDH-ES"], "enc_values_supported": names(), "encryption_required": false })
}

fn names() -> Vec<&'static str> {
    ENCRYPTIONS.iter().map(|enc| enc.as_jose()).collect()
}

/// How an answer is to be encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseEncryption {
    recipient: Jwk,
    enc: Enc,
}

impl ResponseEncryption {
    /// Reads the member of an encrypted request.
    pub(super) fn read(members: &Map<String, Value>) -> Result<Option<Self>, CredentialError> {
        let Some(value) = members.get("credential_response_encryption") else { return Ok(None) };
        let enc = value.get("enc").and_then(Value::as_str).and_then(Enc::from_jose);
        let enc = enc.filter(|enc| ENCRYPTIONS.contains(enc)).ok_or(CredentialError::Encryption)?;
        let recipient = value.get("jwk").and_then(|jwk| Jwk::from_value(jwk).ok());
        let recipient = recipient.ok_or(CredentialError::Encryption)?;
        // A point that is not on the curve would be told when it is too late to refuse.
        let usable = recipient.alg.as_deref() == Some("ECDH-ES") && on_curve(&recipient);
        if !usable || value.get("zip").is_some() {
            return Err(CredentialError::Encryption);
        }
        Ok(Some(Self { recipient, enc }))
    }

    /// An answer, for the wallet alone.
    ///
    /// # Errors
    /// [`CredentialError::Encryption`] when the wallet's key turns out to be unusable.
    pub fn seal(&self, response: &impl Serialize, entropy: &mut dyn Entropy) -> Result<String, CredentialError> {
        let body = serde_json::to_vec(response).map_err(|_| CredentialError::Encryption)?;
        let sealed = jwe::encrypt(&body, &self.recipient, self.enc, PartyInfo::default(), entropy);
        sealed.map_err(|_| CredentialError::Encryption)
    }
}

fn on_curve(jwk: &Jwk) -> bool {
    let bare = Jwk { alg: None, public_key_use: None, ..jwk.clone() };
    bare.crv.as_deref() == Some("P-256") && PublicKey::from_jwk(&bare).is_ok()
}
