//! Object identifiers, as the contents of their DER encoding, and what they say.

use mibun_crypto::cipher::BlockCipher;

use super::{Agreement, Mapping};

/// `id-PACE` (0.4.0.127.0.7.2.2.4); mapping and cipher follow.
const PACE: [u8; 8] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04];
/// `id-CA` (0.4.0.127.0.7.2.2.3); agreement and cipher follow.
const CHIP_AUTHENTICATION: [u8; 8] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x03];
/// `id-PK` (0.4.0.127.0.7.2.2.1); the agreement follows.
const PUBLIC_KEY: [u8; 8] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x01];
/// `id-TA` (0.4.0.127.0.7.2.2.2).
pub(super) const TERMINAL_AUTHENTICATION: [u8; 8] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x02];
/// `id-icao-mrtd-security-aaProtocolObject` (2.23.136.1.1.5).
pub(super) const ACTIVE_AUTHENTICATION: [u8; 6] = [0x67, 0x81, 0x08, 0x01, 0x01, 0x05];
/// `standardizedDomainParameters` (0.4.0.127.0.7.1.2).
pub(super) const STANDARDIZED_PARAMETERS: [u8; 7] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x02];
/// `id-ecPublicKey` (1.2.840.10045.2.1).
pub(super) const EC_PUBLIC_KEY: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// `prime-field` (1.2.840.10045.1.1).
pub(super) const PRIME_FIELD: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x01, 0x01];

/// `id-PACE-ECDH-GM` (0.4.0.127.0.7.2.2.4.2), to which the cipher's number is appended.
pub const PACE_ECDH_GM: [u8; 9] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02];
/// `id-CA-ECDH` (0.4.0.127.0.7.2.2.3.2), to which the cipher's number is appended.
pub const CHIP_AUTHENTICATION_ECDH: [u8; 9] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02];

/// What an identifier of PACE says; `None` for another one, and for the bare ones of domain parameters.
pub(super) fn pace(oid: &[u8]) -> Option<(Agreement, Mapping, BlockCipher)> {
    let [mapping, number] = *oid.strip_prefix(&PACE)? else { return None };
    let (agreement, mapping) = match mapping {
        1 => (Agreement::Dh, Mapping::Generic),
        2 => (Agreement::Ecdh, Mapping::Generic),
        3 => (Agreement::Dh, Mapping::Integrated),
        4 => (Agreement::Ecdh, Mapping::Integrated),
        6 => (Agreement::Ecdh, Mapping::ChipAuthentication),
        _ => return None,
    };
    Some((agreement, mapping, cipher(number)?))
}

/// Whether an identifier is that of domain parameters for PACE.
pub(super) fn is_pace_parameters(oid: &[u8]) -> bool {
    matches!(oid.strip_prefix(&PACE), Some([1..=6]))
}

/// What an identifier of chip authentication says.
pub(super) fn chip_authentication(oid: &[u8]) -> Option<(Agreement, BlockCipher)> {
    let [kind, number] = *oid.strip_prefix(&CHIP_AUTHENTICATION)? else { return None };
    Some((agreement(kind)?, cipher(number)?))
}

/// What an identifier of a public key says.
pub(super) fn public_key(oid: &[u8]) -> Option<Agreement> {
    let [kind] = *oid.strip_prefix(&PUBLIC_KEY)? else { return None };
    agreement(kind)
}

/// The number of a cipher at the end of an identifier.
pub(crate) fn cipher_number(cipher: BlockCipher) -> u8 {
    match cipher {
        BlockCipher::TripleDes => 1,
        BlockCipher::Aes128 => 2,
        BlockCipher::Aes192 => 3,
        BlockCipher::Aes256 => 4,
    }
}

fn agreement(kind: u8) -> Option<Agreement> {
    match kind {
        1 => Some(Agreement::Dh),
        2 => Some(Agreement::Ecdh),
        _ => None,
    }
}

fn cipher(number: u8) -> Option<BlockCipher> {
    [BlockCipher::TripleDes, BlockCipher::Aes128, BlockCipher::Aes192, BlockCipher::Aes256]
        .into_iter()
        .find(|cipher| cipher_number(*cipher) == number)
}
