//! Showing a document: the holder's side.

use mibun_crypto::cbor::Value;
use mibun_crypto::cose::{self, Payload};
use mibun_crypto::key::{Algorithm, SignError, Signer};

use super::{DeviceAuthentication, DeviceElements, IssuerSigned, SessionTranscript, VERSION};

/// Why elements cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// The document has no such element.
    #[error("the document has no such element")]
    NoSuchElement,
    /// None was chosen.
    #[error("nothing was chosen")]
    Nothing,
}

/// A document about to be shown; it lacks the device's proof.
pub struct Showing {
    document: IssuerSigned,
    authentication: DeviceAuthentication,
}

impl Showing {
    /// Shows `document`, with exactly the elements it has, in this session. `elements` are the device's own, namespace by
    /// namespace, for which the issuer gave it authority.
    pub fn new(document: IssuerSigned, elements: DeviceElements<'_>, transcript: &SessionTranscript) -> Self {
        let authentication = DeviceAuthentication::new(&document.mso().doc_type, elements, transcript);
        Self { document, authentication }
    }

    /// What a device key of `algorithm` signs, for keys that sign elsewhere.
    pub fn to_be_signed(&self, algorithm: Algorithm) -> Vec<u8> {
        self.authentication.to_be_signed(algorithm)
    }

    /// The `DeviceResponse` in CBOR with this signature over [`Showing::to_be_signed`].
    pub fn attach(&self, algorithm: Algorithm, signature: Vec<u8>) -> Vec<u8> {
        self.response("deviceSignature", self.authentication.draft(algorithm).attach(signature))
    }

    /// The `DeviceResponse` in CBOR, signed by the device's key.
    ///
    /// # Errors
    /// [`SignError`] when the key does not sign.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, SignError> {
        let signature = signer.sign(&self.to_be_signed(signer.algorithm()))?;
        Ok(self.attach(signer.algorithm(), signature))
    }

    /// The `DeviceResponse` in CBOR with a code under `key`, which is [`super::mac_key`] of the session.
    pub fn authenticate(&self, key: &[u8; 32]) -> Vec<u8> {
        self.response("deviceMac", cose::mac0(Payload::Detached(self.authentication.as_bytes()), key))
    }

    fn response(&self, kind: &str, auth: Value) -> Vec<u8> {
        let device_signed = Value::object([
            ("nameSpaces", Value::Encoded(self.authentication.namespaces().to_vec())),
            ("deviceAuth", Value::object([(kind, auth)])),
        ]);
        let document = Value::object([
            ("docType", self.document.mso().doc_type.as_str().into()),
            ("issuerSigned", self.document.to_value()),
            ("deviceSigned", device_signed),
        ]);
        let response =
            [("version", VERSION.into()), ("documents", Value::Array(vec![document])), ("status", Value::Integer(0))];
        Value::object(response).to_bytes()
    }
}
