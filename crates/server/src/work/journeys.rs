//! Journeys: opening one, counting its attempts, deciding it, and the offer at its end.

pub mod counter;
mod deciding;
mod offering;
pub mod password;
mod upgrade;

use std::net::IpAddr;

use mibun_crypto::time::Timestamp;
use mibun_proofing::attempts::{AttemptPolicy, Counted, Scope, admit};
use mibun_proofing::decision::PublicDecision;
use mibun_proofing::journey::{Journey as Life, JourneyError, State};
use mibun_registry::{BlindIndex, BlobName, Journey, JourneyId, PAGE_LIMIT, PersonId, Sealed, Unit, Version, run};
use serde::{Deserialize, Serialize};

use super::{WorkError, grants, people};
use crate::app::App;
use crate::safe::{Place, token_hash};

pub use deciding::decide;
pub use offering::offer_if_due;
pub use upgrade::{ChipFound, Goal, Upgrade, is_full};

/// A journey with its state opened.
#[derive(Clone)]
pub struct OpenJourney {
    /// The row.
    pub row: Journey,
    /// Its state.
    pub state: StoredJourney,
}

/// What is sealed in a journey's row.
#[derive(Clone, Serialize, Deserialize)]
pub struct StoredJourney {
    /// Where in its life it is.
    pub life: Life,
    /// The scope under which attempts at the typed number are counted, known or not.
    number_scope: String,
    /// The offer of an accepted journey, until it was collected.
    offer: Option<grants::StoredOffer>,
    /// What was brought along so far, in a journey to a full card.
    #[serde(default)]
    pub upgrade: Option<Upgrade>,
    /// The grant of the offer that was made while an officer had to decide.
    #[serde(default)]
    later: Option<String>,
}

/// A journey that was opened.
pub struct Opened {
    /// Its identifier.
    pub id: JourneyId,
    /// The bearer token of further calls.
    pub token: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// A decision, as far as the person is told.
pub struct DecisionSummary {
    /// What is told.
    pub told: PublicDecision,
    /// Captures left in this journey.
    pub captures_left: u8,
}

/// Where a journey stands.
pub struct Overview {
    /// The name of the state.
    pub state: &'static str,
    /// The decision, if there is one.
    pub decision: Option<DecisionSummary>,
    /// The offer, if the card can be collected.
    pub offer: Option<grants::StoredOffer>,
    /// The offer for wallets that can wait, as long as an officer has not decided.
    pub later: Option<grants::StoredOffer>,
    /// Whether such a wallet has asked and waits: the card comes there by itself.
    pub awaited: bool,
}

fn place(row: &str) -> Place<'_> {
    Place::new("journeys", row, "state")
}

/// Opens a journey to a light card, see [`open_towards`].
///
/// # Errors
/// As [`open_towards`].
pub async fn open(app: &App, source: IpAddr, number: &str, name: &str) -> Result<Opened, WorkError> {
    open_towards(app, Goal::Light, source, number, name).await
}

/// Opens a journey for whoever typed this number and name; the answer does not tell whether there is such a person.
///
/// # Errors
/// [`WorkError::TooMany`] for an address that opened too many.
pub async fn open_towards(
    app: &App,
    goal: Goal,
    source: IpAddr,
    number: &str,
    name: &str,
) -> Result<Opened, WorkError> {
    let now = app.clock.now();
    // A number that does not follow the scheme is nobody's, and is treated as such.
    let read = app.scheme.read(number, now.date());
    let number = read.map_or_else(|_| number.trim().to_owned(), |number| number.as_str().to_owned());
    let index = app.number_index(&number);
    let found = app.registry.read().await?.person_by_number(&index).await?;
    let person = found.and_then(|row| people::open(app, row).ok()).filter(|person| person.record.is_named(name));
    let (journey, token) = fresh(app, goal, &index, person.map(|person| person.row.id), &source.to_string())?;
    let row = journey.row;
    count(app, row.source, Scope::Source).await?;
    run(&*app.registry, "journeys.open", |unit| {
        let row = &row;
        Box::pin(async move { Ok::<_, WorkError>(unit.insert_journey(row).await?) })
    })
    .await?;
    Ok(Opened { id: row.id, token, expires_at: row.expires_at })
}

/// A journey that begins now, not stored yet, and its bearer token.
fn fresh(
    app: &App,
    goal: Goal,
    number: &BlindIndex,
    person: Option<PersonId>,
    source: &str,
) -> Result<(OpenJourney, String), WorkError> {
    let now = app.clock.now();
    let mut entropy = app.entropy();
    let token = entropy.token(32);
    let id = JourneyId::generate(&mut *entropy);
    let life = Life::open(&app.config.limits.journey, now);
    let number_scope = mibun_crypto::base64url::encode(number.as_bytes());
    let upgrade = (goal == Goal::Full).then(Upgrade::default);
    let state = StoredJourney { life, number_scope, offer: None, upgrade, later: None };
    let row = Journey {
        id,
        token_hash: token_hash(&token),
        state: state.life.state().as_str().to_owned(),
        sealed: app.safe.seal(place(&id.to_string()), &state, &mut *entropy)?,
        person,
        source: app.safe.index("source", source),
        created_at: now,
        expires_at: state.life.course().expires_at,
        version: Version::FIRST,
    };
    Ok((OpenJourney { row, state }, token))
}

