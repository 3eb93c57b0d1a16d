//! Deciding an ended capture: the register's portrait, the comparison, the record, and what is stored with it.

use mibun_face::{Embedding, PortraitMeasures};
use mibun_proofing::decision::{DecisionInputs, DecisionRecord, MatchScore, Subject};
use mibun_proofing::journey::State;
use mibun_registry::{BlobName, PersonStatus, run};

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
    refuse_known_frames(app, &finished).await?;
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
    tracing::info!(reason = record.decision.reason.as_str(), "journey decided");
    conclude(app, journey, &record, finished.best).await?;
    Ok(summary)
}

/// Frames are remembered for a month: whoever sends one again is replaying an upload.
async fn refuse_known_frames(app: &App, finished: &Finished) -> Result<(), WorkError> {
    let Some(summary) = finished.capture.summary() else { return Err(WorkError::State("the capture still runs")) };
    let until = app.clock.now().plus_days(FRAME_DAYS);
    let all_new = run(&*app.registry, "frames.remember", |unit| {
        let frames = &summary.frames;
        Box::pin(async move {
            let mut all_new = true;
            for frame in frames {
                all_new &= unit.remember_frame(&captures::frame_index(&frame.0), until).await?;
            }
            Ok::<_, WorkError>(all_new)
        })
    })
    .await?;
    if all_new { Ok(()) } else { Err(WorkError::Refused("frame_replayed", "these frames were sent before".to_owned())) }
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

/// Stores state, record, the officer's frame and the offer in one unit.
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
