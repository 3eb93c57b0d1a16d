//! Beginning a reading: whose it is, whether it may, and one more try on the counters.

use std::net::IpAddr;

use mibun_chip::password::Password;
use mibun_chip::reading::{Progress, Reading, Relay, Step};
use mibun_proofing::attempts::Scope;
use mibun_proofing::chip::ChipReason;

use super::pairings::{self, Claimed};
use super::{Refusal, SeenDocument, Turn, keeping, takes_a_chip};
use crate::app::App;
use crate::work::journeys::{self, OpenJourney};

/// How the relay comes to a journey.
pub enum Way<'a> {
    /// The holder's own device, with the journey's token.
    Holder {
        /// The journey.
        journey: &'a str,
        /// Its bearer token.
        token: &'a str,
    },
    /// A terminal, with a code that the wallet shows.
    Terminal {
        /// The code.
        code: &'a str,
    },
}

/// A reading under way.
pub struct Begun {
    reading: Reading,
    journey: OpenJourney,
    /// The claimed code and its text, where a terminal reads.
    pairing: Option<(Claimed, String)>,
    _turn: Turn,
}

/// Begins a reading. Whoever may not is refused before anything is counted; a code is spent by the claim.
///
/// # Errors
/// [`Refusal`].
pub async fn begin(
    app: &App,
    way: Way<'_>,
    source: IpAddr,
    password: Password,
    relay: Relay,
) -> Result<Begun, Refusal> {
    let (journey, pairing) = match way {
        Way::Holder { journey, token } => (journeys::authorise(app, journey, token).await?, None),
        Way::Terminal { code } => {
            let claimed = pairings::claim(app, source, code).await?;
            (claimed.journey.clone(), Some((claimed, code.to_owned())))
        }
    };
    match admit(app, &journey, source).await {
        Ok(turn) => Ok(Begun { reading: Reading::new(password, relay), journey, pairing, _turn: turn }),
        Err(refusal) => {
            if let Some((claimed, code)) = pairing {
                claimed.close(app, Err(refusal.reason), &code).await;
            }
            Err(refusal)
        }
    }
}

async fn admit(app: &App, journey: &OpenJourney, source: IpAddr) -> Result<Turn, Refusal> {
    takes_a_chip(journey)?;
    let turn = app.chips.turn(journey.row.id).ok_or(ChipReason::AlreadyReading)?;
    let policy = &app.config.chip.attempts;
    let of_source = app.safe.index("chip-source", &source.to_string());
    journeys::count_under(app, policy, of_source, Scope::Source).await?;
    let of_journey = app.safe.index("chip-journey", &journey.row.id.to_string());
    journeys::count_under(app, policy, of_journey, Scope::Record).await?;
    Ok(turn)
}

impl Begun {
    /// The bytes to relay next; `None` when the reading is over.
    ///
    /// # Errors
    /// [`Refusal`] when it has failed.
    pub fn command(&self) -> Result<Option<&[u8]>, Refusal> {
        match self.reading.next() {
            Step::Send(bytes) => Ok(Some(bytes)),
            Step::Done(_) => Ok(None),
            Step::Failed(error) => Err(error.into()),
        }
    }

    /// Takes the chip's answer.
    ///
    /// # Errors
    /// [`Refusal`], which also ends the reading.
    pub fn receive(&mut self, app: &App, response: &[u8]) -> Result<(), Refusal> {
        self.reading.receive(response, &mut *app.entropy()).map_err(|error| {
            // Which step failed, in the words of the protocol; nothing of the document.
            tracing::info!(%error, "a chip was not read");
            error.into()
        })
    }

    /// How far the reading is.
    pub fn progress(&self) -> Progress {
        self.reading.progress()
    }

    /// Ends the reading: judges and keeps what was read, unless `outcome` says that it failed, and notes the end for a
    /// wallet whose code was used.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn end(self, app: &App, outcome: Result<(), Refusal>) -> Result<SeenDocument, Refusal> {
        let Self { reading, journey, pairing, _turn } = self;
        let report = || reading.into_report().ok_or(Refusal::of(ChipReason::Unreadable));
        let ended = match outcome.and_then(|()| report()) {
            Ok(report) => keeping::judge_and_keep(app, &journey, report).await,
            Err(refusal) => Err(refusal),
        };
        if let Some((claimed, code)) = pairing {
            claimed.close(app, ended.as_ref().map(|_| ()).map_err(|refusal| refusal.reason), &code).await;
        }
        match &ended {
            Ok(_) => tracing::info!("a chip was taken"),
            Err(refusal) => tracing::info!(reason = refusal.reason.as_str(), "a chip was not taken"),
        }
        ended
    }
}
