//! The operator's side.

use mibun_crypto::jws::{self, JwsSignError};
use mibun_crypto::key::Signer;

use super::{ListError, TrustList, read, to_value};
use crate::signed;

/// JAdES names no type of its own; this is what its examples have.
const TYP: &str = "JOSE";

/// Why a list is not signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListSignError {
    /// It could not be read again.
    #[error(transparent)]
    List(#[from] ListError),
    /// The keeper of the key did not sign.
    #[error(transparent)]
    Key(#[from] JwsSignError),
}

/// Signs a list. `x5c` holds the operator's certificates, leaf first, without the anchor.
///
/// # Errors
/// [`ListSignError`]; a list that nobody would accept is not signed.
pub fn sign(list: &TrustList, x5c: &[Vec<u8>], signer: &dyn Signer) -> Result<String, ListSignError> {
    let payload = to_value(list);
    read(&payload)?;
    let header = signed::jades_header(TYP, x5c, list.issued_at);
    Ok(jws::sign(header, payload.to_string().as_bytes(), signer)?)
}
