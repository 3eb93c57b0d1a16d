//! Our wallet: reads a request, chooses from its one card, shows it. The crate does the work; this only wires it.

use mibun_card::CardFormat;
use mibun_card::kb_jwt::{self, Binding};
use mibun_card::mdoc::Showing;
use mibun_card::mdoc::elements::PID;
use mibun_card::path::ClaimPath;
use mibun_card::vc::CARD_VCT;
use mibun_crypto::entropy::{Entropy, SeededEntropy};
use mibun_presenting::dc_api::{self, Call};
use mibun_presenting::dcql::{Content, HeldCard, Query, VpToken};
use mibun_presenting::request::{
    Accepting, Authentication, FetchMethod, Invitation, RequestLink, UriPolicy, VerifiedRequest, verify,
};
use mibun_presenting::response::{ErrorCode, answer, decline};
use mibun_presenting::session::Handover;
use serde_json::Value;

use crate::world::{NOW, page, token, world};
use crate::{Posted, Sent};

/// What a wallet did with a request.
#[derive(Debug)]
pub struct Done {
    /// What it sent back; nothing where it could not know whom it would tell.
    pub posted: Option<Posted>,
    /// Why it refused.
    pub refused: Option<ErrorCode>,
    /// How many cards it showed.
    pub shown: usize,
}

/// The wallet of the world's holder, which may accept more than HAIP does.
pub fn wallet(sent: &Sent) -> Done {
    let anchors = [world().root.clone()];
    wallet_accepting(sent, &Accepting { formats: &FORMATS, ..Accepting::haip(&anchors) })
}

pub fn wallet_accepting(sent: &Sent, accepting: &Accepting<'_>) -> Done {
    match sent {
        Sent::Object { link, object } => match Invitation::parse(link, UriPolicy::Https, accepting.prefixes) {
            Ok(Invitation::ByReference(link)) => {
                let nonce = (link.method == FetchMethod::Post).then_some(WALLET_NONCE);
                fetched(&link, object, nonce, accepting)
            }
            Ok(Invitation::ByValue(request)) => redirect(request.verify(accepting, UriPolicy::Https, NOW)),
            Err(error) => silent(ErrorCode::from_wire(error.code())),
        },
        Sent::Call { protocol, data } => through_the_browser(protocol, data, accepting),
    }
}

fn fetched(link: &RequestLink, object: &str, wallet_nonce: Option<&str>, accepting: &Accepting<'_>) -> Done {
    let accepting = *accepting;
    redirect(verify(object, &Authentication { link, wallet_nonce, accepting, policy: UriPolicy::Https, now: NOW }))
}

fn redirect(verified: Result<VerifiedRequest, mibun_presenting::request::Refused>) -> Done {
    let request = match verified {
        Ok(request) => request,
        Err(refused) => {
            let code = ErrorCode::from_wire(refused.error.code());
            let posted = refused.report.map(|report| form(decline(&report, code)));
            return Done { posted, refused: Some(code), shown: 0 };
        }
    };
    let bound = Bound { nonce: &request.nonce, audience: &request.client_id, handover: &request.handover };
    match show(&request.query, bound) {
        Ok((token, shown)) => {
            let posting = answer(&request, &token, &mut SeededEntropy::new("answer")).expect("it encrypts");
            Done { posted: Some(form(posting)), refused: None, shown }
        }
        Err(code) => Done { posted: Some(form(decline(&request.report(), code))), refused: Some(code), shown: 0 },
    }
}

fn through_the_browser(protocol: &'static str, data: &Value, accepting: &Accepting<'_>) -> Done {
    let origin = page();
    let mut cards = 0;
    let show = |request: &dc_api::BrowserRequest, _: &mut dyn Entropy| {
        let audience = request.audience();
        let bound = Bound { nonce: &request.nonce, audience: &audience, handover: &request.handover };
        let (token, shown) = show(&request.query, bound)?;
        cards = shown;
        Ok(token)
    };
    let call = Call { origin: &origin, protocol, data };
    let data = dc_api::respond(&call, accepting, NOW, &mut SeededEntropy::new("answer"), show).expect("it encrypts");
    let refused = data.get("error").and_then(Value::as_str).map(ErrorCode::from_wire);
    Done { posted: Some(Posted::Data { protocol, data }), refused, shown: cards }
}

/// The presentations for `query`, required ones and those that are welcome. The holder has one card in both formats.
fn show(query: &Query, binding: Bound<'_>) -> Result<(VpToken, usize), ErrorCode> {
    let Bound { nonce, audience, handover } = binding;
    let claims = Value::Object(world().claims.clone());
    let elements = world().document.to_json().expect("a document");
    let contents = [
        Content::SdJwtVc { vct: CARD_VCT, claims: &claims },
        Content::Mdoc { doctype: PID.doc_type, namespaces: &elements },
    ];
    let found = query.find(&contents.map(|content| HeldCard { content, bound: true, authority_keys: &[] }))?;
    let mut answers = VpToken::default();
    for wanted in &found.wanted {
        if wanted.candidates[0].card == 1 {
            answers.add_device_response(&wanted.query, &document(&wanted.candidates[0].reveal[0], handover));
            continue;
        }
        let shown = token(&world().card).select(&wanted.candidates[0].reveal[0]).expect("the card selects");
        let proof = kb_jwt::create(&shown, &Binding { audience, nonce, now: NOW }, &world().holder).expect("it signs");
        answers.add(&wanted.query, shown.with_key_binding(&proof));
    }
    Ok((answers, found.wanted.len()))
}

/// What an answer is bound to.
struct Bound<'a> {
    nonce: &'a str,
    audience: &'a str,
    handover: &'a Handover,
}

/// The elements at these paths, shown in this session.
fn document(paths: &[ClaimPath], handover: &Handover) -> Vec<u8> {
    let paths: Vec<Value> = paths.iter().map(ClaimPath::to_value).collect();
    let name = |path: &Value, at: usize| path[at].as_str().expect("a name").to_owned();
    let names: Vec<(String, String)> = paths.iter().map(|path| (name(path, 0), name(path, 1))).collect();
    let names: Vec<(&str, &str)> = names.iter().map(|(space, name)| (space.as_str(), name.as_str())).collect();
    let document = world().document.select(&names).expect("it has them");
    Showing::new(document, Vec::new(), &handover.transcript()).sign(&world().holder).expect("the key signs")
}

fn silent(code: ErrorCode) -> Done {
    Done { posted: None, refused: Some(code), shown: 0 }
}

fn form(posting: mibun_presenting::response::Posting) -> Posted {
    Posted::Form(posting.form.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

const FORMATS: [CardFormat; 2] = [CardFormat::SdJwtVc, CardFormat::Mdoc];
pub const WALLET_NONCE: &str = "w-Q7xE3rTy8UiO2pAs5dFgH";
