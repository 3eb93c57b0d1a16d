//! Token, nonce, credential, notification: OpenID4VCI against the record.

use std::collections::BTreeMap;

use mibun_card::assurance::{Assurance, Level};
use mibun_card::vc;
use mibun_crypto::key::PublicKey;
use mibun_issuing::address::{Issuer, Transport};
use mibun_issuing::credential::{Accepted, CredentialError, CredentialRequest, CredentialResponse, Terms as CardTerms};
use mibun_issuing::error::{Code, Refusal};
use mibun_issuing::grant::{AccessError, Policy, RedeemError, Reservation, TxCodeKey};
use mibun_issuing::metadata::{AuthorizationServerMetadata, Display, IssuerMetadata, IssuerSettings};
use mibun_issuing::nonce::NonceKey;
use mibun_issuing::notification::{Notification, NotificationError};
use mibun_issuing::secret::Secret;
use mibun_issuing::token::{BearerError, TokenRequest, TokenRequestError, TokenResponse};
use mibun_registry::{
    Batch, BatchId, Card, CardId, CardStatus, Hash, Lease, StoreError, Unit, UnitError, Version, run,
};

use super::audit::{self, Actor};
use super::{WorkError, cards, dataset, grants, holders, journeys, lists, people};
use crate::app::App;
use crate::boot::BootError;
use crate::config::Config;
use crate::safe::Safe;

/// The one kind of card.
pub const CONFIGURATION: &str = "mibun_card";
/// Seconds an access token is good: long enough for a wallet to come back for its batch once.
const TOKEN_SECONDS: u32 = 600;

/// How offers, codes and nonces are made.
pub struct Terms {
    /// Who issues.
    pub issuer: Issuer,
    /// Life times of codes and tokens.
    pub policy: Policy,
    /// The key of our nonces.
    pub nonce_key: NonceKey,
    /// Copies per batch.
    pub batch_size: usize,
    names: Vec<Display>,
}

impl Terms {
    /// From the configuration and the keys at rest.
    ///
    /// # Errors
    /// [`BootError::PublicUrl`] for a public address that cannot name an issuer.
    pub fn new(config: &Config, safe: &Safe) -> Result<Self, BootError> {
        let transport = if config.loopback_only() { Transport::HttpsOrLoopback } else { Transport::Https };
        let issuer = Issuer::parse(&config.server.public_url, transport).map_err(|_| BootError::PublicUrl)?;
        let names: &BTreeMap<String, String> = &config.authority.name;
        Ok(Self {
            issuer,
            policy: Policy {
                tx_code_key: TxCodeKey::from_bytes(safe.derived("tx_code")),
                code_lifetime: config.limits.offer_minutes * 60,
                token_lifetime: TOKEN_SECONDS,
            },
            nonce_key: NonceKey::from_bytes(safe.derived("c_nonce")),
            batch_size: config.card.copies as usize,
            names: names.iter().map(|(locale, name)| Display::new(name, locale)).collect(),
        })
    }

    /// The issuer's metadata.
    pub fn issuer_metadata(&self) -> IssuerMetadata {
        IssuerMetadata::new(&IssuerSettings {
            issuer: &self.issuer,
            names: &self.names,
            configuration: CONFIGURATION,
            vct: vc::CARD_VCT,
            batch_size: self.batch_size,
            card_names: &self.names,
        })
    }

    /// The authorization server's metadata; it is the issuer itself.
    pub fn server_metadata(&self) -> AuthorizationServerMetadata {
        AuthorizationServerMetadata::new(&self.issuer)
    }
}

/// Why a request of the protocol was refused.
#[derive(Debug, thiserror::Error)]
pub enum IssuingError {
    /// Our side: the record, a key.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// A token request that cannot be read.
    #[error(transparent)]
    TokenRequest(#[from] TokenRequestError),
    /// A code that gives no token.
    #[error(transparent)]
    Redeem(#[from] RedeemError),
    /// A request without a usable access token.
    #[error(transparent)]
    Bearer(#[from] BearerError),
    /// A token that gives no access.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A credential request that is refused.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// A notification that cannot be read.
    #[error(transparent)]
    Notification(#[from] NotificationError),
}

impl From<StoreError> for IssuingError {
    fn from(error: StoreError) -> Self {
        Self::Work(error.into())
    }
}

impl UnitError for IssuingError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Work(WorkError::Store(error)) => Some(error),
            _ => None,
        }
    }
}

impl IssuingError {
    /// The standard's code, unless the fault is ours.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Work(_) => None,
            Self::TokenRequest(refusal) => Some(refusal.code()),
            Self::Redeem(refusal) => Some(refusal.code()),
            Self::Bearer(refusal) => Some(refusal.code()),
            Self::Access(refusal) => Some(refusal.code()),
            Self::Credential(refusal) => Some(refusal.code()),
            Self::Notification(refusal) => Some(refusal.code()),
        }
    }
}

