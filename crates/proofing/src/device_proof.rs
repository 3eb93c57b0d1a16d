//! The proof that a device has the key it names: for becoming a person's device, for beginning to sign in, and for what a
//! signed-in holder asks for.
//!
//! A JWS (RFC 7515) with a `typ` of its own per use, which carries its key, the authority it is for, a nonce of the
//! authority, and the SHA-256 hash of what it goes with: the access token of the grant, the first message of the password
//! exchange, or the request. Taken from one request, it is worth nothing beside another.

use mibun_crypto::base64url;
use mibun_crypto::digest::sha256;
use mibun_crypto::json::Limits;
use mibun_crypto::jws::{self, JwsError, JwsSignError};
use mibun_crypto::key::{Algorithm, PublicKey, Signer};
use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Map;
use thiserror::Error;

/// Seconds that a proof may be old.
pub const MAX_AGE_S: i64 = 300;
/// Seconds that the device's clock may be ahead.
pub const MAX_SKEW_S: i64 = 60;

const LIMITS: Limits = Limits { bytes: 4 * 1024, depth: 3, nodes: 32 };

/// What a proof is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To become the device of a person; goes with the access token of the grant.
    Registration,
    /// To begin to sign in; goes with the first message of the password exchange.
    SignIn,
    /// To change the ID password; goes with the sign-in's name and the new registration record.
    PasswordChange,
    /// To be given a copy of what the authority keeps; goes with the sign-in's name, like those below.
    History,
    /// To be given a revocation code.
    RevocationCode,
    /// To add a passkey; goes with the sign-in's name, and credential and key of the passkey.
    Passkey,
    /// To have everything erased that the card needed.
    Erasure,
}

impl Purpose {
    /// The `typ` of its proofs.
    pub const fn typ(self) -> &'static str {
        match self {
            Self::Registration => "mibun-device-registration+jwt",
            Self::SignIn => "mibun-device-sign-in+jwt",
            Self::PasswordChange => "mibun-password-change+jwt",
            Self::History => "mibun-history-request+jwt",
            Self::RevocationCode => "mibun-revocation-code-request+jwt",
            Self::Passkey => "mibun-passkey-registration+jwt",
            Self::Erasure => "mibun-erasure-request+jwt",
        }
    }
}

/// What a proof is to say, and what it is held against.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What for.
    pub purpose: Purpose,
    /// The authority: its issuer identifier.
    pub authority: &'a str,
    /// What the proof goes with.
    pub over: &'a [u8],
    /// Now.
    pub now: Timestamp,
}

/// A device that has shown its key. Its nonce has not been looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The device's key.
    pub key: PublicKey,
    /// The nonce as sent.
    pub nonce: String,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No acceptable JWS: too long, cut short, of another algorithm, `none` among them.
    #[error("the proof is refused: {0}")]
    Form(#[source] JwsError),
    /// A message that was signed for something else.
    #[error("the proof is for something else")]
    Type,
    /// Another algorithm than ES256, or no key, or one that is none.
    #[error("the proof carries no usable key")]
    Key,
    /// Not signed by the key that it carries.
    #[error("the proof is not signed by its key")]
    Signature,
    /// The payload is not JSON within bounds, or a member is missing, unknown or of the wrong kind.
    #[error("the payload of the proof is malformed")]
    Payload,
    /// For another authority.
    #[error("the proof is for another authority")]
    Authority,
    /// Made beside something else than what came with it.
    #[error("the proof goes with something else")]
    Over,
    /// Older than [`MAX_AGE_S`].
    #[error("the proof is too old")]
    Stale,
    /// Further ahead than [`MAX_SKEW_S`].
    #[error("the proof is from the future")]
    Future,
}

/// The payload.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    aud: String,
    iat: Timestamp,
    nonce: String,
    over: String,
}

/// Makes a proof with the device's key.
///
/// # Errors
/// [`JwsSignError`] when the key does not sign.
pub fn make(context: &Context<'_>, nonce: &str, device: &dyn Signer) -> Result<String, JwsSignError> {
    let mut header = Map::new();
    header.insert("typ".to_owned(), context.purpose.typ().into());
    header.insert("jwk".to_owned(), device.public_key().to_jwk().to_value());
    let claims = Claims {
        aud: context.authority.to_owned(),
        iat: context.now,
        nonce: nonce.to_owned(),
        over: digest(context.over),
    };
    let payload = serde_json::to_vec(&claims).expect("claims are JSON");
    jws::sign(header, &payload, device)
}

/// Checks a proof, all but the nonce.
///
/// # Errors
/// [`Refusal`].
pub fn verify(proof: &str, expected: &Context<'_>) -> Result<Proven, Refusal> {
    let jws = jws::parse(proof, &LIMITS).map_err(Refusal::Form)?;
    if jws.header().typ() != Some(expected.purpose.typ()) {
        return Err(Refusal::Type);
    }
    let key = jws.header().jwk().and_then(|jwk| PublicKey::from_jwk(jwk).ok()).ok_or(Refusal::Key)?;
    if key.algorithm() != Algorithm::Es256 {
        return Err(Refusal::Key);
    }
    jws.verify(&key).map_err(|_| Refusal::Signature)?;
    let payload = jws.payload_json(&LIMITS).map_err(|_| Refusal::Payload)?;
    let claims: Claims = serde_json::from_value(payload).map_err(|_| Refusal::Payload)?;
    if claims.aud != expected.authority {
        return Err(Refusal::Authority);
    }
    if claims.over != digest(expected.over) {
        return Err(Refusal::Over);
    }
    let age = expected.now.seconds_since(claims.iat);
    if age > MAX_AGE_S {
        return Err(Refusal::Stale);
    }
    if age < -MAX_SKEW_S { Err(Refusal::Future) } else { Ok(Proven { key, nonce: claims.nonce }) }
}

fn digest(over: &[u8]) -> String {
    base64url::encode(&sha256(over))
}

impl std::fmt::Debug for Context<'_> {
    /// What a proof goes with may open something.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
