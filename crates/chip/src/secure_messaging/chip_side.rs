//! The other side of secure messaging, for the chip in software.

use super::{CLA_SECURE, DO_CHECKSUM, DO_EXPECTED, DO_STATUS, SecureMessaging, SecureMessagingError, Session};
use super::{pad, split_checksum};
use crate::apdu::{Command, MAX_DATA, MAX_SHORT_RESPONSE, Response};
use crate::tlv::{self, Reader};

impl SecureMessaging {
    /// The command inside of a protected one.
    pub(crate) fn open_command(&mut self, command: &Command) -> Result<Command, SecureMessagingError> {
        self.in_session(|session| session.open_command(command))
    }

    /// The protected form of the response to an instruction.
    pub(crate) fn protect_response(&mut self, response: &Response, ins: u8) -> Result<Response, SecureMessagingError> {
        self.in_session(|session| session.protect_response(response, ins))
    }
}

impl Session<'_> {
    fn open_command(&self, command: &Command) -> Result<Command, SecureMessagingError> {
        let (signed, tag) = split_checksum(&command.data)?;
        let header = pad(&command.header(), self.block_length());
        self.verify(&[&header[..], signed].concat(), tag)?;
        let mut objects = Reader::new(signed);
        let data = self.optional_data(&mut objects)?;
        let expected = match objects.optional(DO_EXPECTED)?.map(|found| found.value) {
            None => None,
            Some([length]) => Some(if *length == 0 { MAX_SHORT_RESPONSE } else { usize::from(*length) }),
            Some([0, 0]) => Some(MAX_DATA + 1),
            Some([high, low]) => Some(usize::from(u16::from_be_bytes([*high, *low]))),
            Some(_) => return Err(SecureMessagingError::Objects),
        };
        objects.finish().map_err(|_| SecureMessagingError::Objects)?;
        let [cla, ins, p1, p2] = command.header();
        Ok(Command { cla: cla & !CLA_SECURE, ins, p1, p2, data, expected })
    }

    fn protect_response(&self, response: &Response, ins: u8) -> Result<Response, SecureMessagingError> {
        let mut body = self.cryptogram(&response.data, ins)?;
        tlv::write(&mut body, DO_STATUS, &response.status.to_bytes());
        let tag = self.tag(&body);
        tlv::write(&mut body, DO_CHECKSUM, &tag);
        Ok(Response { data: body, status: response.status })
    }
}