/// Redeems a pre-authorized code.
///
/// # Errors
/// [`IssuingError`]; a wrong transaction code is counted, durably, although the answer is a refusal.
pub async fn token(app: &App, body: &[u8]) -> Result<TokenResponse, IssuingError> {
    let request = TokenRequest::parse(body)?;
    let code = Hash::new(*request.code.hash().as_bytes());
    let answer = run(&*app.registry, "issuing.token", |unit| {
        let request = &request;
        Box::pin(async move {
            let Some(row) = unit.grant_by_code(&code).await? else {
                return Ok::<_, IssuingError>(Err(RedeemError::UnknownCode));
            };
            let grant = grants::open(app, row)?;
            let step = grant.life.redeem(request, &app.terms.policy, app.clock.now(), &mut *app.entropy());
            Ok(grants::take(app, unit, grant, step).await?)
        })
    })
    .await?;
    let access = answer?;
    Ok(TokenResponse::bearer(access.token, access.expires_in.into()))
}

/// A new nonce for proofs; nothing is stored.
pub fn nonce(app: &App) -> String {
    app.terms.nonce_key.issue(app.clock.now(), &mut *app.entropy())
}

/// What was reserved, in the unit that spent nonce and grant.
struct Reserved {
    reservation: Reservation,
    entries: Lease,
    positions: Vec<u32>,
    person: people::OpenPerson,
    portrait: Vec<u8>,
    assurance: Assurance,
    card: Card,
}

/// Issues a batch of copies: reserve and record, then sign.
///
/// A request that comes again (same token, same keys) is answered with copies for the same status entries.
///
/// # Errors
/// [`IssuingError`]; nothing is stored for a refused request.
pub async fn credential(app: &App, token: &Secret, body: &[u8]) -> Result<CredentialResponse, IssuingError> {
    let token_hash = Hash::new(*token.hash().as_bytes());
    // Access first: without it nobody learns anything about the request.
    if app.registry.read().await?.grant_by_token(&token_hash).await?.is_none() {
        return Err(AccessError::UnknownToken.into());
    }
    let terms = CardTerms {
        issuer: app.terms.issuer.as_str(),
        configurations: &[CONFIGURATION],
        batch_size: app.terms.batch_size,
        nonce_key: &app.terms.nonce_key,
    };
    let accepted = CredentialRequest::parse(body)?.accept(token, &terms, app.clock.now())?;
    let reserved = run(&*app.registry, "issuing.reserve", |unit| {
        let accepted = &accepted;
        Box::pin(async move { reserve(app, unit, token, &token_hash, accepted).await })
    })
    .await?;
    let copies = sign(app, &reserved, &accepted.keys)?;
    if !reserved.reservation.repeated {
        lists::publish_changes(app).await?;
    }
    metrics::counter!("mibun_copies_issued_total").increment(copies.len() as u64);
    Ok(CredentialResponse::new(copies, reserved.reservation.notification_id))
}

