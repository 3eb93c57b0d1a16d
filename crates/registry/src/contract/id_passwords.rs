//! Promises about ID passwords.

use std::sync::Arc;

use super::sample::{NOW, id_password, later, person, sealed};
use super::{begin, commit, race, read, winners};
use crate::{Conflict, IdPassword, Registry, StoreError, Version};

/// Somebody with a password.
async fn somebody(registry: &Arc<dyn Registry>) {
    let mut unit = begin(registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    unit.insert_id_password(&id_password(1)).await.expect("inserted");
    commit(unit).await;
}

/// Every column comes back as it was written, for this person and nobody else.
pub async fn a_password_is_read_back(registry: Arc<dyn Registry>) {
    somebody(&registry).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.id_password(person(1).id).await.expect("read"), Some(id_password(1)));
    assert_eq!(unit.id_password(person(2).id).await.expect("read"), None);
}

/// A person has one password, and the first stands.
pub async fn a_second_password_is_refused(registry: Arc<dyn Registry>) {
    somebody(&registry).await;
    let mut unit = begin(&registry).await;
    let second = unit.insert_id_password(&IdPassword { record: sealed("another"), ..id_password(1) }).await;
    assert!(matches!(second, Err(StoreError::Conflict(Conflict::RowTaken))), "{second:?}");
    commit(unit).await;
    assert_eq!(read(&registry).await.id_password(person(1).id).await.expect("read"), Some(id_password(1)));
}

/// No password is kept of nobody.
pub async fn a_password_needs_its_person(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    let refused = unit.insert_id_password(&id_password(1)).await;
    assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    commit(unit).await;
    assert_eq!(read(&registry).await.id_password(person(1).id).await.expect("read"), None);
}

/// A new password and a new guard are written whole, and the version rises.
pub async fn an_update_raises_the_version(registry: Arc<dyn Registry>) {
    somebody(&registry).await;
    let guard = r#"{"wrong":3}"#.to_owned();
    let mut changed = IdPassword { record: sealed("new record"), guard, set_at: later(60), ..id_password(1) };
    let mut unit = begin(&registry).await;
    changed.version = unit.update_id_password(&changed).await.expect("updated");
    commit(unit).await;
    assert_eq!(changed.version, Version::FIRST.next());
    assert_eq!(read(&registry).await.id_password(person(1).id).await.expect("read"), Some(changed));
}

/// Whoever read before another wrote is refused, and so is a write to nobody's password.
pub async fn a_stale_update_is_refused(registry: Arc<dyn Registry>) {
    somebody(&registry).await;
    let mut unit = begin(&registry).await;
    unit.update_id_password(&id_password(1)).await.expect("updated");
    for refused in [id_password(1), id_password(2)] {
        let refused = unit.update_id_password(&refused).await;
        assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    }
    commit(unit).await;
}

/// Of sixty-four tries that all saw the same guard one is counted, and the others must look again.
pub async fn of_many_tries_on_one_guard_one_is_counted(registry: Arc<dyn Registry>) {
    somebody(&registry).await;
    let results = race(&registry, |number, unit| {
        Box::pin(async move {
            let guard = format!(r#"{{"wrong":1,"by":{number}}}"#);
            unit.update_id_password(&IdPassword { guard, ..id_password(1) }).await.map(|_| true)
        })
    });
    assert_eq!(winners(&results.await), 1);
    let kept = read(&registry).await.id_password(person(1).id).await.expect("read").expect("there");
    assert_eq!(kept.version, Version::FIRST.next());
}

/// A deleted password is gone, a second one may be set, and the person stays.
pub async fn a_password_is_deleted(registry: Arc<dyn Registry>) {
    somebody(&registry).await;
    let mut unit = begin(&registry).await;
    assert!(unit.delete_id_password(person(1).id).await.expect("deleted"));
    assert!(!unit.delete_id_password(person(1).id).await.expect("deleted before"));
    assert_eq!(unit.id_password(person(1).id).await.expect("read"), None);
    unit.insert_id_password(&IdPassword { set_at: NOW, ..id_password(1) }).await.expect("set anew");
    commit(unit).await;
    assert_eq!(read(&registry).await.person(person(1).id).await.expect("read"), Some(person(1)));
}
