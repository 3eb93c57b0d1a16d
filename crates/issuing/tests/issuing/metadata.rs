//! What issuer and authorization server say about themselves, and where.

use mibun_crypto::json::JsonError;
use mibun_crypto::key::Algorithm;
use mibun_issuing::address::{AddressError, Issuer, Transport};
use mibun_issuing::credential::KeyAttestations;
use mibun_issuing::metadata::{AuthorizationServerMetadata, Display, IssuerMetadata, IssuerSettings, MetadataError};
use serde_json::{Value, json};

use crate::desk::{BATCH, CONFIGURATION, ISSUER};

pub const VCT: &str = "urn:example:card:1";

pub fn issuer() -> Issuer {
    Issuer::parse(ISSUER, Transport::Https).expect("a good identifier")
}

pub fn issuer_metadata() -> Value {
    let issuer = issuer();
    let names = [Display::new("Example Authority", "en"), Display::new("例示庁", "ja")];
    let card_names = [Display::new("Digital ID", "en")];
    let settings = IssuerSettings {
        issuer: &issuer,
        names: &names,
        configuration: CONFIGURATION,
        vct: VCT,
        card_names: &card_names,
        batch_size: BATCH,
        mdoc: None,
        signed_with: Algorithm::Es256,
        encryption: None,
        attestations: KeyAttestations::default(),
    };
    serde_json::to_value(IssuerMetadata::new(&settings)).expect("metadata can be written")
}

pub fn server_metadata() -> Value {
    serde_json::to_value(AuthorizationServerMetadata::new(&issuer(), &["mibun-light"]))
        .expect("metadata can be written")
}

fn members(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// The refusal of issuer metadata that differs from ours by `change`.
fn changed(change: impl FnOnce(&mut Value)) -> MetadataError {
    let mut metadata = issuer_metadata();
    change(&mut metadata);
    IssuerMetadata::parse(metadata.to_string().as_bytes(), ISSUER).expect_err("bad metadata")
}

#[test]
fn issuer_metadata_has_the_members_of_the_standard_and_no_others() {
    let expected = [
        "batch_credential_issuance",
        "credential_configurations_supported",
        "credential_endpoint",
        "credential_issuer",
        "deferred_credential_endpoint",
        "display",
        "nonce_endpoint",
        "notification_endpoint",
    ];
    assert_eq!(members(&issuer_metadata()), expected);
}

#[test]
fn the_card_has_the_members_of_the_standard_and_no_others() {
    let metadata = issuer_metadata();
    let card = &metadata["credential_configurations_supported"][CONFIGURATION];
    let expected = [
        "credential_metadata",
        "credential_signing_alg_values_supported",
        "cryptographic_binding_methods_supported",
        "format",
        "proof_types_supported",
        "scope",
        "vct",
    ];
    assert_eq!(members(card), expected);
    assert_eq!(card["format"], "dc+sd-jwt");
    assert_eq!(card["cryptographic_binding_methods_supported"], json!(["jwk"]));
    assert_eq!(card["proof_types_supported"], json!({ "jwt": { "proof_signing_alg_values_supported": ["ES256"] } }));
}

#[test]
fn every_claim_has_a_name_in_every_language() {
    let metadata = issuer_metadata();
    let claims = &metadata["credential_configurations_supported"][CONFIGURATION]["credential_metadata"]["claims"];
    for claim in claims.as_array().expect("claims") {
        let locales: Vec<_> = claim["display"].as_array().expect("names").iter().map(|name| &name["locale"]).collect();
        assert_eq!(locales, ["en", "ja", "zh-Hans"], "{}", claim["path"]);
        assert!(claim["display"].as_array().expect("names").iter().all(|name| name["name"] != ""));
    }
}

#[test]
fn no_claim_is_described_twice() {
    let claims = mibun_issuing::metadata::card_claims();
    for (at, claim) in claims.iter().enumerate() {
        assert!(claims[..at].iter().all(|other| other.path != claim.path), "{:?}", claim.path);
    }
}

#[test]
fn a_batch_of_one_is_not_advertised() {
    let issuer = issuer();
    let settings = IssuerSettings {
        issuer: &issuer,
        names: &[],
        configuration: "a",
        vct: VCT,
        card_names: &[],
        batch_size: 1,
        mdoc: None,
        signed_with: Algorithm::Es256,
        encryption: None,
        attestations: KeyAttestations::default(),
    };
    assert_eq!(IssuerMetadata::new(&settings).batch_credential_issuance, None);
}

#[test]
fn server_metadata_says_that_wallets_may_stay_anonymous() {
    let expected = json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://id.example/mibun/authorize",
        "pushed_authorization_request_endpoint": "https://id.example/mibun/par",
        "require_pushed_authorization_requests": true,
        "token_endpoint": "https://id.example/mibun/token",
        "challenge_endpoint": "https://id.example/mibun/challenge",
        "token_endpoint_auth_methods_supported": ["attest_jwt_client_auth", "none"],
        "client_attestation_signing_alg_values_supported": ["ES256"],
        "client_attestation_pop_signing_alg_values_supported": ["ES256"],
        "dpop_signing_alg_values_supported": ["ES256"],
        "scopes_supported": ["mibun-light"],
        "authorization_details_types_supported": ["openid_credential"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported":
            ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:pre-authorized_code"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "ui_locales_supported": ["en", "ja", "zh-Hans"],
        "pre-authorized_grant_anonymous_access_supported": true,
    });
    assert_eq!(server_metadata(), expected);
}

