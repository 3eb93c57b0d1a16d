//! The way over the browser: what is pushed, and where the browser is sent (RFC 9126, OpenID4VCI 1.0 5).

use mibun_crypto::json::Limits;
use serde_json::json;
use url::Url;

use super::instance::Instance;
use super::plan::Plan;
use super::server::Server;
use super::session::Turn;
use super::{CollectError, Exchange};
use crate::authorization::{CREDENTIAL, PushedResponse};
use crate::exchange::HttpResponse;
use crate::form;
use crate::metadata::Configuration;
use crate::pkce;
use crate::secret::Secret;
use crate::thumbprint::Thumbprint;

/// What has to be remembered while the person is at the browser.
#[derive(Debug)]
pub struct Visit {
    pub state: Secret,
    pub verifier: Secret,
    challenge: pkce::Challenge,
}

impl Visit {
    pub fn draw(turn: &mut Turn<'_>) -> Self {
        let (verifier, challenge) = pkce::draw(turn.entropy);
        Self { state: Secret::new(turn.entropy.token(STATE_BYTES)), verifier, challenge }
    }

    /// The form that is pushed.
    pub fn to_form(&self, plan: &Plan, server: &Server, instance: &Instance, issuer_state: Option<&str>) -> String {
        let challenge = self.challenge.as_text();
        let wanted = wanted(plan);
        let key = Thumbprint::of(instance.dpop.public_key()).to_string();
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", instance.client_id.as_str()),
            ("redirect_uri", instance.redirect_uri.as_str()),
            ("state", self.state.expose()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            (wanted.0, &wanted.1),
        ];
        if server.binds {
            parameters.push(("dpop_jkt", &key));
        }
        parameters.extend(issuer_state.map(|state| ("issuer_state", state)));
        form::encode(&parameters)
    }
}

/// The scope of the card, or `authorization_details` where it has none.
fn wanted(plan: &Plan) -> (&'static str, String) {
    let scope = match &plan.configuration {
        Configuration::SdJwtVc(card) => &card.scope,
        Configuration::Mdoc(card) => &card.scope,
    };
    if let Some(scope) = scope {
        return ("scope", scope.clone());
    }
    let mut detail = json!({ "type": CREDENTIAL, "credential_configuration_id": plan.configuration_id });
    if !plan.issuer.authorization_servers.is_empty() {
        detail["locations"] = json!([plan.issuer.credential_issuer]);
    }
    ("authorization_details", json!([detail]).to_string())
}

/// Where the browser is sent after a pushed request was taken.
pub fn address(response: &HttpResponse, server: &Server, client: &str) -> Result<String, CollectError> {
    const MALFORMED: CollectError = CollectError::Answer { at: Exchange::PushedRequest };
    let value = response.json(&Limits::default()).map_err(|_| MALFORMED)?;
    let pushed: PushedResponse = serde_json::from_value(value).map_err(|_| MALFORMED)?;
    let endpoint = server.metadata.authorization_endpoint.as_deref().unwrap_or_default();
    let mut url = Url::parse(endpoint).map_err(|_| MALFORMED)?;
    url.query_pairs_mut().extend_pairs([("client_id", client), ("request_uri", &pushed.request_uri)]);
    Ok(url.into())
}

/// `attestation_challenge` of a challenge endpoint.
pub fn challenge(response: &HttpResponse) -> Result<String, CollectError> {
    const MALFORMED: CollectError = CollectError::Answer { at: Exchange::Challenge };
    let value = response.json(&Limits::default()).map_err(|_| MALFORMED)?;
    let challenge = value.get("attestation_challenge").and_then(serde_json::Value::as_str);
    challenge.filter(|text| !text.is_empty()).map(str::to_owned).ok_or(MALFORMED)
}

const STATE_BYTES: usize = 16;
