//! Checks: an organisation asks, a wallet answers, the answer is judged and kept for as long as the scene allows.

mod answer;
mod browser;
mod export;
mod kept;
mod request;
mod stored;

use mibun_crypto::jwe::EphemeralKey;
use mibun_presenting::slots::SlotKey;
use mibun_presenting::transaction::{Terms, Transaction, Way, session_hash};
use mibun_registry::{Check, CheckId, Unit, Version, run};
use mibun_trust::Scene;

use super::WorkError;
use super::windows::OpenWindow;
use crate::app::App;
use crate::safe::{Place, open_with, seal_with, token_hash};

pub use answer::{Answer, ResponseRefusal, came_back, respond};
pub use browser::{Call, Page, answer_in_page, calls};
pub use export::csv;
pub use kept::{all_kept, delete, kept};
pub use request::{FetchRefusal, fetch};
pub use stored::{CardFormat, FieldValue, State, StoredCheck, StoredVerdict};

/// A check with its state opened.
pub struct OpenCheck {
    /// The row.
    pub row: Check,
    /// Its state.
    pub stored: StoredCheck,
    key: mibun_crypto::seal::SealingKey,
}

impl OpenCheck {
    /// Seals the state into the row.
    fn seal(&mut self, app: &App) -> Result<(), WorkError> {
        let text = self.row.id.to_string();
        self.row.sealed = seal_with(&self.key, place(&text, "state"), &self.stored, &mut *app.entropy())?;
        self.row.state = self.stored.state().as_str().to_owned();
        Ok(())
    }
}

/// How a check is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The holder is in this browser; the secret is the cookie's.
    SameDevice,
    /// The holder stands in front of the window and scans its code.
    Window,
    /// The window's page asks through the browser's API and brings the answer back; the secret is the cookie's.
    Browser,
}

/// What a new check is to be.
#[derive(Debug, Clone, Copy)]
pub struct NewCheck<'a> {
    /// The scene.
    pub scene: &'a str,
    /// How.
    pub asked: Asked,
    /// Whether the answer is encrypted (`direct_post.jwt`, `dc_api.jwt`); there is little reason to say no.
    pub encrypted: bool,
    /// In which format the card is asked for.
    pub format: CardFormat,
}

/// A check that was opened, with the secret of the browser session it belongs to.
pub struct Opened {
    /// The check.
    pub check: OpenCheck,
    /// For the session cookie.
    pub session: String,
}

fn place<'a>(row: &'a str, column: &'static str) -> Place<'a> {
    Place::new("checks", row, column)
}

/// The key of the moving codes.
fn slot_key(app: &App) -> SlotKey {
    SlotKey::from_bytes(app.safe.derived("window slots"))
}

/// Opens a check for a window and one of its scenes.
///
/// # Errors
/// [`WorkError::NotAllowed`] for a scene that organisation or window may not use.
pub async fn open(app: &App, window: &OpenWindow, new: NewCheck<'_>) -> Result<Opened, WorkError> {
    let scene = window.scene(app, new.scene)?;
    let now = app.clock.now();
    let expires_at = now.plus_seconds(i64::from(app.config.limits.check_minutes) * 60);
    let access = app.access.of(&*app.registry, &app.safe, window.window.organisation).await?;
    let client_id = mibun_presenting::request::client_id(access.certificate.der());
    let check = {
        let mut entropy = app.entropy();
        let session = entropy.token(32);
        let terms = Terms {
            nonce: entropy.token(32).into(),
            state: entropy.token(16).into(),
            sealed_response_key: None,
            way: match new.asked {
                Asked::SameDevice => Way::SameDevice { session: session_hash(session.as_bytes()) },
                Asked::Window => Way::Window,
                Asked::Browser => Way::Page { session: session_hash(session.as_bytes()) },
            },
            expires_at,
        };
        let response_key = new.encrypted.then(|| EphemeralKey::generate(&mut *entropy).to_jwk());
        let mut stored = StoredCheck::new(Transaction::open(terms), response_key, client_id);
        stored.format = new.format;
        let id = CheckId::generate(&mut *entropy);
        let text = id.to_string();
        let (key, wrapped_key) = app.safe.new_data_key(place(&text, "key"), &mut *entropy);
        let row = Check {
            id,
            organisation: window.window.organisation,
            window: Some(window.window.id),
            scene: scene.id.to_string(),
            state: State::Waiting.as_str().to_owned(),
            wrapped_key,
            sealed: seal_with(&key, place(&text, "state"), &stored, &mut *entropy)?,
            session_hash: Some(token_hash(&session)),
            response_code_hash: None,
            created_at: now,
            expires_at,
            retain_until: None,
            version: Version::FIRST,
        };
        Opened { check: OpenCheck { row, stored, key }, session }
    };
    run(&*app.registry, "checks.open", |unit| {
        let row = &check.check.row;
        Box::pin(async move { Ok::<_, WorkError>(unit.insert_check(row).await?) })
    })
    .await?;
    Ok(check)
}

