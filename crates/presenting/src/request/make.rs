//! The asker's side: from what is wanted to a signed request object.

use mibun_crypto::base64url;
use mibun_crypto::jws::{self, JwsSignError};
use mibun_crypto::key::{Jwk, Signer};
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;

use super::{REQUEST_TYP, STATIC_AUDIENCE, SceneNotice, client_id};
use crate::dcql::{Query, SD_JWT_VC};

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
    /// What for.
    pub notice: Option<&'a SceneNotice>,
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
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] JwsSignError),
}

impl AccessIdentity<'_> {
    /// The client identifier, or `None` without certificates.
    pub fn client_id(&self) -> Option<String> {
        self.chain.first().map(|leaf| client_id(leaf))
    }
}

impl RequestSpec<'_> {
    /// The signed request object (`application/oauth-authz-req+jwt`).
    pub fn sign(&self, identity: &AccessIdentity<'_>) -> Result<String, MakeError> {
        let client_id = identity.client_id().ok_or(MakeError::NoCertificate)?;
        let x5c: Vec<_> = identity.chain.iter().map(|der| Value::from(base64url::encode_standard(der))).collect();
        let mut header = Map::new();
        header.insert("typ".into(), REQUEST_TYP.into());
        header.insert("x5c".into(), x5c.into());
        let payload = self.payload(&client_id).to_string();
        Ok(jws::sign(header, payload.as_bytes(), identity.signer)?)
    }

    fn payload(&self, client_id: &str) -> Value {
        let mut payload = json!({
            "client_id": client_id,
            "aud": STATIC_AUDIENCE,
            "response_type": "vp_token",
            "response_mode": self.response_mode(),
            "response_uri": self.response_uri.as_str(),
            "nonce": self.nonce,
            "state": self.state,
            "dcql_query": self.query.to_value(),
            "client_metadata": self.client_metadata(),
            "iat": self.issued_at,
            "exp": self.expires_at,
        });
        if let Some(wallet_nonce) = self.wallet_nonce {
            payload["wallet_nonce"] = wallet_nonce.into();
        }
        if let Some(notice) = self.notice {
            payload["verifier_info"] = json!([notice.to_entry()]);
        }
        payload
    }

    const fn response_mode(&self) -> &'static str {
        match self.answer_by {
            AnswerBy::DirectPost => "direct_post",
            AnswerBy::DirectPostJwt(_) => "direct_post.jwt",
        }
    }

    fn client_metadata(&self) -> Value {
        let algorithms = json!({ "sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"] });
        let mut metadata = json!({ "vp_formats_supported": { SD_JWT_VC: algorithms } });
        if let AnswerBy::DirectPostJwt(key) = self.answer_by {
            metadata["jwks"] = json!({ "keys": [key] });
            // HAIP 1.0: both must be listed, the wallet prefers the stronger.
            metadata["encrypted_response_enc_values_supported"] = json!(["A256GCM", "A128GCM"]);
        }
        metadata
    }
}
