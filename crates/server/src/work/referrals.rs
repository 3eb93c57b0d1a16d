//! Journeys that the machine did not decide: an officer sees the faces side by side and decides.

use mibun_crypto::time::Timestamp;
use mibun_proofing::decision::{DecisionRecord, Review};
use mibun_proofing::journey::State;
use mibun_registry::{JourneyId, PersonId, Unit, run};

use super::audit::{self, Actor};
use super::journeys::{self, OpenJourney};
use super::officers::SignedIn;
use super::{WorkError, chips, people};
use crate::app::App;
use crate::safe::Place;

/// Rows of one page of the list.
const PAGE: u32 = 100;

/// A journey that waits, as an officer sees it.
pub struct Referral {
    /// The journey.
    pub id: JourneyId,
    /// Whose.
    pub person: PersonId,
    /// Name for display.
    pub name: String,
    /// Resident number.
    pub number: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Why the machine did not decide.
    pub reason: &'static str,
    /// The match score that counted.
    pub similarity: Option<f32>,
    /// The score that would have been accepted.
    pub accept_threshold: Option<f32>,
    /// The score below which the machine rejects.
    pub review_threshold: Option<f32>,
    /// The live score that counted.
    pub live: Option<f32>,
}

/// Which of the faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// The frame of the capture.
    Live,
    /// The register's portrait.
    Register,
    /// The portrait in the chip of the document, where one was read.
    Chip,
}

/// One page of the journeys that wait, oldest first; the next page begins `after` its last row.
///
/// # Errors
/// The store's.
pub async fn waiting(app: &App, after: Option<(Timestamp, JourneyId)>) -> Result<Vec<Referral>, WorkError> {
    let mut unit = app.registry.read().await?;
    let rows = unit.journeys_by_state(State::Referred.as_str(), after, PAGE).await?;
    let mut waiting = Vec::new();
    for row in rows {
        let journey = journeys::open_row(app, row)?;
        if journey.state.life.state() == State::Referred {
            waiting.push(describe(app, &mut *unit, &journey).await?);
        }
    }
    Ok(waiting)
}

/// One journey that waits; the look is written down first.
///
/// # Errors
/// [`WorkError::NotFound`].
pub async fn one(app: &App, actor: Actor<'_>, id: &str) -> Result<Referral, WorkError> {
    audit::alone(app, actor, "journey.read", shown(id)).await?;
    let mut unit = app.registry.read().await?;
    let journey = load(app, &mut *unit, id).await?;
    describe(app, &mut *unit, &journey).await
}

/// One of the faces; the look is written down first.
///
/// # Errors
/// [`WorkError::NotFound`] also for a face that was dropped.
pub async fn face(app: &App, actor: Actor<'_>, id: &str, face: Face) -> Result<Vec<u8>, WorkError> {
    audit::alone(app, actor, "journey.face_read", shown(id)).await?;
    let mut unit = app.registry.read().await?;
    let journey = load(app, &mut *unit, id).await?;
    match face {
        Face::Live => journeys::live_face(app, &mut *unit, journey.row.id).await,
        Face::Chip => chips::portrait(app, &mut *unit, journey.row.id).await,
        Face::Register => {
            let person = people::load(app, &mut *unit, journeys::person_of(&journey)?).await?;
            Ok(people::portraits(&mut *unit, &person).await?.original)
        }
    }
}

/// Takes the officer's decision; the frame is dropped in the same unit.
///
/// # Errors
/// [`WorkError::NotFound`], [`WorkError::State`] when another officer was faster.
pub async fn decide(app: &App, officer: &SignedIn, id: &str, accept: bool, grounds: &str) -> Result<(), WorkError> {
    let now = app.clock.now();
    let mut journey = load(app, &mut *app.registry.read().await?, id).await?;
    let actor = officer.id.to_string();
    let review = Review { officer: actor.clone(), accepted: accept, grounds: grounds.to_owned(), at: now };
    let rules = &app.config.limits.journey;
    journey.state.life = journey.state.life.review(review.clone(), rules, now).map_err(journeys::illegal)?;
    let grant = journeys::offer_if_due(app, &mut journey)?;
    let sealed = app.safe.seal(Place::new("decisions", id, "review"), &review, &mut *app.entropy())?;
    run(&*app.registry, "referrals.decide", |unit| {
        let (mut journey, grant, actor, sealed) = (journey.clone(), &grant, &actor, sealed.clone());
        Box::pin(async move {
            journeys::save_decided(app, unit, &mut journey, grant.as_ref()).await?;
            unit.delete_blobs(journey.row.id).await?;
            let record =
                mibun_registry::DecisionRecord { journey: journey.row.id, person: journey.row.person, at: now, sealed };
            unit.append_decision(&record).await?;
            let action = if accept { "journey.accepted" } else { "journey.rejected" };
            audit::note(app, unit, Actor::Officer(actor), action, journey.row.id.to_string()).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await
}

async fn load(app: &App, unit: &mut dyn Unit, id: &str) -> Result<OpenJourney, WorkError> {
    let id: JourneyId = id.parse().map_err(|_| WorkError::NotFound("journey"))?;
    let row = unit.journey(id).await?.ok_or(WorkError::NotFound("journey"))?;
    let journey = journeys::open_row(app, row)?;
    if journey.state.life.state() == State::Referred { Ok(journey) } else { Err(WorkError::NotFound("journey")) }
}

async fn describe(app: &App, unit: &mut dyn Unit, journey: &OpenJourney) -> Result<Referral, WorkError> {
    let id = journey.row.id;
    let person = people::load(app, unit, journeys::person_of(journey)?).await?;
    let row = id.to_string();
    let records = unit.decisions(id).await?;
    // The latest record the machine made; a review is sealed for another place and does not open here.
    let open = |record: &mibun_registry::DecisionRecord| {
        app.safe.open::<DecisionRecord>(Place::new("decisions", &row, "record"), &record.sealed).ok()
    };
    let record = records.iter().rev().find_map(open).ok_or(WorkError::Damaged)?;
    let thresholds = &record.inputs.thresholds;
    Ok(Referral {
        id,
        person: person.row.id,
        name: person.record.display_name(),
        number: person.record.number.clone(),
        created_at: journey.row.created_at,
        reason: record.decision.reason.as_str(),
        similarity: record.decision.match_score,
        accept_threshold: thresholds.accept.map(|row| row.threshold),
        review_threshold: Some(thresholds.review.threshold),
        live: record.decision.live_score,
    })
}

/// An identifier from outside as it may stand in the trail.
fn shown(id: &str) -> String {
    id.chars().filter(char::is_ascii_hexdigit).take(32).collect()
}
