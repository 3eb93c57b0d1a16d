//! A wallet answers; the answer is judged, and the holder's browser comes back with its code.

use mibun_card::mdoc::SessionTranscript;
use mibun_card::mdoc::annex_c::AnnexCError;
use mibun_card::mdoc::elements::PID;
use mibun_card::vc::CARD_VCT;
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::time::Timestamp;
use mibun_presenting::dc_api::IsoError;
use mibun_presenting::dcql::{AnswerError, Query, VpToken};
use mibun_presenting::response::{Expected, Received, ResponseError, receive};
use mibun_presenting::transaction::{Outcome, Secret, Transaction, TransactionError};
use mibun_registry::{CheckId, StoreError, UnitError, run};
use mibun_trust::Scene;
use mibun_verifying::{Evidence, Examined, Expectation, ListEvidence, MdocExpectation, Verdict};
use url::Url;

use super::request::{RESPONSE_KEY, response_key, response_uri};
use super::{FieldValue, OpenCheck, State, StoredVerdict, load, save, scene};
use crate::app::App;
use crate::safe::token_hash;
use crate::work::{WorkError, lists};

/// What the wallet is told.
pub struct Answer {
    /// Whether the answer was accepted; a refused one is answered with an error.
    pub verdict: Option<Verdict>,
    /// Where the holder's browser goes, on the same device.
    pub redirect_uri: Option<Url>,
}

/// Why an answer is not even judged.
#[derive(Debug, thiserror::Error)]
pub enum ResponseRefusal {
    /// Our side.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// The form cannot be read.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The presentations are not those that were asked for.
    #[error(transparent)]
    Query(#[from] AnswerError),
    /// The check is over, was never fetched, or the state is wrong.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// The envelope of an answer under `org-iso-mdoc` cannot be read.
    #[error(transparent)]
    Iso(#[from] IsoError),
    /// What is in it cannot be read, or was not encrypted for this check on this page.
    #[error(transparent)]
    AnnexC(#[from] AnnexCError),
}

impl From<StoreError> for ResponseRefusal {
    fn from(error: StoreError) -> Self {
        Self::Work(error.into())
    }
}

impl UnitError for ResponseRefusal {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Work(WorkError::Store(error)) => Some(error),
            _ => None,
        }
    }
}

/// How long what is not kept can be shown at the counter.
pub(super) const SHOWN_SECONDS: i64 = 600;
pub(super) const LIMITS: Limits = Limits { bytes: 256 * 1024, depth: 16, nodes: 2000 };

/// Takes a posted answer.
///
/// An answer that cannot be read, or is for another state, changes nothing: a stranger's attempt cannot end the check.
/// One that can be read is judged, and the check is over, whatever the verdict.
///
/// # Errors
/// [`ResponseRefusal`].
pub async fn respond(app: &App, id: &str, form: &[(String, String)]) -> Result<Answer, ResponseRefusal> {
    let check = load(app, &mut *app.registry.read().await?, id).await?;
    let key = response_key(&check)?;
    let expected = Expected::of(key.as_ref(), RESPONSE_KEY);
    let now = app.clock.now();
    match receive(form, &expected, &LIMITS)? {
        Received::Declined { state, .. } => {
            let next =
                check.stored.transaction.answer(state.as_deref(), Outcome::Declined, now, &mut *app.entropy())?;
            let redirect_uri = finish(app, check, next, Outcome::Declined, None).await?;
            Ok(Answer { verdict: None, redirect_uri })
        }
        Received::Answer { token, state } => {
            let nonce = check.stored.transaction.answerable(state.as_deref(), now)?.nonce.clone();
            let bound = Bound::to_address(app, &check, nonce.reveal(), key.as_ref())?;
            let verdict = judge(app, &check, &token, &bound).await?;
            let outcome = outcome_of(&verdict);
            let next = check.stored.transaction.answer(state.as_deref(), outcome, now, &mut *app.entropy())?;
            let redirect_uri = finish(app, check, next, outcome, Some(&verdict)).await?;
            Ok(Answer { verdict: Some(verdict), redirect_uri })
        }
    }
}

/// What an answer has to be bound to.
pub(super) struct Bound<'a> {
    pub(super) nonce: &'a str,
    pub(super) audience: String,
    pub(super) transcript: SessionTranscript,
    pub(super) key: Option<&'a EphemeralKey>,
}

