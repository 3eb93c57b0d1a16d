//! Public keys as CBOR (RFC 9052 section 7, RFC 9053 section 7).

use super::CoseKeyError;
use crate::cbor::{Item, Value};
use crate::key::{Algorithm, PublicKey, PublicKeyError};

const KTY: i64 = 1;
const ALG: i64 = 3;
const KEY_OPS: i64 = 4;
const CRV: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;
const D: i64 = -4;

const OKP: i64 = 1;
const EC2: i64 = 2;
/// `sign`, `verify`, `derive key` and `derive bits`: what a holder's key may be for (RFC 9052 table 5).
const OPERATIONS: [i64; 4] = [1, 2, 7, 8];

/// Key type, curve and algorithm.
const CURVES: [(i64, i64, Algorithm); 3] =
    [(EC2, 1, Algorithm::Es256), (EC2, 2, Algorithm::Es384), (OKP, 6, Algorithm::EdDsa)];

impl PublicKey {
    /// The key of a `COSE_Key`; `alg` and `key_ops` must fit when they are there, other parameters are passed over.
    ///
    /// # Errors
    /// [`CoseKeyError`].
    pub fn from_cose_key(item: &Item<'_>) -> Result<Self, CoseKeyError> {
        let number = |label, name| item.at(label).and_then(Item::integer).ok_or(CoseKeyError::Parameter(name));
        let (kty, crv) = (number(KTY, "kty")?, number(CRV, "crv")?);
        if item.at(D).is_some() {
            return Err(CoseKeyError::Private);
        }
        let known = CURVES.iter().find(|(own_kty, own_crv, _)| (*own_kty, *own_crv) == (kty, crv));
        let (_, _, algorithm) = known.ok_or(PublicKeyError::Unsupported)?;
        if !is_for(item, *algorithm)? {
            return Err(PublicKeyError::WrongUse.into());
        }
        let x = coordinate(item, X, "x", *algorithm)?;
        let bytes = match (algorithm, item.at(Y)) {
            (Algorithm::EdDsa, _) => x.to_vec(),
            (_, Some(y)) if y.bool().is_some() => return Err(CoseKeyError::Compressed),
            _ => [&[0x04], x, coordinate(item, Y, "y", *algorithm)?].concat(),
        };
        Ok(Self::from_bytes(*algorithm, bytes)?)
    }

    /// The key as a `COSE_Key` of `kty`, `crv` and coordinates.
    pub fn to_cose_key(&self) -> Value {
        let known = CURVES.iter().find(|(.., algorithm)| *algorithm == self.algorithm());
        let (kty, crv, algorithm) = known.expect("every algorithm is listed");
        let mut members = vec![(KTY, Value::Integer(*kty)), (CRV, Value::Integer(*crv))];
        match algorithm {
            Algorithm::EdDsa => members.push((X, Value::Bytes(self.as_bytes().to_vec()))),
            Algorithm::Es256 | Algorithm::Es384 => {
                let (x, y) = self.as_bytes()[1..].split_at(algorithm.coordinate_length());
                members.extend([(X, Value::Bytes(x.to_vec())), (Y, Value::Bytes(y.to_vec()))]);
            }
        }
        Value::labels(members)
    }
}

fn is_for(item: &Item<'_>, algorithm: Algorithm) -> Result<bool, CoseKeyError> {
    let named = item.at(ALG).map(|alg| alg.integer().ok_or(CoseKeyError::Parameter("alg"))).transpose()?;
    let operations = item.at(KEY_OPS).map(|ops| ops.array().ok_or(CoseKeyError::Parameter("key_ops"))).transpose()?;
    let permitted = |ops: &[Item<'_>]| ops.iter().any(|op| op.integer().is_some_and(|op| OPERATIONS.contains(&op)));
    Ok(named.is_none_or(|named| Algorithm::from_cose(named) == Ok(algorithm)) && operations.is_none_or(permitted))
}

fn coordinate<'a>(
    item: &Item<'a>,
    label: i64,
    name: &'static str,
    algorithm: Algorithm,
) -> Result<&'a [u8], CoseKeyError> {
    let bytes = item.at(label).and_then(Item::bytes).ok_or(CoseKeyError::Parameter(name))?;
    if bytes.len() == algorithm.coordinate_length() { Ok(bytes) } else { Err(PublicKeyError::Coordinate.into()) }
}
