//! The window's page asks through the browser's Digital Credentials API and brings the answer back itself (OpenID4VP 1.0
//! appendix A, ISO/IEC 18013-7 annex C). The browser vouches for the page's origin, to which every answer is bound.

use mibun_card::mdoc::annex_c::{self, EncryptionInfo};
use mibun_card::mdoc::{DeviceRequest, DocumentRequest, ItemsRequest, SessionTranscript};
use mibun_card::path::Step;
use mibun_crypto::base64url;
use mibun_crypto::jwe::EphemeralKey;
use mibun_presenting::dc_api::{BrowserSpec, IsoAnswer, IsoRequest, Origin, Protocol, receive};
use mibun_presenting::dcql::Query;
use mibun_presenting::request::{AccessIdentity, Identity, SceneNotice, UriPolicy};
use mibun_presenting::response::{Expected, Received};
use mibun_presenting::transaction::{Outcome, Terms};
use mibun_verifying::Verdict;
use serde_json::Value;
use url::Url;

use super::answer::{Bound, LIMITS, ResponseRefusal, finish, judge, judge_mdoc, outcome_of};
use super::request::{RESPONSE_KEY, registered, response_key};
use super::{OpenCheck, Viewer, scene, view};
use crate::app::App;
use crate::authority::Certified;
use crate::work::WorkError;
use crate::work::windows::OpenWindow;

/// The page in which a check was opened: its window, and the secret of its check's cookie.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    /// The signed-in window.
    pub window: &'a OpenWindow,
    /// The secret.
    pub session: &'a str,
}

/// One request for the browser, which hands those that a wallet understands to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// How it is asked.
    pub protocol: Protocol,
    /// What the protocol says.
    pub data: Value,
}

/// What the page asks the browser with: a signed request, and for an mdoc the same in the protocol of ISO.
///
/// # Errors
/// [`ResponseRefusal::Transaction`] for a check that is over or of another browser; [`ResponseRefusal::Work`].
pub async fn calls(app: &App, page: Page<'_>, id: &str) -> Result<Vec<Call>, ResponseRefusal> {
    let check = view(app, Viewer::Window(page.window), id).await?;
    let terms = check.stored.transaction.answerable_from_page(page.session.as_bytes(), app.clock.now())?;
    let access = app.access.of(&*app.registry, &app.safe, check.row.organisation).await?;
    let mut calls = vec![Call { protocol: Protocol::Signed, data: signed(app, &check, terms, &access).await? }];
    if let Some(key) = iso_key(&check)? {
        calls.push(Call { protocol: Protocol::IsoMdoc, data: iso(app, &check, (terms, &key), &access)? });
    }
    Ok(calls)
}

/// Takes the answer that the page brings, under the rules of one that a wallet posts: what cannot be read changes nothing,
/// what can be read is judged, and the check is over.
///
/// # Errors
/// [`ResponseRefusal`].
pub async fn answer_in_page(
    app: &App,
    page: Page<'_>,
    id: &str,
    answer: (&str, &Value),
) -> Result<OpenCheck, ResponseRefusal> {
    let check = view(app, Viewer::Window(page.window), id).await?;
    let (session, now) = (page.session.as_bytes(), app.clock.now());
    let terms = check.stored.transaction.answerable_from_page(session, now)?;
    let verdict = match iso_key(&check)? {
        Some(key) if answer.0 == Protocol::IsoMdoc.name() => {
            Some(iso_verdict(app, &check, (terms, &key), answer.1).await?)
        }
        _ => verdict(app, &check, terms, answer).await?,
    };
    let outcome = verdict.as_ref().map_or(Outcome::Declined, outcome_of);
    let next = check.stored.transaction.answer_from_page(session, outcome, now)?;
    finish(app, check, (next, None), outcome, verdict.as_ref()).await?;
    Ok(view(app, Viewer::Window(page.window), id).await?)
}

/// The judgement on an answer of OpenID4VP; nothing where the holder or the wallet refused.
async fn verdict(
    app: &App,
    check: &OpenCheck,
    terms: &Terms,
    answer: (&str, &Value),
) -> Result<Option<Verdict>, ResponseRefusal> {
    let key = response_key(check)?;
    let expected = Expected::of(key.as_ref(), RESPONSE_KEY);
    let Received::Answer { token, .. } = receive(answer, &[Protocol::Signed], &expected, &LIMITS)? else {
        return Ok(None);
    };
    let (origin, nonce) = (origin(app)?, terms.nonce.reveal());
    let thumbprint = key.as_ref().map(|key| key.public_key().thumbprint());
    let bound = Bound {
        nonce,
        audience: origin.audience(),
        transcript: SessionTranscript::openid4vp_dc_api(origin.as_str(), nonce, thumbprint.as_ref()),
        key: key.as_ref(),
    };
    Ok(Some(judge(app, check, &token, &bound).await?))
}

