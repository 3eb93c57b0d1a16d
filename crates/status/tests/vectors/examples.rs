//! The examples in the text of the draft: one test for each file, and none that is not known here.

use mibun_crypto::cbor::{self, Item};
use mibun_crypto::cose::Sign1;
use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::time::Timestamp;
use mibun_status::list::StatusList;
use mibun_status::token::{Claims, TYP, read_claims, read_list};
use mibun_status::{Reference, cwt};
use mibun_vectors::{Test, from_hex, read_json, read_text, shared};
use serde_json::Value;

use crate::lists;

const FOLDER: &str = "vectors/token-status-list/draft-examples/examples";
const TOKENS: &str = "vectors/token-status-list/status_list_tokens.json";

/// One test for each file.
pub fn tests() -> Vec<Test> {
    let folder = std::fs::read_dir(shared(FOLDER)).expect("the folder of examples");
    let names = folder.map(|entry| entry.expect("an entry of the folder").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    let of_file = |name: String| -> Test {
        (format!("examples::{}", name.trim_end_matches(".md")), Box::new(move || example(&name)))
    };
    names.into_iter().map(of_file).chain(extracted()).collect()
}

fn example(name: &str) -> Result<(), String> {
    let text = read_text(&format!("{FOLDER}/{name}"));
    match name.trim_end_matches(".md") {
        "status_list_jwt" => written_token(&text),
        "status_list_jwt_raw" => token(&joined(&text)),
        "status_list_cwt" => cwt(&from_hex(&joined(&text))?),
        "status_list_cwt_diag" => cwt(&diagnosed(&text)?),
        "referenced_token_cwt" => reference(&from_hex(&joined(&text))?),
        "referenced_token_cwt_diag" => reference(&diagnosed(&text)?),
        list if list.ends_with("_cbor_diag") => same_list(cbor_list(&diagnosed(&text)?)?, &text, list),
        list if list.ends_with("_cbor") => same_list(cbor_list(&from_hex(&joined(encoded(&text)))?)?, &text, list),
        list if list.ends_with("_json") => same_list(json_list(&joined(encoded(&text)))?, &text, list),
        other => Err(format!("nobody knows what to do with {other}")),
    }
}

/// What our own extraction from the draft holds must be what the draft holds.
fn extracted() -> [Test; 3] {
    let of = |name: &str| read_json(TOKENS)[name].as_str().map(str::to_owned).ok_or_else(|| format!("no {name}"));
    [
        ("extracted::status_list_jwt".to_owned(), Box::new(move || token(&of("status_list_jwt")?))),
        ("extracted::status_list_cwt".to_owned(), Box::new(move || cwt(&from_hex(&of("status_list_cwt_hex")?)?))),
        (
            "extracted::referenced_token_cwt".to_owned(),
            Box::new(move || reference(&from_hex(&of("referenced_token_cwt_hex")?)?)),
        ),
    ]
}

/// The draft's first list: one bit each, bytes 0xb9 and 0xa3.
fn is_first_list(list: &StatusList) -> Result<(), String> {
    let values: Option<Vec<u8>> = (0..16).map(|index| list.get(index).ok().map(mibun_status::Status::value)).collect();
    let expected = vec![1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];
    if values.as_ref() == Some(&expected) { Ok(()) } else { Err(format!("{values:?}")) }
}

/// A list of the examples against the bytes that the example names, or against the long list of the same width.
fn same_list(list: StatusList, text: &str, name: &str) -> Result<(), String> {
    let expected = match (text.strip_prefix("byte_array = "), name) {
        (Some(bytes), _) => byte_array(bytes)?,
        (None, "status_list_encoding_cbor_diag") => vec![0xb9, 0xa3],
        (None, "status_list_encoding2_cbor_diag") => vec![0xc9, 0x44, 0xf9],
        (None, _) => lists::published(list.bits())?.as_bytes().to_vec(),
    };
    if list.as_bytes() == expected { Ok(()) } else { Err("the list is another one".to_owned()) }
}

fn byte_array(text: &str) -> Result<Vec<u8>, String> {
    let line = text.lines().next().unwrap_or_default().trim();
    let inner = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')).ok_or("no array")?;
    let byte = |text: &str| u8::from_str_radix(text.trim().trim_start_matches("0x"), 16).map_err(|e| e.to_string());
    inner.split(',').map(byte).collect()
}

fn cbor_list(bytes: &[u8]) -> Result<StatusList, String> {
    let item = cbor::parse(bytes, &lists::LIMITS).map_err(|error| error.to_string())?;
    cwt::read_list(Some(&item)).map_err(|error| error.to_string())
}

fn json_list(text: &str) -> Result<StatusList, String> {
    let list: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    read_list(&serde_json::json!({ "status_list": list })).map_err(|error| error.to_string())
}

/// The examples carry no certificates, so form, claims and list are read and the signature is not.
fn token(text: &str) -> Result<(), String> {
    let jws = jws::parse(text, &Limits::default()).map_err(|error| error.to_string())?;
    let payload = jws.payload_json(&Limits::default()).map_err(|error| error.to_string())?;
    payload_is_right(jws.header().typ(), &payload)
}

/// Header and payload of the token, written as JSON with a dot between them.
fn written_token(text: &str) -> Result<(), String> {
    let (header, payload) = text.split_once("\n.\n").ok_or("no dot")?;
    let header: Value = serde_json::from_str(header).map_err(|error| error.to_string())?;
    let payload: Value = serde_json::from_str(payload).map_err(|error| error.to_string())?;
    payload_is_right(header["typ"].as_str(), &payload)
}

fn payload_is_right(typ: Option<&str>, payload: &Value) -> Result<(), String> {
    if typ != Some(TYP) {
        return Err(format!("the type is {typ:?}"));
    }
    let claims = read_claims(payload).map_err(|error| error.to_string())?;
    if claims != example_claims() {
        return Err(format!("{claims:?}"));
    }
    is_first_list(&read_list(payload).map_err(|error| error.to_string())?)
}

fn example_claims() -> Claims {
    Claims {
        subject: "https://example.com/statuslists/1".to_owned(),
        issued_at: Timestamp(1_686_920_170),
        expires_at: Some(Timestamp(2_291_720_170)),
        ttl: Some(43_200),
    }
}

/// The same token in the other encoding: claims 2, 6, 4, 65534 and 65533 (section 5.2).
fn cwt(bytes: &[u8]) -> Result<(), String> {
    let message = Sign1::parse(bytes, &lists::LIMITS).map_err(|error| error.to_string())?;
    if message.header().typ() != Some(cwt::MEDIA_TYPE) {
        return Err(format!("the type is {:?}", message.header().typ()));
    }
    let payload = message.payload().ok_or("no payload")?;
    let payload = cbor::parse(payload, &lists::LIMITS).map_err(|error| error.to_string())?;
    let claims = cwt::read_claims(&payload).map_err(|error| error.to_string())?;
    if claims != example_claims() {
        return Err(format!("{claims:?}"));
    }
    is_first_list(&cwt::read_list(payload.at(65_533)).map_err(|error| error.to_string())?)
}

/// A card's status, claim 65535, which has the form of the JSON claim.
fn reference(bytes: &[u8]) -> Result<(), String> {
    let message = Sign1::parse(bytes, &lists::LIMITS).map_err(|error| error.to_string())?;
    let payload = message.payload().ok_or("no payload")?;
    let payload = cbor::parse(payload, &lists::LIMITS).map_err(|error| error.to_string())?;
    let list = payload.at(65_535).and_then(|status| status.get("status_list")).ok_or("no status")?;
    let (idx, uri) = (list.get("idx").and_then(Item::integer), list.get("uri").and_then(Item::text));
    let status = serde_json::json!({ "status_list": { "idx": idx, "uri": uri } });
    let found = Reference::from_claim(&status).map_err(|error| error.to_string())?;
    let expected = Reference { idx: 0, uri: "https://example.com/statuslists/1".to_owned() };
    if found == expected { Ok(()) } else { Err(format!("{found:?}")) }
}

/// What follows the note on the bytes, if there is one.
fn encoded(text: &str) -> &str {
    text.split_once("encoded:").map_or(text, |(_, encoded)| encoded)
}

/// The text without the line breaks of the printed page.
fn joined(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The bytes of a commented hex dump.
fn diagnosed(text: &str) -> Result<Vec<u8>, String> {
    let code = text.lines().map(|line| line.split_once('#').map_or(line, |(code, _)| code));
    from_hex(&joined(&code.collect::<String>()))
}
