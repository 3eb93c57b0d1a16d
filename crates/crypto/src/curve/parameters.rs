//! The parameters of each curve, to recognise those that are written out in full.

use super::Curve;

/// Curve parameters as keys in documents spell them out (RFC 3279 section 2.3.5, `ECParameters`). All numbers are
/// big-endian bytes of any length.
#[derive(Debug, Clone, Copy)]
pub struct ExplicitParameters<'a> {
    /// The prime of the field.
    pub prime: &'a [u8],
    /// Coefficient a.
    pub a: &'a [u8],
    /// Coefficient b.
    pub b: &'a [u8],
    /// The base point, uncompressed.
    pub generator: &'a [u8],
    /// The order of the base point.
    pub order: &'a [u8],
}

impl Curve {
    /// The curve that has exactly these parameters. Not one of them may differ: a known curve with another base point
    /// is no known curve, and would let its author sign for somebody else's key (CVE-2020-0601).
    pub fn from_explicit(parameters: &ExplicitParameters<'_>) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| {
            let [prime, a, b, order] = numbers(*curve);
            let found = [parameters.prime, parameters.a, parameters.b, parameters.order];
            let same = [prime, a, b, order].into_iter().zip(found).all(|(known, found)| known == significant(found));
            same && curve.generator().as_bytes() == parameters.generator
        })
    }
}

/// Without leading zeros; none of the known numbers has any.
fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

/// Prime, a, b and order.
fn numbers(curve: Curve) -> [&'static [u8]; 4] {
    match curve {
        Curve::P256 => [&P256_PRIME, &P256_A, &P256_B, &P256_ORDER],
        Curve::P384 => [&P384_PRIME, &P384_A, &P384_B, &P384_ORDER],
        Curve::BrainpoolP256r1 => [&BP256_PRIME, &BP256_A, &BP256_B, &BP256_ORDER],
        Curve::BrainpoolP384r1 => [&BP384_PRIME, &BP384_A, &BP384_B, &BP384_ORDER],
    }
}

/// The bytes of big-endian hexadecimal digits, at compile time.
const fn number<const N: usize>(digits: &str) -> [u8; N] {
    let (digits, mut bytes, mut place) = (digits.as_bytes(), [0; N], 0);
    assert!(digits.len() == 2 * N, "two digits per byte");
    while place < N {
        bytes[place] = value(digits[2 * place]) << 4 | value(digits[2 * place + 1]);
        place += 1;
    }
    bytes
}

const fn value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => panic!("a lower-case hexadecimal digit"),
    }
}

const P256_PRIME: [u8; 32] = number("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
const P256_A: [u8; 32] = number("ffffffff00000001000000000000000000000000fffffffffffffffffffffffc");
const P256_B: [u8; 32] = number("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");
const P256_ORDER: [u8; 32] = number("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const P384_PRIME: [u8; 48] =
    number("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff");
const P384_A: [u8; 48] =
    number("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc");
const P384_B: [u8; 48] =
    number("b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef");
const P384_ORDER: [u8; 48] =
    number("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973");
const BP256_PRIME: [u8; 32] = number("a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377");
const BP256_A: [u8; 32] = number("7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9");
const BP256_B: [u8; 32] = number("26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6");
const BP256_ORDER: [u8; 32] = number("a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7");
const BP384_PRIME: [u8; 48] =
    number("8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53");
const BP384_A: [u8; 48] =
    number("7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826");
const BP384_B: [u8; 48] =
    number("04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11");
const BP384_ORDER: [u8; 48] =
    number("8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565");
