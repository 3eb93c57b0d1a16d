//! The counter: asks for code and document, relays, says how it ended, and forgets.
//!
//! Nothing is stored and nothing is shown of a person but what was just typed. What is written goes to whatever the caller
//! gives; what is typed comes line by line, so a reader of machine-readable zones that types what it sees serves as well.

mod ask;
mod input;
mod texts;

use std::io::{self, Write};
use std::time::Duration;

use crate::address::{Server, Way};
use crate::outcome::{Outcome, Progress, Refusal, Stage};
use crate::password::ChipPassword;
use crate::reader::{ReaderError, Slot};
use crate::relay::{RelayError, relay};
use crate::text::{Language, Text};
pub use input::Input;

/// How long the reader is asked at a time, so that the end is not kept waiting.
const LOOK: Duration = Duration::from_millis(500);

/// A counter.
pub struct Desk<S> {
    /// Where to relay to.
    pub server: Server,
    /// Where documents are put.
    pub slot: S,
    /// What is spoken at the counter.
    pub language: Language,
    /// One document, then the end.
    pub once: bool,
    /// The code of the first document, if it is known already.
    pub way: Option<Way>,
    /// What opens the first document, if that is known already.
    pub password: Option<ChipPassword>,
    /// Whether lines may be written over, as on a screen.
    pub screen: bool,
}

/// How a counter ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The last document was taken.
    Taken,
    /// It was refused.
    Refused,
    /// Reader or document gave no answer.
    Reader(ReaderError),
    /// The server gave none.
    Connection,
    /// Nothing more is typed.
    Closed,
    /// Nothing more is typed, in the middle of a document.
    Unfinished,
}

impl Ended {
    /// The exit code of a program that ends like this.
    pub const fn code(self) -> u8 {
        match self {
            Self::Taken | Self::Closed => 0,
            Self::Unfinished => 1,
            Self::Refused => 3,
            Self::Reader(_) => 4,
            Self::Connection => 5,
        }
    }
}

/// What one document came to, where it did not end the counter.
enum Turn {
    Ended(Ended),
    /// The reader itself does not work: another document makes no difference.
    Broken(ReaderError),
    Closed,
}

/// Serves document after document. Dropping the future ends it at any time.
///
/// # Errors
/// When nothing can be written.
pub async fn serve<S: Slot>(
    desk: Desk<S>,
    input: &mut Input,
    out: &mut (dyn Write + Send),
) -> Result<Ended, io::Error> {
    let Desk { server, slot, language, once, mut way, mut password, screen } = desk;
    let mut counter = Counter { server, slot: Some(slot), voice: Voice { language, screen, out }, input };
    let mut served = None;
    loop {
        let ended = match counter.turn(way.take(), password.take(), once).await? {
            Turn::Ended(ended) => ended,
            Turn::Broken(error) => return Ok(Ended::Reader(error)),
            Turn::Closed if once || served.is_none() => return Ok(Ended::Unfinished),
            Turn::Closed => return Ok(Ended::Closed),
        };
        if once {
            return Ok(ended);
        }
        served = Some(ended);
        if let Err(error) = counter.cleared().await? {
            return Ok(Ended::Reader(error));
        }
        counter.voice.say("")?;
    }
}

struct Counter<'a, S> {
    server: Server,
    /// Empty while a thread waits at it.
    slot: Option<S>,
    voice: Voice<'a>,
    input: &'a mut Input,
}

/// What is written, and how.
struct Voice<'a> {
    language: Language,
    screen: bool,
    out: &'a mut (dyn Write + Send),
}

impl Voice<'_> {
    fn say(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")?;
        self.out.flush()
    }

    fn tell(&mut self, text: Text) -> io::Result<()> {
        self.say(text.of(self.language))
    }

    fn ask(&mut self, text: Text) -> io::Result<()> {
        write!(self.out, "{} ", text.of(self.language))?;
        self.out.flush()
    }
}

