//! `DeviceSigned`: what the device says, and its proof (ISO/IEC 18013-5 section 9.1.3).

use std::fmt;

use mibun_crypto::cbor::{self, Item};
use mibun_crypto::cose::{CoseError, Mac0, Sign1};
use mibun_crypto::digest::{hkdf_sha256, sha256};
use mibun_crypto::jwe::{EphemeralKey, JweError};
use mibun_crypto::key::{Algorithm, PublicKey};
use zeroize::Zeroizing;

use super::authentication::device_authentication;
use super::{LIMITS, MdocError, Mso, SessionTranscript, VerifyError, member};

/// What the device signed. Nothing about it is known to be true before it is verified.
#[derive(Clone, PartialEq)]
pub struct DeviceSigned {
    /// `DeviceNameSpacesBytes` as received, tag 24 included.
    tagged: Vec<u8>,
    /// Namespace, name and value in CBOR.
    elements: Vec<(String, String, Vec<u8>)>,
    auth: DeviceAuth,
}

/// The device's proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceAuth {
    /// A signature, which anybody can verify.
    Signature(Sign1),
    /// A code that only the reader can verify, whose key was used to make it.
    Mac(Mac0),
}

impl DeviceSigned {
    pub(super) fn read(item: &Item<'_>) -> Result<Self, MdocError> {
        let namespaces = member(item, "nameSpaces")?;
        let inner = namespaces.encoded().ok_or(MdocError::Member("DeviceNameSpacesBytes"))?;
        let auth = member(item, "deviceAuth")?;
        let auth = match (auth.get("deviceSignature"), auth.get("deviceMac")) {
            (Some(signature), None) => DeviceAuth::Signature(Sign1::read(signature)?),
            (None, Some(mac)) => DeviceAuth::Mac(Mac0::read(mac)?),
            _ => return Err(MdocError::DeviceAuth),
        };
        let elements = read_elements(&cbor::parse(inner, &LIMITS)?).ok_or(MdocError::Member("DeviceNameSpaces"))?;
        Ok(Self { tagged: namespaces.raw().to_vec(), elements, auth })
    }

    /// The proof.
    pub fn auth(&self) -> &DeviceAuth {
        &self.auth
    }

    /// The value of an element that the device signed itself.
    pub fn element(&self, namespace: &str, name: &str) -> Option<Item<'_>> {
        let found = self.elements.iter().find(|(own, element, _)| own == namespace && element == name);
        found.and_then(|(.., value)| cbor::parse(value, &LIMITS).ok())
    }

    /// Whether the device of `mso` made this proof, of ES256 or by MAC, in this session and for this document, and had
    /// authority for what it signed. `reader` is the key that a MAC was made for.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub(super) fn verify(
        &self,
        mso: &Mso,
        transcript: &SessionTranscript,
        reader: Option<&EphemeralKey>,
    ) -> Result<(), VerifyError> {
        if mso.device_key.algorithm() != Algorithm::Es256 {
            return Err(VerifyError::Algorithm);
        }
        let payload = device_authentication(transcript, &mso.doc_type, &self.tagged);
        match &self.auth {
            DeviceAuth::Signature(signature) => {
                signature.verify_detached(&mso.device_key, &payload, &[]).map_err(VerifyError::Device)?;
            }
            DeviceAuth::Mac(mac) => {
                let reader = reader.ok_or(VerifyError::NoReaderKey)?;
                let key = mac_key(reader, &mso.device_key, transcript);
                let key = key.map_err(|_| VerifyError::Device(CoseError::KeyMismatch))?;
                mac.verify_detached(&*key, &payload, &[]).map_err(VerifyError::Device)?;
            }
        }
        let allowed = self.elements.iter().all(|(namespace, name, _)| mso.authorizations.allow(namespace, name));
        if allowed { Ok(()) } else { Err(VerifyError::Unauthorised) }
    }
}

fn read_elements(namespaces: &Item<'_>) -> Option<Vec<(String, String, Vec<u8>)>> {
    let mut elements = Vec::new();
    for (namespace, items) in namespaces.map()? {
        let namespace = namespace.text()?;
        for (name, value) in items.map().filter(|items| !items.is_empty())? {
            elements.push((namespace.to_owned(), name.text()?.to_owned(), value.raw().to_vec()));
        }
    }
    Some(elements)
}

/// `EMacKey` (section 9.1.3.5), agreed on by `own` key and the `peer`'s: the reader's key of this session and the device's.
///
/// # Errors
/// [`JweError::PublicKey`] for a key that is not on P-256.
pub fn mac_key(
    own: &EphemeralKey,
    peer: &PublicKey,
    transcript: &SessionTranscript,
) -> Result<Zeroizing<[u8; 32]>, JweError> {
    let secret = own.agree(&peer.to_jwk())?;
    Ok(Zeroizing::new(hkdf_sha256(&secret, &sha256(&transcript.tagged()), b"EMacKey")))
}

impl fmt::Debug for DeviceSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceSigned").field("auth", &self.auth).finish_non_exhaustive()
    }
}
