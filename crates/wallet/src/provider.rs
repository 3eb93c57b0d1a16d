//! The provider of this wallet: vouches for its instances, and for the keys that cards will be bound to.
//!
//! A maker of wallets runs this apart from the wallets it vouches for. Here both are on one machine, whose operator has
//! the provider's key in a file: kiosks, load, tests of conformance.

use std::fmt;
use std::sync::Arc;

use mibun_crypto::entropy::Entropy;
use mibun_crypto::jws::JwsSignError;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;
use mibun_issuing::collect::{Attested, Instance, WantedAttestation};
use mibun_issuing::secret::Secret;
use mibun_trust::attestation::Profile;
use mibun_trust::attestation::client::{self, Attestation};
use mibun_trust::attestation::key::{self, KeyAttestation};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::held::{HeldError, software_key};
use crate::wallet::stored;

/// Seconds for which an instance is vouched for: longer than a wallet waits for a card that is not ready.
const LIFETIME: i64 = 26 * 3600;

/// Somebody who attests.
pub struct Provider {
    /// What all instances are called.
    pub client_id: String,
    /// Where the browser comes back to.
    pub redirect_uri: String,
    /// The form of attestations.
    pub profile: Profile,
    key: SoftwareKey,
    chain: Vec<Vec<u8>>,
}

/// The keys of one instance. A card's own, so that two issuers cannot tell that they met the same wallet; kept as long as
/// more copies can be had with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstanceKeys {
    attested: Secret,
    dpop: Secret,
}

/// Why a provider cannot be used.
#[derive(Debug, Error)]
pub enum ProviderError {
    /// Not the PEM of a PKCS#8 key that can sign.
    #[error("the provider's key is not a PKCS#8 key in PEM for P-256")]
    Key,
    /// Not PEM certificates, leaf first.
    #[error("the provider's certificates cannot be read")]
    Certificates,
    /// The first certificate is for another key.
    #[error("the provider's first certificate is for another key")]
    OtherKey,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl InstanceKeys {
    /// New keys.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut new = || stored(&SoftwareKey::generate(entropy));
        Self { attested: new(), dpop: new() }
    }
}

impl Provider {
    /// A provider with its key and certificates: leaf first, without the root.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub fn new(
        (client_id, redirect_uri): (&str, &str),
        profile: Profile,
        key: SoftwareKey,
        certificates: &[Certificate],
    ) -> Result<Self, ProviderError> {
        let leaf = certificates.first().ok_or(ProviderError::Certificates)?;
        if leaf.public_key() != key.public_key() {
            return Err(ProviderError::OtherKey);
        }
        let chain = certificates.iter().map(|certificate| certificate.der().to_vec()).collect();
        Ok(Self { client_id: client_id.to_owned(), redirect_uri: redirect_uri.to_owned(), profile, key, chain })
    }

    /// The same from PEM.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub fn from_pem(
        names: (&str, &str),
        profile: Profile,
        key: &str,
        certificates: &str,
    ) -> Result<Self, ProviderError> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(key.as_bytes()).map_err(|_| ProviderError::Key)?;
        let key = SoftwareKey::from_pkcs8_der(der.secret_pkcs8_der()).map_err(|_| ProviderError::Key)?;
        let certificates = Certificate::all_from_pem(certificates).map_err(|_| ProviderError::Certificates)?;
        Self::new(names, profile, key, &certificates)
    }

    /// An instance with these keys, vouched for.
    ///
    /// # Errors
    /// [`HeldError`] for keys that do not read or sign.
    pub fn instance(&self, keys: &InstanceKeys, now: Timestamp) -> Result<Instance, HeldError> {
        let (key, dpop) = (software_key(&keys.attested)?, software_key(&keys.dpop)?);
        let attestation = Attestation {
            profile: self.profile,
            issuer: &self.client_id,
            client_id: &self.client_id,
            key: key.public_key(),
            issued_at: now,
            expires_at: now.plus_seconds(LIFETIME),
            wallet_name: None,
            status: None,
        };
        let attestation = client::sign(&attestation, &self.chain, &self.key)?;
        Ok(Instance {
            client_id: self.client_id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            profile: self.profile,
            attestation: Some(Attested { attestation, key: Arc::new(key) }),
            dpop: Arc::new(dpop),
            attests_keys: true,
        })
    }

    /// Vouches for keys. Nothing is said about how they are stored, for here they are in memory.
    ///
    /// # Errors
    /// [`JwsSignError`] when the provider's key does not sign.
    pub fn attest(&self, wanted: &WantedAttestation, now: Timestamp) -> Result<String, JwsSignError> {
        let attestation = KeyAttestation {
            keys: &wanted.keys,
            nonce: wanted.nonce.as_deref(),
            key_storage: &[],
            user_authentication: &[],
            status: None,
            issued_at: now,
            expires_at: Some(now.plus_seconds(LIFETIME)),
        };
        key::sign(&attestation, &self.chain, &self.key)
    }
}
