//! Why an mdoc is refused.

use mibun_crypto::cbor::CborError;
use mibun_crypto::cose::{CoseError, CoseKeyError};
use mibun_crypto::x509::ChainError;

/// Why bytes are not an mdoc, or a message about one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MdocError {
    /// Not CBOR as it is accepted.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A signature or code whose form is refused.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The device's key, or a reader's.
    #[error(transparent)]
    Key(#[from] CoseKeyError),
    /// A member is missing or of the wrong kind.
    #[error("{0} is missing or malformed")]
    Member(&'static str),
    /// Another version than 1.0.
    #[error("the version is not 1.0")]
    Version,
    /// Another digest algorithm than SHA-256.
    #[error("the digest algorithm is not SHA-256")]
    DigestAlgorithm,
    /// The random part of an item has fewer than [`super::MIN_RANDOM`] bytes, so that its value could be guessed.
    #[error("the random part of an item is too short")]
    ShortRandom,
    /// An element, or a digest, is shown twice.
    #[error("an element is shown twice")]
    DuplicateElement,
    /// No element of the issuer is shown, which proves nothing about anybody.
    #[error("nothing is shown")]
    NothingShown,
    /// Not exactly one of signature and code of the device.
    #[error("not exactly one of device signature and device MAC")]
    DeviceAuth,
    /// The device reports an error instead of documents.
    #[error("the device answers with status {0}")]
    Status(u64),
    /// Ends before it begins, or was signed after its end.
    #[error("the validity is no span of time")]
    Validity,
}

/// Why an mdoc that can be read is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The issuer's certificates.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The issuer's key is for an algorithm that is not accepted, or the device's for another than ES256 (HAIP 1.0 section 7).
    #[error("the algorithm is not accepted")]
    Algorithm,
    /// The issuer did not sign this.
    #[error("the issuer's signature is refused: {0}")]
    IssuerSignature(#[source] CoseError),
    /// The issuer signed when its certificate was not good (ISO/IEC 18013-5 section 9.3.1).
    #[error("the document was signed outside of the time of the certificate")]
    SignedOutOfTime,
    /// The document is of another type than the issuer signed.
    #[error("the document is not of the type that the issuer signed")]
    DocType,
    /// The issuer signed no such digest.
    #[error("the issuer signed no digest for an element")]
    UnknownDigest,
    /// The element is another than the issuer signed.
    #[error("an element is not the one that the issuer signed")]
    Digest,
    /// The document's time has not come.
    #[error("the document is not valid yet")]
    NotYetValid,
    /// The document's time is over.
    #[error("the document has expired")]
    Expired,
    /// The proof of the device is not of the device's key, or over another session.
    #[error("the device's proof is refused: {0}")]
    Device(#[source] CoseError),
    /// The reader did not sign this request, or signed it in another session.
    #[error("the reader's signature is refused: {0}")]
    Reader(#[source] CoseError),
    /// A device MAC can only be verified by the reader whose key it was made for.
    #[error("there is no reader's key for the device MAC")]
    NoReaderKey,
    /// The device signed an element for which the issuer gave it no authority.
    #[error("the device had no authority for an element")]
    Unauthorised,
}
