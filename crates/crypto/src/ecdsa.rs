//! ECDSA with public keys only, over every prime curve that travel documents use (FIPS 186-5, BSI TR-03111).
//!
//! The primitives library has no brainpool curve, so this is done on a big-integer crate. Nothing secret ever comes here.

mod curve;
mod numbers;

use num_bigint::BigUint;
use thiserror::Error;

use crate::asn1::{self, Asn1Error, Element, Oid};
use crate::digest::Hash;
use crate::key::BadSignature;
use curve::{Curve, Point};

/// A key on an elliptic curve (RFC 5480).
const EC_PUBLIC_KEY: Oid = Oid::new_unwrap("1.2.840.10045.2.1");
/// A field of prime order, in parameters that spell the curve out (RFC 3279).
const PRIME_FIELD: Oid = Oid::new_unwrap("1.2.840.10045.1.1");

/// The curves that are known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NamedCurve {
    /// NIST P-192 (`prime192v1`).
    P192,
    /// NIST P-224 (`secp224r1`).
    P224,
    /// NIST P-256 (`prime256v1`).
    P256,
    /// NIST P-384 (`secp384r1`).
    P384,
    /// NIST P-521 (`secp521r1`).
    P521,
    /// brainpoolP160r1.
    BrainpoolP160r1,
    /// brainpoolP192r1.
    BrainpoolP192r1,
    /// brainpoolP224r1.
    BrainpoolP224r1,
    /// brainpoolP256r1.
    BrainpoolP256r1,
    /// brainpoolP320r1.
    BrainpoolP320r1,
    /// brainpoolP384r1.
    BrainpoolP384r1,
    /// brainpoolP512r1.
    BrainpoolP512r1,
}

impl NamedCurve {
    /// The name in its standard.
    pub fn name(self) -> &'static str {
        Curve::of(self).name
    }

    /// The object identifier.
    pub fn oid(self) -> Oid {
        Curve::of(self).oid
    }
}

#[cfg(feature = "test-keys")]
impl NamedCurve {
    /// `ECParameters` of RFC 3279 that spell the curve out.
    pub fn to_explicit_parameters(self) -> Vec<u8> {
        use asn1::{write, write_oid, write_unsigned};
        let curve = Curve::of(self);
        let number = |number: &BigUint| crate::rsa::padded(number, curve.field_length());
        let field = [write_oid(PRIME_FIELD), write_unsigned(&number(&curve.p))].concat();
        let coefficients = [&curve.a, &curve.b].map(|one| write(asn1::OCTET_STRING, &[&number(one)])).concat();
        let generator = write(asn1::OCTET_STRING, &[&[4], &number(&curve.g.x), &number(&curve.g.y)]);
        let parts = [
            write_unsigned(&[1]),
            write(asn1::SEQUENCE, &[&field]),
            write(asn1::SEQUENCE, &[&coefficients]),
            generator,
            write_unsigned(&number(&curve.n)),
            write_unsigned(&[1]),
        ];
        write(asn1::SEQUENCE, &[&parts.concat()])
    }
}

/// Why something is not a public key on a known curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EcKeyError {
    /// Not a key of the form of RFC 5480.
    #[error("not an elliptic-curve public key")]
    Form,
    /// The curve's name is not known.
    #[error("the curve is not known")]
    Curve,
    /// The curve is spelled out, and one of its numbers is that of no known curve. Whoever chooses the generator can sign
    /// for any key (CVE-2020-0601), so all of p, a, b, G and n have to be those of one standard curve.
    #[error("the parameters are not those of a known curve")]
    ForeignParameters,
    /// The point is compressed, at infinity or not on the curve.
    #[error("the point is not on the curve")]
    Point,
}

impl From<Asn1Error> for EcKeyError {
    fn from(_: Asn1Error) -> Self {
        Self::Form
    }
}

/// A public key on a known curve.
#[derive(Clone)]
pub struct EcPublicKey {
    curve: &'static Curve,
    point: Point,
}

