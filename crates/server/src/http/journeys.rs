//! The wallet's enrolment: opening a journey, the capture frame by frame, and what came of it.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Extension, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use mibun_proofing::capture::{Hint, Progress};
use mibun_proofing::challenge::Action;
use mibun_proofing::decision::Outcome;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::about::TextView;
use super::problem::{Problem, ProblemBody};
use super::source::Source;
use super::{Shared, body};
use crate::app::App;
use crate::work::captures::{self, FrameAnswer};
use crate::work::journeys::{self, DecisionSummary, Goal, Overview};

/// One camera frame, in bytes.
pub const FRAME: usize = 512 * 1024;
/// How often a wallet should send a frame, in milliseconds.
const FRAME_INTERVAL: u32 = 180;

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    let frames = OpenApiRouter::new().routes(routes!(frame)).layer(DefaultBodyLimit::max(FRAME));
    OpenApiRouter::new().routes(routes!(open)).routes(routes!(journey)).routes(routes!(begin_capture)).merge(frames)
}

/// Who wants a card.
#[derive(Deserialize, ToSchema)]
struct OpenJourney {
    /// The resident number.
    number: String,
    /// The name, in either script and order.
    name: String,
    /// `light` (what it is when left out), or `full`: then chip and ID password come before the face.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    goal: GoalName,
}

/// Which card a journey leads to, on the wire.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum GoalName {
    #[default]
    Light,
    Full,
}

impl From<GoalName> for Goal {
    fn from(name: GoalName) -> Self {
        match name {
            GoalName::Light => Self::Light,
            GoalName::Full => Self::Full,
        }
    }
}

impl From<Goal> for GoalName {
    fn from(goal: Goal) -> Self {
        match goal {
            Goal::Light => Self::Light,
            Goal::Full => Self::Full,
        }
    }
}

/// A journey was opened, whether or not there is such a person.
#[derive(Serialize, ToSchema)]
struct OpenedJourney {
    id: String,
    /// Bearer token of all further calls.
    token: String,
    expires_at: String,
}

/// What the person should do now.
#[derive(Serialize, ToSchema)]
struct InstructionView {
    /// `centre`, `turn_left`, `turn_right`, `nod`, `blink` or `closer`; left and right are the person's own.
    #[schema(value_type = String)]
    step: Action,
    /// Place of the step, from 0.
    index: u8,
    /// Steps in all.
    total: u8,
}

/// A capture has begun.
#[derive(Serialize, ToSchema)]
struct BegunCapture {
    capture: String,
    instruction: InstructionView,
    frame_interval_ms: u32,
    /// When frames are no longer taken, RFC 3339.
    expires_at: String,
    attempts_left: u32,
}

/// What the server saw on a frame.
#[derive(Serialize, ToSchema)]
struct FrameView {
    /// What to change first, if anything.
    #[schema(value_type = Option<String>)]
    hint: Option<Hint>,
    instruction: InstructionView,
    /// Share of the capture, 0..1.
    progress: f32,
    done: bool,
    /// Present once `done`.
    decision: Option<DecisionView>,
}

/// How the journey was decided.
#[derive(Serialize, ToSchema)]
pub(super) struct DecisionView {
    /// `accepted`, `referred` or `rejected`.
    #[schema(value_type = String)]
    outcome: Outcome,
    /// Stable name of the reason.
    reason: &'static str,
    /// What it means and what to do.
    message: TextView,
    retry_allowed: bool,
    attempts_left: u32,
}

/// An offer of the card.
#[derive(Serialize, ToSchema)]
struct OfferView {
    /// `openid-credential-offer://…`, for a wallet elsewhere.
    uri: String,
    /// The same for this web wallet.
    link: String,
    /// The code that must be typed where the offer is opened.
    tx_code: String,
    /// How the person names the offer to a wallet elsewhere that does not know it.
    reference: String,
    expires_at: String,
}

/// An offer of a card that is not decided yet.
#[derive(Serialize, ToSchema)]
struct LaterOfferView {
    /// `openid-credential-offer://…`, for a wallet elsewhere.
    uri: String,
    /// The code that the person types on the authority's page.
    code: String,
    /// How the person names the offer there, where the wallet does not know it.
    reference: String,
    expires_at: String,
}

/// Where a journey stands.
#[derive(Serialize, ToSchema)]
struct JourneyView {
    /// `open`, `capturing`, `referred`, `accepted`, `rejected`, `collected` or `expired`.
    state: String,
    /// `light` or `full`.
    #[schema(value_type = String)]
    goal: GoalName,
    /// Whether the chip of the document was read and is the person's.
    chip: bool,
    /// Whether the ID password was set.
    password: bool,
    decision: Option<DecisionView>,
    offer: Option<OfferView>,
    /// As long as an officer has not decided: for a wallet elsewhere that can wait for the card.
    later: Option<LaterOfferView>,
    /// Whether a wallet elsewhere waits for the card, which comes there by itself once an officer has agreed.
    awaited: bool,
}

/// The number of the frame.
#[derive(Deserialize, utoipa::IntoParams)]
struct FrameQuery {
    /// Rising with every frame.
    seq: u32,
}

