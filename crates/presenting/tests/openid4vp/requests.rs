//! Requests and their parts.

use mibun_crypto::base64url;
use mibun_crypto::jws::JwsError;
use mibun_crypto::key::{Jwk, PublicKey};
use mibun_presenting::dc_api::CallError;
use mibun_presenting::dcql::Query;
use mibun_presenting::request::{RequestError, ResponseWay};
use mibun_presenting::response::ErrorCode;
use mibun_vectors::from_hex;
use serde_json::{Value, json};

use super::asker::Asker;
use super::same;

pub fn check(name: &str, text: &str) -> Result<(), String> {
    match name {
        "dcql_jwt_vc.json" => foreign_query(text, "jwt_vc_json"),
        "dcql_ldp_vc.json" => foreign_query(text, "ldp_vc"),
        "request_header_client_id_did.json" => foreign_header(text),
        "request_object_client_id_did.json" => foreign_object(text, RequestError::ClientIdMismatch),
        _ => Err("no check for this request".to_owned()),
    }
}

/// Requests of the Digital Credentials API are read as such, and do not pass for requests by redirect. The nonce of the
/// examples could be guessed; with a better one they lack the formats that the asker reads.
pub fn digital_credentials_api(name: &str, text: &str) -> Result<(), String> {
    match name {
        "error_invalid_request.json" => {
            let error = super::json(text)?["error"].as_str().map(ErrorCode::from_wire);
            same(error, Some(ErrorCode::InvalidRequest))
        }
        "signed_request_payload.json" => {
            foreign_object(text, RequestError::Missing("client_id"))?;
            called(text, "openid4vp-v1-multisigned")
        }
        "signed_request_payload_compact.json" => {
            foreign_object(text, RequestError::ClientIdMismatch)?;
            called(text, "openid4vp-v1-signed")
        }
        _ => Err("no check for this file".to_owned()),
    }
}

/// Only an asker who reads SD-JWT VC is answered.
pub fn client_metadata(name: &str, text: &str) -> Result<(), String> {
    let asker = Asker::new()?;
    let mut payload = asker.payload();
    payload["client_metadata"] = super::json(text)?;
    let read = asker.ask(&payload).map(|request| request.response);
    match name {
        "sd_jwt_vc_verifier_metadata.json" => same(read, Ok(ResponseWay::Plain)),
        _ => same(read, Err(RequestError::FormatsNotSupported)),
    }
}

/// The asker's key of the mdoc example: its thumbprint is the published one, and answers can be encrypted to it.
pub fn encryption_key(text: &str) -> Result<(), String> {
    let document = super::json(text)?;
    let jwk = Jwk::from_value(&document["jwk"]).map_err(|error| error.to_string())?;
    let bare = Jwk { alg: None, public_key_use: None, ..jwk.clone() };
    let key = PublicKey::from_jwk(&bare).map_err(|error| error.to_string())?;
    let thumbprint = from_hex(document["jwk_thumbprint_sha256"].as_str().unwrap_or_default())?;
    same(key.thumbprint().to_vec(), thumbprint)?;
    let asker = Asker::new()?;
    let mut payload = asker.payload();
    payload["response_mode"] = "direct_post.jwt".into();
    payload["nonce"] = document["redirect"]["nonce"].clone();
    payload["client_metadata"]["jwks"] = json!({ "keys": [document["jwk"]] });
    let request = asker.ask(&payload).map_err(|error| error.to_string())?;
    match request.response {
        ResponseWay::Encrypted { key, .. } => same(*key, jwk),
        ResponseWay::Plain => Err("not encrypted".to_owned()),
    }
}

fn foreign_query(text: &str, format: &str) -> Result<(), String> {
    let query = Query::from_value(&super::json(text)?).map_err(|error| error.to_string())?;
    super::queries::foreign(&query, format)
}

/// RS256 is not spoken.
fn foreign_header(text: &str) -> Result<(), String> {
    let object = format!("{}.e30.c2ln", base64url::encode(super::json(text)?.to_string().as_bytes()));
    same(Asker::new()?.read(&object).err(), Some(RequestError::Jws(JwsError::Algorithm)))
}

/// The example leaves its query out; with one put in, the object is refused for what it is.
fn foreign_object(text: &str, expected: RequestError) -> Result<(), String> {
    same(super::json(text).is_err(), true)?;
    same(Asker::new()?.ask(&completed(text)?).err(), Some(expected))
}

fn completed(text: &str) -> Result<Value, String> {
    let query = r#"{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["b"]}}]}"#;
    super::json(&text.replace("{ ... }", query).replace("{...}", query))
}

/// The example, signed by our asker and made by one of its pages.
fn called(text: &str, protocol: &str) -> Result<(), String> {
    let (asker, mut payload) = (Asker::new()?, completed(text)?);
    let error = |payload: &Value, origin| asker.call(payload, protocol, origin).err();
    same(error(&payload, "https://origin3.example.com"), Some(CallError::WrongOrigin))?;
    same(error(&payload, "https://origin2.example.com"), Some(RequestError::WeakNonce.into()))?;
    payload["nonce"] = "exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA".into();
    same(error(&payload, "https://origin1.example.com"), Some(RequestError::Missing("vp_formats_supported").into()))?;
    payload["client_metadata"]["vp_formats_supported"] = json!({ "dc+sd-jwt": {} });
    same(error(&payload, "https://origin1.example.com"), None)
}
