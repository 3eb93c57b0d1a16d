//! The authorization server's own words (RFC 8414).

use mibun_crypto::json;
use serde::{Deserialize, Serialize};

use super::{LIMITS, MetadataError};
use crate::address::Issuer;
use crate::authorization::CREDENTIAL;
use crate::token::{AUTHORIZATION_CODE, PRE_AUTHORIZED_CODE, REFRESH_TOKEN};

/// How wallets with an attestation prove who they are.
pub const ATTESTATION: &str = "attest_jwt_client_auth";

/// What an authorization server says about itself, as far as cards need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationServerMetadata {
    /// Its identifier.
    pub issuer: String,
    /// Where a person says that a wallet may have their card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_endpoint: Option<String>,
    /// Where wallets push what they will ask there (RFC 9126).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_authorization_request_endpoint: Option<String>,
    /// Whether nothing is asked there that was not pushed.
    #[serde(default)]
    pub require_pushed_authorization_requests: bool,
    /// Where codes become tokens.
    pub token_endpoint: String,
    /// Where challenges for wallet attestations are had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_endpoint: Option<String>,
    /// How wallets prove who they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// Algorithms of wallet attestations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_attestation_signing_alg_values_supported: Vec<String>,
    /// Algorithms of the proofs that go with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_attestation_pop_signing_alg_values_supported: Vec<String>,
    /// Algorithms of DPoP proofs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dpop_signing_alg_values_supported: Vec<String>,
    /// Scopes, each of one card.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<String>,
    /// Types of `authorization_details`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_details_types_supported: Vec<String>,
    /// Response types of its authorization endpoint. RFC 8414 demands the member; without the endpoint it is empty.
    #[serde(default)]
    pub response_types_supported: Vec<String>,
    /// How its answers go back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response_modes_supported: Vec<String>,
    /// Grant types; when absent, not the pre-authorized code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grant_types_supported: Vec<String>,
    /// Methods of PKCE.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code_challenge_methods_supported: Vec<String>,
    /// Whether its answers over the browser say whose they are (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    /// Languages of its pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ui_locales_supported: Vec<String>,
    /// Whether a wallet need not say who it is to use a pre-authorized code.
    #[serde(default, rename = "pre-authorized_grant_anonymous_access_supported")]
    pub anonymous_access: bool,
}

impl AuthorizationServerMetadata {
    /// The metadata of the server that lies at the issuer's own address, whose scopes are these.
    pub fn new(issuer: &Issuer, scopes: &[&str]) -> Self {
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let algorithm = all(&["ES256"]);
        Self {
            issuer: issuer.as_str().to_owned(),
            authorization_endpoint: Some(issuer.endpoint("authorize")),
            pushed_authorization_request_endpoint: Some(issuer.endpoint("par")),
            require_pushed_authorization_requests: true,
            token_endpoint: issuer.endpoint("token"),
            challenge_endpoint: Some(issuer.endpoint("challenge")),
            token_endpoint_auth_methods_supported: all(&[ATTESTATION, "none"]),
            client_attestation_signing_alg_values_supported: algorithm.clone(),
            client_attestation_pop_signing_alg_values_supported: algorithm.clone(),
            dpop_signing_alg_values_supported: algorithm,
            scopes_supported: all(scopes),
            authorization_details_types_supported: all(&[CREDENTIAL]),
            response_types_supported: all(&["code"]),
            response_modes_supported: all(&["query"]),
            grant_types_supported: all(&[AUTHORIZATION_CODE, REFRESH_TOKEN, PRE_AUTHORIZED_CODE]),
            code_challenge_methods_supported: all(&["S256"]),
            authorization_response_iss_parameter_supported: true,
            ui_locales_supported: all(&["en", "ja", "zh-Hans"]),
            anonymous_access: true,
        }
    }

    /// Reads the metadata of `issuer`, whose identifier it must name letter by letter (RFC 8414 3.3).
    pub fn parse(document: &[u8], issuer: &str) -> Result<Self, MetadataError> {
        let value = json::parse(document, &LIMITS)?;
        let metadata: Self = serde_json::from_value(value).map_err(|_| MetadataError::Shape)?;
        if metadata.issuer == issuer { Ok(metadata) } else { Err(MetadataError::OtherIssuer) }
    }

    /// Whether a wallet without an identity can use a pre-authorized code here.
    pub fn takes_anonymous_codes(&self) -> bool {
        self.anonymous_access && self.grant_types_supported.iter().any(|grant| grant == PRE_AUTHORIZED_CODE)
    }
}
