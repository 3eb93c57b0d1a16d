//! What goes wrong, and the name of it.

use mibun_crypto::cipher::BlockCipher;
use mibun_crypto::curve::{Curve, CurveError};
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::Signer;

use super::super::*;
use super::specimen::*;
use crate::apdu::{ApduError, Status};
use crate::bac::BacError;
use crate::chip_authentication::ChipAuthenticationError;
use crate::pace::{PaceError, PaceStep};
use crate::password::{CardAccessNumber, MrzPassword};
use crate::secure_messaging::SecureMessagingError;
use crate::security_info::SecurityInfoError;
use crate::tlv::{self, TlvError};
use crate::virtual_chip::{ActiveKey, Fault, Pretence, Profile, RsaKey, VirtualChip, files};

fn error(profile: Profile) -> ReadingError {
    read(profile, mrz_password(), Relay::Short).expect_err("a fault")
}

#[test]
fn a_wrong_mrz_over_bac() {
    let wrong = Password::Mrz(MrzPassword::new("L898902D", "690806", "940623").expect("fields"));
    let found = read(plain(), wrong, Relay::Short);
    assert_eq!(found, Err(ReadingError::WrongPassword(Status::AuthenticationFailed)));
}

#[test]
fn a_wrong_mrz_and_a_wrong_can_over_pace() {
    let mrz = Password::Mrz(MrzPassword::new("L898902D", "690806", "940623").expect("fields"));
    let can = Password::Can(CardAccessNumber::new("123457").expect("digits"));
    for wrong in [mrz, can] {
        for cipher in CIPHERS {
            let found = read(plain().with_pace(Curve::P256, cipher), wrong.clone(), Relay::Short);
            assert_eq!(found, Err(ReadingError::WrongPassword(Status::AuthenticationFailed)));
        }
    }
}

#[test]
fn a_card_access_number_does_not_open_bac() {
    assert_eq!(read(plain(), can_password(), Relay::Short), Err(ReadingError::MrzNeeded));
}

#[test]
fn a_document_that_is_taken_away_at_any_moment() {
    let whole = read(full(), mrz_password(), Relay::Short).expect("a reading").commands;
    for count in (0..30).chain([whole - 1]) {
        let found = error(full().with_fault(Fault::DropAfter(count)));
        assert_eq!(found, ReadingError::Apdu(ApduError::Short), "after {count}");
    }
}

#[test]
fn an_error_status_at_any_moment() {
    let status = Status::Other(0x6f00);
    let steps = [PaceStep::SetAt, PaceStep::Nonce, PaceStep::Mapping, PaceStep::Agreement, PaceStep::Tokens];
    // Master file, then select, header and rest of EF.CardAccess.
    for (place, step) in (4..).zip(steps) {
        let found = error(full().with_fault(Fault::StatusAfter(place, status)));
        assert_eq!(found, ReadingError::Pace(PaceError::Refused { step, status }));
    }
    let found = error(full().with_fault(Fault::StatusAfter(20, status)));
    assert_eq!(found, ReadingError::SecureMessaging(SecureMessagingError::Unprotected(status)));
    let found = error(plain().with_fault(Fault::StatusAfter(2, status)));
    assert_eq!(found, ReadingError::NoApplication(status));
    let found = error(plain().with_fault(Fault::StatusAfter(3, status)));
    assert_eq!(found, ReadingError::Bac(BacError::Refused(status)));
    let found = error(plain().with_fault(Fault::StatusAfter(4, status)));
    assert_eq!(found, ReadingError::Bac(BacError::Refused(status)));
}

#[test]
fn pace_that_is_offered_and_refused_is_not_replaced_by_bac() {
    let found = error(full().with_fault(Fault::PaceRefused));
    let expected = PaceError::Refused { step: PaceStep::SetAt, status: Status::IncorrectData };
    assert_eq!(found, ReadingError::Pace(expected));
}

#[test]
fn a_copy_without_the_chip_authentication_key_that_says_so() {
    for cipher in CIPHERS {
        let profile = plain().with_chip_authentication(Curve::P256, cipher, None);
        let found = error(profile.with_fault(Fault::NoChipAuthenticationKey(Pretence::Refuses)));
        let refused = ChipAuthenticationError::Refused(Status::ReferencedDataNotFound);
        assert_eq!(found, ReadingError::ChipAuthentication(refused));
    }
}

#[test]
fn a_copy_without_the_chip_authentication_key_that_uses_another() {
    for cipher in CIPHERS {
        let profile = plain().with_chip_authentication(Curve::BrainpoolP256r1, cipher, Some(1));
        let found = error(profile.with_fault(Fault::NoChipAuthenticationKey(Pretence::UsesAnotherKey)));
        assert_eq!(found, ReadingError::ChipNotGenuine);
    }
}

