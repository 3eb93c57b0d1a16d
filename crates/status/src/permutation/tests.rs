use std::collections::HashSet;

use super::Permutation;

fn key(seed: u8) -> [u8; 32] {
    [seed; 32]
}

#[test]
fn every_position_is_taken_exactly_once() {
    for size in [1, 2, 3, 5, 100, 1000, 1 << 12] {
        let permutation = Permutation::new(&key(1), size);
        let positions: HashSet<u32> = (0..size).map(|entry| permutation.apply(entry)).collect();
        assert_eq!(positions.len(), size as usize, "size {size}");
        assert!(positions.iter().all(|position| *position < size));
    }
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
