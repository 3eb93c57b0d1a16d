//! The authorization server, as far as this wallet has to do with it.

use super::plan::{Plan, Way};
use super::{CollectError, Exchange, Settings};
use crate::address;
use crate::metadata::{ATTESTATION, AuthorizationServerMetadata};
use crate::token::{AUTHORIZATION_CODE, PRE_AUTHORIZED_CODE, REFRESH_TOKEN, TokenType};

/// A server that takes what this wallet has; its addresses are checked.
#[derive(Debug, Clone)]
pub struct Server {
    pub metadata: AuthorizationServerMetadata,
    /// Whether the wallet proves who it is.
    pub attests: bool,
    /// Whether tokens are bound to a key.
    pub binds: bool,
}

impl Server {
    pub fn new(metadata: AuthorizationServerMetadata, plan: &Plan, settings: &Settings) -> Result<Self, CollectError> {
        let names = |list: &[String], name: &str| list.iter().any(|known| known == name);
        let instance = settings.instance.as_ref();
        let methods = &metadata.token_endpoint_auth_methods_supported;
        let attested = instance.is_some_and(|instance| instance.attestation.is_some());
        let server = Self {
            attests: attested && names(methods, ATTESTATION),
            binds: instance.is_some() && names(&metadata.dpop_signing_alg_values_supported, "ES256"),
            metadata,
        };
        if !server.takes(&plan.way) {
            return Err(CollectError::ServerUnsupported);
        }
        server.check_addresses(settings, matches!(plan.way, Way::Browser { .. }))?;
        Ok(server)
    }

    /// How tokens of this server are used.
    pub const fn token_type(&self) -> TokenType {
        if self.binds { TokenType::Dpop } else { TokenType::Bearer }
    }

    fn takes(&self, way: &Way) -> bool {
        let metadata = &self.metadata;
        let names = |list: &[String], name: &str| list.iter().any(|known| known == name);
        let grants = |grant| names(&metadata.grant_types_supported, grant);
        // A server that lists none takes codes over the browser (RFC 8414 2).
        let unnamed = metadata.grant_types_supported.is_empty();
        match way {
            Way::PreAuthorized(_) => grants(PRE_AUTHORIZED_CODE) && (self.attests || metadata.anonymous_access),
            Way::Renewal(_) => unnamed || grants(REFRESH_TOKEN),
            Way::Waiting(_) => true,
            Way::Browser { .. } => {
                (unnamed || grants(AUTHORIZATION_CODE))
                    && names(&metadata.code_challenge_methods_supported, "S256")
                    && metadata.authorization_endpoint.is_some()
                    && metadata.pushed_authorization_request_endpoint.is_some()
            }
        }
    }

    fn check_addresses(&self, settings: &Settings, browser: bool) -> Result<(), CollectError> {
        let metadata = &self.metadata;
        let over_browser = |endpoint: &'_ Option<String>| endpoint.clone().filter(|_| browser);
        let endpoints = [
            (Exchange::Token, Some(metadata.token_endpoint.clone())),
            (Exchange::PushedRequest, over_browser(&metadata.pushed_authorization_request_endpoint)),
            (Exchange::Browser, over_browser(&metadata.authorization_endpoint)),
            (Exchange::Challenge, metadata.challenge_endpoint.clone().filter(|_| self.attests)),
        ];
        for (at, endpoint) in endpoints {
            if let Some(endpoint) = endpoint {
                address::check(&endpoint, settings.transport).map_err(|source| CollectError::Address { at, source })?;
            }
        }
        Ok(())
    }
}