/// The judgement on an answer of ISO/IEC 18013-7 annex C. One that another page asked for does not even open.
async fn iso_verdict(
    app: &App,
    check: &OpenCheck,
    (terms, key): (&Terms, &EphemeralKey),
    data: &Value,
) -> Result<Verdict, ResponseRefusal> {
    let (origin, nonce) = (origin(app)?, terms.nonce.reveal());
    let IsoAnswer(envelope) = IsoAnswer::read(data)?;
    let transcript = SessionTranscript::iso_dc_api(&encryption_info(nonce, key)?, origin.as_str());
    let response = annex_c::open(&base64url::encode(&envelope), key, &transcript)?;
    let bound = Bound { nonce, audience: origin.audience(), transcript, key: Some(key) };
    Ok(judge_mdoc(app, check, &response, &bound).await?)
}

async fn signed(app: &App, check: &OpenCheck, terms: &Terms, access: &Certified) -> Result<Value, WorkError> {
    let scene = scene(app, check)?;
    let key = response_key(check)?.map(|key| key.public_jwk(RESPONSE_KEY));
    let spec = BrowserSpec {
        query: &check.stored.format.query(scene),
        cards: app.anchors.accepted,
        notice: Some(&SceneNotice::of(scene)),
        verifier_info: &registered(app, check, access).await?,
        transaction_data: &[],
        nonce: terms.nonce.reveal(),
        answer_key: key.as_ref(),
        origins: &[origin(app)?],
        issued_at: app.clock.now(),
        expires_at: terms.expires_at,
    };
    let identity = Identity::X509Hash(AccessIdentity { chain: &access.x5c(), signer: &*access.signer });
    spec.signed(&identity).map_err(|_| WorkError::Damaged)
}

fn iso(
    app: &App,
    check: &OpenCheck,
    (terms, key): (&Terms, &EphemeralKey),
    access: &Certified,
) -> Result<Value, WorkError> {
    let query = check.stored.format.query(scene(app, check)?);
    let info = encryption_info(terms.nonce.reveal(), key)?;
    let transcript = SessionTranscript::iso_dc_api(&info, origin(app)?.as_str());
    let items = check.stored.format.mdoc().and_then(|id| items(&query, id)).ok_or(WorkError::Damaged)?;
    let document = DocumentRequest::signed(items, &transcript, &access.x5c(), &*access.signer)?;
    let request = DeviceRequest { documents: vec![document] }.to_bytes();
    let info = base64url::decode(&info).map_err(|_| WorkError::Damaged)?;
    Ok(IsoRequest::new(request, info).to_value())
}

/// What the query asks of its mdoc, element by element; this protocol knows no choices, so the holder's wallet leaves out what
/// the holder withholds.
fn items(query: &Query, id: &str) -> Option<ItemsRequest> {
    let card = query.credential(id)?;
    let element = |claim: &mibun_presenting::dcql::ClaimQuery| match claim.path.steps() {
        [Step::Name(space), Step::Name(name)] => Some((space.clone(), name.clone(), claim.intent_to_retain)),
        _ => None,
    };
    let elements = card.claims.iter().map(element).collect::<Option<_>>()?;
    Some(ItemsRequest { doc_type: card.format.types().first()?.clone(), elements })
}

/// Whom an answer under `org-iso-mdoc` is encrypted to; the same for the same check, so that nothing has to be kept.
fn encryption_info(nonce: &str, key: &EphemeralKey) -> Result<String, WorkError> {
    let nonce = base64url::decode(nonce).map_err(|_| WorkError::Damaged)?;
    Ok(EncryptionInfo { nonce, recipient: key.public_key() }.to_base64url())
}

/// The key for answers under `org-iso-mdoc`, where these are asked for; they are never in the open.
fn iso_key(check: &OpenCheck) -> Result<Option<EphemeralKey>, WorkError> {
    if check.stored.format.mdoc().is_some() { response_key(check) } else { Ok(None) }
}

/// The origin of our pages, as browsers spell it.
fn origin(app: &App) -> Result<Origin, WorkError> {
    let address = Url::parse(&app.url("/")).map_err(|_| WorkError::Damaged)?;
    let text = address.origin().ascii_serialization();
    Origin::parse(&text, UriPolicy::HttpsOrLoopback).map_err(|_| WorkError::Damaged)
}
