//! Showing a card: fetch the request, verify who asks for what, match, and answer once the holder agrees.

use mibun_card::CardFormat;
use mibun_card::kb_jwt::Binding;
use mibun_card::mdoc::{Showing, recognised_by};
use mibun_card::path::ClaimPath;
use mibun_crypto::json::{self, Limits};
use mibun_crypto::key::Algorithm;
use mibun_issuing::exchange::{HttpRequest, HttpResponse};
use mibun_issuing::form;
use mibun_presenting::dcql::{Found, Query, VpToken, Wanted};
use mibun_presenting::request::{
    Accepting, Authentication, FetchMethod, REQUEST_MEDIA_TYPE, Refused, RequestLink, VerifiedRequest, verify,
};
use mibun_presenting::response::{self, ErrorCode, Posting};
use mibun_presenting::session::Handover;
use mibun_presenting::words::{Words, words};
use mibun_proofing::instruction::Confirmed;
use mibun_trust::Language;
use url::Url;

use super::Wallet;
use crate::failure::Failure;
use crate::held::{Held, HeldError, bind, document_part, part, software_key};
use crate::store::{CardCopy, CopyKey, Event};

/// Formats in which this wallet holds cards.
const FORMATS: [CardFormat; 2] = [CardFormat::SdJwtVc, CardFormat::Mdoc];
const WALLET_NONCE_BYTES: usize = 16;
/// Longer texts are no codes.
const LONGEST_CODE: usize = 64;
/// The code of a refusal that only the history sees.
const NO_COPIES_LEFT: &str = "no_copies_left";

/// How much to reveal where the asker leaves a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// What the asker would like best.
    #[default]
    AskersFavourite,
    /// As little as the asker accepts.
    Least,
}

/// A verified request with the answer that would be given: what a holder is shown before agreeing.
#[derive(Debug)]
pub struct Prepared {
    request: VerifiedRequest,
    answers: Vec<Answer>,
    /// The words to compare with the asker's screen, where the request was fetched with a nonce of ours.
    pub words: Option<Words>,
}

/// One card to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    query: String,
    card: String,
    format: CardFormat,
    reveal: Vec<ClaimPath>,
}

impl Answer {
    /// The paths of what would be revealed.
    pub(super) fn fields(answers: &[Self]) -> Vec<String> {
        answers.iter().flat_map(|answer| &answer.reveal).map(ToString::to_string).collect()
    }
}

/// What a proof is made for: who asks, which request, and where the answer goes unless a browser carries it.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) audience: &'a str,
    pub(super) nonce: &'a str,
    pub(super) response_uri: Option<&'a Url>,
    /// The session that an mdoc is shown in.
    pub(super) handover: &'a Handover,
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    /// Who asked.
    pub organisation: String,
    /// Which fields were revealed, by their paths.
    pub fields: Vec<String>,
    /// Where the holder goes on, in the browser that started the exchange.
    pub redirect_uri: Option<String>,
}

impl Prepared {
    /// Who asks, by its certificate.
    pub fn organisation(&self) -> &str {
        &self.request.organisation
    }

    /// What for, as the asker says in our format of it.
    pub fn purpose(&self, language: Language) -> Option<&str> {
        self.request.notice.as_ref().map(|notice| notice.purpose.of(language))
    }

    /// Which fields would be revealed, by their paths.
    pub fn fields(&self) -> Vec<String> {
        Answer::fields(&self.answers)
    }

    /// The verified request.
    pub fn request(&self) -> &VerifiedRequest {
        &self.request
    }
}

impl Wallet {
    /// Answers the request behind `link` without asking anybody.
    pub async fn present(&mut self, link: &str) -> Result<Presented, Failure> {
        let prepared = self.prepare(link, Choice::default()).await?;
        self.answer(prepared).await
    }

    /// Fetches and verifies the request behind `link` and chooses what would be shown. A refusal is told to the asker
    /// when it has proven who it is.
    pub async fn prepare(&mut self, link: &str, choice: Choice) -> Result<Prepared, Failure> {
        let link = RequestLink::parse(link, self.uri_policy())?;
        let (object, wallet_nonce) = self.fetch(&link).await?;
        let authentication = Authentication {
            link: &link,
            wallet_nonce: wallet_nonce.as_deref(),
            accepting: self.accepting(),
            policy: self.uri_policy(),
            now: self.now(),
        };
        let request = match verify(&object, &authentication) {
            Ok(request) => request,
            Err(refused) => return Err(self.refuse(refused).await?),
        };
        let words = wallet_nonce.map(|nonce| words(&request.nonce, &nonce));
        match self.choose(&request.query, choice) {
            Ok(answers) => Ok(Prepared { request, answers, words }),
            Err(failure) => {
                self.tell(&request, ErrorCode::AccessDenied, reason(&failure)).await?;
                Err(failure)
            }
        }
    }

