use std::ffi::CString;

use mibun_chip::reading::Relay;
use pcsc::Error;

use super::features::carried;
use super::{choose, named};
use crate::reader::ReaderError;

fn chosen(names: &[&str], wanted: Option<&str>) -> Result<String, ReaderError> {
    let names: Vec<CString> = names.iter().map(|name| CString::new(*name).expect("a name")).collect();
    choose(&names, wanted).map(|name| name.to_string_lossy().into_owned())
}

#[test]
fn the_only_reader_needs_no_name() {
    assert_eq!(chosen(&["ACME 00 00"], None).as_deref(), Ok("ACME 00 00"));
}

#[test]
fn of_two_sides_of_one_reader_the_contactless_one_is_taken() {
    let two = ["ACS ACR1281 ICC 00 00", "ACS ACR1281 PICC 00 01"];
    assert_eq!(chosen(&two, None).as_deref(), Ok(two[1]));
    let two = ["HID OMNIKEY 5422 Smartcard Reader 00 00", "HID OMNIKEY 5422CL Smartcard Reader CL 01 00"];
    assert_eq!(chosen(&two, None).as_deref(), Ok(two[1]));
    assert_eq!(chosen(&["ACME 00 00", "ACME 01 00"], None), Err(ReaderError::WhichReader));
    assert_eq!(chosen(&["ACME PICC 00", "ACME PICC 01"], None), Err(ReaderError::WhichReader));
}

#[test]
fn a_name_chooses_one_reader_or_none() {
    let two = ["ACME 00 00", "ACME 00 00 more"];
    assert_eq!(chosen(&two, Some("ACME 00 00")).as_deref(), Ok(two[0]), "the whole name");
    assert_eq!(chosen(&two, Some("MORE")).as_deref(), Ok(two[1]));
    assert_eq!(chosen(&two, Some("acme")), Err(ReaderError::WhichReader));
    assert_eq!(chosen(&two, Some("other")), Err(ReaderError::UnknownReader));
}

#[test]
fn errors_have_their_names() {
    let all = [
        (Error::NoService, ReaderError::NoService),
        (Error::SecurityViolation, ReaderError::NotLetIn),
        (Error::NoReadersAvailable, ReaderError::NoReader),
        (Error::UnknownReader, ReaderError::UnknownReader),
        (Error::SharingViolation, ReaderError::Busy),
        (Error::NoSmartcard, ReaderError::NoCard),
        (Error::RemovedCard, ReaderError::CardRemoved),
        (Error::UnresponsiveCard, ReaderError::CardMute),
        (Error::ProtoMismatch, ReaderError::OtherProtocol),
        (Error::InsufficientBuffer, ReaderError::TooLong),
        (Error::NoMemory, ReaderError::Other(0x8010_0006)),
    ];
    for (error, name) in all {
        assert_eq!(named(error), name, "{error}");
    }
}

#[test]
fn a_reader_says_whether_it_carries_extended_length() {
    let extended = |longest_response| Relay::Extended { longest_response };
    assert_eq!(carried(&[0x0b, 2, 1, 2, 0x0a, 4, 0, 8, 0, 0]), extended(2_050));
    assert_eq!(carried(&[0x0a, 4, 0, 0, 1, 0]), extended(4_096));
    for short in [&[][..], &[0x0a, 4, 0, 0, 0, 0], &[0x0a, 2, 0, 1], &[0x0a, 4, 0, 8], &[0x0a, 5, 0, 8, 0, 0, 0], &[9]]
    {
        assert_eq!(carried(short), Relay::Short, "{short:?}");
    }
}
