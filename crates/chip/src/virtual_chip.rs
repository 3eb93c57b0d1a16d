//! A chip in software: the other side of every protocol here, with faults as data. For tests and demonstrations.
//!
//! It holds whatever files and keys it is given and checks nothing about them, so it can play a genuine document, a copy
//! without private keys, and a broken one. It keeps the rules that real chips keep: nothing of the application without
//! a session, and a session ends with the first command that does not verify.

mod active;
mod chip_authentication;
mod fault;
pub mod files;
mod pace;

use std::collections::BTreeMap;

use mibun_crypto::cipher::BlockCipher;
use mibun_crypto::curve::{Curve, Scalar};
use mibun_crypto::entropy::{Entropy, SeededEntropy};

use crate::apdu::{CLA_SECURE, Command, MAX_SHORT_RESPONSE, Response, Status};
use crate::bac::{self, BacKeys, INS_EXTERNAL_AUTHENTICATE, INS_GET_CHALLENGE};
use crate::pace::{INS_GENERAL_AUTHENTICATE, INS_MSE};
use crate::password::{CardAccessNumber, MrzPassword};
use crate::reading::Ef;
use crate::secure_messaging::SecureMessaging;
use crate::tlv::{self, Tlv};
use pace::ChipPace;

pub use active::{ActiveKey, RsaKey};
pub use fault::{Fault, Pretence};

const INS_SELECT: u8 = 0xa4;
const INS_READ_BINARY: u8 = 0xb0;
const INS_READ_BINARY_ODD: u8 = 0xb1;
const INS_INTERNAL_AUTHENTICATE: u8 = 0x88;
const APPLICATION: [u8; 7] = [0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];

/// What a chip is made with.
pub struct Profile {
    /// Its files, byte by byte.
    pub files: BTreeMap<Ef, Vec<u8>>,
    /// What its machine-readable zone opens.
    pub mrz: MrzPassword,
    /// Its card access number, if it has one.
    pub can: Option<CardAccessNumber>,
    /// How it speaks PACE; EF.CardAccess has to say the same.
    pub pace: Option<(Curve, BlockCipher)>,
    /// Whether it speaks BAC.
    pub bac: bool,
    /// Its private key for chip authentication, and the cipher; EF.DG14 has to say the same.
    pub chip_authentication: Option<(Scalar, BlockCipher)>,
    /// Its private key for active authentication; EF.DG15 has to say the same.
    pub active_authentication: Option<ActiveKey>,
    /// Whether it takes APDUs of extended length.
    pub extended_length: bool,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

/// A chip in the field of a reader.
pub struct VirtualChip {
    profile: Profile,
    entropy: SeededEntropy,
    session: Option<SecureMessaging>,
    /// Takes over once the answer to the present command is out.
    next_session: Option<SecureMessaging>,
    in_application: bool,
    selected: Option<Ef>,
    challenge: Option<[u8; bac::NONCE]>,
    pace: ChipPace,
    chip_authentication_set: bool,
    commands: u32,
}

impl VirtualChip {
    /// The chip of a profile; the same seed gives the same random numbers.
    pub fn new(mut profile: Profile, seed: impl AsRef<[u8]>) -> Self {
        fault::flip_bits(&mut profile);
        Self {
            profile,
            entropy: SeededEntropy::new(seed),
            session: None,
            next_session: None,
            in_application: false,
            selected: None,
            challenge: None,
            pace: ChipPace::default(),
            chip_authentication_set: false,
            commands: 0,
        }
    }

    /// Answers a command; nothing at all when it has been taken away.
    pub fn transmit(&mut self, command: &[u8]) -> Vec<u8> {
        self.commands += 1;
        for fault in &self.profile.faults {
            match fault {
                Fault::DropAfter(count) if self.commands > *count => return Vec::new(),
                Fault::StatusAfter(count, status) if self.commands > *count => {
                    return Response::of(*status).encode();
                }
                _ => {}
            }
        }
        match Command::parse(command) {
            Ok(command) => self.answer(&command).encode(),
            Err(_) => Response::of(Status::WrongLength).encode(),
        }
    }

    /// Commands that it has been sent.
    pub fn commands(&self) -> u32 {
        self.commands
    }

    fn answer(&mut self, command: &Command) -> Response {
        if command.is_extended() && !self.profile.extended_length {
            return self.end_session(Status::WrongLength);
        }
        if command.cla & CLA_SECURE == 0 {
            // A command without protection ends whatever session there is.
            self.session = None;
            let response = self.carry_out(command);
            self.session = self.next_session.take();
            return response;
        }
        let Some(session) = &mut self.session else { return Response::of(Status::SecureMessagingMissing) };
        let Ok(inner) = session.open_command(command) else {
            return self.end_session(Status::SecureMessagingIncorrect);
        };
        let response = self.carry_out(&inner);
        let protected = self.session.as_mut().and_then(|session| session.protect_response(&response, inner.ins).ok());
        let Some(protected) = protected else { return self.end_session(Status::SecureMessagingIncorrect) };
        if protected.data.len() > command.expected.unwrap_or(MAX_SHORT_RESPONSE) {
            return self.end_session(Status::WrongLength);
        }
        if let Some(next) = self.next_session.take() {
            self.session = Some(next);
        }
        protected
    }

    fn end_session(&mut self, status: Status) -> Response {
        self.session = None;
        Response::of(status)
    }

