//! What is done in one session.

use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use mibun_crypto::base64url;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::key::{Jwk, PublicKey};
use mibun_crypto::seal::SealingKey;
use zeroize::Zeroizing;

use super::MAC_LENGTH;
use super::module::Entered;
use super::trouble::Trouble;
use crate::Fault;

/// DER of the object identifier of P-256 (RFC 5480 2.1.1.1).
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// Bytes of an ES256 signature.
const SIGNATURE_LENGTH: usize = 64;

/// A session that is logged in, and the vault's two keys as they are known in it.
pub(super) struct Seat {
    session: Session,
    epoch: u64,
    wrapping: ObjectHandle,
    mac: ObjectHandle,
}

impl Seat {
    pub(super) fn new(session: Session, epoch: u64, wrapping: ObjectHandle, mac: ObjectHandle) -> Self {
        Self { session, epoch, wrapping, mac }
    }

    /// The epoch of the module in which the session was opened.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(super) fn close(self, entered: &Entered<'_>) {
        self.close_in(entered.epoch());
    }

    /// Closes the session in `epoch`; in a later one its number may be another session's.
    pub(super) fn close_in(self, epoch: u64) {
        if self.epoch == epoch {
            // One that is closed already cannot be closed again.
            let _ = self.session.close();
        }
    }

    /// HMAC-SHA-256 under the vault's key.
    pub(super) fn mac(&self, message: &[u8]) -> Result<Zeroizing<[u8; MAC_LENGTH]>, Trouble> {
        let mac = Zeroizing::new(self.session.sign(&Mechanism::Sha256Hmac, self.mac, message)?);
        let mac = mac.as_slice().try_into().map_err(|_| Fault::Malformed)?;
        Ok(Zeroizing::new(mac))
    }

    /// The key that belongs to `place`, by MAC.
    pub(super) fn derive(&self, place: &[u8]) -> Result<SealingKey, Trouble> {
        Ok(SealingKey::from_bytes(&*self.mac(place)?))
    }

    /// Random bytes of the module.
    pub(super) fn random<const N: usize>(&self) -> Result<[u8; N], Trouble> {
        let mut bytes = [0; N];
        self.session.generate_random_slice(&mut bytes)?;
        Ok(bytes)
    }

    /// A new P-256 key, wrapped, and its public half. Nothing of it stays in the module.
    pub(super) fn make(&self) -> Result<(Vec<u8>, PublicKey), Trouble> {
        let public = [Attribute::Token(false), Attribute::EcParams(P256.to_vec()), Attribute::Verify(true)];
        let private = [private_template(), vec![Attribute::Extractable(true)]].concat();
        let (public, private) = self.session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)?;
        let point = self.session.get_attributes(public, &[AttributeType::EcPoint]);
        let wrapped = self.session.wrap_key(&Mechanism::AesKeyWrapPad, self.wrapping, private);
        self.destroy([public, private])?;
        let point = point?.into_iter().find_map(|attribute| match attribute {
            Attribute::EcPoint(point) => Some(point),
            _ => None,
        });
        Ok((wrapped?, public_key(&point.unwrap_or_default())?))
    }

    /// The signature of a wrapped key over a SHA-256. Modules differ in which hashes they do themselves; all sign a
    /// given one.
    pub(super) fn sign(&self, wrapped: &[u8], digest: &[u8; 32]) -> Result<Vec<u8>, Trouble> {
        let kind = vec![Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::KeyType(KeyType::EC)];
        let template = [kind, private_template(), vec![Attribute::Extractable(false)]].concat();
        let key = self.session.unwrap_key(&Mechanism::AesKeyWrapPad, self.wrapping, wrapped, &template)?;
        let signature = self.session.sign(&Mechanism::Ecdsa, key, digest);
        self.destroy([key])?;
        let signature = signature?;
        if signature.len() == SIGNATURE_LENGTH { Ok(signature) } else { Err(Fault::Malformed.into()) }
    }

    /// Tries all before it tells of one that failed; such a one goes with its session, which is then closed.
    fn destroy<const N: usize>(&self, objects: [ObjectHandle; N]) -> Result<(), Trouble> {
        let outcomes = objects.map(|object| self.session.destroy_object(object));
        outcomes.into_iter().collect::<Result<(), _>>()?;
        Ok(())
    }
}

/// A key of a person inside the module: of this session only, and good for signing only.
fn private_template() -> Vec<Attribute> {
    vec![
        Attribute::Token(false),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Sign(true),
        Attribute::Derive(false),
    ]
}

/// The key of a point: in an OCTET STRING as the standard has it (PKCS#11 3.0, 2.3.3), or bare as some modules answer.
fn public_key(point: &[u8]) -> Result<PublicKey, Fault> {
    const WRAPPER: [u8; 2] = [0x04, 0x41];
    let bare = if point.len() == 67 { point.strip_prefix(&WRAPPER) } else { Some(point) };
    let coordinates = bare.filter(|bare| bare.len() == 65).and_then(|bare| bare.strip_prefix(&[0x04]));
    let (x, y) = coordinates.ok_or(Fault::Malformed)?.split_at(32);
    let jwk = Jwk {
        kty: "EC".to_owned(),
        crv: Some("P-256".to_owned()),
        x: Some(base64url::encode(x)),
        y: Some(base64url::encode(y)),
        ..Jwk::default()
    };
    PublicKey::from_jwk(&jwk).map_err(|_| Fault::Malformed)
}

/// Bytes that the module drew, as the randomness of one sealing.
pub(super) struct Drawn(pub(super) [u8; 12]);

impl Entropy for Drawn {
    /// # Panics
    /// When asked for anything but one nonce.
    fn fill(&mut self, out: &mut [u8]) {
        out.copy_from_slice(&self.0);
    }
}

#[cfg(test)]
mod tests;
