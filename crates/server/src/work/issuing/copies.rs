//! Copies of a card: reserve and record, then sign.

use mibun_card::assurance::{Assurance, Level};
use mibun_crypto::key::PublicKey;
use mibun_issuing::credential::{
    Accepted, CredentialAnswer, CredentialError, CredentialRequest, CredentialResponse, Pending, RequestKey,
    ResponseEncryption, Terms as CardTerms,
};
use mibun_issuing::grant::{AccessError, Reservation, Wanted};
use mibun_issuing::nonce::FreshNonce;
use mibun_issuing::token::Presented;
use mibun_registry::{Batch, BatchId, Card, CardId, CardStatus, Hash, JourneyId, Lease, Unit, Version, run};

use super::clients::Proven;
use super::entitlement::{self, token_hash};
use super::{CONFIGURATIONS, IssuingError, Message, deferred, formats, standing};
use crate::app::App;
use crate::work::audit::{self, Actor};
use crate::work::{WorkError, cards, dataset, grants, holders, journeys, lists, people};

/// Batches that one card may have: two formats, renewed each day of a month. A wallet that loops ends here.
const MOST_BATCHES: usize = 60;

/// An answer with copies, or that they are not ready, as the wallet wants it.
pub struct Issued {
    /// The answer.
    pub body: Body,
    /// Whether the copies are not ready.
    pub waits: bool,
}

/// How an answer travels.
pub enum Body {
    /// In the clear, under TLS.
    Plain(CredentialAnswer),
    /// Encrypted for the wallet.
    Sealed(String),
}

/// What copies are wanted of.
pub(super) struct Wanting<'a> {
    pub(super) configuration: &'a str,
    pub(super) keys: &'a [PublicKey],
    pub(super) request: RequestKey,
    /// To be spent; none where it was spent when the request came.
    pub(super) nonce: Option<&'a FreshNonce>,
}

/// What became of a request in the unit that spent its proofs.
pub(super) enum Outcome {
    /// Copies can be signed.
    Reserved(Box<Reserved>),
    /// They cannot be made yet.
    Waits(Pending),
}

/// What was reserved, in the unit that spent nonce and grant.
pub(super) struct Reserved {
    reservation: Reservation,
    pub(super) entries: Lease,
    pub(super) positions: Vec<u32>,
    pub(super) person: people::OpenPerson,
    pub(super) portrait: Vec<u8>,
    pub(super) assurance: Assurance,
    pub(super) card: Card,
}

/// Issues a batch of copies: reserve and record, then sign.
///
/// A request that comes again (same token, same keys) is answered with copies for the same status entries.
///
/// # Errors
/// [`IssuingError`]; nothing is stored for a refused request.
pub async fn credential(app: &App, presented: &Presented, message: Message<'_>) -> Result<Issued, IssuingError> {
    let token = &presented.token;
    let key = message.key(app, Some(token))?;
    // Access first: without it nobody learns anything about the request.
    let wanted = access(app, presented, key.as_ref()).await?;
    let configurations: Vec<&str> = wanted.configurations.iter().map(String::as_str).collect();
    let terms = CardTerms {
        issuer: app.terms.issuer.as_str(),
        configurations: if configurations.is_empty() { &CONFIGURATIONS } else { &configurations },
        identifiers: wanted.identifiers,
        batch_size: app.terms.batch_size,
        nonce_key: &app.terms.nonce_key,
        attestations: app.terms.key_attestations(),
    };
    let request = match message.sealed {
        true => CredentialRequest::open(message.body, &app.terms.encryption)?,
        false => CredentialRequest::parse(message.body)?,
    };
    let accepted = request.accept(token, &terms, app.clock.now())?;
    standing::of_keys(app, &accepted.vouched).await?;
    let outcome = run(&*app.registry, "issuing.reserve", |unit| {
        let (accepted, key) = (&accepted, &key);
        Box::pin(async move {
            if let Some(key) = key {
                key.spend(unit).await?;
            }
            take_in(app, unit, presented, accepted).await
        })
    })
    .await?;
    finish(app, outcome, (&accepted.configuration, &accepted.keys), request.answer()).await
}

