//! What genuine chips lead to.

use mibun_crypto::cipher::BlockCipher;
use mibun_crypto::curve::Curve;
use mibun_crypto::key::Signer;

use super::super::*;
use super::specimen::*;
use crate::tlv;
use crate::virtual_chip::{ActiveKey, RsaKey};

#[test]
fn bac_alone() {
    let profile = plain();
    let files = profile.files.clone();
    let report = read(profile, mrz_password(), Relay::Short).expect("a reading");
    assert_eq!(report.access, Access::Bac);
    assert_eq!(report.chip_authentication, ChipAuthenticationResult::NotOffered);
    assert_eq!(report.active_authentication, ActiveAuthentication::NotOffered);
    assert_files(&report, &files);
}

#[test]
fn pace_over_every_curve_with_every_cipher_by_mrz_and_can() {
    for curve in Curve::ALL {
        for cipher in CIPHERS {
            for password in [mrz_password(), can_password()] {
                let profile = plain().with_pace(curve, cipher);
                let files = profile.files.clone();
                let report = read(profile, password, Relay::Short).expect("a reading");
                assert_eq!(report.access, Access::Pace { curve, cipher });
                assert_files(&report, &files);
            }
        }
    }
}

#[test]
fn chip_authentication_over_every_curve_with_every_cipher_after_bac_and_pace() {
    for curve in Curve::ALL {
        for (place, cipher) in CIPHERS.into_iter().enumerate() {
            let key_id = [None, Some(0x81)][place % 2];
            let bac = plain().with_chip_authentication(curve, cipher, key_id);
            let pace = plain().with_pace(curve, BlockCipher::Aes256).with_chip_authentication(curve, cipher, key_id);
            for profile in [bac, pace] {
                let files = profile.files.clone();
                let report = read(profile, mrz_password(), Relay::Short).expect("a reading");
                assert_eq!(report.chip_authentication, ChipAuthenticationResult::Proven { curve, cipher });
                assert_files(&report, &files);
            }
        }
    }
}

#[test]
fn everything_at_once_in_short_pieces() {
    let profile = full();
    let files = profile.files.clone();
    let report = read(profile, mrz_password(), Relay::Short).expect("a reading");
    assert_files(&report, &files);
    let ActiveAuthentication::Answered { challenge, response } = &report.active_authentication else {
        panic!("{:?}", report.active_authentication)
    };
    let ActiveKey::Ecdsa(key) = ecdsa() else { panic!("an ECDSA key") };
    assert_eq!(key.public_key().verify(challenge, response), Ok(()));
}

#[test]
fn extended_length_takes_fewer_commands() {
    let short = read(full(), mrz_password(), Relay::Short).expect("a reading");
    let relay = Relay::Extended { longest_response: 4096 };
    let profile = full().with_extended_length(0x8000);
    let files = profile.files.clone();
    let extended = read(profile, mrz_password(), relay).expect("a reading");
    assert_files(&extended, &files);
    assert!(extended.commands < 50 && short.commands > 150, "{} {}", extended.commands, short.commands);
}

#[test]
fn a_chip_that_announces_nothing_is_read_in_short_pieces() {
    let relay = Relay::Extended { longest_response: 4096 };
    let profile = full();
    let files = profile.files.clone();
    assert_files(&read(profile, mrz_password(), relay).expect("a reading"), &files);
}

#[test]
fn active_authentication_with_rsa_of_1024_bits_in_short_apdus() {
    let profile = plain().with_active_authentication(ActiveKey::Rsa(RsaKey::known_1024()));
    let report = read(profile, mrz_password(), Relay::Short).expect("a reading");
    let ActiveAuthentication::Answered { response, .. } = report.active_authentication else { panic!("no answer") };
    assert_eq!(response.len(), 128);
}

