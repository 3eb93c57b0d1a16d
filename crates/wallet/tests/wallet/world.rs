//! An authority in memory that admits organisations and hands out cards.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use mibun_card::vc::{self, Edition, EditionSpec};
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Algorithm, PublicKey, Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};
use mibun_issuing::address::{Issuer, Transport};
use mibun_issuing::credential::{CredentialRequest, CredentialResponse, DeferredRequest, KeyAttestations, Terms};
use mibun_issuing::error::{Code, ErrorBody, Refusal};
use mibun_issuing::exchange::{HttpRequest, HttpResponse, Method};
use mibun_issuing::grant::{Grant, OfferSecrets, Policy, TxCodeKey};
use mibun_issuing::metadata::{AuthorizationServerMetadata, Display, IssuerMetadata, IssuerSettings};
use mibun_issuing::nonce::NonceKey;
use mibun_issuing::notification::Notification;
use mibun_issuing::offer::{CredentialOffer, TxCode};
use mibun_issuing::refresh::RefreshKey;
use mibun_issuing::token::{self, TokenRequest, TokenResponse};
use mibun_trust::TrustAnchors;
use mibun_wallet::Wallet;
use mibun_wallet::clock::FixedClock;
use mibun_wallet::http::{Exchange, NetworkError};
use mibun_wallet::store::Store;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::asker::Asker;

pub const ISSUER: &str = "https://id.example";
pub const CONFIGURATION: &str = "card";
pub const NOW: Timestamp = Timestamp(1_800_000_000);
const TRANSACTION: &str = "a transaction";

/// A root with everything below it.
pub struct Authority {
    pub root: Certificate,
    root_key: SoftwareKey,
    signer: SoftwareKey,
    signer_chain: Vec<Vec<u8>>,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut entropy = SeededEntropy::new(name);
        let (root_key, signer) = (SoftwareKey::generate(&mut entropy), SoftwareKey::generate(&mut entropy));
        let spec = AuthoritySpec { subject: subject(name, None), validity: validity(), path_length: None };
        let root = issue_root(&spec, &root_key, &mut entropy).expect("a root");
        let mut authority = Self { root, root_key, signer, signer_chain: Vec::new() };
        let leaf = authority.admit("Card signer", Purpose::DocumentSigner, authority.signer.public_key());
        authority.signer_chain = vec![leaf];
        authority
    }

    /// A certificate in DER.
    pub fn admit(&self, name: &str, purpose: Purpose, subject_key: &PublicKey) -> Vec<u8> {
        let spec = LeafSpec {
            subject: subject(name, Some(name)),
            alternative_names: Vec::new(),
            purpose,
            validity: validity(),
            subject_key,
        };
        let mut entropy = SeededEntropy::new(name);
        issue_leaf(&spec, &self.root, &self.root_key, &mut entropy).expect("a leaf").der().to_vec()
    }

    fn card(&self, key: &PublicKey, number: usize) -> String {
        let claims = json!({
            "family_name": "TANAKA",
            "given_name": "HANAKO",
            "birthdate": "1990-04-01",
            "nationalities": ["JP", "BR"],
            "address": { "formatted": "1-2-3 Chuo, Osaka", "country": "JP" },
            "assurance_level": "light",
        });
        let Value::Object(claims) = claims else { unreachable!("an object was written") };
        let status = json!({ "status_list": { "idx": number, "uri": "https://id.example/status/1" } });
        let spec = EditionSpec {
            issuer: ISSUER,
            vct: vc::CARD_VCT,
            claims: &claims,
            issued_at: NOW,
            expires_at: NOW.plus_days(30),
            x5c: &self.signer_chain,
        };
        let edition = Edition::new(&spec, &self.signer).expect("a card");
        edition.copy(key, &status, &mut SeededEntropy::new(format!("copy {number}"))).expect("a copy")
    }
}

fn subject(common_name: &str, organisation: Option<&str>) -> Subject {
    Subject { common_name: common_name.to_owned(), organisation: organisation.map(str::to_owned), country: None }
}

fn validity() -> Validity {
    Validity { not_before: NOW.plus_days(-1), not_after: NOW.plus_days(365) }
}

