//! The chip in software, read by a reader that somebody else wrote.
//!
//! Our own reader and chip share code, so a mistake in it could cancel itself out. The worked examples bind the reader;
//! this binds the chip.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use dmrtd::com::{TransceiveError, Transceiver};
use dmrtd::passport::Passport;
use dmrtd::proto::can_key::CanKey;
use dmrtd::proto::dba_key::DBAKey;
use mibun_chip::password::{CardAccessNumber, MrzPassword};
use mibun_chip::reading::Ef;
use mibun_chip::tlv;
use mibun_chip::virtual_chip::{ActiveKey, Profile, RsaKey, VirtualChip, files};
use mibun_crypto::cipher::BlockCipher;
use mibun_crypto::curve::Curve;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Algorithm, SoftwareKey};

/// A specimen of ICAO Doc 9303 part 4.
const MRZ: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";
const CAN: &str = "123456";
/// The other reader does not speak PACE with 3DES.
const CIPHERS: [BlockCipher; 3] = [BlockCipher::Aes128, BlockCipher::Aes192, BlockCipher::Aes256];

struct Relay(VirtualChip);

impl Transceiver for Relay {
    fn transceive(&mut self, apdu: &[u8]) -> Result<Vec<u8>, TransceiveError> {
        Ok(self.0.transmit(apdu))
    }
}

fn passport(pace: Option<(Curve, BlockCipher)>, active: Option<ActiveKey>) -> Passport<Relay> {
    let mut held = BTreeMap::from([(Ef::Dg1, tlv::encode(0x61, &tlv::encode(0x5f1f, MRZ.as_bytes())))]);
    if let Some((curve, cipher)) = pace {
        held.insert(Ef::CardAccess, files::card_access(curve, cipher));
    }
    if let Some(key) = &active {
        held.insert(Ef::Dg15, files::dg15(key));
    }
    held.insert(Ef::Com, files::com(held.keys().copied()));
    let profile = Profile {
        files: held,
        mrz: MrzPassword::new("L898902C3", "740812", "120415").expect("the specimen's fields"),
        can: Some(CardAccessNumber::new(CAN).expect("six digits")),
        pace,
        bac: true,
        chip_authentication: None,
        active_authentication: active,
        extended_length: true,
        faults: Vec::new(),
    };
    Passport::new(Relay(VirtualChip::new(profile, "chip")))
}

fn key(pace: bool) -> DBAKey {
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a date");
    DBAKey::new("L898902C3", date(1974, 8, 12), date(2012, 4, 15), pace).expect("the specimen's fields")
}

fn assert_reads(passport: &mut Passport<Relay>) {
    let dg1 = passport.read_ef_dg1().expect("EF.DG1");
    assert_eq!(dg1.mrz().document_number(), "L898902C3");
    passport.read_ef_com().expect("EF.COM");
}

#[test]
fn over_bac() {
    let mut passport = passport(None, None);
    passport.start_session(key(false)).expect("BAC");
    assert_reads(&mut passport);
}

#[test]
fn over_bac_with_a_wrong_date_not_at_all() {
    let mut passport = passport(None, None);
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a date");
    let wrong = DBAKey::new("L898902C3", date(1974, 8, 13), date(2012, 4, 15), false).expect("fields");
    assert!(passport.start_session(wrong).is_err());
}

#[test]
fn over_pace_on_every_curve_with_every_cipher_by_mrz_and_can() {
    for curve in Curve::ALL {
        for cipher in CIPHERS {
            let mut by_mrz = passport(Some((curve, cipher)), None);
            let card_access = by_mrz.read_ef_card_access().expect("EF.CardAccess");
            by_mrz.start_session_pace(key(true), &card_access).unwrap_or_else(|e| panic!("{curve:?} {cipher:?}: {e}"));
            assert_reads(&mut by_mrz);
            let mut by_can = passport(Some((curve, cipher)), None);
            let card_access = by_can.read_ef_card_access().expect("EF.CardAccess");
            by_can.start_session_pace(CanKey::new(CAN).expect("six digits"), &card_access).expect("PACE");
            assert_reads(&mut by_can);
        }
    }
}

/// RSA of 2048 bits is not among them: the other reader asks for it with a short Le, which the answer outgrows.
#[test]
fn active_authentication_is_verified() {
    let ecdsa = SoftwareKey::generate_for(Algorithm::Es256, &mut SeededEntropy::new("active"));
    for key in [ActiveKey::Rsa(RsaKey::known_1024()), ActiveKey::Ecdsa(ecdsa)] {
        let mut passport = passport(None, Some(key));
        passport.start_session(self::key(false)).expect("BAC");
        passport.verify_active_authentication(&[1, 2, 3, 4, 5, 6, 7, 8]).expect("a genuine chip");
    }
}
