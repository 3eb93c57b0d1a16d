//! Our verifier: a transaction, its request in each way, and what it makes of an answer. The crates do the work; this only
//! wires them.

use mibun_card::CardFormat;
use mibun_card::mdoc::elements::PID;
use mibun_card::vc::CARD_VCT;
use mibun_crypto::entropy::{Entropy, SeededEntropy};
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::policy::Accepted;
use mibun_presenting::dc_api::{self, BrowserSpec, Cosigner, Protocol};
use mibun_presenting::dcql::Query;
use mibun_presenting::request::{AccessIdentity, AnswerBy, FetchMethod, RequestLink, RequestSpec};
use mibun_presenting::response::{Expected, Received, ResponseError, receive};
use mibun_presenting::session::Handover;
use mibun_presenting::transaction::{
    Outcome, Secret, Terms, Transaction, TransactionError, Way as Place, session_hash,
};
use mibun_verifying::{Evidence, Expectation, ListEvidence, MdocExpectation, Verdict};
use url::Url;

use crate::world::{KID, LIST, NOW, page, world};
use crate::{Posted, Sent, Way};

const RESPONSE_URI: &str = "https://hotel.example/vp/responses/1";
pub const SESSION: &[u8] = b"browser session";

/// One exchange of the verifier.
pub struct Exchange {
    pub way: Way,
    pub transaction: Transaction,
    format: CardFormat,
    key: EphemeralKey,
    query: Query,
}

/// What the verifier says to an answer.
#[derive(Debug)]
pub enum Reply {
    /// Judged; an accepted one has the page to return to, in the redirect flow.
    Judged(Box<Verdict>, Option<Url>),
    /// Not even read.
    Unread(ResponseError),
    /// Not of this exchange.
    Stray(TransactionError),
}

impl Exchange {
    /// A fresh exchange; `seed` makes one differ from another.
    pub fn open(way: Way, seed: &str) -> Self {
        Self::open_in(CardFormat::SdJwtVc, way, seed)
    }

    /// The same for a card in this format.
    pub fn open_in(format: CardFormat, way: Way, seed: &str) -> Self {
        let mut entropy = SeededEntropy::new(seed);
        let session = session_hash(SESSION);
        let terms = Terms {
            nonce: entropy.token(32).into(),
            state: entropy.token(16).into(),
            sealed_response_key: None,
            way: if way == Way::Redirect { Place::SameDevice { session } } else { Place::Page { session } },
            expires_at: NOW.plus_seconds(300),
        };
        let query = match format {
            CardFormat::SdJwtVc => Query::for_scene(&world().scene, &[CARD_VCT]),
            CardFormat::Mdoc => Query::for_scene_in_mdoc(&world().scene, &PID),
        };
        Self { way, transaction: Transaction::open(terms), format, key: EphemeralKey::generate(&mut entropy), query }
    }

    pub fn link(&self, method: FetchMethod) -> String {
        let request_uri = Url::parse("https://hotel.example/vp/requests/1").expect("an address");
        let link = RequestLink { client_id: world().hotel.client_id(), request_uri, method };
        link.to_url(&Url::parse("https://suite.example/authorize").expect("an address")).to_string()
    }

    fn terms(&self) -> &Terms {
        match &self.transaction {
            Transaction::Created { terms } | Transaction::Fetched { terms, .. } => terms,
            other => panic!("the exchange is over: {other:?}"),
        }
    }

    /// The request, as a wallet fetches it or a page hands it to the browser.
    pub fn request(&mut self, wallet_nonce: Option<&str>) -> Result<Sent, TransactionError> {
        if self.way == Way::Redirect {
            self.transaction = self.transaction.fetch(wallet_nonce, NOW)?;
            return Ok(Sent::Object { link: self.link(FetchMethod::Get), object: self.object(wallet_nonce) });
        }
        let (key, origins) = (self.key.public_jwk(KID), [page()]);
        let spec = BrowserSpec {
            query: &self.query,
            cards: Accepted::HAIP,
            notice: None,
            verifier_info: &[],
            transaction_data: &[],
            nonce: self.terms().nonce.reveal(),
            answer_key: Some(&key),
            origins: &origins,
            issued_at: NOW,
            expires_at: self.terms().expires_at,
        };
        let (hotel, elsewhere) = (world().hotel.identity(), world().elsewhere.identity());
        let signers = [elsewhere, hotel].map(|identity| Cosigner { identity, verifier_info: &[] });
        let (protocol, data) = match self.way {
            Way::Unsigned => (Protocol::Unsigned, Ok(spec.unsigned())),
            Way::Signed => (Protocol::Signed, spec.signed(&hotel)),
            _ => (Protocol::Multisigned, spec.multisigned(&signers)),
        };
        Ok(Sent::Call { protocol: protocol.name(), data: data.expect("the request is signed") })
    }

