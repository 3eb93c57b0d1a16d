use serde_json::json;

use super::*;

mod answers;
mod asking;
mod finding;
mod mdoc;
mod reading;

/// A valid query for one card with three claims.
fn value() -> Value {
    json!({ "credentials": [{
        "id": "card",
        "format": "dc+sd-jwt",
        "meta": { "vct_values": ["urn:eudi:pid:1"] },
        "claims": [
            { "id": "a", "path": ["family_name"] },
            { "id": "b", "path": ["address", "country"] },
            { "id": "c", "path": ["nationalities", null] },
        ],
    }] })
}

/// A query for several cards, each without claims.
fn query_for(ids: &[&str], sets: Value) -> Query {
    let credential =
        |id: &&str| json!({ "id": id, "format": "dc+sd-jwt", "meta": { "vct_values": [format!("urn:test:{id}")] } });
    let credentials: Vec<Value> = ids.iter().map(credential).collect();
    let mut query = json!({ "credentials": credentials });
    if !sets.is_null() {
        query["credential_sets"] = sets;
    }
    Query::from_value(&query).expect("a valid query")
}
