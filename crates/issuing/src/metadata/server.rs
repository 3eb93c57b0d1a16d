//! The authorization server's own words (RFC 8414).

use mibun_crypto::json;
use serde::{Deserialize, Serialize};

use super::{LIMITS, MetadataError};
use crate::address::Issuer;
use crate::token::PRE_AUTHORIZED_CODE;

/// What an authorization server says about itself, as far as the pre-authorized code needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationServerMetadata {
    /// Its identifier.
    pub issuer: String,
    /// Where codes become tokens.
    pub token_endpoint: String,
    /// How wallets prove who they are there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// Response types of its authorization endpoint. RFC 8414 demands the member; without the endpoint it is empty.
    #[serde(default)]
    pub response_types_supported: Vec<String>,
    /// Grant types; when absent, not the pre-authorized code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grant_types_supported: Vec<String>,
    /// Whether a wallet need not say who it is to use a pre-authorized code.
    #[serde(default, rename = "pre-authorized_grant_anonymous_access_supported")]
    pub anonymous_access: bool,
}

impl AuthorizationServerMetadata {
    /// The metadata of the server that lies at the issuer's own address.
    pub fn new(issuer: &Issuer) -> Self {
        Self {
            issuer: issuer.as_str().to_owned(),
            token_endpoint: issuer.endpoint("token"),
            token_endpoint_auth_methods_supported: vec!["none".to_owned()],
            response_types_supported: Vec::new(),
            grant_types_supported: vec![PRE_AUTHORIZED_CODE.to_owned()],
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