    fn carry_out(&mut self, command: &Command) -> Response {
        let data = match (command.ins, command.p1, command.p2) {
            (INS_SELECT, p1, _) => self.select(p1, &command.data),
            (INS_READ_BINARY, p1, p2) => self.read_even(p1, p2, command.expected.unwrap_or(0)),
            (INS_READ_BINARY_ODD, 0, 0) => self.read_odd(command),
            (INS_GET_CHALLENGE, 0, 0) => self.get_challenge(),
            (INS_EXTERNAL_AUTHENTICATE, 0, 0) => self.external_authenticate(&command.data),
            (INS_MSE, 0xc1, 0xa4) => self.pace_set_at(&command.data),
            (INS_MSE, 0x41, 0xa4 | 0xa6) => self.chip_authentication_set(command),
            (INS_GENERAL_AUTHENTICATE, 0, 0) if self.chip_authentication_set => {
                self.chip_authentication_agree(&command.data)
            }
            (INS_GENERAL_AUTHENTICATE, 0, 0) => self.pace_general_authenticate(&command.data),
            (INS_INTERNAL_AUTHENTICATE, 0, 0) => self.internal_authenticate(&command.data),
            _ => Err(Status::InstructionNotSupported),
        };
        match data {
            Ok((data, status)) => Response { data, status },
            Err(status) => Response::of(status),
        }
    }

    fn select(&mut self, p1: u8, data: &[u8]) -> Answer {
        self.selected = None;
        match (p1, data) {
            (0x00, [0x3f, 0x00]) => self.in_application = false,
            (0x04, aid) if *aid == APPLICATION => {
                if self.session.is_none() && !self.profile.bac {
                    return Err(Status::SecurityStatus);
                }
                self.in_application = true;
            }
            (0x02, id) => self.selected = Some(self.find(|ef| ef.file_id() == *id)?),
            _ => return Err(Status::NotFound),
        }
        done(Vec::new())
    }

    /// A file of the present directory. The application's need a session.
    fn find(&self, wanted: impl Fn(&Ef) -> bool) -> Result<Ef, Status> {
        let here = |ef: &&Ef| matches!(ef, Ef::CardAccess | Ef::AtrInfo) != self.in_application && wanted(ef);
        let found = *self.profile.files.keys().find(here).ok_or(Status::NotFound)?;
        if self.in_application && self.session.is_none() { Err(Status::SecurityStatus) } else { Ok(found) }
    }

    /// The offset is in P1 and P2, or P1 selects by short identifier (ISO/IEC 7816-4 section 7.2.3).
    fn read_even(&mut self, p1: u8, p2: u8, length: usize) -> Answer {
        if p1 & 0x80 == 0 {
            return self.read(usize::from(u16::from_be_bytes([p1, p2])), length);
        }
        self.selected = Some(self.find(|ef| ef.file_id()[1] & 0x1f == p1 & 0x1f)?);
        self.read(usize::from(p2), length)
    }

    fn read(&self, offset: usize, length: usize) -> Answer {
        let file = self.selected.and_then(|ef| self.profile.files.get(&ef)).ok_or(Status::ConditionsOfUse)?;
        if self.in_application && self.session.is_none() {
            return Err(Status::SecurityStatus);
        }
        let rest = file.get(offset..).filter(|rest| !rest.is_empty()).ok_or(Status::WrongOffset)?;
        let piece = rest[..rest.len().min(length)].to_vec();
        let status = if piece.len() < length { Status::EndOfFile } else { Status::Success };
        Ok((piece, status))
    }

    fn read_odd(&self, command: &Command) -> Answer {
        let offset = Tlv::parse_tagged(&command.data, 0x54).map_err(|_| Status::IncorrectData)?;
        if offset.len() > 4 {
            return Err(Status::IncorrectData);
        }
        let offset = offset.iter().fold(0, |offset, byte| offset << 8 | usize::from(*byte));
        // The most that fits with its header into what is expected.
        let expected = command.expected.unwrap_or(0);
        let around =
            (2..=4).find(|around| tlv::encode(0x53, &vec![0; expected.saturating_sub(*around)]).len() <= expected);
        let (piece, status) = self.read(offset, expected.saturating_sub(around.unwrap_or(expected)))?;
        Ok((tlv::encode(0x53, &piece), status))
    }

    fn get_challenge(&mut self) -> Answer {
        if !self.profile.bac || !self.in_application {
            return Err(Status::ConditionsOfUse);
        }
        let challenge = self.bytes();
        self.challenge = Some(challenge);
        done(challenge.to_vec())
    }

    fn external_authenticate(&mut self, data: &[u8]) -> Answer {
        let challenge = self.challenge.take().ok_or(Status::ConditionsOfUse)?;
        let keys = BacKeys::new(&self.profile.mrz);
        let message = keys.open(data).map_err(|_| Status::AuthenticationFailed)?;
        let (reader_nonce, rest) = message.split_first_chunk::<{ bac::NONCE }>().ok_or(Status::IncorrectData)?;
        let (repeated, reader_share) = rest.split_at(bac::NONCE);
        if *repeated != challenge {
            return Err(Status::AuthenticationFailed);
        }
        let share = self.bytes();
        self.next_session = Some(bac::session(&share, reader_share, &challenge, reader_nonce));
        done(keys.seal(&bac::message(&challenge, reader_nonce, &share)))
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let entropy: &mut dyn Entropy = &mut self.entropy;
        entropy.bytes()
    }

    fn pretence(&self, select: impl Fn(&Fault) -> Option<Pretence>) -> Option<Pretence> {
        self.profile.faults.iter().find_map(select)
    }
}

/// What a command comes to: data with its status, or a status alone.
type Answer = Result<(Vec<u8>, Status), Status>;

fn done(data: Vec<u8>) -> Answer {
    Ok((data, Status::Success))
}
