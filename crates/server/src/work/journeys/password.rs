//! Setting the ID password in a journey to a full card, and making it the person's once the journey is accepted.

use mibun_crypto::base64url;
use mibun_crypto::opaque::{OpaqueError, PasswordRecord};
use mibun_proofing::id_password::Guard;
use mibun_proofing::journey::State;
use mibun_registry::{IdPassword, PersonId, Unit, Version};

use super::{OpenJourney, Upgrade, store};
use crate::app::App;
use crate::work::audit::{self, Actor};
use crate::work::holders::{StoredPassword, passkeys, password_place};
use crate::work::{WorkError, people};

/// Answers the first message of a registration. Nothing is stored.
///
/// # Errors
/// [`WorkError::Blocked`] in a journey to a light card, [`WorkError::State`] past the open stage,
/// [`WorkError::Refused`] for a malformed message.
pub fn start(app: &App, journey: &OpenJourney, request: &[u8]) -> Result<Vec<u8>, WorkError> {
    upgrade(journey)?;
    app.passwords.answer_registration(credential(journey).as_bytes(), request).map_err(malformed)
}

/// The name of this registration; no journey can begin another one under it.
fn credential(journey: &OpenJourney) -> String {
    format!("journey {}", journey.row.id)
}

/// Keeps the record that the wallet uploads, in place of an earlier one, until the journey is decided.
///
/// # Errors
/// As [`start`].
pub async fn finish(app: &App, mut journey: OpenJourney, record: &[u8]) -> Result<(), WorkError> {
    let upgrade = upgrade(&journey)?;
    let record = PasswordRecord::from_bytes(record).map_err(malformed)?;
    let password = Some(base64url::encode(&record.to_bytes()));
    journey.state.upgrade = Some(Upgrade { password, ..upgrade.clone() });
    store(app, journey).await
}

fn upgrade(journey: &OpenJourney) -> Result<&Upgrade, WorkError> {
    let light = WorkError::Blocked("not_a_full_journey", "this journey leads to a light card, which has no password");
    let upgrade = journey.state.upgrade.as_ref().ok_or(light)?;
    match journey.state.life.state() {
        State::Open => Ok(upgrade),
        State::Expired => Err(WorkError::Ended("journey")),
        _ => Err(WorkError::State("the journey is in another state")),
    }
}

fn malformed(error: OpaqueError) -> WorkError {
    WorkError::Refused("malformed_password_message", error.to_string())
}

/// Makes the password of an accepted journey the person's, in the unit that accepts it: an old one goes, its tries and
/// locks end, and so does whatever was signed in with it.
pub(super) async fn take_over(app: &App, unit: &mut dyn Unit, journey: &OpenJourney) -> Result<(), WorkError> {
    let accepted = journey.state.life.state() == State::Accepted;
    let upgrade = journey.state.upgrade.as_ref().filter(|upgrade| accepted && upgrade.is_complete());
    let (Some(password), Some(person)) = (upgrade.and_then(|upgrade| upgrade.password.as_ref()), journey.row.person)
    else {
        return Ok(());
    };
    let id = person.to_string();
    let stored = StoredPassword { credential: credential(journey), record: password.clone() };
    let opened = people::load(app, unit, person).await?;
    let sealed = opened.seal(password_place(&id), &stored, &mut *app.entropy())?;
    // A lock that wrong tries brought about ends here, and the old device may be in other hands.
    passkeys::forget(app, unit, &opened).await?;
    let before = unit.id_password(person).await?;
    let guard = match &before {
        Some(before) => serde_json::from_str::<Guard>(&before.guard)?.renewed(),
        None => Guard::default(),
    };
    let row = IdPassword {
        person,
        record: sealed,
        guard: serde_json::to_string(&guard)?,
        set_at: app.clock.now(),
        version: before.as_ref().map_or(Version::FIRST, |before| before.version),
    };
    write(unit, &row, before.is_some(), person).await?;
    audit::note(app, unit, Actor::Holder, "password.set", id).await?;
    Ok(())
}

async fn write(unit: &mut dyn Unit, row: &IdPassword, replaces: bool, person: PersonId) -> Result<(), WorkError> {
    if replaces {
        unit.update_id_password(row).await?;
        unit.delete_password_logins_of(person).await?;
    } else {
        unit.insert_id_password(row).await?;
    }
    Ok(())
}
