//! What holds for every presentation.

use proptest::prelude::*;

use super::fixture::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_presentation_with_any_bit_flipped_is_refused(position: usize, bit in 0_u8..8) {
        let good = good();
        let mut bytes = good.clone().into_bytes();
        let length = bytes.len();
        bytes[position % length] ^= 1 << bit;
        if let Ok(flipped) = String::from_utf8(bytes) {
            let verdict = verdict(&flipped);
            prop_assert!(!verdict.is_accepted() && verdict.fields.is_empty());
        }
    }

    #[test]
    fn a_status_list_with_any_bit_flipped_vouches_for_nobody(position: usize, bit in 0_u8..8) {
        let mut bytes = world().list.clone().into_bytes();
        let length = bytes.len();
        bytes[position % length] ^= 1 << bit;
        if let Ok(flipped) = String::from_utf8(bytes) {
            prop_assert!(!verdict_with(&good(), &expectation(hotel()), &flipped).is_accepted());
        }
    }

    #[test]
    fn a_presentation_cut_anywhere_is_refused(position: usize) {
        let good = good();
        prop_assert!(!verdict(&good[..position % good.len()]).is_accepted());
    }

    #[test]
    fn no_text_brings_the_judge_down(text in "\\PC{0,300}") {
        prop_assert!(!verdict(&text).is_accepted());
    }
}
