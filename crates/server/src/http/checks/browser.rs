//! A check through the browser's Digital Credentials API: the page fetches what it asks with, and posts what comes back.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use mibun_card::mdoc::annex_c::AnnexCError;
use mibun_presenting::response::ResponseError;
use mibun_presenting::transaction::TransactionError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::CheckView;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::session;
use crate::http::{Shared, body, window};
use crate::work::checks::{self, Call, Page, ResponseRefusal};

/// Largest answer, in bytes.
pub const BODY: usize = 256 * 1024;

/// What `navigator.credentials.get` is called with, under `digital`.
#[derive(Serialize, ToSchema)]
pub struct DigitalCredentialRequests {
    requests: Vec<DigitalCredentialRequest>,
}

/// One request, of which the browser hands a wallet those that it understands.
#[derive(Serialize, ToSchema)]
pub struct DigitalCredentialRequest {
    /// `openid4vp-v1-signed`, or `org-iso-mdoc`.
    protocol: &'static str,
    #[schema(value_type = Object)]
    data: Value,
}

/// What `navigator.credentials.get` gave back.
#[derive(Deserialize, ToSchema)]
pub struct DigitalCredential {
    /// The protocol that the wallet chose.
    protocol: String,
    #[schema(value_type = Object)]
    data: Value,
}

/// What the page asks the browser with; only for the window and the browser session in which the check was opened.
#[utoipa::path(get, path = "/api/checks/{id}/digital-credential", operation_id = "digital_credential_requests",
    params(("id" = String, Path,)),
    responses((status = 200, body = DigitalCredentialRequests), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 410, body = ProblemBody)))]
pub async fn requests(
    State(app): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<DigitalCredentialRequests>, Problem> {
    let window = window::current(&app, &headers).await?;
    let session = super::secret_of(&headers, &id)?.ok_or(Problem::Forbidden)?;
    let calls = checks::calls(&app, Page { window: &window, session: &session }, &id).await?;
    let request = |Call { protocol, data }| DigitalCredentialRequest { protocol: protocol.name(), data };
    Ok(Json(DigitalCredentialRequests { requests: calls.into_iter().map(request).collect() }))
}

/// Takes what the browser gave the page. An answer that can be read ends the check, whatever the verdict; any other
/// changes nothing.
#[utoipa::path(post, path = "/api/checks/{id}/digital-credential", operation_id = "answer_by_digital_credential",
    params(("id" = String, Path,)), request_body = DigitalCredential,
    responses((status = 200, body = CheckView), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 410, body = ProblemBody),
        (status = 413, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn answer(
    State(app): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
    body::Json(credential): body::Json<DigitalCredential>,
) -> Result<Json<CheckView>, Problem> {
    session::same_origin(&headers)?;
    let window = window::current(&app, &headers).await?;
    let session = super::secret_of(&headers, &id)?.ok_or(Problem::Forbidden)?;
    let page = Page { window: &window, session: &session };
    let check = checks::answer_in_page(&app, page, &id, (&credential.protocol, &credential.data)).await?;
    Ok(Json(CheckView::of(&app, &check)))
}

impl From<ResponseRefusal> for Problem {
    fn from(refusal: ResponseRefusal) -> Self {
        let why = refusal.to_string();
        match refusal {
            ResponseRefusal::Work(error) => error.into(),
            ResponseRefusal::Transaction(error) => of_transaction(error),
            ResponseRefusal::Query(_) => Self::Unprocessable("answer_not_asked_for", why),
            ResponseRefusal::Response(ResponseError::WrongProtocol) => Self::Unprocessable("wrong_protocol", why),
            ResponseRefusal::Response(ResponseError::NotEncrypted) => Self::Unprocessable("answer_not_encrypted", why),
            ResponseRefusal::Response(ResponseError::Jwe(_) | ResponseError::WrongKey)
            | ResponseRefusal::AnnexC(AnnexCError::Hpke(_)) => Self::Unprocessable("answer_not_decrypted", why),
            ResponseRefusal::Response(_) | ResponseRefusal::Iso(_) | ResponseRefusal::AnnexC(_) => {
                Self::Unprocessable("answer_malformed", why)
            }
        }
    }
}

fn of_transaction(error: TransactionError) -> Problem {
    match error {
        TransactionError::AlreadyAnswered | TransactionError::AlreadyDone => {
            Problem::Conflict("already_answered", error.to_string())
        }
        TransactionError::Expired => Problem::Gone("check"),
        TransactionError::WrongSession => Problem::Forbidden,
        other => Problem::Conflict("not_possible_now", other.to_string()),
    }
}
