//! The asker's encryption keys: which is usable, and how the answer is encrypted.

use mibun_crypto::jwe::Enc;
use mibun_crypto::key::{Jwk, PublicKey};
use serde_json::{Map, Value};

use super::{RequestError, ResponseWay};
use crate::members;

/// Chooses key and encryption from `client_metadata`.
pub(super) fn choose(metadata: &Map<String, Value>) -> Result<ResponseWay, RequestError> {
    let jwks = members::object(metadata, "jwks")?.ok_or(RequestError::Missing("jwks"))?;
    let keys = members::array(jwks, "keys")?.ok_or(RequestError::Missing("keys"))?;
    let key = keys.iter().find_map(usable).ok_or(RequestError::NoUsableKey)?;
    Ok(ResponseWay::Encrypted { key: Box::new(key), enc: strongest(metadata)? })
}

/// A P-256 key for ECDH-ES with a name. Anything else in the set is somebody else's key and is skipped.
fn usable(value: &Value) -> Option<Jwk> {
    let jwk = Jwk::from_value(value).ok()?;
    let fits = jwk.alg.as_deref() == Some("ECDH-ES")
        && jwk.crv.as_deref() == Some("P-256")
        && matches!(jwk.public_key_use.as_deref(), None | Some("enc"))
        && jwk.kid.is_some()
        && jwk
            .key_ops
            .as_ref()
            .is_none_or(|ops| ops.is_empty() || ops.iter().any(|one| AGREEMENT.contains(&one.as_str())));
    // Only a point on the curve is a key: the others would leak the sender's secret.
    (fits && point_of(&jwk).is_some()).then_some(jwk)
}

/// The bare public key, if it is on its curve. What it is for would keep it from being read as one for signatures.
pub(crate) fn point_of(jwk: &Jwk) -> Option<PublicKey> {
    let bare = Jwk { alg: None, public_key_use: None, key_ops: None, ..jwk.clone() };
    PublicKey::from_jwk(&bare).ok()
}

const AGREEMENT: [&str; 2] = ["deriveKey", "deriveBits"];

fn strongest(metadata: &Map<String, Value>) -> Result<Enc, RequestError> {
    let Some(offered) = members::array(metadata, "encrypted_response_enc_values_supported")? else {
        return Ok(Enc::A128Gcm);
    };
    let offers = |enc: &Enc| offered.iter().any(|value| value.as_str() == Some(enc.as_jose()));
    [Enc::A256Gcm, Enc::A128Gcm].into_iter().find(offers).ok_or(RequestError::NoCommonEncryption)
}
