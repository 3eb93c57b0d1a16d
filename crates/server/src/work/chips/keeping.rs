//! The end of a reading: is the data genuine, is the document good and the person's, and then it is kept.

use std::sync::Arc;

use mibun_card::assurance::{CloneProtection as Shown, DocumentType};
use mibun_chip::csca::CscaStore;
use mibun_chip::judgement::{Genuine, judge};
use mibun_chip::lds::face::{Picture, PictureKind};
use mibun_chip::passive::PassivePolicy;
use mibun_chip::reading::Report;
use mibun_chip::verdict::CloneProtection;
use mibun_crypto::time::{Date, Timestamp};
use mibun_proofing::chip::ChipReason;
use mibun_registry::{BlobName, JourneyId, Sealed, Unit, run};

use super::{Refusal, person, takes_a_chip};
use crate::app::App;
use crate::safe::Place;
use crate::work::audit::{self, Actor};
use crate::work::journeys::{self, ChipFound, OpenJourney};
use crate::work::{WorkError, people, trust};

/// Quality of a portrait that came as JPEG 2000 and is kept as JPEG.
const QUALITY: u8 = 95;

/// A document that was taken, as the person may see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeenDocument {
    /// The kind of document.
    pub kind: DocumentType,
    /// Who issued it.
    pub country: mibun_card::assurance::Country,
    /// Its last day.
    pub valid_until: Date,
    /// How the chip has shown that it is no copy.
    pub clone_protection: Option<Shown>,
}

/// Judges what was read and, if everything is as it should be, notes it in the journey and keeps the portrait for the
/// comparison with the face.
pub(super) async fn judge_and_keep(app: &App, journey: &OpenJourney, report: Report) -> Result<SeenDocument, Refusal> {
    let store = trust::store(app).await?;
    let policy = PassivePolicy { allow_sha1: app.config.chip.allow_sha1 };
    let now = app.clock.now();
    let judged = tokio::task::spawn_blocking(move || genuine(&report, &store, policy, now)).await;
    // A decoder that gives up on a portrait must not take the server along.
    let (genuine, portrait) = judged.map_err(|_| ChipReason::PortraitUnreadable)??;
    let seen = good(app, &genuine, now)?;
    if !is_theirs(app, journey, &genuine).await? {
        return Err(ChipReason::OtherPerson.into());
    }
    let sealed = seal_portrait(app, journey.row.id, &portrait?)?;
    let found = ChipFound {
        at: now,
        document: seen.kind,
        country: seen.country,
        clone_protection: seen.clone_protection,
        valid_until: seen.valid_until,
    };
    keep(app, journey.row.id, &found, &sealed).await?;
    Ok(seen)
}

type Portrait = Result<Vec<u8>, ChipReason>;

/// Off the threads that serve requests: signatures of states are large, and so are portraits.
fn genuine(
    report: &Report,
    store: &Arc<CscaStore>,
    policy: PassivePolicy,
    now: Timestamp,
) -> Result<(Genuine, Portrait), Refusal> {
    let genuine = judge(report, store, policy, now).map_err(|error| {
        tracing::info!(%error, "a chip is not genuine");
        Refusal::from(error)
    })?;
    let portrait = as_jpeg(&genuine.portrait);
    Ok((genuine, portrait))
}

/// The portrait as JPEG, which every browser shows to an officer.
fn as_jpeg(portrait: &Picture) -> Portrait {
    match portrait.kind {
        PictureKind::Jpeg => Ok(portrait.bytes.clone()),
        PictureKind::Jpeg2000 => {
            let picture = mibun_inference::decode::decode_jpeg2000(&portrait.bytes);
            let picture = picture.map_err(|_| ChipReason::PortraitUnreadable)?;
            Ok(mibun_face::portrait::jpeg(&picture, QUALITY))
        }
    }
}

/// What the document must be, whoever shows it.
fn good(app: &App, genuine: &Genuine, now: Timestamp) -> Result<SeenDocument, ChipReason> {
    let clone_protection = match genuine.clone_protection {
        CloneProtection::ChipAuthentication => Some(Shown::ChipAuthentication),
        CloneProtection::ActiveAuthentication => Some(Shown::ActiveAuthentication),
        CloneProtection::None if app.config.chip.copyable => None,
        CloneProtection::None => return Err(ChipReason::CloneProtectionMissing),
    };
    if genuine.mrz.expiry < now.date() {
        return Err(ChipReason::DocumentExpired);
    }
    Ok(SeenDocument {
        kind: person::kind(&genuine.mrz).ok_or(ChipReason::NoTravelDocument)?,
        country: person::country(&genuine.mrz).ok_or(ChipReason::NoTravelDocument)?,
        valid_until: genuine.mrz.expiry,
        clone_protection,
    })
}

/// A journey of nobody has come as far as any other, and hears what a stranger hears.
async fn is_theirs(app: &App, journey: &OpenJourney, genuine: &Genuine) -> Result<bool, Refusal> {
    let Some(id) = journey.row.person else { return Ok(false) };
    let mut unit = app.registry.read().await.map_err(WorkError::from)?;
    let found = people::load(app, &mut *unit, id).await?;
    Ok(person::is_of(genuine, &found.record))
}

fn seal_portrait(app: &App, id: JourneyId, portrait: &[u8]) -> Result<Sealed, WorkError> {
    let text = mibun_crypto::base64url::encode(portrait);
    Ok(app.safe.seal(place(&id.to_string()), &text, &mut *app.entropy())?)
}

/// The journey as it is now gets the chip, unless it has gone on meanwhile.
async fn keep(app: &App, id: JourneyId, found: &ChipFound, portrait: &Sealed) -> Result<(), Refusal> {
    run(&*app.registry, "chips.keep", |unit| {
        Box::pin(async move {
            let row = unit.journey(id).await?.ok_or(WorkError::Ended("journey"))?;
            let mut journey = journeys::open_row(app, row)?;
            takes_a_chip(&journey).map_err(|reason| match reason {
                ChipReason::Gone => WorkError::Ended("journey"),
                _ => WorkError::State("the journey does not take a chip now"),
            })?;
            let upgrade = journey.state.upgrade.as_mut().ok_or(WorkError::Damaged)?;
            upgrade.chip = Some(found.clone());
            journeys::save(app, unit, &mut journey).await?;
            unit.put_blob(id, BlobName::ChipPortrait, portrait).await?;
            audit::note(app, unit, Actor::Holder, "journey.chip_read", id.to_string()).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await?;
    Ok(())
}

/// The portrait of the chip that was read in a journey.
///
/// # Errors
/// [`WorkError::NotFound`] where none was read or it was dropped.
pub async fn portrait(app: &App, unit: &mut dyn Unit, id: JourneyId) -> Result<Vec<u8>, WorkError> {
    let sealed = unit.blob(id, BlobName::ChipPortrait).await?.ok_or(WorkError::NotFound("face"))?;
    let text: String = app.safe.open(place(&id.to_string()), &sealed)?;
    mibun_crypto::base64url::decode(&text).map_err(|_| WorkError::Damaged)
}

fn place(row: &str) -> Place<'_> {
    Place::new("journey_blobs", row, "chip_portrait")
}
