//! The published vectors of the Token Status List, one named test each.

use std::process::ExitCode;

use mibun_crypto::base64url;
use mibun_crypto::json::Limits;
use mibun_status::list::StatusList;
use mibun_status::token::{TYP, read_list};
use mibun_vectors::{Test, read_json, run};
use serde_json::Value;

fn main() -> ExitCode {
    let lists = read_json("vectors/token-status-list/status_list_vectors.json");
    let tokens = read_json("vectors/token-status-list/status_list_tokens.json");
    let vectors = lists["vectors"].as_array().cloned().unwrap_or_default();
    let mut tests: Vec<Test> = vectors.into_iter().enumerate().flat_map(|(at, vector)| of_list(at, vector)).collect();
    tests.push(("draft_token".to_owned(), Box::new(move || draft_token(&tokens))));
    run(tests)
}

/// Reading the list as published, and packing it anew.
fn of_list(at: usize, vector: Value) -> [Test; 2] {
    let bits = vector["bits"].as_u64().unwrap_or_default();
    let again = vector.clone();
    [
        (format!("list_{at}_of_{bits}_bits_is_read"), Box::new(move || read(&vector).map(|_| ()))),
        (format!("list_{at}_of_{bits}_bits_is_written"), Box::new(move || written(&again))),
    ]
}

fn read(vector: &Value) -> Result<StatusList, String> {
    let bits = vector["bits"].as_u64().and_then(|bits| u8::try_from(bits).ok()).ok_or("no bits")?;
    let lst = vector["json"]["lst"].as_str().ok_or("no lst")?;
    let packed = base64url::decode(lst).map_err(|error| error.to_string())?;
    let list = StatusList::inflate(bits, &packed).map_err(|error| error.to_string())?;
    if u64::from(list.entries()) != vector["size"].as_u64().unwrap_or_default() {
        return Err(format!("{} entries", list.entries()));
    }
    for (index, value) in listed(vector)? {
        let found = list.get(index).map_err(|error| error.to_string())?.value();
        if found != value {
            return Err(format!("entry {index} is {found}, not {value}"));
        }
    }
    Ok(list)
}

fn written(vector: &Value) -> Result<(), String> {
    let published = read(vector)?;
    let mut list = StatusList::new(published.bits(), published.entries()).map_err(|error| error.to_string())?;
    for (index, value) in listed(vector)? {
        list.set(index, mibun_status::Status::from_value(value)).map_err(|error| error.to_string())?;
    }
    if list.as_bytes() == published.as_bytes() { Ok(()) } else { Err("the packed bytes differ".to_owned()) }
}

fn listed(vector: &Value) -> Result<Vec<(u32, u8)>, String> {
    let entries = vector["nonzero_or_listed"].as_object().ok_or("no entries")?;
    let entry = |(index, value): (&String, &Value)| {
        let value = value.as_u64().and_then(|value| u8::try_from(value).ok()).ok_or("no value")?;
        Ok((index.parse().map_err(|_| "no index")?, value))
    };
    entries.iter().map(entry).collect::<Result<_, &str>>().map_err(str::to_owned)
}

/// The example token of the draft has no certificates, so only its form and list are read.
fn draft_token(tokens: &Value) -> Result<(), String> {
    let text = tokens["status_list_jwt"].as_str().ok_or("no token")?;
    let jws = mibun_crypto::jws::parse(text, &Limits::default()).map_err(|error| error.to_string())?;
    if jws.header().typ() != Some(TYP) {
        return Err("another type".to_owned());
    }
    let payload = jws.payload_json(&Limits::default()).map_err(|error| error.to_string())?;
    let list = read_list(&payload).map_err(|error| error.to_string())?;
    let values: Vec<u8> =
        (0..list.entries()).map(|index| list.get(index).map_or(u8::MAX, mibun_status::Status::value)).collect();
    // The draft's first example: bytes 0xb9 and 0xa3.
    let expected = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];
    if values == expected { Ok(()) } else { Err(format!("{values:?}")) }
}
