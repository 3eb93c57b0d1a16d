//! An issuer's desk in memory: does in each call what a server does in one unit of work.

use std::collections::{HashMap, HashSet};

use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;
use mibun_issuing::credential::{Accepted, CredentialError, CredentialRequest, KeyAttestations, RequestKey, Terms};
use mibun_issuing::error::{Code, Refusal};
use mibun_issuing::grant::{AccessError, Grant, OfferSecrets, Policy, RedeemError, TxCodeKey};
use mibun_issuing::nonce::NonceKey;
use mibun_issuing::notification::{Notification, NotificationError};
use mibun_issuing::refresh::RefreshKey;
use mibun_issuing::secret::Secret;
use mibun_issuing::token::{
    self, BearerError, PreAuthorizedRequest, TokenRequest, TokenRequestError, TokenResponse, TokenType,
};

pub const ISSUER: &str = "https://id.example/mibun";
pub const CONFIGURATION: &str = "mibun-light";
pub const NOW: Timestamp = Timestamp(1_790_000_000);
pub const BATCH: usize = 3;

/// One offer and everything a server would have in its store for it.
pub struct Desk {
    pub policy: Policy,
    pub nonce_key: NonceKey,
    pub grant: Grant,
    pub spent: HashSet<[u8; 16]>,
    pub batches: HashMap<RequestKey, usize>,
    pub writes: usize,
    pub now: Timestamp,
    pub entropy: SeededEntropy,
    /// Whom it believes about keys.
    pub attesters: Vec<Certificate>,
    /// Whether keys have to be attested.
    pub attested: bool,
}

/// Every refusal a wallet can meet here.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    Request(TokenRequestError),
    Redeem(RedeemError),
    Bearer(BearerError),
    Access(AccessError),
    Credential(CredentialError),
    Notification(NotificationError),
}

impl Refused {
    pub fn code(&self) -> Code {
        match self {
            Self::Request(refusal) => refusal.code(),
            Self::Redeem(refusal) => refusal.code(),
            Self::Bearer(refusal) => refusal.code(),
            Self::Access(refusal) => refusal.code(),
            Self::Credential(refusal) => refusal.code(),
            Self::Notification(refusal) => refusal.code(),
        }
    }
}

/// What the wallet of a collected card knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    pub accepted: Accepted,
    pub notification_id: String,
    pub repeated: bool,
}

impl Desk {
    /// A desk with one open offer, with or without transaction code.
    pub fn open(ask_tx_code: bool) -> (Self, OfferSecrets) {
        let mut entropy = SeededEntropy::new("an issuer's desk");
        let tx_code_key = TxCodeKey::generate(&mut entropy);
        let policy = Policy {
            tx_code_key,
            refresh_key: RefreshKey::generate(&mut entropy),
            code_lifetime: 600,
            authorization_code_lifetime: 60,
            token_lifetime: 300,
            refresh_lifetime: 3000,
        };
        let nonce_key = NonceKey::generate(&mut entropy);
        let (grant, secrets) = Grant::offer(&policy, ask_tx_code, NOW, &mut entropy);
        let desk = Self {
            policy,
            nonce_key,
            grant,
            spent: HashSet::new(),
            batches: HashMap::new(),
            writes: 0,
            now: NOW,
            entropy,
            attesters: Vec::new(),
            attested: false,
        };
        (desk, secrets)
    }

    /// A desk whose offer is redeemed, with the token and a nonce. Counting of writes starts here.
    pub fn redeemed() -> (Self, Secret, String) {
        let (mut desk, secrets) = Self::open(false);
        let token = desk
            .token(&PreAuthorizedRequest { code: secrets.code, tx_code: None }.to_form())
            .expect("the code is good");
        let nonce = desk.nonce();
        desk.writes = 0;
        (desk, token, nonce)
    }

    pub fn later(&mut self, seconds: i64) -> &mut Self {
        self.now = self.now.plus_seconds(seconds);
        self
    }

    pub fn nonce(&mut self) -> String {
        self.nonce_key.issue(self.now, &mut self.entropy)
    }

    pub fn token(&mut self, form: &str) -> Result<Secret, Refused> {
        self.token_response(form).map(|response| response.access_token)
    }

    pub fn token_response(&mut self, form: &str) -> Result<TokenResponse, Refused> {
        let request = TokenRequest::parse(form.as_bytes()).map_err(Refused::Request)?;
        let TokenRequest::PreAuthorized(request) = request else { panic!("the desk has offers only") };
        let step = self.grant.redeem(&request, None, &self.policy, self.now, &mut self.entropy);
        self.store(step.store);
        let access = step.answer.map_err(Refused::Redeem)?;
        Ok(TokenResponse::of(access))
    }

    pub fn credential(&mut self, authorization: Option<&str>, body: &str) -> Result<Served, Refused> {
        let presented = token::presented(authorization).map_err(Refused::Bearer)?;
        if presented.kind == TokenType::Dpop {
            return Err(Refused::Access(AccessError::NotBound));
        }
        let token = presented.token;
        let request = CredentialRequest::parse(body.as_bytes()).map_err(Refused::Credential)?;
        let accepted = request.accept(&token, &self.terms(), self.now).map_err(Refused::Credential)?;
        let step = self.grant.reserve(&token, &accepted.configuration, accepted.request, self.now, &mut self.entropy);
        let reservation = match step.answer {
            Ok(reservation) => reservation,
            Err(refusal) => {
                self.store(step.store);
                return Err(Refused::Access(refusal));
            }
        };
        if !reservation.repeated {
            // Nothing is stored when the nonce turns out to be spent: the unit of work ends here.
            if !self.spent.insert(accepted.nonce.id) {
                return Err(Refused::Credential(CredentialError::SpentNonce));
            }
            self.store(step.store);
            self.batches.insert(accepted.request, accepted.keys.len());
        }
        let (notification_id, repeated) = (reservation.notification_id, reservation.repeated);
        Ok(Served { accepted, notification_id, repeated })
    }

    pub fn notify(&mut self, authorization: Option<&str>, body: &str) -> Result<(), Refused> {
        let token = token::presented(authorization).map_err(Refused::Bearer)?.token;
        let notification = Notification::parse(body.as_bytes()).map_err(Refused::Notification)?;
        let step = self.grant.notify(&token, &notification, self.now);
        self.store(step.store);
        step.answer.map_err(Refused::Access)
    }

    /// Whether nothing was stored, spent or issued since the offer or since the token.
    pub fn is_untouched(&self) -> bool {
        self.writes == 0 && self.spent.is_empty() && self.batches.is_empty()
    }

    fn terms(&self) -> Terms<'_> {
        Terms {
            issuer: ISSUER,
            configurations: &[CONFIGURATION],
            identifiers: false,
            batch_size: BATCH,
            nonce_key: &self.nonce_key,
            attestations: KeyAttestations {
                anchors: &self.attesters,
                required: self.attested,
                ..KeyAttestations::default()
            },
        }
    }

    /// As a database does: what is stored is text, and what is read is what the text says.
    fn store(&mut self, grant: Option<Grant>) {
        if let Some(grant) = grant {
            let text = serde_json::to_string(&grant).expect("a grant can be stored");
            self.grant = serde_json::from_str(&text).expect("a stored grant can be read");
            assert_eq!(self.grant, grant);
            self.writes += 1;
        }
    }
}