impl EcPublicKey {
    /// The key of a DER `SubjectPublicKeyInfo`; the curve is named or spelled out.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, EcKeyError> {
        let mut parts = Element::read(der, asn1::SEQUENCE)?.children();
        let (algorithm, key) = (parts.take(asn1::SEQUENCE)?, parts.take(asn1::BIT_STRING)?);
        parts.end()?;
        let mut algorithm = algorithm.children();
        if !algorithm.take(asn1::OID)?.is(EC_PUBLIC_KEY) {
            return Err(EcKeyError::Form);
        }
        let parameters = algorithm.any()?;
        algorithm.end()?;
        let curve = match parameters.tag {
            asn1::OID => Curve::all().iter().find(|curve| parameters.is(curve.oid)).ok_or(EcKeyError::Curve)?,
            asn1::SEQUENCE => spelled_out(&parameters)?,
            _ => return Err(EcKeyError::Form),
        };
        Self::from_point(curve, key.bits()?)
    }

    fn from_point(curve: &'static Curve, bytes: &[u8]) -> Result<Self, EcKeyError> {
        let coordinates = bytes.strip_prefix(&[4]).filter(|rest| rest.len() == 2 * curve.field_length());
        let (x, y) = coordinates.ok_or(EcKeyError::Point)?.split_at(curve.field_length());
        let (x, y) = (BigUint::from_bytes_be(x), BigUint::from_bytes_be(y));
        if !curve.holds(&x, &y) {
            return Err(EcKeyError::Point);
        }
        Ok(Self { curve, point: Point::affine(x, y) })
    }

    /// The curve.
    pub fn curve(&self) -> NamedCurve {
        self.curve.curve
    }

    /// Bytes of `r || s`.
    pub fn plain_length(&self) -> usize {
        2 * self.curve.order_length()
    }

    /// Accepts a DER `Ecdsa-Sig-Value`, as certificates and CMS carry it.
    pub fn verify_der(&self, hash: Hash, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let numbers = || -> Result<_, Asn1Error> {
            let mut numbers = Element::read(signature, asn1::SEQUENCE)?.children();
            let (r, s) = (numbers.take(asn1::INTEGER)?, numbers.take(asn1::INTEGER)?);
            numbers.end()?;
            Ok((r.unsigned()?, s.unsigned()?))
        };
        let (r, s) = numbers().map_err(|_| BadSignature)?;
        self.verify(hash, message, r, s)
    }

    /// Accepts `r || s`, each as long as the curve's order, as chips answer (TR-03111 section 5.2.1).
    pub fn verify_plain(&self, hash: Hash, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        if signature.len() != self.plain_length() {
            return Err(BadSignature);
        }
        let (r, s) = signature.split_at(self.curve.order_length());
        self.verify(hash, message, r, s)
    }

    fn verify(&self, hash: Hash, message: &[u8], r: &[u8], s: &[u8]) -> Result<(), BadSignature> {
        let n = &self.curve.n;
        let (r, s) = (BigUint::from_bytes_be(r), BigUint::from_bytes_be(s));
        if r == BigUint::ZERO || r >= *n || s == BigUint::ZERO || s >= *n {
            return Err(BadSignature);
        }
        let inverse = s.modinv(n).ok_or(BadSignature)?;
        let (u, v) = (leftmost(&hash.digest(&[message]), n) * &inverse % n, &r * &inverse % n);
        let sum = self.curve.combine(&u, &v, &self.point);
        let x = self.curve.affine_x(&sum).ok_or(BadSignature)?;
        if x % n == r { Ok(()) } else { Err(BadSignature) }
    }
}

/// As many of the leftmost bits of the hash as the order has (FIPS 186-5 section 6.4.2).
fn leftmost(digest: &[u8], order: &BigUint) -> BigUint {
    let excess = (8 * digest.len() as u64).saturating_sub(order.bits());
    BigUint::from_bytes_be(digest) >> excess
}

/// The named curve whose numbers `ECParameters` of RFC 3279 spell out, every one of them.
fn spelled_out(parameters: &Element<'_>) -> Result<&'static Curve, EcKeyError> {
    let mut parts = parameters.children();
    parts.take(asn1::INTEGER)?;
    let mut field = parts.take(asn1::SEQUENCE)?.children();
    if !field.take(asn1::OID)?.is(PRIME_FIELD) {
        return Err(EcKeyError::ForeignParameters);
    }
    let p = field.take(asn1::INTEGER)?.unsigned()?;
    field.end()?;
    let mut coefficients = parts.take(asn1::SEQUENCE)?.children();
    let (a, b) = (coefficients.take(asn1::OCTET_STRING)?.value, coefficients.take(asn1::OCTET_STRING)?.value);
    // The seed only tells how the coefficients were drawn.
    coefficients.optional(asn1::BIT_STRING)?;
    coefficients.end()?;
    let generator = parts.take(asn1::OCTET_STRING)?.value;
    let n = parts.take(asn1::INTEGER)?.unsigned()?;
    let cofactor = parts.optional(asn1::INTEGER)?.map(|cofactor| cofactor.small()).transpose()?;
    parts.end()?;
    let [p, a, b, n] = [p, a, b, n].map(BigUint::from_bytes_be);
    let known = Curve::all().iter().find(|curve| curve.p == p && curve.a == a && curve.b == b && curve.n == n);
    let curve = known.filter(|curve| is_generator(curve, generator)).ok_or(EcKeyError::ForeignParameters)?;
    if cofactor.is_none_or(|cofactor| cofactor == 1) { Ok(curve) } else { Err(EcKeyError::ForeignParameters) }
}

/// Whether the encoded point, compressed or not, is the curve's generator.
fn is_generator(curve: &Curve, bytes: &[u8]) -> bool {
    let length = curve.field_length();
    let is = |bytes: &[u8], number: &BigUint| bytes.len() == length && BigUint::from_bytes_be(bytes) == *number;
    match bytes {
        [4, rest @ ..] if rest.len() == 2 * length => {
            is(&rest[..length], &curve.g.x) && is(&rest[length..], &curve.g.y)
        }
        [sign @ (2 | 3), x @ ..] => is(x, &curve.g.x) && curve.g.y.bit(0) == (*sign == 3),
        _ => false,
    }
}

impl PartialEq for EcPublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.curve() == other.curve() && self.point == other.point
    }
}

impl Eq for EcPublicKey {}

impl std::fmt::Debug for EcPublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EcPublicKey({})", self.curve.name)
    }
}

#[cfg(test)]
mod tests;
