//! Signature keys: public and private halves, as JWK, SubjectPublicKeyInfo and PKCS#8.

mod algorithm;
mod encoding;
mod jwk;
mod public;
mod signature;
mod software;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use jwk::{Jwk, JwkError};
pub use public::{BadSignature, PublicKey, PublicKeyError};
pub use signature::signature_to_der;
pub use software::{PrivateKeyError, SignError, Signer, SoftwareKey};

pub(crate) use signature::from_der as signature_from_der;
pub(crate) use software::draw_scalar;

#[cfg(test)]
mod tests;
