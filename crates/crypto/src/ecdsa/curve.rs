//! Arithmetic on a short Weierstrass curve, for public data: nothing here runs in constant time.

use std::sync::LazyLock;

use num_bigint::BigUint;

use super::NamedCurve;
use super::numbers::{NUMBERS, Numbers};
use crate::asn1::Oid;

/// A curve with its numbers ready to count with.
pub struct Curve {
    pub curve: NamedCurve,
    pub oid: Oid,
    pub name: &'static str,
    pub p: BigUint,
    pub a: BigUint,
    pub b: BigUint,
    pub g: Point,
    pub n: BigUint,
}

static CURVES: LazyLock<Vec<Curve>> = LazyLock::new(|| NUMBERS.iter().map(Curve::from_numbers).collect());

/// A point in Jacobian coordinates: `(x/z^2, y/z^3)`; at infinity when `z` is zero.
#[derive(Clone, PartialEq, Eq)]
pub struct Point {
    pub x: BigUint,
    pub y: BigUint,
    z: BigUint,
}

impl Point {
    pub fn affine(x: BigUint, y: BigUint) -> Self {
        Self { x, y, z: BigUint::from(1_u8) }
    }

    fn infinity() -> Self {
        Self { x: BigUint::from(1_u8), y: BigUint::from(1_u8), z: BigUint::ZERO }
    }

    fn is_infinite(&self) -> bool {
        self.z == BigUint::ZERO
    }
}

impl Curve {
    /// The numbers of a named curve.
    pub fn of(curve: NamedCurve) -> &'static Self {
        CURVES.iter().find(|known| known.curve == curve).expect("every named curve has its numbers")
    }

    /// All of them.
    pub fn all() -> &'static [Self] {
        &CURVES
    }

    fn from_numbers(numbers: &Numbers) -> Self {
        let number = |text: &str| BigUint::parse_bytes(text.as_bytes(), 16).expect("a constant in hexadecimal");
        Self {
            curve: numbers.curve,
            oid: Oid::new_unwrap(numbers.oid),
            name: numbers.name,
            p: number(numbers.p),
            a: number(numbers.a),
            b: number(numbers.b),
            g: Point::affine(number(numbers.g[0]), number(numbers.g[1])),
            n: number(numbers.n),
        }
    }

    /// Bytes of a coordinate.
    pub fn field_length(&self) -> usize {
        self.p.bits().div_ceil(8) as usize
    }

    /// Bytes of a number below the order.
    pub fn order_length(&self) -> usize {
        self.n.bits().div_ceil(8) as usize
    }

    /// Whether the affine coordinates are in range and fulfil the equation.
    pub fn holds(&self, x: &BigUint, y: &BigUint) -> bool {
        if *x >= self.p || *y >= self.p {
            return false;
        }
        let right = (x * x % &self.p * x + &self.a * x + &self.b) % &self.p;
        y * y % &self.p == right
    }

    /// `u·G + v·Q`, bit by bit for both at once (Shamir).
    pub fn combine(&self, u: &BigUint, v: &BigUint, q: &Point) -> Point {
        let both = self.add(&self.g, q);
        let mut sum = Point::infinity();
        for bit in (0..u.bits().max(v.bits())).rev() {
            sum = self.double(&sum);
            match (u.bit(bit), v.bit(bit)) {
                (true, true) => sum = self.add(&sum, &both),
                (true, false) => sum = self.add(&sum, &self.g),
                (false, true) => sum = self.add(&sum, q),
                (false, false) => {}
            }
        }
        sum
    }

    /// The affine x coordinate, or nothing at infinity.
    pub fn affine_x(&self, point: &Point) -> Option<BigUint> {
        let inverse = point.z.modinv(&self.p)?;
        Some(&point.x * self.times(&inverse, &inverse) % &self.p)
    }

    fn double(&self, point: &Point) -> Point {
        if point.is_infinite() || point.y == BigUint::ZERO {
            return Point::infinity();
        }
        let yy = self.times(&point.y, &point.y);
        let s = self.times(&point.x, &yy) * 4_u8 % &self.p;
        let zz = self.times(&point.z, &point.z);
        let m = (self.times(&point.x, &point.x) * 3_u8 + self.times(&self.a, &self.times(&zz, &zz))) % &self.p;
        let x = self.minus(&self.times(&m, &m), &(&s * 2_u8 % &self.p));
        let y = self.minus(&self.times(&m, &self.minus(&s, &x)), &(self.times(&yy, &yy) * 8_u8 % &self.p));
        let z = self.times(&point.y, &point.z) * 2_u8 % &self.p;
        Point { x, y, z }
    }

    fn add(&self, left: &Point, right: &Point) -> Point {
        if left.is_infinite() {
            return right.clone();
        }
        if right.is_infinite() {
            return left.clone();
        }
        let (left_zz, right_zz) = (self.times(&left.z, &left.z), self.times(&right.z, &right.z));
        let (u1, u2) = (self.times(&left.x, &right_zz), self.times(&right.x, &left_zz));
        let s1 = self.times(&left.y, &self.times(&right.z, &right_zz));
        let s2 = self.times(&right.y, &self.times(&left.z, &left_zz));
        let (h, r) = (self.minus(&u2, &u1), self.minus(&s2, &s1));
        if h == BigUint::ZERO {
            return if r == BigUint::ZERO { self.double(left) } else { Point::infinity() };
        }
        let hh = self.times(&h, &h);
        let hhh = self.times(&hh, &h);
        let v = self.times(&u1, &hh);
        let x = self.minus(&self.minus(&self.times(&r, &r), &hhh), &(&v * 2_u8 % &self.p));
        let y = self.minus(&self.times(&r, &self.minus(&v, &x)), &self.times(&s1, &hhh));
        Point { x, y, z: self.times(&h, &self.times(&left.z, &right.z)) }
    }

    fn times(&self, left: &BigUint, right: &BigUint) -> BigUint {
        left * right % &self.p
    }

    /// Both below `p`.
    fn minus(&self, left: &BigUint, right: &BigUint) -> BigUint {
        if left >= right { left - right } else { left + &self.p - right }
    }
}
