//! What this installation is: its authority, languages, scenes and face models.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use mibun_trust::{Language, Scene, Texts};
use serde::Serialize;
use utoipa::ToSchema;

use super::Shared;

/// A text in every language.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TextView {
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
    /// Chinese in simplified characters.
    #[serde(rename = "zh-Hans")]
    pub zh_hans: String,
}

impl From<&Texts> for TextView {
    fn from(texts: &Texts) -> Self {
        let of = |language| texts.of(language).to_owned();
        Self { en: of(Language::English), ja: of(Language::Japanese), zh_hans: of(Language::SimplifiedChinese) }
    }
}

impl From<mibun_proofing::decision::Message> for TextView {
    fn from(message: mibun_proofing::decision::Message) -> Self {
        Self { en: message.en.to_owned(), ja: message.ja.to_owned(), zh_hans: message.zh_hans.to_owned() }
    }
}

/// What this installation is.
#[derive(Debug, Serialize, ToSchema)]
pub struct About {
    authority: AuthorityView,
    demo: bool,
    languages: [&'static str; 3],
    face_models: ModelsView,
    /// Whether documents can be read from photographs.
    reads_documents: bool,
    wallet_url: String,
    version: &'static str,
}

/// Who issues the cards.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorityView {
    /// Name by language tag.
    name: BTreeMap<String, String>,
    country: String,
}

/// The face models in use, and what they can and cannot do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ModelsView {
    /// `recommended`, `standard` or `none`.
    pub set: String,
    /// What the set does.
    pub can: Vec<AbilityView>,
    /// What it does not do.
    pub cannot: Vec<AbilityView>,
}

impl ModelsView {
    /// What the set does not do, in one line of English for the log and the terminal.
    pub fn cannot_in_english(&self) -> String {
        self.cannot.iter().map(|ability| ability.text.en.as_str()).collect::<Vec<_>>().join("; ")
    }
}

/// Something that face models can do, or cannot.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AbilityView {
    /// `follow_face`, `compare_portrait`, `tell_pictures` or `notice_injection`.
    pub code: &'static str,
    /// It in words, to follow on "it can" or "it cannot".
    pub text: TextView,
}

/// One lawful use.
#[derive(Debug, Serialize, ToSchema)]
pub struct SceneView {
    /// The name in addresses and files.
    pub id: String,
    /// What it is called.
    pub title: TextView,
    /// What the check is for.
    pub purpose: TextView,
    /// The rule it rests on.
    pub legal_basis: TextView,
    /// `light` or `full`.
    pub minimum_level: &'static str,
    /// Days the answer may be kept; 0: only the result.
    pub retention_days: u32,
    /// What is asked.
    pub fields: Vec<SceneFieldView>,
}

/// One item a scene asks for.
#[derive(Debug, Serialize, ToSchema)]
pub struct SceneFieldView {
    /// Where it stands in the card.
    pub path: Vec<String>,
    /// What it is called.
    pub label: TextView,
    /// Why it is asked.
    pub why: TextView,
    /// Whether the scene cannot do without it.
    pub required: bool,
}

impl From<&Scene> for SceneView {
    fn from(scene: &Scene) -> Self {
        let field = |field: &mibun_trust::scene::Field| SceneFieldView {
            path: field.path.clone(),
            label: (&field.label).into(),
            why: (&field.why).into(),
            required: field.required,
        };
        Self {
            id: scene.id.to_string(),
            title: (&scene.title).into(),
            purpose: (&scene.purpose).into(),
            legal_basis: (&scene.legal_basis).into(),
            minimum_level: match scene.minimum_level {
                mibun_trust::RequiredLevel::Light => "light",
                mibun_trust::RequiredLevel::Full => "full",
            },
            retention_days: scene.retention_days,
            fields: scene.fields.iter().map(field).collect(),
        }
    }
}

/// What this installation is: its authority, languages and face models.
#[utoipa::path(get, path = "/api/about", responses((status = 200, body = About)))]
pub async fn about(State(app): Shared) -> Json<About> {
    Json(About {
        authority: AuthorityView {
            name: app.config.authority.name.clone(),
            country: app.config.authority.country.clone(),
        },
        demo: app.config.demo.enabled,
        languages: Language::ALL.map(Language::tag),
        face_models: app.faces.describe(),
        reads_documents: app.documents.available(),
        wallet_url: app.url("/wallet/"),
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// The lawful uses that this installation knows.
#[utoipa::path(get, path = "/api/scenes", responses((status = 200, body = Vec<SceneView>)))]
pub async fn scenes(State(app): Shared) -> Json<Vec<SceneView>> {
    Json(app.scenes.values().map(SceneView::from).collect())
}

/// The authority's root certificate, in PEM.
pub async fn authority_root(State(app): Shared) -> Response {
    ([(header::CONTENT_TYPE, "application/x-pem-file")], app.keys.root.to_pem()).into_response()
}