/// Counts an attempt at the record or from the source of a journey.
async fn count(app: &App, subject: BlindIndex, scope: Scope) -> Result<u32, WorkError> {
    count_under(app, &app.config.limits.attempts, subject, scope).await
}

/// Raises the counters of one scope of a policy, commits, and only then looks at them; answers the attempts left.
///
/// # Errors
/// [`WorkError::TooMany`].
pub async fn count_under(
    app: &App,
    policy: &AttemptPolicy,
    subject: BlindIndex,
    scope: Scope,
) -> Result<u32, WorkError> {
    let now = app.clock.now();
    let counters: Vec<_> = policy.counters(now).into_iter().filter(|counter| counter.scope == scope).collect();
    let counted = run(&*app.registry, "attempts.count", |unit| {
        let counters = &counters;
        Box::pin(async move {
            let mut counted = Vec::new();
            for counter in counters {
                let key = app.safe.mac("attempts", &[subject.as_bytes(), &counter.rung.seconds.to_be_bytes()]);
                let count = unit.count_attempt(&BlindIndex::new(key), counter.window, now).await?;
                counted.push(Counted { counter: *counter, count });
            }
            Ok::<_, WorkError>(counted)
        })
    })
    .await?;
    let admitted = admit(&counted, now).map_err(|exhausted| WorkError::TooMany(exhausted.retry_after_s))?;
    Ok(admitted.attempts_left)
}

/// The journey a token belongs to. A state whose time is over is shown as expired.
///
/// # Errors
/// [`WorkError::NotSignedIn`] for a wrong token, or a journey that does not exist.
pub async fn authorise(app: &App, id: &str, token: &str) -> Result<OpenJourney, WorkError> {
    let id: JourneyId = id.parse().map_err(|_| WorkError::NotSignedIn)?;
    let mut unit = app.registry.read().await?;
    let row = unit.journey(id).await?.ok_or(WorkError::NotSignedIn)?;
    if row.token_hash != token_hash(token) {
        return Err(WorkError::NotSignedIn);
    }
    open_row(app, row)
}

/// Opens the state of a row.
///
/// # Errors
/// [`WorkError::Safe`].
pub fn open_row(app: &App, row: Journey) -> Result<OpenJourney, WorkError> {
    let mut state: StoredJourney = app.safe.open(place(&row.id.to_string()), &row.sealed)?;
    if let Ok(expired) = state.life.clone().expire(app.clock.now()) {
        state.life = expired;
    }
    Ok(OpenJourney { row, state })
}

/// Writes a journey's state over the version read.
///
/// # Errors
/// `VersionMismatch` when another request was faster.
pub async fn save(app: &App, unit: &mut dyn Unit, journey: &mut OpenJourney) -> Result<(), WorkError> {
    let id = journey.row.id.to_string();
    journey.row.sealed = app.safe.seal(place(&id), &journey.state, &mut *app.entropy())?;
    journey.row.state = journey.state.life.state().as_str().to_owned();
    journey.row.expires_at = journey.state.life.course().expires_at;
    journey.row.version = unit.update_journey(&journey.row).await?;
    Ok(())
}

/// Counts an attempt at the typed number and notes the capture; answers the attempts left.
///
/// # Errors
/// [`WorkError::TooMany`], or [`WorkError::State`] when the journey allows no capture.
pub async fn begin_capture(app: &App, mut journey: OpenJourney, capture: &str) -> Result<u32, WorkError> {
    let now = app.clock.now();
    let rules = &app.config.limits.journey;
    // Refused before it is counted: a journey that is over costs nobody an attempt, nor does one that lacks something.
    journey.state.life = journey.state.life.begin_capture(capture.to_owned(), rules, now).map_err(illegal)?;
    journey.state.ready_for_capture()?;
    let scope = mibun_crypto::base64url::decode(&journey.state.number_scope).map_err(|_| WorkError::Damaged)?;
    let scope: [u8; 32] = scope.try_into().map_err(|_| WorkError::Damaged)?;
    let on_record = count(app, BlindIndex::new(scope), Scope::Record).await?;
    let in_journey = u32::from(journey.state.life.captures_left(rules));
    store(app, journey).await?;
    Ok(on_record.min(in_journey))
}

async fn store(app: &App, journey: OpenJourney) -> Result<(), WorkError> {
    run(&*app.registry, "journeys.save", |unit| {
        let mut journey = journey.clone();
        Box::pin(async move { save(app, unit, &mut journey).await })
    })
    .await
}

/// Writes a journey that was just decided with all that follows: the password of an accepted one becomes the person's,
/// and the card is offered.
///
/// # Errors
/// The store's.
pub async fn save_decided(
    app: &App,
    unit: &mut dyn Unit,
    journey: &mut OpenJourney,
    grant: Option<&mibun_registry::Grant>,
) -> Result<(), WorkError> {
    save(app, unit, journey).await?;
    password::take_over(app, unit, journey).await?;
    if let Some(grant) = grant {
        unit.insert_grant(grant).await?;
    }
    Ok(())
}