impl<S: Slot> Counter<'_, S> {
    /// One document.
    async fn turn(&mut self, way: Option<Way>, password: Option<ChipPassword>, once: bool) -> io::Result<Turn> {
        let way = match way {
            Some(way) => way,
            None => match ask::way(&mut self.voice, self.input).await? {
                Some(way) => way,
                None => return Ok(Turn::Closed),
            },
        };
        let password = match password {
            Some(password) => password,
            None => match ask::password(&mut self.voice, self.input).await? {
                Some(password) => password,
                None => return Ok(Turn::Closed),
            },
        };
        let card = match self.card(once).await? {
            Ok(card) => card,
            Err(turn) => return Ok(turn),
        };
        let mut stages = Stages::new(&mut self.voice);
        let outcome = relay(&self.server, &way, &password, card, &mut |progress| stages.see(progress)).await;
        stages.end()?;
        self.report(outcome).map(Turn::Ended)
    }

    /// A document on the reader. One that cannot be used is taken off, and the next one put on; the code is still good.
    async fn card(&mut self, once: bool) -> io::Result<Result<S::Card, Turn>> {
        loop {
            self.voice.tell(texts::PLACE)?;
            let error = match self.wait(|slot| slot.card(LOOK).transpose()).await? {
                Ok(card) => return Ok(Ok(card)),
                Err(error) => error,
            };
            self.voice.tell(error.text())?;
            if is_broken(error) {
                return Ok(Err(Turn::Broken(error)));
            }
            if once {
                return Ok(Err(Turn::Ended(Ended::Reader(error))));
            }
            if let Err(error) = self.cleared().await? {
                return Ok(Err(Turn::Broken(error)));
            }
        }
    }

    /// Asks the reader again and again, on a thread of its own, until it has an answer.
    async fn wait<T: Send + 'static>(
        &mut self,
        ask: fn(&mut S) -> Option<Result<T, ReaderError>>,
    ) -> io::Result<Result<T, ReaderError>> {
        loop {
            let mut slot = self.slot.take().ok_or(io::ErrorKind::NotConnected)?;
            let asked = tokio::task::spawn_blocking(move || {
                let answer = ask(&mut slot);
                (slot, answer)
            });
            let (slot, answer) = asked.await.map_err(io::Error::other)?;
            self.slot = Some(slot);
            if let Some(answer) = answer {
                return Ok(answer);
            }
        }
    }

    /// The document is taken off before the next one comes, so that nobody's chip is read with another's code.
    async fn cleared(&mut self) -> io::Result<Result<(), ReaderError>> {
        self.voice.tell(texts::TAKE_OFF)?;
        let gone = self.wait(|slot| match slot.cleared(LOOK) {
            Ok(true) => Some(Ok(())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        });
        let gone = gone.await?;
        if let Err(error) = gone {
            self.voice.tell(error.text())?;
        }
        Ok(gone)
    }

    fn report(&mut self, outcome: Result<Outcome, RelayError>) -> io::Result<Ended> {
        match outcome {
            Ok(Outcome::Done { document }) => {
                let passport = document.kind.as_str() == "passport";
                self.voice.tell(if passport { texts::PASSPORT_TAKEN } else { texts::CARD_TAKEN })?;
                Ok(Ended::Taken)
            }
            Ok(Outcome::Refused(refusal)) => self.refused(&refusal),
            Err(error) => {
                self.voice.tell(texts::connection(&error))?;
                // For whoever looks after the machine.
                self.voice.say(&format!("({error})"))?;
                Ok(Ended::Connection)
            }
        }
    }

    fn refused(&mut self, refusal: &Refusal) -> io::Result<Ended> {
        match refusal.reader {
            // Nearer to what happened than what the server can know.
            Some(error) => self.voice.tell(error.text())?,
            None => {
                let message = refusal.message.of(self.voice.language).to_owned();
                self.voice.say(&message)?;
            }
        }
        if let Some(seconds) = refusal.retry_after {
            let wait = texts::WAIT.of(self.voice.language).replace("{}", &seconds.div_ceil(60).to_string());
            self.voice.say(&wait)?;
        }
        self.voice.tell(if refusal.retry_allowed { texts::NEW_CODE } else { texts::NOT_THIS_ONE })?;
        self.voice.say(&format!("({})", refusal.code.as_str()))?;
        Ok(refusal.reader.map_or(Ended::Refused, Ended::Reader))
    }
}

/// Whether another document makes no difference.
const fn is_broken(error: ReaderError) -> bool {
    matches!(error, ReaderError::NoService | ReaderError::NotLetIn | ReaderError::NoReader | ReaderError::UnknownReader)
}

/// Progress, stage by stage; on a screen with the share that has arrived.
struct Stages<'a, 'b> {
    voice: &'a mut Voice<'b>,
    shown: Option<(Stage, usize)>,
    wrong: io::Result<()>,
}

impl<'a, 'b> Stages<'a, 'b> {
    fn new(voice: &'a mut Voice<'b>) -> Self {
        Self { voice, shown: None, wrong: Ok(()) }
    }

    fn see(&mut self, progress: Progress) {
        let share = match progress.stage {
            Stage::Data | Stage::Portrait if self.voice.screen && progress.total > 0 => {
                (progress.done.min(progress.total) * 10 / progress.total) * 10
            }
            _ => 0,
        };
        if self.shown == Some((progress.stage, share)) || self.wrong.is_err() {
            return;
        }
        self.wrong = self.write(progress.stage, share);
        self.shown = Some((progress.stage, share));
    }

    fn write(&mut self, stage: Stage, share: usize) -> io::Result<()> {
        let text = texts::stage(stage).of(self.voice.language);
        match self.shown {
            Some((before, _)) if before == stage => write!(self.voice.out, "\r  {text} {share} %")?,
            Some(_) => write!(self.voice.out, "\n  {text}")?,
            None => write!(self.voice.out, "  {text}")?,
        }
        self.voice.out.flush()
    }

    fn end(self) -> io::Result<()> {
        self.wrong?;
        if self.shown.is_some() { self.voice.say("") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