    /// Shows what was prepared. Each card shown uses up one copy, before anything is sent.
    pub async fn answer(&mut self, prepared: Prepared) -> Result<Presented, Failure> {
        let fields = prepared.fields();
        let purpose = prepared.purpose(Language::English).map(str::to_owned);
        let request = prepared.request;
        let asking = Asking {
            audience: &request.client_id,
            nonce: &request.nonce,
            response_uri: Some(&request.response_uri),
            handover: &request.handover,
        };
        let token = self.token(asking, &prepared.answers).await?;
        let posting = response::answer(&request, &token, &mut *self.entropy)?;
        let reply = self.network.exchange(post(posting)).await;
        let taken = matches!(&reply, Ok(reply) if reply.is_success());
        let organisation = request.organisation;
        self.record(Event::Presented { organisation: organisation.clone(), purpose, fields: fields.clone(), taken })?;
        let reply = reply?;
        if !taken {
            return Err(Failure::AnswerRefused { code: refusal_code(&reply.body) });
        }
        Ok(Presented { organisation, fields, redirect_uri: self.redirect_uri(&reply)? })
    }

    /// Tells the asker that the holder does not want to.
    pub async fn decline(&mut self, prepared: Prepared) -> Result<(), Failure> {
        self.tell(&prepared.request, ErrorCode::AccessDenied, ErrorCode::AccessDenied.wire()).await
    }

    pub(super) fn accepting(&self) -> Accepting<'_> {
        Accepting { formats: &FORMATS, cards: self.anchors.accepted, ..Accepting::haip(&self.anchors.access) }
    }

    async fn fetch(&mut self, link: &RequestLink) -> Result<(String, Option<String>), Failure> {
        let (request, nonce) = match link.method {
            FetchMethod::Get => (HttpRequest::get_json(link.request_uri.as_str()), None),
            FetchMethod::Post => {
                let nonce = self.entropy.token(WALLET_NONCE_BYTES);
                let fields = self.accepting().post_form(&nonce);
                let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                (HttpRequest::post_form(link.request_uri.as_str(), form::encode(&fields)), Some(nonce))
            }
        };
        let answer = self.network.exchange(accepting(request, REQUEST_MEDIA_TYPE)).await?;
        if !answer.is_success() {
            return Err(Failure::RequestGone);
        }
        let object = String::from_utf8(answer.body).map_err(|_| Failure::RequestForm)?;
        Ok((object, nonce))
    }

    /// What of which card would answer `query`.
    pub(super) fn choose(&self, query: &Query, choice: Choice) -> Result<Vec<Answer>, Failure> {
        let held = self.store.cards().iter().map(Held::read).collect::<Result<Vec<_>, _>>()?;
        let held: Vec<Held> = held.into_iter().flatten().collect();
        let candidates: Vec<_> = held.iter().map(Held::as_candidate).collect();
        let Found { wanted } = match query.find(&candidates) {
            Ok(found) => found,
            // With cards at hand whose copies are all used, a fresh batch would help.
            Err(_) if held.is_empty() && !self.store.cards().is_empty() => return Err(Failure::NoCopiesLeft),
            Err(nothing) => return Err(nothing.into()),
        };
        let required = wanted.into_iter().filter(|wanted| wanted.required || choice == Choice::AskersFavourite);
        Ok(required.filter_map(|wanted| answer_to(&wanted, &held, choice)).collect())
    }

    /// The presentations, each of a copy that is used up by it.
    pub(super) async fn token(&mut self, asking: Asking<'_>, answers: &[Answer]) -> Result<VpToken, Failure> {
        // Before a copy is taken: without a session nothing could be shown with it.
        if self.session.is_none() && answers.iter().any(|answer| self.is_kept(&answer.card)) {
            return Err(Failure::SignInFirst);
        }
        let by_redirect = matches!(asking.handover, Handover::Redirect { .. });
        let is_document = |answer: &Answer| answer.format == CardFormat::Mdoc && self.is_kept(&answer.card);
        if !by_redirect && answers.iter().any(is_document) {
            return Err(Failure::KeptDocument);
        }
        let mut token = VpToken::default();
        for answer in answers {
            let copy = self.store.take_copy(&answer.card, &mut *self.entropy)?.ok_or(Failure::NoCopiesLeft)?;
            match answer.format {
                CardFormat::SdJwtVc => {
                    token.add(&answer.query, self.presentation(asking, &copy, &answer.reveal).await?);
                }
                CardFormat::Mdoc => {
                    let signed = self.document(asking, &copy, &answer.reveal).await?;
                    token.add_device_response(&answer.query, &signed);
                }
            }
        }
        Ok(token)
    }

    /// What is shown of a copy, bound to the request.
    async fn presentation(
        &mut self,
        asking: Asking<'_>,
        copy: &CardCopy,
        reveal: &[ClaimPath],
    ) -> Result<String, Failure> {
        let shown = part(&copy.card, reveal)?;
        let proof = match &copy.key {
            CopyKey::Here(key) => {
                let binding = Binding { audience: asking.audience, nonce: asking.nonce, now: self.now() };
                bind(&shown, key, &binding)?
            }
            CopyKey::Kept(key) => self.bind_kept(key, asking, shown.sd_hash()).await?,
        };
        Ok(shown.with_key_binding(&proof))
    }

    /// What is shown of a copy that is an mdoc, signed in the session of the request.
    async fn document(
        &mut self,
        asking: Asking<'_>,
        copy: &CardCopy,
        reveal: &[ClaimPath],
    ) -> Result<Vec<u8>, Failure> {
        let shown = document_part(&copy.card, reveal)?;
        let transcript = asking.handover.transcript();
        match &copy.key {
            CopyKey::Here(key) => {
                let showing = Showing::new(shown, Vec::new(), &transcript);
                Ok(showing.sign(&software_key(key)?).map_err(|_| HeldError::Key)?)
            }
            CopyKey::Kept(key) => {
                let signature = self.sign_kept(key, asking, &shown.mso().doc_type).await?;
                let showing = Showing::new(shown, recognised_by(Confirmed::Password.methods()), &transcript);
                Ok(showing.attach(Algorithm::Es256, signature))
            }
        }
    }

    fn is_kept(&self, card: &str) -> bool {
        let card = self.store.cards().iter().find(|held| held.id == card);
        let copy = card.and_then(|card| card.copies.last());
        copy.is_some_and(|copy| matches!(copy.key, CopyKey::Kept(_)))
    }

    /// Notes a refused request and tells the asker where it is known.
    async fn refuse(&mut self, refused: Refused) -> Result<Failure, Failure> {
        let code = refused.error.code();
        self.record(Event::Declined { organisation: None, reason: code.to_owned() })?;
        if let Some(report) = &refused.report {
            let _ = self.network.exchange(post(response::decline(report, ErrorCode::from_wire(code)))).await;
        }
        Ok(refused.error.into())
    }

    /// Notes a refusal of a good request and tells the asker; whether it listens changes nothing for the holder.
    async fn tell(&mut self, request: &VerifiedRequest, code: ErrorCode, reason: &str) -> Result<(), Failure> {
        let organisation = Some(request.organisation.clone());
        self.record(Event::Declined { organisation, reason: reason.to_owned() })?;
        let _ = self.network.exchange(post(response::decline(&request.report(), code))).await;
        Ok(())
    }

    /// Where the asker sends the holder on, if it does: an address the wallet may open.
    fn redirect_uri(&self, reply: &HttpResponse) -> Result<Option<String>, Failure> {
        if reply.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        let limits = Limits { bytes: 64 * 1024, depth: 8, nodes: 200 };
        let reply = json::parse(&reply.body, &limits).map_err(|_| Failure::Reply)?;
        let members = reply.as_object().ok_or(Failure::Reply)?;
        let Some(uri) = members.get("redirect_uri") else { return Ok(None) };
        let uri = uri.as_str().ok_or(Failure::Reply)?;
        let mut parsed = Url::parse(uri).map_err(|_| Failure::Reply)?;
        // The standard lets the code travel in the fragment, which no server sees.
        parsed.set_fragment(None);
        if self.uri_policy().admits(&parsed) { Ok(Some(uri.to_owned())) } else { Err(Failure::Reply) }
    }
}

