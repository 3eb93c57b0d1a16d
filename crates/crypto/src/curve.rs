//! Points and scalars on the four curves that chips agree keys on (ICAO Doc 9303 part 11, section 9.5.1).
//!
//! PACE maps a nonce to a new base point, so plain key agreement does not do: whoever speaks it needs the group itself.
//! All four groups have prime order and cofactor 1, so a point that lies on the curve and is not the point at infinity
//! is a good one; no value of type [`Point`] is anything else.

mod group;
mod parameters;

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::entropy::Entropy;

pub use parameters::ExplicitParameters;

/// A curve over a prime field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256, secp256r1 (FIPS 186-4; SEC 2).
    P256,
    /// NIST P-384, secp384r1.
    P384,
    /// brainpoolP256r1 (RFC 5639 section 3.4).
    BrainpoolP256r1,
    /// brainpoolP384r1 (RFC 5639 section 3.6).
    BrainpoolP384r1,
}

/// Why something is not a point or scalar to compute with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum CurveError {
    /// Not an uncompressed point (`04 || x || y`) of this curve's length.
    #[error("the encoding is not that of an uncompressed point")]
    Encoding,
    /// The point does not lie on the curve.
    #[error("the point is not on the curve")]
    NotOnCurve,
    /// The point at infinity, as input or as result.
    #[error("the point is the point at infinity")]
    Infinity,
    /// Zero, not below the group's order, or of another length.
    #[error("the scalar is out of range")]
    Scalar,
    /// The operands belong to two curves.
    #[error("the operands belong to two curves")]
    CurveMismatch,
}

/// A number modulo the order of its curve's group. Wiped on drop.
#[derive(Clone)]
pub struct Scalar {
    curve: Curve,
    bytes: Zeroizing<Vec<u8>>,
}

/// A point of a curve, never the point at infinity.
#[derive(Clone, PartialEq, Eq)]
pub struct Point {
    curve: Curve,
    /// `04 || x || y`.
    bytes: Vec<u8>,
}

impl Curve {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::P256, Self::P384, Self::BrainpoolP256r1, Self::BrainpoolP384r1];

    /// Bytes of a coordinate, and of a scalar.
    pub fn coordinate_length(self) -> usize {
        match self {
            Self::P256 | Self::BrainpoolP256r1 => 32,
            Self::P384 | Self::BrainpoolP384r1 => 48,
        }
    }

    /// The base point that the curve's standard names.
    pub fn generator(self) -> Point {
        Point { curve: self, bytes: group::generator(self) }
    }

    /// A secret scalar, each but zero equally likely (FIPS 186-5 A.2.2: draws until one is in range).
    pub fn random_scalar(self, entropy: &mut dyn Entropy) -> Scalar {
        let mut bytes = Zeroizing::new(vec![0; self.coordinate_length()]);
        loop {
            entropy.fill(&mut bytes);
            if let Ok(scalar) = self.scalar(&bytes) {
                return scalar;
            }
        }
    }

    /// The scalar of big-endian bytes in full length, which has to lie between zero and the order.
    ///
    /// # Errors
    /// [`CurveError::Scalar`].
    pub fn scalar(self, bytes: &[u8]) -> Result<Scalar, CurveError> {
        let usable = bytes.len() == self.coordinate_length() && group::is_scalar(self, bytes);
        let scalar = || Scalar { curve: self, bytes: Zeroizing::new(bytes.to_vec()) };
        if usable { Ok(scalar()) } else { Err(CurveError::Scalar) }
    }

    /// A number of at most the coordinate's length, reduced modulo the order: a nonce that is mapped to the curve.
    ///
    /// # Errors
    /// [`CurveError::Scalar`] when it is too long, or zero after the reduction.
    pub fn reduced_scalar(self, number: &[u8]) -> Result<Scalar, CurveError> {
        let missing = self.coordinate_length().checked_sub(number.len()).ok_or(CurveError::Scalar)?;
        let mut wide = Zeroizing::new(vec![0; self.coordinate_length()]);
        wide[missing..].copy_from_slice(number);
        let bytes = Zeroizing::new(group::reduce(self, &wide));
        self.scalar(&bytes)
    }

    /// The point of an uncompressed encoding (SEC 1 section 2.3.4), checked to lie on the curve.
    ///
    /// # Errors
    /// [`CurveError::Infinity`] for its one-byte encoding, [`CurveError::Encoding`], [`CurveError::NotOnCurve`].
    pub fn point(self, encoded: &[u8]) -> Result<Point, CurveError> {
        match encoded {
            [0x00] => Err(CurveError::Infinity),
            [0x04, rest @ ..] if rest.len() == 2 * self.coordinate_length() => {
                if group::is_on_curve(self, encoded) {
                    Ok(Point { curve: self, bytes: encoded.to_vec() })
                } else {
                    Err(CurveError::NotOnCurve)
                }
            }
            _ => Err(CurveError::Encoding),
        }
    }
}

impl Scalar {
    /// The curve whose order it stays below.
    pub fn curve(&self) -> Curve {
        self.curve
    }

    /// Its public point: the multiple of the generator.
    pub fn public_point(&self) -> Point {
        // Never infinity: the scalar is neither zero nor a multiple of the order.
        let bytes = group::multiply(self.curve, &group::generator(self.curve), &self.bytes);
        Point { curve: self.curve, bytes: bytes.expect("a scalar below the order times a generator") }
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scalar({:?}, [redacted])", self.curve)
    }
}

impl Point {
    /// The curve it lies on.
    pub fn curve(&self) -> Curve {
        self.curve
    }

    /// The uncompressed encoding `04 || x || y`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The x-coordinate in full length: the shared secret of a key agreement (BSI TR-03111 section 4.3.1).
    pub fn x(&self) -> &[u8] {
        &self.bytes[1..=self.curve.coordinate_length()]
    }

    /// The multiple by `scalar`, in constant time.
    ///
    /// # Errors
    /// [`CurveError::CurveMismatch`]; [`CurveError::Infinity`] cannot come out in a group of prime order.
    pub fn multiply(&self, scalar: &Scalar) -> Result<Self, CurveError> {
        if self.curve != scalar.curve {
            return Err(CurveError::CurveMismatch);
        }
        let bytes = group::multiply(self.curve, &self.bytes, &scalar.bytes).ok_or(CurveError::Infinity)?;
        Ok(Self { curve: self.curve, bytes })
    }

    /// The sum with another point.
    ///
    /// # Errors
    /// [`CurveError::CurveMismatch`], [`CurveError::Infinity`] when they cancel each other out.
    pub fn add(&self, other: &Self) -> Result<Self, CurveError> {
        if self.curve != other.curve {
            return Err(CurveError::CurveMismatch);
        }
        let bytes = group::add(self.curve, &self.bytes, &other.bytes).ok_or(CurveError::Infinity)?;
        Ok(Self { curve: self.curve, bytes })
    }
}

impl fmt::Debug for Point {
    /// Only the curve: points in a protocol are often secrets in the making.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Point({:?})", self.curve)
    }
}

impl Drop for Point {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.bytes);
    }
}

#[cfg(test)]
mod tests;
