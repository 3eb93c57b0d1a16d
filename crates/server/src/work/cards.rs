//! The life of a card after it was issued: suspending, resuming, revoking.

use mibun_card::assurance::Level;
use mibun_registry::{Card, CardId, CardStatus, EntryStatus, PersonId, Unit, run};

use super::audit::{self, Actor};
use super::{WorkError, lists};
use crate::app::App;

/// Sets the status of a card and of every copy of it, in one unit of work.
///
/// # Errors
/// [`WorkError::NotFound`]; [`WorkError::State`] for a revoked card, which stays revoked.
pub async fn set_status(
    app: &App,
    actor: Actor<'_>,
    id: CardId,
    status: CardStatus,
    reason: &str,
) -> Result<Card, WorkError> {
    let card = run(&*app.registry, "cards.set_status", |unit| {
        Box::pin(async move {
            let card = write(app, unit, id, status).await?;
            audit::note(app, unit, actor, action(status), format!("{id} {}", one_line(reason))).await?;
            Ok::<_, WorkError>(card)
        })
    })
    .await?;
    // The job would find the change within its half second; publishing now makes it visible at once.
    lists::publish_changes(app).await?;
    Ok(card)
}

async fn write(app: &App, unit: &mut dyn Unit, id: CardId, status: CardStatus) -> Result<Card, WorkError> {
    let mut card = unit.card(id).await?.ok_or(WorkError::NotFound("card"))?;
    if card.status == CardStatus::Revoked {
        return Err(WorkError::State("a revoked card stays revoked"));
    }
    card.status = status;
    card.version = unit.update_card(&card).await?;
    let entry = match status {
        CardStatus::Valid => EntryStatus::Valid,
        CardStatus::Suspended => EntryStatus::Suspended,
        CardStatus::Revoked => EntryStatus::Invalid,
    };
    for batch in unit.batches_of(id).await? {
        let positions = lists::positions(app, unit, &batch.entries).await?;
        unit.set_entries(batch.entries.list, &positions, entry).await?;
    }
    Ok(card)
}

/// Revokes every card of a person that is not revoked yet; part of issuing a new one.
///
/// # Errors
/// The store's.
pub async fn revoke_others(app: &App, unit: &mut dyn Unit, issued: &Card) -> Result<(), WorkError> {
    let others = |card: &Card| card.id != issued.id;
    revoke_where(app, unit, issued.person, "card.superseded", others).await.map(drop)
}

/// Revokes every full card of a person, with the device that it was shown by; part of registering another one.
///
/// # Errors
/// The store's.
pub async fn revoke_full(app: &App, unit: &mut dyn Unit, person: PersonId) -> Result<(), WorkError> {
    let full = |card: &Card| card.level == Level::Full.as_str();
    revoke_where(app, unit, person, "card.device_retired", full).await.map(drop)
}

/// Revokes every card of a person; answers how many were not revoked before.
///
/// # Errors
/// The store's.
pub async fn revoke_all(app: &App, unit: &mut dyn Unit, person: PersonId) -> Result<u32, WorkError> {
    revoke_where(app, unit, person, action(CardStatus::Revoked), |_| true).await
}

/// Revokes those of a person's cards, and notes each under `noted`; answers how many were not revoked before.
async fn revoke_where(
    app: &App,
    unit: &mut dyn Unit,
    person: PersonId,
    noted: &'static str,
    which: impl Fn(&Card) -> bool + Send,
) -> Result<u32, WorkError> {
    let mut revoked = 0;
    for card in unit.cards_of(person).await? {
        if card.status != CardStatus::Revoked && which(&card) {
            write(app, unit, card.id, CardStatus::Revoked).await?;
            audit::note(app, unit, Actor::Server, noted, card.id.to_string()).await?;
            revoked += 1;
        }
    }
    Ok(revoked)
}

/// Sets every card of a person that stands at `from` to `to`; answers how many that were.
///
/// # Errors
/// The store's.
pub async fn change_all(
    app: &App,
    unit: &mut dyn Unit,
    person: PersonId,
    from: CardStatus,
    to: CardStatus,
) -> Result<u32, WorkError> {
    let mut changed = 0;
    for card in unit.cards_of(person).await?.into_iter().filter(|card| card.status == from) {
        write(app, unit, card.id, to).await?;
        audit::note(app, unit, Actor::Server, action(to), card.id.to_string()).await?;
        changed += 1;
    }
    Ok(changed)
}

const fn action(status: CardStatus) -> &'static str {
    match status {
        CardStatus::Valid => "card.resumed",
        CardStatus::Suspended => "card.suspended",
        CardStatus::Revoked => "card.revoked",
    }
}

/// A reason as it stands in the trail: one line, 200 characters.
pub(super) fn one_line(reason: &str) -> String {
    reason.chars().filter(|character| !character.is_control()).take(200).collect()
}
