//! A wallet that can also do everything wrong.

use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jws;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use serde_json::{Map, Value, json};

use crate::desk::{CONFIGURATION, ISSUER, NOW};

/// The same key for the same name.
pub fn key(name: &str) -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new(name))
}

/// Header and claims of a proof, to be changed before signing.
pub struct Draft {
    pub header: Map<String, Value>,
    pub claims: Value,
}

impl Draft {
    pub fn new(key: &dyn Signer, nonce: &str) -> Self {
        let mut header = Map::new();
        header.insert("typ".to_owned(), "openid4vci-proof+jwt".into());
        header.insert("jwk".to_owned(), key.public_key().to_jwk().to_value());
        Self { header, claims: json!({ "aud": ISSUER, "iat": NOW.0, "nonce": nonce }) }
    }

    pub fn sign(self, key: &dyn Signer) -> String {
        jws::sign(self.header, self.claims.to_string().as_bytes(), key).expect("the key signs")
    }

    /// With a header that `jws::sign` would refuse to write.
    pub fn sign_raw(self, header: &Value, key: &dyn Signer) -> String {
        let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
        let input = format!("{}.{}", part(header), part(&self.claims));
        let signature = key.sign(input.as_bytes()).expect("the key signs");
        format!("{input}.{}", base64url::encode(&signature))
    }
}

/// A good proof of the key of this name.
pub fn proof(name: &str, nonce: &str) -> String {
    let key = key(name);
    Draft::new(&key, nonce).sign(&key)
}

/// A key on another curve.
pub fn other_curve() -> SoftwareKey {
    SoftwareKey::generate_for(Algorithm::Es384, &mut SeededEntropy::new("other curve"))
}

pub fn authorization(token: &mibun_issuing::secret::Secret) -> String {
    format!("Bearer {}", token.expose())
}

/// The body that asks for our card with these proofs.
pub fn body(proofs: &[String]) -> String {
    json!({ "credential_configuration_id": CONFIGURATION, "proofs": { "jwt": proofs } }).to_string()
}
