//! Public keys as CBOR (RFC 9052 section 7, RFC 9053 section 7, RFC 9964 section 3).

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
/// The parts of an `AKP`, whose labels mean other things in keys on curves.
const PUB: i64 = -1;
const PRIV: i64 = -2;

const OKP: i64 = 1;
const EC2: i64 = 2;
const AKP: i64 = 7;
/// `sign`, `verify`, `derive key` and `derive bits`: what a holder's key may be for (RFC 9052 table 5).
const OPERATIONS: [i64; 4] = [1, 2, 7, 8];

/// Key type, curve and algorithm of keys on curves.
const CURVES: [(i64, i64, Algorithm); 3] =
    [(EC2, 1, Algorithm::Es256), (EC2, 2, Algorithm::Es384), (OKP, 6, Algorithm::EdDsa)];

impl PublicKey {
    /// The key of a `COSE_Key`; `alg` and `key_ops` must fit when they are there, other parameters are passed over. A key of
    /// type `AKP` must have `alg`.
    ///
    /// # Errors
    /// [`CoseKeyError`].
    pub fn from_cose_key(item: &Item<'_>) -> Result<Self, CoseKeyError> {
        let kty = number(item, KTY, "kty")?;
        let algorithm = if kty == AKP { of_algorithm(item)? } else { of_curve(item, kty)? };
        if !is_for(item, algorithm)? {
            return Err(PublicKeyError::WrongUse.into());
        }
        let bytes = match (algorithm, item.at(Y)) {
            (Algorithm::MlDsa65, _) => {
                item.at(PUB).and_then(Item::bytes).ok_or(CoseKeyError::Parameter("pub"))?.to_vec()
            }
            (Algorithm::EdDsa, _) => coordinate(item, X, "x", algorithm)?.to_vec(),
            (_, Some(y)) if y.bool().is_some() => return Err(CoseKeyError::Compressed),
            _ => [&[0x04], coordinate(item, X, "x", algorithm)?, coordinate(item, Y, "y", algorithm)?].concat(),
        };
        Ok(Self::from_bytes(algorithm, bytes)?)
    }

    /// The key as a `COSE_Key`: of `kty`, `crv` and coordinates, or of `kty`, `alg` and `pub`.
    pub fn to_cose_key(&self) -> Value {
        let algorithm = self.algorithm();
        let Some((kty, crv, _)) = CURVES.iter().find(|(.., known)| *known == algorithm) else {
            let alg = Value::Integer(algorithm.as_cose());
            let members = [(KTY, Value::Integer(AKP)), (ALG, alg), (PUB, Value::Bytes(self.as_bytes().to_vec()))];
            return Value::labels(members);
        };
        let mut members = vec![(KTY, Value::Integer(*kty)), (CRV, Value::Integer(*crv))];
        if *kty == EC2 {
            let (x, y) = self.as_bytes()[1..].split_at(algorithm.coordinate_length());
            members.extend([(X, Value::Bytes(x.to_vec())), (Y, Value::Bytes(y.to_vec()))]);
        } else {
            members.push((X, Value::Bytes(self.as_bytes().to_vec())));
        }
        Value::labels(members)
    }
}

fn of_curve(item: &Item<'_>, kty: i64) -> Result<Algorithm, CoseKeyError> {
    let crv = number(item, CRV, "crv")?;
    if item.at(D).is_some() {
        return Err(CoseKeyError::Private);
    }
    let known = CURVES.iter().find(|(own_kty, own_crv, _)| (*own_kty, *own_crv) == (kty, crv));
    let (_, _, algorithm) = known.ok_or(PublicKeyError::Unsupported)?;
    Ok(*algorithm)
}

fn of_algorithm(item: &Item<'_>) -> Result<Algorithm, CoseKeyError> {
    let alg = number(item, ALG, "alg")?;
    if item.at(PRIV).is_some() {
        return Err(CoseKeyError::Private);
    }
    let known = Algorithm::from_cose(alg).ok().filter(|algorithm| algorithm.curve().is_none());
    Ok(known.ok_or(PublicKeyError::Unsupported)?)
}

fn number(item: &Item<'_>, label: i64, name: &'static str) -> Result<i64, CoseKeyError> {
    item.at(label).and_then(Item::integer).ok_or(CoseKeyError::Parameter(name))
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
