//! One log line and two measurements per request: method, route, status, time. Never a path, body or address.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::Shared;

/// Logs and measures a request by the pattern of its route, which holds no identifiers.
pub async fn observe(State(app): Shared, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let started = app.clock.now_millis();
    let response = next.run(request).await;
    let millis = app.clock.now_millis().saturating_sub(started);
    let status = response.status().as_u16();
    tracing::info!(%method, route, status, millis, "request");
    let labels = [("route", route), ("method", method.to_string()), ("status", status.to_string())];
    metrics::counter!("mibun_requests_total", &labels).increment(1);
    metrics::histogram!("mibun_request_seconds", &labels[..2]).record(millis as f64 / 1000.0);
    response
}
