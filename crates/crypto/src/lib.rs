//! Keys, signatures, encryption, certificates and sealing: the only crate that touches cryptographic primitives.
//!
//! Everything here is pure: time comes in as [`time::Timestamp`], randomness as [`entropy::Entropy`]. The primitives are
//! those of one library; this crate adds the formats (JOSE, CBOR and COSE, X.509, sealed columns) and refuses what the formats allow
//! but nobody should accept.

mod aead;
pub mod asn1;
pub mod base64url;
pub mod cbor;
pub mod cipher;
pub mod cose;
pub mod curve;
pub mod digest;
pub mod ecdsa;
pub mod entropy;
pub mod hpke;
pub mod json;
pub mod jwe;
pub mod jws;
pub mod key;
pub mod opaque;
pub mod password;
pub mod policy;
#[cfg(feature = "raw-rsa")]
pub mod raw_rsa;
pub mod rsa;
pub mod seal;
pub mod signature;
#[cfg(feature = "test-keys")]
pub mod testing;
pub mod time;
pub mod totp;
pub mod x509;
