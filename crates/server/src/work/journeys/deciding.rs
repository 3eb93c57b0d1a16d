//! Deciding an ended capture: the register's portrait, the comparison, the record, and what is stored with it.

use mibun_face::{Embedding, PortraitMeasures};
use mibun_proofing::decision::{ChipMatches, DecisionInputs, DecisionRecord, MatchScore, Subject};
use mibun_proofing::journey::State;
use mibun_registry::{BlobName, PersonStatus, Unit, run};

use super::{DecisionSummary, OpenJourney, illegal, offer_if_due, save_decided, seal_face};
use crate::app::App;
use crate::safe::Place;
use crate::work::WorkError;
use crate::work::audit::{self, Actor};
use crate::work::captures::{self, Finished};
use crate::work::chips;
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
    let chip = chip_portrait(app, &journey).await?;
    let inputs = DecisionInputs {
        chip: chip_matches(app, chip.as_ref(), &finished)?,
        ..inputs(app, person.as_ref(), portrait.as_ref(), &finished)?
    };
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
    match image {
        Some(image) => measured(app, image).await,
        None => Ok(None),
    }
}

/// The portrait in the chip, where the journey has read one; `Some(None)` for one that cannot be measured or is gone.
async fn chip_portrait(app: &App, journey: &OpenJourney) -> Result<Option<Option<PortraitMeasures>>, WorkError> {
    if journey.state.upgrade.as_ref().is_none_or(|upgrade| upgrade.chip.is_none()) {
        return Ok(None);
    }
    let image = chips::portrait(app, &mut *app.registry.read().await?, journey.row.id).await;
    match image {
        Ok(image) => measured(app, image.into()).await.map(Some),
        Err(WorkError::NotFound(_)) => Ok(Some(None)),
        Err(other) => Err(other),
    }
}

async fn measured(app: &App, image: axum::body::Bytes) -> Result<Option<PortraitMeasures>, WorkError> {
    match app.faces.portrait(image).await {
        Ok(measures) => Ok(Some(measures)),
        Err(WorkError::Refused(..)) => Ok(None),
        Err(other) => Err(other),
    }
}

fn chip_matches(
    app: &App,
    chip: Option<&Option<PortraitMeasures>>,
    finished: &Finished,
) -> Result<Option<ChipMatches>, WorkError> {
    let Some(portrait) = chip else { return Ok(None) };
    let matches = matches(portrait.as_ref(), finished);
    Ok(Some(ChipMatches { matches, thresholds: app.faces.chip_thresholds()? }))
}

/// How the kept frames compare with a portrait; nothing for one that cannot be compared.
fn matches(portrait: Option<&PortraitMeasures>, finished: &Finished) -> Vec<MatchScore> {
    let score = |(seq, face): (u32, &Embedding)| {
        let score = portrait.and_then(|portrait| portrait.embedding.cosine(face))?;
        Some(MatchScore { seq, score })
    };
    finished.capture.faces().filter_map(score).collect()
}

fn inputs(
    app: &App,
    person: Option<&OpenPerson>,
    portrait: Option<&PortraitMeasures>,
    finished: &Finished,
) -> Result<DecisionInputs, WorkError> {
    let capture = finished.capture.summary().ok_or(WorkError::State("the capture still runs"))?;
    Ok(DecisionInputs {
        subject: subject(app, person, portrait.is_some()),
        capture,
        matches: matches(portrait, finished),
        thresholds: app.faces.thresholds()?,
        chip: None,
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
    let grant = offer_if_due(app, &mut journey)?;
    let id = journey.row.id.to_string();
    let sealed = app.safe.seal(Place::new("decisions", &id, "record"), record, &mut *app.entropy())?;
    let referred = journey.state.life.state() == State::Referred;
    let rules = &app.config.limits.journey;
    let again = record.decision.public().retry_allowed && journey.state.life.captures_left(rules) > 0;
    let face = best.filter(|_| referred).map(|image| seal_face(app, &id, &image)).transpose()?;
    run(&*app.registry, "journeys.decide", |unit| {
        let (mut journey, grant, face, id) = (journey.clone(), &grant, &face, &id);
        let decision = mibun_registry::DecisionRecord {
            journey: journey.row.id,
            person: journey.row.person,
            at: record.decided_at,
            sealed: sealed.clone(),
        };
        Box::pin(async move {
            if !remember(unit, record).await? {
                return Err(WorkError::Refused("frame_replayed", "these frames were sent before".to_owned()));
            }
            save_decided(app, unit, &mut journey, grant.as_ref()).await?;
            unit.append_decision(&decision).await?;
            // The chip's portrait is kept as long as somebody has to compare it once more.
            if !referred && !again {
                unit.delete_blobs(journey.row.id).await?;
            }
            if let Some(face) = face {
                unit.put_blob(journey.row.id, BlobName::LiveFace, face).await?;
            }
            audit::note(app, unit, Actor::Server, "journey.decided", format!("{id} {}", journey.row.state)).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await
}
