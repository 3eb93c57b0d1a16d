//! Grants: the stored life of an offer, from the code in the link to the card in the wallet.

use mibun_crypto::time::Timestamp;
use mibun_issuing::grant::{Grant as Life, Step};
use mibun_issuing::offer::{self, CredentialOffer, TxCode};
use mibun_proofing::level::Evidence as Proof;
use mibun_registry::{Grant, GrantId, Hash, JourneyId, PersonId, Unit, Version};
use serde::{Deserialize, Serialize};

use super::issuing::CONFIGURATIONS;
use super::journeys::Goal;
use super::{WorkError, codes};
use crate::app::App;
use crate::safe::Place;

/// An offer as the journey keeps it, sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct StoredOffer {
    /// The link for any wallet.
    pub uri: String,
    /// The code that the person types.
    pub tx_code: String,
    /// How the person names the offer to a wallet that does not know it; empty where no such wallet can have the card.
    #[serde(default)]
    pub reference: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The grant behind it.
    #[serde(default)]
    pub(super) grant: Option<String>,
}

/// A grant with its state opened.
pub struct OpenGrant {
    /// The row.
    pub row: Grant,
    /// Its life.
    pub life: Life,
    /// The offer document, served by reference.
    pub offer: serde_json::Value,
    /// What was proved on the way here, once cards were made: it outlives the journey.
    pub proofs: Option<Vec<Proof>>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    life: Life,
    offer: serde_json::Value,
    #[serde(default)]
    proofs: Option<Vec<Proof>>,
}

/// Letters of a reference: almost 50 bits, of which an address gets few tries, and the transaction code beside it.
const REFERENCE: usize = 10;

/// What a reference is found by, however it was typed.
pub fn reference_hash(app: &App, reference: &str) -> Hash {
    Hash::new(app.safe.mac("offer-reference", &[codes::normal(reference, REFERENCE).as_bytes()]))
}

fn place(row: &str) -> Place<'_> {
    Place::new("grants", row, "state")
}

/// How a card is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terms {
    /// For any wallet: with a code, and over the browser where wallets of other makers can have the card.
    Now(Goal),
    /// For wallets that can wait: over the browser alone, which gives tokens that last.
    Later,
}

/// Makes a grant for a person and the offer that goes with it.
///
/// # Errors
/// [`WorkError::Safe`].
pub fn make(app: &App, person: PersonId, journey: JourneyId, terms: Terms) -> Result<(Grant, StoredOffer), WorkError> {
    let now = app.clock.now();
    let mut entropy = app.entropy();
    let (life, secrets) = Life::offer(&app.terms.policy, true, now, &mut *entropy);
    let id = GrantId::generate(&mut *entropy);
    // Where the code is found differs (a page, a counter's paper), and a description has one language: a wallet has
    // words of its own.
    let tx_code = TxCode { description: None, ..TxCode::digits("") };
    // The keys of a full card are made with the ID password, which wallets of other makers have no way to ask for.
    let by_browser = terms != Terms::Now(Goal::Full);
    let offer = CredentialOffer::new(&app.terms.issuer, &CONFIGURATIONS, secrets.code, Some(tx_code));
    let offer = if by_browser { offer.over_the_browser(id.to_string()) } else { offer };
    let offer = if terms == Terms::Later { CredentialOffer { pre_authorized: None, ..offer } } else { offer };
    let stored = Stored { life, offer: offer.to_value(), proofs: None };
    let reference = if by_browser { codes::draw(app, REFERENCE) } else { String::new() };
    let grant = Grant {
        id,
        code_hash: Hash::new(*stored.life.code().as_bytes()),
        reference_hash: by_browser.then(|| reference_hash(app, &reference)),
        token_hash: None,
        state: stored.life.state().to_owned(),
        sealed: app.safe.seal(place(&id.to_string()), &stored, &mut *entropy)?,
        person,
        journey: Some(journey),
        wrong_tries: 0,
        created_at: now,
        expires_at: stored.life.expires_at(),
        version: Version::FIRST,
    };
    let offer = StoredOffer {
        uri: offer::link_to(&app.url(&format!("/offers/{id}"))),
        tx_code: secrets.tx_code.map(|code| code.expose().to_owned()).unwrap_or_default(),
        reference,
        expires_at: grant.expires_at,
        grant: Some(id.to_string()),
    };
    Ok((grant, offer))
}

