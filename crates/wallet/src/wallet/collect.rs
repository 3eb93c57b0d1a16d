//! Collecting a card: drives the machine of the issuing crate over the network.

use std::sync::Arc;

use mibun_crypto::base64url;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_issuing::collect::{
    CollectError, Collected, Collector, Evidence, KeysAt, Need, Notice, Progress, Settings, WantedAttestation,
    WantedProofs,
};
use mibun_issuing::exchange::HttpRequest;
use mibun_issuing::notification;
use mibun_issuing::secret::Secret;
use mibun_proofing::id_password::IdPassword;
use serde::Serialize;

use super::Wallet;
use crate::failure::Failure;
use crate::held::HeldError;
use crate::provider::InstanceKeys;
use crate::store::{AwaitedCard, CardCopy, CopyKey, Event, StoredCard, StoredRenewal};

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

/// What the holder adds to a collection, and what comes of it on the way.
#[derive(Default)]
pub(super) struct Gathering<'a> {
    tx_code: Option<&'a str>,
    password: Option<&'a IdPassword>,
    /// The keys of the copies, once they are made.
    pub(super) keys: Vec<CopyKey>,
    /// The keys of the instance, where the wallet is somebody.
    pub(super) instance: Option<InstanceKeys>,
    /// The card for which these are fresh copies.
    pub(super) renews: Option<String>,
    /// What is kept of a card that is not ready.
    pub(super) awaited: Option<AwaitedCard>,
    /// Seconds.
    pub(super) waited: u64,
}

impl Gathering<'_> {
    /// Goes on where the issuer was not ready; so many seconds were waited already.
    pub(super) fn of(awaited: AwaitedCard, waited: u64) -> Self {
        let (keys, instance, renews) = (awaited.keys.clone(), awaited.instance.clone(), awaited.renews.clone());
        Self { keys, instance, renews, awaited: Some(awaited), waited, ..Self::default() }
    }
}

impl Wallet {
    /// Collects the card of an offer, given as its link. Cards are checked and stored before the issuer is told.
    pub async fn collect(&mut self, offer: &str, tx_code: Option<&str>) -> Result<Gathered, Failure> {
        let mut gathering = Gathering { tx_code, instance: self.new_instance(), ..Gathering::default() };
        let settings = self.settings(&gathering)?;
        let collected = self.gather(Collector::start(offer, settings)?, &mut gathering).await?;
        self.keep(collected, gathering).await
    }

    /// Collects a card of an issuer without an offer: that of a configuration, or any that fits.
    pub async fn collect_from(&mut self, issuer: &str, configuration: Option<&str>) -> Result<Gathered, Failure> {
        let mut gathering = Gathering { instance: self.new_instance(), ..Gathering::default() };
        let settings = self.settings(&gathering)?;
        let progress = Collector::ask(issuer, configuration.map(str::to_owned), settings)?;
        let collected = self.gather(progress, &mut gathering).await?;
        self.keep(collected, gathering).await
    }

    /// Collects the full card of an offer: this wallet becomes the holder's device, signs in with the ID password of the
    /// journey, and has the authority make the keys.
    pub async fn collect_full(
        &mut self,
        offer: &str,
        tx_code: Option<&str>,
        password: &IdPassword,
    ) -> Result<Gathered, Failure> {
        // The authority's own interface takes bearer tokens, so the wallet is nobody in particular here.
        let mut gathering = Gathering { tx_code, password: Some(password), ..Gathering::default() };
        let settings = self.settings(&gathering)?;
        let collected = self.gather(Collector::start(offer, settings)?, &mut gathering).await?;
        self.keep(collected, gathering).await
    }

    /// Puts fresh copies in the place of those that are left of a card. The way to them is kept unless it was gone: a
    /// refresh token may be good for one use only.
    pub async fn renew(&mut self, id: &str) -> Result<Gathered, Failure> {
        let card = self.card(id)?;
        let format = card.format;
        let StoredRenewal { renewal, keys } = card.renewal.clone().ok_or(Failure::NoRenewal)?;
        let mut gathering = Gathering { instance: Some(keys), renews: Some(id.to_owned()), ..Gathering::default() };
        let settings = Settings { formats: vec![format], ..self.settings(&gathering)? };
        let collected = self.gather(Collector::renew(renewal, settings)?, &mut gathering).await?;
        self.keep(collected, gathering).await
    }

