//! The commands of PACE and the data objects inside of them.

use super::{PaceError, PaceStep};
use crate::apdu::{Command, MAX_SHORT_RESPONSE, Response};
use crate::tlv::{self, Reader, Tlv};

/// MANAGE SECURITY ENVIRONMENT.
pub(crate) const INS_MSE: u8 = 0x22;
/// GENERAL AUTHENTICATE.
pub(crate) const INS_GENERAL_AUTHENTICATE: u8 = 0x86;
/// Dynamic authentication data.
pub(crate) const DYNAMIC_AUTHENTICATION: u32 = 0x7c;

/// MSE:Set AT for mutual authentication (ICAO Doc 9303 part 11, section 4.4.4.1).
pub(super) fn set_at(protocol: &[u8], password: u8, parameter_id: u32) -> Command {
    let mut data = tlv::encode(0x80, protocol);
    tlv::write(&mut data, 0x83, &[password]);
    // The table's numbers end at 31, so one byte holds them.
    tlv::write(&mut data, 0x84, &[parameter_id as u8]);
    Command::new(INS_MSE, 0xc1, 0xa4).with_data(data)
}

/// GENERAL AUTHENTICATE with at most one object; every one but the last of a run is chained.
pub(super) fn general_authenticate(object: Option<(u32, &[u8])>, chained: bool) -> Command {
    let data = dynamic_authentication(object);
    let command = Command::new(INS_GENERAL_AUTHENTICATE, 0, 0).with_data(data).expecting(MAX_SHORT_RESPONSE);
    if chained { command.chained() } else { command }
}

/// Template 7C around at most one object.
pub(crate) fn dynamic_authentication(object: Option<(u32, &[u8])>) -> Vec<u8> {
    let inner = object.map(|(tag, value)| tlv::encode(tag, value)).unwrap_or_default();
    tlv::encode(DYNAMIC_AUTHENTICATION, &inner)
}

/// The one object that a response has to bring. Others after it are those of mappings that were not asked for.
pub(super) fn object(response: &Response, tag: u32, step: PaceStep) -> Result<&[u8], PaceError> {
    let find = || {
        let found = Tlv::parse_tagged(&response.data, DYNAMIC_AUTHENTICATION)?;
        let mut objects = Reader::new(found);
        let value = objects.expect(tag)?.value;
        objects.finish()?;
        Ok(value)
    };
    find().map_err(|error| PaceError::Form { step, error })
}

/// What an authentication token is computed over: the protocol's object identifier and a public point as data object
/// 7F49 (ICAO Doc 9303 part 11, section 4.4.4.4; BSI TR-03110 part 3, appendix D.3).
pub fn token_input(protocol: &[u8], public: &[u8]) -> Vec<u8> {
    let mut inner = tlv::encode(0x06, protocol);
    tlv::write(&mut inner, 0x86, public);
    tlv::encode(0x7f49, &inner)
}
