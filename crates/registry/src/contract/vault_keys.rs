//! Promises about keys kept for holders.

use std::sync::Arc;

use super::sample::{device, hash, person, vault_key};
use super::{begin, commit, race, read, winners};
use crate::{
    BatchId, Conflict, Device, DeviceId, DeviceState, PersonId, Registry, StoreError, VaultKey, VaultKeyId,
    VaultKeyState,
};

const BATCH: BatchId = BatchId::from_bytes([5; 16]);

fn in_state(number: u8, state: VaultKeyState, batch: Option<BatchId>) -> VaultKey {
    VaultKey { state, batch, ..vault_key(number) }
}

/// A key of person 2, on device 2.
fn foreign(number: u8) -> VaultKey {
    let person = PersonId::from_bytes([2; 16]);
    VaultKey { person, device: DeviceId::from_bytes([2; 16]), ..vault_key(number) }
}

/// A key of person 1 on device 3, which is retired.
fn old(number: u8) -> VaultKey {
    VaultKey { device: DeviceId::from_bytes([3; 16]), ..vault_key(number) }
}

/// Person 1 with devices 1 and 3, person 2 with device 2, and these keys.
async fn kept(registry: &Arc<dyn Registry>, keys: &[VaultKey]) {
    let mut unit = begin(registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    unit.insert_person(&person(2)).await.expect("inserted");
    unit.insert_device(&device(1)).await.expect("inserted");
    unit.insert_device(&Device { person: person(2).id, ..device(2) }).await.expect("inserted");
    unit.insert_device(&Device { state: DeviceState::Retired, ..device(3) }).await.expect("inserted");
    unit.insert_vault_keys(keys).await.expect("inserted");
    commit(unit).await;
}

/// Keys are found by thumbprint, and a person's in order of identifier, whatever their device.
pub async fn keys_are_read_back(registry: Arc<dyn Registry>) {
    let bound = in_state(2, VaultKeyState::Bound, Some(BATCH));
    kept(&registry, &[old(3), bound.clone(), vault_key(1), foreign(4)]).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.vault_key(&hash(1)).await.expect("read"), Some(vault_key(1)));
    assert_eq!(unit.vault_key(&hash(5)).await.expect("read"), None);
    assert_eq!(unit.vault_keys_of(person(1).id).await.expect("read"), [vault_key(1), bound, old(3)]);
    assert_eq!(unit.vault_keys_of(person(2).id).await.expect("read"), [foreign(4)]);
}

/// One taken thumbprint or identifier, in the record or in the call itself, keeps all keys of the call out.
pub async fn a_taken_key_keeps_all_out(registry: Arc<dyn Registry>) {
    kept(&registry, &[vault_key(1)]).await;
    let mut unit = begin(&registry).await;
    let same_id = |number: u8| VaultKey { id: VaultKeyId::from_bytes([number; 16]), ..vault_key(9) };
    let same_print = |number: u8| VaultKey { thumbprint: hash(number), ..vault_key(9) };
    for taken in [same_id(1), same_print(1), same_id(2), same_print(2)] {
        let refused = unit.insert_vault_keys(&[vault_key(2), taken]).await;
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::KeyTaken))), "{refused:?}");
    }
    commit(unit).await;
    assert_eq!(read(&registry).await.vault_keys_of(person(1).id).await.expect("read"), [vault_key(1)]);
}

/// A key is kept for a device of its person: not for another's, and not for none.
pub async fn a_key_needs_a_device_of_its_person(registry: Arc<dyn Registry>) {
    kept(&registry, &[]).await;
    let mut unit = begin(&registry).await;
    for device in [[2; 16], [9; 16]].map(DeviceId::from_bytes) {
        let refused = unit.insert_vault_keys(&[vault_key(1), VaultKey { device, ..vault_key(2) }]).await;
        assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    }
    commit(unit).await;
    assert_eq!(read(&registry).await.vault_keys_of(person(1).id).await.expect("read"), []);
}

/// Fresh keys are bound together, and cannot be bound again.
pub async fn fresh_keys_are_bound(registry: Arc<dyn Registry>) {
    kept(&registry, &[vault_key(1), vault_key(2), vault_key(3)]).await;
    let mut unit = begin(&registry).await;
    assert!(unit.bind_vault_keys(&[hash(1), hash(2)], BATCH).await.expect("bound"));
    let other = BatchId::from_bytes([6; 16]);
    assert!(!unit.bind_vault_keys(&[hash(1)], other).await.expect("bound before"));
    commit(unit).await;
    let bound = |number| in_state(number, VaultKeyState::Bound, Some(BATCH));
    let keys = read(&registry).await.vault_keys_of(person(1).id).await.expect("read");
    assert_eq!(keys, [bound(1), bound(2), vault_key(3)]);
}

