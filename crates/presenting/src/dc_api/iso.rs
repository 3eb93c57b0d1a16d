//! `org-iso-mdoc` (ISO/IEC 18013-7 annex C): the envelope of a call and of its answer. What is inside is CBOR, and HPKE
//! around the answer; whoever speaks mdoc reads it.

use mibun_crypto::base64url;
use serde_json::{Map, Value, json};

use super::Origin;
use crate::members;
use crate::session::Handover;

/// The data of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsoRequest {
    /// `DeviceRequest` in CBOR.
    pub device_request: Vec<u8>,
    /// `EncryptionInfo` in CBOR: nonce and public key of the asker.
    pub encryption_info: Vec<u8>,
    /// `encryptionInfo` as received: the transcript is made over this text.
    encoded_info: String,
}

/// The data of an answer: `EncryptedResponse` in CBOR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsoAnswer(pub Vec<u8>);

/// Why an envelope is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IsoError {
    /// Not an object.
    #[error("the data are not an object")]
    NotAnObject,
    /// A member is missing, no text or not base64url.
    #[error("{0} is missing or not base64url")]
    Member(&'static str),
}

impl IsoRequest {
    /// A call with these two, in CBOR.
    pub fn new(device_request: Vec<u8>, encryption_info: Vec<u8>) -> Self {
        let encoded_info = base64url::encode(&encryption_info);
        Self { device_request, encryption_info, encoded_info }
    }

    /// Reads the data of a call. Members that are not known are ignored.
    ///
    /// # Errors
    /// [`IsoError`].
    pub fn read(data: &Value) -> Result<Self, IsoError> {
        let data = data.as_object().ok_or(IsoError::NotAnObject)?;
        let (_, device_request) = binary(data, "deviceRequest")?;
        let (encoded_info, encryption_info) = binary(data, "encryptionInfo")?;
        Ok(Self { device_request, encryption_info, encoded_info: encoded_info.to_owned() })
    }

    /// The data of a call.
    pub fn to_value(&self) -> Value {
        json!({ "deviceRequest": base64url::encode(&self.device_request), "encryptionInfo": self.encoded_info })
    }

    /// What the answer is bound to when the page at `origin` calls.
    pub fn handover(&self, origin: &Origin) -> Handover {
        Handover::IsoDcApi { encryption_info: self.encoded_info.clone(), origin: origin.as_str().to_owned() }
    }
}

impl IsoAnswer {
    /// Reads the data of an answer.
    ///
    /// # Errors
    /// [`IsoError`].
    pub fn read(data: &Value) -> Result<Self, IsoError> {
        let data = data.as_object().ok_or(IsoError::NotAnObject)?;
        Ok(Self(binary(data, "response")?.1))
    }

    /// The data of an answer.
    pub fn to_value(&self) -> Value {
        json!({ "response": base64url::encode(&self.0) })
    }
}

fn binary<'a>(data: &'a Map<String, Value>, name: &'static str) -> Result<(&'a str, Vec<u8>), IsoError> {
    let text = members::text(data, name).ok().flatten().ok_or(IsoError::Member(name))?;
    let bytes = base64url::decode(text).map_err(|_| IsoError::Member(name))?;
    Ok((text, bytes))
}
