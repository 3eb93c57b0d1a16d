//! The chip's side of PACE.

use mibun_crypto::cipher::BlockCipher;
use mibun_crypto::curve::{Curve, Point, Scalar};
use mibun_crypto::digest::constant_time_eq;
use mibun_crypto::entropy::Entropy;

use super::{Answer, Fault, VirtualChip, done};
use crate::apdu::Status;
use crate::pace::{dynamic_authentication, map_nonce, password_key, token};
use crate::password::Password;
use crate::secure_messaging::SecureMessaging;
use crate::security_info::{PACE_ECDH_GM, cipher_number, parameter_id_of_curve};
use crate::tlv::{Reader, Tlv};

/// Where a run of PACE stands.
#[derive(Default)]
pub(super) enum ChipPace {
    #[default]
    Idle,
    Set(Password),
    Nonce(Scalar),
    Mapped(Point),
    Agreed {
        shared: Point,
        reader: Point,
        own: Point,
    },
}

impl VirtualChip {
    pub(super) fn pace_set_at(&mut self, data: &[u8]) -> Answer {
        let (curve, cipher) = self.profile.pace.ok_or(Status::ReferencedDataNotFound)?;
        if self.profile.faults.contains(&Fault::PaceRefused) {
            return Err(Status::IncorrectData);
        }
        let mut objects = Reader::new(data);
        let mut object = |tag| objects.expect(tag).map(|found| found.value).map_err(|_| Status::IncorrectData);
        let (protocol, password, parameters) = (object(0x80)?, object(0x83)?, object(0x84)?);
        let known = *protocol == protocol_of(cipher)[..] && parameters == [parameter_id_of_curve(curve) as u8];
        let password = match password {
            [1] => Password::Mrz(self.profile.mrz.clone()),
            [2] => Password::Can(self.profile.can.clone().ok_or(Status::ReferencedDataNotFound)?),
            _ => return Err(Status::ReferencedDataNotFound),
        };
        if !known {
            return Err(Status::IncorrectData);
        }
        self.pace = ChipPace::Set(password);
        self.chip_authentication_set = false;
        done(Vec::new())
    }

    pub(super) fn pace_general_authenticate(&mut self, data: &[u8]) -> Answer {
        let (curve, cipher) = self.profile.pace.ok_or(Status::ConditionsOfUse)?;
        let inner = Tlv::parse_tagged(data, 0x7c).map_err(|_| Status::IncorrectData)?;
        let mut objects = Reader::new(inner);
        let object = objects.next().map_err(|_| Status::IncorrectData)?;
        let point = |tag| {
            let found = object.filter(|found| found.tag == tag).ok_or(Status::IncorrectData)?;
            curve.point(found.value).map_err(|_| Status::IncorrectData)
        };
        let (next, tag, value) = match std::mem::take(&mut self.pace) {
            ChipPace::Set(password) => {
                let (nonce, encrypted) = self.draw_nonce(&password, curve, cipher)?;
                (ChipPace::Nonce(nonce), 0x80, encrypted)
            }
            ChipPace::Nonce(nonce) => {
                let secret = curve.random_scalar(&mut self.entropy);
                let base = map_nonce(&nonce, &point(0x81)?, &secret).map_err(|_| Status::IncorrectData)?;
                (ChipPace::Mapped(base), 0x82, secret.public_point().as_bytes().to_vec())
            }
            ChipPace::Mapped(base) => {
                let (secret, reader) = (curve.random_scalar(&mut self.entropy), point(0x83)?);
                let own = base.multiply(&secret).map_err(|_| Status::IncorrectData)?;
                let shared = reader.multiply(&secret).map_err(|_| Status::IncorrectData)?;
                let value = own.as_bytes().to_vec();
                (ChipPace::Agreed { shared, reader, own }, 0x84, value)
            }
            ChipPace::Agreed { shared, reader, own } => {
                let protocol = protocol_of(cipher);
                let found = object.filter(|found| found.tag == 0x85).ok_or(Status::IncorrectData)?;
                if !constant_time_eq(found.value, &token(&protocol, cipher, &shared, &own)) {
                    return Err(Status::AuthenticationFailed);
                }
                self.next_session = Some(SecureMessaging::from_secret(shared.x(), cipher));
                (ChipPace::Idle, 0x86, token(&protocol, cipher, &shared, &reader).to_vec())
            }
            ChipPace::Idle => return Err(Status::ConditionsOfUse),
        };
        self.pace = next;
        done(dynamic_authentication(Some((tag, &value))))
    }

    fn draw_nonce(
        &mut self,
        password: &Password,
        curve: Curve,
        cipher: BlockCipher,
    ) -> Result<(Scalar, Vec<u8>), Status> {
        // As long as the key where that is whole blocks, else the next multiple (ICAO Doc 9303 part 11, 4.4.3.2).
        let mut nonce = vec![0; cipher.key_length().next_multiple_of(cipher.block_length())];
        self.entropy.fill(&mut nonce);
        let iv = vec![0; cipher.block_length()];
        let encrypted = password_key(password, cipher).encrypt_cbc(&iv, &nonce);
        let scalar = curve.reduced_scalar(&nonce).map_err(|_| Status::ConditionsOfUse)?;
        Ok((scalar, encrypted.map_err(|_| Status::ConditionsOfUse)?))
    }
}

fn protocol_of(cipher: BlockCipher) -> Vec<u8> {
    [&PACE_ECDH_GM[..], &[cipher_number(cipher)]].concat()
}
