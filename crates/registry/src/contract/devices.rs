//! Promises about devices.

use std::sync::Arc;

use super::sample::{device, index, later, person, sealed, vault_key};
use super::{begin, commit, race, read, winners};
use crate::{Conflict, Device, DeviceId, DeviceState, PersonId, Registry, StoreError, Version};

fn retired(number: u8) -> Device {
    Device { state: DeviceState::Retired, retired_at: Some(later(60)), ..device(number) }
}

/// A device of person 2.
fn foreign(number: u8) -> Device {
    Device { person: PersonId::from_bytes([2; 16]), ..device(number) }
}

/// Persons 1 and 2 with these devices.
async fn registered(registry: &Arc<dyn Registry>, devices: &[Device]) {
    let mut unit = begin(registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    unit.insert_person(&person(2)).await.expect("inserted");
    for device in devices {
        unit.insert_device(device).await.expect("inserted");
    }
    commit(unit).await;
}

/// Identifier and key lead to the device, whether it is active or not.
pub async fn a_device_is_found_by_its_key(registry: Arc<dyn Registry>) {
    registered(&registry, &[device(1), retired(2)]).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.device(device(1).id).await.expect("read"), Some(device(1)));
    assert_eq!(unit.device_by_key(&index(1)).await.expect("read"), Some(device(1)));
    assert_eq!(unit.device_by_key(&index(2)).await.expect("read"), Some(retired(2)));
    assert_eq!(unit.device_by_key(&index(3)).await.expect("read"), None);
    assert_eq!(unit.device(device(3).id).await.expect("read"), None);
}

/// A person's devices are found in order of identifier, and nobody else's.
pub async fn devices_of_a_person_are_found(registry: Arc<dyn Registry>) {
    registered(&registry, &[retired(3), device(2), retired(1), foreign(4)]).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.devices_of(person(1).id).await.expect("read"), [retired(1), device(2), retired(3)]);
    assert_eq!(unit.devices_of(person(2).id).await.expect("read"), [foreign(4)]);
}

/// A key that was ever registered is refused, be it of the same person or another, and of a retired device too.
pub async fn a_known_key_is_refused(registry: Arc<dyn Registry>) {
    registered(&registry, &[retired(1)]).await;
    let mut unit = begin(&registry).await;
    for taken in [Device { key_index: index(1), ..device(2) }, Device { key_index: index(1), ..foreign(2) }] {
        let refused = unit.insert_device(&taken).await;
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::KeyTaken))), "{refused:?}");
    }
    let refused = unit.insert_device(&Device { key_index: index(9), ..device(1) }).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::KeyTaken))), "{refused:?}");
    commit(unit).await;
    assert_eq!(read(&registry).await.device(device(2).id).await.expect("read"), None);
}

/// No device is kept of nobody.
pub async fn a_device_needs_its_person(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    let refused = unit.insert_device(&device(1)).await;
    assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    commit(unit).await;
}

/// While a device is active the person can have retired ones and no second active one, neither new nor brought back.
pub async fn a_second_active_device_is_refused(registry: Arc<dyn Registry>) {
    registered(&registry, &[device(1), retired(2), foreign(3)]).await;
    let mut unit = begin(&registry).await;
    let new = unit.insert_device(&device(4)).await;
    assert!(matches!(new, Err(StoreError::Conflict(Conflict::DeviceActive))), "{new:?}");
    let back = unit.update_device(&device(2)).await;
    assert!(matches!(back, Err(StoreError::Conflict(Conflict::DeviceActive))), "{back:?}");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.devices_of(person(1).id).await.expect("read"), [device(1), retired(2)]);
}

/// The old phone retires and the new one takes its place, in one unit; key and person of the old one stay.
pub async fn a_new_device_takes_the_place_of_the_old(registry: Arc<dyn Registry>) {
    registered(&registry, &[device(1)]).await;
    let mut unit = begin(&registry).await;
    let changed = Device { key_index: index(9), sealed: sealed("renamed"), ..retired(1) };
    let version = unit.update_device(&changed).await.expect("retired");
    unit.insert_device(&device(2)).await.expect("inserted");
    commit(unit).await;
    assert_eq!(version, Version::FIRST.next());
    let old = Device { sealed: sealed("renamed"), version, ..retired(1) };
    assert_eq!(read(&registry).await.devices_of(person(1).id).await.expect("read"), [old, device(2)]);
}

/// Whoever read before another wrote is refused, and so is a write to no device.
pub async fn a_stale_update_is_refused(registry: Arc<dyn Registry>) {
    registered(&registry, &[device(1)]).await;
    let mut unit = begin(&registry).await;
    unit.update_device(&retired(1)).await.expect("updated");
    for refused in [device(1), retired(2)] {
        let refused = unit.update_device(&refused).await;
        assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    }
    commit(unit).await;
}

/// Sixty-four phones registered at once make one active device.
pub async fn of_many_new_devices_one_is_active(registry: Arc<dyn Registry>) {
    registered(&registry, &[]).await;
    let results = race(&registry, |number, unit| {
        Box::pin(async move { unit.insert_device(&device(number)).await.map(|()| true) })
    });
    assert_eq!(winners(&results.await), 1);
    assert_eq!(read(&registry).await.devices_of(person(1).id).await.expect("read").len(), 1);
}

/// One key registered sixty-four times at once makes one device.
pub async fn of_many_who_register_one_key_one_wins(registry: Arc<dyn Registry>) {
    registered(&registry, &[]).await;
    let results = race(&registry, |number, unit| {
        Box::pin(async move {
            let same = Device { key_index: index(200), ..retired(number) };
            unit.insert_device(&same).await.map(|()| true)
        })
    });
    assert_eq!(winners(&results.await), 1);
    assert_eq!(read(&registry).await.devices_of(person(1).id).await.expect("read").len(), 1);
}

/// A person's devices go with the keys kept for them; nobody else's do.
pub async fn devices_are_deleted_with_their_keys(registry: Arc<dyn Registry>) {
    registered(&registry, &[device(1), retired(2), foreign(3)]).await;
    let other = crate::VaultKey { person: person(2).id, device: DeviceId::from_bytes([3; 16]), ..vault_key(2) };
    let mut unit = begin(&registry).await;
    unit.insert_vault_keys(&[vault_key(1), other.clone()]).await.expect("inserted");
    assert_eq!(unit.delete_devices_of(person(1).id).await.expect("deleted"), 2);
    assert_eq!(unit.devices_of(person(1).id).await.expect("read"), []);
    assert_eq!(unit.vault_keys_of(person(1).id).await.expect("read"), []);
    assert_eq!(unit.devices_of(person(2).id).await.expect("read"), [foreign(3)]);
    assert_eq!(unit.vault_keys_of(person(2).id).await.expect("read"), [other]);
    commit(unit).await;
}
