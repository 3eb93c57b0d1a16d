//! Promises about journeys, their images and their decisions.

use std::sync::Arc;

use super::sample::{journey, later, person, sealed};
use super::{begin, commit, read};
use crate::{BlobName, DecisionRecord, Journey, Registry, StoreError, Version};

fn decision(journey_number: u8, seconds: i64) -> DecisionRecord {
    DecisionRecord {
        journey: journey(journey_number).id,
        person: Some(person(journey_number).id),
        at: later(seconds),
        sealed: sealed(&format!("decision {seconds}")),
    }
}

/// Every column comes back as it was written.
pub async fn a_journey_is_read_back(registry: Arc<dyn Registry>) {
    let mut unknown = journey(2);
    unknown.person = None;
    let mut unit = begin(&registry).await;
    unit.insert_journey(&journey(1)).await.expect("inserted");
    unit.insert_journey(&unknown).await.expect("inserted");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.journey(journey(1).id).await.expect("read"), Some(journey(1)));
    assert_eq!(unit.journey(unknown.id).await.expect("read"), Some(unknown));
    assert_eq!(unit.journey(journey(3).id).await.expect("read"), None);
}

/// An update writes state, person and expiry, and nothing else.
pub async fn an_update_raises_the_version(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_journey(&journey(1)).await.expect("inserted");
    let mut changed = journey(1);
    changed.state = "referred".into();
    changed.sealed = sealed("waiting");
    changed.person = Some(person(2).id);
    changed.expires_at = later(86_400);
    changed.version = unit.update_journey(&changed).await.expect("updated");
    commit(unit).await;
    assert_eq!(changed.version, Version::FIRST.next());
    assert_eq!(read(&registry).await.journey(changed.id).await.expect("read"), Some(changed));
}

/// Whoever read before another wrote is refused.
pub async fn a_stale_update_is_refused(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_journey(&journey(1)).await.expect("inserted");
    unit.update_journey(&journey(1)).await.expect("updated");
    let stale = unit.update_journey(&journey(1)).await;
    assert!(matches!(stale, Err(StoreError::VersionMismatch)), "{stale:?}");
    commit(unit).await;
}

/// Officers page through one state, oldest first, and see how many there are.
pub async fn journeys_are_listed_by_state(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    // Two were started in one second; the one with the lowest identifier came last.
    let youngest = Journey { created_at: later(7), ..journey(1) };
    for row in [&journey(3), &youngest, &journey(2)] {
        unit.insert_journey(row).await.expect("inserted");
    }
    let mut referred = journey(4);
    referred.state = "referred".into();
    unit.insert_journey(&referred).await.expect("inserted");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.journeys_by_state("open", None, 2).await.expect("read"), [journey(2), journey(3)]);
    let after = Some((journey(3).created_at, journey(3).id));
    assert_eq!(unit.journeys_by_state("open", after, 2).await.expect("read"), [youngest]);
    assert_eq!(unit.journeys_by_state("referred", None, 9).await.expect("read"), [referred]);
    assert_eq!(unit.count_journeys("open").await.expect("counted"), 3);
    assert_eq!(unit.count_journeys("rejected").await.expect("counted"), 0);
}

/// An image is there until it is deleted, and only the last one of a name.
pub async fn an_image_is_replaced_and_deleted(registry: Arc<dyn Registry>) {
    let id = journey(1).id;
    let mut unit = begin(&registry).await;
    unit.insert_journey(&journey(1)).await.expect("inserted");
    assert_eq!(unit.blob(id, BlobName::LiveFace).await.expect("read"), None);
    unit.put_blob(id, BlobName::LiveFace, &sealed("one")).await.expect("put");
    unit.put_blob(id, BlobName::LiveFace, &sealed("two")).await.expect("put");
    commit(unit).await;
    let mut unit = begin(&registry).await;
    assert_eq!(unit.blob(id, BlobName::LiveFace).await.expect("read"), Some(sealed("two")));
    assert_eq!(unit.delete_blobs(id).await.expect("deleted"), 1);
    commit(unit).await;
    assert_eq!(read(&registry).await.blob(id, BlobName::LiveFace).await.expect("read"), None);
}

