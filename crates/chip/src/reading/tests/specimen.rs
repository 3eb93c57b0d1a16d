//! A chip to read, and somebody who relays.

use std::collections::BTreeMap;

use mibun_crypto::cipher::BlockCipher;
use mibun_crypto::curve::Curve;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::SoftwareKey;

use super::super::*;
use crate::password::{CardAccessNumber, MrzPassword};
use crate::tlv;
use crate::virtual_chip::{ActiveKey, Fault, Profile, VirtualChip, files};

pub const CAN: &str = "123456";
pub const CIPHERS: [BlockCipher; 4] =
    [BlockCipher::TripleDes, BlockCipher::Aes128, BlockCipher::Aes192, BlockCipher::Aes256];

/// Longer than what P1 and P2 can address.
pub const PORTRAIT: usize = 40_000;

pub fn mrz() -> MrzPassword {
    MrzPassword::new("L898902C", "690806", "940623").expect("the worked example's fields")
}

pub fn mrz_password() -> Password {
    Password::Mrz(mrz())
}

pub fn can_password() -> Password {
    Password::Can(CardAccessNumber::new(CAN).expect("six digits"))
}

/// A chip that speaks BAC and has two data groups, the portrait short.
pub fn plain() -> Profile {
    let files = BTreeMap::from([
        (Ef::Sod, tlv::encode(0x77, &[0x30; 700])),
        (Ef::Dg1, tlv::encode(0x61, &tlv::encode(0x5f1f, &[b'<'; 88]))),
        (Ef::Dg2, tlv::encode(0x75, &[7; 300])),
    ]);
    Profile {
        files,
        mrz: mrz(),
        can: Some(CardAccessNumber::new(CAN).expect("six digits")),
        pace: None,
        bac: true,
        chip_authentication: None,
        active_authentication: None,
        extended_length: false,
        faults: Vec::new(),
    }
    .listed()
}

impl Profile {
    /// With an EF.COM that lists what there is.
    pub(super) fn listed(mut self) -> Self {
        let com = files::com(self.files.keys().copied());
        self.files.insert(Ef::Com, com);
        self
    }

    pub(super) fn with_file(mut self, ef: Ef, bytes: Vec<u8>) -> Self {
        self.files.insert(ef, bytes);
        self.listed()
    }

    pub(super) fn with_pace(mut self, curve: Curve, cipher: BlockCipher) -> Self {
        self.pace = Some((curve, cipher));
        self.with_file(Ef::CardAccess, files::card_access(curve, cipher))
    }

    pub(super) fn with_chip_authentication(mut self, curve: Curve, cipher: BlockCipher, key_id: Option<u8>) -> Self {
        let secret = curve.random_scalar(&mut SeededEntropy::new("chip key"));
        let dg14 = files::dg14(&secret.public_point(), cipher, key_id);
        self.chip_authentication = Some((secret, cipher));
        self.with_file(Ef::Dg14, dg14)
    }

    pub(super) fn with_active_authentication(mut self, key: ActiveKey) -> Self {
        let dg15 = files::dg15(&key);
        self.active_authentication = Some(key);
        self.with_file(Ef::Dg15, dg15)
    }

    pub(super) fn with_extended_length(mut self, longest: u16) -> Self {
        self.extended_length = true;
        self.with_file(Ef::AtrInfo, files::atr_info(longest, longest))
    }

    pub(super) fn with_fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }
}

pub fn ecdsa() -> ActiveKey {
    ActiveKey::Ecdsa(SoftwareKey::generate(&mut SeededEntropy::new("active key")))
}

/// Everything that there is, over PACE.
pub fn full() -> Profile {
    plain()
        .with_file(Ef::Dg2, tlv::encode(0x75, &vec![7; PORTRAIT]))
        .with_file(Ef::Dg11, tlv::encode(0x6b, &[1; 40]))
        .with_file(Ef::Dg12, tlv::encode(0x6c, &[2; 41]))
        .with_pace(Curve::P256, BlockCipher::Aes128)
        .with_chip_authentication(Curve::P256, BlockCipher::Aes128, None)
        .with_active_authentication(ecdsa())
}

/// Relays until the reading is over.
pub fn read(profile: Profile, password: Password, relay: Relay) -> Result<Report, ReadingError> {
    let mut reading = Reading::new(password, relay);
    let mut chip = VirtualChip::new(profile, "chip");
    run(&mut reading, |command| chip.transmit(command))?;
    Ok(reading.into_report().expect("it is over"))
}

/// Relays until the reading is over, and sees to it that progress never goes back.
pub fn run(reading: &mut Reading, mut relay: impl FnMut(&[u8]) -> Vec<u8>) -> Result<(), ReadingError> {
    let mut entropy = SeededEntropy::new("reader");
    let mut before = 0;
    loop {
        let response = match reading.next() {
            Step::Send(command) => relay(command),
            Step::Done(_) => return Ok(()),
            Step::Failed(error) => return Err(error),
        };
        let received = reading.receive(&response, &mut entropy);
        let progress = reading.progress();
        match received {
            Ok(()) => {
                assert!(before <= progress.bytes_done && progress.bytes_done <= progress.bytes_total, "{progress:?}");
                before = progress.bytes_done;
            }
            Err(error) => {
                assert_eq!(reading.next(), Step::Failed(error));
                assert_eq!(progress.stage, Stage::Failed);
            }
        }
    }
}

/// The report has every file of the profile, byte by byte.
pub fn assert_files(report: &Report, expected: &BTreeMap<Ef, Vec<u8>>) {
    let found: BTreeMap<Ef, Vec<u8>> = report.files().map(|(ef, bytes)| (ef, bytes.to_vec())).collect();
    let keys = |files: &BTreeMap<Ef, Vec<u8>>| files.keys().copied().collect::<Vec<_>>();
    assert_eq!(keys(&found), keys(expected));
    assert!(found == *expected, "the bytes of a file differ");
}
