//! What a reading does at the moment, and what follows from an answer.

use mibun_crypto::entropy::Entropy;

use super::file::{FileOutcome, FileRead};
use super::report::{Access, ActiveAuthentication, ChipAuthenticationResult};
use super::{Ef, Reading, ReadingError, Relay, Stage};
use crate::apdu::{Command, MAX_DATA, MAX_SHORT_RESPONSE, Response, Status};
use crate::bac::{self, Bac};
use crate::chip_authentication::{ChipAuthentication, ChipAuthenticationOutcome, Offer};
use crate::pace::{Pace, PaceError, PaceOutcome};
use crate::password::Password;
use crate::security_info::SecurityInfos;
use crate::tlv::{Reader, Tlv, TlvError};

/// SELECT.
const INS_SELECT: u8 = 0xa4;
/// INTERNAL AUTHENTICATE.
const INS_INTERNAL_AUTHENTICATE: u8 = 0x88;
/// The application of travel documents (ICAO Doc 9303 part 10, section 3.5).
const APPLICATION: [u8; 7] = [0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
/// `rsaEncryption` (1.2.840.113549.1.1.1).
const RSA_ENCRYPTION: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// Longest RSA key, in bytes of its `BIT STRING`, whose signatures fit into a short protected response.
const LONGEST_SHORT_RSA_KEY: usize = 240;

/// What a reading does at the moment.
pub(super) enum Task {
    SelectMasterFile,
    File(FileRead),
    Pace(Pace),
    SelectApplication,
    Challenge,
    Bac(Bac),
    ChipAuthentication(ChipAuthentication),
    ActiveAuthentication { challenge: [u8; 8], extended: bool },
}

impl Task {
    fn file(ef: Ef) -> Self {
        Self::File(FileRead::new(ef))
    }

    pub(super) fn command(&self, chunk: usize) -> Command {
        match self {
            Self::SelectMasterFile => Command::new(INS_SELECT, 0x00, 0x0c).with_data(vec![0x3f, 0x00]),
            Self::File(file) => file.command(chunk),
            Self::Pace(pace) => pace.command(),
            Self::SelectApplication => Command::new(INS_SELECT, 0x04, 0x0c).with_data(APPLICATION.to_vec()),
            Self::Challenge => bac::get_challenge(),
            Self::Bac(bac) => bac.command(),
            Self::ChipAuthentication(run) => run.command(),
            Self::ActiveAuthentication { challenge, extended } => {
                let length = if *extended { MAX_DATA + 1 } else { MAX_SHORT_RESPONSE };
                Command::new(INS_INTERNAL_AUTHENTICATE, 0, 0).with_data(challenge.to_vec()).expecting(length)
            }
        }
    }

    pub(super) fn stage(&self) -> Stage {
        match self {
            Self::SelectMasterFile => Stage::Discovery,
            Self::File(file) if matches!(file.ef(), Ef::CardAccess | Ef::AtrInfo) => Stage::Discovery,
            Self::File(file) => Stage::File(file.ef()),
            Self::Pace(_) | Self::SelectApplication | Self::Challenge | Self::Bac(_) => Stage::Access,
            Self::ChipAuthentication(_) => Stage::ChipAuthentication,
            Self::ActiveAuthentication { .. } => Stage::ActiveAuthentication,
        }
    }

    /// Bytes of the file that is being read: here, and in all.
    pub(super) fn bytes(&self) -> (usize, usize) {
        if let Self::File(file) = self { file.bytes() } else { (0, 0) }
    }
}

impl Reading {
    /// What follows from the answer to a task; `None` at the end.
    pub(super) fn carry_out(
        &mut self,
        task: Task,
        response: &Response,
        entropy: &mut dyn Entropy,
    ) -> Result<Option<Task>, ReadingError> {
        Ok(Some(match task {
            // Chips that are in the master file anyway may refuse this; the next answer tells.
            Task::SelectMasterFile => Task::file(Ef::CardAccess),
            Task::File(file) => return self.carry_on_file(file, response, entropy),
            Task::Pace(pace) => match pace.receive(response, entropy)? {
                PaceOutcome::Next(pace) => Task::Pace(pace),
                PaceOutcome::Done(session) => {
                    self.channel.open(session);
                    Task::SelectApplication
                }
            },
            Task::SelectApplication => self.application_selected(response.status)?,
            Task::Challenge => match &self.password {
                Password::Mrz(mrz) => Task::Bac(Bac::answer_challenge(mrz, response, entropy)?),
                Password::Can(_) => return Err(ReadingError::MrzNeeded),
            },
            Task::Bac(bac) => {
                self.channel.open(bac.finish(response)?);
                self.report.access = Access::Bac;
                Task::file(Ef::Com)
            }
            Task::ChipAuthentication(run) => match run.receive(response)? {
                ChipAuthenticationOutcome::Next(run) => Task::ChipAuthentication(run),
                ChipAuthenticationOutcome::Rekeyed(session) => {
                    self.channel.open(session);
                    self.after_chip_authentication()?
                }
            },
            Task::ActiveAuthentication { challenge, .. } => {
                self.report.active_authentication = answered(challenge, response);
                Task::file(Ef::Dg1)
            }
        }))
    }

    fn application_selected(&self, status: Status) -> Result<Task, ReadingError> {
        match status {
            Status::Success if self.channel.is_open() => Ok(Task::file(Ef::Com)),
            Status::Success => Ok(Task::Challenge),
            refused => Err(ReadingError::NoApplication(refused)),
        }
    }

    fn carry_on_file(
        &mut self,
        file: FileRead,
        response: &Response,
        entropy: &mut dyn Entropy,
    ) -> Result<Option<Task>, ReadingError> {
        let ef = file.ef();
        let outcome = file.receive(response, self.channel.chunk());
        match outcome.map_err(|error| ReadingError::File { ef, error })? {
            FileOutcome::Next(file) => return Ok(Some(Task::File(file))),
            FileOutcome::Complete(bytes) => self.report.keep(ef, bytes),
            FileOutcome::Absent => {}
        }
        self.after_file(ef, entropy)
    }

    /// What follows on a file that has been read, or is not there.
    fn after_file(&mut self, ef: Ef, entropy: &mut dyn Entropy) -> Result<Option<Task>, ReadingError> {
        Ok(Some(match ef {
            Ef::CardAccess if self.relay != Relay::Short => Task::file(Ef::AtrInfo),
            Ef::CardAccess => self.begin_access()?,
            Ef::AtrInfo => {
                self.learn_lengths();
                self.begin_access()?
            }
            Ef::Com => Task::file(Ef::Sod),
            Ef::Sod if self.is_listed(Ef::Dg14)? => Task::file(Ef::Dg14),
            Ef::Sod => self.after_chip_authentication()?,
            Ef::Dg14 => self.begin_chip_authentication(entropy)?,
            Ef::Dg15 => self.begin_active_authentication(entropy)?,
            Ef::Dg1 => Task::file(Ef::Dg2),
            Ef::Dg2 if self.is_listed(Ef::Dg11)? => Task::file(Ef::Dg11),
            Ef::Dg2 | Ef::Dg11 if self.is_listed(Ef::Dg12)? => Task::file(Ef::Dg12),
            Ef::Dg2 | Ef::Dg11 | Ef::Dg12 => return Ok(None),
        }))
    }

    fn begin_access(&mut self) -> Result<Task, ReadingError> {
        let Some(card_access) = self.report.file(Ef::CardAccess) else { return Ok(Task::SelectApplication) };
        let infos = SecurityInfos::parse(card_access).map_err(ReadingError::CardAccess)?;
        if let Some(info) = infos.usable_pace() {
            let pace = Pace::new(info, &self.password)?;
            let curve = info.curve().ok_or(PaceError::Unsupported)?;
            self.report.access = Access::Pace { curve, cipher: info.cipher };
            return Ok(Task::Pace(pace));
        }
        // Chips that offer PACE in other ways alone still speak BAC until states give it up.
        Ok(Task::SelectApplication)
    }

    /// Reads in larger pieces where EF.ATR/INFO and the relay permit it (ICAO Doc 9303 part 10, section 3.6.4.2).
    fn learn_lengths(&mut self) {
        let Relay::Extended { longest_response } = self.relay else { return };
        let announced = self.report.file(Ef::AtrInfo).and_then(|file| longest_announced_response(file).ok().flatten());
        if let Some(announced) = announced {
            self.channel.allow_responses_of(announced.min(longest_response));
        }
    }

    fn begin_chip_authentication(&mut self, entropy: &mut dyn Entropy) -> Result<Task, ReadingError> {
        let file = self.report.file(Ef::Dg14).unwrap_or_default();
        let infos = SecurityInfos::parse_dg14(file).map_err(ReadingError::Dg14)?;
        match Offer::choose(&infos) {
            Offer::None => self.after_chip_authentication(),
            Offer::Unsupported => {
                self.report.chip_authentication = ChipAuthenticationResult::Unsupported;
                self.after_chip_authentication()
            }
            Offer::Usable(chosen) => {
                self.report.expect_chip_authentication(chosen.public_key.curve(), chosen.cipher);
                Ok(Task::ChipAuthentication(ChipAuthentication::new(chosen, entropy)))
            }
        }
    }

    fn after_chip_authentication(&self) -> Result<Task, ReadingError> {
        Ok(Task::file(if self.is_listed(Ef::Dg15)? { Ef::Dg15 } else { Ef::Dg1 }))
    }

    fn begin_active_authentication(&mut self, entropy: &mut dyn Entropy) -> Result<Task, ReadingError> {
        let file = self.report.file(Ef::Dg15).unwrap_or_default();
        let extended = needs_extended_length(file).map_err(ReadingError::Dg15)?;
        if extended && self.relay == Relay::Short {
            self.report.active_authentication = ActiveAuthentication::NeedsExtendedLength;
            return Ok(Task::file(Ef::Dg1));
        }
        Ok(Task::ActiveAuthentication { challenge: entropy.bytes(), extended })
    }

    /// Whether EF.COM lists a data group: the tag list 5C (ICAO Doc 9303 part 10, section 4.7.1).
    fn is_listed(&self, ef: Ef) -> Result<bool, ReadingError> {
        let file = self.report.file(Ef::Com).unwrap_or_default();
        let list = listed(file).map_err(ReadingError::Com)?;
        Ok(ef.tag().is_some_and(|tag| list.contains(&tag)))
    }
}

fn answered(challenge: [u8; 8], response: &Response) -> ActiveAuthentication {
    if response.status.is_success() {
        ActiveAuthentication::Answered { challenge, response: response.data.clone() }
    } else {
        ActiveAuthentication::Refused(response.status)
    }
}

fn listed(com: &[u8]) -> Result<&[u8], TlvError> {
    let mut objects = Reader::new(Tlv::parse_tagged(com, 0x60)?);
    while let Some(found) = objects.next()? {
        if found.tag == 0x5c {
            return Ok(found.value);
        }
    }
    Err(TlvError::Missing(0x5c))
}

/// The second number of the extended length information, object 7F66 in EF.ATR/INFO (ISO/IEC 7816-4 section 12.7.1).
fn longest_announced_response(file: &[u8]) -> Result<Option<usize>, TlvError> {
    let mut objects = Reader::new(file);
    while let Some(found) = objects.next()? {
        if found.tag == 0x7f66 {
            let mut numbers = found.children();
            numbers.expect(0x02)?;
            let longest = numbers.expect(0x02)?.value;
            let number = longest
                .iter()
                .try_fold(0_usize, |number, byte| number.checked_mul(256).map(|number| number + usize::from(*byte)));
            return Ok(number);
        }
    }
    Ok(None)
}

/// Whether signatures of the key in EF.DG15 outgrow a short response; only those of long RSA keys do.
fn needs_extended_length(dg15: &[u8]) -> Result<bool, TlvError> {
    let key = Tlv::parse(Tlv::parse_tagged(dg15, 0x6f)?)?;
    let mut fields = key.children();
    let mut algorithm = fields.expect(0x30)?.children();
    let is_rsa = algorithm.expect(0x06)?.value == RSA_ENCRYPTION;
    Ok(is_rsa && fields.expect(0x03)?.value.len() > LONGEST_SHORT_RSA_KEY)
}