/// The first card that fits, with what is to be revealed of it.
fn answer_to(wanted: &Wanted, held: &[Held], choice: Choice) -> Option<Answer> {
    let candidate = wanted.candidates.first()?;
    let reveal = match choice {
        Choice::AskersFavourite => candidate.reveal.first(),
        Choice::Least => candidate.reveal.iter().min_by_key(|paths| paths.len()),
    };
    let card = held.get(candidate.card)?;
    Some(Answer { query: wanted.query.clone(), card: card.id.clone(), format: card.format, reveal: reveal?.clone() })
}

pub(super) fn reason(failure: &Failure) -> &'static str {
    match failure {
        Failure::NoCopiesLeft => NO_COPIES_LEFT,
        _ => ErrorCode::AccessDenied.wire(),
    }
}

fn post(posting: Posting) -> HttpRequest {
    let fields: Vec<(&str, &str)> = posting.form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    HttpRequest::post_form(posting.uri.as_str(), form::encode(&fields))
}

fn accepting(request: HttpRequest, media_type: &str) -> HttpRequest {
    let headers = request.headers.into_iter().map(|(name, value)| match name {
        "accept" => (name, media_type.to_owned()),
        _ => (name, value),
    });
    HttpRequest { headers: headers.collect(), ..request }
}

/// The most telling code in a refusal: the description where it is one, else the error. Free text of a stranger is not
/// handed on to a terminal.
fn refusal_code(body: &[u8]) -> String {
    let is_code = |text: &&str| {
        (1..=LONGEST_CODE).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let refusal = json::parse(body, &Limits::default()).unwrap_or_default();
    let said = ["error_description", "error"].into_iter().filter_map(|name| refusal.get(name)?.as_str());
    said.into_iter().find(is_code).unwrap_or("unknown").to_owned()
}
