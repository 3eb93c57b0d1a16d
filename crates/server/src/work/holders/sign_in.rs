//! Signing in with device and ID password: two messages each way, then a session.
//!
//! The client can tell from the first answer whether its guess was right. The try is therefore counted, durably, before
//! that answer leaves; what comes after it only opens the session.

use mibun_crypto::base64url;
use mibun_crypto::key::PublicKey;
use mibun_crypto::opaque::{OpaqueError, PasswordRecord, PendingLogin, SessionKey};
use mibun_crypto::time::Timestamp;
use mibun_issuing::nonce::FreshNonce;
use mibun_proofing::device_proof::{Context, Purpose, verify};
use mibun_proofing::id_password::{Guard, GuardRefusal, Try};
use mibun_proofing::instruction::InstructionKey;
use mibun_registry::{Device, DeviceState, IdPassword, LoginId, PasswordLogin, Unit, Version, run};
use serde::{Deserialize, Serialize};

use super::devices::spend;
use super::{
    ANSWERED, FAILED, HolderError, OPEN, StoredPassword, StoredSession, device_index, login_place, password_place,
};
use crate::app::App;
use crate::work::audit::{self, Actor};
use crate::work::people::OpenPerson;
use crate::work::{WorkError, people};

/// Seconds between the two messages: the wallet stretches the password in between, on a slow telephone.
const ANSWER_SECONDS: i64 = 120;

/// A sign-in that was answered.
pub struct Answered {
    /// Names the exchange from now on.
    pub exchange: LoginId,
    /// The server's message (KE2).
    pub response: Vec<u8>,
    /// Tries before the password is locked, should this one be wrong.
    pub tries_left: u32,
}

/// What is sealed between the two messages.
#[derive(Serialize, Deserialize)]
struct Pending {
    pending: String,
    device: String,
    counted: Try,
}

/// Whose password is tried.
struct Found {
    device: Device,
    person: OpenPerson,
    password: IdPassword,
}

/// Answers the first message. A device that is not known gets an answer that says "wrong password", as does everybody
/// whose password is wrong.
///
/// # Errors
/// [`HolderError::Proof`], [`HolderError::Nonce`], [`HolderError::NonceSpent`], [`HolderError::Message`] without costing a
/// try; [`HolderError::Wait`], [`HolderError::Locked`].
pub async fn start(app: &App, proof: &str, request: &[u8]) -> Result<Answered, HolderError> {
    let now = app.clock.now();
    let authority = app.terms.issuer.as_str();
    let proven = verify(proof, &Context { purpose: Purpose::SignIn, authority, over: request, now })?;
    let nonce = app.terms.nonce_key.check(&proven.nonce, now)?;
    let found = find(app, &proven.key).await?;
    let (name, record) = match &found {
        Some(found) => registered(found).map(|(name, record)| (name, Some(record)))?,
        // The same name each time, so that the answers are as alike as those for one person.
        None => (format!("device {}", base64url::encode(&proven.key.thumbprint())), None),
    };
    let answer = app.passwords.answer_login(name.as_bytes(), record.as_ref(), request, &mut *app.entropy());
    let answer = answer.map_err(HolderError::Message)?;
    let exchange = LoginId::generate(&mut *app.entropy());
    let tries_left = run(&*app.registry, "holders.sign_in", |unit| {
        let (found, pending) = (found.as_ref(), &answer.pending);
        Box::pin(async move { count(app, unit, found, (exchange, pending), &nonce).await })
    })
    .await?;
    Ok(Answered { exchange, response: answer.response, tries_left })
}

async fn find(app: &App, key: &PublicKey) -> Result<Option<Found>, HolderError> {
    let mut unit = app.registry.read().await?;
    let Some(device) = unit.device_by_key(&device_index(app, key)).await? else { return Ok(None) };
    if device.state != DeviceState::Active {
        return Ok(None);
    }
    let Some(password) = unit.id_password(device.person).await? else { return Ok(None) };
    let person = people::load(app, &mut *unit, device.person).await?;
    Ok(Some(Found { device, person, password }))
}

/// The name under which the password was registered, and its record.
fn registered(found: &Found) -> Result<(String, PasswordRecord), WorkError> {
    let id = found.device.person.to_string();
    let stored: StoredPassword = found.person.open(password_place(&id), &found.password.record)?;
    let bytes = zeroize::Zeroizing::new(base64url::decode(&stored.record).map_err(|_| WorkError::Damaged)?);
    Ok((stored.credential, PasswordRecord::from_bytes(&bytes).map_err(|_| WorkError::Damaged)?))
}