#[test]
fn a_copy_without_the_active_authentication_key_that_says_so() {
    let profile = full().with_fault(Fault::NoActiveAuthenticationKey(Pretence::Refuses));
    let report = read(profile, mrz_password(), Relay::Short).expect("a reading");
    assert_eq!(report.active_authentication, ActiveAuthentication::Refused(Status::ReferencedDataNotFound));
}

#[test]
fn a_copy_without_the_active_authentication_key_that_uses_another() {
    let profile = full().with_fault(Fault::NoActiveAuthenticationKey(Pretence::UsesAnotherKey));
    let report = read(profile, mrz_password(), Relay::Short).expect("a reading");
    let ActiveAuthentication::Answered { challenge, response } = &report.active_authentication else {
        panic!("no answer")
    };
    // The reading does not judge; whoever does sees that the signature is another key's.
    let ActiveKey::Ecdsa(key) = ecdsa() else { panic!("an ECDSA key") };
    assert!(key.public_key().verify(challenge, response).is_err());
}

#[test]
fn a_flipped_bit_in_a_file_is_reported_as_read() {
    let profile = full().with_fault(Fault::FlippedBit(Ef::Dg2, 8 * 20_000));
    let report = read(profile, mrz_password(), Relay::Short).expect("a reading");
    let genuine = full().files[&Ef::Dg2].clone();
    let differing = report.file(Ef::Dg2).expect("read").iter().zip(&genuine).filter(|(left, right)| left != right);
    assert_eq!(differing.count(), 1);
}

#[test]
fn a_flipped_bit_in_a_tag_or_length() {
    let found = error(plain().with_fault(Fault::FlippedBit(Ef::Dg1, 7)));
    assert_eq!(found, ReadingError::File { ef: Ef::Dg1, error: FileError::Tag(0x60) });
    // 75 82 01 2c becomes 75 82 81 2c: longer than the file is.
    let found = error(plain().with_fault(Fault::FlippedBit(Ef::Dg2, 16)));
    assert_eq!(found, ReadingError::File { ef: Ef::Dg2, error: FileError::Refused(Status::WrongOffset) });
}

#[test]
fn a_flipped_bit_in_the_key_for_chip_authentication() {
    let profile = full();
    let last = profile.files[&Ef::Dg14].len() * 8 - 1;
    let found = error(profile.with_fault(Fault::FlippedBit(Ef::Dg14, last)));
    assert_eq!(found, ReadingError::Dg14(SecurityInfoError::Point(CurveError::NotOnCurve)));
}

#[test]
fn a_flipped_bit_in_card_access() {
    // The tag of the first info.
    let found = error(full().with_fault(Fault::FlippedBit(Ef::CardAccess, 23)));
    let error = TlvError::Unexpected { expected: 0x30, found: 0x31 };
    assert_eq!(found, ReadingError::CardAccess(SecurityInfoError::Form(error)));
}

#[test]
fn files_that_claim_too_much() {
    let found = error(plain().with_file(Ef::Dg2, vec![0x75, 0x83, 0x04, 0x00, 0x00, 0, 0, 0]));
    assert_eq!(found, ReadingError::File { ef: Ef::Dg2, error: FileError::TooLong(256 * 1024 + 5) });
    let found = error(plain().with_file(Ef::Sod, vec![0x77, 0x83, 0x01, 0x00, 0x00, 0, 0, 0]));
    assert_eq!(found, ReadingError::File { ef: Ef::Sod, error: FileError::TooLong(64 * 1024 + 5) });
}

#[test]
fn files_that_end_early() {
    let mut short = tlv::encode(0x75, &[7; 300]);
    short.truncate(100);
    let found = error(plain().with_file(Ef::Dg2, short));
    assert_eq!(found, ReadingError::File { ef: Ef::Dg2, error: FileError::Refused(Status::WrongOffset) });
    let found = error(plain().with_file(Ef::Dg2, vec![0x75]));
    assert_eq!(found, ReadingError::File { ef: Ef::Dg2, error: FileError::Truncated });
    let found = error(plain().with_file(Ef::Dg2, vec![0x75, 0x80, 0, 0]));
    assert_eq!(found, ReadingError::File { ef: Ef::Dg2, error: FileError::Header(TlvError::Length) });
}

