use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::{ListError, MAX_BYTES, MAX_ENTRIES, StatusList, inflate};
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
    assert_eq!(StatusList::new(1, MAX_ENTRIES + 1), Err(ListError::Size));
    assert_eq!(StatusList::inflate(1, &zlib(&[])), Err(ListError::Size));
}

#[test]
fn the_largest_list_of_each_width_is_read_and_one_byte_more_is_refused() {
    for bits in [1_u8, 2, 4, 8] {
        let most = MAX_BYTES / 8 * usize::from(bits);
        let largest = StatusList::inflate(bits, &zlib(&vec![0; most])).expect("within the limit");
        assert_eq!(largest.entries(), MAX_ENTRIES, "{bits} bits");
        assert_eq!(StatusList::inflate(bits, &zlib(&vec![0; most + 1])), Err(ListError::TooLarge), "{bits} bits");
    }
}

#[test]
fn a_list_is_built_from_the_entries_that_are_not_valid() {
    let entries = [(0, Status::Invalid), (5, Status::Suspended), (5, Status::Other(3))];
    let list = StatusList::from_entries(2, 8, entries).expect("a list");
    assert_eq!(list.as_bytes(), [0b0000_0001, 0b0000_1100]);
    assert_eq!(StatusList::from_entries(1, 8, []), StatusList::new(1, 8));
}

#[test]
fn entries_that_do_not_fit_the_list_are_refused() {
    let build = |bits, size, entry| StatusList::from_entries(bits, size, [entry]);
    assert_eq!(build(2, 8, (8, Status::Invalid)), Err(ListError::Index));
    assert_eq!(build(1, 8, (0, Status::Suspended)), Err(ListError::Status));
    assert_eq!(build(2, 8, (0, Status::Other(4))), Err(ListError::Status));
    assert_eq!(build(3, 8, (0, Status::Valid)), Err(ListError::Bits));
    assert_eq!(build(2, 0, (0, Status::Valid)), Err(ListError::Size));
}

#[test]
fn an_entry_can_become_valid_again_without_touching_its_neighbours() {
    for bits in [1, 2, 4, 8] {
        let mut list = StatusList::new(bits, 64).expect("a list");
        let full = Status::from_value(u8::MAX >> (8 - bits));
        (0..64).try_for_each(|index| list.set(index, full)).expect("within");
        list.set(17, Status::Valid).expect("within");
        assert!((0..64).all(|index| list.get(index) == Ok(if index == 17 { Status::Valid } else { full })), "{bits}");
    }
}

#[test]
fn a_changed_byte_of_compressed_data_never_gives_another_list() {
    let list = StatusList::from_entries(2, 4096, (0..4096).step_by(7).map(|index| (index, Status::Invalid)));
    let list = list.expect("a list");
    let whole = list.compress();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        match StatusList::inflate(2, &changed) {
            // The bits between the data and its checksum mean nothing.
            Ok(read) => assert_eq!(read, list, "byte {at}"),
            Err(error) => assert!(matches!(error, ListError::Compression | ListError::Trailing), "byte {at}: {error}"),
        }
    }
}

#[test]
fn compressed_data_that_needs_a_dictionary_is_refused() {
    // CMF 0x78, FLG with FDICT set and the check bits right: RFC 1950 section 2.2.
    assert_eq!(StatusList::inflate(1, &[0x78, 0x20, 0, 0, 0, 1, 3, 0]), Err(ListError::Compression));
}

#[test]
fn debug_shows_the_size_and_no_entry() {
    let list = StatusList::new(2, 1024).expect("a list");
    assert_eq!(format!("{list:?}"), "StatusList(1024 entries of 2 bits)");
}

#[test]
fn a_bomb_is_stopped_at_the_limit() {
    let bomb = zlib(&vec![0; MAX_BYTES * 4]);
    assert!(bomb.len() < 100_000, "the bomb is small: {}", bomb.len());
    assert_eq!(StatusList::inflate(8, &bomb), Err(ListError::TooLarge));
    // A list of single bits may be an eighth as large.
    assert_eq!(StatusList::inflate(1, &bomb), Err(ListError::TooLarge));
    // Cut off long before the data has unpacked: what follows the limit may be anything.
    let start = &bomb[..bomb.len() / 2];
    assert_eq!(inflate(start, 1000), Err(ListError::TooLarge));
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
