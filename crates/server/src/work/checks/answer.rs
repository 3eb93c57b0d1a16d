//! A wallet answers; the answer is judged, and the holder's browser comes back with its code.

use mibun_card::mdoc::SessionTranscript;
use mibun_card::mdoc::elements::PID;
use mibun_card::vc::CARD_VCT;
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::EphemeralKey;
use mibun_presenting::dcql::{Query, VpToken};
use mibun_presenting::response::{Expected, Received, ResponseError, receive};
use mibun_presenting::transaction::{Outcome, TransactionError};
use mibun_registry::{CheckId, StoreError, UnitError, run};
use mibun_verifying::{Evidence, Examined, Expectation, ListEvidence, MdocExpectation, Verdict};
use url::Url;

use super::request::{RESPONSE_KEY, response_uri};
use super::{CardFormat, FieldValue, OpenCheck, StoredVerdict, load, save, scene};
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
    Query(#[from] mibun_presenting::dcql::AnswerError),
    /// The check is over, was never fetched, or the state is wrong.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
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
const SHOWN_SECONDS: i64 = 600;
const LIMITS: Limits = Limits { bytes: 256 * 1024, depth: 16, nodes: 2000 };

/// Takes a posted answer.
///
/// An answer that cannot be read, or is for another state, changes nothing: a stranger's attempt cannot end the check.
/// One that can be read is judged, and the check is over, whatever the verdict.
///
/// # Errors
/// [`ResponseRefusal`].
pub async fn respond(app: &App, id: &str, form: &[(String, String)]) -> Result<Answer, ResponseRefusal> {
    let check = load(app, &mut *app.registry.read().await?, id).await?;
    let key = check.stored.response_key.as_ref().map(EphemeralKey::from_jwk).transpose();
    let key = key.map_err(|_| WorkError::Damaged)?;
    let expected = match &key {
        Some(key) => Expected::Encrypted { key, kid: RESPONSE_KEY },
        None => Expected::Plain,
    };
    let now = app.clock.now();
    match receive(form, &expected, &LIMITS)? {
        Received::Declined { state, .. } => {
            check.stored.transaction.answerable(state.as_deref(), now)?;
            let redirect_uri = finish(app, check, state.as_deref(), Outcome::Declined, None).await?;
            Ok(Answer { verdict: None, redirect_uri })
        }
        Received::Answer { token, state } => {
            let scene = scene(app, &check)?;
            let nonce = check.stored.transaction.answerable(state.as_deref(), now)?.nonce.clone();
            token.check(&check.stored.format.query(scene))?;
            let asked = Asked { nonce: nonce.reveal(), key: key.as_ref() };
            let verdict = judge(app, &check, &token, &asked).await?;
            let outcome = if verdict.is_accepted() { Outcome::Accepted } else { Outcome::Refused };
            let redirect_uri = finish(app, check, state.as_deref(), outcome, Some(&verdict)).await?;
            Ok(Answer { verdict: Some(verdict), redirect_uri })
        }
    }
}

/// What an answer has to be to.
struct Asked<'a> {
    nonce: &'a str,
    key: Option<&'a EphemeralKey>,
}

async fn judge(app: &App, check: &OpenCheck, token: &VpToken, asked: &Asked<'_>) -> Result<Verdict, ResponseRefusal> {
    let (audience, scene, now) = (check.stored.client_id.as_str(), scene(app, check)?, app.clock.now());
    if check.stored.format == CardFormat::Mdoc {
        let response = token.device_responses(Query::CARD)?.into_iter().next().unwrap_or_default();
        let thumbprint = asked.key.map(|key| key.public_key().thumbprint());
        let response_uri = response_uri(app, check)?;
        let transcript =
            SessionTranscript::openid4vp(audience, asked.nonce, thumbprint.as_ref(), response_uri.as_str());
        let expectation =
            MdocExpectation { transcript: &transcript, reader_key: asked.key, scene, document_type: &PID, now };
        let examined = mibun_verifying::examine_mdoc(&response, &expectation, &app.anchors);
        return Ok(with_status(app, examined).await);
    }
    let presentation = token.presentations(Query::CARD).first().cloned().unwrap_or_default();
    let expectation = Expectation { nonce: asked.nonce, audience, scene, vct: CARD_VCT, now };
    Ok(with_status(app, mibun_verifying::examine(&presentation, &expectation, &app.anchors)).await)
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

/// Spends the transaction with a conditional write and stores the verdict in the same unit.
async fn finish(
    app: &App,
    check: OpenCheck,
    state: Option<&str>,
    outcome: Outcome,
    verdict: Option<&Verdict>,
) -> Result<Option<Url>, ResponseRefusal> {
    let now = app.clock.now();
    let (transaction, code) = check.stored.transaction.answer(state, outcome, now, &mut *app.entropy())?;
    let scene = scene(app, &check)?;
    let (id, session) = (check.row.id, check.row.session_hash);
    let mut answered = check;
    answered.stored.transaction = transaction;
    answered.stored.response_key = None;
    let (kept, shown) = verdict.map(|verdict| split(scene, verdict)).unwrap_or_default();
    answered.stored.verdict = verdict.map(|verdict| stored(verdict, kept, now));
    answered.row.response_code_hash = code.as_ref().map(|code| token_hash(code.reveal()));
    let keeps = outcome == Outcome::Accepted && scene.retention_days > 0;
    answered.row.retain_until = keeps.then(|| now.plus_days(i64::from(scene.retention_days)));
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
fn split(scene: &mibun_trust::Scene, verdict: &Verdict) -> (Vec<FieldValue>, Vec<FieldValue>) {
    let all: Vec<FieldValue> = verdict
        .fields
        .iter()
        .map(|field| FieldValue { path: field.path.clone(), value: field.value.clone() })
        .collect();
    let keep =
        |value: &&FieldValue| scene.retention_days > 0 && scene.field(&value.path).is_some_and(|field| field.keep);
    (all.iter().filter(keep).cloned().collect(), all)
}

fn stored(verdict: &Verdict, fields: Vec<FieldValue>, at: mibun_crypto::time::Timestamp) -> StoredVerdict {
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
            save(app, unit, &mut check).await?;
            Ok::<_, ResponseRefusal>(check)
        })
    })
    .await?;
    app.events.changed(check.row.id);
    Ok(check)
}
