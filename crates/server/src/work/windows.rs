//! Organisations and their windows: made by the operator, signed in with a secret.

use mibun_crypto::password;
use mibun_registry::{Organisation, OrganisationId, Session, SubjectKind, Unit, Version, Window, WindowId, run};
use mibun_trust::{Scene, Texts};

use super::audit::{self, Actor};
use super::{WorkError, passwords};
use crate::app::App;
use crate::authority::{AccessSubject, access_setting};
use crate::safe::token_hash;

const SESSION_SECONDS: i64 = 12 * 3600;

/// A window that was just made.
pub struct NewWindow {
    /// Its identifier.
    pub id: WindowId,
    /// Its secret, shown once.
    pub secret: String,
}

/// A window with its organisation.
#[derive(Debug, Clone)]
pub struct OpenWindow {
    /// The counter.
    pub window: Window,
    /// Who stands behind it.
    pub organisation: mibun_trust::Organisation,
}

impl OpenWindow {
    /// The scene named `id`, if both organisation and window may use it.
    ///
    /// # Errors
    /// [`WorkError::NotFound`], [`WorkError::NotAllowed`].
    pub fn scene<'a>(&self, app: &'a App, id: &str) -> Result<&'a Scene, WorkError> {
        let scene = app.scene(id)?;
        self.organisation.may_ask(&scene.id).map_err(|_| WorkError::NotAllowed)?;
        if self.window.scenes.iter().any(|allowed| allowed == id) { Ok(scene) } else { Err(WorkError::NotAllowed) }
    }
}

/// Registers an organisation with an access certificate and the scenes it may use.
///
/// # Errors
/// `Conflict(NameTaken)`, [`WorkError::NotFound`] for an unknown scene.
pub async fn add_organisation(app: &App, names: Texts, scenes: &[String]) -> Result<OrganisationId, WorkError> {
    let scenes = scenes.iter().map(|id| Ok(app.scene(id)?.id.clone())).collect::<Result<_, WorkError>>()?;
    let name = names.en.to_string();
    let mut entropy = app.entropy();
    let id = OrganisationId::generate(&mut *entropy);
    let text = id.to_string();
    let subject = AccessSubject {
        id: &text,
        name: &name,
        country: &app.config.authority.country,
        host: app.public_host.as_deref(),
    };
    let access = app.keys.access_certificate(&app.safe, &subject, app.clock.now(), &mut *entropy)?;
    let organisation = Organisation {
        id,
        details: serde_json::to_vec(&mibun_trust::Organisation { id: text.clone(), names, scenes })?,
        name,
        enabled: true,
        created_at: app.clock.now(),
        version: Version::FIRST,
    };
    run(&*app.registry, "organisations.add", |unit| {
        let (organisation, access, text) = (&organisation, &access, &text);
        Box::pin(async move {
            unit.insert_organisation(organisation).await?;
            unit.put_setting_if_absent(&access_setting(text), access).await?;
            audit::note(app, unit, Actor::Operator, "organisation.added", text.clone()).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await?;
    Ok(id)
}

/// Opens a window for an organisation; it may use all or some of the organisation's scenes.
///
/// # Errors
/// [`WorkError::NotFound`], [`WorkError::NotAllowed`] for a scene the organisation does not have.
pub async fn add_window(
    app: &App,
    organisation: OrganisationId,
    name: &str,
    scenes: &[String],
) -> Result<NewWindow, WorkError> {
    let mut entropy = app.entropy();
    let secret = entropy.token(24);
    let window = Window {
        id: WindowId::generate(&mut *entropy),
        organisation,
        name: name.to_owned(),
        secret_hash: password::hash(&secret, &mut *entropy),
        scenes: scenes.to_vec(),
        enabled: true,
        version: Version::FIRST,
    };
    run(&*app.registry, "windows.add", |unit| {
        let window = &window;
        Box::pin(async move {
            let owner = unit.organisation(organisation).await?.ok_or(WorkError::NotFound("organisation"))?;
            let owner: mibun_trust::Organisation = serde_json::from_slice(&owner.details)?;
            for scene in &window.scenes {
                owner.may_ask(&app.scene(scene)?.id).map_err(|_| WorkError::NotAllowed)?;
            }
            unit.insert_window(window).await?;
            audit::note(app, unit, Actor::Operator, "window.added", window.id.to_string()).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await?;
    Ok(NewWindow { id: window.id, secret })
}

/// Signs a window in; the token goes into a cookie.
///
/// # Errors
/// [`WorkError::NotSignedIn`], [`WorkError::TooMany`].
pub async fn sign_in(app: &App, window: &str, secret: &str) -> Result<String, WorkError> {
    let now = app.clock.now();
    let hour = mibun_crypto::time::Timestamp(now.0 - now.0.rem_euclid(3600));
    let scope = app.safe.index("window-sign-in", window);
    let tries = run(&*app.registry, "windows.count_try", |unit| {
        Box::pin(async move { Ok::<_, WorkError>(unit.count_attempt(&scope, hour, now).await?) })
    })
    .await?;
    if tries > 20 {
        return Err(WorkError::TooMany(u32::try_from(3600 - now.seconds_since(hour)).unwrap_or(3600)));
    }
    let found = match window.parse::<WindowId>() {
        Ok(id) => app.registry.read().await?.window(id).await?,
        Err(_) => None,
    };
    let hash = found.as_ref().map_or(app.decoy_password_hash.as_str(), |window| &window.secret_hash);
    let right = passwords::matches(secret, hash).await?;
    let (Some(window), true) = (found.filter(|window| window.enabled), right) else {
        return Err(WorkError::NotSignedIn);
    };
    let token = app.entropy().token(32);
    let session = Session {
        token_hash: token_hash(&token),
        kind: SubjectKind::Window,
        subject: *window.id.as_bytes(),
        created_at: now,
        expires_at: now.plus_seconds(SESSION_SECONDS),
    };
    run(&*app.registry, "windows.sign_in", |unit| {
        let session = &session;
        Box::pin(async move {
            unit.insert_session(session).await?;
            unit.forgive_attempts(&scope).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await?;
    Ok(token)
}

/// The window of a session.
///
/// # Errors
/// [`WorkError::NotSignedIn`].
pub async fn of_session(app: &App, token: &str) -> Result<OpenWindow, WorkError> {
    let mut unit = app.registry.read().await?;
    let session = unit.session(&token_hash(token), app.clock.now()).await?.ok_or(WorkError::NotSignedIn)?;
    if session.kind != SubjectKind::Window {
        return Err(WorkError::NotSignedIn);
    }
    open(&mut *unit, WindowId::from_bytes(session.subject)).await
}

/// Loads a window that is in use, with its organisation.
///
/// # Errors
/// [`WorkError::NotSignedIn`] when either is gone or switched off.
pub async fn open(unit: &mut dyn Unit, id: WindowId) -> Result<OpenWindow, WorkError> {
    let window = unit.window(id).await?.filter(|window| window.enabled).ok_or(WorkError::NotSignedIn)?;
    let organisation = unit.organisation(window.organisation).await?.filter(|organisation| organisation.enabled);
    let organisation = serde_json::from_slice(&organisation.ok_or(WorkError::NotSignedIn)?.details)?;
    Ok(OpenWindow { window, organisation })
}
