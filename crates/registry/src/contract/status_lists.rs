//! Promises about status lists: no entry twice, no revocation lost.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::sample::list;
use super::{RACERS, begin, commit, race, read};
use crate::{Conflict, EntryStatus, Lease, ListId, Registry, StatusList, StoreError};

const LIST: ListId = ListId(1);

async fn with_list(registry: &Arc<dyn Registry>, size: u32) {
    let mut unit = begin(registry).await;
    unit.insert_status_list(&list(1, size)).await.expect("inserted");
    commit(unit).await;
}

/// Every column comes back as it was written.
pub async fn a_list_is_read_back(registry: Arc<dyn Registry>) {
    let largest = StatusList { bits: 8, size: u32::MAX, epoch: 7, closed: true, ..list(2, 0) };
    with_list(&registry, 1 << 20).await;
    let mut unit = begin(&registry).await;
    unit.insert_status_list(&largest).await.expect("inserted");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.status_list(LIST).await.expect("read"), Some(list(1, 1 << 20)));
    assert_eq!(unit.status_lists().await.expect("read"), [list(1, 1 << 20), largest]);
    assert_eq!(unit.status_list(ListId(3)).await.expect("read"), None);
}

/// Two nodes that open a list at the same moment open one.
pub async fn a_taken_number_is_refused(registry: Arc<dyn Registry>) {
    with_list(&registry, 8).await;
    let mut unit = begin(&registry).await;
    let refused = unit.insert_status_list(&list(1, 16)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::ListTaken))), "{refused:?}");
    commit(unit).await;
    assert_eq!(read(&registry).await.status_list(LIST).await.expect("read"), Some(list(1, 8)));
}

/// Blocks follow each other; one that does not fit is not given, a smaller one still is.
pub async fn leases_follow_each_other_to_the_end(registry: Arc<dyn Registry>) {
    with_list(&registry, 10).await;
    let mut unit = begin(&registry).await;
    let lease = |first, count| Some(Lease { list: LIST, first, count });
    assert_eq!(unit.lease_block("a", 4).await.expect("leased"), lease(0, 4));
    assert_eq!(unit.lease_block("b", 4).await.expect("leased"), lease(4, 4));
    assert_eq!(unit.lease_block("a", 4).await.expect("no room"), None);
    assert_eq!(unit.lease_block("a", 2).await.expect("leased"), lease(8, 2));
    assert_eq!(unit.lease_block("a", 1).await.expect("full"), None);
    commit(unit).await;
    let full = read(&registry).await.status_list(LIST).await.expect("read").expect("there");
    assert_eq!((full.next_free, full.closed), (10, false));
}

/// After closing, as after a restore, only a list opened later leases.
pub async fn a_closed_list_leases_nothing(registry: Arc<dyn Registry>) {
    with_list(&registry, 10).await;
    let mut unit = begin(&registry).await;
    assert_eq!(unit.close_status_lists().await.expect("closed"), 1);
    assert_eq!(unit.close_status_lists().await.expect("closed before"), 0);
    assert_eq!(unit.lease_block("a", 1).await.expect("closed"), None);
    unit.insert_status_list(&list(2, 10)).await.expect("inserted");
    let lease = unit.lease_block("a", 1).await.expect("leased").expect("there is room");
    assert_eq!((lease.list, lease.first), (ListId(2), 0));
    commit(unit).await;
}

/// Sixty-four nodes at once get blocks that do not touch, without gaps.
pub async fn sixty_four_leases_at_once_are_disjoint(registry: Arc<dyn Registry>) {
    with_list(&registry, 1 << 20).await;
    let results = race(&registry, |_, unit| Box::pin(async move { unit.lease_block("node", 100).await }));
    let firsts: BTreeSet<u32> =
        results.await.into_iter().map(|lease| lease.expect("leased").expect("there is room").first).collect();
    assert_eq!(firsts, (0..u32::from(RACERS)).map(|block| block * 100).collect());
}

