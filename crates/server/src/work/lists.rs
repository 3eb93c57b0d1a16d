//! Status lists: leasing entries, and signing the published lists ahead of those who ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use mibun_crypto::time::Timestamp;
use mibun_registry::{EntryStatus, Lease, ListId, StatusList, Unit, run};
use mibun_status::list;
use mibun_status::permutation::Permutation;
use mibun_status::token::VerifiedList;
use mibun_status::{Status, cwt, token};

use super::WorkError;
use super::audit::{self, Actor};
use crate::app::App;
use crate::safe::Place;

/// Two bits per entry: valid, revoked, suspended.
const BITS: u8 = 2;

/// Signed lists, ready to be served.
#[derive(Debug, Default)]
pub struct Publisher {
    tokens: Mutex<HashMap<ListId, Published>>,
}

#[derive(Debug, Clone)]
struct Published {
    changes: u64,
    signed_at: Timestamp,
    token: Arc<str>,
    /// What the token says, for the other format.
    source: Arc<(token::Claims, list::StatusList)>,
    /// The same list as a CWT, once a reader has asked.
    cwt: Option<Arc<[u8]>>,
    /// The token as a checker sees it, once a check has asked.
    verified: Option<Arc<VerifiedList>>,
}

/// The address of a list; it is the `sub` of its token and the `uri` in every card.
pub fn uri(app: &App, list: ListId) -> String {
    app.url(&format!("/status/{}", list.0))
}

/// The list that an address of ours names.
pub fn list_of(app: &App, uri: &str) -> Option<ListId> {
    let number = uri.strip_prefix(&app.url("/status/"))?;
    let id = number.parse().ok().map(ListId)?;
    (number == id.0.to_string()).then_some(id)
}

/// Takes `count` entries, opening a list when none has room.
///
/// # Errors
/// The store's.
pub async fn lease(app: &App, unit: &mut dyn Unit, count: u32) -> Result<Lease, WorkError> {
    if let Some(lease) = unit.lease_block("node", count).await? {
        return Ok(lease);
    }
    let number = unit.status_lists().await?.last().map_or(1, |last| last.id.0 + 1);
    let row = number.to_string();
    let mut entropy = app.entropy();
    let mut key = [0_u8; 32];
    entropy.fill(&mut key);
    let list = StatusList {
        id: ListId(number),
        bits: BITS,
        size: 1 << app.config.card.status_list_bits,
        key: app.safe.seal(Place::new("status_lists", &row, "key"), &key, &mut *entropy)?,
        next_free: 0,
        closed: false,
        epoch: 1,
        changes: 0,
    };
    unit.insert_status_list(&list).await?;
    unit.lease_block("node", count).await?.ok_or(WorkError::State("a batch is larger than a status list"))
}

/// The published positions of leased entries, in the order of the copies.
///
/// # Errors
/// The store's; [`WorkError::Damaged`] for a list that is gone.
pub async fn positions(app: &App, unit: &mut dyn Unit, lease: &Lease) -> Result<Vec<u32>, WorkError> {
    let list = unit.status_list(lease.list).await?.ok_or(WorkError::Damaged)?;
    let row = list.id.0.to_string();
    let key: [u8; 32] = app.safe.open(Place::new("status_lists", &row, "key"), &list.key)?;
    let entries = mibun_status::Lease { list: uri(app, lease.list), first: lease.first, count: lease.count };
    entries.positions(&Permutation::new(&key, list.size)).map_err(|_| WorkError::Damaged)
}

/// The signed token of a list.
///
/// # Errors
/// [`WorkError::NotFound`] for a list that was never opened.
pub async fn token(app: &App, id: ListId) -> Result<Arc<str>, WorkError> {
    let ready = app.publisher.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
    if let Some(published) = ready.filter(|published| fresh(app, published)) {
        return Ok(published.token);
    }
    let mut unit = app.registry.read().await?;
    let list = unit.status_list(id).await?.ok_or(WorkError::NotFound("status list"))?;
    publish(app, &mut *unit, &list).await
}

