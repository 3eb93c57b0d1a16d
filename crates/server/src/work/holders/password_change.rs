//! Another ID password in place of the one just proven.

use mibun_crypto::base64url;
use mibun_crypto::opaque::PasswordRecord;
use mibun_proofing::device_proof::Purpose;
use mibun_proofing::id_password::Guard;
use mibun_registry::run;

use super::acts::{Act, authorise};
use super::{HolderError, StoredPassword, password_place, session};
use crate::app::App;
use crate::work::WorkError;
use crate::work::audit::{self, Actor};

/// Answers the first message of a registration within a sign-in. Nothing is stored.
///
/// # Errors
/// [`HolderError::SessionOver`], [`HolderError::DeviceRetired`], [`HolderError::Message`].
pub async fn start(app: &App, exchange: &str, request: &[u8]) -> Result<Vec<u8>, HolderError> {
    session(app, &mut *app.registry.read().await?, exchange).await?;
    app.passwords.answer_registration(credential(exchange).as_bytes(), request).map_err(HolderError::Message)
}

/// The name of this registration: one per sign-in.
fn credential(exchange: &str) -> String {
    format!("exchange {exchange}")
}

/// Puts the new record in the place of the old one. Every sign-in of the person ends, this one too.
///
/// # Errors
/// [`HolderError`] of [`authorise`]; [`HolderError::Message`].
pub async fn finish(app: &App, act: Act<'_>, record: &[u8]) -> Result<(), HolderError> {
    let parsed = PasswordRecord::from_bytes(record).map_err(HolderError::Message)?;
    let record = base64url::encode(&parsed.to_bytes());
    let stored = StoredPassword { credential: credential(act.exchange), record };
    run(&*app.registry, "holders.change_password", |unit| {
        let (stored, parsed) = (&stored, &parsed);
        Box::pin(async move {
            let session = authorise(app, unit, act, Purpose::PasswordChange, &parsed.to_bytes()).await?;
            let person = session.person.row.id;
            let mut row = unit.id_password(person).await?.ok_or(HolderError::WrongPassword)?;
            let place = person.to_string();
            let sealed = session.person.seal(password_place(&place), stored, &mut *app.entropy());
            row.record = sealed.map_err(WorkError::from)?;
            let guard: Guard = serde_json::from_str(&row.guard).map_err(WorkError::from)?;
            row.guard = serde_json::to_string(&guard.renewed()).map_err(WorkError::from)?;
            row.set_at = app.clock.now();
            unit.update_id_password(&row).await?;
            unit.delete_password_logins_of(person).await?;
            audit::note(app, unit, Actor::Holder, "password.changed", place).await?;
            Ok::<_, HolderError>(())
        })
    })
    .await
}
