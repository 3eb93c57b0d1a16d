//! Collecting a card: drives the machine of the issuing crate over the network.

use std::sync::Arc;

use mibun_crypto::base64url;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_issuing::collect::{CollectError, Collected, Collector, Evidence, KeysAt, Need, Progress, Settings};
use mibun_issuing::secret::Secret;
use mibun_proofing::id_password::IdPassword;
use serde::Serialize;

use super::Wallet;
use crate::failure::Failure;
use crate::store::{CardCopy, CopyKey, Event, StoredCard};

/// What a collection brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gathered {
    /// The card's name in the store.
    pub id: String,
    /// Identifier of the issuer.
    pub issuer: String,
    /// How many one-time copies.
    pub copies: usize,
}

impl Wallet {
    /// Collects the card of an offer, given as its link. Cards are checked and stored before the issuer is told.
    pub async fn collect(&mut self, offer: &str, tx_code: Option<&str>) -> Result<Gathered, Failure> {
        self.gather(offer, tx_code, None).await
    }

    /// Collects the full card of an offer: this wallet becomes the holder's device, signs in with the ID password of the
    /// journey, and has the authority make the keys.
    pub async fn collect_full(
        &mut self,
        offer: &str,
        tx_code: Option<&str>,
        password: &IdPassword,
    ) -> Result<Gathered, Failure> {
        self.gather(offer, tx_code, Some(password)).await
    }

    async fn gather(
        &mut self,
        offer: &str,
        tx_code: Option<&str>,
        password: Option<&IdPassword>,
    ) -> Result<Gathered, Failure> {
        let settings = Settings {
            transport: self.transport,
            anchors: self.anchors.issuers.clone(),
            copies: self.copies,
            keys: if password.is_some() { KeysAt::Elsewhere } else { KeysAt::Holder },
        };
        let mut keys: Vec<CopyKey> = Vec::new();
        let mut progress = Collector::start(offer, settings)?;
        loop {
            let (need, collector) = match progress {
                Progress::Collected(collected) => return self.keep(collected, &keys).await,
                Progress::Needs(need, collector) => (need, collector),
            };
            let evidence = match need {
                Need::Exchange(request) => Evidence::Response(self.network.exchange(request).await?),
                Need::TxCode(_) => Evidence::TxCode(Secret::new(tx_code.ok_or(Failure::TxCodeNeeded)?)),
                Need::Keys(count) => {
                    let made: Vec<_> =
                        (0..count).map(|_| Arc::new(SoftwareKey::generate(&mut *self.entropy))).collect();
                    keys = made.iter().map(|key| CopyKey::Here(stored(key))).collect();
                    Evidence::Keys(made.into_iter().map(|key| key as Arc<dyn Signer>).collect())
                }
                Need::Proofs(wanted) => {
                    let (kept, proofs) = self.prove(&wanted, password.ok_or(Failure::SignInFirst)?).await?;
                    keys = kept.into_iter().map(CopyKey::Kept).collect();
                    Evidence::Proofs(proofs)
                }
            };
            progress = match collector.advance(evidence, self.now()) {
                Ok(progress) => progress,
                Err(error) => return Err(self.report(error).await),
            };
        }
    }

    async fn keep(&mut self, collected: Collected, keys: &[CopyKey]) -> Result<Gathered, Failure> {
        let copy = |card: &mibun_issuing::collect::CollectedCard| CardCopy {
            card: Secret::new(card.card.as_str()),
            key: keys[card.key].clone(),
        };
        let card = StoredCard {
            id: self.store.new_id(&mut *self.entropy),
            issuer: collected.issuer,
            issuer_name: collected.issuer_names.into_iter().find_map(|display| display.name),
            vct: collected.vct,
            name: collected.card_names.into_iter().find_map(|display| display.name),
            collected_at: self.now(),
            copies: collected.cards.iter().map(copy).collect(),
            used: 0,
        };
        let gathered = Gathered { id: card.id.clone(), issuer: card.issuer.clone(), copies: card.copies.len() };
        self.store.add(card, &mut *self.entropy)?;
        self.record(Event::Collected { issuer: gathered.issuer.clone(), copies: gathered.copies })?;
        if let Some(acceptance) = collected.acceptance {
            // The cards are kept whether or not the issuer hears of it.
            let _ = self.network.exchange(acceptance).await;
        }
        Ok(gathered)
    }

    /// Tells the issuer about bad cards, where it wants to know.
    async fn report(&self, mut error: CollectError) -> Failure {
        if let CollectError::Card { report, .. } = &mut error
            && let Some(report) = report.take()
        {
            let _ = self.network.exchange(*report).await;
        }
        error.into()
    }
}

/// A key as the store keeps it.
pub(super) fn stored(key: &SoftwareKey) -> Secret {
    Secret::new(base64url::encode(&key.to_pkcs8_der()))
}
