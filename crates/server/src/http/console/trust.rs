//! The states whose documents are believed.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::officer;
use crate::app::App;
use crate::http::Shared;
use crate::http::problem::{Problem, ProblemBody};
use crate::work::trust::{self, Overview, Source};

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(trusted))
}

/// Whom chips of documents are believed by.
#[derive(Serialize, ToSchema)]
struct TrustView {
    /// Certificates of authorities in all.
    certificates: usize,
    /// Revocation lists in all.
    revocation_lists: usize,
    countries: Vec<CountryView>,
    sources: Vec<SourceView>,
}

/// The certificates of one country.
#[derive(Serialize, ToSchema)]
struct CountryView {
    /// Two letters, as in the certificates.
    country: String,
    certificates: usize,
}

/// One master list or file.
#[derive(Serialize, ToSchema)]
struct SourceView {
    source: String,
    imported_at: String,
    certificates: usize,
    countries: Vec<String>,
}

impl From<Source> for SourceView {
    fn from(source: Source) -> Self {
        Self {
            source: source.name,
            imported_at: source.imported_at.to_rfc3339(),
            certificates: source.certificates,
            countries: source.countries,
        }
    }
}

impl From<Overview> for TrustView {
    fn from(overview: Overview) -> Self {
        let country = |(country, certificates)| CountryView { country, certificates };
        Self {
            certificates: overview.certificates,
            revocation_lists: overview.revocation_lists,
            countries: overview.countries.into_iter().map(country).collect(),
            sources: overview.sources.into_iter().map(SourceView::from).collect(),
        }
    }
}

/// Whom chips of documents are believed by, and where that came from.
#[utoipa::path(get, path = "/api/console/trust",
    responses((status = 200, body = TrustView), (status = 401, body = ProblemBody)))]
async fn trusted(State(app): Shared, headers: HeaderMap) -> Result<Json<TrustView>, Problem> {
    officer(&app, &headers).await?;
    Ok(Json(trust::overview(&app).await?.into()))
}
