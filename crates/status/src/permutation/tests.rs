use std::collections::HashSet;

use super::Permutation;

fn key(seed: u8) -> [u8; 32] {
    [seed; 32]
}

#[test]
fn every_position_is_taken_exactly_once() {
    for size in [1, 2, 3, 5, 100, 1000, (1 << 12) + 1] {
        let permutation = Permutation::new(&key(1), size);
        let positions: HashSet<u32> = (0..size).map(|entry| permutation.apply(entry)).collect();
        assert_eq!(positions.len(), size as usize, "size {size}");
        assert!(positions.iter().all(|position| *position < size));
    }
}

#[test]
fn all_of_two_to_the_sixteen_is_one_to_one_both_ways() {
    let permutation = Permutation::new(&key(4), 1 << 16);
    let mut taken = vec![false; 1 << 16];
    for entry in 0..1 << 16 {
        let position = permutation.apply(entry);
        assert!(!std::mem::replace(&mut taken[position as usize], true), "position {position} is taken twice");
        assert_eq!(permutation.invert(position), entry);
    }
    assert!(taken.iter().all(|taken| *taken));
}

#[test]
fn no_two_of_ten_thousand_entries_of_two_to_the_twenty_meet() {
    let permutation = Permutation::new(&key(5), 1 << 20);
    let entries = (0..5000).chain((1 << 19)..(1 << 19) + 5000);
    let positions: HashSet<u32> = entries.map(|entry| permutation.apply(entry)).collect();
    assert_eq!(positions.len(), 10_000);
    assert!(positions.iter().all(|position| *position < 1 << 20));
}

#[test]
fn the_inverse_finds_the_entry_again() {
    for size in [7, 1 << 10, 1 << 17, 1 << 20, u32::MAX] {
        let permutation = Permutation::new(&key(2), size);
        for entry in (0..50).map(|step| step * (size / 50)) {
            assert_eq!(permutation.invert(permutation.apply(entry)), entry, "size {size}");
        }
    }
}

#[test]
fn another_key_gives_another_order() {
    let (one, two) = (Permutation::new(&key(1), 1 << 20), Permutation::new(&key(2), 1 << 20));
    let same = (0..200).filter(|entry| one.apply(*entry) == two.apply(*entry)).count();
    assert!(same <= 2, "{same} of 200 entries stand at the same place");
}

#[test]
fn neighbours_do_not_stay_neighbours() {
    let permutation = Permutation::new(&key(3), 1 << 20);
    let positions: Vec<u32> = (0..1000).map(|entry| permutation.apply(entry)).collect();
    let close = positions.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) < 1 << 10).count();
    // Of random pairs, about two in a thousand lie that close.
    assert!(close < 12, "{close} of 999 neighbours stay close");
    let rising = positions.windows(2).filter(|pair| pair[0] < pair[1]).count();
    assert!((420..=580).contains(&rising), "{rising} of 999 steps go up");
}

#[test]
fn positions_spread_evenly_over_the_list() {
    let permutation = Permutation::new(&key(6), 1 << 20);
    let mut sixteenths = [0_u32; 16];
    for entry in 0..16_000 {
        sixteenths[(permutation.apply(entry) >> 16) as usize] += 1;
    }
    // A thousand each, with a standard deviation of about thirty.
    assert!(sixteenths.iter().all(|count| (850..1150).contains(count)), "{sixteenths:?}");
}

#[test]
fn lists_of_other_sizes_under_one_key_are_in_another_order() {
    let (small, large) = (Permutation::new(&key(7), 1 << 20), Permutation::new(&key(7), (1 << 20) - 1));
    let same = (0..200).filter(|entry| small.apply(*entry) == large.apply(*entry)).count();
    assert!(same <= 2, "{same} of 200 entries stand at the same place");
}

#[test]
fn an_empty_list_has_one_entry_rather_than_none() {
    assert_eq!(Permutation::new(&key(8), 0).size(), 1);
    assert_eq!(Permutation::new(&key(8), 0).apply(0), 0);
}

#[test]
fn debug_shows_no_key() {
    assert_eq!(format!("{:?}", Permutation::new(&key(9), 16)), "Permutation([redacted], 16)");
}