/// What a unit leased it gives back when it does not commit.
pub async fn a_lease_of_a_dropped_unit_is_free_again(registry: Arc<dyn Registry>) {
    with_list(&registry, 10).await;
    let mut unit = begin(&registry).await;
    unit.lease_block("a", 10).await.expect("leased").expect("there is room");
    drop(unit);
    let mut unit = begin(&registry).await;
    let lease = unit.lease_block("a", 10).await.expect("leased");
    assert_eq!(lease, Some(Lease { list: LIST, first: 0, count: 10 }));
    commit(unit).await;
}

/// Entries that are not valid come back in order, and each write counts as one change.
pub async fn entries_are_read_back_in_order(registry: Arc<dyn Registry>) {
    with_list(&registry, 100).await;
    let mut unit = begin(&registry).await;
    unit.insert_status_list(&list(2, 100)).await.expect("inserted");
    unit.set_entries(LIST, &[70, 3], EntryStatus::Invalid).await.expect("set");
    unit.set_entries(LIST, &[50], EntryStatus::Suspended).await.expect("set");
    unit.set_entries(ListId(2), &[4], EntryStatus::Invalid).await.expect("set");
    commit(unit).await;
    let mut unit = read(&registry).await;
    let expected = [(3, EntryStatus::Invalid), (50, EntryStatus::Suspended), (70, EntryStatus::Invalid)];
    assert_eq!(unit.entries(LIST).await.expect("read"), expected);
    assert_eq!(unit.status_list(LIST).await.expect("read").expect("there").changes, 2);
    assert_eq!(unit.status_list(ListId(2)).await.expect("read").expect("there").changes, 1);
}

/// A revoked entry is never made good, and the refused write leaves its other entries alone.
pub async fn a_revoked_entry_stays_revoked(registry: Arc<dyn Registry>) {
    with_list(&registry, 100).await;
    let mut unit = begin(&registry).await;
    unit.set_entries(LIST, &[3], EntryStatus::Invalid).await.expect("set");
    for status in [EntryStatus::Valid, EntryStatus::Suspended] {
        let refused = unit.set_entries(LIST, &[2, 3], status).await;
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Revoked))), "{refused:?}");
    }
    unit.set_entries(LIST, &[3], EntryStatus::Invalid).await.expect("revoking again is no harm");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.entries(LIST).await.expect("read"), [(3, EntryStatus::Invalid)]);
    assert_eq!(unit.status_list(LIST).await.expect("read").expect("there").changes, 2);
}

/// A suspension can be lifted.
pub async fn a_suspended_entry_may_return(registry: Arc<dyn Registry>) {
    with_list(&registry, 100).await;
    let mut unit = begin(&registry).await;
    unit.set_entries(LIST, &[3, 4], EntryStatus::Suspended).await.expect("set");
    unit.set_entries(LIST, &[3], EntryStatus::Valid).await.expect("lifted");
    assert_eq!(unit.entries(LIST).await.expect("read"), [(4, EntryStatus::Suspended)]);
    commit(unit).await;
}

/// Nothing is written to a list that is not there.
pub async fn entries_need_their_list(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    let refused = unit.set_entries(LIST, &[1], EntryStatus::Invalid).await;
    assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    commit(unit).await;
}

/// Sixty-four revocations at once are sixty-four revoked entries.
pub async fn revocations_at_once_are_all_kept(registry: Arc<dyn Registry>) {
    with_list(&registry, 100).await;
    let results = race(&registry, |number, unit| {
        Box::pin(async move { unit.set_entries(LIST, &[u32::from(number)], EntryStatus::Invalid).await })
    });
    for result in results.await {
        result.expect("revoked");
    }
    let mut unit = read(&registry).await;
    assert_eq!(unit.entries(LIST).await.expect("read").len(), usize::from(RACERS));
    assert_eq!(unit.status_list(LIST).await.expect("read").expect("there").changes, u64::from(RACERS));
}
