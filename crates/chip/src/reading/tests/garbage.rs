//! Whatever a relay answers, nothing panics and nothing is believed.

use proptest::prelude::*;

use super::super::*;
use super::specimen::*;
use crate::virtual_chip::VirtualChip;

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Garbage after any number of genuine answers ends the reading without a report, or is answered by garbage again
    /// until it does.
    #[test]
    fn garbage_never_panics_and_never_ends_in_a_report(
        genuine in 0_u32..40,
        garbage in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..4),
        success in any::<bool>(),
    ) {
        let mut chip = VirtualChip::new(full(), "chip");
        let mut reading = Reading::new(mrz_password(), Relay::Short);
        let mut turn = 0;
        let found = run(&mut reading, |command| {
            if chip.commands() < genuine {
                return chip.transmit(command);
            }
            turn += 1;
            let mut response = garbage[turn % garbage.len()].clone();
            if success {
                response.extend([0x90, 0x00]);
            }
            response
        });
        prop_assert!(found.is_err());
        prop_assert!(reading.into_report().is_none());
    }

    /// One changed bit in one answer, from the first of PACE on, ends the reading.
    #[test]
    fn a_changed_bit_in_any_answer_ends_the_reading(turn in 5_u32..60, bit in any::<u16>()) {
        let mut chip = VirtualChip::new(full(), "chip");
        let mut reading = Reading::new(mrz_password(), Relay::Short);
        let found = run(&mut reading, |command| {
            let mut response = chip.transmit(command);
            if chip.commands() == turn {
                let bit = usize::from(bit) % (response.len() * 8);
                response[bit / 8] ^= 0x80 >> (bit % 8);
            }
            response
        });
        prop_assert!(found.is_err(), "{turn} {bit}");
    }
}
