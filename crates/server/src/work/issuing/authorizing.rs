//! The step in which a person says that a wallet may have their card.
//!
//! A wallet pushes what it asks and sends the browser to our page. The page can be opened as often as the browser likes;
//! the pushed request is spent with the person's answer, in the unit that makes the code.

use std::net::IpAddr;

use mibun_issuing::authorization::{AuthorizationRequest, PushedResponse, REQUEST_URI, Terms as RequestTerms};
use mibun_issuing::error::Code;
use mibun_issuing::form::Form;
use mibun_issuing::grant::{RedeemError, TX_CODE_LENGTH};
use mibun_issuing::secret::Secret;
use mibun_proofing::attempts::Scope;
use mibun_registry::{Grant, GrantId, Hash, PushedRequest, Unit, run};

use super::{CONFIGURATIONS, IssuingError, Message};
use crate::app::App;
use crate::safe::{Place, token_hash};
use crate::work::{WorkError, codes, grants, journeys};

/// Seconds in which the person has to answer.
const SECONDS: u32 = 300;
const REFERENCE_BYTES: usize = 32;

/// What a wallet asks, for the page.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The wallet's name for itself, which its provider attested.
    pub client: String,
    /// Whether it is the authority's own, which nobody has to attest.
    pub own: bool,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Whether the person has to name the offer: the wallet did not.
    pub needs_reference: bool,
}

/// What the person answered.
#[derive(Clone)]
pub struct Answer<'a> {
    /// The reference of the pushed request.
    pub request_uri: &'a str,
    /// The wallet, as it stands beside the reference.
    pub client: &'a str,
    /// Whether the wallet may have the card.
    pub allow: bool,
    /// How the person names the offer.
    pub reference: &'a str,
    /// The transaction code.
    pub tx_code: &'a str,
}

/// What follows from the answer.
#[derive(Debug)]
pub enum Answered {
    /// The browser goes back to the wallet.
    Back(String),
    /// The page is shown again: why, and what was asked.
    Again(RedeemError, Asking),
}

/// Takes an authorization request that a wallet pushes.
///
/// # Errors
/// [`IssuingError`]; nothing is stored for a refused request.
pub async fn push(app: &App, message: Message<'_>) -> Result<PushedResponse, IssuingError> {
    // A form that cannot be read names nobody, and is refused for it below.
    let named = Form::parse(message.body).ok().and_then(|form| form.get("client_id").map(str::to_owned));
    let client = message.client(app, named.as_deref()).await?;
    let key = message.key(app, None)?;
    let own = app.terms.own_wallet.as_str();
    let terms = RequestTerms {
        client: &client.id,
        proven: key.as_ref().map(|key| key.key),
        configurations: &CONFIGURATIONS,
        transport: app.terms.transport,
        registered: (client.id == own).then_some(own),
    };
    let request = AuthorizationRequest::parse(message.body, &terms)?;
    let reference = app.entropy().token(REFERENCE_BYTES);
    let row = pushed(app, &reference, &request)?;
    run(&*app.registry, "issuing.push", |unit| {
        let (client, key, row) = (&client, &key, &row);
        Box::pin(async move {
            client.spend(unit).await?;
            if let Some(key) = key {
                key.spend(unit).await?;
            }
            Ok::<_, IssuingError>(unit.insert_pushed_request(row).await?)
        })
    })
    .await?;
    Ok(PushedResponse { request_uri: format!("{REQUEST_URI}{reference}"), expires_in: SECONDS.into() })
}

fn hash(reference: &str) -> Hash {
    token_hash(&format!("pushed request {reference}"))
}

fn place(row: &str) -> Place<'_> {
    Place::new("pushed_requests", row, "sealed")
}

fn pushed(app: &App, reference: &str, request: &AuthorizationRequest) -> Result<PushedRequest, WorkError> {
    let request_hash = hash(reference);
    let row = mibun_crypto::base64url::encode(request_hash.as_bytes());
    let sealed = app.safe.seal(place(&row), request, &mut *app.entropy())?;
    Ok(PushedRequest { request_hash, sealed, expires_at: app.clock.now().plus_seconds(SECONDS.into()) })
}

