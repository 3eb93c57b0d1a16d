//! The chip's side of chip authentication.

use mibun_crypto::cipher::BlockCipher;

use super::{Answer, Fault, Pretence, VirtualChip, done};
use crate::apdu::{Command, Status};
use crate::pace::dynamic_authentication;
use crate::secure_messaging::SecureMessaging;
use crate::tlv::{Reader, Tlv};

impl VirtualChip {
    /// MSE:Set KAT, which agrees at once, or MSE:Set AT, which leads to GENERAL AUTHENTICATE.
    pub(super) fn chip_authentication_set(&mut self, command: &Command) -> Answer {
        let (_, cipher) = self.profile.chip_authentication.as_ref().ok_or(Status::ReferencedDataNotFound)?;
        let key_agreement = *cipher == BlockCipher::TripleDes;
        if self.session.is_none() || key_agreement != (command.p2 == 0xa6) {
            return Err(Status::ConditionsOfUse);
        }
        if key_agreement {
            let public = Reader::new(&command.data).expect(0x91).map_err(|_| Status::IncorrectData)?;
            self.agree(public.value)?;
        } else {
            Reader::new(&command.data).expect(0x80).map_err(|_| Status::IncorrectData)?;
            self.chip_authentication_set = true;
        }
        done(Vec::new())
    }

    pub(super) fn chip_authentication_agree(&mut self, data: &[u8]) -> Answer {
        self.chip_authentication_set = false;
        let inner = Tlv::parse_tagged(data, 0x7c).map_err(|_| Status::IncorrectData)?;
        let public = Tlv::parse_tagged(inner, 0x80).map_err(|_| Status::IncorrectData)?;
        self.agree(public)?;
        done(dynamic_authentication(None))
    }

    fn agree(&mut self, public: &[u8]) -> Result<(), Status> {
        let pretence = self.pretence(|fault| match fault {
            Fault::NoChipAuthenticationKey(pretence) => Some(*pretence),
            _ => None,
        });
        let (secret, cipher) = self.profile.chip_authentication.as_ref().ok_or(Status::ReferencedDataNotFound)?;
        let secret = match pretence {
            None => secret.clone(),
            Some(Pretence::Refuses) => return Err(Status::ReferencedDataNotFound),
            Some(Pretence::UsesAnotherKey) => secret.curve().random_scalar(&mut self.entropy),
        };
        let public = secret.curve().point(public).map_err(|_| Status::IncorrectData)?;
        let shared = public.multiply(&secret).map_err(|_| Status::IncorrectData)?;
        self.next_session = Some(SecureMessaging::from_secret(shared.x(), *cipher));
        Ok(())
    }
}