async fn reserve(
    app: &App,
    unit: &mut dyn Unit,
    token: &Secret,
    token_hash: &Hash,
    accepted: &Accepted,
) -> Result<Reserved, IssuingError> {
    let now = app.clock.now();
    let row = unit.grant_by_token(token_hash).await?.ok_or(AccessError::UnknownToken)?;
    let (person, journey) = (row.person, row.journey);
    let grant = grants::open(app, row)?;
    let step = grant.life.reserve(token, accepted.request, now, &mut *app.entropy());
    let reservation = grants::take(app, unit, grant, step).await??;
    let person = people::load(app, unit, person).await?;
    let assurance = dataset::assurance(app, unit, journey).await?;
    let request = Hash::new(*accepted.request.as_bytes());
    let (card, entries) = if reservation.repeated {
        let batch = unit.batch_for(&request).await?.ok_or(WorkError::Damaged)?;
        (unit.card(batch.card).await?.ok_or(WorkError::Damaged)?, batch.entries)
    } else {
        let nonce = Hash::new(mibun_crypto::digest::sha256(&accepted.nonce.id));
        if !unit.spend_nonce(&nonce, accepted.nonce.expires_at).await? {
            return Err(CredentialError::SpentNonce.into());
        }
        let batch = BatchId::generate(&mut *app.entropy());
        let new = New { batch, request, copies: accepted.keys.len(), level: assurance.level };
        let new = record(app, unit, &person, new).await?;
        if journeys::is_full(app, unit, journey).await? {
            holders::bind(unit, person.row.id, &accepted.keys, batch).await?;
        }
        if let Some(journey) = journey {
            journeys::collected(app, unit, journey).await?;
        }
        new
    };
    let positions = lists::positions(app, unit, &entries).await?;
    let portrait = people::portraits(unit, &person).await?.card;
    Ok(Reserved { reservation, entries, positions, person, portrait, assurance, card })
}

/// What is to be recorded.
struct New {
    batch: BatchId,
    request: Hash,
    copies: usize,
    level: Level,
}

/// Records card and batch, and revokes what the card supersedes.
async fn record(
    app: &App,
    unit: &mut dyn Unit,
    person: &people::OpenPerson,
    new: New,
) -> Result<(Card, Lease), WorkError> {
    let now = app.clock.now();
    if people::ineligible(&person.row, now) {
        return Err(WorkError::State("the record no longer allows a card"));
    }
    let until = now.floor_to_day().plus_days(i64::from(app.config.card.validity_days));
    let card = Card {
        id: CardId::generate(&mut *app.entropy()),
        person: person.row.id,
        level: new.level.as_str().to_owned(),
        status: CardStatus::Valid,
        issued_at: now,
        // A card never outlives the document behind it.
        expires_at: person.row.valid_until.map_or(until, |end| until.min(end.floor_to_day())),
        version: Version::FIRST,
    };
    unit.insert_card(&card).await?;
    let count = u32::try_from(new.copies).map_err(|_| WorkError::Damaged)?;
    let entries = lists::lease(app, unit, count).await?;
    let batch = Batch { id: new.batch, card: card.id, entries, request: new.request, response: None, created_at: now };
    unit.insert_batch(&batch).await?;
    cards::revoke_others(app, unit, &card).await?;
    audit::note(app, unit, Actor::Holder, "card.issued", card.id.to_string()).await?;
    Ok((card, entries))
}

fn sign(app: &App, reserved: &Reserved, keys: &[PublicKey]) -> Result<Vec<String>, WorkError> {
    let claims =
        dataset::claims(app, &reserved.card, &reserved.person.record, reserved.portrait.clone(), &reserved.assurance)?;
    let signer = &app.keys.document_signer;
    let spec = vc::EditionSpec {
        issuer: app.terms.issuer.as_str(),
        vct: vc::CARD_VCT,
        claims: &claims,
        issued_at: reserved.card.issued_at,
        expires_at: reserved.card.expires_at,
        x5c: &signer.x5c(),
    };
    let edition = vc::Edition::new(&spec, &*signer.signer).map_err(|_| WorkError::Damaged)?;
    let uri = lists::uri(app, reserved.entries.list);
    let mut entropy = app.entropy();
    let copy = |(key, position): (&PublicKey, &u32)| {
        let status = mibun_status::Reference { uri: uri.clone(), idx: *position }.to_claim();
        edition.copy(key, &status, &mut *entropy).map_err(|_| WorkError::Damaged)
    };
    keys.iter().zip(&reserved.positions).map(copy).collect()
}

/// Takes a notification.
///
/// # Errors
/// [`IssuingError`].
pub async fn notification(app: &App, token: &Secret, body: &[u8]) -> Result<(), IssuingError> {
    let token_hash = Hash::new(*token.hash().as_bytes());
    let answer = run(&*app.registry, "issuing.notification", |unit| {
        Box::pin(async move {
            let Some(row) = unit.grant_by_token(&token_hash).await? else {
                return Ok::<_, IssuingError>(Err(AccessError::UnknownToken));
            };
            let notification = Notification::parse(body)?;
            let grant = grants::open(app, row)?;
            let step = grant.life.notify(token, &notification, app.clock.now());
            Ok(grants::take(app, unit, grant, step).await?)
        })
    })
    .await?;
    Ok(answer?)
}