#[test]
fn active_authentication_with_rsa_of_2048_bits_needs_extended_length() {
    let profile = || plain().with_active_authentication(ActiveKey::Rsa(RsaKey::known_2048()));
    let report = read(profile(), mrz_password(), Relay::Short).expect("a reading");
    assert_eq!(report.active_authentication, ActiveAuthentication::NeedsExtendedLength);
    let relay = Relay::Extended { longest_response: 4096 };
    let report = read(profile().with_extended_length(4096), mrz_password(), relay).expect("a reading");
    let ActiveAuthentication::Answered { challenge, response } = report.active_authentication else {
        panic!("no answer")
    };
    // The public operation, by the same arithmetic, gives the form of ISO/IEC 9796-2 back.
    let key = RsaKey::known_2048();
    let opened = mibun_crypto::raw_rsa::private_operation(key.modulus(), key.public_exponent(), &response);
    let opened = opened.expect("a key");
    assert_eq!((opened[0], opened[255]), (0x6a, 0xbc));
    let hash = mibun_crypto::digest::sha1(&[&opened[1..235], &challenge[..]].concat());
    assert_eq!(opened[235..255], hash);
}

#[test]
fn files_of_every_awkward_length_are_read_whole() {
    for length in [1, 4, 5, 6, 7, 0xdf - 2, 0xdf, 0x7ffe, 0x7fff, 0x8000, 0x8001, 0x8000 + 0xda, 0xfff0] {
        let profile = plain().with_file(Ef::Dg2, tlv::encode(0x75, &vec![9; length]));
        let files = profile.files.clone();
        assert_files(&read(profile, mrz_password(), Relay::Short).expect("a reading"), &files);
    }
}

#[test]
fn a_portrait_beyond_sixteen_bits_is_read_whole() {
    let profile = plain().with_file(Ef::Dg2, tlv::encode(0x75, &vec![9; 100_000])).with_extended_length(0xffff);
    let files = profile.files.clone();
    let relay = Relay::Extended { longest_response: 0xffff };
    assert_files(&read(profile, mrz_password(), relay).expect("a reading"), &files);
}

#[test]
fn a_reading_tells_how_far_it_is() {
    let mut reading = Reading::new(mrz_password(), Relay::Short);
    assert_eq!(reading.progress(), Progress { stage: Stage::Discovery, bytes_done: 0, bytes_total: 0 });
    let mut chip = crate::virtual_chip::VirtualChip::new(full(), "chip");
    let mut stages = Vec::new();
    let mut entropy = mibun_crypto::entropy::SeededEntropy::new("reader");
    while let Step::Send(command) = reading.next() {
        let response = chip.transmit(command);
        reading.receive(&response, &mut entropy).expect("a genuine chip");
        stages.push(reading.progress().stage);
    }
    stages.dedup();
    let file = Stage::File;
    assert_eq!(
        stages,
        [
            Stage::Discovery,
            Stage::Access,
            file(Ef::Com),
            file(Ef::Sod),
            file(Ef::Dg14),
            Stage::ChipAuthentication,
            file(Ef::Dg15),
            Stage::ActiveAuthentication,
            file(Ef::Dg1),
            file(Ef::Dg2),
            file(Ef::Dg11),
            file(Ef::Dg12),
            Stage::Done
        ]
    );
    let total: usize = full().files.values().map(Vec::len).sum();
    assert_eq!((reading.progress().bytes_done, reading.progress().bytes_total), (total, total));
    assert_eq!(reading.receive(&[0x90, 0x00], &mut entropy), Err(ReadingError::NotRunning));
    assert!(matches!(reading.next(), Step::Done(_)), "a stray answer changes nothing");
}

#[test]
fn nothing_personal_shows_in_debug() {
    let mut reading = Reading::new(mrz_password(), Relay::Short);
    let mut chip = crate::virtual_chip::VirtualChip::new(full(), "chip");
    run(&mut reading, |command| chip.transmit(command)).expect("a reading");
    let progress = format!("{:?}", reading.progress());
    assert_eq!(format!("{reading:?}"), format!("Reading {{ progress: {progress}, .. }}"));
    let report = reading.into_report().expect("it is over");
    let shown = format!("{report:?}");
    assert!(shown.contains("Answered([redacted])") && shown.contains("Dg2") && shown.len() < 400, "{shown}");
}
