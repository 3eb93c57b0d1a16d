//! Promises about pushed authorization requests.

use std::sync::Arc;

use super::sample::{hash, later, sealed};
use super::{begin, commit, race, read, winners};
use crate::{Conflict, PushedRequest, Registry, StoreError};

fn request(number: u8) -> PushedRequest {
    PushedRequest { request_hash: hash(number), sealed: sealed("pushed"), expires_at: later(i64::from(number) * 60) }
}

async fn pushed(registry: &Arc<dyn Registry>, numbers: &[u8]) {
    let mut unit = begin(registry).await;
    for number in numbers {
        unit.insert_pushed_request(&request(*number)).await.expect("inserted");
    }
    commit(unit).await;
}

/// A reference leads to its request, as often as it is asked.
pub async fn a_request_is_found_by_its_reference(registry: Arc<dyn Registry>) {
    pushed(&registry, &[1, 2]).await;
    let mut unit = read(&registry).await;
    for _ in 0..2 {
        assert_eq!(unit.pushed_request(&hash(1)).await.expect("read"), Some(request(1)));
    }
    assert_eq!(unit.pushed_request(&hash(3)).await.expect("read"), None);
}

/// No two requests share a reference.
pub async fn a_taken_reference_is_refused(registry: Arc<dyn Registry>) {
    pushed(&registry, &[1]).await;
    let mut unit = begin(&registry).await;
    let refused = unit.insert_pushed_request(&PushedRequest { sealed: sealed("other"), ..request(1) }).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::CodeTaken))), "{refused:?}");
    commit(unit).await;
    assert_eq!(read(&registry).await.pushed_request(&hash(1)).await.expect("read"), Some(request(1)));
}

/// Of sixty-four who answer one request at once, one does.
pub async fn a_request_is_answered_once(registry: Arc<dyn Registry>) {
    pushed(&registry, &[1, 2]).await;
    let results = race(&registry, |_, unit| Box::pin(async move { unit.spend_pushed_request(&hash(1)).await })).await;
    assert_eq!(winners(&results), 1);
    let mut unit = read(&registry).await;
    assert_eq!(unit.pushed_request(&hash(1)).await.expect("read"), None);
    assert_eq!(unit.pushed_request(&hash(2)).await.expect("read"), Some(request(2)));
}

/// What was answered in a unit that was dropped is still to be answered.
pub async fn a_dropped_answer_is_none(registry: Arc<dyn Registry>) {
    pushed(&registry, &[1]).await;
    let mut unit = begin(&registry).await;
    assert!(unit.spend_pushed_request(&hash(1)).await.expect("spent"));
    drop(unit);
    assert_eq!(read(&registry).await.pushed_request(&hash(1)).await.expect("read"), Some(request(1)));
}

/// Expired requests go, the others stay.
pub async fn expired_pushed_requests_are_deleted(registry: Arc<dyn Registry>) {
    pushed(&registry, &[1, 2, 3]).await;
    let mut unit = begin(&registry).await;
    assert_eq!(unit.delete_expired_pushed_requests(later(120)).await.expect("deleted"), 2);
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.pushed_request(&hash(2)).await.expect("read"), None);
    assert_eq!(unit.pushed_request(&hash(3)).await.expect("read"), Some(request(3)));
}
