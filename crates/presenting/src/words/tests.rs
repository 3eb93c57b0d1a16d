use std::collections::BTreeSet;

use super::*;

#[test]
fn both_sides_compute_the_same_words() {
    assert_eq!(words("request-nonce", "wallet-nonce"), words("request-nonce", "wallet-nonce"));
}

#[test]
fn another_wallet_gets_other_words() {
    assert_ne!(indices("request-nonce", "wallet-nonce"), indices("request-nonce", "another-wallet"));
}

#[test]
fn the_border_between_the_nonces_counts() {
    assert_ne!(indices("ab", "c"), indices("a", "bc"));
}

#[test]
fn the_two_words_are_never_the_same() {
    for i in 0..5_000 {
        let (first, second) = indices(&i.to_string(), "w");
        assert_ne!(first, second, "nonce {i}");
    }
}

#[test]
fn every_word_comes_up_in_either_place() {
    let drawn: Vec<_> = (0..5_000).map(|i| indices(&i.to_string(), "w")).collect();
    let first: BTreeSet<_> = drawn.iter().map(|pair| pair.0).collect();
    let second: BTreeSet<_> = drawn.iter().map(|pair| pair.1).collect();
    assert_eq!((first.len(), second.len()), (64, 64));
}

#[test]
fn the_words_of_a_known_exchange_stay_what_they_are() {
    // Wallets of another make compute them too: changing list or order breaks them.
    let Words { first, second } = words("n-0S6_WzA2Mj", "w-1234567890");
    assert_eq!((first.en.as_ref(), second.en.as_ref()), ("envelope", "honey"));
}

#[test]
fn english_words_differ_in_their_beginning_and_by_three_letters() {
    for (i, a) in LIST.iter().enumerate() {
        for b in &LIST[..i] {
            assert_ne!(a.en[..3], b.en[..3]);
            assert!(edits(&a.en, &b.en) >= 3, "{} and {}", a.en, b.en);
        }
    }
}

#[test]
fn japanese_words_are_not_part_of_each_other() {
    for (i, a) in LIST.iter().enumerate() {
        for b in &LIST[..i] {
            assert!(!a.ja.contains(&*b.ja) && !b.ja.contains(&*a.ja), "{} and {}", a.ja, b.ja);
        }
    }
}

#[test]
fn chinese_words_share_no_telling_character() {
    for (i, a) in LIST.iter().enumerate() {
        for b in &LIST[..i] {
            let shared = a.zh_hans.chars().any(|c| c != '子' && b.zh_hans.contains(c));
            assert!(!shared, "{} and {}", a.zh_hans, b.zh_hans);
        }
    }
}

/// Levenshtein distance.
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
