//! Codes that bring a journey and a terminal together: shown by the wallet, typed or scanned at the terminal, good once.

use std::net::IpAddr;

use mibun_crypto::time::Timestamp;
use mibun_proofing::attempts::Scope;
use mibun_proofing::chip::ChipReason;
use mibun_registry::{Hash, JourneyId, Pairing, PairingClaim, PairingState, Version, run};
use serde::{Deserialize, Serialize};

use super::{Refusal, takes_a_chip};
use crate::app::App;
use crate::safe::{Place, token_hash};
use crate::work::journeys::{self, OpenJourney};
use crate::work::{WorkError, codes};

const LENGTH: usize = 8;
/// Codes of one journey that are good at the same time.
const MOST: usize = 5;
/// The terminal's name in the record.
const TERMINAL: &str = "terminal";

/// A code to show.
pub struct Shown {
    /// The code.
    pub code: String,
    /// When it is worth nothing.
    pub expires_at: Timestamp,
}

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// No terminal has claimed it.
    Waiting,
    /// A terminal reads.
    Reading,
    /// The document was taken.
    Done,
    /// It was not.
    Refused(ChipReason),
}

/// What is sealed in a pairing.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Stored {
    /// The end of the reading; none as long as it has not ended.
    outcome: Option<Result<(), ChipReason>>,
}

/// A claimed code.
pub struct Claimed {
    /// Whose chip is to be read.
    pub journey: OpenJourney,
    pairing: Pairing,
}

/// Draws a code for a journey that takes a chip.
///
/// # Errors
/// [`WorkError::State`] for a journey that takes none, or that has too many codes already.
pub async fn show(app: &App, journey: &OpenJourney) -> Result<Shown, WorkError> {
    takes_a_chip(journey).map_err(|_| WorkError::State("the journey does not take a chip now"))?;
    let now = app.clock.now();
    let code = codes::draw(app, LENGTH);
    let pairing = Pairing {
        code_hash: hash(&code),
        journey: Some(journey.row.id),
        terminal: None,
        state: PairingState::Waiting,
        sealed: app.safe.seal(place(&row(&code)), &Stored::default(), &mut *app.entropy())?,
        expires_at: now.plus_seconds(i64::from(app.config.chip.pairing_minutes) * 60),
        version: Version::FIRST,
    };
    run(&*app.registry, "pairings.show", |unit| {
        let pairing = &pairing;
        let id = journey.row.id;
        Box::pin(async move {
            let earlier = unit.pairings_of_journey(id).await?;
            if earlier.iter().filter(|one| one.expires_at > now).count() >= MOST {
                return Err(WorkError::State("too many codes at the same time; wait until one is over"));
            }
            Ok(unit.insert_pairing(pairing).await?)
        })
    })
    .await?;
    Ok(Shown { code, expires_at: pairing.expires_at })
}

/// What became of a journey's code.
///
/// # Errors
/// [`WorkError::NotFound`] for a code of another journey.
pub async fn standing(app: &App, journey: JourneyId, code: &str) -> Result<Standing, WorkError> {
    let code = codes::normal(code, LENGTH);
    let found = app.registry.read().await?.pairing(&hash(&code)).await?;
    let pairing = found.filter(|pairing| pairing.journey == Some(journey)).ok_or(WorkError::NotFound("code"))?;
    let stored: Stored = app.safe.open(place(&row(&code)), &pairing.sealed)?;
    Ok(match (stored.outcome, pairing.state) {
        (Some(Ok(())), _) => Standing::Done,
        (Some(Err(reason)), _) => Standing::Refused(reason),
        (None, PairingState::Waiting) => Standing::Waiting,
        (None, _) => Standing::Reading,
    })
}

/// Claims a code for a terminal. The try is counted before it is looked at, and a code is good for one claim.
///
/// # Errors
/// [`ChipReason::UnknownCode`], [`ChipReason::TooManyRequests`].
pub(super) async fn claim(app: &App, source: IpAddr, code: &str) -> Result<Claimed, Refusal> {
    let subject = app.safe.index("pairing-source", &source.to_string());
    journeys::count_under(app, &app.config.chip.attempts, subject, Scope::Source).await?;
    let code = codes::normal(code, LENGTH);
    let (key, now) = (hash(&code), app.clock.now());
    let claim = PairingClaim {
        journey: None,
        terminal: Some(TERMINAL.to_owned()),
        sealed: app.safe.seal(place(&row(&code)), &Stored::default(), &mut *app.entropy()).map_err(WorkError::from)?,
        // Long enough for the reading and for the wallet to see what became of it.
        expires_at: now.plus_seconds(i64::from(app.config.chip.pairing_minutes) * 60),
    };
    let claimed = run(&*app.registry, "pairings.claim", |unit| {
        let claim = &claim;
        Box::pin(async move {
            if !unit.claim_pairing(&key, claim, now).await? {
                return Ok::<_, WorkError>(None);
            }
            let Some(pairing) = unit.pairing(&key).await? else { return Ok(None) };
            let Some(journey) = pairing.journey else { return Ok(None) };
            Ok(unit.journey(journey).await?.map(|row| (row, pairing)))
        })
    })
    .await?;
    let (row, pairing) = claimed.ok_or(Refusal::of(ChipReason::UnknownCode))?;
    Ok(Claimed { journey: journeys::open_row(app, row)?, pairing })
}

impl Claimed {
    /// Notes how the reading ended, for the wallet to see. A pairing that went meanwhile needs no note.
    pub(super) async fn close(mut self, app: &App, outcome: Result<(), ChipReason>, code: &str) {
        let code = codes::normal(code, LENGTH);
        self.pairing.state = PairingState::Closed;
        let stored = Stored { outcome: Some(outcome) };
        let Ok(sealed) = app.safe.seal(place(&row(&code)), &stored, &mut *app.entropy()) else { return };
        self.pairing.sealed = sealed;
        let noted = run(&*app.registry, "pairings.close", |unit| {
            let pairing = &self.pairing;
            Box::pin(async move { Ok::<_, WorkError>(unit.update_pairing(pairing).await.map(|_| ())?) })
        })
        .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "the end of a reading could not be noted");
        }
    }
}

fn hash(code: &str) -> Hash {
    token_hash(&format!("pairing {code}"))
}

/// The row's name in the context of its seal; the code itself stays out of it.
fn row(code: &str) -> String {
    mibun_crypto::base64url::encode(hash(code).as_bytes())
}

fn place(row: &str) -> Place<'_> {
    Place::new("pairings", row, "sealed")
}