/// Counts the try and keeps the exchange; answers the tries left.
async fn count(
    app: &App,
    unit: &mut dyn Unit,
    found: Option<&Found>,
    (exchange, pending): (LoginId, &PendingLogin),
    nonce: &FreshNonce,
) -> Result<u32, HolderError> {
    let (now, policy) = (app.clock.now(), &app.config.limits.id_password);
    spend(unit, nonce).await?;
    let Some(found) = found else { return Ok(policy.lock_after - 1) };
    let device = unit.device(found.device.id).await?;
    let mut row = unit.id_password(found.device.person).await?.ok_or(HolderError::WrongPassword)?;
    let as_found = row.record == found.password.record;
    if !as_found || device.is_none_or(|device| device.state != DeviceState::Active) {
        return Err(HolderError::WrongPassword);
    }
    let guard: Guard = serde_json::from_str(&row.guard).map_err(WorkError::from)?;
    let (guard, counted) = guard.begin(policy, now).map_err(refused)?;
    row.guard = serde_json::to_string(&guard).map_err(WorkError::from)?;
    unit.update_id_password(&row).await?;
    let pending = base64url::encode(&pending.to_bytes());
    let state = Pending { pending, device: found.device.id.to_string(), counted };
    let sealed = found.person.seal(login_place(&exchange.to_string()), &state, &mut *app.entropy());
    let login = PasswordLogin {
        id: exchange,
        person: found.device.person,
        state: ANSWERED.to_owned(),
        sealed: sealed.map_err(WorkError::from)?,
        expires_at: now.plus_seconds(ANSWER_SECONDS),
        version: Version::FIRST,
    };
    unit.insert_password_login(&login).await?;
    Ok(guard.tries_left(policy))
}

const fn refused(refusal: GuardRefusal) -> HolderError {
    match refusal {
        GuardRefusal::Wait { retry_after_s } => HolderError::Wait(retry_after_s),
        GuardRefusal::Locked => HolderError::Locked,
        GuardRefusal::Void => HolderError::WrongPassword,
    }
}

/// Takes the last message, once per exchange, and opens the session; answers when it ends.
///
/// # Errors
/// [`HolderError::WrongPassword`], also for an exchange that is unknown, over or was finished;
/// [`HolderError::DeviceRetired`].
pub async fn finish(app: &App, exchange: &str, finalization: &[u8]) -> Result<Timestamp, HolderError> {
    let id: LoginId = exchange.parse().map_err(|_| HolderError::WrongPassword)?;
    let outcome = run(&*app.registry, "holders.signed_in", |unit| {
        Box::pin(async move { conclude(app, unit, id, finalization).await })
    })
    .await?;
    outcome.ok_or(HolderError::WrongPassword)
}

/// The end of the session; none when the message is wrong, which uses the exchange up.
async fn conclude(
    app: &App,
    unit: &mut dyn Unit,
    id: LoginId,
    finalization: &[u8],
) -> Result<Option<Timestamp>, HolderError> {
    let now = app.clock.now();
    let mut login = unit.password_login(id).await?.ok_or(HolderError::WrongPassword)?;
    if login.state != ANSWERED || login.expires_at <= now {
        return Err(HolderError::WrongPassword);
    }
    let person = people::load(app, unit, login.person).await?;
    let name = id.to_string();
    let stored: Pending = person.open(login_place(&name), &login.sealed).map_err(WorkError::from)?;
    let pending = base64url::decode(&stored.pending).map_err(|_| WorkError::Damaged)?;
    let pending = PendingLogin::from_bytes(&pending).map_err(|_| WorkError::Damaged)?;
    let key = match pending.finish(finalization) {
        Ok(key) => key,
        Err(OpaqueError::WrongPassword) => {
            login.state = FAILED.to_owned();
            unit.update_password_login(&login).await?;
            return Ok(None);
        }
        Err(malformed) => return Err(HolderError::Message(malformed)),
    };
    succeed(unit, &login, &stored).await?;
    login.state = OPEN.to_owned();
    login.sealed = session(app, &person, &name, stored.device, &key)?;
    login.expires_at = now.plus_seconds(i64::from(app.config.limits.session_minutes) * 60);
    unit.update_password_login(&login).await?;
    audit::note(app, unit, Actor::Holder, "holder.signed_in", name).await?;
    Ok(Some(login.expires_at))
}

/// Ends the round of tries, if the try still counts and the device is still the person's.
async fn succeed(unit: &mut dyn Unit, login: &PasswordLogin, stored: &Pending) -> Result<(), HolderError> {
    let device = stored.device.parse().map_err(|_| WorkError::Damaged)?;
    let device = unit.device(device).await?;
    if device.is_none_or(|device| device.state != DeviceState::Active) {
        return Err(HolderError::DeviceRetired);
    }
    let mut row = unit.id_password(login.person).await?.ok_or(HolderError::WrongPassword)?;
    let guard: Guard = serde_json::from_str(&row.guard).map_err(WorkError::from)?;
    let guard = guard.succeed(stored.counted).map_err(refused)?;
    row.guard = serde_json::to_string(&guard).map_err(WorkError::from)?;
    unit.update_id_password(&row).await?;
    Ok(())
}

fn session(
    app: &App,
    person: &OpenPerson,
    login: &str,
    device: String,
    key: &SessionKey,
) -> Result<mibun_registry::Sealed, WorkError> {
    let mac_key = base64url::encode(InstructionKey::of(key).expose());
    let session = StoredSession { mac_key, device };
    Ok(person.seal(login_place(login), &session, &mut *app.entropy())?)
}