/// Reserves copies, or keeps the request until they can be made.
async fn take_in(
    app: &App,
    unit: &mut dyn Unit,
    presented: &Presented,
    accepted: &Accepted,
) -> Result<Outcome, IssuingError> {
    if deferred::waits(app, unit, presented).await? {
        return deferred::keep(app, unit, presented, accepted).await.map(Outcome::Waits);
    }
    let wanting = Wanting {
        configuration: &accepted.configuration,
        keys: &accepted.keys,
        request: accepted.request,
        nonce: Some(&accepted.nonce),
    };
    let reserved = reserve(app, unit, presented, &wanting).await?;
    Ok(Outcome::Reserved(Box::new(reserved)))
}

/// Signs what was reserved, and puts the answer into the form that the wallet wants.
pub(super) async fn finish(
    app: &App,
    outcome: Outcome,
    (configuration, keys): (&str, &[PublicKey]),
    encryption: Option<&ResponseEncryption>,
) -> Result<Issued, IssuingError> {
    let (answer, waits) = match outcome {
        Outcome::Waits(pending) => (CredentialAnswer::Pending(pending), true),
        Outcome::Reserved(reserved) => {
            let copies = formats::sign(app, &reserved, configuration, keys)?;
            if !reserved.reservation.repeated {
                lists::publish_changes(app).await?;
            }
            metrics::counter!("mibun_copies_issued_total").increment(copies.len() as u64);
            let response = CredentialResponse::new(copies, reserved.reservation.notification_id);
            (CredentialAnswer::Issued(response), false)
        }
    };
    let body = match encryption {
        Some(encryption) => Body::Sealed(encryption.seal(&answer, &mut *app.entropy())?),
        None => Body::Plain(answer),
    };
    Ok(Issued { body, waits })
}

/// What the token is good for.
pub(super) async fn access(app: &App, presented: &Presented, key: Option<&Proven>) -> Result<Wanted, IssuingError> {
    let grant = entitlement::grant(app, &mut *app.registry.read().await?, presented, key).await?;
    Ok(grant.life.tokens().map(|tokens| tokens.wanted.clone()).unwrap_or_default())
}

pub(super) async fn reserve(
    app: &App,
    unit: &mut dyn Unit,
    presented: &Presented,
    wanting: &Wanting<'_>,
) -> Result<Reserved, IssuingError> {
    let now = app.clock.now();
    let row = unit.grant_by_token(&token_hash(presented)).await?.ok_or(AccessError::UnknownToken)?;
    let (person, journey) = (row.person, row.journey);
    let mut grant = grants::open(app, row)?;
    let proofs = dataset::proofs(app, unit, journey, grant.proofs.as_deref()).await?;
    let assurance = dataset::assurance(app, &proofs)?;
    grant.proofs = Some(proofs);
    let (token, configuration) = (&presented.token, wanting.configuration);
    let step = grant.life.reserve(token, configuration, wanting.request, now, &mut *app.entropy());
    let reservation = grants::take(app, unit, grant, step).await??;
    let person = people::load(app, unit, person).await?;
    let (card, entries) = if reservation.repeated {
        recorded(unit, &Hash::new(*wanting.request.as_bytes())).await?
    } else {
        if let Some(nonce) = wanting.nonce {
            spend(unit, nonce).await?;
        }
        let sibling = reservation.sibling.map(|request| Hash::new(*request.as_bytes()));
        let new = New {
            batch: BatchId::generate(&mut *app.entropy()),
            request: Hash::new(*wanting.request.as_bytes()),
            keys: wanting.keys,
            level: assurance.level,
        };
        match sibling {
            Some(sibling) => again(app, unit, &person, sibling, new).await?,
            None => first(app, unit, &person, journey, new).await?,
        }
    };
    let positions = lists::positions(app, unit, &entries).await?;
    let portrait = people::portraits(unit, &person).await?.card;
    Ok(Reserved { reservation, entries, positions, person, portrait, assurance, card })
}

