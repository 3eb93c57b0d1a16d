//! Officers: made on the command line, signed in with password and one-time code.

use mibun_crypto::base64url;
use mibun_crypto::password;
use mibun_crypto::totp::{self, Step, TotpSecret};
use mibun_registry::{Officer, OfficerId, Session, SubjectKind, Version, run};
use zeroize::Zeroizing;

use super::audit::{self, Actor};
use super::{WorkError, passwords};
use crate::app::App;
use crate::safe::{Place, token_hash};

/// Hours until an officer signs in again.
const SESSION_SECONDS: i64 = 8 * 3600;
/// Wrong tries until the account waits.
const TRIES: u32 = 5;
const LOCK_SECONDS: i64 = 15 * 60;
/// The least an officer's password may be, in characters.
pub const SHORTEST_PASSWORD: usize = 12;

/// A new officer's secrets, shown once.
pub struct NewOfficer {
    /// The secret for the authenticator, in base32.
    pub totp_secret: String,
    /// The `otpauth://` address of it.
    pub provisioning_uri: String,
}

/// A signed-in officer.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub id: OfficerId,
    /// The name at sign-in.
    pub name: String,
}

fn weak() -> WorkError {
    WorkError::Refused("weak_password", format!("use at least {SHORTEST_PASSWORD} characters"))
}

/// Makes an officer.
///
/// # Errors
/// [`WorkError::Refused`] for a short password; `Conflict(NameTaken)`.
pub async fn add(app: &App, name: &str, password: &str) -> Result<NewOfficer, WorkError> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(weak());
    }
    let mut entropy = app.entropy();
    let secret = TotpSecret::generate(&mut *entropy);
    let id = OfficerId::generate(&mut *entropy);
    let row = id.to_string();
    let officer = Officer {
        id,
        name_index: app.safe.index("officer", name),
        name: app.safe.seal(Place::new("officers", &row, "name"), &name, &mut *entropy)?,
        password_hash: password::hash(password, &mut *entropy),
        totp_secret: app.safe.seal(
            Place::new("officers", &row, "totp"),
            &base64url::encode(secret.expose()),
            &mut *entropy,
        )?,
        last_totp_step: None,
        disabled: false,
        failed_tries: 0,
        locked_until: None,
        created_at: app.clock.now(),
        version: Version::FIRST,
    };
    run(&*app.registry, "officers.add", |unit| {
        let officer = &officer;
        Box::pin(async move {
            unit.insert_officer(officer).await?;
            audit::note(app, unit, Actor::Operator, "officer.added", officer.id.to_string()).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await?;
    Ok(NewOfficer { totp_secret: secret.to_base32(), provisioning_uri: secret.provisioning_uri("Mibun", name) })
}

/// Signs an officer in and returns the session's token.
///
/// The try is counted, durably, before password and code are looked at; a right try takes the count back.
///
/// # Errors
/// [`WorkError::NotSignedIn`] whatever was wrong, [`WorkError::TooMany`] while the account waits.
pub async fn sign_in(app: &App, name: &str, password: &str, code: &str) -> Result<String, WorkError> {
    let index = app.safe.index("officer", name);
    let counted =
        run(&*app.registry, "officers.count_try", |unit| Box::pin(async move { count_try(app, unit, &index).await }))
            .await?;
    let Some(officer) = counted else {
        // The same work for an unknown name, so that the time of the answer does not tell.
        let _ = passwords::matches(password, &app.decoy_password_hash).await?;
        return Err(WorkError::NotSignedIn);
    };
    let row = officer.id.to_string();
    let secret: Zeroizing<String> =
        Zeroizing::new(app.safe.open(Place::new("officers", &row, "totp"), &officer.totp_secret)?);
    let secret = Zeroizing::new(base64url::decode(&secret).map_err(|_| WorkError::Damaged)?);
    let secret = TotpSecret::from_bytes(secret.as_slice().try_into().map_err(|_| WorkError::Damaged)?);
    let step = totp::verify(&secret, code, app.clock.now(), officer.last_totp_step.map(Step));
    let password_right = passwords::matches(password, &officer.password_hash).await?;
    let (Some(step), true, false) = (step, password_right, officer.disabled) else {
        return Err(WorkError::NotSignedIn);
    };
    start_session(app, officer, step.0).await
}

async fn count_try(
    app: &App,
    unit: &mut dyn mibun_registry::Unit,
    index: &mibun_registry::BlindIndex,
) -> Result<Option<Officer>, WorkError> {
    let now = app.clock.now();
    let Some(mut officer) = unit.officer_by_name(index).await? else { return Ok(None) };
    if let Some(until) = officer.locked_until
        && until > now
    {
        let wait = u32::try_from(until.seconds_since(now)).unwrap_or(u32::MAX);
        return Err(WorkError::TooMany(wait));
    }
    officer.failed_tries += 1;
    officer.locked_until = (officer.failed_tries >= TRIES).then(|| now.plus_seconds(LOCK_SECONDS));
    officer.version = unit.update_officer(&officer).await?;
    Ok(Some(officer))
}

async fn start_session(app: &App, officer: Officer, step: i64) -> Result<String, WorkError> {
    let token = app.entropy().token(32);
    let now = app.clock.now();
    let session = Session {
        token_hash: token_hash(&token),
        kind: SubjectKind::Officer,
        subject: *officer.id.as_bytes(),
        created_at: now,
        expires_at: now.plus_seconds(SESSION_SECONDS),
    };
    let signed_in = Officer { failed_tries: 0, locked_until: None, last_totp_step: Some(step), ..officer };
    run(&*app.registry, "officers.sign_in", |unit| {
        let (session, officer) = (&session, &signed_in);
        Box::pin(async move {
            // The row's version makes one code good for one session, also when two requests race.
            unit.update_officer(officer).await?;
            unit.insert_session(session).await?;
            audit::note(app, unit, Actor::Officer(&officer.id.to_string()), "officer.signed_in", String::new()).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await?;
    Ok(token)
}

/// The officer of a session.
///
/// # Errors
/// [`WorkError::NotSignedIn`].
pub async fn of_session(app: &App, token: &str) -> Result<SignedIn, WorkError> {
    let mut unit = app.registry.read().await?;
    let session = unit.session(&token_hash(token), app.clock.now()).await?.ok_or(WorkError::NotSignedIn)?;
    if session.kind != SubjectKind::Officer {
        return Err(WorkError::NotSignedIn);
    }
    let officer = unit.officer(OfficerId::from_bytes(session.subject)).await?.ok_or(WorkError::NotSignedIn)?;
    if officer.disabled {
        return Err(WorkError::NotSignedIn);
    }
    let row = officer.id.to_string();
    Ok(SignedIn { id: officer.id, name: app.safe.open(Place::new("officers", &row, "name"), &officer.name)? })
}

/// Ends a session; ending it twice is no error.
///
/// # Errors
/// The store's.
pub async fn sign_out(app: &App, token: &str) -> Result<(), WorkError> {
    let hash = token_hash(token);
    run(&*app.registry, "sessions.delete", |unit| {
        Box::pin(async move { Ok::<_, WorkError>(unit.delete_session(&hash).await.map(|_| ())?) })
    })
    .await
}
