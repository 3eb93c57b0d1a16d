//! Deciding an ended capture: the register's portrait, the comparison, the record, and what is stored with it.

use mibun_face::{Embedding, PortraitMeasures};
use mibun_proofing::decision::{DecisionInputs, DecisionRecord, MatchScore, Subject};
use mibun_proofing::journey::State;
use mibun_registry::{BlobName, PersonStatus, Unit, run};

use super::{DecisionSummary, OpenJourney, illegal, offer_if_accepted, save_decided, seal_face};
use crate::app::App;
use crate::safe::Place;
use crate::work::WorkError;
use crate::work::audit::{self, Actor};
use crate::work::captures::{self, Finished};
use crate::work::people::{self, OpenPerson};

/// Days for which a frame cannot come back in another capture.
const FRAME_DAYS: i64 = 30;

/// Decides an ended capture, records it, and makes the offer where it is accepted.
///
/// # Errors
/// [`WorkError::Refused`] for frames of an earlier capture; the store's.
pub async fn decide(app: &App, journey: OpenJourney, finished: Finished) -> Result<DecisionSummary, WorkError> {
    let now = app.clock.now();
    let person = match journey.row.person {
        Some(id) => Some(people::load(app, &mut *app.registry.read().await?, id).await?),
        None => None,
    };
    let portrait = register_portrait(app, person.as_ref(), &finished).await?;
    let inputs = inputs(app, person.as_ref(), portrait.as_ref(), &finished)?;
    let record = DecisionRecord::decide(inputs, &app.config.face.policy, now);
    let rules = &app.config.limits.journey;
    let mut journey = journey;
    journey.state.life = journey.state.life.decide(record.decision, rules, now).map_err(illegal)?;
    let summary =
        DecisionSummary { told: record.decision.public(), captures_left: journey.state.life.captures_left(rules) };
    let concluded = conclude(app, journey, &record, finished.best).await;
    if let Err(WorkError::Refused(..)) = concluded {
        // Nothing of the decision was stored; that its frames came, is.
        remember_frames(app, &record).await?;
    }
    concluded?;
    tracing::info!(reason = record.decision.reason.as_str(), "journey decided");
    Ok(summary)
}

/// Frames are remembered for a month: whoever sends one again is replaying an upload. Answers whether all are new.
async fn remember(unit: &mut dyn Unit, record: &DecisionRecord) -> Result<bool, WorkError> {
    let until = record.decided_at.plus_days(FRAME_DAYS);
    let mut all_new = true;
    for frame in &record.inputs.capture.frames {
        all_new &= unit.remember_frame(&captures::frame_index(&frame.0), until).await?;
    }
    Ok(all_new)
}

async fn remember_frames(app: &App, record: &DecisionRecord) -> Result<(), WorkError> {
    run(&*app.registry, "frames.remember", |unit| Box::pin(async move { remember(unit, record).await.map(drop) })).await
}

/// The register's portrait, measured. For nobody's number the live frame is measured in its place, so that the answer
/// takes as long.
async fn register_portrait(
    app: &App,
    person: Option<&OpenPerson>,
    finished: &Finished,
) -> Result<Option<PortraitMeasures>, WorkError> {
    let image = match person {
        Some(person) => {
            let mut unit = app.registry.read().await?;
            people::portraits(&mut *unit, person).await.ok().map(|portraits| portraits.original.into())
        }
        None => finished.best.clone(),
    };
    let Some(image) = image else { return Ok(None) };
    match app.faces.portrait(image).await {
        Ok(measures) => Ok(Some(measures)),
        Err(WorkError::Refused(..)) => Ok(None),
        Err(other) => Err(other),
    }
}

fn inputs(
    app: &App,
    person: Option<&OpenPerson>,
    portrait: Option<&PortraitMeasures>,
    finished: &Finished,
) -> Result<DecisionInputs, WorkError> {
    let capture = finished.capture.summary().ok_or(WorkError::State("the capture still runs"))?;
    let score = |(seq, face): (u32, &Embedding)| {
        let score = portrait.and_then(|portrait| portrait.embedding.cosine(face))?;
        Some(MatchScore { seq, score })
    };
    Ok(DecisionInputs {
        subject: subject(app, person, portrait.is_some()),
        capture,
        matches: finished.capture.faces().filter_map(score).collect(),
        thresholds: app.faces.thresholds()?,
        models: app.faces.models()?,
    })
}

fn subject(app: &App, person: Option<&OpenPerson>, has_portrait: bool) -> Subject {
    let Some(person) = person else { return Subject::Unknown };
    match person.row.status {
        PersonStatus::Deceased => Subject::Deceased,
        PersonStatus::Suspended => Subject::Suspended,
        PersonStatus::Expired => Subject::Expired,
        PersonStatus::Active if people::ineligible(&person.row, app.clock.now()) => Subject::Expired,
        PersonStatus::Active if has_portrait => Subject::Eligible,
        PersonStatus::Active => Subject::WithoutPortrait,
    }
}

/// Stores frames, state, record, the officer's frame and the offer in one unit: a decision that could not be stored
/// can be taken again.
async fn conclude(
    app: &App,
    mut journey: OpenJourney,
    record: &DecisionRecord,
    best: Option<axum::body::Bytes>,
) -> Result<(), WorkError> {
    let grant = offer_if_accepted(app, &mut journey)?;
    let id = journey.row.id.to_string();
    let sealed = app.safe.seal(Place::new("decisions", &id, "record"), record, &mut *app.entropy())?;
    let referred = journey.state.life.state() == State::Referred;
    let face = best.filter(|_| referred).map(|image| seal_face(app, &id, &image)).transpose()?;
    run(&*app.registry, "journeys.decide", |unit| {
        let (mut journey, grant, face, id) = (journey.clone(), &grant, &face, &id);
        let decision =
            mibun_registry::DecisionRecord { journey: journey.row.id, at: record.decided_at, sealed: sealed.clone() };
        Box::pin(async move {
            if !remember(unit, record).await? {
                return Err(WorkError::Refused("frame_replayed", "these frames were sent before".to_owned()));
            }
            save_decided(app, unit, &mut journey, grant.as_ref()).await?;
            unit.append_decision(&decision).await?;
            if let Some(face) = face {
                unit.put_blob(journey.row.id, BlobName::LiveFace, face).await?;
            }
            audit::note(app, unit, Actor::Server, "journey.decided", format!("{id} {}", journey.row.state)).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await
}
