//! What a device signs when a document is shown (ISO/IEC 18013-5 section 9.1.3.4). It is the same whichever elements are
//! shown, so that whoever keeps the device's key can make it without the document.

use mibun_crypto::cbor::Value;
use mibun_crypto::cose::{Draft, Payload};
use mibun_crypto::key::Algorithm;

use super::{AMR, OWN_NAMESPACE, SessionTranscript};

/// Elements of the device's own, namespace by namespace.
pub type DeviceElements<'a> = Vec<(&'a str, Vec<(&'a str, Value)>)>;

/// The session, the type of the document and what the device says itself, in one spelling.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceAuthentication {
    namespaces: Vec<u8>,
    bytes: Vec<u8>,
}

impl DeviceAuthentication {
    /// Of a document of type `doc_type`, shown in this session with `elements` of the device's own.
    pub fn new(doc_type: &str, elements: DeviceElements<'_>, transcript: &SessionTranscript) -> Self {
        let namespaces = elements.into_iter().map(|(namespace, elements)| (namespace, Value::object(elements)));
        let namespaces = Value::embedded(Value::object(namespaces).to_bytes()).to_bytes();
        let bytes = device_authentication(transcript, doc_type, &namespaces);
        Self { namespaces, bytes }
    }

    /// `DeviceNameSpacesBytes`, tag 24 included.
    pub fn namespaces(&self) -> &[u8] {
        &self.namespaces
    }

    /// `DeviceAuthenticationBytes`, tag 24 included: the detached payload of the device's proof.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The `Sig_structure` that a device key of `algorithm` signs.
    pub fn to_be_signed(&self, algorithm: Algorithm) -> Vec<u8> {
        self.draft(algorithm).to_be_signed(&[])
    }

    pub(super) fn draft(&self, algorithm: Algorithm) -> Draft<'_> {
        Draft::new(algorithm, Vec::new(), Vec::new(), Payload::Detached(&self.bytes))
    }
}

/// What the keeper of a full card's key says itself: by which methods (`amr`, RFC 8176) it recognised the holder.
pub fn recognised_by(methods: &[&str]) -> DeviceElements<'static> {
    let methods = methods.iter().map(|method| (*method).into()).collect();
    vec![(OWN_NAMESPACE, vec![(AMR, Value::Array(methods))])]
}

/// `DeviceAuthenticationBytes` over `namespaces`, which is `DeviceNameSpacesBytes` as it was made or received.
pub(super) fn device_authentication(transcript: &SessionTranscript, doc_type: &str, namespaces: &[u8]) -> Vec<u8> {
    let parts = vec![
        "DeviceAuthentication".into(),
        Value::Encoded(transcript.as_bytes().to_vec()),
        doc_type.into(),
        Value::Encoded(namespaces.to_vec()),
    ];
    Value::embedded(Value::Array(parts).to_bytes()).to_bytes()
}

impl std::fmt::Debug for DeviceAuthentication {
    /// The session tells where a holder shows a card.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceAuthentication([redacted])")
    }
}
