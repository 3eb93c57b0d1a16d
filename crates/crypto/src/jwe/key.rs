//! Keys for receiving one encrypted message.

use std::fmt;

use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use serde_json::Value;
use zeroize::Zeroizing;

use super::JweError;
use crate::base64url;
use crate::entropy::Entropy;
use crate::key::{Algorithm, Jwk, PublicKey, draw_scalar};

/// Bytes of a P-256 coordinate and private number.
const LENGTH: usize = 32;

/// A P-256 key for key agreement: one per message that is awaited, kept sealed until then. `Debug` shows nothing.
pub struct EphemeralKey {
    private: PrivateKey,
    /// The private number, kept for export.
    scalar: Zeroizing<[u8; LENGTH]>,
    /// Uncompressed point.
    public: Vec<u8>,
}

impl EphemeralKey {
    /// A new key.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        draw_scalar(LENGTH, entropy, |candidate| Self::from_bytes(candidate).ok())
    }

    /// The key of a private number of 32 bytes, as it came out of its seal.
    pub fn from_bytes(scalar: &[u8]) -> Result<Self, JweError> {
        let scalar: [u8; LENGTH] = scalar.try_into().map_err(|_| JweError::PublicKey)?;
        let scalar = Zeroizing::new(scalar);
        let private = PrivateKey::from_private_key(&ECDH_P256, scalar.as_slice()).map_err(|_| JweError::PublicKey)?;
        let public = private.compute_public_key().map_err(|_| JweError::PublicKey)?.as_ref().to_vec();
        Ok(Self { private, scalar, public })
    }

    /// The private number, to be sealed.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.scalar.to_vec())
    }

    /// The key of a private JWK, whose public members must belong to it.
    pub fn from_jwk(jwk: &Value) -> Result<Self, JweError> {
        let members = jwk.as_object().ok_or(JweError::PublicKey)?;
        let public = Jwk::public_members(members).map_err(|_| JweError::PublicKey)?;
        let private = members.get("d").and_then(Value::as_str).ok_or(JweError::PublicKey)?;
        let private = Zeroizing::new(base64url::decode(private).map_err(|_| JweError::PublicKey)?);
        let key = Self::from_bytes(&private)?;
        if point(&public)? == key.public { Ok(key) } else { Err(JweError::PublicKey) }
    }

    /// The key as a private JWK. The caller holds an unprotected secret from then on.
    pub fn to_jwk(&self) -> Value {
        let mut jwk = self.bare_jwk().to_value();
        jwk["d"] = Value::from(base64url::encode(self.scalar.as_slice()));
        jwk
    }

    /// The public half as it is published for senders: with `kid`, `use` and `alg`.
    pub fn public_jwk(&self, kid: &str) -> Jwk {
        Jwk {
            kid: Some(kid.to_owned()),
            public_key_use: Some("enc".to_owned()),
            alg: Some("ECDH-ES".to_owned()),
            ..self.bare_jwk()
        }
    }

    /// The public half as kty, crv, x and y alone: an `epk`.
    pub(super) fn bare_jwk(&self) -> Jwk {
        let (x, y) = self.public[1..].split_at(LENGTH);
        Jwk {
            kty: "EC".to_owned(),
            crv: Some("P-256".to_owned()),
            x: Some(base64url::encode(x)),
            y: Some(base64url::encode(y)),
            ..Jwk::default()
        }
    }

    /// The public half as an uncompressed point.
    pub(crate) fn point(&self) -> &[u8] {
        &self.public
    }

    pub(crate) fn private(&self) -> &PrivateKey {
        &self.private
    }

    /// The public half, as other encodings than JWK carry it.
    pub fn public_key(&self) -> PublicKey {
        PublicKey::from_bytes(Algorithm::Es256, self.public.clone())
            .expect("the point of a private number is on the curve")
    }

    /// The shared secret with the holder of `peer`, which is checked to be a point on the curve. It is no key yet: give
    /// it to a key derivation function.
    pub fn agree(&self, peer: &Jwk) -> Result<Zeroizing<Vec<u8>>, JweError> {
        let peer = UnparsedPublicKey::new(&ECDH_P256, point(peer)?);
        agreement::agree(&self.private, peer, JweError::PublicKey, |secret| Ok(Zeroizing::new(secret.to_vec())))
    }
}

/// The uncompressed point that a JWK spells; not yet known to lie on the curve.
fn point(jwk: &Jwk) -> Result<Vec<u8>, JweError> {
    let right_kind = jwk.kty == "EC" && jwk.crv.as_deref() == Some("P-256");
    let right_use = matches!(jwk.public_key_use.as_deref(), None | Some("enc"))
        && matches!(jwk.alg.as_deref(), None | Some("ECDH-ES"))
        // Browsers export public agreement keys with no operation at all.
        && (jwk.permits(&["deriveKey", "deriveBits"]) || jwk.key_ops.as_ref().is_some_and(Vec::is_empty));
    if !right_kind || !right_use {
        return Err(JweError::PublicKey);
    }
    let mut point = vec![0x04];
    for text in [&jwk.x, &jwk.y] {
        let text = text.as_deref().ok_or(JweError::PublicKey)?;
        let bytes = base64url::decode(text).map_err(|_| JweError::PublicKey)?;
        if bytes.len() != LENGTH {
            return Err(JweError::PublicKey);
        }
        point.extend(bytes);
    }
    Ok(point)
}

impl fmt::Debug for EphemeralKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EphemeralKey([redacted])")
    }
}
