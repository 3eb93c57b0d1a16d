//! Files for a chip in software that say what it can do.

use mibun_crypto::cipher::BlockCipher;
use mibun_crypto::curve::{Curve, Point};
use mibun_crypto::key::Signer;

use super::ActiveKey;
use crate::reading::Ef;
use crate::security_info::{CHIP_AUTHENTICATION_ECDH, PACE_ECDH_GM, cipher_number, parameter_id_of_curve};
use crate::tlv;

const INTEGER: u32 = 0x02;
const BIT_STRING: u32 = 0x03;
const OBJECT_IDENTIFIER: u32 = 0x06;
const SEQUENCE: u32 = 0x30;
const SET: u32 = 0x31;
/// `id-PK-ECDH` (0.4.0.127.0.7.2.2.1.2).
const PUBLIC_KEY_ECDH: [u8; 9] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02];
/// `standardizedDomainParameters` (0.4.0.127.0.7.1.2).
const STANDARDIZED_PARAMETERS: [u8; 7] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x02];
/// `rsaEncryption` (1.2.840.113549.1.1.1) with the parameter NULL.
const RSA_ENCRYPTION: [u8; 13] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// EF.COM of LDS 1.7 and Unicode 4.0, listing the data groups among `files`.
pub fn com(files: impl IntoIterator<Item = Ef>) -> Vec<u8> {
    let groups = files.into_iter().filter(|ef| !matches!(ef, Ef::CardAccess | Ef::AtrInfo | Ef::Com | Ef::Sod));
    let list: Vec<u8> = groups.filter_map(Ef::tag).collect();
    let inner = [tlv::encode(0x5f01, b"0107"), tlv::encode(0x5f36, b"040000"), tlv::encode(0x5c, &list)];
    tlv::encode(0x60, &inner.concat())
}

/// EF.CardAccess that offers PACE with generic mapping over one curve.
pub fn card_access(curve: Curve, cipher: BlockCipher) -> Vec<u8> {
    let protocol = [&PACE_ECDH_GM[..], &[cipher_number(cipher)]].concat();
    let parameters = integer(&[parameter_id_of_curve(curve) as u8]);
    let info = [tlv::encode(OBJECT_IDENTIFIER, &protocol), integer(&[2]), parameters].concat();
    tlv::encode(SET, &tlv::encode(SEQUENCE, &info))
}

/// EF.ATR/INFO that announces how long extended APDUs may be.
pub fn atr_info(longest_command: u16, longest_response: u16) -> Vec<u8> {
    let numbers = [integer(&longest_command.to_be_bytes()), integer(&longest_response.to_be_bytes())].concat();
    [tlv::encode(0x47, &[0, 0, 0x40]), tlv::encode(0x7f66, &numbers)].concat()
}

/// EF.DG14 with one key for chip authentication.
pub fn dg14(public_key: &Point, cipher: BlockCipher, key_id: Option<u8>) -> Vec<u8> {
    let key_id = key_id.map(|id| integer(&[id])).unwrap_or_default();
    let parameters = integer(&[parameter_id_of_curve(public_key.curve()) as u8]);
    let algorithm = [tlv::encode(OBJECT_IDENTIFIER, &STANDARDIZED_PARAMETERS), parameters].concat();
    let bits = [&[0][..], public_key.as_bytes()].concat();
    let spki = [tlv::encode(SEQUENCE, &algorithm), tlv::encode(BIT_STRING, &bits)].concat();
    let key = [tlv::encode(OBJECT_IDENTIFIER, &PUBLIC_KEY_ECDH), tlv::encode(SEQUENCE, &spki), key_id.clone()];
    let protocol = [&CHIP_AUTHENTICATION_ECDH[..], &[cipher_number(cipher)]].concat();
    let way = [tlv::encode(OBJECT_IDENTIFIER, &protocol), integer(&[1]), key_id];
    let infos = [tlv::encode(SEQUENCE, &way.concat()), tlv::encode(SEQUENCE, &key.concat())];
    tlv::encode(0x6e, &tlv::encode(SET, &infos.concat()))
}

/// EF.DG15 with the public half of a key.
pub fn dg15(key: &ActiveKey) -> Vec<u8> {
    let spki = match key {
        ActiveKey::Ecdsa(key) => key.public_key().to_spki_der(),
        ActiveKey::Rsa(key) => {
            let numbers = [integer(key.modulus()), integer(key.public_exponent())].concat();
            let bits = [&[0][..], &tlv::encode(SEQUENCE, &numbers)].concat();
            let algorithm = tlv::encode(SEQUENCE, &RSA_ENCRYPTION);
            tlv::encode(SEQUENCE, &[algorithm, tlv::encode(BIT_STRING, &bits)].concat())
        }
    };
    tlv::encode(0x6f, &spki)
}

/// A number that is not negative.
fn integer(number: &[u8]) -> Vec<u8> {
    let padding: &[u8] = if number.first().is_some_and(|byte| byte & 0x80 != 0) { &[0] } else { &[] };
    tlv::encode(INTEGER, &[padding, number].concat())
}
