//! The session that a device's proof belongs to.
//!
//! Whoever passes a proof on to another asker, or answers another request, has another transcript.

use std::fmt;

use mibun_crypto::cbor::{self, Value};
use mibun_crypto::digest::sha256;

use super::{LIMITS, MdocError};

/// `SessionTranscript`: device engagement, reader's key, handover. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionTranscript(Vec<u8>);

impl SessionTranscript {
    /// OpenID4VP 1.0 section B.2.6.1, for answers by redirect or `direct_post`. `response_uri` is the `redirect_uri` where
    /// the request has no other. `key_thumbprint` is that of the key (RFC 7638) which the answer is encrypted to.
    pub fn openid4vp(client_id: &str, nonce: &str, key_thumbprint: Option<&[u8; 32]>, response_uri: &str) -> Self {
        let info = vec![client_id.into(), nonce.into(), thumbprint(key_thumbprint), response_uri.into()];
        Self::of_handover("OpenID4VPHandover", &Value::Array(info))
    }

    /// OpenID4VP 1.0 section B.2.6.2, for answers over the Digital Credentials API. `origin` is bare: without the prefix
    /// `origin:` and without a slash at its end.
    pub fn openid4vp_dc_api(origin: &str, nonce: &str, key_thumbprint: Option<&[u8; 32]>) -> Self {
        let info = vec![origin.into(), nonce.into(), thumbprint(key_thumbprint)];
        Self::of_handover("OpenID4VPDCAPIHandover", &Value::Array(info))
    }

    /// ISO/IEC 18013-7 annex C, for answers over the Digital Credentials API in the protocol `org-iso-mdoc`.
    /// `encryption_info` is base64url, as it was sent.
    pub fn iso_dc_api(encryption_info: &str, origin: &str) -> Self {
        Self::of_handover("dcapi", &Value::Array(vec![encryption_info.into(), origin.into()]))
    }

    /// ISO/IEC 18013-5 section 9.1.5.1: `DeviceEngagementBytes` and `EReaderKeyBytes` (tag 24 included, as they were
    /// exchanged) and the handover, which is null for a QR code.
    ///
    /// # Errors
    /// [`MdocError::Cbor`] for parts that are not CBOR, [`MdocError::Member`] for those not under tag 24.
    pub fn proximity(engagement: &[u8], reader_key: &[u8], handover: &[u8]) -> Result<Self, MdocError> {
        for (bytes, name) in [(engagement, "DeviceEngagementBytes"), (reader_key, "EReaderKeyBytes")] {
            cbor::parse(bytes, &LIMITS)?.encoded().ok_or(MdocError::Member(name))?;
        }
        cbor::parse(handover, &LIMITS)?;
        let parts = [engagement, reader_key, handover].map(|part| Value::Encoded(part.to_vec()));
        Ok(Self(Value::Array(parts.into()).to_bytes()))
    }

    /// A transcript that another program has put together.
    ///
    /// # Errors
    /// [`MdocError::Cbor`], [`MdocError::Member`] for anything but an array of three.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MdocError> {
        let item = cbor::parse(bytes, &LIMITS)?;
        let fits = item.array().is_some_and(|parts| parts.len() == 3);
        if fits { Ok(Self(bytes.to_vec())) } else { Err(MdocError::Member("SessionTranscript")) }
    }

    /// The transcript in CBOR.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// `SessionTranscriptBytes`: the same under tag 24.
    pub fn tagged(&self) -> Vec<u8> {
        Value::embedded(self.0.clone()).to_bytes()
    }

    fn of_handover(name: &str, info: &Value) -> Self {
        let hash = sha256(&info.to_bytes()).to_vec();
        let handover = Value::Array(vec![name.into(), Value::Bytes(hash)]);
        Self(Value::Array(vec![Value::Null, Value::Null, handover]).to_bytes())
    }
}

fn thumbprint(thumbprint: Option<&[u8; 32]>) -> Value {
    thumbprint.map_or(Value::Null, |bytes| Value::Bytes(bytes.to_vec()))
}

impl fmt::Debug for SessionTranscript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionTranscript([redacted])")
    }
}
