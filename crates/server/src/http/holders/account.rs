//! The life of a holder's account: another password, a revocation code, a copy of what is kept, erasure.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use mibun_proofing::passkey::Assertion;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{bytes, entitled};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::source::Source;
use crate::http::{Shared, body};
use crate::work::holders::acts::Act;
use crate::work::holders::passkeys::{self, NewPasskey};
use crate::work::holders::signing::{self, Confirmed};
use crate::work::holders::{account, lost, password_change};

/// A request of a signed-in holder.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HolderRequest {
    /// The sign-in.
    exchange: String,
    /// A compact JWS by the device's key, as for registering a device, of the `typ` of the request; `over` is the SHA-256
    /// hash of the exchange's name and a line feed, and what else the request says.
    proof: String,
    /// HMAC-SHA-256 over the proof as sent, under the key of the sign-in, in base64url.
    mac: String,
}

impl HolderRequest {
    fn act(&self) -> Act<'_> {
        Act { exchange: &self.exchange, proof: &self.proof, mac: &self.mac }
    }
}

/// The first message of another password's registration.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPasswordRequest {
    exchange: String,
    /// 32 bytes.
    request: String,
}

/// The answer to it.
#[derive(Serialize, ToSchema)]
pub(super) struct NewPasswordResponse {
    /// 64 bytes.
    response: String,
}

/// The end of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPasswordUpload {
    exchange: String,
    /// Of `typ` `mibun-password-change+jwt`; `over` hashes the exchange's name, a line feed, and the bytes of `record`.
    proof: String,
    mac: String,
    /// 192 bytes.
    record: String,
}

/// A code for paper.
#[derive(Serialize, ToSchema)]
pub(super) struct RevocationCodeView {
    /// Twenty digits and letters, none of which is taken for another. It is shown once.
    code: String,
}

/// The code of a lost telephone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LostReport {
    code: String,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(super) struct LostView {
    /// Cards that were revoked now.
    revoked_cards: u32,
}

/// An erasure that was done.
#[derive(Serialize, ToSchema)]
pub(super) struct ErasureView {
    /// A compact JWS by the authority: what was erased and what was kept.
    receipt: String,
}

/// What an authenticator answers; every member in base64url.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AssertionBody {
    /// `authenticatorData`.
    authenticator_data: String,
    /// `clientDataJSON`.
    client_data: String,
    /// `signature`.
    signature: String,
}

impl From<AssertionBody> for Assertion {
    fn from(body: AssertionBody) -> Self {
        let AssertionBody { authenticator_data, client_data, signature } = body;
        Self { authenticator_data, client_data, signature }
    }
}

/// A passkey for the device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPasskeyBody {
    exchange: String,
    /// Of `typ` `mibun-passkey-registration+jwt`; `over` hashes the exchange's name, a line feed, `credential`, a dot, and
    /// `public_key`.
    proof: String,
    mac: String,
    /// The credential's identifier in base64url.
    credential: String,
    /// `getPublicKey()` of its registration, on P-256, in base64url.
    public_key: String,
    /// By the passkey; its challenge is the SHA-256 hash of `proof`.
    assertion: AssertionBody,
}

/// A statement that a passkey confirms.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasskeyInstruction {
    /// The device, as it was named when it was registered.
    device: String,
    /// The copy whose key is to sign.
    copy: String,
    /// As for signing within a sign-in; `subject.exchange` is `passkey`.
    statement: String,
    /// Its challenge is the SHA-256 hash of `statement`.
    assertion: AssertionBody,
}

