//! The two parts of a header.

use std::fmt;

use super::{CoseError, HEADER_LIMITS};
use crate::cbor::{self, Item, Value};

/// `alg` (RFC 9052 section 3.1).
pub const ALG: i64 = 1;
const CRIT: i64 = 2;
/// `kid` (RFC 9052 section 3.1).
pub const KID: i64 = 4;
/// `typ` (RFC 9596).
pub const TYP: i64 = 16;
/// `x5chain` (RFC 9360).
pub const X5CHAIN: i64 = 33;
/// Most certificates that `x5chain` may hold.
const MAX_CERTIFICATES: usize = 8;

/// The header of a message, its common parameters checked for type.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    alg: i64,
    typ: Option<String>,
    kid: Option<Vec<u8>>,
    x5chain: Vec<Vec<u8>>,
    /// The protected part as received.
    protected: Vec<u8>,
}

impl Header {
    /// The number of the algorithm, from the protected part.
    pub fn alg(&self) -> i64 {
        self.alg
    }

    /// The media type of the whole message, from the protected part.
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// The sender's hint at its key.
    pub fn kid(&self) -> Option<&[u8]> {
        self.kid.as_deref()
    }

    /// The sender's certificates in DER, leaf first; empty when there are none.
    pub fn x5chain(&self) -> &[Vec<u8>] {
        &self.x5chain
    }

    pub(super) fn protected(&self) -> &[u8] {
        &self.protected
    }

    pub(super) fn read(protected: &Item<'_>, unprotected: &Item<'_>) -> Result<Self, CoseError> {
        let bytes = protected.bytes().ok_or(CoseError::Form)?;
        // An empty map is written as no bytes at all.
        let inner = if bytes.is_empty() { &[0xa0][..] } else { bytes };
        let inner = cbor::parse(inner, &HEADER_LIMITS).map_err(CoseError::Protected)?;
        let (Some(own), Some(other)) = (inner.map(), unprotected.map()) else { return Err(CoseError::Form) };
        if own.iter().any(|(label, _)| other.iter().any(|(second, _)| label.raw() == second.raw())) {
            return Err(CoseError::DuplicateParameter);
        }
        if inner.at(CRIT).is_some() || unprotected.at(CRIT).is_some() {
            return Err(CoseError::Critical);
        }
        let alg = inner.at(ALG).ok_or(CoseError::NoAlgorithm)?;
        let either = |label| inner.at(label).or_else(|| unprotected.at(label));
        Ok(Self {
            // Names instead of numbers are private use.
            alg: alg.integer().ok_or(CoseError::Algorithm)?,
            typ: inner
                .at(TYP)
                .map(|typ| typ.text().map(str::to_owned).ok_or(CoseError::Parameter("typ")))
                .transpose()?,
            kid: either(KID)
                .map(|kid| kid.bytes().map(<[u8]>::to_vec).ok_or(CoseError::Parameter("kid")))
                .transpose()?,
            x5chain: either(X5CHAIN).map_or(Ok(Vec::new()), certificates)?,
            protected: bytes.to_vec(),
        })
    }
}

/// One certificate stands alone, several in an array (RFC 9360 section 2).
fn certificates(value: &Item<'_>) -> Result<Vec<Vec<u8>>, CoseError> {
    const MALFORMED: CoseError = CoseError::Parameter("x5chain");
    if let Some(one) = value.bytes() {
        return Ok(vec![one.to_vec()]);
    }
    let list = value.array().filter(|list| (2..=MAX_CERTIFICATES).contains(&list.len())).ok_or(MALFORMED)?;
    list.iter().map(|der| der.bytes().map(<[u8]>::to_vec).ok_or(MALFORMED)).collect()
}

/// The value of `x5chain` for certificates in DER, leaf first.
pub fn x5chain(certificates: &[Vec<u8>]) -> Value {
    match certificates {
        [one] => Value::Bytes(one.clone()),
        several => Value::Array(several.iter().cloned().map(Value::Bytes).collect()),
    }
}

impl fmt::Debug for Header {
    /// Keys and certificates follow their owner around; the algorithm and type do not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header").field("alg", &self.alg).field("typ", &self.typ).finish_non_exhaustive()
    }
}