/// The same list as a CWT (Token Status List, section 5.2), for readers of mdocs: signed when the first one asks.
///
/// # Errors
/// [`WorkError::NotFound`] for a list that was never opened.
pub async fn cwt(app: &App, id: ListId) -> Result<Arc<[u8]>, WorkError> {
    token(app, id).await?;
    let ready = app.publisher.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
    let published = ready.ok_or(WorkError::NotFound("status list"))?;
    if let Some(cwt) = published.cwt {
        return Ok(cwt);
    }
    let (signer, (claims, list)) = (&app.keys.status_signer, &*published.source);
    let cwt = cwt::encode(claims, list, &signer.x5c(), &*signer.signer).map_err(|_| WorkError::Damaged)?;
    let cwt: Arc<[u8]> = cwt.into();
    let mut tokens = app.publisher.tokens.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(latest) = tokens.get_mut(&id).filter(|latest| Arc::ptr_eq(&latest.source, &published.source)) {
        latest.cwt = Some(Arc::clone(&cwt));
    }
    Ok(cwt)
}

/// The list at `uri`, verified as any checker would; `None` if there is no such list here.
///
/// Lists of other issuers are not fetched: nobody but this authority is trusted here, so they change nothing.
pub async fn verified(app: &App, uri: &str) -> Option<Arc<VerifiedList>> {
    let id = list_of(app, uri)?;
    let text = token(app, id).await.ok()?;
    let kept = |published: &Published| published.verified.clone().filter(|_| Arc::ptr_eq(&published.token, &text));
    let ready = app.publisher.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(&id).and_then(kept);
    if ready.is_some() {
        return ready;
    }
    let list = Arc::new(token::verify(&text, uri, &app.anchors.status, app.clock.now()).ok()?);
    let mut tokens = app.publisher.tokens.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(published) = tokens.get_mut(&id).filter(|published| Arc::ptr_eq(&published.token, &text)) {
        published.verified = Some(Arc::clone(&list));
    }
    Some(list)
}

/// Signs every list that changed, or whose token is half-way to its end.
///
/// # Errors
/// The store's.
pub async fn publish_changes(app: &App) -> Result<(), WorkError> {
    let mut unit = app.registry.read().await?;
    for list in unit.status_lists().await? {
        let ready = app.publisher.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(&list.id).cloned();
        if !ready.is_some_and(|published| published.changes == list.changes && fresh(app, &published)) {
            publish(app, &mut *unit, &list).await?;
        }
    }
    Ok(())
}

fn fresh(app: &App, published: &Published) -> bool {
    let age = app.clock.now().seconds_since(published.signed_at);
    (0..i64::from(app.config.card.status_ttl_seconds) / 2).contains(&age)
}

async fn publish(app: &App, unit: &mut dyn Unit, row: &StatusList) -> Result<Arc<str>, WorkError> {
    let entries = unit.entries(row.id).await?;
    let mut bits = list::StatusList::new(row.bits, row.size).map_err(|_| WorkError::Damaged)?;
    for (position, status) in entries {
        bits.set(position, published_status(status)).map_err(|_| WorkError::Damaged)?;
    }
    let now = app.clock.now();
    let ttl = app.config.card.status_ttl_seconds;
    let claims = token::Claims {
        subject: uri(app, row.id),
        issued_at: now,
        // A checker may keep a list for ttl; one that is older than a day says nothing any more.
        expires_at: Some(now.plus_seconds(86_400)),
        ttl: Some(u64::from(ttl)),
    };
    let signer = &app.keys.status_signer;
    let text = token::encode(&claims, &bits, &signer.x5c(), &*signer.signer).map_err(|_| WorkError::Damaged)?;
    let token: Arc<str> = text.into();
    let published = Published {
        changes: row.changes,
        signed_at: now,
        token: Arc::clone(&token),
        source: Arc::new((claims, bits)),
        cwt: None,
        verified: None,
    };
    app.publisher.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(row.id, published);
    Ok(token)
}

const fn published_status(status: EntryStatus) -> Status {
    match status {
        EntryStatus::Valid => Status::Valid,
        EntryStatus::Invalid => Status::Invalid,
        EntryStatus::Suspended => Status::Suspended,
    }
}

/// Closes all lists and opens fresh ones with the next lease; for use after a restore.
///
/// # Errors
/// The store's.
pub async fn new_epoch(app: &App) -> Result<u64, WorkError> {
    let closed = run(&*app.registry, "lists.new_epoch", |unit| {
        Box::pin(async move {
            let closed = unit.close_status_lists().await?;
            audit::note(app, unit, Actor::Operator, "lists.closed", closed.to_string()).await?;
            Ok::<_, WorkError>(closed)
        })
    })
    .await?;
    audit::chain(app).await?;
    Ok(closed)
}
