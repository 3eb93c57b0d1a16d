//! The offer at the end of a journey.

use mibun_proofing::journey::State;
use mibun_registry::run;

use super::{Goal, OpenJourney, save};
use crate::app::App;
use crate::work::{WorkError, grants};

/// Makes grant and offer for a journey that has just been accepted, or whose card a wallet may wait for.
///
/// # Errors
/// [`WorkError::Safe`].
pub fn offer_if_due(app: &App, journey: &mut OpenJourney) -> Result<Option<mibun_registry::Grant>, WorkError> {
    let Some(person) = journey.row.person else { return Ok(None) };
    let terms = match (journey.state.life.state(), journey.state.goal()) {
        (State::Accepted, goal) => grants::Terms::Now(goal),
        (State::Referred, Goal::Light) => grants::Terms::Later,
        _ => return Ok(None),
    };
    let (grant, offer) = grants::make(app, person, journey.row.id, terms)?;
    if terms == grants::Terms::Later {
        journey.state.later = offer.grant.clone();
    }
    journey.state.offer = Some(offer);
    Ok(Some(grant))
}

/// An offer is short-lived, and its code may have been used by a wallet that the answer did not reach; as long as the
/// journey is accepted and nothing was collected, a new one can be had.
pub(super) async fn renew(app: &App, mut journey: OpenJourney) -> Result<Option<grants::StoredOffer>, WorkError> {
    let grant = offer_if_due(app, &mut journey)?;
    run(&*app.registry, "journeys.renew_offer", |unit| {
        let (mut journey, grant) = (journey.clone(), &grant);
        Box::pin(async move {
            save(app, unit, &mut journey).await?;
            if let Some(grant) = grant {
                unit.insert_grant(grant).await?;
            }
            Ok::<_, WorkError>(())
        })
    })
    .await?;
    Ok(journey.state.offer)
}
