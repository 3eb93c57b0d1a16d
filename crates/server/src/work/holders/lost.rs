//! The lost telephone: a code on paper that revokes every card of a person, without signing in.

use std::net::IpAddr;

use mibun_proofing::attempts::Scope;
use mibun_proofing::device_proof::Purpose;
use mibun_registry::{Hash, PersonId, Unit, run};

use super::acts::{Act, authorise};
use super::{HolderError, devices};
use crate::app::App;
use crate::safe::token_hash;
use crate::work::audit::{self, Actor};
use crate::work::issuing::Entitlement;
use crate::work::{WorkError, cards, codes, journeys, lists};

/// Letters of a code: 99 bits, so that nobody finds one by trying.
const LENGTH: usize = 20;

fn hash(code: &str) -> Hash {
    token_hash(&format!("revocation {code}"))
}

/// A code for the signed-in holder, in place of an earlier one.
///
/// # Errors
/// [`HolderError`] of [`authorise`].
pub async fn code(app: &App, act: Act<'_>) -> Result<String, HolderError> {
    let code = codes::draw(app, LENGTH);
    run(&*app.registry, "holders.revocation_code", |unit| {
        let code = &code;
        Box::pin(async move {
            let session = authorise(app, unit, act, Purpose::RevocationCode, b"").await?;
            give(app, unit, session.person.row.id, code).await
        })
    })
    .await?;
    Ok(code)
}

/// A code for whoever collects a card, light or full, in place of an earlier one.
///
/// # Errors
/// [`HolderError::TokenUnknown`], [`HolderError::Dpop`].
pub async fn code_for_token(app: &App, entitled: &Entitlement) -> Result<String, HolderError> {
    let code = codes::draw(app, LENGTH);
    run(&*app.registry, "holders.revocation_code", |unit| {
        let code = &code;
        Box::pin(async move {
            entitled.spend(unit).await?;
            // Collected or not.
            let person = entitled.grant(app, unit).await?.row.person;
            give(app, unit, person, code).await
        })
    })
    .await?;
    Ok(code)
}

async fn give(app: &App, unit: &mut dyn Unit, person: PersonId, code: &str) -> Result<(), HolderError> {
    unit.replace_recovery_codes(person, &[hash(code)], app.clock.now()).await?;
    audit::note(app, unit, Actor::Holder, "revocation_code.given", person.to_string()).await?;
    Ok(())
}

/// Revokes every card of the person whose code this is and retires the device; answers how many cards that were. The try
/// is counted before the code is looked at.
///
/// # Errors
/// [`HolderError::CodeUnknown`]; [`WorkError::TooMany`].
pub async fn report(app: &App, source: IpAddr, code: &str) -> Result<u32, HolderError> {
    let subject = app.safe.index("lost-source", &source.to_string());
    journeys::count_under(app, &app.config.limits.attempts, subject, Scope::Source).await?;
    let code = hash(&codes::normal(code, LENGTH));
    let revoked = run(&*app.registry, "holders.lost", |unit| {
        Box::pin(async move {
            let known = unit.recovery_code(&code).await?.ok_or(HolderError::CodeUnknown)?;
            // Whoever did not hear the answer asks again: nothing is left to revoke, and that is no error.
            if !unit.spend_recovery_code(&code, app.clock.now()).await? {
                return Ok(0);
            }
            audit::note(app, unit, Actor::Holder, "holder.lost", known.person.to_string()).await?;
            Ok::<_, HolderError>(end_all(app, unit, known.person).await?)
        })
    })
    .await?;
    publish(app).await;
    Ok(revoked)
}

/// Publishes what was committed. Should that fail, the job does it within its second, and the answer is the same.
pub(super) async fn publish(app: &App) {
    if let Err(error) = lists::publish_changes(app).await {
        tracing::warn!(%error, "a revocation is published a moment later");
    }
}

/// Signs a person out everywhere: device, keys, sign-ins, and cards; answers how many cards were revoked.
///
/// # Errors
/// The store's.
pub async fn end_all(app: &App, unit: &mut dyn Unit, person: PersonId) -> Result<u32, WorkError> {
    let revoked = cards::revoke_all(app, unit, person).await?;
    devices::retire(app, unit, person, app.clock.now()).await?;
    unit.delete_password_logins_of(person).await?;
    // An accepted journey would make another offer.
    unit.delete_grants_of(person).await?;
    unit.delete_journeys_of(person).await?;
    Ok(revoked)
}
