//! Promises about sign-ins with the ID password.

use std::sync::Arc;

use super::sample::{later, password_login, person, sealed};
use super::{begin, commit, race, read, winners};
use crate::{Conflict, PasswordLogin, Registry, StoreError, Version};

/// Person 1 with sign-ins of these numbers.
async fn signing_in(registry: &Arc<dyn Registry>, numbers: &[u8]) {
    let mut unit = begin(registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    for number in numbers {
        unit.insert_password_login(&password_login(*number)).await.expect("inserted");
    }
    commit(unit).await;
}

fn open(number: u8) -> PasswordLogin {
    let sealed = sealed("session key");
    PasswordLogin { state: "open".into(), sealed, expires_at: later(600), ..password_login(number) }
}

/// A sign-in is there after it expired too; the same identifier is refused.
pub async fn a_login_is_read_back(registry: Arc<dyn Registry>) {
    signing_in(&registry, &[1]).await;
    let mut unit = begin(&registry).await;
    let twice = unit.insert_password_login(&open(1)).await;
    assert!(matches!(twice, Err(StoreError::Conflict(Conflict::RowTaken))), "{twice:?}");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.password_login(password_login(1).id).await.expect("read"), Some(password_login(1)));
    assert_eq!(unit.password_login(password_login(2).id).await.expect("read"), None);
}

/// Nobody does not sign in.
pub async fn a_login_needs_its_person(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    let refused = unit.insert_password_login(&password_login(1)).await;
    assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    commit(unit).await;
}

/// The last message turns the sign-in into a session, under the next version; whose it is stays.
pub async fn a_login_becomes_a_session(registry: Arc<dyn Registry>) {
    signing_in(&registry, &[1]).await;
    let mut unit = begin(&registry).await;
    let foreign = PasswordLogin { person: person(2).id, ..open(1) };
    let version = unit.update_password_login(&foreign).await.expect("updated");
    commit(unit).await;
    assert_eq!(version, Version::FIRST.next());
    let kept = read(&registry).await.password_login(open(1).id).await.expect("read");
    assert_eq!(kept, Some(PasswordLogin { version, ..open(1) }));
}

/// Of sixty-four last messages at once one opens a session.
pub async fn of_many_last_messages_one_opens_a_session(registry: Arc<dyn Registry>) {
    signing_in(&registry, &[1]).await;
    let results =
        race(&registry, |_, unit| Box::pin(async move { unit.update_password_login(&open(1)).await.map(|_| true) }));
    assert_eq!(winners(&results.await), 1);
}

/// An expired sign-in goes, one with a second left stays.
pub async fn expired_logins_are_deleted(registry: Arc<dyn Registry>) {
    signing_in(&registry, &[1]).await;
    let mut unit = begin(&registry).await;
    let left = PasswordLogin { expires_at: later(61), ..password_login(2) };
    unit.insert_password_login(&left).await.expect("inserted");
    assert_eq!(unit.delete_expired_password_logins(later(59)).await.expect("deleted"), 0);
    assert_eq!(unit.delete_expired_password_logins(later(60)).await.expect("deleted"), 1);
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.password_login(password_login(1).id).await.expect("read"), None);
    assert_eq!(unit.password_login(left.id).await.expect("read"), Some(left));
}

/// A person is signed out everywhere, and nobody else is.
pub async fn a_person_is_signed_out_everywhere(registry: Arc<dyn Registry>) {
    signing_in(&registry, &[1, 2]).await;
    let other = PasswordLogin { person: person(2).id, ..password_login(3) };
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(2)).await.expect("inserted");
    unit.insert_password_login(&other).await.expect("inserted");
    assert_eq!(unit.delete_password_logins_of(person(1).id).await.expect("deleted"), 2);
    assert_eq!(unit.password_login(password_login(1).id).await.expect("read"), None);
    assert_eq!(unit.password_login(other.id).await.expect("read"), Some(other));
    commit(unit).await;
}
