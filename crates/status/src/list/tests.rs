use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::{ListError, MAX_BYTES, StatusList, inflate};
use crate::Status;

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn index_zero_is_the_least_significant_bit_of_the_first_byte() {
    let mut list = StatusList::new(1, 16).expect("a list");
    list.set(0, Status::Invalid).expect("an entry");
    list.set(9, Status::Invalid).expect("an entry");
    assert_eq!(list.as_bytes(), [0b0000_0001, 0b0000_0010]);
}

#[test]
fn an_index_beyond_the_end_is_refused_and_does_not_wrap() {
    let mut list = StatusList::new(2, 4).expect("a list");
    assert_eq!(list.get(4), Err(ListError::Index));
    assert_eq!(list.set(u32::MAX, Status::Invalid), Err(ListError::Index));
    assert_eq!(list.as_bytes(), [0]);
}

#[test]
fn a_status_that_does_not_fit_is_refused() {
    let mut list = StatusList::new(1, 8).expect("a list");
    assert_eq!(list.set(0, Status::Suspended), Err(ListError::Status));
}

#[test]
fn odd_bits_are_refused() {
    for bits in [0, 3, 5, 6, 7, 9] {
        assert_eq!(StatusList::new(bits, 8), Err(ListError::Bits));
        assert_eq!(StatusList::inflate(bits, &zlib(&[0])), Err(ListError::Bits));
    }
}

#[test]
fn empty_and_huge_lists_are_refused() {
    assert_eq!(StatusList::new(1, 0), Err(ListError::Size));
    assert_eq!(StatusList::new(1, super::MAX_ENTRIES + 1), Err(ListError::Size));
    assert_eq!(StatusList::inflate(1, &zlib(&[])), Err(ListError::Size));
    assert_eq!(StatusList::inflate(1, &zlib(&vec![0; 2 * 1024 * 1024 + 1])), Err(ListError::Size));
}

#[test]
fn a_bomb_is_stopped_at_the_limit() {
    let bomb = zlib(&vec![0; MAX_BYTES * 4]);
    assert!(bomb.len() < 100_000, "the bomb is small: {}", bomb.len());
    assert_eq!(StatusList::inflate(8, &bomb), Err(ListError::TooLarge));
    // Cut off long before the data has unpacked.
    assert_eq!(inflate(&bomb, 1000), Err(ListError::TooLarge));
}

#[test]
fn cut_off_data_is_refused() {
    let whole = zlib(&[1, 2, 3, 4, 5, 6, 7, 8]);
    for length in 0..whole.len() {
        assert_eq!(StatusList::inflate(8, &whole[..length]), Err(ListError::Compression), "{length}");
    }
}

#[test]
fn data_after_the_end_is_refused() {
    let mut more = zlib(&[1]);
    more.push(0);
    assert_eq!(StatusList::inflate(8, &more), Err(ListError::Trailing));
}

#[test]
fn raw_deflate_and_noise_are_refused() {
    assert_eq!(StatusList::inflate(1, &[0x03, 0x00]), Err(ListError::Compression));
    assert_eq!(StatusList::inflate(1, b"not compressed at all"), Err(ListError::Compression));
}

proptest! {
    #[test]
    fn what_is_set_is_read_after_compression(
        bits in prop::sample::select(vec![1_u8, 2, 4, 8]),
        values in prop::collection::vec(any::<u8>(), 1..300),
    ) {
        let entries = u32::try_from(values.len()).expect("small");
        let mut list = StatusList::new(bits, entries).expect("a list");
        let mask = u8::MAX >> (8 - bits);
        for (index, value) in (0..entries).zip(&values) {
            list.set(index, Status::from_value(value & mask)).expect("fits");
        }
        let read = StatusList::inflate(bits, &list.compress()).expect("our own");
        for (index, value) in (0..entries).zip(&values) {
            prop_assert_eq!(read.get(index), Ok(Status::from_value(value & mask)));
        }
    }
}