    fn object(&self, wallet_nonce: Option<&str>) -> String {
        let (key, terms) = (self.key.public_jwk(KID), self.terms());
        let response_uri = Url::parse(RESPONSE_URI).expect("an address");
        let spec = RequestSpec {
            query: &self.query,
            cards: Accepted::HAIP,
            notice: None,
            verifier_info: &[],
            transaction_data: &[],
            nonce: terms.nonce.reveal(),
            state: terms.state.reveal(),
            wallet_nonce,
            response_uri: &response_uri,
            answer_by: AnswerBy::DirectPostJwt(&key),
            issued_at: NOW,
            expires_at: terms.expires_at,
        };
        let hotel = &world().hotel;
        spec.sign(&AccessIdentity { chain: &hotel.chain, signer: &hotel.key }).expect("the request is signed")
    }

    /// Reads and judges an answer. The transaction moves on only with a card that is accepted: whatever is wrong may be
    /// tried again by the one whom the request was for.
    pub fn take(&mut self, posted: &Posted) -> Reply {
        let expected = Expected::Encrypted { key: &self.key, kid: KID };
        let limits = Limits { bytes: 512 * 1024, ..Limits::default() };
        let received = match posted {
            Posted::Form(form) => receive(form, &expected, &limits),
            Posted::Data { protocol, data } => {
                dc_api::receive((protocol, data), &[self.protocol()], &expected, &limits)
            }
        };
        let (token, state) = match received {
            Ok(Received::Answer { token, state }) => (token, state),
            Ok(Received::Declined { code, .. }) => panic!("declined: {code:?}"),
            Err(error) => return Reply::Unread(error),
        };
        let nonce = match self.answerable(state.as_deref()) {
            Ok(terms) => terms.nonce.clone(),
            Err(error) => return Reply::Stray(error),
        };
        if let Err(error) = token.check(&self.query) {
            return Reply::Unread(error.into());
        }
        let verdict = match self.format {
            CardFormat::SdJwtVc => self.judge(&token.presentations(Query::CARD)[0], nonce.reveal()),
            CardFormat::Mdoc => {
                let responses = token.device_responses(Query::CARD).expect("they were checked");
                self.judge_mdoc(&responses[0], nonce.reveal())
            }
        };
        if !verdict.is_accepted() {
            return Reply::Judged(Box::new(verdict), None);
        }
        match self.finish(state.as_deref()) {
            Ok(code) => Reply::Judged(Box::new(verdict), code.map(|code| returning(&code))),
            Err(error) => Reply::Stray(error),
        }
    }

    fn answerable(&self, state: Option<&str>) -> Result<&Terms, TransactionError> {
        match self.way {
            Way::Redirect => self.transaction.answerable(state, NOW),
            _ => self.transaction.answerable_from_page(SESSION, NOW),
        }
    }

    fn finish(&mut self, state: Option<&str>) -> Result<Option<Secret>, TransactionError> {
        let (next, code) = match self.way {
            Way::Redirect => self.transaction.answer(state, Outcome::Accepted, NOW, &mut SeededEntropy::new("code"))?,
            _ => (self.transaction.answer_from_page(SESSION, Outcome::Accepted, NOW)?, None),
        };
        self.transaction = next;
        Ok(code)
    }

    fn protocol(&self) -> Protocol {
        match self.way {
            Way::Unsigned => Protocol::Unsigned,
            Way::Signed => Protocol::Signed,
            Way::Multisigned | Way::Redirect => Protocol::Multisigned,
        }
    }

    fn judge_mdoc(&self, response: &[u8], nonce: &str) -> Verdict {
        let key = self.key.public_jwk(KID);
        let handover = match self.way {
            Way::Redirect => Handover::redirect(&world().hotel.client_id(), nonce, Some(&key), RESPONSE_URI),
            _ => Handover::dc_api(page().as_str(), nonce, Some(&key)),
        };
        let expectation = MdocExpectation {
            transcript: &handover.transcript(),
            reader_key: None,
            scene: &world().scene,
            document_type: &PID,
            now: NOW,
        };
        let lists = [(LIST.to_owned(), ListEvidence::Token(&world().list))];
        let evidence = Evidence { anchors: &world().anchors, status_lists: &lists };
        mibun_verifying::judge_mdoc(response, &expectation, &evidence)
    }

    fn judge(&self, presentation: &str, nonce: &str) -> Verdict {
        let audience = match self.way {
            Way::Redirect => world().hotel.client_id(),
            _ => page().audience(),
        };
        let expectation = Expectation { nonce, audience: &audience, scene: &world().scene, vct: CARD_VCT, now: NOW };
        let lists = [(LIST.to_owned(), ListEvidence::Token(&world().list))];
        mibun_verifying::judge(
            presentation,
            &expectation,
            &Evidence { anchors: &world().anchors, status_lists: &lists },
        )
    }
}

fn returning(code: &Secret) -> Url {
    let mut url = Url::parse("https://hotel.example/check/return").expect("an address");
    url.query_pairs_mut().append_pair("response_code", code.reveal());
    url
}
