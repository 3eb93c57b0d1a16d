//! The web pages, embedded in the binary.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

/// What `npm run build` wrote. A build without it makes a server that answers only its interfaces.
#[derive(rust_embed::RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Pages;

const APPS: [&str; 3] = ["wallet", "window", "console"];

/// The start page.
pub async fn start() -> Response {
    file("index.html")
}

/// A file of the pages; the folder of an app answers with its `index.html`.
pub async fn page(Path(path): Path<String>) -> Response {
    if APPS.contains(&path.as_str()) {
        return Redirect::permanent(&format!("/{path}/")).into_response();
    }
    match path.strip_suffix('/') {
        Some(app) if APPS.contains(&app) => file(&format!("{app}/index.html")),
        _ => file(&path),
    }
}

fn file(path: &str) -> Response {
    let Some(found) = Pages::get(path) else {
        return (StatusCode::NOT_FOUND, "No such page.\n").into_response();
    };
    // Files under assets/ carry a hash of their content in their name.
    let cache = if path.contains("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = found.data.into_owned().into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_str(found.metadata.mimetype()).unwrap_or(HeaderValue::from_static("text/plain"));
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

/// Whether the pages were built into this binary.
pub fn present() -> bool {
    Pages::get("index.html").is_some()
}
