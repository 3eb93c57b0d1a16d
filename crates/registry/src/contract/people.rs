//! Promises about people.

use std::sync::Arc;

use super::sample::{index, person, sealed};
use super::{begin, commit, race, read, winners};
use crate::{Conflict, PersonStatus, Registry, StoreError, Version};

/// Every column comes back as it was written, by identifier and by number.
pub async fn a_person_is_read_back(registry: Arc<dyn Registry>) {
    let mut other = person(2);
    other.valid_until = None;
    other.name_indexes.clear();
    other.status = PersonStatus::Suspended;
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    unit.insert_person(&other).await.expect("inserted");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.person(person(1).id).await.expect("read"), Some(person(1)));
    assert_eq!(unit.person_by_number(&index(2)).await.expect("read"), Some(other));
    assert_eq!(unit.person_by_number(&index(3)).await.expect("read"), None);
    assert_eq!(unit.count_people().await.expect("counted"), 2);
}

/// A second person with the number is refused, and the unit goes on to store others.
pub async fn a_taken_number_is_refused(registry: Arc<dyn Registry>) {
    let mut twin = person(2);
    twin.number_index = index(1);
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    let refused = unit.insert_person(&twin).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::NumberTaken))), "{refused:?}");
    unit.insert_person(&person(3)).await.expect("the unit goes on");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.count_people().await.expect("counted"), 2);
    assert_eq!(unit.people_by_name(&twin.name_indexes[1], 10).await.expect("read"), []);
}

/// Enrolling one number many times at once makes one person.
pub async fn of_many_who_take_one_number_one_wins(registry: Arc<dyn Registry>) {
    let results = race(&registry, |number, unit| {
        Box::pin(async move {
            let mut twin = person(number);
            twin.number_index = index(99);
            unit.insert_person(&twin).await.map(|()| true)
        })
    });
    assert_eq!(winners(&results.await), 1);
    assert_eq!(read(&registry).await.count_people().await.expect("counted"), 1);
}

/// Native and Latin spelling both find the person; a shared spelling finds everybody, in order.
pub async fn a_person_is_found_by_every_spelling(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(2)).await.expect("inserted");
    unit.insert_person(&person(1)).await.expect("inserted");
    commit(unit).await;
    let mut unit = read(&registry).await;
    let shared = unit.people_by_name(&person(1).name_indexes[0], 10).await.expect("read");
    assert_eq!(shared, [person(1), person(2)]);
    assert_eq!(unit.people_by_name(&person(2).name_indexes[1], 10).await.expect("read"), [person(2)]);
    assert_eq!(unit.people_by_name(&person(1).name_indexes[0], 1).await.expect("read"), [person(1)]);
}

/// Pages follow each other without gap or repetition.
pub async fn pages_walk_everybody_once(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    for number in [5, 3, 1, 4, 2] {
        unit.insert_person(&person(number)).await.expect("inserted");
    }
    commit(unit).await;
    let mut unit = read(&registry).await;
    let first = unit.people_page(None, 3).await.expect("read");
    let second = unit.people_page(Some(first[2].id), 3).await.expect("read");
    assert_eq!(first, [person(1), person(2), person(3)]);
    assert_eq!(second, [person(4), person(5)]);
}

/// An update writes what may change, answers the next version and keeps when the record was made.
pub async fn an_update_raises_the_version(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    let mut changed = person(1);
    changed.number_index = index(9);
    changed.name_indexes = vec![index(8)];
    changed.record = sealed("moved");
    changed.status = PersonStatus::Deceased;
    changed.valid_until = None;
    changed.version = unit.update_person(&changed).await.expect("updated");
    commit(unit).await;
    assert_eq!(changed.version, Version::FIRST.next());
    let mut unit = read(&registry).await;
    assert_eq!(unit.person(changed.id).await.expect("read"), Some(changed.clone()));
    assert_eq!(unit.people_by_name(&index(8), 10).await.expect("read"), [changed]);
    assert_eq!(unit.people_by_name(&person(1).name_indexes[0], 10).await.expect("read"), []);
}

/// Whoever read before another wrote is refused, and so is a write to nobody.
pub async fn a_stale_update_is_refused(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    let mut changed = person(1);
    changed.record = sealed("moved");
    unit.update_person(&changed).await.expect("updated");
    let stale = unit.update_person(&person(1)).await;
    assert!(matches!(stale, Err(StoreError::VersionMismatch)), "{stale:?}");
    let nobody = unit.update_person(&person(2)).await;
    assert!(matches!(nobody, Err(StoreError::VersionMismatch)), "{nobody:?}");
    commit(unit).await;
    let kept = read(&registry).await.person(person(1).id).await.expect("read").expect("there");
    assert_eq!((kept.record, kept.name_indexes), (sealed("moved"), person(1).name_indexes));
}

/// Nobody can be given the number of another person.
pub async fn an_update_cannot_take_a_number(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    unit.insert_person(&person(2)).await.expect("inserted");
    let mut thief = person(2);
    thief.number_index = index(1);
    let refused = unit.update_person(&thief).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::NumberTaken))), "{refused:?}");
    commit(unit).await;
    assert_eq!(read(&registry).await.person(person(2).id).await.expect("read"), Some(person(2)));
}

/// The second portrait replaces the first.
pub async fn a_portrait_is_replaced(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    assert_eq!(unit.portrait(person(1).id).await.expect("read"), None);
    unit.put_portrait(person(1).id, &sealed("young")).await.expect("put");
    unit.put_portrait(person(1).id, &sealed("old")).await.expect("put");
    commit(unit).await;
    assert_eq!(read(&registry).await.portrait(person(1).id).await.expect("read"), Some(sealed("old")));
}

/// No portrait is kept of nobody.
pub async fn a_portrait_needs_its_person(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    let refused = unit.put_portrait(person(1).id, &sealed("face")).await;
    assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    commit(unit).await;
}

/// After erasure neither record, key, portrait nor any index is there, and the number is free.
pub async fn an_erased_person_leaves_nothing(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    unit.put_portrait(person(1).id, &sealed("face")).await.expect("put");
    commit(unit).await;
    let mut unit = begin(&registry).await;
    assert!(unit.erase_person(person(1).id).await.expect("erased"));
    assert!(!unit.erase_person(person(1).id).await.expect("erased before"));
    commit(unit).await;
    let mut unit = begin(&registry).await;
    assert_eq!(unit.person(person(1).id).await.expect("read"), None);
    assert_eq!(unit.portrait(person(1).id).await.expect("read"), None);
    assert_eq!(unit.people_by_name(&person(1).name_indexes[0], 10).await.expect("read"), []);
    unit.insert_person(&person(1)).await.expect("the number is free");
    commit(unit).await;
}