impl<'a> Bound<'a> {
    /// To the organisation that asks, and to the address where answers go.
    fn to_address(
        app: &App,
        check: &OpenCheck,
        nonce: &'a str,
        key: Option<&'a EphemeralKey>,
    ) -> Result<Self, WorkError> {
        let audience = check.stored.client_id.clone();
        let thumbprint = key.map(|key| key.public_key().thumbprint());
        let address = response_uri(app, check)?;
        let transcript = SessionTranscript::openid4vp(&audience, nonce, thumbprint.as_ref(), address.as_str());
        Ok(Self { nonce, audience, transcript, key })
    }
}

pub(super) fn outcome_of(verdict: &Verdict) -> Outcome {
    if verdict.is_accepted() { Outcome::Accepted } else { Outcome::Refused }
}

/// Judges the presentations of OpenID4VP.
pub(super) async fn judge(
    app: &App,
    check: &OpenCheck,
    token: &VpToken,
    bound: &Bound<'_>,
) -> Result<Verdict, ResponseRefusal> {
    let (scene, now) = (scene(app, check)?, app.clock.now());
    token.check(&check.stored.format.query(scene))?;
    let format = check.stored.format;
    let response =
        format.mdoc().map(|id| token.device_responses(id)).transpose()?.and_then(|all| all.into_iter().next());
    let presentation = format.sd_jwt().and_then(|id| token.presentations(id).first());
    let presentation = match (response, presentation) {
        (Some(_), Some(_)) => return Err(AnswerError::MoreThanOne(Query::CARD_IN_MDOC.to_owned()).into()),
        (Some(response), None) => return Ok(judge_mdoc(app, check, &response, bound).await?),
        (None, presentation) => presentation.map_or("", String::as_str),
    };
    let expectation = Expectation { nonce: bound.nonce, audience: &bound.audience, scene, vct: CARD_VCT, now };
    Ok(with_status(app, mibun_verifying::examine(presentation, &expectation, &app.anchors)).await)
}

/// Judges a `DeviceResponse`.
pub(super) async fn judge_mdoc(
    app: &App,
    check: &OpenCheck,
    response: &[u8],
    bound: &Bound<'_>,
) -> Result<Verdict, WorkError> {
    let expectation = MdocExpectation {
        transcript: &bound.transcript,
        reader_key: bound.key,
        scene: scene(app, check)?,
        document_type: &PID,
        now: app.clock.now(),
    };
    Ok(with_status(app, mibun_verifying::examine_mdoc(response, &expectation, &app.anchors)).await)
}

/// Judges what was examined, with the status list that it needs.
async fn with_status(app: &App, examined: Examined<'_>) -> Verdict {
    let list = match examined.needs() {
        Some(reference) => lists::verified(app, &reference.uri).await,
        None => None,
    };
    let status: Vec<_> = list.iter().map(|list| (list.claims.subject.clone(), ListEvidence::Verified(list))).collect();
    examined.judge(&Evidence { anchors: &app.anchors, status_lists: &status })
}

