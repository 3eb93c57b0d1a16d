//! Promises about what is left of an erased person.

use std::sync::Arc;

use super::sample::{NOW, device, hash, id_password, index, password_login, person, vault_key};
use super::{begin, commit, read};
use crate::{Device, PasswordLogin, Registry, Unit, VaultKey};

/// All that a full card keeps of the person with this number, in rows of the same number.
async fn insert_holder(unit: &mut dyn Unit, number: u8) {
    let (owner, phone) = (person(number), device(number).id);
    unit.insert_person(&owner).await.expect("inserted");
    unit.insert_id_password(&id_password(number)).await.expect("inserted");
    let login = PasswordLogin { person: owner.id, ..password_login(number) };
    unit.insert_password_login(&login).await.expect("inserted");
    unit.insert_device(&Device { person: owner.id, ..device(number) }).await.expect("inserted");
    let key = VaultKey { person: owner.id, device: phone, ..vault_key(number) };
    unit.insert_vault_keys(&[key]).await.expect("inserted");
    unit.replace_recovery_codes(owner.id, &[hash(number)], NOW).await.expect("given");
}

/// Which of a person's rows are there: password, sign-in, device, kept key, recovery code.
async fn rows_of(registry: &Arc<dyn Registry>, number: u8) -> [bool; 5] {
    let mut unit = read(registry).await;
    [
        unit.id_password(person(number).id).await.expect("read").is_some(),
        unit.password_login(password_login(number).id).await.expect("read").is_some(),
        unit.device_by_key(&index(number)).await.expect("read").is_some(),
        unit.vault_key(&hash(number)).await.expect("read").is_some(),
        unit.recovery_code(&hash(number)).await.expect("read").is_some(),
    ]
}

/// Erasing a person takes every row that a full card keeps of the person, and nobody else's.
pub async fn an_erased_holder_leaves_nothing(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    insert_holder(&mut *unit, 1).await;
    insert_holder(&mut *unit, 2).await;
    commit(unit).await;
    assert_eq!(rows_of(&registry, 1).await, [true; 5]);
    let mut unit = begin(&registry).await;
    assert!(unit.erase_person(person(1).id).await.expect("erased"));
    commit(unit).await;
    assert_eq!(rows_of(&registry, 1).await, [false; 5]);
    assert_eq!(rows_of(&registry, 2).await, [true; 5]);
}

/// What was erased is free: the same person, device, key and code can be registered anew.
pub async fn an_erased_holder_may_return(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    insert_holder(&mut *unit, 1).await;
    assert!(unit.erase_person(person(1).id).await.expect("erased"));
    insert_holder(&mut *unit, 1).await;
    commit(unit).await;
    assert_eq!(rows_of(&registry, 1).await, [true; 5]);
}