    fn new_instance(&mut self) -> Option<InstanceKeys> {
        self.provider.is_some().then(|| InstanceKeys::generate(&mut *self.entropy))
    }

    pub(super) fn settings(&self, gathering: &Gathering<'_>) -> Result<Settings, Failure> {
        let instance = match (&self.provider, &gathering.instance) {
            (Some(provider), Some(keys)) => Some(provider.instance(keys, self.now())?),
            (_, None) => None,
            (None, Some(_)) => return Err(Failure::NoProvider),
        };
        Ok(Settings {
            transport: self.transport,
            anchors: self.anchors.issuers.clone(),
            accepted: self.anchors.accepted,
            copies: self.copies,
            keys: if gathering.password.is_some() { KeysAt::Elsewhere } else { KeysAt::Holder },
            formats: self.formats.clone(),
            instance,
        })
    }

    pub(super) async fn gather(
        &mut self,
        start: Progress,
        gathering: &mut Gathering<'_>,
    ) -> Result<Collected, Failure> {
        let mut progress = start;
        loop {
            let (need, collector) = match progress {
                Progress::Collected(collected) => return Ok(*collected),
                Progress::Needs(need, collector) => (need, collector),
            };
            self.remember(&need, &collector, gathering)?;
            let evidence = self.meet(need, gathering).await?;
            let now = self.now();
            progress = match collector.advance(evidence, now, &mut *self.entropy) {
                Ok(progress) => progress,
                Err(error) => {
                    self.give_up(&error, gathering)?;
                    return Err(self.report(error).await);
                }
            };
        }
    }

    async fn meet(&mut self, need: Need, gathering: &mut Gathering<'_>) -> Result<Evidence, Failure> {
        Ok(match need {
            Need::Exchange(request) => {
                if let Some(id) = gathering.renews.as_deref().filter(|_| redeems(&request)) {
                    self.store.take_renewal(id, &mut *self.entropy)?;
                }
                Evidence::Response(self.network.exchange(request).await?)
            }
            Need::TxCode(_) => Evidence::TxCode(Secret::new(gathering.tx_code.ok_or(Failure::TxCodeNeeded)?)),
            Need::Keys(count) => {
                let made: Vec<_> = (0..count).map(|_| Arc::new(SoftwareKey::generate(&mut *self.entropy))).collect();
                gathering.keys = made.iter().map(|key| CopyKey::Here(stored(key))).collect();
                Evidence::Keys(made.into_iter().map(|key| key as Arc<dyn Signer>).collect())
            }
            Need::Proofs(wanted) => self.proofs(&wanted, gathering).await?,
            Need::Browser(address) => Evidence::Returned(self.visit(&address).await?),
            Need::KeyAttestation(wanted) => Evidence::KeyAttestation(self.attestation(&wanted)?),
            Need::Wait(seconds) => {
                self.pause(seconds, gathering).await?;
                Evidence::Waited
            }
        })
    }

    async fn proofs(&mut self, wanted: &WantedProofs, gathering: &mut Gathering<'_>) -> Result<Evidence, Failure> {
        let (kept, proofs) = self.prove(wanted, gathering.password.ok_or(Failure::SignInFirst)?).await?;
        gathering.keys = kept.into_iter().map(|key| CopyKey::Kept(Box::new(key))).collect();
        Ok(Evidence::Proofs(proofs))
    }

    async fn visit(&self, address: &str) -> Result<Secret, Failure> {
        let provider = self.provider.as_ref().ok_or(Failure::NoProvider)?;
        let Some(browser) = &self.browser else {
            return Err(Failure::PersonNeeded { address: address.to_owned() });
        };
        Ok(Secret::new(browser.visit(address, &provider.redirect_uri).await?))
    }

