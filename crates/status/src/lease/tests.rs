use std::collections::HashSet;

use super::{Lease, LeaseError};
use crate::permutation::Permutation;

const URI: &str = "https://issuer.example/status/1";

fn lease(first: u32, count: u32) -> Lease {
    Lease { list: URI.to_owned(), first, count }
}

fn permutation() -> Permutation {
    Permutation::new(&[7; 32], 1000)
}

#[test]
fn leases_side_by_side_cover_the_list_exactly_once() {
    let permutation = permutation();
    let leases = (0..100).map(|batch| lease(batch * 10, 10));
    let positions: Vec<u32> = leases.flat_map(|lease| lease.positions(&permutation).expect("within")).collect();
    assert_eq!(positions.len(), 1000);
    assert_eq!(positions.into_iter().collect::<HashSet<_>>().len(), 1000);
}

#[test]
fn the_references_of_a_batch_name_the_list_and_the_permuted_entries() {
    let permutation = permutation();
    let references = lease(40, 3).references(&permutation).expect("within");
    assert!(references.iter().all(|reference| reference.uri == URI));
    let entries: Vec<u32> = references.iter().map(|reference| permutation.invert(reference.idx)).collect();
    assert_eq!(entries, [40, 41, 42]);
}

#[test]
fn the_last_entries_can_be_leased() {
    assert_eq!(lease(990, 10).positions(&permutation()).map(|positions| positions.len()), Ok(10));
}

#[test]
fn a_lease_of_nothing_is_refused() {
    assert_eq!(lease(5, 0).positions(&permutation()), Err(LeaseError::Empty));
}

#[test]
fn a_lease_that_ends_past_the_list_is_refused_and_does_not_wrap() {
    assert_eq!(lease(991, 10).positions(&permutation()), Err(LeaseError::Beyond));
    assert_eq!(lease(1000, 1).references(&permutation()), Err(LeaseError::Beyond));
}

#[test]
fn a_lease_past_the_end_of_numbers_is_refused() {
    assert_eq!(lease(u32::MAX, 2).positions(&permutation()), Err(LeaseError::Beyond));
}