#[test]
fn files_that_are_listed_and_not_there() {
    let mut profile = full();
    profile.files.remove(&Ef::Dg11);
    let found = error(profile);
    assert_eq!(found, ReadingError::File { ef: Ef::Dg11, error: FileError::Refused(Status::NotFound) });
    let mut profile = full();
    profile.files.remove(&Ef::Sod);
    let found = error(profile);
    assert_eq!(found, ReadingError::File { ef: Ef::Sod, error: FileError::Refused(Status::NotFound) });
}

#[test]
fn an_index_without_its_list() {
    let mut profile = plain();
    profile.files.insert(Ef::Com, tlv::encode(0x60, &tlv::encode(0x5f01, b"0107")));
    assert_eq!(error(profile), ReadingError::Com(TlvError::Missing(0x5c)));
}

#[test]
fn a_chip_that_announces_extended_length_and_does_not_take_it() {
    let mut profile = full().with_extended_length(4096);
    profile.extended_length = false;
    let found = read(profile, mrz_password(), Relay::Extended { longest_response: 4096 });
    let expected = SecureMessagingError::Unprotected(Status::WrongLength);
    assert_eq!(found, Err(ReadingError::SecureMessaging(expected)));
}

#[test]
fn rsa_of_2048_bits_on_a_chip_without_extended_length() {
    let profile = plain().with_active_authentication(ActiveKey::Rsa(RsaKey::known_2048()));
    let found = read(profile, mrz_password(), Relay::Extended { longest_response: 4096 });
    let expected = SecureMessagingError::Unprotected(Status::WrongLength);
    assert_eq!(found, Err(ReadingError::SecureMessaging(expected)));
}

#[test]
fn no_travel_document() {
    let mut profile = plain();
    profile.bac = false;
    assert_eq!(error(profile), ReadingError::NoApplication(Status::SecurityStatus));
}

#[test]
fn a_chip_that_never_ends() {
    let mut reading = Reading::new(mrz_password(), Relay::Short);
    let card_access = tlv::encode(0x31, &[0; 60_000]);
    // EF.CardAccess one byte at a time, for ever.
    let found = run(&mut reading, |command| match command[1] {
        0xa4 => vec![0x90, 0x00],
        _ if command[2] == 0 && command[3] == 0 => [&card_access[..8], &[0x90, 0x00]].concat(),
        _ => vec![0x00, 0x90, 0x00],
    });
    assert_eq!(found, Err(ReadingError::TooManyCommands));
}

#[test]
fn a_relay_that_changes_any_protected_byte_ends_the_reading() {
    for place in [0, 5, 12, 20] {
        let mut chip = VirtualChip::new(full(), "chip");
        let mut reading = Reading::new(mrz_password(), Relay::Short);
        let found = run(&mut reading, |command| {
            let mut response = chip.transmit(command);
            if chip.commands() == 14 {
                let place = place % (response.len() - 2);
                response[place] ^= 1;
            }
            response
        });
        assert!(matches!(found, Err(ReadingError::SecureMessaging(_))), "{found:?}");
    }
}

#[test]
fn a_relay_that_replays_an_answer_ends_the_reading() {
    let mut chip = VirtualChip::new(full(), "chip");
    let mut reading = Reading::new(mrz_password(), Relay::Short);
    let mut last = Vec::new();
    let found = run(&mut reading, |command| {
        if chip.commands() < 14 {
            last = chip.transmit(command);
        }
        last.clone()
    });
    assert_eq!(found, Err(ReadingError::SecureMessaging(SecureMessagingError::Checksum)));
}

#[test]
fn a_failed_reading_has_no_report() {
    let mut reading = Reading::new(mrz_password(), Relay::Short);
    let mut entropy = SeededEntropy::new("reader");
    assert_eq!(reading.receive(&[], &mut entropy), Err(ReadingError::Apdu(ApduError::Short)));
    assert_eq!(reading.receive(&[0x90, 0x00], &mut entropy), Err(ReadingError::NotRunning));
    assert_eq!(reading.next(), Step::Failed(ReadingError::Apdu(ApduError::Short)));
    assert!(reading.into_report().is_none());
}

#[test]
fn a_key_for_chip_authentication_that_is_not_spoken_is_reported() {
    let mut dg14 = files::dg14(&Curve::P256.generator(), BlockCipher::Aes128, None);
    // The number of the domain parameters; 14 is none of our curves.
    let place = dg14.windows(3).rposition(|window| window == [0x02, 0x01, 0x0c]).expect("the number");
    dg14[place + 2] = 14;
    let report = read(plain().with_file(Ef::Dg14, dg14), mrz_password(), Relay::Short).expect("a reading");
    assert_eq!(report.chip_authentication, ChipAuthenticationResult::Unsupported);
}
