//! OpenID4VCI and its OAuth against the record: what is on offer, and who may collect it.

mod authorizing;
mod clients;
mod copies;
mod deferred;
mod entitlement;
mod formats;
mod notices;
mod refusal;
mod standing;
mod tokens;

use std::collections::BTreeMap;

use mibun_card::mdoc::elements::PID;
use mibun_card::vc;
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::key::Algorithm;
use mibun_crypto::x509::Certificate;
use mibun_issuing::address::{Issuer, Transport};
use mibun_issuing::credential::{KeyAttestations, RequestKeyPair};
use mibun_issuing::grant::{Policy, TxCodeKey};
use mibun_issuing::metadata::{AuthorizationServerMetadata, Display, IssuerMetadata, IssuerSettings};
use mibun_issuing::nonce::NonceKey;
use mibun_issuing::refresh::RefreshKey;
use mibun_trust::attestation::key::Level;
use mibun_trust::attestation::{Attesters, Clients, Lookup};

use crate::app::App;
use crate::authority::AuthorityKeys;
use crate::boot::BootError;
use crate::config::{Attester, AttesterStatus, Config};
use crate::safe::Safe;
use crate::work::WorkError;

pub use authorizing::{Answer, Answered, Asking, answer, asked, push};
pub use clients::{Message, Proofs, challenge, dpop_nonce};
pub(super) use copies::recorded;
pub use copies::{Body, Issued, credential};
pub use deferred::deferred;
pub use entitlement::Entitlement;
pub use notices::notification;
pub use refusal::{ClientError, IssuingError, TokenError};
pub use tokens::token;

/// The one kind of card, as an SD-JWT VC.
pub const CONFIGURATION: &str = "mibun_card";
/// The same card as an mdoc.
pub const MDOC: &str = "mibun_card_mdoc";
/// Every configuration, each its own scope.
pub const CONFIGURATIONS: [&str; 2] = [CONFIGURATION, MDOC];
/// Seconds an access token is good: long enough for a wallet to come back for its batch once.
const TOKEN_SECONDS: u32 = 600;
/// Seconds from a person's word to the end of the authorization code (FAPI 2.0 5.3.2.1).
const AUTHORIZATION_CODE_SECONDS: u32 = 60;
const DAY: u32 = 24 * 60 * 60;

/// How offers, codes and nonces are made.
pub struct Terms {
    /// Who issues.
    pub issuer: Issuer,
    /// Life times of codes and tokens.
    pub policy: Policy,
    /// The key of nonces for proofs of possession.
    pub nonce_key: NonceKey,
    /// The key of nonces for DPoP proofs.
    pub dpop_nonce_key: NonceKey,
    /// The key of challenges for wallet attestations.
    pub challenge_key: NonceKey,
    /// Those who attest wallets, each its own, and keys.
    pub attesters: Attesters,
    /// The key that requests can be encrypted to.
    pub encryption: RequestKeyPair,
    keys: KeyTerms,
    /// What cards are signed with.
    signed_with: Algorithm,
    /// Copies per batch.
    pub batch_size: usize,
    /// Which transports addresses of wallets may use.
    pub transport: Transport,
    /// The address of the authority's own wallet, by which it is known as a client. Its answers go there and nowhere else.
    pub own_wallet: String,
    names: Vec<Display>,
}

impl Terms {
    /// From the configuration and the keys at rest. The authority's root attests wallets beside those that the operator named.
    ///
    /// # Errors
    /// [`BootError::PublicUrl`] for a public address that cannot name an issuer; [`BootError::AttestersFile`],
    /// [`BootError::Attesters`].
    pub fn new(config: &Config, safe: &Safe, authority: &AuthorityKeys) -> Result<Self, BootError> {
        let transport = if config.loopback_only() { Transport::HttpsOrLoopback } else { Transport::Https };
        let issuer = Issuer::parse(&config.server.public_url, transport).map_err(|_| BootError::PublicUrl)?;
        let names: &BTreeMap<String, String> = &config.authority.name;
        let nonces = |label| NonceKey::from_bytes(safe.derived(label));
        Ok(Self {
            own_wallet: issuer.endpoint("wallet/"),
            issuer,
            policy: Policy {
                tx_code_key: TxCodeKey::from_bytes(safe.derived("tx_code")),
                refresh_key: RefreshKey::from_bytes(safe.derived("refresh_token")),
                code_lifetime: config.limits.offer_minutes * 60,
                authorization_code_lifetime: AUTHORIZATION_CODE_SECONDS,
                token_lifetime: TOKEN_SECONDS,
                // What is refreshed are copies of a card, which ends by itself.
                refresh_lifetime: config.card.validity_days.saturating_mul(DAY),
            },
            nonce_key: nonces("c_nonce"),
            dpop_nonce_key: nonces("dpop_nonce"),
            challenge_key: nonces("attestation_challenge"),
            attesters: attesters(config, &authority.root)?,
            encryption: RequestKeyPair::new(encryption_key(safe)),
            keys: KeyTerms::new(config)?,
            signed_with: authority.document_signer.signer.algorithm(),
            batch_size: config.card.copies as usize,
            transport,
            names: names.iter().map(|(locale, name)| Display::new(name, locale)).collect(),
        })
    }

