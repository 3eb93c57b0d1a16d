//! Holders of full cards: the ID password, the device, signing in, the keys that the vault keeps, and signing with them.
//!
//! Bytes travel in base64url without padding.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use mibun_proofing::instruction::{Instruction, Signed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::{Problem, ProblemBody};
use super::protocol::{access_token, key_proofs};
use super::{Shared, body};
use crate::app::App;
use crate::work::holders::signing::Instructed;
use crate::work::holders::{HolderError, devices, keys, sign_in, signing};
use crate::work::issuing::{CONFIGURATION, Entitlement, Message};

mod account;
mod password;
mod refusal;

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(password::start))
        .routes(routes!(password::finish))
        .routes(routes!(register_device))
        .routes(routes!(start_sign_in))
        .routes(routes!(finish_sign_in))
        .routes(routes!(prepare_keys))
        .routes(routes!(prove_keys))
        .routes(routes!(sign))
        .routes(routes!(account::start_password))
        .routes(routes!(account::finish_password))
        .routes(routes!(account::revocation_code))
        .routes(routes!(account::revocation_code_of_collected))
        .routes(routes!(account::report_lost))
        .routes(routes!(account::add_passkey))
        .routes(routes!(account::sign_by_passkey))
        .routes(routes!(account::export))
        .routes(routes!(account::erase))
}

/// Bytes of a member in base64url.
fn bytes(text: &str) -> Result<Vec<u8>, Problem> {
    let malformed = |_| Problem::BadRequest("malformed_base64url", "base64url without padding is needed".to_owned());
    mibun_crypto::base64url::decode(text).map_err(malformed)
}

/// The access token of a request to this endpoint: a bearer token, or a bound one (`Authorization: DPoP`) with a proof of
/// its key for the endpoint's own address.
fn entitled(app: &App, headers: &HeaderMap, endpoint: &str) -> Result<Entitlement, Problem> {
    let presented = access_token(headers).map_err(|_| Problem::Unauthorized)?;
    let proofs = key_proofs(headers);
    let message = Message { proofs: &proofs, endpoint, body: &[], sealed: false };
    Ok(Entitlement::read(app, presented, message).map_err(HolderError::from)?)
}

/// A device that wants to be the person's.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDevice {
    /// A compact JWS by the device's key, of `typ` `mibun-device-registration+jwt`, with the key as `jwk` in its header;
    /// its payload has `aud` (the issuer), `iat`, `nonce` (of `POST /nonce`), and `over`: the SHA-256 hash of the access
    /// token, in base64url.
    proof: String,
    /// A name for the person to recognise it by.
    name: Option<String>,
}

/// A device that is the person's.
#[derive(Serialize, ToSchema)]
struct DeviceView {
    device: String,
    /// `subject.authority` of instructions.
    authority: String,
    /// `subject.person` of instructions.
    person: String,
    /// `subject.card` of instructions.
    card: &'static str,
}