/// Everything outside of the wallet.
pub struct Outside {
    pub authority: Authority,
    pub asker: Asker,
    pub grant: Grant,
    pub secrets: OfferSecrets,
    pub calls: Vec<String>,
    /// Paths whose calls get no answer.
    pub unreachable: Vec<&'static str>,
    /// How often cards are not ready when they are asked for.
    pub deferrals: usize,
    /// Seconds after which they may be.
    pub interval: u64,
    /// What the issuer refuses cards with that were not ready.
    pub denial: Option<Code>,
    /// Done when the wallet asks for cards that were not ready.
    pub on_deferred: Option<Box<dyn FnMut() + Send>>,
    /// The answer that is not ready yet, with the keys.
    deferred: Option<(String, Vec<PublicKey>)>,
    policy: Policy,
    nonce_key: NonceKey,
    entropy: SeededEntropy,
    cards: usize,
}

/// The same, as the wallet's network.
#[derive(Clone)]
pub struct World(Arc<Mutex<Outside>>);

impl World {
    pub fn new() -> Self {
        let mut entropy = SeededEntropy::new("outside");
        let tx_code_key = TxCodeKey::generate(&mut entropy);
        let policy = Policy {
            tx_code_key,
            refresh_key: RefreshKey::generate(&mut entropy),
            code_lifetime: 600,
            authorization_code_lifetime: 60,
            token_lifetime: 300,
            refresh_lifetime: 3000,
        };
        let (grant, secrets) = Grant::offer(&policy, true, NOW, &mut entropy);
        let authority = Authority::new("An authority");
        let asker = Asker::new(&authority);
        let nonce_key = NonceKey::generate(&mut entropy);
        let (calls, unreachable) = (Vec::new(), Vec::new());
        Self(Arc::new(Mutex::new(Outside {
            authority,
            asker,
            grant,
            secrets,
            calls,
            unreachable,
            deferrals: 0,
            interval: 60,
            denial: None,
            on_deferred: None,
            deferred: None,
            policy,
            nonce_key,
            entropy,
            cards: 0,
        })))
    }

    pub fn outside(&self) -> MutexGuard<'_, Outside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A wallet in this world that trusts its authority.
    pub fn wallet(&self) -> Wallet {
        self.wallet_at(NOW, Store::in_memory())
    }

    /// The same at another time, with a store.
    pub fn wallet_at(&self, now: Timestamp, store: Store) -> Wallet {
        let anchors = TrustAnchors::single(&self.outside().authority.root);
        let entropy = Box::new(SeededEntropy::new(format!("a wallet at {}", now.0)));
        let network = Arc::new(self.clone());
        Wallet::new(store, network, Arc::new(FixedClock(now)), entropy).trusting(anchors).asking_for(3)
    }

    /// A wallet with the card of the offer.
    pub async fn wallet_with_card(&self) -> Wallet {
        let mut wallet = self.wallet();
        let (link, tx_code) = self.offer();
        wallet.collect(&link, Some(&tx_code)).await.expect("the card is collected");
        wallet
    }

    /// The link of the offer and its transaction code.
    pub fn offer(&self) -> (String, String) {
        let outside = self.outside();
        let code = outside.secrets.code.clone();
        let offer = CredentialOffer::new(&issuer(), &[CONFIGURATION], code, Some(TxCode::digits("On the screen")));
        let tx_code = outside.secrets.tx_code.as_ref().expect("a transaction code was asked for");
        (offer.link(), tx_code.expose().to_owned())
    }
}

#[async_trait]
impl Exchange for World {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, NetworkError> {
        let mut outside = self.outside();
        let path = request.url.strip_prefix(ISSUER).expect("a call to this world").to_owned();
        outside.calls.push(path.clone());
        if outside.unreachable.contains(&path.as_str()) {
            return Err(NetworkError::Redirected);
        }
        let body = String::from_utf8(request.body.clone()).expect("bodies are text");
        Ok(outside.answer(&request, &path, &body))
    }
}

impl Outside {
    fn answer(&mut self, request: &HttpRequest, path: &str, body: &str) -> HttpResponse {
        match (request.method, path) {
            (Method::Get, "/.well-known/openid-credential-issuer") => good(&self.metadata()),
            (Method::Get, "/.well-known/oauth-authorization-server") => {
                good(&AuthorizationServerMetadata::new(&issuer(), &[CONFIGURATION]))
            }
            (Method::Post, "/token") => self.token(body),
            (Method::Post, "/nonce") => good(&json!({ "c_nonce": self.nonce_key.issue(NOW, &mut self.entropy) })),
            (Method::Post, "/credential") => self.credential(request, body),
            (Method::Post, "/deferred_credential") => self.deferred(body),
            (Method::Post, "/notification") => self.notification(request, body),
            (Method::Get, "/vp/requests/1") => self.asker.hand_out(request, None),
            (Method::Post, "/vp/requests/1") => self.asker.hand_out(request, Some(body)),
            (Method::Post, "/vp/responses/1") => self.asker.receive(body),
            other => panic!("no such endpoint: {other:?}"),
        }
    }