/// One key that is bound, retired, unknown or there twice keeps all of the call unbound.
pub async fn one_unfit_key_binds_none(registry: Arc<dyn Registry>) {
    let bound = in_state(2, VaultKeyState::Bound, Some(BatchId::from_bytes([6; 16])));
    let retired = in_state(3, VaultKeyState::Retired, None);
    kept(&registry, &[vault_key(1), bound.clone(), retired.clone()]).await;
    let mut unit = begin(&registry).await;
    for unfit in [2, 3, 4, 1] {
        assert!(!unit.bind_vault_keys(&[hash(1), hash(unfit)], BATCH).await.expect("not bound"), "{unfit}");
    }
    commit(unit).await;
    let keys = read(&registry).await.vault_keys_of(person(1).id).await.expect("read");
    assert_eq!(keys, [vault_key(1), bound, retired]);
}

/// Sixty-four batches that want one key at once: one gets it, with the keys it wants besides.
pub async fn of_many_who_bind_a_key_one_wins(registry: Arc<dyn Registry>) {
    let others: Vec<_> = (1..=64).map(vault_key).collect();
    kept(&registry, &others).await;
    let mut unit = begin(&registry).await;
    unit.insert_vault_keys(&[vault_key(200)]).await.expect("inserted");
    commit(unit).await;
    let results = race(&registry, |number, unit| {
        Box::pin(async move {
            let wanted = [hash(number + 1), hash(200)];
            unit.bind_vault_keys(&wanted, BatchId::from_bytes([number; 16])).await
        })
    });
    assert_eq!(winners(&results.await), 1);
    let keys = read(&registry).await.vault_keys_of(person(1).id).await.expect("read");
    let winner = keys.last().expect("the key they wanted").batch;
    let bound: Vec<_> = keys.iter().filter(|key| key.state == VaultKeyState::Bound).collect();
    assert_eq!(bound.len(), 2);
    assert!(bound.iter().all(|key| key.batch == winner && winner.is_some()), "{bound:?}");
}

/// The keys of a device are retired, fresh and bound, each once; another device's stay.
pub async fn keys_of_a_device_are_retired(registry: Arc<dyn Registry>) {
    let bound = in_state(2, VaultKeyState::Bound, Some(BATCH));
    kept(&registry, &[vault_key(1), bound, old(3), foreign(4)]).await;
    let mut unit = begin(&registry).await;
    assert_eq!(unit.retire_vault_keys_of_device(device(1).id).await.expect("retired"), 2);
    assert_eq!(unit.retire_vault_keys_of_device(device(1).id).await.expect("retired before"), 0);
    commit(unit).await;
    let mut unit = read(&registry).await;
    let retired = |number, batch| in_state(number, VaultKeyState::Retired, batch);
    let keys = unit.vault_keys_of(person(1).id).await.expect("read");
    assert_eq!(keys, [retired(1, None), retired(2, Some(BATCH)), old(3)]);
    assert_eq!(unit.vault_keys_of(person(2).id).await.expect("read"), [foreign(4)]);
}

/// The keys of a person are retired or deleted on all devices; nobody else's are.
pub async fn keys_of_a_person_are_retired_and_deleted(registry: Arc<dyn Registry>) {
    kept(&registry, &[vault_key(1), old(2), foreign(3)]).await;
    let mut unit = begin(&registry).await;
    assert_eq!(unit.retire_vault_keys_of(person(1).id).await.expect("retired"), 2);
    assert_eq!(unit.retire_vault_keys_of(person(1).id).await.expect("retired before"), 0);
    let states = unit.vault_keys_of(person(1).id).await.expect("read").into_iter().map(|key| key.state);
    assert_eq!(states.collect::<Vec<_>>(), [VaultKeyState::Retired; 2]);
    assert_eq!(unit.delete_vault_keys_of(person(1).id).await.expect("deleted"), 2);
    assert_eq!(unit.vault_keys_of(person(1).id).await.expect("read"), []);
    assert_eq!(unit.vault_key(&hash(3)).await.expect("read"), Some(foreign(3)));
    commit(unit).await;
}
