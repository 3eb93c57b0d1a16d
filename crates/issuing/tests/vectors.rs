//! The examples of OpenID4VCI 1.0 that concern what is spoken here, one test per file. The others are about grants,
//! formats and attestations that are not: `authorization_details_*` and `wallet_attestation`.

use std::process::ExitCode;

use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::key::{Algorithm, Jwk, PublicKey};
use mibun_issuing::address::Transport;
use mibun_issuing::credential::{CredentialError, CredentialRequest, CredentialResponse};
use mibun_issuing::metadata::IssuerMetadata;
use mibun_issuing::offer::{CredentialOffer, OfferLink};
use mibun_vectors::{Test, read_text};
use serde_json::{Value, json};

const ISSUER: &str = "https://credential-issuer.example.com";

fn main() -> ExitCode {
    let tests: Vec<Test> = vec![
        test("credential_offer_multiple_credentials.json", |file| offered(file, 2, Some(Some(4)))),
        test("credential_offer_pre-authz_code.json", |file| offered(file, 1, Some(None))),
        test("credential_offer_by_reference.json", |file| offered(file, 1, Some(None))),
        test("credential_offer_authz_code.txt", |file| offered(file, 1, None)),
        test("credential_issuer_metadata_sd_jwt_long.json", |file| {
            let metadata = IssuerMetadata::parse(file.as_bytes(), ISSUER).map_err(|error| error.to_string())?;
            let batch = metadata.batch_credential_issuance.map(|batch| batch.batch_size);
            equal(&batch, &Some(10))?;
            equal(&metadata.credential_configurations_supported.len(), &1)
        }),
        test("credential_metadata_sd_jwt_vc.json", |file| configurations(file, 1)),
        test("credential_metadata_mso_mdoc.json", |file| configurations(file, 1)),
        test("credential_metadata_ldp_vc.json", |file| configurations(file, 0)),
        test("credential_metadata_jwt_vc_json.json", |file| configurations(file, 0)),
        test("credential_issuer_metadata_sd_jwt_jwt.txt", signed_metadata),
        test("credential_response_sd_jwt_vc.txt", |file| {
            let response = CredentialResponse::parse(file.as_bytes()).map_err(|error| error.to_string())?;
            let card = &response.credentials.first().ok_or("no card")?.credential;
            let signed = card.split('~').next().ok_or("no signed part")?;
            let jws = jws::parse(signed, &Limits::default()).map_err(|error| error.to_string())?;
            equal(&jws.header().typ(), &Some("dc+sd-jwt"))?;
            equal(&card.ends_with('~'), &true)
        }),
        test("credential_response_mso_mdoc.txt", |file| {
            CredentialResponse::parse(file.as_bytes()).map(drop).map_err(|error| error.to_string())
        }),
        test("credential_response_jwt_vc_json.txt", |file| {
            CredentialResponse::parse(file.as_bytes()).map(drop).map_err(|error| error.to_string())
        }),
        // A credential as a JSON object is of a format that is not spoken.
        test("credential_response_ldp_vc.txt", |file| {
            equal(&CredentialResponse::parse(file.as_bytes()).is_err(), &true)
        }),
        // An example left over from before the final text: it names format and doctype.
        test("credential_request_iso_mdl.json", |file| {
            equal(&CredentialRequest::parse(file.as_bytes()).map(drop), &Err(CredentialError::Requested))
        }),
        test("issuer_jwks.json", |file| {
            let keys: Value = serde_json::from_str(file).map_err(|error| error.to_string())?;
            let jwk = Jwk::from_value(&keys["jwks"]["keys"][0]).map_err(|error| error.to_string())?;
            let key = PublicKey::from_jwk(&jwk).map_err(|error| error.to_string())?;
            equal(&key.algorithm(), &Algorithm::Es256)
        }),
    ];
    mibun_vectors::run(tests)
}

/// A test of one file, whose text comes without HTTP headers and without the folds of long strings.
fn test(name: &'static str, check: fn(&str) -> Result<(), String>) -> Test {
    let run = move || {
        let text = read_text(&format!("vectors/openid4vci/1.0/examples/{name}"));
        check(&unfold(body(&text)))
    };
    (format!("openid4vci::{name}"), Box::new(run))
}

fn body(text: &str) -> &str {
    let text = text.trim();
    if !text.starts_with("HTTP/") {
        return text;
    }
    text.find('{').map_or(text, |start| &text[start..])
}

/// Joins strings that the examples break over several lines, which JSON does not allow.
fn unfold(text: &str) -> String {
    let mut joined = String::new();
    let mut open = false;
    for line in text.lines() {
        joined.push_str(if open { line.trim_start() } else { line });
        let quotes = line.matches('"').count() - line.matches("\\\"").count();
        open ^= quotes % 2 == 1;
        if !open {
            joined.push('\n');
        }
    }
    joined
}

/// `tx_code`: outer absence means another grant, inner absence means an unknown length.
fn offered(file: &str, count: usize, tx_code: Option<Option<u32>>) -> Result<(), String> {
    let offer = CredentialOffer::parse(file.as_bytes()).map_err(|error| error.to_string())?;
    equal(&offer.credential_issuer.as_str(), &ISSUER)?;
    equal(&offer.configurations.len(), &count)?;
    let found = offer.pre_authorized.as_ref().map(|grant| grant.tx_code.as_ref().and_then(|code| code.length));
    equal(&found, &tx_code)?;
    let link = OfferLink::parse(&offer.link(), Transport::Https).map_err(|error| error.to_string())?;
    equal(&link, &OfferLink::ByValue(offer))
}

/// Reads the configurations of a file as those of an issuer; `count` of them are of our formats.
fn configurations(file: &str, count: usize) -> Result<(), String> {
    let mut metadata: Value = serde_json::from_str(file).map_err(|error| error.to_string())?;
    metadata["credential_issuer"] = ISSUER.into();
    metadata["credential_endpoint"] = json!(format!("{ISSUER}/credential"));
    let metadata = IssuerMetadata::parse(metadata.to_string().as_bytes(), ISSUER).map_err(|error| error.to_string())?;
    equal(&metadata.credential_configurations_supported.len(), &count)
}

/// Signed metadata is not asked for yet; what is inside reads as metadata all the same.
fn signed_metadata(file: &str) -> Result<(), String> {
    let text: String = file.split_whitespace().collect();
    let jws = jws::parse(&text, &Limits::default()).map_err(|error| error.to_string())?;
    equal(&jws.header().typ(), &Some("openidvci-issuer-metadata+jwt"))?;
    let metadata = IssuerMetadata::parse(jws.payload(), ISSUER).map_err(|error| error.to_string())?;
    equal(&metadata.credential_configurations_supported.is_empty(), &false)
}

fn equal<T: PartialEq + std::fmt::Debug>(found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("expected {expected:?}, found {found:?}")) }
}