/// How long a browser needs the secret of a check at most: until the latest answer is no longer shown.
pub fn session_seconds(app: &App) -> i64 {
    i64::from(app.config.limits.check_minutes) * 60 + answer::SHOWN_SECONDS
}

/// The counter goes on to its next visitor: what was shown in this browser session and is not kept is forgotten.
pub fn go_on(app: &App, session: &str) {
    app.shown.forget_session(&token_hash(session));
}

/// Opens a row.
///
/// # Errors
/// [`WorkError::Safe`].
fn open_row(app: &App, row: Check) -> Result<OpenCheck, WorkError> {
    let text = row.id.to_string();
    let key = app.safe.data_key(place(&text, "key"), &row.wrapped_key)?;
    let mut stored: StoredCheck = open_with(&key, place(&text, "state"), &row.sealed)?;
    stored.transaction = stored.transaction.at(app.clock.now());
    Ok(OpenCheck { row, stored, key })
}

/// Loads and opens a check.
///
/// # Errors
/// [`WorkError::NotFound`].
async fn load(app: &App, unit: &mut dyn Unit, id: &str) -> Result<OpenCheck, WorkError> {
    let id: CheckId = id.parse().map_err(|_| WorkError::NotFound("check"))?;
    open_row(app, unit.check(id).await?.ok_or(WorkError::NotFound("check"))?)
}

/// Writes a check's state over the version read.
///
/// # Errors
/// `VersionMismatch` when another request was faster.
async fn save(app: &App, unit: &mut dyn Unit, check: &mut OpenCheck) -> Result<(), WorkError> {
    check.seal(app)?;
    check.row.version = unit.update_check(&check.row).await?;
    Ok(())
}

/// Whoever may look at a check: the window that asked, or the browser session in which it was opened.
#[derive(Debug, Clone, Copy)]
pub enum Viewer<'a> {
    /// A signed-in window.
    Window(&'a OpenWindow),
    /// The secret of a session cookie.
    Session(&'a str),
}

/// A check, for somebody who may look at it.
///
/// # Errors
/// [`WorkError::NotFound`] also for somebody who may not.
pub async fn view(app: &App, viewer: Viewer<'_>, id: &str) -> Result<OpenCheck, WorkError> {
    let check = load(app, &mut *app.registry.read().await?, id).await?;
    let allowed = match viewer {
        Viewer::Window(open) => check.row.window == Some(open.window.id),
        // The result of a same-device check is shown once the code came back, and then only in that session.
        Viewer::Session(secret) => check.row.session_hash == Some(token_hash(secret)),
    };
    if allowed { Ok(check) } else { Err(WorkError::NotFound("check")) }
}

/// The scene of a check.
///
/// # Errors
/// [`WorkError::NotFound`] for a scene that is no longer there.
pub fn scene<'a>(app: &'a App, check: &OpenCheck) -> Result<&'a Scene, WorkError> {
    app.scene(&check.row.scene)
}

/// The identifier in the request's address at this moment: moving for a window, fixed on the same device.
pub fn request_id(app: &App, check: &OpenCheck) -> (String, Option<mibun_crypto::time::Timestamp>) {
    let id = check.row.id.to_string();
    if check.stored.moving {
        let code = slot_key(app).issue(&id, app.clock.now());
        (code.request_id, Some(code.replaced_at))
    } else {
        (id, None)
    }
}
