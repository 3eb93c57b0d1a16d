//! A whole document in software: a made-up state's files on a chip that can do what is asked of it.

use std::collections::BTreeMap;

use mibun_crypto::cipher::BlockCipher;
use mibun_crypto::curve::Curve;
use mibun_crypto::entropy::SeededEntropy;

use super::country::{Country, Document, Person};
use crate::password::{CardAccessNumber, MrzPassword};
use crate::reading::Ef;
use crate::virtual_chip::{ActiveKey, Profile, RsaKey, files};

/// What a chip can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// PACE on P-256 with AES-128, by zone and card access number; without it, BAC alone.
    pub pace: bool,
    /// Chip authentication on P-256 with AES-128.
    pub chip_authentication: bool,
    /// Active authentication with RSA-1024.
    pub active_authentication: bool,
    /// APDUs of extended length.
    pub extended_length: bool,
}

impl Abilities {
    /// Everything.
    pub const ALL: Self =
        Self { pace: true, chip_authentication: true, active_authentication: true, extended_length: true };
    /// An early passport: BAC, and nothing that shows a copy.
    pub const EARLY: Self =
        Self { pace: false, chip_authentication: false, active_authentication: false, extended_length: false };
}

/// The card access number of every specimen.
pub const CAN: &str = "123456";

const CIPHER: BlockCipher = BlockCipher::Aes128;
const LONGEST: u16 = 4_096;

impl Country {
    /// A chip with this person's document, signed by the state.
    ///
    /// # Panics
    /// When the person's fields cannot stand in a zone.
    pub fn specimen(&mut self, person: &Person, portrait: &[u8], can: Abilities) -> Profile {
        let secret = Curve::P256.random_scalar(&mut SeededEntropy::new("chip authentication"));
        let active = can.active_authentication.then(|| ActiveKey::Rsa(RsaKey::known_1024()));
        let mut extra = Vec::new();
        if can.chip_authentication {
            extra.push((14, files::dg14(&secret.public_point(), CIPHER, None)));
        }
        extra.extend(active.as_ref().map(|key| (15, files::dg15(key))));
        let document = self.document(person, portrait, &extra);
        let mut held = held(&document);
        if can.pace {
            held.insert(Ef::CardAccess, files::card_access(Curve::P256, CIPHER));
        }
        if can.extended_length {
            held.insert(Ef::AtrInfo, files::atr_info(LONGEST, LONGEST));
        }
        Profile {
            files: held,
            mrz: zone_password(person),
            can: can.pace.then(|| CardAccessNumber::new(CAN).expect("six digits")),
            pace: can.pace.then_some((Curve::P256, CIPHER)),
            bac: true,
            chip_authentication: can.chip_authentication.then_some((secret, CIPHER)),
            active_authentication: active,
            extended_length: can.extended_length,
            faults: Vec::new(),
        }
    }
}

/// What the zone of a person's document opens.
///
/// # Panics
/// When the person's fields cannot stand in a zone.
pub fn zone_password(person: &Person) -> MrzPassword {
    let [birth, expiry] = zone_dates(person);
    MrzPassword::new(&person.document_number, &birth, &expiry).expect("fields of a zone")
}

/// Birth date and expiry date as they stand in the zone, `YYMMDD`.
pub fn zone_dates(person: &Person) -> [String; 2] {
    [person.birth, person.expiry].map(|date| date.to_string().replace('-', "")[2..].to_owned())
}

/// The files of a document as a chip holds them.
pub fn held(document: &Document) -> BTreeMap<Ef, Vec<u8>> {
    let group = |ef: &Ef| ef.tag().and_then(crate::lds::group_of).and_then(|group| document.groups.get(&group));
    let mut files: BTreeMap<Ef, Vec<u8>> = Ef::ALL.iter().filter_map(|ef| Some((*ef, group(ef)?.clone()))).collect();
    files.insert(Ef::Com, document.com.clone());
    files.insert(Ef::Sod, document.sod.clone());
    files
}