impl From<&DecisionSummary> for DecisionView {
    fn from(decision: &DecisionSummary) -> Self {
        Self {
            outcome: decision.told.outcome,
            reason: decision.told.reason.as_str(),
            message: decision.told.message.into(),
            retry_allowed: decision.told.retry_allowed && decision.captures_left > 0,
            attempts_left: u32::from(decision.captures_left),
        }
    }
}

impl From<&Progress> for InstructionView {
    fn from(progress: &Progress) -> Self {
        Self { step: progress.step, index: progress.index, total: progress.total }
    }
}

impl From<FrameAnswer> for FrameView {
    fn from(answer: FrameAnswer) -> Self {
        Self {
            hint: answer.progress.hint,
            instruction: (&answer.progress).into(),
            progress: answer.progress.progress,
            done: answer.progress.done,
            decision: answer.decision.as_ref().map(DecisionView::from),
        }
    }
}

/// The bearer token of a request.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = value.and_then(|value| value.split_once(' ')).ok_or(Problem::Unauthorized)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(Problem::Unauthorized) }
}

/// Opens a journey. The answer is the same for a person who is not in the register.
#[utoipa::path(post, path = "/api/journeys", request_body = OpenJourney,
    responses((status = 201, body = OpenedJourney), (status = 429, body = ProblemBody)))]
async fn open(
    State(app): Shared,
    Extension(Source(source)): Extension<Source>,
    body::Json(request): body::Json<OpenJourney>,
) -> Result<(StatusCode, Json<OpenedJourney>), Problem> {
    let opened = journeys::open_towards(&app, request.goal.into(), source, &request.number, &request.name).await?;
    let view =
        OpenedJourney { id: opened.id.to_string(), token: opened.token, expires_at: opened.expires_at.to_rfc3339() };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Begins a capture; the attempt is counted now.
#[utoipa::path(post, path = "/api/journeys/{id}/captures", params(("id" = String, Path,)),
    responses((status = 201, body = BegunCapture), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn begin_capture(
    State(app): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<BegunCapture>), Problem> {
    let journey = journeys::authorise(&app, &id, bearer(&headers)?).await?;
    let begun = captures::begin(&app, journey).await?;
    let view = BegunCapture {
        capture: begun.id,
        instruction: (&begun.progress).into(),
        frame_interval_ms: FRAME_INTERVAL,
        expires_at: mibun_crypto::time::Timestamp(begun.expires_at_ms / 1000).to_rfc3339(),
        attempts_left: begun.attempts_left,
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Takes one frame (JPEG) and says what to do next; the last frame's answer holds the decision.
#[utoipa::path(post, path = "/api/journeys/{id}/captures/{capture}/frames",
    params(("id" = String, Path,), ("capture" = String, Path,), FrameQuery),
    request_body(content = Vec<u8>, content_type = "image/jpeg"),
    responses((status = 200, body = FrameView), (status = 409, body = ProblemBody), (status = 410, body = ProblemBody),
        (status = 413, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn frame(
    State(app): Shared,
    Path((id, capture)): Path<(String, String)>,
    Query(query): Query<FrameQuery>,
    headers: HeaderMap,
    image: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Json<FrameView>, Problem> {
    let token = bearer(&headers)?;
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "image/jpeg") {
        return Err(Problem::UnsupportedMedia("image/jpeg"));
    }
    let image = image.map_err(|_| Problem::TooLarge(FRAME))?;
    let answer = captures::frame(&app, &id, token, &capture, query.seq, image).await?;
    Ok(Json(answer.into()))
}

/// Where the journey stands; an accepted one carries the offer.
#[utoipa::path(get, path = "/api/journeys/{id}", params(("id" = String, Path,)),
    responses((status = 200, body = JourneyView), (status = 401, body = ProblemBody)))]
async fn journey(State(app): Shared, Path(id): Path<String>, headers: HeaderMap) -> Result<Json<JourneyView>, Problem> {
    let journey = journeys::authorise(&app, &id, bearer(&headers)?).await?;
    let Overview { state, decision, offer, later, awaited } = journeys::overview(&app, &journey).await?;
    let offer = offer.map(|offer| OfferView {
        link: app.url(&format!("/wallet/?offer={}", percent_encoded(&offer.uri))),
        uri: offer.uri,
        tx_code: offer.tx_code,
        reference: offer.reference,
        expires_at: offer.expires_at.to_rfc3339(),
    });
    let later = later.map(|offer| LaterOfferView {
        uri: offer.uri,
        code: offer.tx_code,
        reference: offer.reference,
        expires_at: offer.expires_at.to_rfc3339(),
    });
    let upgrade = journey.state.upgrade.as_ref();
    Ok(Json(JourneyView {
        state: state.to_owned(),
        goal: journey.state.goal().into(),
        chip: upgrade.is_some_and(|upgrade| upgrade.chip.is_some()),
        password: upgrade.is_some_and(|upgrade| upgrade.password.is_some()),
        decision: decision.as_ref().map(DecisionView::from),
        offer,
        later,
        awaited,
    }))
}

/// A value for a query string.
pub(super) fn percent_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
