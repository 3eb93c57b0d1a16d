//! Passkeys (Web Authentication Level 3): the everyday proof that the holder of a full card is there, in place of the ID
//! password.
//!
//! A passkey belongs to the device that was registered with the password, and confirms one text at a time: the challenge is
//! the hash of that text, so an assertion is worth nothing beside another one. The authenticator must have verified its
//! user. Its counter is not looked at: passkeys that follow a person from device to device have none.

use mibun_crypto::base64url;
use mibun_crypto::digest::{constant_time_eq, sha256};
use mibun_crypto::json::{self, JsonError, Limits};
use mibun_crypto::key::{Algorithm, PublicKey};
use serde::{Deserialize, Serialize};
use thiserror::Error;

const LIMITS: Limits = Limits { bytes: 4 * 1024, depth: 4, nodes: 64 };
/// RP id hash, flags and counter; extensions may follow.
const HEAD: usize = 37;
/// Longest authenticator data, in bytes.
const MAX_DATA: usize = 1_024;
/// Longest signature in DER, in bytes.
const MAX_SIGNATURE: usize = 72;
/// The user was present.
const PRESENT: u8 = 0x01;
/// The user was verified.
const VERIFIED: u8 = 0x04;

/// What an authenticator answers to `navigator.credentials.get`; every member in base64url.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// `authenticatorData`.
    pub authenticator_data: String,
    /// `clientDataJSON`.
    pub client_data: String,
    /// ECDSA in DER over both.
    pub signature: String,
}

impl std::fmt::Debug for Assertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Assertion([redacted])")
    }
}

/// Whom passkeys are made for.
#[derive(Debug, Clone, Copy)]
pub struct RelyingParty<'a> {
    /// The host name of the wallet's pages.
    pub id: &'a str,
    /// Their origin.
    pub origin: &'a str,
}

/// Why an assertion confirms nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Not a P-256 key as `SubjectPublicKeyInfo`.
    #[error("the passkey is not on P-256")]
    Key,
    /// A member is not base64url, or too long or short.
    #[error("the assertion is malformed")]
    Form,
    /// The client data is not JSON within bounds.
    #[error("the client data is refused: {0}")]
    Json(#[source] JsonError),
    /// The client data is not of an assertion on a page of its own.
    #[error("the client data is of something else")]
    Type,
    /// Made for another text.
    #[error("the assertion confirms something else")]
    Challenge,
    /// Made on another page.
    #[error("the assertion was made on another page")]
    Origin,
    /// Made for another relying party.
    #[error("the assertion is for somebody else")]
    RelyingParty,
    /// The authenticator did not verify its user.
    #[error("the authenticator did not verify its user")]
    NotVerified,
    /// Not signed by the passkey.
    #[error("the assertion is not signed by the passkey")]
    Signature,
}

/// What of the client data counts; other members may come (section 5.8.1.2).
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

/// The passkey of a DER `SubjectPublicKeyInfo`, as `getPublicKey()` gives it.
///
/// # Errors
/// [`Refusal::Key`].
pub fn key(spki: &[u8]) -> Result<PublicKey, Refusal> {
    let key = PublicKey::from_spki_der(spki).map_err(|_| Refusal::Key)?;
    if key.algorithm() == Algorithm::Es256 { Ok(key) } else { Err(Refusal::Key) }
}

/// Whether the passkey confirms `text` (section 7.2, steps that concern a server).
///
/// # Errors
/// [`Refusal`].
pub fn verify(assertion: &Assertion, text: &[u8], key: &PublicKey, party: &RelyingParty<'_>) -> Result<(), Refusal> {
    let client_data = part(&assertion.client_data, LIMITS.bytes)?;
    let data = part(&assertion.authenticator_data, MAX_DATA)?;
    let signature = part(&assertion.signature, MAX_SIGNATURE)?;
    let said = json::parse(&client_data, &LIMITS).map_err(Refusal::Json)?;
    let said: ClientData = serde_json::from_value(said).map_err(|_| Refusal::Type)?;
    if said.kind != "webauthn.get" || said.cross_origin {
        return Err(Refusal::Type);
    }
    if !constant_time_eq(said.challenge.as_bytes(), base64url::encode(&sha256(text)).as_bytes()) {
        return Err(Refusal::Challenge);
    }
    if said.origin != party.origin {
        return Err(Refusal::Origin);
    }
    let (head, _) = data.split_first_chunk::<HEAD>().ok_or(Refusal::Form)?;
    if head[..32] != sha256(party.id.as_bytes()) {
        return Err(Refusal::RelyingParty);
    }
    if head[32] & (PRESENT | VERIFIED) != PRESENT | VERIFIED {
        return Err(Refusal::NotVerified);
    }
    let signed = [data.as_slice(), &sha256(&client_data)].concat();
    key.verify_der(&signed, &signature).map_err(|_| Refusal::Signature)
}

fn part(text: &str, most: usize) -> Result<Vec<u8>, Refusal> {
    if text.len() > most.div_ceil(3) * 4 {
        return Err(Refusal::Form);
    }
    base64url::decode(text).map_err(|_| Refusal::Form)
}

#[cfg(test)]
pub(crate) mod tests;
