//! Promises about offers and tokens.

use std::sync::Arc;

use super::sample::{grant, hash, later, sealed};
use super::{begin, commit, race, read, winners};
use crate::{Conflict, Grant, GrantId, JourneyId, PersonId, Registry, StoreError, Version};

fn redeemed(number: u8, token: u8) -> Grant {
    Grant { token_hash: Some(hash(token)), state: "redeemed".into(), sealed: sealed("token"), ..grant(number) }
}

/// Code and token lead to the grant, as does its identifier; every column comes back.
pub async fn a_grant_is_found_by_code_and_token(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_grant(&grant(1)).await.expect("inserted");
    unit.insert_grant(&Grant { journey: None, reference_hash: None, ..grant(2) }).await.expect("inserted");
    assert_eq!(unit.grant_by_code(&hash(1)).await.expect("read"), Some(grant(1)));
    assert_eq!(unit.grant_by_reference(&hash(101)).await.expect("read"), Some(grant(1)));
    assert_eq!(unit.grant_by_reference(&hash(102)).await.expect("read"), None);
    let mut changed = Grant { code_hash: hash(60), ..redeemed(1, 50) };
    changed.wrong_tries = 2;
    changed.expires_at = later(86_400);
    changed.version = unit.update_grant(&changed).await.expect("updated");
    commit(unit).await;
    assert_eq!(changed.version, Version::FIRST.next());
    let mut unit = read(&registry).await;
    assert_eq!(unit.grant(changed.id).await.expect("read"), Some(changed.clone()));
    assert_eq!(unit.grant_by_code(&hash(1)).await.expect("read"), None);
    assert_eq!(unit.grant_by_code(&hash(60)).await.expect("read"), Some(changed.clone()));
    assert_eq!(unit.grant_by_token(&hash(50)).await.expect("read"), Some(changed));
    assert_eq!(unit.grant_by_token(&hash(51)).await.expect("read"), None);
    assert_eq!(unit.grant(grant(2).id).await.expect("read").expect("there").journey, None);
}

/// No two offers share a code or a reference.
pub async fn a_taken_code_is_refused(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_grant(&grant(1)).await.expect("inserted");
    let refused = unit.insert_grant(&Grant { code_hash: hash(1), ..grant(2) }).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::CodeTaken))), "{refused:?}");
    let refused = unit.insert_grant(&Grant { reference_hash: Some(hash(101)), ..grant(2) }).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::CodeTaken))), "{refused:?}");
    unit.insert_grant(&grant(3)).await.expect("inserted");
    let refused = unit.update_grant(&Grant { code_hash: hash(1), ..grant(3) }).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::CodeTaken))), "{refused:?}");
    commit(unit).await;
    assert_eq!(read(&registry).await.grant(grant(2).id).await.expect("read"), None);
}

/// No two grants share a token.
pub async fn a_taken_token_is_refused(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_grant(&grant(1)).await.expect("inserted");
    unit.insert_grant(&grant(2)).await.expect("inserted");
    unit.update_grant(&redeemed(1, 50)).await.expect("updated");
    let refused = unit.update_grant(&redeemed(2, 50)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::CodeTaken))), "{refused:?}");
    commit(unit).await;
}

/// Whoever read before another wrote is refused.
pub async fn a_stale_update_is_refused(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_grant(&grant(1)).await.expect("inserted");
    unit.update_grant(&redeemed(1, 50)).await.expect("updated");
    let stale = unit.update_grant(&redeemed(1, 51)).await;
    assert!(matches!(stale, Err(StoreError::VersionMismatch)), "{stale:?}");
    commit(unit).await;
}

/// Sixty-four parallel redemptions of one code give one token.
pub async fn of_many_who_redeem_a_code_one_wins(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_grant(&grant(1)).await.expect("inserted");
    commit(unit).await;
    let results = race(&registry, |number, unit| {
        Box::pin(async move {
            let found = unit.grant_by_code(&hash(1)).await?.expect("the grant is there");
            if found.token_hash.is_some() {
                return Ok(false);
            }
            unit.update_grant(&Grant { version: found.version, ..redeemed(1, number) }).await.map(|_| true)
        })
    });
    assert_eq!(winners(&results.await), 1);
}

/// A journey knows the offers it led to.
pub async fn grants_of_a_journey_are_found(registry: Arc<dyn Registry>) {
    let elsewhere = Grant { journey: Some(JourneyId::from_bytes([9; 16])), ..grant(3) };
    let mut unit = begin(&registry).await;
    for kept in [&grant(2), &grant(1), &elsewhere] {
        unit.insert_grant(kept).await.expect("inserted");
    }
    let journey = JourneyId::from_bytes([1; 16]);
    assert_eq!(unit.grants_of_journey(journey).await.expect("read"), [grant(1), grant(2)]);
    commit(unit).await;
}

/// An expired grant goes, one with a second left stays.
pub async fn expired_grants_are_deleted(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_grant(&grant(1)).await.expect("inserted");
    unit.insert_grant(&Grant { expires_at: later(301), ..grant(2) }).await.expect("inserted");
    assert_eq!(unit.delete_expired_grants(later(300)).await.expect("deleted"), 1);
    assert_eq!(unit.grant(grant(1).id).await.expect("read"), None);
    assert!(unit.grant(grant(2).id).await.expect("read").is_some());
    commit(unit).await;
}

/// Erasing a person takes the person's grants and nobody else's.
pub async fn erasure_takes_grants(registry: Arc<dyn Registry>) {
    let other = Grant { person: PersonId::from_bytes([2; 16]), ..grant(2) };
    let mut unit = begin(&registry).await;
    unit.insert_grant(&grant(1)).await.expect("inserted");
    unit.insert_grant(&other).await.expect("inserted");
    assert_eq!(unit.delete_grants_of(grant(1).person).await.expect("deleted"), 1);
    assert_eq!(unit.grant(GrantId::from_bytes([1; 16])).await.expect("read"), None);
    assert_eq!(unit.grant(other.id).await.expect("read"), Some(other));
    commit(unit).await;
}