/// The pushed request behind a reference, if it is this wallet's and in time.
async fn open(
    app: &App,
    unit: &mut dyn Unit,
    request_uri: &str,
    client: &str,
) -> Result<(Hash, AuthorizationRequest), WorkError> {
    const UNKNOWN: WorkError = WorkError::NotFound("request");
    let reference = request_uri.strip_prefix(REQUEST_URI).ok_or(UNKNOWN)?;
    let hash = hash(reference);
    let row = unit.pushed_request(&hash).await?.ok_or(UNKNOWN)?;
    if row.expires_at <= app.clock.now() {
        return Err(WorkError::Ended("request"));
    }
    let name = mibun_crypto::base64url::encode(hash.as_bytes());
    let request: AuthorizationRequest = app.safe.open(place(&name), &row.sealed)?;
    if request.client == client { Ok((hash, request)) } else { Err(UNKNOWN) }
}

/// What a wallet asks; looking changes nothing.
///
/// # Errors
/// [`WorkError::NotFound`] for a reference that is unknown, answered, or another wallet's; [`WorkError::Ended`].
pub async fn asked(app: &App, request_uri: &str, client: &str) -> Result<Asking, WorkError> {
    let (_, request) = open(app, &mut *app.registry.read().await?, request_uri, client).await?;
    Ok(asking(app, request))
}

fn asking(app: &App, request: AuthorizationRequest) -> Asking {
    let (needs_reference, own) = (request.offer.is_none(), request.client == app.terms.own_wallet);
    Asking { client: request.client, own, redirect_uri: request.redirect_uri, needs_reference }
}

/// Takes the person's answer. Tries to name an offer are counted per address before the offer is looked for, tries of its
/// transaction code with the offer.
///
/// # Errors
/// Those of [`asked`]; [`WorkError::TooMany`].
pub async fn answer(app: &App, source: IpAddr, answer: &Answer<'_>) -> Result<Answered, WorkError> {
    if answer.allow {
        let subject = app.safe.index("authorize-source", &source.to_string());
        journeys::count_under(app, &app.config.wallets.attempts, subject, Scope::Source).await?;
    }
    run(&*app.registry, "issuing.authorize", |unit| Box::pin(async move { decide(app, unit, answer).await })).await
}

async fn decide(app: &App, unit: &mut dyn Unit, answer: &Answer<'_>) -> Result<Answered, WorkError> {
    let (hash, request) = open(app, unit, answer.request_uri, answer.client).await?;
    let issuer = app.terms.issuer.as_str();
    if !answer.allow {
        spend(unit, &hash).await?;
        return Ok(Answered::Back(request.refused(issuer, Code::AccessDenied)));
    }
    let Some(row) = offer(app, unit, &request, answer.reference).await? else {
        // What the wallet named is not there (any more): the person may name another.
        let asking = Asking { needs_reference: true, ..asking(app, request) };
        return Ok(Answered::Again(RedeemError::UnknownCode, asking));
    };
    let grant = grants::open(app, row)?;
    let tx_code = typed_digits(answer.tx_code).map(Secret::new);
    let (policy, now) = (&app.terms.policy, app.clock.now());
    let step = grant.life.authorize(tx_code.as_ref(), &request, policy, now, &mut *app.entropy());
    match grants::take(app, unit, grant, step).await? {
        Ok(code) => {
            spend(unit, &hash).await?;
            Ok(Answered::Back(request.granted(issuer, code.expose())))
        }
        Err(refusal) => Ok(Answered::Again(refusal, asking(app, request))),
    }
}

/// Six digits as they were typed, with blanks, hyphens and full-width forms; what is no six digits costs no try.
fn typed_digits(typed: &str) -> Option<String> {
    let digits = codes::half_width(typed).filter(|letter| !letter.is_whitespace() && *letter != '-');
    let digits: String = digits.take(TX_CODE_LENGTH + 1).collect();
    let whole = digits.len() == TX_CODE_LENGTH && digits.bytes().all(|digit| digit.is_ascii_digit());
    whole.then_some(digits)
}

async fn spend(unit: &mut dyn Unit, hash: &Hash) -> Result<(), WorkError> {
    if unit.spend_pushed_request(hash).await? { Ok(()) } else { Err(WorkError::NotFound("request")) }
}

/// The offer that the wallet or the person names.
async fn offer(
    app: &App,
    unit: &mut dyn Unit,
    request: &AuthorizationRequest,
    reference: &str,
) -> Result<Option<Grant>, WorkError> {
    match &request.offer {
        Some(named) if reference.is_empty() => match named.parse::<GrantId>() {
            Ok(id) => Ok(unit.grant(id).await?),
            Err(_) => Ok(None),
        },
        _ => Ok(unit.grant_by_reference(&grants::reference_hash(app, reference)).await?),
    }
}