    fn metadata(&self) -> IssuerMetadata {
        let names = [Display::new("An authority", "en")];
        IssuerMetadata::new(&IssuerSettings {
            issuer: &issuer(),
            names: &names,
            configuration: CONFIGURATION,
            vct: vc::CARD_VCT,
            card_names: &[Display::new("Digital ID", "en")],
            batch_size: 10,
            mdoc: None,
            signed_with: Algorithm::Es256,
            encryption: None,
            attestations: KeyAttestations::default(),
        })
    }

    fn token(&mut self, body: &str) -> HttpResponse {
        let request = TokenRequest::parse(body.as_bytes()).expect("wallets send good requests");
        let TokenRequest::PreAuthorized(request) = request else { panic!("an offer is redeemed") };
        let step = self.grant.redeem(&request, None, &self.policy, NOW, &mut self.entropy);
        self.grant = step.store.unwrap_or_else(|| self.grant.clone());
        match step.answer {
            Ok(access) => good(&TokenResponse::of(access)),
            Err(refusal) => bad(refusal.code()),
        }
    }

    fn credential(&mut self, request: &HttpRequest, body: &str) -> HttpResponse {
        let token = token::presented(header(request, "authorization")).expect("a token was sent").token;
        let terms = Terms {
            issuer: ISSUER,
            configurations: &[CONFIGURATION],
            identifiers: false,
            batch_size: 10,
            nonce_key: &self.nonce_key,
            attestations: KeyAttestations::default(),
        };
        let request = CredentialRequest::parse(body.as_bytes()).expect("wallets send good requests");
        let accepted = request.accept(&token, &terms, NOW).expect("wallets send good proofs");
        let step = self.grant.reserve(&token, &accepted.configuration, accepted.request, NOW, &mut self.entropy);
        self.grant = step.store.unwrap_or_else(|| self.grant.clone());
        let reservation = step.answer.expect("the token is good");
        self.deferred = Some((reservation.notification_id, accepted.keys));
        self.issue()
    }

    fn deferred(&mut self, body: &str) -> HttpResponse {
        let request = DeferredRequest::parse(body.as_bytes()).expect("wallets send good requests");
        assert_eq!(request.transaction, TRANSACTION);
        if let Some(then) = &mut self.on_deferred {
            then();
        }
        match self.denial {
            Some(code) => bad(code),
            None => self.issue(),
        }
    }

    /// The cards, for as long as the wallet asks, or that they are not ready.
    fn issue(&mut self) -> HttpResponse {
        if let Some(left) = self.deferrals.checked_sub(1) {
            self.deferrals = left;
            let pending = json!({ "transaction_id": TRANSACTION, "interval": self.interval });
            return HttpResponse::new(202, pending.to_string());
        }
        let (notification, keys) = self.deferred.clone().expect("cards were asked for");
        let mut issue = |key: &PublicKey| {
            self.cards += 1;
            self.authority.card(key, self.cards)
        };
        let cards = keys.iter().map(&mut issue).collect();
        good(&CredentialResponse::new(cards, notification))
    }

    fn notification(&mut self, request: &HttpRequest, body: &str) -> HttpResponse {
        let token = token::presented(header(request, "authorization")).expect("a token was sent").token;
        let notification = Notification::parse(body.as_bytes()).expect("wallets send good notifications");
        let step = self.grant.notify(&token, &notification, NOW);
        self.grant = step.store.unwrap_or_else(|| self.grant.clone());
        step.answer.map_or_else(|refusal| bad(refusal.code()), |()| good(&Map::new()))
    }
}

pub fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

/// The fields of a posted form.
pub fn fields(body: &str) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

pub fn good(body: &impl Serialize) -> HttpResponse {
    HttpResponse::new(200, serde_json::to_vec(body).expect("JSON"))
}

fn bad(error: Code) -> HttpResponse {
    let body = ErrorBody { error, error_description: None };
    HttpResponse::new(400, serde_json::to_vec(&body).expect("JSON"))
}

fn issuer() -> Issuer {
    Issuer::parse(ISSUER, Transport::Https).expect("a good identifier")
}
