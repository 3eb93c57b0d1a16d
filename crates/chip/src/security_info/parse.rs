//! The DER of `SecurityInfos`.

use super::{ChipAuthenticationInfo, ChipAuthenticationPublicKeyInfo, MAX_INFOS, PaceInfo, SecurityInfo};
use super::{SecurityInfoError, SecurityInfos, oid, public_key};
use crate::tlv::{Reader, Tlv, TlvError};

pub(super) const INTEGER: u32 = 0x02;
pub(super) const OBJECT_IDENTIFIER: u32 = 0x06;
pub(super) const SEQUENCE: u32 = 0x30;
const SET: u32 = 0x31;

pub(super) fn set(file: &[u8]) -> Result<SecurityInfos, SecurityInfoError> {
    let mut entries = Reader::new(Tlv::parse_tagged(file, SET)?);
    let mut infos = Vec::new();
    while !entries.is_empty() {
        if infos.len() == MAX_INFOS {
            return Err(SecurityInfoError::TooMany);
        }
        infos.push(info(entries.expect(SEQUENCE)?.children())?);
    }
    Ok(SecurityInfos(infos))
}

/// `SEQUENCE { protocol, requiredData ANY, optionalData ANY OPTIONAL }`.
fn info(mut fields: Reader<'_>) -> Result<SecurityInfo, SecurityInfoError> {
    let protocol = fields.expect(OBJECT_IDENTIFIER)?.value;
    if let Some((agreement, mapping, cipher)) = oid::pace(protocol) {
        let version = number(fields.expect(INTEGER)?.value)?;
        let parameter_id = fields.optional(INTEGER)?.map(|found| number(found.value)).transpose()?;
        fields.finish()?;
        let protocol = protocol.to_vec();
        return Ok(SecurityInfo::Pace(PaceInfo { protocol, agreement, mapping, cipher, version, parameter_id }));
    }
    if oid::is_pace_parameters(protocol) {
        fields.expect(SEQUENCE)?;
        let parameter_id = fields.optional(INTEGER)?.map(|found| number(found.value)).transpose()?;
        return Ok(SecurityInfo::PaceDomainParameter { parameter_id });
    }
    if let Some((agreement, cipher)) = oid::chip_authentication(protocol) {
        let version = number(fields.expect(INTEGER)?.value)?;
        let key_id = key_id(&mut fields)?;
        let protocol = protocol.to_vec();
        let info = ChipAuthenticationInfo { protocol, agreement, cipher, version, key_id };
        return Ok(SecurityInfo::ChipAuthentication(info));
    }
    if let Some(agreement) = oid::public_key(protocol) {
        let point = public_key::point(fields.expect(SEQUENCE)?)?;
        let key_id = key_id(&mut fields)?;
        let info = ChipAuthenticationPublicKeyInfo { agreement, point, key_id };
        return Ok(SecurityInfo::ChipAuthenticationPublicKey(info));
    }
    others(protocol, fields)
}

fn others(protocol: &[u8], mut fields: Reader<'_>) -> Result<SecurityInfo, SecurityInfoError> {
    if protocol == oid::ACTIVE_AUTHENTICATION {
        number(fields.expect(INTEGER)?.value)?;
        let signature_algorithm = fields.expect(OBJECT_IDENTIFIER)?.value.to_vec();
        return Ok(SecurityInfo::ActiveAuthentication { signature_algorithm });
    }
    if protocol == oid::TERMINAL_AUTHENTICATION {
        return Ok(SecurityInfo::TerminalAuthentication);
    }
    Ok(SecurityInfo::Unknown(protocol.to_vec()))
}

/// A key's number, as the bytes that MSE:Set refers to it by.
fn key_id(fields: &mut Reader<'_>) -> Result<Option<Vec<u8>>, SecurityInfoError> {
    let Some(found) = fields.optional(INTEGER)? else { return Ok(None) };
    let significant = unsigned(found.value)?;
    if significant.len() > 16 { Err(SecurityInfoError::Number) } else { Ok(Some(significant.to_vec())) }
}

/// The number of an `INTEGER` that fits into 32 bits.
pub(super) fn number(contents: &[u8]) -> Result<u32, SecurityInfoError> {
    let significant = unsigned(contents)?;
    if significant.len() > 4 {
        return Err(SecurityInfoError::Number);
    }
    Ok(significant.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// The bytes of an `INTEGER` that is not negative, without the zero that only says so.
pub(super) fn unsigned(contents: &[u8]) -> Result<&[u8], SecurityInfoError> {
    match contents {
        [] | [0x80..=0xff, ..] => Err(SecurityInfoError::Number),
        [0, rest @ ..] if !rest.is_empty() => Ok(rest),
        all => Ok(all),
    }
}

/// The last `Unexpected` of a choice, for readers of it.
pub(super) fn unexpected(expected: u32, found: u32) -> SecurityInfoError {
    SecurityInfoError::Form(TlvError::Unexpected { expected, found })
}