/// No image is kept of no journey.
pub async fn an_image_needs_its_journey(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    let refused = unit.put_blob(journey(1).id, BlobName::LiveFace, &sealed("face")).await;
    assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    commit(unit).await;
}

/// Expiry takes the images along and leaves journeys with time left.
pub async fn expired_journeys_go_with_their_images(registry: Arc<dyn Registry>) {
    let mut longer = journey(2);
    longer.expires_at = later(601);
    let mut unit = begin(&registry).await;
    for kept in [&journey(1), &longer] {
        unit.insert_journey(kept).await.expect("inserted");
        unit.put_blob(kept.id, BlobName::LiveFace, &sealed("face")).await.expect("put");
    }
    assert_eq!(unit.delete_expired_journeys(later(600)).await.expect("deleted"), 1);
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.journey(journey(1).id).await.expect("read"), None);
    assert_eq!(unit.blob(journey(1).id, BlobName::LiveFace).await.expect("read"), None);
    assert_eq!(unit.blob(longer.id, BlobName::LiveFace).await.expect("read"), Some(sealed("face")));
}

/// Decisions stay in order after their journey expired, until they are pruned.
pub async fn decisions_outlive_their_journey(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_journey(&journey(1)).await.expect("inserted");
    for record in [decision(1, 2), decision(1, 3), decision(1, 1), decision(2, 2)] {
        unit.append_decision(&record).await.expect("appended");
    }
    unit.delete_expired_journeys(later(9_999)).await.expect("deleted");
    commit(unit).await;
    let mut unit = begin(&registry).await;
    let kept = unit.decisions(journey(1).id).await.expect("read");
    assert_eq!(kept, [decision(1, 2), decision(1, 3), decision(1, 1)]);
    assert_eq!(unit.prune_decisions(later(2)).await.expect("pruned"), 1);
    assert_eq!(unit.decisions(journey(1).id).await.expect("read").len(), 2);
    commit(unit).await;
}

/// Erasing a person takes journeys, images and decisions, also those whose journey is gone, and nobody else's.
pub async fn erasure_takes_journeys_and_decisions(registry: Arc<dyn Registry>) {
    let mut other = journey(2);
    other.person = Some(person(2).id);
    let mut unit = begin(&registry).await;
    for kept in [&journey(1), &other] {
        unit.insert_journey(kept).await.expect("inserted");
        unit.put_blob(kept.id, BlobName::LiveFace, &sealed("face")).await.expect("put");
    }
    unit.append_decision(&decision(1, 1)).await.expect("appended");
    unit.append_decision(&decision(2, 1)).await.expect("appended");
    unit.append_decision(&DecisionRecord { person: None, ..decision(3, 1) }).await.expect("appended");
    assert_eq!(unit.delete_journeys_of(person(1).id).await.expect("deleted"), 1);
    assert_eq!(unit.decisions(journey(1).id).await.expect("read"), [decision(1, 1)], "what was decided stays");
    assert_eq!(unit.delete_decisions_of(person(1).id).await.expect("deleted"), 1);
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.journey(journey(1).id).await.expect("read"), None);
    assert_eq!(unit.blob(journey(1).id, BlobName::LiveFace).await.expect("read"), None);
    assert_eq!(unit.decisions(journey(1).id).await.expect("read"), []);
    assert_eq!(unit.decisions(other.id).await.expect("read"), [decision(2, 1)]);
    assert_eq!(unit.decisions(journey(3).id).await.expect("read").len(), 1);
    assert!(unit.blob(other.id, BlobName::LiveFace).await.expect("read").is_some());
    assert_eq!(unit.count_journeys("open").await.expect("counted"), 1);
}
