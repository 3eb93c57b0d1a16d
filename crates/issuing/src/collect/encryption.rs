//! Requests and answers that nobody between can read, from the wallet's side (OpenID4VCI 1.0 10).

use mibun_crypto::entropy::Entropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::{self, Enc, EphemeralKey, PartyInfo};
use mibun_crypto::key::Jwk;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::CollectError;
use crate::credential::ENCRYPTIONS;
use crate::exchange::{HttpRequest, HttpResponse};
use crate::metadata::IssuerMetadata;

/// Bounds of an answer: ten cards with portraits.
const LIMITS: Limits = Limits { bytes: 12 * 1024 * 1024, depth: 8, nodes: 500 };
const KID: &str = "answer";

/// How both directions are encrypted.
pub struct Envelope {
    recipient: Jwk,
    request: Enc,
    answer: Enc,
    key: EphemeralKey,
}

/// What the issuer's metadata allows.
pub enum Offered {
    /// Nothing has to be encrypted, or nothing can be.
    Plain,
    /// Both directions are.
    Both { recipient: Box<Jwk>, request: Enc, answer: Enc },
}

impl Offered {
    /// Reads the two members of the metadata.
    ///
    /// # Errors
    /// [`CollectError::Unsupported`] when encryption is demanded in no way that is spoken here.
    pub fn read(issuer: &IssuerMetadata) -> Result<Self, CollectError> {
        let (request, answer) = (&issuer.credential_request_encryption, &issuer.credential_response_encryption);
        let demanded = |value: &Option<Value>| {
            value.as_ref().and_then(|value| value.get("encryption_required")).and_then(Value::as_bool) == Some(true)
        };
        let both = request.as_ref().zip(answer.as_ref()).and_then(|(request, answer)| {
            let algorithms = answer.get("alg_values_supported").and_then(Value::as_array)?;
            algorithms.iter().any(|name| name == "ECDH-ES").then_some(())?;
            Some(Self::Both { recipient: Box::new(recipient(request)?), request: enc(request)?, answer: enc(answer)? })
        });
        match both {
            Some(both) => Ok(both),
            None if demanded(request) || demanded(answer) => Err(CollectError::Unsupported),
            None => Ok(Self::Plain),
        }
    }

    /// An envelope with a new key for the answer; none where nothing is encrypted.
    pub fn envelope(self, entropy: &mut dyn Entropy) -> Option<Envelope> {
        match self {
            Self::Plain => None,
            Self::Both { recipient, request, answer } => {
                Some(Envelope { recipient: *recipient, request, answer, key: EphemeralKey::generate(entropy) })
            }
        }
    }
}

/// The first key that can be encrypted to.
fn recipient(request: &Value) -> Option<Jwk> {
    let keys = request.get("jwks")?.get("keys")?.as_array()?;
    keys.iter().filter_map(|key| Jwk::from_value(key).ok()).find(|key| {
        let usable = key.alg.as_deref().is_none_or(|alg| alg == "ECDH-ES");
        usable && key.kid.is_some() && key.crv.as_deref() == Some("P-256")
    })
}

/// The strongest content encryption that both speak.
fn enc(member: &Value) -> Option<Enc> {
    let names = member.get("enc_values_supported")?.as_array()?;
    ENCRYPTIONS.into_iter().find(|enc| names.iter().any(|name| name == enc.as_jose()))
}

impl Envelope {
    /// The request, closed; the key for the answer is in it.
    pub fn request(
        &self,
        endpoint: &str,
        mut body: Value,
        entropy: &mut dyn Entropy,
    ) -> Result<HttpRequest, CollectError> {
        let jwk = self.key.public_jwk(KID).to_value();
        body["credential_response_encryption"] = json!({ "jwk": jwk, "enc": self.answer.as_jose() });
        let payload = body.to_string();
        let sealed = jwe::encrypt(payload.as_bytes(), &self.recipient, self.request, PartyInfo::default(), entropy);
        Ok(HttpRequest::post_jwt(endpoint, sealed.map_err(|_| CollectError::Encryption)?))
    }

    /// The answer, opened. One in the clear is not what was asked for.
    pub fn open(&self, response: &HttpResponse) -> Result<Zeroizing<Vec<u8>>, CollectError> {
        let text = std::str::from_utf8(&response.body).map_err(|_| CollectError::Encryption)?;
        let opened = jwe::decrypt(text.trim(), &self.key, &[self.answer], &LIMITS);
        opened.map(|opened| opened.payload).map_err(|_| CollectError::Encryption)
    }
}
