//! The issuer's words under its signature (OpenID4VCI 1.0 12.2.3).

use mibun_crypto::base64url;
use mibun_crypto::jws::{self, JwsSignError};
use mibun_crypto::key::Signer;
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value, json};

use super::IssuerMetadata;

/// The media type in the header.
pub const TYPE: &str = "openidvci-issuer-metadata+jwt";

impl IssuerMetadata {
    /// The metadata as a signed token. `x5c` holds the signer's certificates, leaf first, without the anchor.
    ///
    /// # Errors
    /// [`JwsSignError`] when the key does not sign.
    pub fn sign(&self, x5c: &[Vec<u8>], now: Timestamp, signer: &dyn Signer) -> Result<String, JwsSignError> {
        let mut claims = serde_json::to_value(self).unwrap_or_default();
        claims["sub"] = self.credential_issuer.as_str().into();
        claims["iss"] = self.credential_issuer.as_str().into();
        claims["iat"] = now.0.into();
        let mut header = Map::new();
        header.insert("typ".to_owned(), TYPE.into());
        let chain: Vec<Value> = x5c.iter().map(|der| base64url::encode_standard(der).into()).collect();
        header.insert("x5c".to_owned(), json!(chain));
        jws::sign(header, claims.to_string().as_bytes(), signer)
    }
}
