//! What is to be collected and where: everything learnt from offer and metadata.

use crate::address::{self, Issuer, Transport};
use crate::metadata::{AuthorizationServerMetadata, CardConfiguration, Configuration, IssuerMetadata};
use crate::offer::{CredentialOffer, PreAuthorized};

use super::{CollectError, Exchange};

/// The way from here to the cards, all addresses checked.
#[derive(Debug)]
pub struct Plan {
    pub grant: PreAuthorized,
    pub configuration_id: String,
    pub configuration: CardConfiguration,
    pub issuer: IssuerMetadata,
    pub server: Issuer,
}

impl Plan {
    /// Chooses among what is on offer the first card that this wallet can collect.
    pub fn new(offer: CredentialOffer, issuer: IssuerMetadata, transport: Transport) -> Result<Self, CollectError> {
        let grant = offer.pre_authorized.ok_or(CollectError::NoGrant)?;
        let mut offered = offer.configurations.iter();
        let chosen = offered.find_map(|id| {
            let Configuration::SdJwtVc(configuration) = issuer.credential_configurations_supported.get(id)? else {
                return None;
            };
            is_collectable(configuration).then(|| (id.clone(), configuration.clone()))
        });
        let (configuration_id, configuration) = chosen.ok_or(CollectError::Unsupported)?;
        let server = server(&issuer, &grant)?;
        let server = Issuer::parse(server, transport)
            .map_err(|source| CollectError::Address { at: Exchange::ServerMetadata, source })?;
        check_endpoints(&issuer, transport)?;
        Ok(Self { grant, configuration_id, configuration, issuer, server })
    }

    /// The token endpoint of the server, if it takes our code.
    pub fn token_endpoint(
        &self,
        server: AuthorizationServerMetadata,
        transport: Transport,
    ) -> Result<String, CollectError> {
        if !server.takes_anonymous_codes() {
            return Err(CollectError::ServerUnsupported);
        }
        address::check(&server.token_endpoint, transport)
            .map_err(|source| CollectError::Address { at: Exchange::Token, source })?;
        Ok(server.token_endpoint)
    }

    /// How many copies to ask for, when `wanted` would be nice.
    pub fn copies(&self, wanted: usize) -> usize {
        let most = self.issuer.batch_credential_issuance.map_or(1, |batch| batch.batch_size);
        wanted.clamp(1, most)
    }
}

fn is_collectable(configuration: &CardConfiguration) -> bool {
    let names = |list: &[String], name: &str| list.iter().any(|known| known == name);
    let proof = configuration.proof_types_supported.get("jwt");
    names(&configuration.cryptographic_binding_methods_supported, "jwk")
        && proof.is_some_and(|proof| {
            names(&proof.proof_signing_alg_values_supported, "ES256") && proof.key_attestations_required.is_none()
        })
}

/// The server that the offer names, which must be one of the issuer's; else its first, else the issuer itself.
fn server<'a>(issuer: &'a IssuerMetadata, grant: &'a PreAuthorized) -> Result<&'a str, CollectError> {
    let servers = &issuer.authorization_servers;
    match &grant.authorization_server {
        Some(named) if servers.contains(named) => Ok(named),
        Some(_) => Err(CollectError::ServerUnsupported),
        None => Ok(servers.first().unwrap_or(&issuer.credential_issuer)),
    }
}

fn check_endpoints(issuer: &IssuerMetadata, transport: Transport) -> Result<(), CollectError> {
    let endpoints = [
        (Exchange::Credential, Some(&issuer.credential_endpoint)),
        (Exchange::Nonce, issuer.nonce_endpoint.as_ref()),
        (Exchange::Credential, issuer.notification_endpoint.as_ref()),
    ];
    for (at, endpoint) in endpoints {
        if let Some(endpoint) = endpoint {
            address::check(endpoint, transport).map_err(|source| CollectError::Address { at, source })?;
        }
    }
    Ok(())
}