/// Spends the transaction with a conditional write and stores the verdict in the same unit. `next` is where the
/// transaction goes, with the code that the holder's browser has to bring back.
pub(super) async fn finish(
    app: &App,
    check: OpenCheck,
    next: (Transaction, Option<Secret>),
    outcome: Outcome,
    verdict: Option<&Verdict>,
) -> Result<Option<Url>, ResponseRefusal> {
    let (now, (transaction, code)) = (app.clock.now(), next);
    let scene = scene(app, &check)?;
    let (id, session) = (check.row.id, check.row.session_hash);
    let mut answered = check;
    answered.stored.transaction = transaction;
    answered.stored.response_key = None;
    let (kept, shown) = verdict.map(|verdict| split(scene, verdict)).unwrap_or_default();
    answered.stored.verdict = verdict.map(|verdict| stored(verdict, kept, now));
    answered.row.response_code_hash = code.as_ref().map(|code| token_hash(code.reveal()));
    // Where a code has to come back, whoever answered may be another than the one who was asked: until then the answer
    // belongs to nobody's list, and goes with the check.
    if code.is_none() {
        answered.row.retain_until = retention(scene, &answered, now);
    }
    // Sealed before the unit begins: there is one writer at a time, and it waits for nobody's arithmetic.
    answered.seal(app)?;
    run(&*app.registry, "checks.answer", |unit| {
        let row = &answered.row;
        Box::pin(async move {
            match unit.update_check(row).await {
                // Another answer was faster.
                Err(StoreError::VersionMismatch) => Err(TransactionError::AlreadyAnswered.into()),
                other => Ok::<_, ResponseRefusal>(other.map(drop)?),
            }
        })
    })
    .await?;
    if !shown.is_empty() {
        app.shown.put(id, session, shown, now.plus_seconds(SHOWN_SECONDS));
    }
    app.events.changed(id);
    metrics::counter!("mibun_checks_total", "outcome" => outcome_label(outcome)).increment(1);
    Ok(code.and_then(|code| redirect(app, id, code.reveal())))
}

/// Until when the answer of a check that is over is kept.
fn retention(scene: &Scene, check: &OpenCheck, now: Timestamp) -> Option<Timestamp> {
    let keeps = check.stored.state() == State::Verified && scene.retention_days > 0;
    keeps.then(|| now.plus_days(i64::from(scene.retention_days)))
}

const fn outcome_label(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Refused => "refused",
        Outcome::Declined => "declined",
    }
}

fn redirect(app: &App, id: CheckId, code: &str) -> Option<Url> {
    let mut url = Url::parse(&app.url("/check/return")).ok()?;
    url.query_pairs_mut().append_pair("check", &id.to_string()).append_pair("response_code", code);
    Some(url)
}

/// Fields that may be kept, and all fields to be shown once.
fn split(scene: &Scene, verdict: &Verdict) -> (Vec<FieldValue>, Vec<FieldValue>) {
    let all: Vec<FieldValue> = verdict
        .fields
        .iter()
        .map(|field| FieldValue { path: field.path.clone(), value: field.value.clone() })
        .collect();
    let keep =
        |value: &&FieldValue| scene.retention_days > 0 && scene.field(&value.path).is_some_and(|field| field.keep);
    (all.iter().filter(keep).cloned().collect(), all)
}

fn stored(verdict: &Verdict, fields: Vec<FieldValue>, at: Timestamp) -> StoredVerdict {
    StoredVerdict {
        accepted: verdict.is_accepted(),
        level: verdict.level.map(|level| level.as_str().to_owned()),
        checks: verdict.checks.iter().map(|check| (check.name.as_str().to_owned(), check.passed)).collect(),
        refusal: verdict.refusal,
        fields,
        at,
    }
}

/// The holder's browser comes back with its code, in the session in which the check was opened.
///
/// # Errors
/// [`ResponseRefusal::Transaction`]; a wrong session or code changes nothing.
pub async fn came_back(app: &App, id: &str, code: &str, session: &str) -> Result<OpenCheck, ResponseRefusal> {
    let now = app.clock.now();
    let check = run(&*app.registry, "checks.came_back", |unit| {
        Box::pin(async move {
            let mut check = load(app, unit, id).await?;
            check.stored.transaction = check.stored.transaction.redeem(code, session.as_bytes(), now)?;
            check.row.retain_until = retention(scene(app, &check)?, &check, now);
            save(app, unit, &mut check).await?;
            Ok::<_, ResponseRefusal>(check)
        })
    })
    .await?;
    app.events.changed(check.row.id);
    Ok(check)
}
