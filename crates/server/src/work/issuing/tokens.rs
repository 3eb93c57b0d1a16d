//! Codes become tokens, and tokens new ones.

use mibun_issuing::grant::{Access, RedeemError, Redeemer, Step};
use mibun_issuing::token::{
    CodeRequest, PreAuthorizedRequest, RefreshRequest, TokenRequest, TokenRequestError, TokenResponse,
};
use mibun_registry::{Grant, GrantId, Hash, Unit, run};

use super::clients::{Client, Proven};
use super::{IssuingError, Message};
use crate::app::App;
use crate::work::grants::{self, OpenGrant};

/// Turns a code or refresh token into an access token.
///
/// # Errors
/// [`IssuingError`]; a wrong transaction code is counted, and a code or refresh token that is used again ends what it gave,
/// durably, although the answer is a refusal.
pub async fn token(app: &App, message: Message<'_>) -> Result<TokenResponse, IssuingError> {
    let request = TokenRequest::parse(message.body)?;
    let key = message.key(app, None)?;
    let access = match &request {
        TokenRequest::PreAuthorized(offered) => {
            // Wallets may stay anonymous here; one that says who it is has to prove it.
            let client = message.claimed_client(app, None).await?;
            pre_authorized(app, offered, client, key).await?
        }
        TokenRequest::Code(code) => {
            let client = message.client(app, code.client.as_deref()).await?;
            check_name(code.client.as_deref(), &client)?;
            authorized(app, code, client, key.ok_or(TokenRequestError::MissingProof)?).await?
        }
        TokenRequest::Refresh(refresh) => {
            // Whether it has to say who it is depends on who got the token.
            let client = message.claimed_client(app, refresh.client.as_deref()).await?;
            client.iter().try_for_each(|client| check_name(refresh.client.as_deref(), client))?;
            refreshed(app, refresh, client, key.ok_or(TokenRequestError::MissingProof)?).await?
        }
    };
    Ok(TokenResponse::of(access))
}

/// Whether the wallet calls itself what it proves, if it calls itself anything.
fn check_name(named: Option<&str>, client: &Client) -> Result<(), TokenRequestError> {
    if named.is_none_or(|named| named == client.id) { Ok(()) } else { Err(TokenRequestError::OtherClient) }
}

async fn pre_authorized(
    app: &App,
    request: &PreAuthorizedRequest,
    client: Option<Client>,
    key: Option<Proven>,
) -> Result<Access, IssuingError> {
    let code = Hash::new(*request.code.hash().as_bytes());
    let answer = run(&*app.registry, "issuing.token", |unit| {
        let (client, key) = (client.as_ref(), key.as_ref());
        Box::pin(async move {
            spend(unit, client, key).await?;
            let row = unit.grant_by_code(&code).await?;
            step(app, unit, row, |grant| {
                let redeemer = key.map(|key| redeemer(grant, client, key));
                let (policy, now) = (&app.terms.policy, app.clock.now());
                grant.life.redeem(request, redeemer.as_ref(), policy, now, &mut *app.entropy())
            })
            .await
        })
    })
    .await?;
    Ok(answer?)
}

async fn authorized(app: &App, request: &CodeRequest, client: Client, key: Proven) -> Result<Access, IssuingError> {
    let code = Hash::new(*request.code.hash().as_bytes());
    let answer = run(&*app.registry, "issuing.code", |unit| {
        let (client, key) = (Some(&client), &key);
        Box::pin(async move {
            spend(unit, client, Some(key)).await?;
            let row = unit.grant_by_code(&code).await?;
            step(app, unit, row, |grant| {
                let redeemer = redeemer(grant, client, key);
                grant.life.redeem_code(request, &redeemer, &app.terms.policy, app.clock.now(), &mut *app.entropy())
            })
            .await
        })
    })
    .await?;
    Ok(answer?)
}

async fn refreshed(
    app: &App,
    request: &RefreshRequest,
    client: Option<Client>,
    key: Proven,
) -> Result<Access, IssuingError> {
    let claimed = app.terms.policy.refresh_key.open(&request.token).ok_or(RedeemError::UnknownRefresh)?;
    let id = GrantId::from_bytes(claimed.grant);
    let answer = run(&*app.registry, "issuing.refresh", |unit| {
        let (client, key) = (client.as_ref(), &key);
        Box::pin(async move {
            spend(unit, client, Some(key)).await?;
            let row = unit.grant(id).await?;
            let refreshed = step(app, unit, row, |grant| {
                let (redeemer, policy) = (redeemer(grant, client, key), &app.terms.policy);
                grant.life.refresh(claimed.number, &redeemer, policy, app.clock.now(), &mut *app.entropy())
            });
            match refreshed.await? {
                // Whoever does not prove who they are leaves nothing behind, here as at the other ways to a token.
                Err(refusal @ RedeemError::MissingAuthentication) => Err(refusal.into()),
                answer => Ok::<_, IssuingError>(answer),
            }
        })
    })
    .await?;
    Ok(answer.map_err(|refusal| match refusal {
        RedeemError::UnknownCode => RedeemError::UnknownRefresh,
        other => other,
    })?)
}

/// Spends what the request proved, whatever comes of it.
async fn spend(unit: &mut dyn Unit, client: Option<&Client>, key: Option<&Proven>) -> Result<(), IssuingError> {
    if let Some(client) = client {
        client.spend(unit).await?;
    }
    if let Some(key) = key {
        key.spend(unit).await?;
    }
    Ok(())
}

fn redeemer<'a>(grant: &OpenGrant, client: Option<&'a Client>, key: &Proven) -> Redeemer<'a> {
    let (id, instance) = (client.map(|client| client.id.as_str()), client.and_then(|client| client.instance));
    Redeemer { client: id, key: key.key, instance, grant: *grant.row.id.as_bytes() }
}

/// Takes a step of the grant, if there is one, and stores what it changed.
async fn step(
    app: &App,
    unit: &mut dyn Unit,
    row: Option<Grant>,
    take: impl FnOnce(&OpenGrant) -> Step<Access, RedeemError> + Send,
) -> Result<Result<Access, RedeemError>, IssuingError> {
    let Some(row) = row else { return Ok(Err(RedeemError::UnknownCode)) };
    let grant = grants::open(app, row)?;
    let step = take(&grant);
    Ok(grants::take(app, unit, grant, step).await?)
}
