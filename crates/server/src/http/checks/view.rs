//! A check as pages see it.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::about::TextView;
use crate::work::checks::{self, FieldValue, OpenCheck, State, StoredVerdict};

/// A check.
#[derive(Serialize, ToSchema)]
pub struct CheckView {
    id: String,
    scene: String,
    /// `waiting`, `scanned`, `verified`, `refused` or `expired`.
    state: &'static str,
    created_at: String,
    expires_at: String,
    /// Where the request lies, while it can be fetched.
    request_uri: Option<String>,
    /// `openid4vp://…`, for any wallet.
    link: Option<String>,
    /// The same for the web wallet of this installation.
    wallet_link: Option<String>,
    /// The code to scan.
    code: Option<CodeView>,
    /// The two words that both screens show, once a wallet has scanned.
    words: Option<Vec<TextView>>,
    verdict: Option<VerdictView>,
    /// Until when the answer is kept.
    retain_until: Option<String>,
}

/// A code to scan.
#[derive(Serialize, ToSchema)]
pub struct CodeView {
    /// The code as an SVG image.
    svg: String,
    /// What it says.
    text: String,
    /// When the next one takes its place, RFC 3339; absent for a code that stays.
    expires_at: Option<String>,
}

/// How a check came out.
#[derive(Serialize, ToSchema)]
pub struct VerdictView {
    /// `accepted`, `refused` or `declined`.
    outcome: &'static str,
    /// `light` or `full`, where the card could be read.
    level: Option<String>,
    checks: Vec<CheckMadeView>,
    refusal: Option<RefusalView>,
    fields: Vec<FieldView>,
    at: Option<String>,
}

/// One check that was made.
#[derive(Serialize, ToSchema)]
pub struct CheckMadeView {
    name: String,
    passed: bool,
}

/// Why a card was refused.
#[derive(Serialize, ToSchema)]
pub struct RefusalView {
    /// Stable name.
    code: String,
    /// What it means and what to do.
    message: TextView,
}

/// One field of the answer.
#[derive(Serialize, ToSchema)]
pub struct FieldView {
    path: Vec<String>,
    label: Option<TextView>,
    /// Whether the value is kept, or shown this once.
    kept: bool,
    #[schema(value_type = Object)]
    value: serde_json::Value,
}

/// Whether nothing will change any more.
pub(super) fn is_over(check: &OpenCheck) -> bool {
    matches!(check.stored.state(), State::Verified | State::Refused | State::Expired)
}

/// What a view depends on: as long as it is the same, so is the view.
#[derive(PartialEq, Eq)]
pub(super) struct Stamp {
    version: mibun_registry::Version,
    state: State,
    request_id: String,
}

/// The stamp of a check as it stands now.
pub(super) fn stamp(app: &App, check: &OpenCheck) -> Stamp {
    let (request_id, _) = checks::request_id(app, check);
    Stamp { version: check.row.version, state: check.stored.state(), request_id }
}

impl CheckView {
    /// A check for the counter at which it is under way: with its code, and with what is shown only this once.
    pub fn of(app: &App, check: &OpenCheck) -> Self {
        Self::with(app, check, app.shown.get(check.row.id, app.clock.now()))
    }

    /// A check as a record of the past: with what the scene lets keep and nothing else.
    pub fn kept(app: &App, check: &OpenCheck) -> Self {
        Self::with(app, check, None)
    }

    fn with(app: &App, check: &OpenCheck, shown: Option<Vec<FieldValue>>) -> Self {
        let state = check.stored.state();
        let (request_id, turns) = checks::request_id(app, check);
        let waiting = matches!(state, State::Waiting | State::Scanned) && !check.stored.in_page();
        let client_id = check.stored.client_id.as_str();
        let links = waiting.then(|| super::links(app, client_id, &request_id)).flatten();
        let (request_uri, link, wallet_link) =
            links.map_or((None, None, None), |(uri, any, ours)| (Some(uri), Some(any), Some(ours)));
        let code = link.as_ref().filter(|_| state == State::Waiting).and_then(|text| code(text, turns));
        let words = check.stored.words().map(|words| vec![words.first.into(), words.second.into()]);
        Self {
            id: check.row.id.to_string(),
            scene: check.row.scene.clone(),
            state: state.as_str(),
            created_at: check.row.created_at.to_rfc3339(),
            expires_at: check.row.expires_at.to_rfc3339(),
            request_uri,
            link,
            wallet_link,
            code,
            words,
            verdict: is_over(check).then(|| verdict(app, check, shown)).flatten(),
            retain_until: check.row.retain_until.map(mibun_crypto::time::Timestamp::to_rfc3339),
        }
    }
}

fn code(text: &str, turns: Option<mibun_crypto::time::Timestamp>) -> Option<CodeView> {
    let qr = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let svg = qr.render::<svg::Color<'_>>().min_dimensions(240, 240).quiet_zone(true).build();
    Some(CodeView { svg, text: text.to_owned(), expires_at: turns.map(mibun_crypto::time::Timestamp::to_rfc3339) })
}

fn verdict(app: &App, check: &OpenCheck, shown: Option<Vec<FieldValue>>) -> Option<VerdictView> {
    match (&check.stored.verdict, check.stored.state()) {
        // The code never came back: whoever answered need not be whom the page asked.
        (_, State::Expired) => None,
        (Some(verdict), _) => Some(judged(app, check, verdict, shown)),
        (None, State::Refused) => Some(VerdictView {
            outcome: "declined",
            level: None,
            checks: Vec::new(),
            refusal: None,
            fields: Vec::new(),
            at: None,
        }),
        (None, _) => None,
    }
}

fn judged(app: &App, check: &OpenCheck, verdict: &StoredVerdict, shown: Option<Vec<FieldValue>>) -> VerdictView {
    let scene = checks::scene(app, check).ok();
    let fields = shown.as_ref().unwrap_or(&verdict.fields);
    let field = |field: &FieldValue| {
        let known = scene.and_then(|scene| scene.field(&field.path));
        FieldView {
            path: field.path.clone(),
            label: known.map(|known| (&known.label).into()),
            kept: verdict.fields.iter().any(|kept| kept.path == field.path),
            value: field.value.clone(),
        }
    };
    let made = |(name, passed): &(String, bool)| CheckMadeView { name: name.clone(), passed: *passed };
    VerdictView {
        outcome: if verdict.accepted { "accepted" } else { "refused" },
        level: verdict.level.clone(),
        checks: verdict.checks.iter().map(made).collect(),
        refusal: verdict
            .refusal
            .map(|refusal| RefusalView { code: refusal.code().to_owned(), message: (&refusal.message()).into() }),
        fields: fields.iter().map(field).collect(),
        at: Some(verdict.at.to_rfc3339()),
    }
}
