//! Promises about officers.

use std::sync::Arc;

use super::sample::{index, later, officer, sealed};
use super::{begin, commit, race, read, winners};
use crate::{Conflict, Officer, Registry, StoreError, Version};

/// Every column comes back as it was written, by identifier, by name and in the list.
pub async fn an_officer_is_found_by_name(registry: Arc<dyn Registry>) {
    let locked = Officer {
        last_totp_step: Some(60_000_000),
        disabled: true,
        failed_tries: 3,
        locked_until: Some(later(60)),
        ..officer(2)
    };
    let mut unit = begin(&registry).await;
    unit.insert_officer(&locked).await.expect("inserted");
    unit.insert_officer(&officer(1)).await.expect("inserted");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.officer(locked.id).await.expect("read"), Some(locked.clone()));
    assert_eq!(unit.officer_by_name(&index(1)).await.expect("read"), Some(officer(1)));
    assert_eq!(unit.officer_by_name(&index(3)).await.expect("read"), None);
    assert_eq!(unit.officers().await.expect("read"), [officer(1), locked]);
}

/// No two officers share a login name.
pub async fn a_taken_name_is_refused(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_officer(&officer(1)).await.expect("inserted");
    let refused = unit.insert_officer(&Officer { name_index: index(1), ..officer(2) }).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::NameTaken))), "{refused:?}");
    commit(unit).await;
    assert_eq!(read(&registry).await.officers().await.expect("read"), [officer(1)]);
}

/// An update is written, a stale one refused.
pub async fn an_update_raises_the_version(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_officer(&officer(1)).await.expect("inserted");
    let mut changed = Officer {
        password_hash: "$argon2id$2".into(),
        totp_secret: sealed("other"),
        last_totp_step: Some(1),
        disabled: true,
        failed_tries: 1,
        locked_until: Some(later(1)),
        ..officer(1)
    };
    changed.version = unit.update_officer(&changed).await.expect("updated");
    let stale = unit.update_officer(&officer(1)).await;
    assert!(matches!(stale, Err(StoreError::VersionMismatch)), "{stale:?}");
    commit(unit).await;
    assert_eq!(changed.version, Version::FIRST.next());
    assert_eq!(read(&registry).await.officer(changed.id).await.expect("read"), Some(changed));
}

/// One code of the second factor opens one session, however many try it at once.
pub async fn of_two_sign_ins_with_one_code_one_wins(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_officer(&officer(1)).await.expect("inserted");
    commit(unit).await;
    let results = race(&registry, |_, unit| {
        Box::pin(async move {
            let found = unit.officer(officer(1).id).await?.expect("the officer is there");
            if found.last_totp_step >= Some(7) {
                return Ok(false);
            }
            unit.update_officer(&Officer { last_totp_step: Some(7), ..found }).await.map(|_| true)
        })
    });
    assert_eq!(winners(&results.await), 1);
}
