//! Promises about organisations and windows.

use std::sync::Arc;

use super::sample::{organisation, window};
use super::{begin, commit, read};
use crate::{Conflict, Organisation, Registry, StoreError, Version, Window};

/// Every column comes back as it was written, by identifier, by name and in the list.
pub async fn an_organisation_is_found_by_name(registry: Arc<dyn Registry>) {
    let second = Organisation { enabled: false, details: Vec::new(), ..organisation(2) };
    let mut unit = begin(&registry).await;
    unit.insert_organisation(&second).await.expect("inserted");
    unit.insert_organisation(&organisation(1)).await.expect("inserted");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.organisation(second.id).await.expect("read"), Some(second.clone()));
    assert_eq!(unit.organisation_by_name("Hotel 1").await.expect("read"), Some(organisation(1)));
    assert_eq!(unit.organisation_by_name("hotel 1").await.expect("read"), None);
    assert_eq!(unit.organisations().await.expect("read"), [organisation(1), second]);
}

/// No two organisations share a name, whether added or renamed.
pub async fn a_taken_name_is_refused(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_organisation(&organisation(1)).await.expect("inserted");
    unit.insert_organisation(&organisation(2)).await.expect("inserted");
    let twin = Organisation { name: "Hotel 1".into(), ..organisation(3) };
    let refused = unit.insert_organisation(&twin).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::NameTaken))), "{refused:?}");
    let renamed = Organisation { name: "Hotel 1".into(), ..organisation(2) };
    let refused = unit.update_organisation(&renamed).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::NameTaken))), "{refused:?}");
    commit(unit).await;
}

/// An update is written, a stale one refused.
pub async fn an_update_raises_the_version(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_organisation(&organisation(1)).await.expect("inserted");
    let mut changed = Organisation { name: "Inn".into(), details: b"[]".to_vec(), enabled: false, ..organisation(1) };
    changed.version = unit.update_organisation(&changed).await.expect("updated");
    let stale = unit.update_organisation(&organisation(1)).await;
    assert!(matches!(stale, Err(StoreError::VersionMismatch)), "{stale:?}");
    commit(unit).await;
    assert_eq!(changed.version, Version::FIRST.next());
    assert_eq!(read(&registry).await.organisation(changed.id).await.expect("read"), Some(changed));
}

/// Every column comes back as it was written, scenes in order.
pub async fn a_window_is_read_back(registry: Arc<dyn Registry>) {
    let bare = Window { scenes: Vec::new(), name: "bar".into(), enabled: false, ..window(2, 1) };
    let mut unit = begin(&registry).await;
    unit.insert_organisation(&organisation(1)).await.expect("inserted");
    unit.insert_window(&window(1, 1)).await.expect("inserted");
    unit.insert_window(&bare).await.expect("inserted");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.window(window(1, 1).id).await.expect("read"), Some(window(1, 1)));
    assert_eq!(unit.windows_of(organisation(1).id).await.expect("read"), [window(1, 1), bare]);
    assert_eq!(unit.windows_of(organisation(2).id).await.expect("read"), []);
}

/// Two organisations may each have a front desk, one may not have two.
pub async fn a_window_name_is_taken_per_organisation(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_organisation(&organisation(1)).await.expect("inserted");
    unit.insert_organisation(&organisation(2)).await.expect("inserted");
    unit.insert_window(&window(1, 1)).await.expect("inserted");
    unit.insert_window(&window(2, 2)).await.expect("inserted");
    let refused = unit.insert_window(&window(3, 1)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::NameTaken))), "{refused:?}");
    unit.insert_window(&Window { name: "bar".into(), ..window(4, 1) }).await.expect("inserted");
    let refused = unit.update_window(&window(4, 1)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::NameTaken))), "{refused:?}");
    commit(unit).await;
}

/// No window is kept of no organisation.
pub async fn a_window_needs_its_organisation(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    let refused = unit.insert_window(&window(1, 1)).await;
    assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    commit(unit).await;
}

/// An update is written, a stale one refused.
pub async fn a_window_update_raises_the_version(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_organisation(&organisation(1)).await.expect("inserted");
    unit.insert_window(&window(1, 1)).await.expect("inserted");
    let mut changed = Window {
        name: "bar".into(),
        secret_hash: "$argon2id$2".into(),
        scenes: vec!["rail-ticket".into()],
        enabled: false,
        ..window(1, 1)
    };
    changed.version = unit.update_window(&changed).await.expect("updated");
    let stale = unit.update_window(&window(1, 1)).await;
    assert!(matches!(stale, Err(StoreError::VersionMismatch)), "{stale:?}");
    commit(unit).await;
    assert_eq!(changed.version, Version::FIRST.next());
    assert_eq!(read(&registry).await.window(changed.id).await.expect("read"), Some(changed));
}
