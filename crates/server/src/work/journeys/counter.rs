//! The counter: an officer has the person before them, and no camera or telephone is needed to get a card.

use mibun_proofing::decision::Review;
use mibun_registry::run;

use super::{Goal, OpenJourney, fresh, illegal, offer_if_due, save};
use crate::app::App;
use crate::safe::Place;
use crate::work::audit::{self, Actor};
use crate::work::grants::StoredOffer;
use crate::work::{WorkError, people};

/// The officer's name in a review that was typed on the server itself.
const OPERATOR: &str = "operator";

/// Makes an offer for the person with this number, on the word of whoever has seen them; `grounds` says how they were
/// recognised.
///
/// # Errors
/// [`WorkError::NotFound`] for a number that is nobody's, [`WorkError::State`] for a record that allows no card,
/// [`WorkError::Refused`] without grounds.
pub async fn offer(app: &App, number: &str, grounds: &str) -> Result<StoredOffer, WorkError> {
    let grounds = grounds.trim();
    if grounds.is_empty() {
        return Err(WorkError::Refused("no_grounds", "say how the person was recognised".to_owned()));
    }
    let now = app.clock.now();
    let nobody = WorkError::NotFound("person");
    let Ok(number) = app.scheme.read(number, now.date()) else { return Err(nobody) };
    let index = app.number_index(number.as_str());
    let person = app.registry.read().await?.person_by_number(&index).await?.ok_or(nobody)?;
    if people::ineligible(&person, now) {
        return Err(WorkError::State("the record allows no card"));
    }
    let (mut journey, _) = fresh(app, Goal::Light, &index, Some(person.id), OPERATOR)?;
    let rules = &app.config.limits.journey;
    let review = Review { officer: OPERATOR.to_owned(), accepted: true, grounds: grounds.to_owned(), at: now };
    let referred = journey.state.life.clone().refer_to_counter(rules, now).map_err(illegal)?;
    let opened = journey.row.clone();
    journey.state.life = referred.review(review.clone(), rules, now).map_err(illegal)?;
    let grant = offer_if_due(app, &mut journey)?.ok_or(WorkError::Damaged)?;
    store(app, &opened, &journey, &grant, &review).await?;
    journey.state.offer.ok_or(WorkError::Damaged)
}

/// Journey, review, grant and the line in the trail, in one unit.
async fn store(
    app: &App,
    opened: &mibun_registry::Journey,
    journey: &OpenJourney,
    grant: &mibun_registry::Grant,
    review: &Review,
) -> Result<(), WorkError> {
    let id = journey.row.id.to_string();
    let sealed = app.safe.seal(Place::new("decisions", &id, "review"), review, &mut *app.entropy())?;
    let record =
        mibun_registry::DecisionRecord { journey: journey.row.id, person: journey.row.person, at: review.at, sealed };
    run(&*app.registry, "journeys.counter", |unit| {
        let (mut journey, id, record) = (journey.clone(), id.clone(), &record);
        Box::pin(async move {
            unit.insert_journey(opened).await?;
            save(app, unit, &mut journey).await?;
            unit.append_decision(record).await?;
            unit.insert_grant(grant).await?;
            audit::note(app, unit, Actor::Operator, "journey.accepted_at_counter", id).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await?;
    audit::chain(app).await
}
