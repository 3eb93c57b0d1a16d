//! What is sealed in a check's row.

use mibun_card::mdoc::elements::PID;
use mibun_card::vc::CARD_VCT;
use mibun_presenting::dcql::Query;
use mibun_presenting::transaction::{Outcome, Secret, Transaction, Way};
use mibun_presenting::words::{Words, words};
use mibun_trust::Scene;
use mibun_verifying::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The name of a check's state, as pages and the record know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has scanned the code.
    Waiting,
    /// A wallet has the request.
    Scanned,
    /// The answer was accepted.
    Verified,
    /// The answer was refused, or the holder refused.
    Refused,
    /// Time went by.
    Expired,
}

impl State {
    /// The name as text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Scanned => "scanned",
            Self::Verified => "verified",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }
}

/// A check's state.
#[derive(Clone, Serialize, Deserialize)]
pub struct StoredCheck {
    /// Where in the exchange it is.
    pub transaction: Transaction,
    /// The private key for the answer (JWK), until the answer came.
    pub response_key: Option<Value>,
    /// The client identifier of the organisation that asks.
    pub client_id: String,
    /// Whether it is asked by a moving code.
    pub moving: bool,
    /// The nonces behind the two words, once a wallet has fetched.
    nonces: Option<(Secret, Secret)>,
    /// How it was judged.
    pub verdict: Option<StoredVerdict>,
    /// In which format the card is asked for.
    #[serde(default)]
    pub format: CardFormat,
}

/// The format in which a card is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub enum CardFormat {
    /// SD-JWT VC.
    #[default]
    #[serde(rename = "dc+sd-jwt")]
    SdJwtVc,
    /// ISO mdoc: the PID of the EUDI PID Rulebook.
    #[serde(rename = "mso_mdoc")]
    Mdoc,
    /// Whichever of the two the holder has.
    #[serde(rename = "either")]
    Either,
}

impl CardFormat {
    /// What a scene asks for in this format.
    pub fn query(self, scene: &Scene) -> Query {
        match self {
            Self::SdJwtVc => Query::for_scene(scene, &[CARD_VCT]),
            Self::Mdoc => Query::for_scene_in_mdoc(scene, &PID),
            Self::Either => Query::for_scene_in_either(scene, &[CARD_VCT], &PID),
        }
    }

    /// The name under which an mdoc returns, where one is asked for.
    pub const fn mdoc(self) -> Option<&'static str> {
        match self {
            Self::SdJwtVc => None,
            Self::Mdoc => Some(Query::CARD),
            Self::Either => Some(Query::CARD_IN_MDOC),
        }
    }

    /// The name under which an SD-JWT VC returns, where one is asked for.
    pub const fn sd_jwt(self) -> Option<&'static str> {
        match self {
            Self::SdJwtVc | Self::Either => Some(Query::CARD),
            Self::Mdoc => None,
        }
    }
}

/// A judgement, as it is kept.
#[derive(Clone, Serialize, Deserialize)]
pub struct StoredVerdict {
    /// Whether the card was accepted.
    pub accepted: bool,
    /// The level of the card, where it could be read.
    pub level: Option<String>,
    /// Each check by name, and whether it passed.
    pub checks: Vec<(String, bool)>,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
    /// The fields the scene allows to be kept.
    pub fields: Vec<FieldValue>,
    /// When.
    pub at: mibun_crypto::time::Timestamp,
}

/// One field of an answer.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldValue {
    /// Where it stands in the card.
    pub path: Vec<String>,
    /// What it says.
    pub value: Value,
}

impl StoredCheck {
    /// A check that nobody has answered.
    pub fn new(transaction: Transaction, response_key: Option<Value>, client_id: String) -> Self {
        let moving = matches!(&transaction, Transaction::Created { terms } if terms.way == Way::Window);
        Self {
            transaction,
            response_key,
            client_id,
            moving,
            nonces: None,
            verdict: None,
            format: CardFormat::default(),
        }
    }

    /// Whether a page asks through the browser's API: then there is nothing that a wallet could fetch.
    pub const fn in_page(&self) -> bool {
        match &self.transaction {
            Transaction::Created { terms } | Transaction::Fetched { terms, .. } => {
                matches!(terms.way, Way::Page { .. })
            }
            _ => false,
        }
    }

    /// Notes the nonces of the wallet that fetched, for the words.
    pub fn note_nonces(&mut self) {
        if let Transaction::Fetched { terms, wallet_nonce } = &self.transaction {
            let wallet_nonce = wallet_nonce.clone().unwrap_or_else(|| Secret::from(""));
            self.nonces = Some((terms.nonce.clone(), wallet_nonce));
        }
    }

    /// The two words both screens show, once a wallet has fetched.
    pub fn words(&self) -> Option<Words> {
        self.nonces.as_ref().map(|(request, wallet)| words(request.reveal(), wallet.reveal()))
    }

    /// The name of the state.
    pub fn state(&self) -> State {
        match &self.transaction {
            Transaction::Created { .. } => State::Waiting,
            Transaction::Fetched { .. } => State::Scanned,
            // The result waits for the code to come back in the holder's browser.
            Transaction::Answered { .. } => State::Scanned,
            Transaction::Done { outcome: Outcome::Accepted } => State::Verified,
            Transaction::Done { .. } => State::Refused,
            Transaction::Expired => State::Expired,
        }
    }
}

impl std::fmt::Debug for StoredCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredCheck({})", self.state().as_str())
    }
}

impl std::fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FieldValue({})", self.path.join("."))
    }
}
