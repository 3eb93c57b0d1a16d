//! Promises about sessions.

use std::sync::Arc;

use super::sample::{NOW, hash, later};
use super::{begin, commit, read};
use crate::{Conflict, Registry, Session, StoreError, SubjectKind};

fn session(number: u8, kind: SubjectKind) -> Session {
    Session { token_hash: hash(number), kind, subject: [1; 16], created_at: NOW, expires_at: later(600) }
}

/// A session is there to its last second and not after.
pub async fn a_session_is_read_back_until_it_ends(registry: Arc<dyn Registry>) {
    let officer = session(1, SubjectKind::Officer);
    let mut unit = begin(&registry).await;
    unit.insert_session(&officer).await.expect("inserted");
    let twice = unit.insert_session(&officer).await;
    assert!(matches!(twice, Err(StoreError::Conflict(Conflict::RowTaken))), "{twice:?}");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.session(&hash(1), later(599)).await.expect("read"), Some(officer));
    assert_eq!(unit.session(&hash(1), later(600)).await.expect("ended"), None);
    assert_eq!(unit.session(&hash(2), NOW).await.expect("read"), None);
}

/// Signing out ends the session at once.
pub async fn a_session_is_deleted(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_session(&session(1, SubjectKind::Window)).await.expect("inserted");
    assert!(unit.delete_session(&hash(1)).await.expect("deleted"));
    assert!(!unit.delete_session(&hash(1)).await.expect("deleted before"));
    assert_eq!(unit.session(&hash(1), NOW).await.expect("read"), None);
    commit(unit).await;
}

/// Disabling an officer ends the officer's sessions, and not those of a window that has the same bytes.
pub async fn a_subject_is_signed_out_everywhere(registry: Arc<dyn Registry>) {
    let other = Session { subject: [2; 16], ..session(4, SubjectKind::Officer) };
    let window = session(3, SubjectKind::Window);
    let mut unit = begin(&registry).await;
    for row in [&session(1, SubjectKind::Officer), &session(2, SubjectKind::Officer), &window, &other] {
        unit.insert_session(row).await.expect("inserted");
    }
    assert_eq!(unit.delete_sessions_of(SubjectKind::Officer, [1; 16]).await.expect("deleted"), 2);
    assert_eq!(unit.session(&hash(1), NOW).await.expect("read"), None);
    assert_eq!(unit.session(&hash(3), NOW).await.expect("read"), Some(window));
    assert_eq!(unit.session(&hash(4), NOW).await.expect("read"), Some(other));
    commit(unit).await;
}

/// Only ended sessions are pruned.
pub async fn ended_sessions_are_pruned(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_session(&session(1, SubjectKind::Window)).await.expect("inserted");
    let longer = Session { expires_at: later(601), ..session(2, SubjectKind::Window) };
    unit.insert_session(&longer).await.expect("inserted");
    assert_eq!(unit.prune_sessions(later(600)).await.expect("pruned"), 1);
    assert_eq!(unit.session(&hash(2), NOW).await.expect("read"), Some(longer));
    commit(unit).await;
}