    /// The issuer's metadata.
    pub fn issuer_metadata(&self) -> IssuerMetadata {
        IssuerMetadata::new(&IssuerSettings {
            issuer: &self.issuer,
            names: &self.names,
            configuration: CONFIGURATION,
            vct: vc::CARD_VCT,
            batch_size: self.batch_size,
            card_names: &self.names,
            mdoc: Some((MDOC, &PID)),
            signed_with: self.signed_with,
            encryption: Some(&self.encryption),
            attestations: self.key_attestations(),
        })
    }

    /// What the keepers of keys have to attest.
    pub fn key_attestations(&self) -> KeyAttestations<'_> {
        KeyAttestations {
            anchors: self.attesters.roots(),
            required: self.keys.required,
            key_storage: &self.keys.storage,
            user_authentication: &self.keys.authentication,
        }
    }

    /// The authorization server's metadata; it is the issuer itself.
    pub fn server_metadata(&self) -> AuthorizationServerMetadata {
        AuthorizationServerMetadata::new(&self.issuer, &CONFIGURATIONS)
    }
}

/// What an operator asks of the keys of cards.
struct KeyTerms {
    required: bool,
    storage: Vec<Level>,
    authentication: Vec<Level>,
}

impl KeyTerms {
    fn new(config: &Config) -> Result<Self, BootError> {
        let wallets = &config.wallets;
        Ok(Self {
            required: wallets.key_attestations,
            storage: levels("key_storage", &wallets.key_storage)?,
            authentication: levels("user_authentication", &wallets.user_authentication)?,
        })
    }
}

fn levels(setting: &'static str, names: &[String]) -> Result<Vec<Level>, BootError> {
    names.iter().map(|name| name.parse().map_err(|unknown| BootError::Level(setting, unknown))).collect()
}

/// The same on all nodes, and after a restart. A number that is no key comes up once in 2^32 derivations.
fn encryption_key(safe: &Safe) -> EphemeralKey {
    let mut labels = (0_u32..).map(|at| format!("request_encryption/{at}"));
    let key = labels.find_map(|label| EphemeralKey::from_bytes(&safe.derived(&label)).ok());
    key.expect("one of four thousand million numbers is a key")
}

/// This authority, for any wallet, and those that the operator named, for theirs.
fn attesters(config: &Config, root: &Certificate) -> Result<Attesters, BootError> {
    let mut attesters = Attesters::of_any_client(vec![root.clone()]);
    for Attester { roots: path, clients, status } in &config.wallets.attesters {
        let unreadable = |source| BootError::AttestersFile { path: path.clone(), source };
        let pem = std::fs::read_to_string(path).map_err(unreadable)?;
        let found = mibun_trust::anchors::bundle(&pem);
        let roots = found.map_err(|source| BootError::Attesters { path: path.clone(), source })?;
        let lookup = match status {
            AttesterStatus::Required => Lookup::Required,
            AttesterStatus::Ignored => Lookup::Ignored,
        };
        attesters.add_under(roots, &clients.clone().map_or(Clients::Any, Clients::Named), lookup);
    }
    Ok(attesters)
}

/// The issuer's metadata under its signature.
///
/// # Errors
/// [`WorkError::Damaged`] when the key does not sign.
pub fn signed_metadata(app: &App) -> Result<String, WorkError> {
    let signer = &app.keys.document_signer;
    let signed = app.terms.issuer_metadata().sign(&signer.x5c(), app.clock.now(), &*signer.signer);
    signed.map_err(|_| WorkError::Damaged)
}

/// A new nonce for proofs; nothing is stored.
pub fn nonce(app: &App) -> String {
    app.terms.nonce_key.issue(app.clock.now(), &mut *app.entropy())
}
