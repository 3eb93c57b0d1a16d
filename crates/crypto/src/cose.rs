//! Signed and authenticated messages in CBOR (RFC 9052, 9053, 9360): `COSE_Sign1`, `COSE_Mac0` and `COSE_Key`.
//!
//! What is verified is what was received: the protected header and the payload are kept as bytes. The algorithm stands in
//! the protected header and is that of the key; nothing that must be understood (`crit`) is.

mod header;
mod key;
mod mac0;
mod sign1;

use thiserror::Error;

use crate::cbor::{CborError, Limits, Value};
use crate::key::PublicKeyError;

pub use header::{ALG, Header, KID, TYP, X5CHAIN, x5chain};
pub use mac0::{Mac0, mac0};
pub use sign1::{Draft, Sign1, sign1};

/// The tag of `COSE_Sign1`.
pub const TAG_SIGN1: u64 = 18;
/// The tag of `COSE_Mac0`.
pub const TAG_MAC0: u64 = 17;
/// Bounds of a protected header: room for three certificates.
const HEADER_LIMITS: Limits = Limits { bytes: 16 * 1024, depth: 4, nodes: 64 };

/// Why a message is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CoseError {
    /// Not CBOR as it is accepted here.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Not the four parts of such a message.
    #[error("not a message of this kind")]
    Form,
    /// The tag of another kind of message.
    #[error("the message has the tag of another kind")]
    WrongTag,
    /// The protected header is not a map.
    #[error("the protected header is refused: {0}")]
    Protected(#[source] CborError),
    /// A parameter of the header has the wrong type or size.
    #[error("header parameter {0} is malformed")]
    Parameter(&'static str),
    /// A parameter stands in both parts of the header.
    #[error("a header parameter stands in both parts of the header")]
    DuplicateParameter,
    /// No algorithm in the protected header; in the unprotected one it could be changed by anybody.
    #[error("no algorithm in the protected header")]
    NoAlgorithm,
    /// An algorithm that is not spoken.
    #[error("the algorithm is not accepted")]
    Algorithm,
    /// `crit` names parameters: nothing that must be understood is.
    #[error("the header demands an extension that is not understood")]
    Critical,
    /// The key is for another algorithm than the header names.
    #[error("the key does not belong to the algorithm of the header")]
    KeyMismatch,
    /// The payload should be in the message and is not.
    #[error("the message has no payload")]
    NoPayload,
    /// The payload is known from elsewhere and must not come in the message.
    #[error("the message has a payload of its own")]
    UnexpectedPayload,
    /// The signature or code is not that of this key over this message.
    #[error("the signature is not valid")]
    Signature,
}

/// Why something is not a public key of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CoseKeyError {
    /// Not a map, or a parameter has the wrong type.
    #[error("parameter {0} of the key is missing or malformed")]
    Parameter(&'static str),
    /// The sender gave a private key away.
    #[error("the key carries a private parameter")]
    Private,
    /// A compressed point: its other coordinate is not worth computing for anybody who can send it.
    #[error("the point is compressed")]
    Compressed,
    /// The key itself.
    #[error(transparent)]
    Key(#[from] PublicKeyError),
}

/// Where the payload of a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload<'a> {
    /// In the message.
    Attached(&'a [u8]),
    /// Known to both sides; the message has null in its place.
    Detached(&'a [u8]),
}

impl<'a> Payload<'a> {
    const fn bytes(self) -> &'a [u8] {
        match self {
            Self::Attached(bytes) | Self::Detached(bytes) => bytes,
        }
    }

    fn to_value(self) -> Value {
        match self {
            Self::Attached(bytes) => Value::Bytes(bytes.to_vec()),
            Self::Detached(_) => Value::Null,
        }
    }
}

/// `Sig_structure` or `MAC_structure`: what is signed or authenticated.
fn structure(context: &str, protected: &[u8], external: &[u8], payload: &[u8]) -> Vec<u8> {
    let [protected, external, payload] = [protected, external, payload].map(|bytes| Value::Bytes(bytes.to_vec()));
    Value::Array(vec![context.into(), protected, external, payload]).to_bytes()
}

#[cfg(test)]
mod tests;
