//! Promises about settings.

use std::sync::Arc;

use super::{begin, commit, race, read, winners};
use crate::{Registry, Setting, StoreError, Version};

/// A value set once is not set again.
pub async fn the_first_value_stands(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    assert_eq!(unit.setting("epoch").await.expect("read"), None);
    assert!(unit.put_setting_if_absent("epoch", b"1").await.expect("put"));
    assert!(!unit.put_setting_if_absent("epoch", b"2").await.expect("put before"));
    commit(unit).await;
    let first = Setting { name: "epoch".into(), value: b"1".to_vec(), version: Version::FIRST };
    assert_eq!(read(&registry).await.setting("epoch").await.expect("read"), Some(first));
}

/// Sixty-four nodes that make a key at once end up with one key.
pub async fn of_many_first_values_one_stands(registry: Arc<dyn Registry>) {
    let results =
        race(&registry, |number, unit| Box::pin(async move { unit.put_setting_if_absent("key", &[number]).await }));
    assert_eq!(winners(&results.await), 1);
}

/// An update is written and answers the next version.
pub async fn an_update_raises_the_version(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.put_setting_if_absent("epoch", b"1").await.expect("put");
    let mut changed = Setting { name: "epoch".into(), value: b"2".to_vec(), version: Version::FIRST };
    changed.version = unit.update_setting(&changed).await.expect("updated");
    commit(unit).await;
    assert_eq!(changed.version, Version::FIRST.next());
    assert_eq!(read(&registry).await.setting("epoch").await.expect("read"), Some(changed));
}

/// Whoever read before another wrote is refused, and so is an update of nothing.
pub async fn a_stale_update_is_refused(registry: Arc<dyn Registry>) {
    let first = Setting { name: "epoch".into(), value: b"2".to_vec(), version: Version::FIRST };
    let mut unit = begin(&registry).await;
    let nothing = unit.update_setting(&first).await;
    assert!(matches!(nothing, Err(StoreError::VersionMismatch)), "{nothing:?}");
    unit.put_setting_if_absent("epoch", b"1").await.expect("put");
    unit.update_setting(&first).await.expect("updated");
    let stale = unit.update_setting(&first).await;
    assert!(matches!(stale, Err(StoreError::VersionMismatch)), "{stale:?}");
    commit(unit).await;
}
