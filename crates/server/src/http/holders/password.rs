//! Setting the ID password in a journey (OPAQUE registration, RFC 9807 section 5).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bytes;
use crate::http::journeys::bearer;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::{Shared, body};
use crate::work::journeys::{self, password};

/// The first message of a registration.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordRequest {
    /// 32 bytes.
    request: String,
}

/// The answer to it.
#[derive(Serialize, ToSchema)]
pub(super) struct PasswordResponse {
    /// 64 bytes.
    response: String,
}

/// The end of a registration.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordUpload {
    /// 192 bytes.
    record: String,
}

/// Begins to set the ID password of a journey to a full card.
#[utoipa::path(post, path = "/api/journeys/{id}/password/start", params(("id" = String, Path,)),
    request_body = PasswordRequest,
    responses((status = 200, body = PasswordResponse), (status = 401, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn start(
    State(app): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    body::Json(asked): body::Json<PasswordRequest>,
) -> Result<Json<PasswordResponse>, Problem> {
    let journey = journeys::authorise(&app, &id, bearer(&headers)?).await?;
    let response = password::start(&app, &journey, &bytes(&asked.request)?)?;
    Ok(Json(PasswordResponse { response: mibun_crypto::base64url::encode(&response) }))
}

/// Sets the ID password; another one may be set until the capture begins. It becomes the person's when the journey is
/// accepted.
#[utoipa::path(post, path = "/api/journeys/{id}/password/finish", params(("id" = String, Path,)),
    request_body = PasswordUpload,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(super) async fn finish(
    State(app): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    body::Json(upload): body::Json<PasswordUpload>,
) -> Result<StatusCode, Problem> {
    let journey = journeys::authorise(&app, &id, bearer(&headers)?).await?;
    password::finish(&app, journey, &bytes(&upload.record)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
