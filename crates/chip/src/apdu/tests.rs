use proptest::prelude::*;

use super::*;

#[test]
fn the_four_short_cases() {
    let plain = Command::new(0x84, 1, 2);
    assert_eq!(plain.encode(), Ok(vec![0, 0x84, 1, 2]));
    assert_eq!(plain.clone().expecting(8).encode(), Ok(vec![0, 0x84, 1, 2, 8]));
    assert_eq!(plain.clone().expecting(256).encode(), Ok(vec![0, 0x84, 1, 2, 0]));
    assert_eq!(plain.clone().with_data(vec![9]).encode(), Ok(vec![0, 0x84, 1, 2, 1, 9]));
    assert_eq!(plain.with_data(vec![9]).expecting(256).encode(), Ok(vec![0, 0x84, 1, 2, 1, 9, 0]));
}

#[test]
fn the_three_extended_cases() {
    let plain = Command::new(0x84, 1, 2);
    assert_eq!(plain.clone().expecting(65_536).encode(), Ok(vec![0, 0x84, 1, 2, 0, 0, 0]));
    assert_eq!(plain.clone().expecting(257).encode(), Ok(vec![0, 0x84, 1, 2, 0, 1, 1]));
    assert_eq!(plain.clone().with_data(vec![9]).expecting(300).encode(), Ok(vec![0, 0x84, 1, 2, 0, 0, 1, 9, 1, 44]));
    let long = plain.with_data(vec![7; 256]).encode().expect("fits");
    assert_eq!(long[..7], [0, 0x84, 1, 2, 0, 1, 0]);
    assert_eq!(long.len(), 7 + 256);
}

#[test]
fn refuses_what_extended_length_cannot_say() {
    assert_eq!(Command::new(0, 0, 0).with_data(vec![0; 65_536]).encode(), Err(ApduError::Long));
    assert_eq!(Command::new(0, 0, 0).expecting(65_537).encode(), Err(ApduError::Long));
    assert_eq!(Response::parse(&[0; 65_539]), Err(ApduError::Long));
    assert_eq!(Response::parse(&[0x90]), Err(ApduError::Short));
}

#[test]
fn refuses_lengths_that_contradict_the_bytes() {
    for bytes in [&[0, 1, 2, 3, 2, 9][..], &[0, 1, 2, 3, 1, 9, 0, 0], &[0, 1, 2, 3, 0, 0, 2, 9], &[0, 1, 2, 3, 0, 0]] {
        assert_eq!(Command::parse(bytes), Err(ApduError::Length), "{bytes:x?}");
    }
    assert_eq!(Command::parse(&[0, 1, 2]), Err(ApduError::Short));
}

#[test]
fn data_does_not_show_in_debug() {
    let command = Command::new(0x82, 0, 0).with_data(b"L898902C".to_vec());
    assert_eq!(format!("{command:?}"), "Command(00 82 00 00, 8 bytes)");
    let response = Response { data: b"L898902C".to_vec(), status: Status::TriesLeft(2) };
    assert_eq!(format!("{response:?}"), "Response(63c2, 8 bytes)");
}

proptest! {
    #[test]
    fn every_status_keeps_its_number(word in any::<u16>()) {
        let status = Status::from_bytes(word.to_be_bytes());
        prop_assert_eq!(status.to_bytes(), word.to_be_bytes());
        prop_assert_eq!(status.is_success(), word == 0x9000);
    }

    #[test]
    fn commands_are_read_as_written(header in any::<[u8; 4]>(), data in prop::collection::vec(any::<u8>(), 0..400),
                                    expected in prop::option::of(1_usize..=65_536)) {
        let [cla, ins, p1, p2] = header;
        let command = Command { cla, ins, p1, p2, data, expected };
        prop_assert_eq!(Command::parse(&command.encode().expect("fits")), Ok(command));
    }

    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = Command::parse(&bytes);
        let _ = Response::parse(&bytes);
    }
}
