//! Ten thousand changed bits, none accepted.

use mibun_chip::csca::CscaStore;
use mibun_chip::testing::country::{Country, Document, Signing, ZoneFormat};
use mibun_crypto::entropy::{Entropy, SeededEntropy};
use mibun_crypto::x509::icao::IcaoCertificate;

use crate::world::{JPEG, anna, judge, utopia};

/// Which file to change a bit of.
enum Place {
    Sod,
    Group(u8),
    Authority,
}

fn state(signing: Signing) -> (Country, Document) {
    let mut country = utopia(signing);
    let extra = [(14, vec![0x6e, 2, 0x31, 0]), (15, vec![0x6f, 2, 0x30, 0])];
    let document = country.document(&anna(ZoneFormat::Td3), JPEG, &extra);
    assert!(judge(&document, &country.store()).is_ok(), "unchanged it passes");
    (country, document)
}

/// Whether the document still passes with one bit changed.
fn passes(country: &Country, document: &Document, place: &Place, bit: usize) -> bool {
    let mut document = document.clone();
    let mut authority = country.authority.certificate.clone();
    let file = match place {
        Place::Sod => &mut document.sod,
        Place::Group(group) => document.groups.get_mut(group).expect("there"),
        Place::Authority => &mut authority,
    };
    let bit = bit % (8 * file.len());
    file[bit / 8] ^= 1 << (bit % 8);
    let mut store = CscaStore::new();
    let Ok(authority) = IcaoCertificate::from_der(&authority) else { return false };
    store.add_anchor(authority).is_ok() && judge(&document, &store).is_ok()
}

fn accepted_of(count: usize, signing: Signing) -> Vec<(usize, u32)> {
    let (country, document) = state(signing);
    let mut entropy = SeededEntropy::new(format!("flips {signing:?}"));
    let mut accepted = Vec::new();
    for round in 0..count {
        // The signed object and the certificate in it are where a mistake of ours would hide.
        let place = match entropy.below(10) {
            0 => Place::Group(1),
            1 => Place::Group([2, 11, 14, 15][entropy.below(4) as usize]),
            2 => Place::Authority,
            _ => Place::Sod,
        };
        let bit = entropy.below(u32::MAX);
        if passes(&country, &document, &place, bit as usize) {
            accepted.push((round, bit));
        }
    }
    accepted
}

#[test]
fn most_bits_of_documents_with_rsa() {
    assert_eq!(accepted_of(4_700, Signing::RsaPkcs1), []);
    assert_eq!(accepted_of(4_700, Signing::RsaPss), []);
}

#[test]
fn the_other_bits_of_documents_on_curves() {
    assert_eq!(accepted_of(200, Signing::P256), []);
    assert_eq!(accepted_of(200, Signing::BrainpoolP256r1), []);
    assert_eq!(accepted_of(200, Signing::ExplicitP256), []);
}
