//! Closing and opening the envelope.

use std::fmt;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Enc, EphemeralKey, Header, JweError, MAX_HEADER_BYTES};
use crate::aead::{Cipher, NONCE_LENGTH, TAG_LENGTH};
use crate::base64url;
use crate::digest::sha256;
use crate::entropy::Entropy;
use crate::json::Limits;
use crate::key::Jwk;

/// What is mixed into the content key about the two sides (RFC 7518 section 4.6.1); absent where `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PartyInfo<'a> {
    /// About the sender.
    pub apu: Option<&'a [u8]>,
    /// About the receiver.
    pub apv: Option<&'a [u8]>,
}

/// An opened envelope.
#[derive(Clone)]
pub struct Decrypted {
    /// The header, which is authenticated together with the payload.
    pub header: Header,
    /// The content.
    pub payload: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Decrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decrypted([redacted])")
    }
}

/// `payload` for the holder of `recipient` alone. The recipient's `kid` goes into the header when there is one.
pub fn encrypt(
    payload: &[u8],
    recipient: &Jwk,
    enc: Enc,
    party: PartyInfo<'_>,
    entropy: &mut dyn Entropy,
) -> Result<String, JweError> {
    let sender = EphemeralKey::generate(entropy);
    let header = header_for(recipient, enc, party, &sender);
    let header = base64url::encode(header.to_string().as_bytes());
    let secret = sender.agree(recipient)?;
    let cipher = cipher(enc, &secret, party.apu.unwrap_or_default(), party.apv.unwrap_or_default());
    let nonce: [u8; NONCE_LENGTH] = entropy.bytes();
    let mut content = payload.to_vec();
    let tag = cipher.seal(nonce, header.as_bytes(), &mut content);
    let parts = [nonce.as_slice(), &content, &tag].map(base64url::encode);
    // The second part is the encrypted key, of which direct agreement has none.
    Ok(format!("{header}..{}", parts.join(".")))
}

/// Opens what was encrypted to `key`. `allowed` are the content encryptions that the receiver announced;
/// `limits.bytes` bounds the whole text.
pub fn decrypt(text: &str, key: &EphemeralKey, allowed: &[Enc], limits: &Limits) -> Result<Decrypted, JweError> {
    if text.len() > limits.bytes {
        return Err(JweError::TooLong);
    }
    let parts: Vec<&str> = text.splitn(6, '.').collect();
    let [encoded_header, "", nonce, content, tag] = parts.as_slice() else {
        return Err(JweError::Form);
    };
    if encoded_header.len() > MAX_HEADER_BYTES.div_ceil(3) * 4 {
        return Err(JweError::TooLong);
    }
    let header = Header::parse(&part(encoded_header)?, limits)?;
    if !allowed.contains(&header.enc()) {
        return Err(JweError::Encryption);
    }
    let nonce: [u8; NONCE_LENGTH] = part(nonce)?.try_into().map_err(|_| JweError::Form)?;
    let tag: [u8; TAG_LENGTH] = part(tag)?.try_into().map_err(|_| JweError::Form)?;
    let body = [part(content)?, tag.to_vec()].concat();
    let cipher = cipher(header.enc(), &key.agree(header.epk())?, header.apu(), header.apv());
    let payload = cipher.open(nonce, encoded_header.as_bytes(), &body).ok_or(JweError::Decryption)?;
    Ok(Decrypted { header, payload })
}

fn header_for(recipient: &Jwk, enc: Enc, party: PartyInfo<'_>, sender: &EphemeralKey) -> Value {
    let mut header = json!({"alg": "ECDH-ES", "enc": enc.as_jose(), "epk": sender.bare_jwk().to_value()});
    if let Some(kid) = &recipient.kid {
        header["kid"] = Value::from(kid.clone());
    }
    for (name, info) in [("apu", party.apu), ("apv", party.apv)] {
        if let Some(info) = info {
            header[name] = Value::from(base64url::encode(info));
        }
    }
    header
}

fn cipher(enc: Enc, secret: &[u8], apu: &[u8], apv: &[u8]) -> Cipher {
    let key = content_key(enc, secret, apu, apv);
    Cipher::new(&key).expect("the derived key has the length of its cipher")
}

/// The content key: one round of the Concat KDF with SHA-256 (NIST SP 800-56A 5.8.1), laid out as in RFC 7518 section
/// 4.6.2. One round gives 256 bits, which is the longest key here.
pub(super) fn content_key(enc: Enc, secret: &[u8], apu: &[u8], apv: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut input = Zeroizing::new(Vec::with_capacity(secret.len() + apu.len() + apv.len() + 32));
    input.extend_from_slice(&1_u32.to_be_bytes());
    input.extend_from_slice(secret);
    for part in [enc.as_jose().as_bytes(), apu, apv] {
        // The header bounds these to a few KiB, so the length fits.
        input.extend_from_slice(&(part.len() as u32).to_be_bytes());
        input.extend_from_slice(part);
    }
    input.extend_from_slice(&(8 * enc.key_length() as u32).to_be_bytes());
    let round = Zeroizing::new(sha256(&input));
    Zeroizing::new(round[..enc.key_length()].to_vec())
}

fn part(text: &str) -> Result<Vec<u8>, JweError> {
    base64url::decode(text).map_err(|_| JweError::Form)
}
