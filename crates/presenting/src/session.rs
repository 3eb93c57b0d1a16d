//! What an mdoc answer is bound to: the inputs of its session transcript (OpenID4VP 1.0 appendix B.2.6), as plain values
//! for whoever encodes them.

use mibun_card::mdoc::SessionTranscript;
use mibun_crypto::key::Jwk;

use crate::request::point_of;

/// The inputs of the handover in a session transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handover {
    /// `OpenID4VPHandover`: SHA-256 over the CBOR array of these.
    Redirect {
        /// The asker's identifier, with prefix.
        client_id: String,
        /// The nonce of the request.
        nonce: String,
        /// RFC 7638 thumbprint (SHA-256, raw) of the key to which the answer is encrypted; `None` in the open.
        jwk_thumbprint: Option<[u8; 32]>,
        /// `response_uri`, letter by letter as in the request.
        response_uri: String,
    },
    /// `OpenID4VPDCAPIHandover`: SHA-256 over the CBOR array of these.
    DcApi {
        /// The caller's origin, without the prefix `origin:` and without a slash at the end.
        origin: String,
        /// The nonce of the request.
        nonce: String,
        /// RFC 7638 thumbprint (SHA-256, raw) of the key to which the answer is encrypted; `None` in the open.
        jwk_thumbprint: Option<[u8; 32]>,
    },
    /// `dcapi` of ISO/IEC 18013-7 annex C: SHA-256 over the CBOR array of these.
    IsoDcApi {
        /// `encryptionInfo`, as the base64url text of the call.
        encryption_info: String,
        /// The caller's origin, without a slash at the end.
        origin: String,
    },
}

impl Handover {
    /// The inputs for a request of the redirect flow whose answer is encrypted to `key`.
    pub fn redirect(client_id: &str, nonce: &str, key: Option<&Jwk>, response_uri: &str) -> Self {
        Self::Redirect {
            client_id: client_id.to_owned(),
            nonce: nonce.to_owned(),
            jwk_thumbprint: key.and_then(thumbprint),
            response_uri: response_uri.to_owned(),
        }
    }

    /// The inputs for a request through the browser's API whose answer is encrypted to `key`.
    pub fn dc_api(origin: &str, nonce: &str, key: Option<&Jwk>) -> Self {
        Self::DcApi { origin: origin.to_owned(), nonce: nonce.to_owned(), jwk_thumbprint: key.and_then(thumbprint) }
    }

    /// What the device's key signs an answer over.
    pub fn transcript(&self) -> SessionTranscript {
        match self {
            Self::Redirect { client_id, nonce, jwk_thumbprint, response_uri } => {
                SessionTranscript::openid4vp(client_id, nonce, jwk_thumbprint.as_ref(), response_uri)
            }
            Self::DcApi { origin, nonce, jwk_thumbprint } => {
                SessionTranscript::openid4vp_dc_api(origin, nonce, jwk_thumbprint.as_ref())
            }
            Self::IsoDcApi { encryption_info, origin } => SessionTranscript::iso_dc_api(encryption_info, origin),
        }
    }
}

/// The thumbprint of a public encryption key; `None` for one that is not on its curve.
fn thumbprint(key: &Jwk) -> Option<[u8; 32]> {
    point_of(key).map(|key| key.thumbprint())
}

#[cfg(test)]
mod tests;
