//! Our wallet's machine with everything around it: keys, a provider, a browser that only follows.

use std::sync::Arc;

use mibun_crypto::entropy::{Entropy, SeededEntropy};
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::x509::{AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};
use mibun_issuing::address::Transport;
use mibun_issuing::collect::{
    Attested, CollectError, Collected, Collector, Evidence, Instance, Need, Progress, Settings, Waiting,
    WantedAttestation,
};
use mibun_issuing::notification::Event;
use mibun_issuing::secret::Secret;
use mibun_trust::attestation::Profile;
use mibun_trust::attestation::client::{self, Attestation};
use mibun_trust::attestation::key::{self, KeyAttestation};

use crate::suite_issuer::{NOW, Suite};
use crate::{Beginning, Variant};

pub const CLIENT: &str = "https://wallet.example";
pub const BACK: &str = "https://wallet.example/back";
pub const COPIES: usize = 3;

/// Who vouches for our wallet.
pub struct Provider {
    pub root: Certificate,
    leaf: Certificate,
    key: SoftwareKey,
}

impl Provider {
    pub fn new() -> Self {
        let mut entropy = SeededEntropy::new("a wallet provider");
        let (root_key, key) = (SoftwareKey::generate(&mut entropy), SoftwareKey::generate(&mut entropy));
        let validity = Validity { not_before: NOW.plus_days(-1), not_after: NOW.plus_days(365) };
        let subject = |name: &str| Subject { common_name: name.to_owned(), organisation: None, country: None };
        let root = AuthoritySpec { subject: subject("Wallet providers"), validity, path_length: None };
        let root = issue_root(&root, &root_key, &mut entropy).expect("a root");
        let leaf = LeafSpec {
            subject: subject("A wallet provider"),
            alternative_names: Vec::new(),
            purpose: Purpose::WalletProvider,
            validity,
            subject_key: key.public_key(),
        };
        let leaf = issue_leaf(&leaf, &root, &root_key, &mut entropy).expect("a leaf");
        Self { root, leaf, key }
    }

    fn instance(&self, profile: Profile, entropy: &mut dyn Entropy) -> Instance {
        let key = SoftwareKey::generate(entropy);
        let attestation = Attestation {
            profile,
            issuer: "https://provider.example",
            client_id: CLIENT,
            key: key.public_key(),
            issued_at: NOW,
            expires_at: NOW.plus_days(1),
            wallet_name: None,
            status: None,
        };
        let attestation = client::sign(&attestation, &[self.leaf.der().to_vec()], &self.key).expect("signed");
        Instance {
            client_id: CLIENT.to_owned(),
            redirect_uri: BACK.to_owned(),
            profile,
            attestation: Some(Attested { attestation, key: Arc::new(key) }),
            dpop: Arc::new(SoftwareKey::generate(entropy)),
            attests_keys: true,
        }
    }

    fn attest(&self, wanted: &WantedAttestation) -> String {
        let attestation = KeyAttestation {
            keys: &wanted.keys,
            nonce: wanted.nonce.as_deref(),
            key_storage: &[],
            user_authentication: &[],
            status: None,
            issued_at: NOW,
            expires_at: Some(NOW.plus_days(1)),
        };
        key::sign(&attestation, &[self.leaf.der().to_vec()], &self.key).expect("signed")
    }
}

/// Our wallet, which lives as long as its instance does.
pub struct OurWallet {
    provider: Provider,
    settings: Settings,
    entropy: SeededEntropy,
    /// Whether it stops where it would wait.
    impatient: bool,
    /// What it last waited for.
    pub waiting: Option<Waiting>,
}

/// Collects at the suite's issuer.
pub fn collect(suite: &mut Suite, variant: Variant) -> Result<Collected, CollectError> {
    let collected = OurWallet::new(suite, variant).collect(suite, variant)?;
    Ok(collected.expect("a patient wallet"))
}

impl OurWallet {
    pub fn new(suite: &Suite, variant: Variant) -> Self {
        let mut entropy = SeededEntropy::new("our wallet");
        let provider = Provider::new();
        let settings = Settings {
            copies: COPIES,
            formats: vec![variant.format],
            instance: Some(provider.instance(suite.profile, &mut entropy)),
            ..Settings::new(Transport::Https, vec![suite.root().clone()])
        };
        Self { provider, settings, entropy, impatient: false, waiting: None }
    }

    pub fn impatient(suite: &Suite, variant: Variant) -> Self {
        Self { impatient: true, ..Self::new(suite, variant) }
    }

    /// The cards; nothing where they are not ready and the wallet does not wait.
    pub fn collect(&mut self, suite: &mut Suite, variant: Variant) -> Result<Option<Collected>, CollectError> {
        let settings = self.settings.clone();
        let start = match variant.beginning {
            Beginning::Wallet => Collector::ask(&suite.issuer(), None, settings),
            Beginning::OfferByValue | Beginning::OfferByReference => Collector::start(&suite.offer(), settings),
        };
        self.drive(suite, start?)
    }

    /// Asks again.
    pub fn resume(&mut self, suite: &mut Suite, waiting: Waiting) -> Result<Option<Collected>, CollectError> {
        let start = Collector::resume(waiting, self.settings.clone())?;
        self.drive(suite, start)
    }

    fn drive(&mut self, suite: &mut Suite, start: Progress) -> Result<Option<Collected>, CollectError> {
        let mut progress = start;
        // Longer than any run: a machine that asks on and on fails here.
        for _ in 0..40 {
            let (need, collector) = match progress {
                Progress::Collected(collected) => return Ok(Some(*collected)),
                Progress::Needs(need, collector) => (need, collector),
            };
            self.waiting = collector.waiting().or(self.waiting.take());
            let Some(evidence) = self.meet(need, suite) else { return Ok(None) };
            progress = collector.advance(evidence, NOW, &mut self.entropy)?;
        }
        panic!("the machine does not come to an end: {:?}", suite.calls);
    }

    fn meet(&mut self, need: Need, suite: &mut Suite) -> Option<Evidence> {
        let entropy = &mut self.entropy;
        Some(match need {
            Need::Exchange(request) => Evidence::Response(suite.answer(&request)),
            Need::Browser(address) => Evidence::Returned(Secret::new(suite.browse(&address))),
            Need::Keys(count) => Evidence::Keys(
                (0..count).map(|_| Arc::new(SoftwareKey::generate(entropy)) as Arc<dyn Signer>).collect(),
            ),
            Need::KeyAttestation(wanted) => Evidence::KeyAttestation(self.provider.attest(&wanted)),
            Need::Wait(seconds) => {
                suite.wait(seconds);
                return (!self.impatient).then_some(Evidence::Waited);
            }
            other => panic!("nobody can give {other:?}"),
        })
    }
}

/// Tells the suite's issuer that the cards are kept.
pub fn accept(suite: &mut Suite, collected: &mut Collected) {
    let mut entropy = SeededEntropy::new("telling");
    let notice = collected.notice.as_mut().expect("the suite wants to know");
    let message = notice.tell(Event::CredentialAccepted, NOW, &mut entropy).expect("a message");
    let answer = suite.answer(&message);
    let again = notice.again(&answer, NOW, &mut entropy).expect("a message");
    let answer = again.map_or(answer, |again| suite.answer(&again));
    assert_eq!(answer.status, 204);
}