/// The card that a request was served with, and its status entries.
///
/// # Errors
/// [`WorkError::Damaged`] when there is none.
pub(in crate::work) async fn recorded(unit: &mut dyn Unit, request: &Hash) -> Result<(Card, Lease), WorkError> {
    let batch = unit.batch_for(request).await?.ok_or(WorkError::Damaged)?;
    Ok((unit.card(batch.card).await?.ok_or(WorkError::Damaged)?, batch.entries))
}

pub(super) async fn spend(unit: &mut dyn Unit, nonce: &FreshNonce) -> Result<(), IssuingError> {
    let first = unit.spend_nonce(&Hash::new(mibun_crypto::digest::sha256(&nonce.id)), nonce.expires_at).await?;
    if first { Ok(()) } else { Err(CredentialError::SpentNonce.into()) }
}

/// The first copies of a card.
async fn first(
    app: &App,
    unit: &mut dyn Unit,
    person: &people::OpenPerson,
    journey: Option<JourneyId>,
    new: New<'_>,
) -> Result<(Card, Lease), IssuingError> {
    let (batch, keys) = (new.batch, new.keys);
    let recorded = record(app, unit, person, new).await?;
    if journeys::is_full(app, unit, journey).await? {
        holders::bind(unit, person.row.id, keys, batch).await?;
    }
    if let Some(journey) = journey {
        journeys::collected(app, unit, journey).await?;
    }
    Ok(recorded)
}

/// More copies of a card that was collected before, in another format or in place of used ones. Nothing is superseded.
async fn again(
    app: &App,
    unit: &mut dyn Unit,
    person: &people::OpenPerson,
    sibling: Hash,
    new: New<'_>,
) -> Result<(Card, Lease), IssuingError> {
    let now = app.clock.now();
    let (card, _) = recorded(unit, &sibling).await?;
    if card.status != CardStatus::Valid || card.expires_at <= now || people::ineligible(&person.row, now) {
        return Err(WorkError::State("the card is no longer valid").into());
    }
    if card.level != new.level.as_str() {
        return Err(WorkError::State("the evidence behind the card has grown too old").into());
    }
    if unit.batches_of(card.id).await?.len() >= MOST_BATCHES {
        return Err(WorkError::State("the card has as many copies as one may have").into());
    }
    let (batch, keys) = (new.batch, new.keys);
    let entries = add_batch(app, unit, &card, &new).await?;
    if card.level == Level::Full.as_str() {
        holders::bind(unit, person.row.id, keys, batch).await?;
    }
    audit::note(app, unit, Actor::Holder, "card.copied", card.id.to_string()).await?;
    Ok((card, entries))
}

/// What is to be recorded.
struct New<'a> {
    batch: BatchId,
    request: Hash,
    keys: &'a [PublicKey],
    level: Level,
}

/// Records card and batch, and revokes what the card supersedes.
async fn record(
    app: &App,
    unit: &mut dyn Unit,
    person: &people::OpenPerson,
    new: New<'_>,
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
    let entries = add_batch(app, unit, &card, &new).await?;
    cards::revoke_others(app, unit, &card).await?;
    audit::note(app, unit, Actor::Holder, "card.issued", card.id.to_string()).await?;
    Ok((card, entries))
}

async fn add_batch(app: &App, unit: &mut dyn Unit, card: &Card, new: &New<'_>) -> Result<Lease, WorkError> {
    let count = u32::try_from(new.keys.len()).map_err(|_| WorkError::Damaged)?;
    let entries = lists::lease(app, unit, count).await?;
    let (request, created_at) = (new.request, app.clock.now());
    let batch = Batch { id: new.batch, card: card.id, entries, request, response: None, created_at };
    unit.insert_batch(&batch).await?;
    Ok(entries)
}