    fn attestation(&self, wanted: &WantedAttestation) -> Result<String, Failure> {
        let provider = self.provider.as_ref().ok_or(Failure::NoProvider)?;
        Ok(provider.attest(wanted, self.now()).map_err(HeldError::from)?)
    }

    pub(super) async fn keep(
        &mut self,
        mut collected: Collected,
        gathering: Gathering<'_>,
    ) -> Result<Gathered, Failure> {
        let copies = copies(&collected, &gathering.keys);
        let renewal = renewal_of(&mut collected, gathering.instance);
        let (issuer, notice, count) = (collected.issuer.clone(), collected.notice.take(), copies.len());
        let id = match gathering.renews {
            Some(id) => {
                if self.card(&id)?.card_type != collected.card_type {
                    return Err(Failure::OtherCard);
                }
                self.store.renew(&id, copies, renewal, &mut *self.entropy)?;
                id
            }
            None => self.add(collected, (copies, renewal), gathering.awaited.map(|awaited| awaited.id))?,
        };
        let gathered = Gathered { id, issuer, copies: count };
        self.kept(&gathered, notice).await?;
        Ok(gathered)
    }

    /// Keeps a new card, under the name by which it was waited for.
    fn add(
        &mut self,
        collected: Collected,
        (copies, renewal): (Vec<CardCopy>, Option<StoredRenewal>),
        awaited: Option<String>,
    ) -> Result<String, Failure> {
        let card = StoredCard {
            id: awaited.unwrap_or_else(|| self.store.new_id(&mut *self.entropy)),
            copies,
            renewal,
            issuer: collected.issuer,
            issuer_name: collected.issuer_names.into_iter().find_map(|display| display.name),
            format: collected.format,
            card_type: collected.card_type,
            name: collected.card_names.into_iter().find_map(|display| display.name),
            collected_at: self.now(),
            used: 0,
        };
        let id = card.id.clone();
        self.store.add(card, &mut *self.entropy)?;
        Ok(id)
    }

    /// Notes that cards are kept, and tells the issuer. They are kept whether or not it hears of it.
    async fn kept(&mut self, gathered: &Gathered, notice: Option<Notice>) -> Result<(), Failure> {
        self.record(Event::Collected { issuer: gathered.issuer.clone(), copies: gathered.copies })?;
        if let Some(notice) = notice {
            self.notify(notice, notification::Event::CredentialAccepted).await;
        }
        Ok(())
    }

    async fn notify(&mut self, mut notice: Notice, event: notification::Event) {
        let now = self.now();
        let Ok(message) = notice.tell(event, now, &mut *self.entropy) else { return };
        let Ok(answer) = self.network.exchange(message).await else { return };
        if let Ok(Some(again)) = notice.again(&answer, now, &mut *self.entropy) {
            let _ = self.network.exchange(again).await;
        }
    }

    /// Tells the issuer about bad cards, where it wants to know.
    async fn report(&mut self, mut error: CollectError) -> Failure {
        if let CollectError::Card { report, .. } = &mut error
            && let Some(notice) = report.take()
        {
            self.notify(*notice, notification::Event::CredentialFailure).await;
        }
        error.into()
    }
}

fn copies(collected: &Collected, keys: &[CopyKey]) -> Vec<CardCopy> {
    let copy = |card: &mibun_issuing::collect::CollectedCard| CardCopy {
        card: Secret::new(card.card.as_str()),
        key: keys[card.key].clone(),
    };
    collected.cards.iter().map(copy).collect()
}

/// Whether a refresh token goes out with this message.
fn redeems(request: &HttpRequest) -> bool {
    let form = mibun_issuing::form::Form::parse(&request.body);
    form.is_ok_and(|form| form.get("grant_type") == Some(mibun_issuing::token::REFRESH_TOKEN))
}

fn renewal_of(collected: &mut Collected, instance: Option<InstanceKeys>) -> Option<StoredRenewal> {
    Some(StoredRenewal { renewal: collected.renewal.take()?, keys: instance? })
}

/// A key as the store keeps it.
pub(crate) fn stored(key: &SoftwareKey) -> Secret {
    Secret::new(base64url::encode(&key.to_pkcs8_der()))
}
