//! Lists of a million entries: read as published, and packed anew.

use mibun_crypto::base64url;
use mibun_crypto::cbor::{self, Limits};
use mibun_status::list::StatusList;
use mibun_status::{Status, cwt};
use mibun_vectors::{Test, from_hex, read_json};
use serde_json::Value;

/// The longest list has a million entries of eight bits.
pub const LIMITS: Limits = Limits { bytes: 4 << 20, depth: 8, nodes: 200 };

/// Three tests for each width of an entry.
pub fn tests() -> Vec<Test> {
    let file = read_json("vectors/token-status-list/status_list_vectors.json");
    let vectors = file["vectors"].as_array().cloned().unwrap_or_default();
    vectors.into_iter().flat_map(of_list).collect()
}

fn of_list(vector: Value) -> [Test; 3] {
    let bits = vector["bits"].as_u64().unwrap_or_default();
    let (second, third) = (vector.clone(), vector.clone());
    [
        (format!("lists::of_{bits}_bits_in_json_is_read"), Box::new(move || entries_are_right(&vector))),
        (format!("lists::of_{bits}_bits_in_cbor_is_the_same"), Box::new(move || cbor_is_the_same(&second))),
        (format!("lists::of_{bits}_bits_is_packed"), Box::new(move || packs(&third))),
    ]
}

/// The published list of so many bits, unpacked.
pub fn published(bits: u8) -> Result<StatusList, String> {
    let file = read_json("vectors/token-status-list/status_list_vectors.json");
    let vectors = file["vectors"].as_array().ok_or("no vectors")?;
    in_json(vectors.iter().find(|vector| vector["bits"] == bits).ok_or("no such list")?)
}

fn in_json(vector: &Value) -> Result<StatusList, String> {
    let lst = vector["json"]["lst"].as_str().ok_or("no lst")?;
    let packed = base64url::decode(lst).map_err(|error| error.to_string())?;
    StatusList::inflate(bits(vector)?, &packed).map_err(|error| error.to_string())
}

fn bits(vector: &Value) -> Result<u8, String> {
    vector["bits"].as_u64().and_then(|bits| u8::try_from(bits).ok()).ok_or_else(|| "no bits".to_owned())
}

fn entries_are_right(vector: &Value) -> Result<(), String> {
    let list = in_json(vector)?;
    if u64::from(list.entries()) != vector["size"].as_u64().unwrap_or_default() {
        return Err(format!("{} entries", list.entries()));
    }
    for (index, status) in listed(vector)? {
        let found = list.get(index).map_err(|error| error.to_string())?;
        if found != status {
            return Err(format!("entry {index} is {found:?}, not {status:?}"));
        }
    }
    Ok(())
}

fn cbor_is_the_same(vector: &Value) -> Result<(), String> {
    let hex = vector["cbor_hex"].as_str().ok_or("no CBOR")?;
    let bytes = from_hex(hex)?;
    let item = cbor::parse(&bytes, &LIMITS).map_err(|error| error.to_string())?;
    let list = cwt::read_list(Some(&item)).map_err(|error| error.to_string())?;
    if list == in_json(vector)? { Ok(()) } else { Err("JSON and CBOR hold different lists".to_owned()) }
}

fn packs(vector: &Value) -> Result<(), String> {
    let published = in_json(vector)?;
    let built = StatusList::from_entries(published.bits(), published.entries(), listed(vector)?);
    let built = built.map_err(|error| error.to_string())?;
    if built != published {
        return Err("the packed bytes differ".to_owned());
    }
    let again = StatusList::inflate(built.bits(), &built.compress()).map_err(|error| error.to_string())?;
    if again == published { Ok(()) } else { Err("compressing changes the list".to_owned()) }
}

fn listed(vector: &Value) -> Result<Vec<(u32, Status)>, String> {
    let entries = vector["nonzero_or_listed"].as_object().ok_or("no entries")?;
    let entry = |(index, value): (&String, &Value)| {
        let value = value.as_u64().and_then(|value| u8::try_from(value).ok()).ok_or("no value")?;
        Ok((index.parse().map_err(|_| "no index")?, Status::from_value(value)))
    };
    entries.iter().map(entry).collect::<Result<_, &str>>().map_err(str::to_owned)
}
