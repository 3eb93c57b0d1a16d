//! Promises about recovery codes.

use std::sync::Arc;

use super::sample::{NOW, hash, later, person};
use super::{begin, commit, race, read, winners};
use crate::{Conflict, RecoveryCode, Registry, StoreError};

fn code(number: u8, of: u8) -> RecoveryCode {
    RecoveryCode { code_hash: hash(number), person: person(of).id, created_at: NOW, spent_at: None }
}

/// Persons 1 and 2; person 1 has codes 1 and 2, person 2 has code 3.
async fn given(registry: &Arc<dyn Registry>) {
    let mut unit = begin(registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    unit.insert_person(&person(2)).await.expect("inserted");
    unit.replace_recovery_codes(person(1).id, &[hash(2), hash(1), hash(2)], NOW).await.expect("given");
    unit.replace_recovery_codes(person(2).id, &[hash(3)], NOW).await.expect("given");
    commit(unit).await;
}

/// A code leads to its person.
pub async fn a_code_is_found(registry: Arc<dyn Registry>) {
    given(&registry).await;
    let mut unit = read(&registry).await;
    for expected in [code(1, 1), code(2, 1), code(3, 2)] {
        assert_eq!(unit.recovery_code(&expected.code_hash).await.expect("read"), Some(expected));
    }
    assert_eq!(unit.recovery_code(&hash(4)).await.expect("read"), None);
}

/// New codes end the old ones, spent or not, and nobody else's.
pub async fn new_codes_end_the_old(registry: Arc<dyn Registry>) {
    given(&registry).await;
    let mut unit = begin(&registry).await;
    assert!(unit.spend_recovery_code(&hash(1), later(5)).await.expect("spent"));
    unit.replace_recovery_codes(person(1).id, &[hash(1), hash(5)], later(60)).await.expect("replaced");
    commit(unit).await;
    let mut unit = read(&registry).await;
    for number in [1, 5] {
        let new = RecoveryCode { created_at: later(60), ..code(number, 1) };
        assert_eq!(unit.recovery_code(&hash(number)).await.expect("read"), Some(new));
    }
    assert_eq!(unit.recovery_code(&hash(2)).await.expect("read"), None);
    assert_eq!(unit.recovery_code(&hash(3)).await.expect("read"), Some(code(3, 2)));
}

/// A code that somebody else has is refused, and the codes that were there stay.
pub async fn a_taken_code_is_refused(registry: Arc<dyn Registry>) {
    given(&registry).await;
    let mut unit = begin(&registry).await;
    let refused = unit.replace_recovery_codes(person(1).id, &[hash(9), hash(3)], later(60)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::CodeTaken))), "{refused:?}");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.recovery_code(&hash(1)).await.expect("read"), Some(code(1, 1)));
    assert_eq!(unit.recovery_code(&hash(3)).await.expect("read"), Some(code(3, 2)));
    assert_eq!(unit.recovery_code(&hash(9)).await.expect("read"), None);
}

/// Nobody gets no codes.
pub async fn codes_need_their_person(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    let refused = unit.replace_recovery_codes(person(1).id, &[hash(1)], NOW).await;
    assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    commit(unit).await;
    assert_eq!(read(&registry).await.recovery_code(&hash(1)).await.expect("read"), None);
}

/// A code is spent once, and the first time is what is remembered; an unknown one is not spent.
pub async fn a_code_is_spent_once(registry: Arc<dyn Registry>) {
    given(&registry).await;
    let mut unit = begin(&registry).await;
    assert!(unit.spend_recovery_code(&hash(1), later(5)).await.expect("spent"));
    assert!(!unit.spend_recovery_code(&hash(1), later(6)).await.expect("spent before"));
    assert!(!unit.spend_recovery_code(&hash(4), later(6)).await.expect("unknown"));
    commit(unit).await;
    let mut unit = read(&registry).await;
    let spent = RecoveryCode { spent_at: Some(later(5)), ..code(1, 1) };
    assert_eq!(unit.recovery_code(&hash(1)).await.expect("read"), Some(spent));
    assert_eq!(unit.recovery_code(&hash(2)).await.expect("read"), Some(code(2, 1)));
}

/// Sixty-four who spend one code at once are one.
pub async fn of_many_who_spend_a_code_one_wins(registry: Arc<dyn Registry>) {
    given(&registry).await;
    let results = race(&registry, |number, unit| {
        Box::pin(async move { unit.spend_recovery_code(&hash(1), later(i64::from(number))).await })
    });
    assert_eq!(winners(&results.await), 1);
}

/// A person's codes are deleted, and nobody else's.
pub async fn codes_are_deleted(registry: Arc<dyn Registry>) {
    given(&registry).await;
    let mut unit = begin(&registry).await;
    assert_eq!(unit.delete_recovery_codes_of(person(1).id).await.expect("deleted"), 2);
    assert_eq!(unit.delete_recovery_codes_of(person(1).id).await.expect("deleted before"), 0);
    assert_eq!(unit.recovery_code(&hash(1)).await.expect("read"), None);
    assert_eq!(unit.recovery_code(&hash(3)).await.expect("read"), Some(code(3, 2)));
    commit(unit).await;
}
