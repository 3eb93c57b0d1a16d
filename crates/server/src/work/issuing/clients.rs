//! What a request carries to prove who sends it: a wallet attestation with its proof, a DPoP proof, or both.
//!
//! Reading and verifying changes nothing. What a proof has to spend is spent in the unit of work that it allows, so that
//! a proof that was used is a used proof, whatever came of the request.

use mibun_crypto::digest::sha256;
use mibun_crypto::time::Timestamp;
use mibun_issuing::dpop::{self, DpopError};
use mibun_issuing::secret::Secret;
use mibun_issuing::standing::Vouched;
use mibun_issuing::thumbprint::Thumbprint;
use mibun_registry::{Hash, StoreError, Unit};
use mibun_trust::attestation::client;

use super::refusal::TokenError;
use super::{ClientError, IssuingError, standing};
use crate::app::App;

/// The header fields of a request that prove something.
#[derive(Clone, Default)]
pub struct Proofs {
    /// `OAuth-Client-Attestation`.
    pub attestation: Option<String>,
    /// `OAuth-Client-Attestation-PoP`.
    pub possession: Option<String>,
    /// `DPoP`, as often as it is there.
    pub dpop: Vec<String>,
}

/// A message to the issuer: what proves it, and its body.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// The proofs.
    pub proofs: &'a Proofs,
    /// The endpoint's address below the issuer's.
    pub endpoint: &'a str,
    /// The body.
    pub body: &'a [u8],
    /// Whether the body is encrypted.
    pub sealed: bool,
}

/// Something that counts once.
pub(super) struct Once {
    hash: Hash,
    expires_at: Timestamp,
}

/// A wallet that proved who it is, or the authority's own.
pub(super) struct Client {
    /// The wallet; all its instances share it.
    pub(super) id: String,
    /// This instance; none of a wallet that proved nothing.
    pub(super) instance: Option<Thumbprint>,
    once: Option<Once>,
}

/// A key that was proved.
pub(super) struct Proven {
    /// The key.
    pub(super) key: Thumbprint,
    once: Once,
}

impl Message<'_> {
    /// The wallet that sends this, which calls itself `named` if anything: it has to prove who it is, unless it is the
    /// authority's own. Where its attestation names a status list, that is looked up: not to be called in a unit of work.
    ///
    /// # Errors
    /// [`ClientError`]; [`IssuingError::Standing`].
    pub(super) async fn client(&self, app: &App, named: Option<&str>) -> Result<Client, IssuingError> {
        Ok(self.claimed_client(app, named).await?.ok_or(ClientError::Missing)?)
    }

    /// The same where a wallet may stay anonymous: a name without proof says nothing, but that of the authority's own
    /// wallet, of which no proof is expected. An attestation that comes along has to hold, whoever it is for.
    ///
    /// # Errors
    /// [`ClientError`]; [`IssuingError::Standing`].
    pub(super) async fn claimed_client(&self, app: &App, named: Option<&str>) -> Result<Option<Client>, IssuingError> {
        if self.proofs.attestation.is_some() || self.proofs.possession.is_some() {
            let (client, vouched) = self.attested(app)?;
            standing::of_client(app, vouched).await?;
            return Ok(Some(client));
        }
        let own = named.filter(|named| *named == app.terms.own_wallet);
        Ok(own.map(|own| Client { id: own.to_owned(), instance: None, once: None }))
    }

    /// The client, and its attestation where the standing has to be looked up.
    fn attested(&self, app: &App) -> Result<(Client, Option<Vouched>), ClientError> {
        let (Some(attestation), Some(possession)) = self.proofs.attested() else { return Err(ClientError::Missing) };
        let expected = client::Expected {
            attesters: &app.terms.attesters,
            audience: app.terms.issuer.as_str(),
            // What it calls itself is compared where it stands.
            client_id: None,
            challenge: false,
            now: app.clock.now(),
        };
        let verified = client::verify(attestation, possession, &expected)?;
        if let Some(challenge) = &verified.challenge {
            app.terms.challenge_key.check(challenge, expected.now).map_err(|_| ClientError::Challenge)?;
        }
        let key = verified.key.thumbprint();
        let hash = sha256(&[&b"mibun client 1"[..], &key, verified.jti.as_bytes()].concat());
        let once = Once { hash: Hash::new(hash), expires_at: verified.pop_fresh_until.plus_seconds(1) };
        let client = Client { id: verified.client_id, instance: Some(Thumbprint::of(&verified.key)), once: Some(once) };
        Ok((client, verified.status.map(|standing| Vouched { standing, anchor: verified.anchor })))
    }

    /// The key that is proved for this request, which carries `token` if it has one; nothing without a proof.
    ///
    /// # Errors
    /// [`DpopError`].
    pub(super) fn key(&self, app: &App, token: Option<&Secret>) -> Result<Option<Proven>, DpopError> {
        let fields: Vec<&str> = self.proofs.dpop.iter().map(String::as_str).collect();
        if fields.is_empty() {
            return Ok(None);
        }
        let url = app.terms.issuer.endpoint(self.endpoint);
        let nonces = &app.terms.dpop_nonce_key;
        let expected = dpop::Expected { method: "POST", url: &url, token, nonces, now: app.clock.now() };
        let proven = dpop::verify(&fields, &expected)?;
        let once = Once { hash: Hash::new(proven.replay), expires_at: proven.expires_at };
        Ok(Some(Proven { key: proven.key, once }))
    }
}

impl Proofs {
    /// Attestation and proof, also where both came in one field, joined by `~` (draft -07).
    fn attested(&self) -> (Option<&str>, Option<&str>) {
        match (self.attestation.as_deref(), self.possession.as_deref()) {
            (Some(both), None) => both.split_once('~').map_or((Some(both), None), |(one, two)| (Some(one), Some(two))),
            given => given,
        }
    }
}

impl Client {
    /// Spends the proof, if there is one.
    ///
    /// # Errors
    /// [`ClientError::Replayed`].
    pub(super) async fn spend(&self, unit: &mut dyn Unit) -> Result<(), IssuingError> {
        let Some(once) = &self.once else { return Ok(()) };
        if once.spend(unit).await? { Ok(()) } else { Err(ClientError::Replayed.into()) }
    }
}

impl Proven {
    /// Spends the proof.
    ///
    /// # Errors
    /// [`DpopError::Replayed`].
    pub(super) async fn spend(&self, unit: &mut dyn Unit) -> Result<(), TokenError> {
        if self.once.spend(unit).await? { Ok(()) } else { Err(DpopError::Replayed.into()) }
    }
}

impl Once {
    async fn spend(&self, unit: &mut dyn Unit) -> Result<bool, StoreError> {
        unit.spend_nonce(&self.hash, self.expires_at).await
    }
}

/// A nonce for the next DPoP proof; nothing is stored.
pub fn dpop_nonce(app: &App) -> String {
    app.terms.dpop_nonce_key.issue(app.clock.now(), &mut *app.entropy())
}

/// A challenge for the next proof of a wallet attestation; nothing is stored.
pub fn challenge(app: &App) -> String {
    app.terms.challenge_key.issue(app.clock.now(), &mut *app.entropy())
}