#[test]
fn well_known_paths_go_between_host_and_path() {
    let expected = "https://id.example/.well-known/openid-credential-issuer/mibun";
    assert_eq!(issuer().metadata_address(), expected);
    let expected = "https://id.example/.well-known/oauth-authorization-server/mibun";
    assert_eq!(issuer().server_metadata_address(), expected);
}

#[test]
fn well_known_paths_of_a_bare_host() {
    for identifier in ["https://id.example", "https://id.example/"] {
        let issuer = Issuer::parse(identifier, Transport::Https).expect("a good identifier");
        assert_eq!(issuer.metadata_address(), "https://id.example/.well-known/openid-credential-issuer");
        assert_eq!(issuer.endpoint("token"), "https://id.example/token");
    }
}

#[test]
fn what_we_write_we_read() {
    let text = issuer_metadata().to_string();
    let read = IssuerMetadata::parse(text.as_bytes(), ISSUER).expect("our own metadata");
    assert_eq!(serde_json::to_value(read).expect("metadata can be written"), issuer_metadata());
    let server = AuthorizationServerMetadata::parse(server_metadata().to_string().as_bytes(), ISSUER);
    assert!(server.expect("our own metadata").takes_anonymous_codes());
}

#[test]
fn strangers_cards_are_left_out() {
    let mut metadata = issuer_metadata();
    metadata["zz"] = json!([1]);
    metadata["credential_configurations_supported"]["mdl"] = json!({ "format": "ldp_vc", "doctype": "org.iso.18013.5.1.mDL", "credential_signing_alg_values_supported": [-7] });
    let read = IssuerMetadata::parse(metadata.to_string().as_bytes(), ISSUER).expect("strangers are left out");
    assert_eq!(read.credential_configurations_supported.keys().collect::<Vec<_>>(), [CONFIGURATION]);
}

#[test]
fn metadata_of_another_issuer() {
    assert_eq!(changed(|it| it["credential_issuer"] = "https://evil.example".into()), MetadataError::OtherIssuer);
}

#[test]
fn metadata_of_almost_the_issuer() {
    assert_eq!(changed(|it| it["credential_issuer"] = format!("{ISSUER}/").into()), MetadataError::OtherIssuer);
}

#[test]
fn metadata_without_credential_endpoint() {
    assert_eq!(changed(|it| it["credential_endpoint"] = Value::Null), MetadataError::Shape);
}

#[test]
fn metadata_without_configurations() {
    assert_eq!(changed(|it| it["credential_configurations_supported"] = Value::Null), MetadataError::Shape);
}

#[test]
fn metadata_with_a_batch_of_one() {
    assert_eq!(changed(|it| it["batch_credential_issuance"]["batch_size"] = 1.into()), MetadataError::Shape);
}

#[test]
fn metadata_with_a_member_twice() {
    let document = issuer_metadata().to_string().replacen('{', r#"{"credential_issuer":"https://evil.example","#, 1);
    let refused = IssuerMetadata::parse(document.as_bytes(), ISSUER);
    assert_eq!(refused, Err(MetadataError::Json(JsonError::DuplicateMember)));
}

#[test]
fn server_metadata_of_another_server() {
    let refused = AuthorizationServerMetadata::parse(server_metadata().to_string().as_bytes(), "https://other.example");
    assert_eq!(refused, Err(MetadataError::OtherIssuer));
}

#[test]
fn server_metadata_without_token_endpoint() {
    let mut metadata = server_metadata();
    metadata["token_endpoint"] = Value::Null;
    let refused = AuthorizationServerMetadata::parse(metadata.to_string().as_bytes(), ISSUER);
    assert_eq!(refused, Err(MetadataError::Shape));
}

#[test]
fn identifier_with_query() {
    assert_eq!(Issuer::parse("https://id.example/?a=b", Transport::Https), Err(AddressError::Extra));
}

#[test]
fn identifier_with_fragment() {
    assert_eq!(Issuer::parse("https://id.example/#a", Transport::Https), Err(AddressError::Extra));
}

#[test]
fn identifier_over_plain_http() {
    assert_eq!(Issuer::parse("http://id.example", Transport::HttpsOrLoopback), Err(AddressError::Transport));
}

#[test]
fn identifier_that_is_relative() {
    assert_eq!(Issuer::parse("/mibun", Transport::Https), Err(AddressError::Syntax));
}

#[test]
fn identifier_that_is_too_long() {
    let text = format!("https://id.example/{}", "a".repeat(3000));
    assert_eq!(Issuer::parse(&text, Transport::Https), Err(AddressError::TooLong));
}
