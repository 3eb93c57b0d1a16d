//! Promises about checks.

use std::sync::Arc;

use super::sample::{check, hash, later, sealed};
use super::{begin, commit, race, read, winners};
use crate::{Check, Registry, StoreError, Version, WindowId};

fn kept(number: u8) -> Check {
    Check { retain_until: Some(later(86_400)), state: "verified".into(), ..check(number) }
}

/// Every column comes back as it was written.
pub async fn a_check_is_read_back(registry: Arc<dyn Registry>) {
    let bare = Check { window: None, session_hash: None, response_code_hash: None, ..check(2) };
    let mut unit = begin(&registry).await;
    unit.insert_check(&kept(1)).await.expect("inserted");
    unit.insert_check(&bare).await.expect("inserted");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.check(kept(1).id).await.expect("read"), Some(kept(1)));
    assert_eq!(unit.check(bare.id).await.expect("read"), Some(bare));
    assert_eq!(unit.check(check(3).id).await.expect("read"), None);
    assert_eq!(unit.count_checks("verified").await.expect("counted"), 1);
    assert_eq!(unit.count_checks("refused").await.expect("counted"), 0);
}

/// An update writes the answer and what is to become of it.
pub async fn an_update_raises_the_version(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_check(&check(1)).await.expect("inserted");
    let mut changed = Check {
        sealed: sealed("answer"),
        wrapped_key: sealed("other key"),
        session_hash: None,
        response_code_hash: Some(hash(5)),
        expires_at: later(301),
        ..kept(1)
    };
    changed.version = unit.update_check(&changed).await.expect("updated");
    commit(unit).await;
    assert_eq!(changed.version, Version::FIRST.next());
    assert_eq!(read(&registry).await.check(changed.id).await.expect("read"), Some(changed));
}

/// Of two answers to one question the second is refused.
pub async fn a_stale_update_is_refused(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_check(&check(1)).await.expect("inserted");
    unit.update_check(&kept(1)).await.expect("updated");
    let stale = unit.update_check(&check(1)).await;
    assert!(matches!(stale, Err(StoreError::VersionMismatch)), "{stale:?}");
    commit(unit).await;
    assert_eq!(read(&registry).await.check(check(1).id).await.expect("read").expect("there").state, "verified");
}

/// The code works once, and only in the browser session that started the check.
pub async fn a_response_code_needs_its_session(registry: Arc<dyn Registry>) {
    let id = check(1).id;
    let mut unit = begin(&registry).await;
    unit.insert_check(&check(1)).await.expect("inserted");
    assert!(!unit.spend_response_code(id, &hash(101), &hash(99)).await.expect("another session"));
    assert!(!unit.spend_response_code(id, &hash(99), &hash(100)).await.expect("another code"));
    assert!(!unit.spend_response_code(check(2).id, &hash(101), &hash(100)).await.expect("another check"));
    assert!(unit.spend_response_code(id, &hash(101), &hash(100)).await.expect("spent"));
    assert!(!unit.spend_response_code(id, &hash(101), &hash(100)).await.expect("spent before"));
    commit(unit).await;
    let spent = read(&registry).await.check(id).await.expect("read").expect("there");
    assert_eq!((spent.response_code_hash, spent.version), (None, Version::FIRST.next()));
}

/// Sixty-four parallel returns with one code open one session.
pub async fn of_many_who_spend_a_response_code_one_wins(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_check(&check(1)).await.expect("inserted");
    commit(unit).await;
    let results = race(&registry, |_, unit| {
        Box::pin(async move { unit.spend_response_code(check(1).id, &hash(101), &hash(100)).await })
    });
    assert_eq!(winners(&results.await), 1);
}

/// A window sees the guests of its own scene, newest first, and only those it may keep.
pub async fn kept_answers_are_listed_by_window_and_scene(registry: Arc<dyn Registry>) {
    let elsewhere = Check { window: Some(WindowId::from_bytes([2; 16])), ..kept(4) };
    let other_scene = Check { scene: "parcel-drop-off".into(), ..kept(5) };
    let mut unit = begin(&registry).await;
    // Two were asked in one second; the one with the lowest identifier is the newest.
    let newest = Check { created_at: later(7), ..kept(1) };
    for row in [&kept(3), &newest, &kept(2), &elsewhere, &other_scene, &check(6)] {
        unit.insert_check(row).await.expect("inserted");
    }
    let window = WindowId::from_bytes([1; 16]);
    let first = unit.kept_checks(window, "hotel-checkin-jp", None, 2).await.expect("read");
    assert_eq!(first, [newest, kept(3)]);
    let second =
        unit.kept_checks(window, "hotel-checkin-jp", Some((kept(3).created_at, kept(3).id)), 2).await.expect("read");
    assert_eq!(second, [kept(2)]);
    commit(unit).await;
}

/// A deleted check is gone, key and all.
pub async fn a_check_is_deleted(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_check(&kept(1)).await.expect("inserted");
    assert!(unit.delete_check(kept(1).id).await.expect("deleted"));
    assert!(!unit.delete_check(kept(1).id).await.expect("deleted before"));
    assert_eq!(unit.check(kept(1).id).await.expect("read"), None);
    commit(unit).await;
}

/// Retention decides where there is any, expiry where there is none.
pub async fn due_checks_are_deleted(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    for row in [&check(1), &kept(2), &Check { expires_at: later(301), ..check(3) }] {
        unit.insert_check(row).await.expect("inserted");
    }
    assert_eq!(unit.delete_due_checks(later(299)).await.expect("none due"), 0);
    assert_eq!(unit.delete_due_checks(later(300)).await.expect("one due"), 1);
    assert_eq!(unit.check(check(1).id).await.expect("read"), None);
    assert_eq!(unit.delete_due_checks(later(86_399)).await.expect("one due"), 1);
    assert_eq!(unit.check(kept(2).id).await.expect("read"), Some(kept(2)));
    assert_eq!(unit.delete_due_checks(later(86_400)).await.expect("one due"), 1);
    commit(unit).await;
}
