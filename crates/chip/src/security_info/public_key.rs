//! `SubjectPublicKeyInfo` of chips: named curves, the numbers of ICAO Doc 9303, and curves spelled out in full.

use mibun_crypto::curve::{Curve, ExplicitParameters, Point};

use super::parse::{INTEGER, OBJECT_IDENTIFIER, SEQUENCE, number, unexpected, unsigned};
use super::{SecurityInfoError, curve_of_parameter_id, oid};
use crate::tlv::{Reader, Tlv, TlvError};

const BIT_STRING: u32 = 0x03;
const OCTET_STRING: u32 = 0x04;

/// Named curves, as the contents of their identifiers (SEC 2; RFC 5639 section 4.1).
const NAMED: [(&[u8], Curve); 4] = [
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], Curve::P256),
    (&[0x2b, 0x81, 0x04, 0x00, 0x22], Curve::P384),
    (&[0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07], Curve::BrainpoolP256r1),
    (&[0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0b], Curve::BrainpoolP384r1),
];

/// The point of a key on one of our curves; `None` for a key of another kind or curve.
pub(super) fn point(key: Tlv<'_>) -> Result<Option<Point>, SecurityInfoError> {
    let mut fields = key.children();
    let mut algorithm = fields.expect(SEQUENCE)?.children();
    let bits = fields.expect(BIT_STRING)?.value;
    fields.finish()?;
    let Some(curve) = curve(&mut algorithm)? else { return Ok(None) };
    let encoded = bits.strip_prefix(&[0]).ok_or(SecurityInfoError::Form(TlvError::Length))?;
    curve.point(encoded).map(Some).map_err(SecurityInfoError::Point)
}

fn curve(algorithm: &mut Reader<'_>) -> Result<Option<Curve>, SecurityInfoError> {
    let identifier = algorithm.expect(OBJECT_IDENTIFIER)?.value;
    if identifier == oid::STANDARDIZED_PARAMETERS {
        return Ok(curve_of_parameter_id(number(algorithm.expect(INTEGER)?.value)?));
    }
    if identifier != oid::EC_PUBLIC_KEY {
        return Ok(None);
    }
    let parameters = algorithm.next()?.ok_or(TlvError::Missing(SEQUENCE))?;
    match parameters.tag {
        OBJECT_IDENTIFIER => Ok(NAMED.iter().find(|(oid, _)| *oid == parameters.value).map(|(_, curve)| *curve)),
        SEQUENCE => explicit(parameters.children()),
        found => Err(unexpected(SEQUENCE, found)),
    }
}

/// `ECParameters { version, fieldID, curve, base, order, cofactor OPTIONAL }` (RFC 3279 section 2.3.5).
fn explicit(mut fields: Reader<'_>) -> Result<Option<Curve>, SecurityInfoError> {
    fields.expect(INTEGER)?;
    let mut field = fields.expect(SEQUENCE)?.children();
    if field.expect(OBJECT_IDENTIFIER)?.value != oid::PRIME_FIELD {
        return Ok(None);
    }
    let prime = unsigned(field.expect(INTEGER)?.value)?;
    let mut equation = fields.expect(SEQUENCE)?.children();
    let (a, b) = (equation.expect(OCTET_STRING)?.value, equation.expect(OCTET_STRING)?.value);
    let generator = fields.expect(OCTET_STRING)?.value;
    let order = unsigned(fields.expect(INTEGER)?.value)?;
    Ok(Curve::from_explicit(&ExplicitParameters { prime, a, b, generator, order }))
}
