use super::*;

#[test]
fn a_seed_gives_one_stream_however_it_is_read() {
    let mut whole = [0; 100];
    SeededEntropy::new("seed").fill(&mut whole);
    let mut parts = Vec::new();
    let mut entropy = SeededEntropy::new(b"seed");
    for length in [1, 31, 33, 35] {
        let mut part = vec![0; length];
        entropy.fill(&mut part);
        parts.extend(part);
    }
    assert_eq!(parts, whole);
    let mut other = [0; 100];
    SeededEntropy::new("other").fill(&mut other);
    assert_ne!(other, whole);
}

#[test]
fn below_reaches_every_number_and_no_other() {
    let mut entropy = SeededEntropy::new("below");
    let mut seen = [0_u32; 6];
    for _ in 0..6000 {
        seen[entropy.below(6) as usize] += 1;
    }
    assert!(seen.iter().all(|count| (850..1150).contains(count)), "{seen:?}");
    assert_eq!(entropy.below(1), 0);
}

/// Hands out the given words, so that the edge of fairness can be walked.
struct Words(Vec<u32>);

impl Entropy for Words {
    fn fill(&mut self, out: &mut [u8]) {
        out.copy_from_slice(&self.0.remove(0).to_be_bytes());
    }
}

#[test]
fn below_draws_again_past_the_last_whole_multiple() {
    // 2^32 = 3 * 1431655765 + 1: only the very last word is unfair to 3.
    assert_eq!(Words(vec![u32::MAX, 4]).below(3), 1);
    assert_eq!(Words(vec![u32::MAX - 1]).below(3), 2);
    // A power of two divides evenly: nothing is thrown away.
    assert_eq!(Words(vec![u32::MAX]).below(1 << 31), (1 << 31) - 1);
    assert_eq!(Words(vec![u32::MAX, u32::MAX - 1]).below(u32::MAX), u32::MAX - 1);
}

#[test]
fn tokens_and_digits_have_the_length_asked_for() {
    let mut entropy = SeededEntropy::new("token");
    assert_eq!(entropy.token(16).len(), 22);
    let code = entropy.digits(6);
    assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()));
    let source: &mut dyn Entropy = &mut entropy;
    assert_ne!(source.bytes::<16>(), source.bytes::<16>());
}

#[test]
fn a_buffer_never_gives_the_same_bytes_twice() {
    let mut source = SeededEntropy::new("buffered");
    let mut buffered = Buffered::new(&mut source);
    let mut seen = std::collections::HashSet::new();
    for _ in 0..500 {
        let mut salt = [0; 16];
        buffered.fill(&mut salt);
        assert!(seen.insert(salt));
    }
}

#[test]
fn a_buffer_fills_what_is_larger_than_itself() {
    let mut source = SeededEntropy::new("buffered");
    let mut long = vec![0; 5_000];
    Buffered::new(&mut source).fill(&mut long);
    assert!(long.chunks(16).all(|piece| piece.iter().any(|byte| *byte != 0)));
}

#[test]
fn a_buffer_draws_in_large_pieces() {
    struct Counting(u32);
    impl Entropy for Counting {
        fn fill(&mut self, out: &mut [u8]) {
            self.0 += 1;
            out.fill(7);
        }
    }
    let mut source = Counting(0);
    let mut buffered = Buffered::new(&mut source);
    for _ in 0..64 {
        buffered.fill(&mut [0; 16]);
    }
    assert_eq!(source.0, 1);
}
