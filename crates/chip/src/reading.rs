//! One reading of a chip, from the first command to the report, driven through a relay that only carries bytes.
//!
//! [`Reading`] is a plain value that owns everything: [`Reading::next`] says which bytes to relay, [`Reading::receive`]
//! takes what came back. The relay is nobody's friend: whatever it answers, a reading ends in a [`Report`] of what a
//! chip really said under secure messaging, or in a named [`ReadingError`].
//!
//! Order: EF.CardAccess; PACE where it is offered, else BAC; EF.COM, EF.SOD, EF.DG14 and chip authentication, EF.DG15 and
//! active authentication, then the person's data. Sources: ICAO Doc 9303 part 10 (files) and part 11 (access).

mod channel;
mod ef;
mod error;
mod file;
mod report;
mod task;

use std::fmt;

use mibun_crypto::entropy::Entropy;

use crate::password::Password;
use channel::Channel;
use task::Task;

pub use ef::Ef;
pub use error::{FileError, ReadingError};
pub use report::{Access, ActiveAuthentication, ChipAuthenticationResult, Report};

/// Most commands of one reading; the largest files in short pieces need fewer than half of them.
pub const MAX_COMMANDS: u32 = 4_096;

/// What the way to the chip can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relay {
    /// Short APDUs only: up to 256 bytes of an answer.
    Short,
    /// Extended length too, with answers of up to so many bytes, status included.
    Extended {
        /// Longest answer, in bytes.
        longest_response: usize,
    },
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Relay these bytes to the chip and hand its answer to [`Reading::receive`].
    Send(&'a [u8]),
    /// The reading is over.
    Done(&'a Report),
    /// The reading has failed.
    Failed(ReadingError),
}

/// How far a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Bytes of files that have arrived.
    pub bytes_done: usize,
    /// Bytes of the files whose length is known so far; grows with every file that is begun.
    pub bytes_total: usize,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Finding out what the chip can do.
    Discovery,
    /// BAC or PACE.
    Access,
    /// Reading this file.
    File(Ef),
    /// Chip authentication.
    ChipAuthentication,
    /// Active authentication.
    ActiveAuthentication,
    /// Over.
    Done,
    /// Failed.
    Failed,
}

/// A reading under way. Holds keys and personal data; `Debug` shows neither.
pub struct Reading {
    password: Password,
    relay: Relay,
    channel: Channel,
    report: Report,
    state: State,
}

enum State {
    Running { task: Box<Task>, pending: Vec<u8> },
    Done,
    Failed(ReadingError),
}

impl Reading {
    /// A reading that begins with this password over this relay.
    pub fn new(password: Password, relay: Relay) -> Self {
        let mut channel = Channel::default();
        let task = Task::SelectMasterFile;
        let state = match channel.encode(&task.command(channel::SHORT_CHUNK)) {
            Ok(pending) => State::Running { task: Box::new(task), pending },
            Err(error) => State::Failed(error),
        };
        Self { password, relay, channel, report: Report::default(), state }
    }

    /// What to do next; asking again gives the same answer.
    pub fn next(&self) -> Step<'_> {
        match &self.state {
            State::Running { pending, .. } => Step::Send(pending),
            State::Done => Step::Done(&self.report),
            State::Failed(error) => Step::Failed(*error),
        }
    }

    /// Takes the chip's answer to the command that [`Reading::next`] gave.
    ///
    /// # Errors
    /// [`ReadingError`], which also ends the reading; [`ReadingError::NotRunning`] after it has ended.
    pub fn receive(&mut self, response: &[u8], entropy: &mut dyn Entropy) -> Result<(), ReadingError> {
        let ended = State::Failed(ReadingError::NotRunning);
        match std::mem::replace(&mut self.state, ended) {
            State::Running { task, .. } => match self.advance(*task, response, entropy) {
                Ok(state) => {
                    self.state = state;
                    Ok(())
                }
                Err(error) => {
                    self.channel = Channel::default();
                    self.report = Report::default();
                    self.state = State::Failed(error);
                    Err(error)
                }
            },
            over => {
                self.state = over;
                Err(ReadingError::NotRunning)
            }
        }
    }

    /// How far the reading is.
    pub fn progress(&self) -> Progress {
        let finished: usize = self.report.lengths().sum();
        let (stage, done, total) = match &self.state {
            State::Running { task, .. } => {
                let (done, total) = task.bytes();
                (task.stage(), done, total)
            }
            State::Done => (Stage::Done, 0, 0),
            State::Failed(_) => (Stage::Failed, 0, 0),
        };
        Progress { stage, bytes_done: finished + done, bytes_total: finished + total }
    }

    /// The report of a reading that is over.
    pub fn into_report(self) -> Option<Report> {
        matches!(self.state, State::Done).then_some(self.report)
    }

    fn advance(&mut self, task: Task, response: &[u8], entropy: &mut dyn Entropy) -> Result<State, ReadingError> {
        let response = self.channel.decode(response)?;
        // The first response that verifies under the new keys is what proves chip authentication.
        self.report.prove_chip_authentication(self.channel.take_rekeyed());
        let next = self.carry_out(task, &response, entropy)?;
        self.report.commands = self.channel.commands();
        let Some(task) = next else {
            self.channel = Channel::default();
            return Ok(State::Done);
        };
        let pending = self.channel.encode(&task.command(self.channel.chunk()))?;
        Ok(State::Running { task: Box::new(task), pending })
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("progress", &self.progress()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
