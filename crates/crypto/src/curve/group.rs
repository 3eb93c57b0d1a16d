//! The group arithmetic of the library, once for all curves, over encoded points and scalars.

use elliptic_curve::group::{Curve as _, Group};
use elliptic_curve::ops::Reduce;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, ProjectivePoint, ff};
use ff::{Field, PrimeField};

use super::Curve;

/// A curve of the library with all that is asked of it here.
trait Arithmetic:
    CurveArithmetic<AffinePoint: FromSec1Point<Self> + ToSec1Point<Self>, FieldBytesSize: ModulusSize>
{
}

impl<C> Arithmetic for C
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
}

/// Calls a function that is generic over the library's curve with the one that `$curve` names.
macro_rules! on_curve {
    ($curve:expr, $function:ident($($argument:expr),*)) => {
        match $curve {
            Curve::P256 => $function::<p256::NistP256>($($argument),*),
            Curve::P384 => $function::<p384::NistP384>($($argument),*),
            Curve::BrainpoolP256r1 => $function::<bp256::BrainpoolP256r1>($($argument),*),
            Curve::BrainpoolP384r1 => $function::<bp384::BrainpoolP384r1>($($argument),*),
        }
    };
}

pub(super) fn generator(curve: Curve) -> Vec<u8> {
    on_curve!(curve, generator_of())
}

pub(super) fn is_on_curve(curve: Curve, encoded: &[u8]) -> bool {
    on_curve!(curve, is_point_of(encoded))
}

pub(super) fn is_scalar(curve: Curve, bytes: &[u8]) -> bool {
    on_curve!(curve, is_scalar_of(bytes))
}

/// `bytes` in the length of a coordinate, modulo the order.
pub(super) fn reduce(curve: Curve, bytes: &[u8]) -> Vec<u8> {
    on_curve!(curve, reduce_by(bytes))
}

/// `None` for the point at infinity.
pub(super) fn multiply(curve: Curve, point: &[u8], scalar: &[u8]) -> Option<Vec<u8>> {
    on_curve!(curve, multiply_on(point, scalar))
}

/// `None` for the point at infinity.
pub(super) fn add(curve: Curve, left: &[u8], right: &[u8]) -> Option<Vec<u8>> {
    on_curve!(curve, add_on(left, right))
}

fn generator_of<C: Arithmetic>() -> Vec<u8> {
    encode::<C>(&ProjectivePoint::<C>::generator()).expect("a generator is not the point at infinity")
}

fn is_point_of<C: Arithmetic>(encoded: &[u8]) -> bool {
    AffinePoint::<C>::from_sec1_bytes(encoded).is_ok()
}

fn is_scalar_of<C: Arithmetic>(bytes: &[u8]) -> bool {
    scalar::<C>(bytes).is_some_and(|scalar| !bool::from(scalar.is_zero()))
}

fn reduce_by<C: Arithmetic>(bytes: &[u8]) -> Vec<u8> {
    let bytes = FieldBytes::<C>::try_from(bytes).expect("the caller fills up to the length of a coordinate");
    let reduced = <C::Scalar as Reduce<FieldBytes<C>>>::reduce(&bytes);
    reduced.to_repr().to_vec()
}

fn multiply_on<C: Arithmetic>(encoded: &[u8], scalar_bytes: &[u8]) -> Option<Vec<u8>> {
    encode::<C>(&(point::<C>(encoded)? * scalar::<C>(scalar_bytes)?))
}

fn add_on<C: Arithmetic>(left: &[u8], right: &[u8]) -> Option<Vec<u8>> {
    encode::<C>(&(point::<C>(left)? + point::<C>(right)?))
}

fn point<C: Arithmetic>(encoded: &[u8]) -> Option<ProjectivePoint<C>> {
    AffinePoint::<C>::from_sec1_bytes(encoded).ok().map(ProjectivePoint::<C>::from)
}

fn scalar<C: Arithmetic>(bytes: &[u8]) -> Option<C::Scalar> {
    let bytes = FieldBytes::<C>::try_from(bytes).ok()?;
    Option::from(C::Scalar::from_repr(bytes))
}

fn encode<C: Arithmetic>(point: &ProjectivePoint<C>) -> Option<Vec<u8>> {
    if bool::from(point.is_identity()) {
        return None;
    }
    Some(point.to_affine().to_sec1_point(false).as_bytes().to_vec())
}
