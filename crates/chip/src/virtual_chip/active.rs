//! The chip's side of active authentication (ICAO Doc 9303 part 11, section 6.1).

use mibun_crypto::digest;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::raw_rsa;

use super::{Answer, Fault, Pretence, VirtualChip, done};
use crate::apdu::Status;
use crate::tlv::{Reader, Tlv, TlvError};

/// A private key for active authentication.
pub enum ActiveKey {
    /// RSA, signatures of ISO/IEC 9796-2 scheme 1 with SHA-1.
    Rsa(RsaKey),
    /// ECDSA on P-256 or P-384, plain signatures `r || s`.
    Ecdsa(SoftwareKey),
}

/// An RSA key **for tests**: big-endian numbers.
#[derive(Clone)]
pub struct RsaKey {
    modulus: Vec<u8>,
    public_exponent: Vec<u8>,
    private_exponent: Vec<u8>,
}

impl RsaKey {
    /// The key of PKCS #1 DER (RFC 8017 appendix A.1.2).
    ///
    /// # Errors
    /// [`TlvError`].
    pub fn from_pkcs1_der(der: &[u8]) -> Result<Self, TlvError> {
        let mut fields = Reader::new(Tlv::parse_tagged(der, 0x30)?);
        fields.expect(0x02)?;
        let mut number = || {
            let contents = fields.expect(0x02)?.value;
            Ok(contents.strip_prefix(&[0]).unwrap_or(contents).to_vec())
        };
        Ok(Self { modulus: number()?, public_exponent: number()?, private_exponent: number()? })
    }

    /// A key of 1024 bits that everybody knows; its signatures fit into a short response.
    pub fn known_1024() -> Self {
        Self::from_pkcs1_der(include_bytes!("rsa1024.der")).expect("a file of ours")
    }

    /// A key of 2048 bits that everybody knows; its signatures need extended length.
    pub fn known_2048() -> Self {
        Self::from_pkcs1_der(include_bytes!("rsa2048.der")).expect("a file of ours")
    }

    /// The modulus.
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// The public exponent.
    pub fn public_exponent(&self) -> &[u8] {
        &self.public_exponent
    }

    /// Signs with a message part M1 that is drawn here and recovered from the signature: `6A || M1 || hash || BC`.
    fn sign(&self, challenge: &[u8], entropy: &mut dyn Entropy) -> Option<Vec<u8>> {
        let mut recoverable = vec![0; self.modulus.len().checked_sub(22)?];
        entropy.fill(&mut recoverable);
        let hash = digest::sha1(&[&recoverable, challenge].concat());
        let message = [&[0x6a][..], &recoverable, &hash, &[0xbc]].concat();
        raw_rsa::private_operation(&self.modulus, &self.private_exponent, &message)
    }
}

impl VirtualChip {
    pub(super) fn internal_authenticate(&mut self, challenge: &[u8]) -> Answer {
        let pretence = self.pretence(|fault| match fault {
            Fault::NoActiveAuthenticationKey(pretence) => Some(*pretence),
            _ => None,
        });
        let key = self.profile.active_authentication.as_ref().ok_or(Status::ReferencedDataNotFound)?;
        if self.session.is_none() || challenge.len() != 8 {
            return Err(Status::ConditionsOfUse);
        }
        let signature = match (pretence, key) {
            (Some(Pretence::Refuses), _) => None,
            (None, ActiveKey::Rsa(key)) => key.sign(challenge, &mut self.entropy),
            (None, ActiveKey::Ecdsa(key)) => key.sign(challenge).ok(),
            (Some(Pretence::UsesAnotherKey), ActiveKey::Rsa(key)) => {
                let mut guess = vec![0; key.modulus.len()];
                self.entropy.fill(&mut guess);
                Some(guess)
            }
            (Some(Pretence::UsesAnotherKey), ActiveKey::Ecdsa(key)) => {
                other_key(key.public_key().algorithm(), &mut self.entropy).sign(challenge).ok()
            }
        };
        done(signature.ok_or(Status::ReferencedDataNotFound)?)
    }
}

fn other_key(algorithm: Algorithm, entropy: &mut dyn Entropy) -> SoftwareKey {
    SoftwareKey::generate_for(algorithm, entropy)
}