/// Opens a row.
///
/// # Errors
/// [`WorkError::Safe`].
pub fn open(app: &App, row: Grant) -> Result<OpenGrant, WorkError> {
    let stored: Stored = app.safe.open(place(&row.id.to_string()), &row.sealed)?;
    Ok(OpenGrant { row, life: stored.life, offer: stored.offer, proofs: stored.proofs })
}

/// Stores what a step changed, over the version read, and hands the step's answer on.
///
/// The answer may be a refusal and the change still be stored: a wrong transaction code is counted.
///
/// # Errors
/// `VersionMismatch` when another request was faster.
pub async fn take<T, E>(
    app: &App,
    unit: &mut dyn Unit,
    grant: OpenGrant,
    step: Step<T, E>,
) -> Result<Result<T, E>, WorkError> {
    let Some(life) = step.store else { return Ok(step.answer) };
    let mut row = grant.row;
    row.state = life.state().to_owned();
    row.token_hash = life.token().map(|token| Hash::new(*token.as_bytes()));
    row.wrong_tries = u32::from(life.wrong_tries());
    row.expires_at = life.expires_at();
    row.code_hash = Hash::new(*life.code().as_bytes());
    let stored = Stored { life, offer: grant.offer, proofs: grant.proofs };
    row.sealed = app.safe.seal(place(&row.id.to_string()), &stored, &mut *app.entropy())?;
    unit.update_grant(&row).await?;
    Ok(step.answer)
}

/// The offer document of a grant that can still be redeemed.
///
/// # Errors
/// [`WorkError::NotFound`], also for an offer that was redeemed or has ended.
pub async fn offer_document(app: &App, id: &str) -> Result<serde_json::Value, WorkError> {
    let id: GrantId = id.parse().map_err(|_| WorkError::NotFound("offer"))?;
    let row = app.registry.read().await?.grant(id).await?.ok_or(WorkError::NotFound("offer"))?;
    let grant = open(app, row)?;
    if is_redeemable(app, &grant) { Ok(grant.offer) } else { Err(WorkError::NotFound("offer")) }
}

fn is_redeemable(app: &App, grant: &OpenGrant) -> bool {
    matches!(&grant.life, Life::Offered(offered) if offered.expires_at > app.clock.now())
}

/// Whether nobody used an offer in its time, so that another can take its place.
///
/// # Errors
/// The store's.
pub async fn ran_out(app: &App, offer: &StoredOffer) -> Result<bool, WorkError> {
    let Some(grant) = behind(app, offer).await? else { return Ok(false) };
    Ok(matches!(grant.life, Life::Expired(_)) || matches!(grant.life, Life::Offered(_)) && !is_redeemable(app, &grant))
}

/// Whether a wallet has asked for the card of an offer and waits for it.
///
/// # Errors
/// The store's.
pub async fn is_awaited(app: &App, id: &str) -> Result<bool, WorkError> {
    let Ok(id) = id.parse() else { return Ok(false) };
    let row = app.registry.read().await?.grant(id).await?;
    let grant = row.map(|row| open(app, row)).transpose()?;
    Ok(grant.is_some_and(|grant| grant.life.tokens().is_some_and(|tokens| !tokens.deferred.is_empty())))
}

async fn behind(app: &App, offer: &StoredOffer) -> Result<Option<OpenGrant>, WorkError> {
    let Some(id) = offer.grant.as_ref().and_then(|id| id.parse().ok()) else { return Ok(None) };
    let row = app.registry.read().await?.grant(id).await?;
    row.map(|row| open(app, row)).transpose()
}

/// Whether an offer can still be redeemed: in time, not redeemed yet, not locked by wrong codes.
///
/// # Errors
/// The store's.
pub async fn stands(app: &App, offer: &StoredOffer) -> Result<bool, WorkError> {
    if offer.grant.is_none() {
        return Ok(offer.expires_at > app.clock.now());
    }
    Ok(behind(app, offer).await?.is_some_and(|grant| is_redeemable(app, &grant)))
}
