//! What changes in the register after a person was added, and what it does to their cards: in the same unit, so that no
//! card outlives what it says.

use mibun_registry::{CardStatus, PersonId, PersonStatus, Unit, run};

use super::{OpenPerson, check, load};
use crate::app::App;
use crate::record::PersonRecord;
use crate::safe::{Place, seal_bytes};
use crate::work::audit::{self, Actor};
use crate::work::portraits::Portraits;
use crate::work::{WorkError, cards, holders, lists};

/// What a correction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corrected {
    /// The record says the same as before.
    Unchanged,
    /// The record was written, and so many cards that said otherwise were revoked.
    Written(u32),
}

/// Sets where a person's record stands; answers how many cards changed with it.
///
/// Death and expiry revoke every card and sign the person out everywhere, for good. A suspension suspends the cards that
/// are valid; its end resumes none, for some may have been suspended for themselves: an officer resumes each.
///
/// # Errors
/// [`WorkError::NotFound`].
pub async fn set_status(
    app: &App,
    actor: Actor<'_>,
    id: PersonId,
    status: PersonStatus,
    reason: &str,
) -> Result<u32, WorkError> {
    let changed = run(&*app.registry, "people.set_status", |unit| {
        Box::pin(async move {
            let mut row = unit.person(id).await?.ok_or(WorkError::NotFound("person"))?;
            if row.status == status {
                return Ok(0);
            }
            row.status = status;
            unit.update_person(&row).await?;
            audit::note(app, unit, actor, action(status), format!("{id} {}", cards::one_line(reason))).await?;
            follow(app, unit, id, status).await
        })
    })
    .await?;
    lists::publish_changes(app).await?;
    Ok(changed)
}

async fn follow(app: &App, unit: &mut dyn Unit, id: PersonId, status: PersonStatus) -> Result<u32, WorkError> {
    match status {
        PersonStatus::Deceased | PersonStatus::Expired => holders::lost::end_all(app, unit, id).await,
        PersonStatus::Suspended => {
            unit.delete_password_logins_of(id).await?;
            cards::change_all(app, unit, id, CardStatus::Valid, CardStatus::Suspended).await
        }
        PersonStatus::Active => Ok(0),
    }
}

const fn action(status: PersonStatus) -> &'static str {
    match status {
        PersonStatus::Active => "person.active",
        PersonStatus::Suspended => "person.suspended",
        PersonStatus::Deceased => "person.deceased",
        PersonStatus::Expired => "person.expired",
    }
}

/// Writes a record over the one of the same number, with a portrait where there is a new one. Cards say what the record
/// said when they were issued: those of a record that changed are revoked, what was accepted by it is over, and the person
/// comes anew. With another portrait, device and ID password go too: somebody else may have enrolled with the old one.
///
/// # Errors
/// [`WorkError::Record`] for a record that breaks a rule, [`WorkError::NotFound`] for a number that is not in the
/// register.
pub async fn correct(
    app: &App,
    actor: Actor<'_>,
    mut record: PersonRecord,
    portraits: Option<&Portraits>,
) -> Result<Corrected, WorkError> {
    check(app, &mut record, app.clock.now())?;
    let index = app.number_index(&record.number);
    let corrected = run(&*app.registry, "people.correct", |unit| {
        let record = &record;
        Box::pin(async move {
            let row = unit.person_by_number(&index).await?.ok_or(WorkError::NotFound("person"))?;
            let person = load(app, unit, row.id).await?;
            let portraits = another(unit, &person, portraits).await?;
            if person.record == *record && portraits.is_none() {
                return Ok(Corrected::Unchanged);
            }
            write(app, unit, &person, record, portraits).await?;
            audit::note(app, unit, actor, "person.corrected", row.id.to_string()).await?;
            Ok::<_, WorkError>(Corrected::Written(end_accepted(app, unit, row.id, portraits.is_some()).await?))
        })
    })
    .await?;
    lists::publish_changes(app).await?;
    Ok(corrected)
}

/// Ends what was accepted by the record as it was; answers how many cards were revoked.
async fn end_accepted(app: &App, unit: &mut dyn Unit, id: PersonId, another_face: bool) -> Result<u32, WorkError> {
    if another_face {
        unit.delete_id_password(id).await?;
        return holders::lost::end_all(app, unit, id).await;
    }
    unit.delete_grants_of(id).await?;
    unit.delete_journeys_of(id).await?;
    cards::revoke_all(app, unit, id).await
}

/// The portraits, if they are not those that are there.
async fn another<'a>(
    unit: &mut dyn Unit,
    person: &OpenPerson,
    portraits: Option<&'a Portraits>,
) -> Result<Option<&'a Portraits>, WorkError> {
    let Some(new) = portraits else { return Ok(None) };
    match super::portraits(unit, person).await {
        Ok(old) if old.original == new.original => Ok(None),
        Ok(_) | Err(WorkError::NotFound(_)) => Ok(Some(new)),
        Err(error) => Err(error),
    }
}

async fn write(
    app: &App,
    unit: &mut dyn Unit,
    person: &OpenPerson,
    record: &PersonRecord,
    portraits: Option<&Portraits>,
) -> Result<(), WorkError> {
    let name = person.row.id.to_string();
    let mut row = person.row.clone();
    row.record = person.seal(Place::new("people", &name, "record"), record, &mut *app.entropy())?;
    row.name_indexes = record.spellings().iter().map(|name| app.safe.index("name", name)).collect();
    row.valid_until = Some(record.document_valid_until.plus_days(1).midnight());
    unit.update_person(&row).await?;
    if let Some(portraits) = portraits {
        let place = Place::new("people", &name, "portrait");
        let sealed = seal_bytes(&person.key, place, &portraits.to_bytes(), &mut *app.entropy());
        unit.put_portrait(row.id, &sealed).await?;
    }
    Ok(())
}