fn seal_face(app: &App, id: &str, image: &[u8]) -> Result<Sealed, WorkError> {
    let text = mibun_crypto::base64url::encode(image);
    Ok(app.safe.seal(Place::new("journey_blobs", id, "live_face"), &text, &mut *app.entropy())?)
}

/// The frame kept for an officer.
///
/// # Errors
/// [`WorkError::NotFound`] when it was dropped.
pub async fn live_face(app: &App, unit: &mut dyn Unit, id: JourneyId) -> Result<Vec<u8>, WorkError> {
    let sealed = unit.blob(id, BlobName::LiveFace).await?.ok_or(WorkError::NotFound("face"))?;
    let text: String = app.safe.open(Place::new("journey_blobs", &id.to_string(), "live_face"), &sealed)?;
    mibun_crypto::base64url::decode(&text).map_err(|_| WorkError::Damaged)
}

/// Where a journey stands.
///
/// # Errors
/// The store's.
pub async fn overview(app: &App, journey: &OpenJourney) -> Result<Overview, WorkError> {
    let life = &journey.state.life;
    let decision = life.decision().map(|decision| DecisionSummary {
        told: decision.public(),
        captures_left: life.captures_left(&app.config.limits.journey),
    });
    let offer = match (&journey.state.offer, life.state()) {
        (Some(offer), State::Accepted) if grants::stands(app, offer).await? => Some(offer.clone()),
        (Some(_), State::Accepted) => offering::renew(app, journey.clone()).await?,
        _ => None,
    };
    let later = match (&journey.state.offer, life.state()) {
        (Some(offer), State::Referred) if grants::stands(app, offer).await? => Some(offer.clone()),
        (Some(offer), State::Referred) if grants::ran_out(app, offer).await? => {
            offering::renew(app, journey.clone()).await?
        }
        _ => None,
    };
    let awaited = match (&journey.state.later, life.state()) {
        (Some(id), State::Referred | State::Accepted) => grants::is_awaited(app, id).await?,
        _ => false,
    };
    Ok(Overview { state: life.state().as_str(), decision, offer, later, awaited })
}

/// Notes in a journey that its card was collected; part of issuing. A journey may have had several offers, and leads to
/// one card.
///
/// # Errors
/// [`WorkError::State`] when it was collected by another offer; the store's.
pub async fn collected(app: &App, unit: &mut dyn Unit, id: JourneyId) -> Result<(), WorkError> {
    let Some(row) = unit.journey(id).await? else { return Ok(()) };
    let mut journey = open_row(app, row)?;
    match journey.state.life.state() {
        State::Accepted => {}
        State::Collected => return Err(WorkError::State("the card of this journey was collected")),
        _ => return Ok(()),
    }
    journey.state.life = journey.state.life.collect(app.clock.now()).map_err(illegal)?;
    journey.state.offer = None;
    save(app, unit, &mut journey).await
}

/// Drops the frames of referrals that no officer decided in time.
///
/// # Errors
/// The store's.
pub async fn expire_referrals(app: &App) -> Result<(), WorkError> {
    let overdue = app.clock.now().plus_seconds(-i64::from(app.config.limits.referral_hours) * 3600);
    let mut after = None;
    loop {
        let mut unit = app.registry.read().await?;
        let page = unit.journeys_by_state(State::Referred.as_str(), after, PAGE_LIMIT).await?;
        drop(unit);
        after = page.last().map(|row| (row.created_at, row.id));
        let ids: Vec<JourneyId> = page.iter().filter(|row| row.created_at < overdue).map(|row| row.id).collect();
        // The oldest come first: behind one that has time left all have.
        let more = ids.len() == PAGE_LIMIT as usize;
        if !ids.is_empty() {
            drop_faces(app, &ids).await?;
        }
        if !more {
            return Ok(());
        }
    }
}

async fn drop_faces(app: &App, ids: &[JourneyId]) -> Result<(), WorkError> {
    run(&*app.registry, "journeys.drop_faces", |unit| {
        Box::pin(async move {
            for id in ids {
                unit.delete_blobs(*id).await?;
            }
            Ok::<_, WorkError>(())
        })
    })
    .await
}

/// An illegal step, in the caller's terms.
pub fn illegal(error: JourneyError) -> WorkError {
    match error {
        JourneyError::Expired => WorkError::Ended("journey"),
        JourneyError::NoCaptureLeft => WorkError::State("no further capture in this journey; open a new one"),
        JourneyError::NotAllowed { .. } | JourneyError::NotYet => WorkError::State("the journey is in another state"),
    }
}

/// Whose journey it is.
///
/// # Errors
/// [`WorkError::NotFound`] for a journey of nobody.
pub fn person_of(journey: &OpenJourney) -> Result<PersonId, WorkError> {
    journey.row.person.ok_or(WorkError::NotFound("person"))
}
