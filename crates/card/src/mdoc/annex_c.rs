//! The envelope of ISO/IEC 18013-7 annex C: requests and answers of the protocol `org-iso-mdoc` over the Digital
//! Credentials API, encrypted by HPKE.

use std::fmt;

use mibun_crypto::base64url;
use mibun_crypto::cbor::{self, Item, Value};
use mibun_crypto::entropy::Entropy;
use mibun_crypto::hpke::{self, HpkeError};
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::key::{Algorithm, PublicKey};
use zeroize::Zeroizing;

use super::{LIMITS, MdocError, SessionTranscript};

/// The name of the protocol in the Digital Credentials API.
pub const PROTOCOL: &str = "org-iso-mdoc";
/// The first element of both envelopes.
const KIND: &str = "dcapi";
/// Fewest bytes of a nonce (annex C.2).
const MIN_NONCE: usize = 16;

/// `EncryptionInfo`: whom the answer is encrypted to.
#[derive(Clone, PartialEq)]
pub struct EncryptionInfo {
    /// At least 16 random bytes.
    pub nonce: Vec<u8>,
    /// The reader's key of this one request, on P-256.
    pub recipient: PublicKey,
}

/// Why an envelope is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnnexCError {
    /// Not base64url without padding.
    #[error("not base64url")]
    Base64,
    /// Not CBOR as it is accepted, or a key that is not.
    #[error(transparent)]
    Mdoc(#[from] MdocError),
    /// Not an envelope of this kind, or a member is missing or malformed.
    #[error("{0} is missing or malformed")]
    Member(&'static str),
    /// The nonce is shorter than 16 bytes.
    #[error("the nonce is too short")]
    ShortNonce,
    /// The message itself.
    #[error(transparent)]
    Hpke(#[from] HpkeError),
}

impl EncryptionInfo {
    /// For the holder of `key`, with a nonce of 16 bytes.
    pub fn new(key: &EphemeralKey, entropy: &mut dyn Entropy) -> Self {
        let nonce: [u8; MIN_NONCE] = entropy.bytes();
        Self { nonce: nonce.to_vec(), recipient: key.public_key() }
    }

    /// The text that goes into the request, and into the transcript.
    pub fn to_base64url(&self) -> String {
        let members =
            [("nonce", Value::Bytes(self.nonce.clone())), ("recipientPublicKey", self.recipient.to_cose_key())];
        base64url::encode(&Value::Array(vec![KIND.into(), Value::object(members)]).to_bytes())
    }

    /// Reads the text of a request.
    ///
    /// # Errors
    /// [`AnnexCError`].
    pub fn from_base64url(text: &str) -> Result<Self, AnnexCError> {
        let bytes = decode(text)?;
        let item = cbor::parse(&bytes, &LIMITS).map_err(MdocError::from)?;
        let inner = envelope(&item, "EncryptionInfo")?;
        let nonce = inner.get("nonce").and_then(Item::bytes).ok_or(AnnexCError::Member("nonce"))?;
        if nonce.len() < MIN_NONCE {
            return Err(AnnexCError::ShortNonce);
        }
        let key = inner.get("recipientPublicKey").ok_or(AnnexCError::Member("recipientPublicKey"))?;
        let recipient = PublicKey::from_cose_key(key).map_err(MdocError::Key)?;
        if recipient.algorithm() != Algorithm::Es256 {
            return Err(AnnexCError::Hpke(HpkeError::PublicKey));
        }
        Ok(Self { nonce: nonce.to_vec(), recipient })
    }
}

/// Encrypts a `DeviceResponse` in the session of `transcript`; the text goes into the answer.
///
/// # Errors
/// [`AnnexCError::Hpke`].
pub fn seal(
    response: &[u8],
    info: &EncryptionInfo,
    transcript: &SessionTranscript,
    entropy: &mut dyn Entropy,
) -> Result<String, AnnexCError> {
    let sealed = hpke::seal(response, &info.recipient, transcript.as_bytes(), &[], entropy)?;
    let members = [("enc", Value::Bytes(sealed.enc.to_vec())), ("cipherText", Value::Bytes(sealed.ciphertext))];
    Ok(base64url::encode(&Value::Array(vec![KIND.into(), Value::object(members)]).to_bytes()))
}

/// The `DeviceResponse` in an answer to `key`.
///
/// # Errors
/// [`AnnexCError`].
pub fn open(
    answer: &str,
    key: &EphemeralKey,
    transcript: &SessionTranscript,
) -> Result<Zeroizing<Vec<u8>>, AnnexCError> {
    let bytes = decode(answer)?;
    let item = cbor::parse(&bytes, &LIMITS).map_err(MdocError::from)?;
    let inner = envelope(&item, "EncryptedResponse")?;
    let part = |name| inner.get(name).and_then(Item::bytes).ok_or(AnnexCError::Member(name));
    Ok(hpke::open(part("enc")?, part("cipherText")?, key, transcript.as_bytes(), &[])?)
}

fn decode(text: &str) -> Result<Vec<u8>, AnnexCError> {
    if text.len() > LIMITS.bytes.div_ceil(3) * 4 {
        return Err(AnnexCError::Mdoc(MdocError::Cbor(cbor::CborError::TooLong)));
    }
    base64url::decode(text).map_err(|_| AnnexCError::Base64)
}

fn envelope<'i, 'a>(item: &'i Item<'a>, name: &'static str) -> Result<&'i Item<'a>, AnnexCError> {
    match item.array() {
        Some([kind, inner]) if kind.text() == Some(KIND) && inner.map().is_some() => Ok(inner),
        _ => Err(AnnexCError::Member(name)),
    }
}

impl fmt::Debug for EncryptionInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptionInfo([redacted])")
    }
}
