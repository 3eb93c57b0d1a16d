//! Parties that are Rust: jsonwebtoken, and sd-jwt-payload, which leaves signatures to its caller and gets jsonwebtoken's.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use jsonwebtoken::{DecodingKey, EncodingKey, Validation};
use mibun_crypto::base64url;
use mibun_crypto::key::{Algorithm, PublicKey, Signer, SoftwareKey};
use sd_jwt_payload::{JsonObject, JwsSigner, RequiredKeyBinding, SdJwt, Sha256Hasher};
use serde_json::{Map, Value};

use crate::ours::Verdict;
use crate::world::{AUDIENCE, NONCE};

pub fn algorithm(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::Es384 => jsonwebtoken::Algorithm::ES384,
        Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        Algorithm::MlDsa65 => panic!("jsonwebtoken does not speak ML-DSA"),
    }
}

pub fn decoding_key(key: &PublicKey) -> DecodingKey {
    let jwk = serde_json::from_value(key.to_jwk().to_value()).expect("a JWK");
    DecodingKey::from_jwk(&jwk).expect("a key that it knows")
}

pub fn encoding_key(key: &SoftwareKey) -> EncodingKey {
    match key.algorithm() {
        Algorithm::EdDsa => EncodingKey::from_ed_der(&key.to_pkcs8_der()),
        Algorithm::Es256 | Algorithm::Es384 => EncodingKey::from_ec_der(&key.to_pkcs8_der()),
        Algorithm::MlDsa65 => panic!("jsonwebtoken does not speak ML-DSA"),
    }
}

/// jsonwebtoken's reading of a signed token; times and audience are not what is compared here.
pub fn jsonwebtoken(token: &str, key: &PublicKey) -> Result<Map<String, Value>, String> {
    let mut validation = Validation::new(algorithm(key.algorithm()));
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let read = jsonwebtoken::decode(token, &decoding_key(key), &validation);
    read.map(|token| token.claims).map_err(|error| format!("{error:?}"))
}

/// sd-jwt-payload's reading of a presentation of a card of `issuer`: form, digests, type and members of the key binding.
/// Signatures are verified with jsonwebtoken, what the key binding is for is compared as its documentation says.
pub fn sd_jwt_payload(presentation: &str, issuer: &PublicKey) -> Result<JsonObject, String> {
    let token = SdJwt::parse(presentation).map_err(|error| format!("sd-jwt-payload: {error}"))?;
    jsonwebtoken(presentation.split('~').next().unwrap_or_default(), issuer)?;
    let proof = token.key_binding_jwt().ok_or("no key binding")?;
    let Some(RequiredKeyBinding::Jwk(jwk)) = token.required_key_bind() else { return Err("no key to bind to".into()) };
    let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(jwk.clone().into()).map_err(|error| error.to_string())?;
    verify_es256(&proof.to_string(), &jwk)?;
    let shown = &presentation[..=presentation.rfind('~').unwrap_or_default()];
    let claims = proof.claims();
    if (claims.aud.as_str(), claims.nonce.as_str()) != (AUDIENCE, NONCE) || claims.sd_hash != digest(shown) {
        return Err("the key binding is for another showing".into());
    }
    token.into_disclosed_object(&Sha256Hasher::new()).map_err(|error| format!("sd-jwt-payload: {error}"))
}

fn verify_es256(token: &str, jwk: &jsonwebtoken::jwk::Jwk) -> Verdict {
    let key = DecodingKey::from_jwk(jwk).map_err(|error| format!("{error:?}"))?;
    let mut validation = Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let read = jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation);
    read.map(drop).map_err(|error| format!("{error:?}"))
}

fn digest(text: &str) -> String {
    sd_jwt_payload::Hasher::encoded_digest(&Sha256Hasher::new(), text)
}

/// Signs for sd-jwt-payload with jsonwebtoken.
pub struct Es256(pub EncodingKey);

#[async_trait]
impl JwsSigner for Es256 {
    type Error = jsonwebtoken::errors::Error;

    async fn sign(&self, header: &JsonObject, payload: &JsonObject) -> Result<Vec<u8>, Self::Error> {
        let parts = [header, payload].map(|part| base64url::encode(Value::Object(part.clone()).to_string().as_bytes()));
        let input = parts.join(".");
        let signature = jsonwebtoken::crypto::sign(input.as_bytes(), &self.0, jsonwebtoken::Algorithm::ES256)?;
        Ok(format!("{input}.{signature}").into_bytes())
    }
}

/// The result of a future that never waits.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}