/// Registers the holder's device, under the access token of an offer of a full card. An older device is retired, and its
/// cards are revoked.
#[utoipa::path(post, path = "/api/holder/devices", request_body = NewDevice,
    responses((status = 201, body = DeviceView), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn register_device(
    State(app): Shared,
    headers: HeaderMap,
    body::Json(new): body::Json<NewDevice>,
) -> Result<(StatusCode, Json<DeviceView>), Problem> {
    let entitled = entitled(&app, &headers, "api/holder/devices")?;
    let registered = devices::register(&app, &entitled, &new.proof, new.name.as_deref()).await?;
    let view = DeviceView {
        device: registered.device.to_string(),
        authority: app.terms.issuer.as_str().to_owned(),
        person: registered.person.to_string(),
        card: CONFIGURATION,
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// The first message of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInRequest {
    /// As for registering a device, of `typ` `mibun-device-sign-in+jwt`; `over` is the hash of the bytes of `request`.
    proof: String,
    /// The client's first message (KE1).
    request: String,
}

/// The answer to it.
#[derive(Serialize, ToSchema)]
struct SignInAnswer {
    /// Names the exchange; `subject.exchange` of instructions.
    exchange: String,
    /// The server's message (KE2).
    response: String,
    /// Tries before the password is locked, should this one be wrong.
    tries_left: u32,
}

/// Begins to sign in; the try is counted now. A device that is not known gets an answer like that to a wrong password.
#[utoipa::path(post, path = "/api/holder/login/start", request_body = SignInRequest,
    responses((status = 200, body = SignInAnswer), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn start_sign_in(
    State(app): Shared,
    body::Json(request): body::Json<SignInRequest>,
) -> Result<Json<SignInAnswer>, Problem> {
    let answered = sign_in::start(&app, &request.proof, &bytes(&request.request)?).await?;
    Ok(Json(SignInAnswer {
        exchange: answered.exchange.to_string(),
        response: mibun_crypto::base64url::encode(&answered.response),
        tries_left: answered.tries_left,
    }))
}

/// The last message of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInFinish {
    exchange: String,
    /// The client's last message (KE3).
    finalization: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
struct SessionView {
    /// When instructions of this exchange are no longer followed, RFC 3339.
    expires_at: String,
}

/// Ends the exchange; from now on instructions of it are followed.
#[utoipa::path(post, path = "/api/holder/login/finish", request_body = SignInFinish,
    responses((status = 200, body = SessionView), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn finish_sign_in(
    State(app): Shared,
    body::Json(last): body::Json<SignInFinish>,
) -> Result<Json<SessionView>, Problem> {
    let expires_at = sign_in::finish(&app, &last.exchange, &bytes(&last.finalization)?).await?;
    Ok(Json(SessionView { expires_at: expires_at.to_rfc3339() }))
}

/// How many keys are wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WantedKeys {
    exchange: String,
    /// 1 to the issuer's batch size.
    count: usize,
}

/// Keys that wait for their copies.
#[derive(Serialize, ToSchema)]
struct PreparedKeys {
    keys: Vec<PreparedKey>,
}

/// One of them.
#[derive(Serialize, ToSchema)]
struct PreparedKey {
    /// `subject.copy` of instructions.
    copy: String,
    /// The public key.
    #[schema(value_type = Object)]
    jwk: Value,
}

/// Has the vault make keys for a full card that is about to be collected. Keys that were made before and not used are
/// handed out again.
#[utoipa::path(post, path = "/api/holder/keys/prepare", request_body = WantedKeys,
    responses((status = 200, body = PreparedKeys), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn prepare_keys(
    State(app): Shared,
    headers: HeaderMap,
    body::Json(wanted): body::Json<WantedKeys>,
) -> Result<Json<PreparedKeys>, Problem> {
    let entitled = entitled(&app, &headers, "api/holder/keys/prepare")?;
    let prepared = keys::prepare(&app, &entitled, &wanted.exchange, wanted.count).await?;
    let view = |key: keys::Prepared| PreparedKey { copy: key.copy.to_string(), jwk: key.key.to_jwk().to_value() };
    Ok(Json(PreparedKeys { keys: prepared.into_iter().map(view).collect() }))
}

/// An instruction for the key of one copy.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CopyInstruction {
    copy: String,
    /// A compact JWS by the device's key, of `typ` `mibun-signing-instruction+jwt`.
    statement: String,
    /// HMAC-SHA-256 over the statement under the key of the exchange.
    mac: String,
}

impl From<CopyInstruction> for Instructed {
    fn from(one: CopyInstruction) -> Self {
        Self { copy: one.copy, instruction: Instruction { statement: one.statement, mac: one.mac } }
    }
}

/// Instructions of one exchange.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProofInstructions {
    exchange: String,
    instructions: Vec<CopyInstruction>,
}

/// Proofs for a credential request.
#[derive(Serialize, ToSchema)]
struct ProofsView {
    /// One per instruction, in their order.
    proofs: Vec<String>,
}

/// Has fresh keys prove themselves for a credential request; all of them, or none.
#[utoipa::path(post, path = "/api/holder/keys", request_body = ProofInstructions,
    responses((status = 200, body = ProofsView), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn prove_keys(
    State(app): Shared,
    body::Json(asked): body::Json<ProofInstructions>,
) -> Result<Json<ProofsView>, Problem> {
    let instructed: Vec<Instructed> = asked.instructions.into_iter().map(Instructed::from).collect();
    let proofs = signing::prove(&app, &asked.exchange, &instructed).await?;
    Ok(Json(ProofsView { proofs }))
}

/// One instruction to show a copy.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShowInstruction {
    exchange: String,
    copy: String,
    statement: String,
    mac: String,
}

/// What was signed: the one member that belongs to the consent.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SignedView {
    /// To a consent `key_binding`: the key binding, a compact JWS of `typ` `kb+jwt`. Append it to what is shown.
    KeyBinding(String),
    /// To a consent `device_authentication`: the ES256 signature of an mdoc's `deviceSignature`, 64 bytes in base64url.
    DeviceSignature(String),
}

impl From<Signed> for SignedView {
    fn from(signed: Signed) -> Self {
        match signed {
            Signed::Token(token) => Self::KeyBinding(token),
            Signed::Signature(signature) => Self::DeviceSignature(signature),
        }
    }
}

/// Has a copy's key sign what the holder agreed to: a key binding, or an mdoc's device authentication.
#[utoipa::path(post, path = "/api/holder/sign", request_body = ShowInstruction,
    responses((status = 200, body = SignedView), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn sign(State(app): Shared, body::Json(asked): body::Json<ShowInstruction>) -> Result<Json<SignedView>, Problem> {
    let ShowInstruction { exchange, copy, statement, mac } = asked;
    let instructed = CopyInstruction { copy, statement, mac }.into();
    Ok(Json(signing::show(&app, &exchange, instructed).await?.into()))
}
