//! Cards that were asked for while an officer had not decided yet.

use mibun_issuing::credential::{Accepted, DeferredRequest, Pending};
use mibun_issuing::grant::AccessError;
use mibun_issuing::standing::Vouched;
use mibun_issuing::token::Presented;
use mibun_proofing::journey::State;
use mibun_registry::{Grant, Unit, run};

use super::clients::Proven;
use super::copies::{Issued, Outcome, Wanting, access, finish, reserve, spend};
use super::entitlement::token_hash;
use super::standing;
use super::{IssuingError, Message};
use crate::app::App;
use crate::work::{WorkError, grants, journeys};

/// Seconds after which a wallet may ask again: officers take minutes, and wallets that ask cost little.
const INTERVAL: u64 = 60;

async fn row(unit: &mut dyn Unit, presented: &Presented) -> Result<Grant, IssuingError> {
    Ok(unit.grant_by_token(&token_hash(presented)).await?.ok_or(AccessError::UnknownToken)?)
}

/// Whether the journey behind a token waits for an officer.
///
/// # Errors
/// [`AccessError::UnknownToken`]; the store's.
pub(super) async fn waits(app: &App, unit: &mut dyn Unit, presented: &Presented) -> Result<bool, IssuingError> {
    let Some(journey) = row(unit, presented).await?.journey else { return Ok(false) };
    let Some(journey) = unit.journey(journey).await? else { return Ok(false) };
    Ok(journeys::open_row(app, journey)?.state.life.state() == State::Referred)
}

/// Keeps a request whose proofs hold; its nonce is spent now.
///
/// # Errors
/// [`AccessError`], [`mibun_issuing::credential::CredentialError::SpentNonce`].
pub(super) async fn keep(
    app: &App,
    unit: &mut dyn Unit,
    presented: &Presented,
    accepted: &Accepted,
) -> Result<Pending, IssuingError> {
    let grant = grants::open(app, row(unit, presented).await?)?;
    let step = grant.life.defer(&presented.token, accepted, app.clock.now(), &mut *app.entropy());
    let deferral = grants::take(app, unit, grant, step).await??;
    if !deferral.repeated {
        spend(unit, &accepted.nonce).await?;
    }
    Ok(pending(deferral.transaction.expose()))
}

fn pending(transaction: &str) -> Pending {
    Pending { transaction_id: transaction.to_owned(), interval: INTERVAL }
}

/// Answers a wallet that asks again: with copies where the officer has decided for the card.
///
/// # Errors
/// [`IssuingError`]: [`AccessError::UnknownTransaction`]; [`WorkError::State`] where the officer decided against it.
pub async fn deferred(app: &App, presented: &Presented, message: Message<'_>) -> Result<Issued, IssuingError> {
    let key = message.key(app, Some(&presented.token))?;
    access(app, presented, key.as_ref()).await?;
    let request = match message.sealed {
        true => DeferredRequest::open(message.body, &app.terms.encryption)?,
        false => DeferredRequest::parse(message.body)?,
    };
    standing::of_kept_keys(app, &vouched(app, presented, &request).await?).await?;
    let (outcome, configuration, keys) = run(&*app.registry, "issuing.deferred", |unit| {
        let (request, key) = (&request, &key);
        Box::pin(async move { look(app, unit, presented, key.as_ref(), request).await })
    })
    .await?;
    finish(app, outcome, (&configuration, &keys), request.answer()).await
}

/// Whose word on the keys counts once cards can be made: it may have been taken back since the request came.
async fn vouched(app: &App, presented: &Presented, request: &DeferredRequest) -> Result<Vec<Vouched>, IssuingError> {
    let mut unit = app.registry.read().await?;
    let grant = grants::open(app, row(&mut *unit, presented).await?)?;
    let waiting = grant.life.deferred(&presented.token, &request.transaction, app.clock.now())?;
    if waits(app, &mut *unit, presented).await? {
        return Ok(Vec::new());
    }
    Ok(waiting.vouched().ok_or(WorkError::Damaged)?)
}

type Found = (Outcome, String, Vec<mibun_crypto::key::PublicKey>);

async fn look(
    app: &App,
    unit: &mut dyn Unit,
    presented: &Presented,
    key: Option<&Proven>,
    request: &DeferredRequest,
) -> Result<Found, IssuingError> {
    if let Some(key) = key {
        key.spend(unit).await?;
    }
    let grant = grants::open(app, row(unit, presented).await?)?;
    let waiting = grant.life.deferred(&presented.token, &request.transaction, app.clock.now())?;
    let keys = waiting.keys().ok_or(WorkError::Damaged)?;
    let outcome = if waits(app, unit, presented).await? {
        Outcome::Waits(pending(&request.transaction))
    } else {
        let (configuration, request) = (waiting.configuration.as_str(), waiting.request);
        let wanting = Wanting { configuration, keys: &keys, request, nonce: None };
        Outcome::Reserved(Box::new(reserve(app, unit, presented, &wanting).await?))
    };
    Ok((outcome, waiting.configuration.clone(), keys))
}