/// Adds a passkey to the device that signed in, in place of an earlier one.
#[utoipa::path(post, path = "/api/holder/passkey", operation_id = "add_passkey", request_body = NewPasskeyBody,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(super) async fn add_passkey(
    State(app): Shared,
    body::Json(new): body::Json<NewPasskeyBody>,
) -> Result<StatusCode, Problem> {
    let act = Act { exchange: &new.exchange, proof: &new.proof, mac: &new.mac };
    let assertion = new.assertion.into();
    let passkey = NewPasskey { credential: &new.credential, public_key: &new.public_key, assertion: &assertion };
    passkeys::add(&app, act, passkey).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has a copy's key sign a key binding or an mdoc's device authentication that the device's passkey confirms, without a
/// sign-in. Scenes that demand the ID password do not accept it.
#[utoipa::path(post, path = "/api/holder/sign/passkey", operation_id = "sign_by_passkey",
    request_body = PasskeyInstruction,
    responses((status = 200, body = super::SignedView), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn sign_by_passkey(
    State(app): Shared,
    body::Json(asked): body::Json<PasskeyInstruction>,
) -> Result<Json<super::SignedView>, Problem> {
    let assertion = asked.assertion.into();
    let confirmed =
        Confirmed { device: &asked.device, copy: &asked.copy, statement: &asked.statement, assertion: &assertion };
    Ok(Json(signing::show_by_passkey(&app, &confirmed).await?.into()))
}

/// Begins to change the ID password, within a sign-in.
#[utoipa::path(post, path = "/api/holder/password/start", operation_id = "start_password_change",
    request_body = NewPasswordRequest,
    responses((status = 200, body = NewPasswordResponse), (status = 401, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn start_password(
    State(app): Shared,
    body::Json(asked): body::Json<NewPasswordRequest>,
) -> Result<Json<NewPasswordResponse>, Problem> {
    let response = password_change::start(&app, &asked.exchange, &bytes(&asked.request)?).await?;
    Ok(Json(NewPasswordResponse { response: mibun_crypto::base64url::encode(&response) }))
}

/// Changes the ID password; every sign-in ends.
#[utoipa::path(post, path = "/api/holder/password/finish", operation_id = "finish_password_change",
    request_body = NewPasswordUpload,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(super) async fn finish_password(
    State(app): Shared,
    body::Json(upload): body::Json<NewPasswordUpload>,
) -> Result<StatusCode, Problem> {
    let act = Act { exchange: &upload.exchange, proof: &upload.proof, mac: &upload.mac };
    password_change::finish(&app, act, &bytes(&upload.record)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Draws a revocation code for the signed-in holder, in place of an earlier one; `typ`
/// `mibun-revocation-code-request+jwt`.
#[utoipa::path(post, path = "/api/holder/revocation-code", operation_id = "revocation_code",
    request_body = HolderRequest,
    responses((status = 201, body = RevocationCodeView), (status = 401, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn revocation_code(
    State(app): Shared,
    body::Json(request): body::Json<HolderRequest>,
) -> Result<(StatusCode, Json<RevocationCodeView>), Problem> {
    let code = lost::code(&app, request.act()).await?;
    Ok((StatusCode::CREATED, Json(RevocationCodeView { code })))
}

/// Draws a revocation code for whoever collects a card, under the access token, in place of an earlier one.
#[utoipa::path(post, path = "/api/holder/revocation-code/collected", operation_id = "revocation_code_of_collected",
    responses((status = 201, body = RevocationCodeView), (status = 401, body = ProblemBody)))]
pub(super) async fn revocation_code_of_collected(
    State(app): Shared,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<RevocationCodeView>), Problem> {
    let entitled = entitled(&app, &headers, "api/holder/revocation-code/collected")?;
    let code = lost::code_for_token(&app, &entitled).await?;
    Ok((StatusCode::CREATED, Json(RevocationCodeView { code })))
}

/// Revokes every card of the person whose revocation code this is, without signing in. A code is good once.
#[utoipa::path(post, path = "/api/holder/lost", operation_id = "report_lost", request_body = LostReport,
    responses((status = 200, body = LostView), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub(super) async fn report_lost(
    State(app): Shared,
    Extension(Source(source)): Extension<Source>,
    body::Json(report): body::Json<LostReport>,
) -> Result<Json<LostView>, Problem> {
    Ok(Json(LostView { revoked_cards: lost::report(&app, source, &report.code).await? }))
}

/// A copy of everything that the authority keeps about the signed-in holder; `typ` `mibun-history-request+jwt`.
#[utoipa::path(post, path = "/api/holder/export", operation_id = "export_holder", request_body = HolderRequest,
    responses((status = 200, body = Object), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(super) async fn export(
    State(app): Shared,
    body::Json(request): body::Json<HolderRequest>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(account::export(&app, request.act()).await?))
}

/// Erases all that the card needed and the register does not; `typ` `mibun-erasure-request+jwt`.
#[utoipa::path(post, path = "/api/holder/erase", operation_id = "erase_holder", request_body = HolderRequest,
    responses((status = 200, body = ErasureView), (status = 401, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn erase(
    State(app): Shared,
    body::Json(request): body::Json<HolderRequest>,
) -> Result<Json<ErasureView>, Problem> {
    Ok(Json(ErasureView { receipt: account::erase(&app, request.act()).await? }))
}
