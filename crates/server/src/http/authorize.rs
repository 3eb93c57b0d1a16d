//! `/authorize` (RFC 6749 section 4.1.1): the page on which a person says that a wallet may have their card. Plain HTML: it
//! works in every browser, without script, and what it asks it asks in the person's language.

mod page;
mod texts;

use axum::Form;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use mibun_issuing::grant::RedeemError;
use serde::Deserialize;
use url::Url;

use super::Shared;
use crate::app::App;
use crate::http::source::Source;
use crate::work::WorkError;
use crate::work::issuing::{self, Answer, Answered, Asking};
use page::{Page, Trouble};
use texts::{Language, Texts};

const STYLE: &str = concat!(
    include_str!("../../../../web/ui/src/styles/tokens.css"),
    include_str!("../../../../web/ui/src/styles/base.css"),
    include_str!("authorize/page.css"),
);

/// Where the browser comes from the wallet.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    request_uri: String,
    #[serde(default)]
    client_id: String,
    lang: Option<String>,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Filled {
    #[serde(default)]
    request_uri: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    decision: String,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    code: String,
    lang: Option<String>,
}

/// The style of the page.
pub async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, STYLE).into_response()
}

/// Shows what a wallet asks. Looking spends nothing.
pub async fn page(State(app): Shared, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    let language = Language::choose(asked.lang.as_deref(), &headers);
    match issuing::asked(&app, &asked.request_uri, &asked.client_id).await {
        Ok(asking) => show(&app, language, &asked.request_uri, &asking, None),
        Err(error) => ended(&app, language, &error),
    }
}

/// Takes the answer, and sends the browser back to the wallet with it.
pub async fn answer(
    State(app): Shared,
    Extension(Source(source)): Extension<Source>,
    headers: HeaderMap,
    Form(filled): Form<Filled>,
) -> Response {
    let language = Language::choose(filled.lang.as_deref(), &headers);
    let answer = Answer {
        request_uri: &filled.request_uri,
        client: &filled.client_id,
        allow: filled.decision != "deny",
        reference: &filled.reference,
        tx_code: &filled.code,
    };
    match issuing::answer(&app, source, &answer).await {
        Ok(Answered::Back(address)) => back(&address),
        Ok(Answered::Again(refusal, asking)) => {
            let is_code = matches!(refusal, RedeemError::WrongTxCode { .. } | RedeemError::MissingTxCode);
            let trouble = Trouble { text: told(language.texts(), refusal), is_code, reference: &filled.reference };
            show(&app, language, &filled.request_uri, &asking, Some(&trouble))
        }
        Err(error) => ended(&app, language, &error),
    }
}

fn back(address: &str) -> Response {
    let location = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}

fn show(app: &App, language: Language, request_uri: &str, asking: &Asking, trouble: Option<&Trouble<'_>>) -> Response {
    let page = Page { authority: &authority(app, language), language, request_uri, asking, trouble };
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut response = (status, [(header::CACHE_CONTROL, "no-store")], Html(page.form())).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy(&asking.redirect_uri));
    response
}

/// Nothing is loaded but the style, and the form leads here and on to the wallet that asked: a browser stops a form whose
/// answer redirects to where no form may lead.
fn policy(redirect_uri: &str) -> HeaderValue {
    let wallet = Url::parse(redirect_uri).map_or_else(
        |_| String::new(),
        |url| match url.origin().is_tuple() {
            true => url.origin().ascii_serialization(),
            false => format!("{}:", url.scheme()),
        },
    );
    let text = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {wallet}; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

fn told(texts: &Texts, refusal: RedeemError) -> String {
    match refusal {
        RedeemError::WrongTxCode { tries_left } => texts.wrong_code.replace("{n}", &tries_left.to_string()),
        RedeemError::MissingTxCode => texts.missing_code.to_owned(),
        RedeemError::Locked => texts.locked.to_owned(),
        RedeemError::Expired | RedeemError::Used => texts.ended_offer.to_owned(),
        _ => texts.unknown_reference.to_owned(),
    }
}

/// A page without a form: nothing can be done here, and the wallet is not told, for nobody knows that it asked.
fn ended(app: &App, language: Language, error: &WorkError) -> Response {
    let texts = language.texts();
    let (status, title, text) = match error {
        WorkError::NotFound(_) => (StatusCode::BAD_REQUEST, texts.unknown_title, texts.unknown_text.to_owned()),
        WorkError::Ended(_) => (StatusCode::BAD_REQUEST, texts.late_title, texts.late_text.to_owned()),
        WorkError::TooMany(seconds) => {
            let minutes = seconds.div_ceil(60).to_string();
            (StatusCode::TOO_MANY_REQUESTS, texts.wait_title, texts.wait_text.replace("{n}", &minutes))
        }
        other => {
            tracing::error!(error = %other, "authorizing failed");
            (StatusCode::SERVICE_UNAVAILABLE, texts.fault_title, texts.fault_text.to_owned())
        }
    };
    let html = page::notice(&authority(app, language), language, title, &text);
    let mut response = (status, [(header::CACHE_CONTROL, "no-store")], Html(html)).into_response();
    if let WorkError::TooMany(seconds) = error {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
    }
    response
}

fn authority(app: &App, language: Language) -> String {
    let names = &app.config.authority.name;
    names.get(language.tag()).or_else(|| names.get("en")).cloned().unwrap_or_default()
}
