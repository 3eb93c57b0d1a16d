//! Queries, and the example cards that answer them.

use mibun_presenting::dcql::{Content, Format, HeldCard, NothingFits, Query};
use serde_json::{Value, json};

use super::same;

const IDENTITY: &str = "https://credentials.example.com/identity_credential";

/// Every query is read and written again; those for SD-JWT VC are also answered.
pub fn check(name: &str, text: &str) -> Result<(), String> {
    let value = super::json(text)?;
    let query = Query::from_value(&value).map_err(|error| error.to_string())?;
    same(query.to_value(), value)?;
    match name {
        "simple.json" => reveals(&query, &[&["family_name"], &["given_name"], &["address", "street_address"]]),
        "value_matching_simple.json" => {
            reveals(&query, &[&["family_name"], &["given_name"], &["address", "street_address"], &["postal_code"]])?;
            same(answered(&query, "postal_code", json!("10115")), Err(NothingFits))
        }
        "claims_alternatives.json" => alternatives(&query),
        "credentials_alternatives.json" => credential_alternatives(&query),
        "multi_credentials.json" => same(find(&query, &card()), Err(NothingFits)),
        "simple_mdoc.json" => vehicle(&query),
        "complex_mdoc.json" => licence_or_photo_card(&query),
        _ => Err("no check for this query".to_owned()),
    }
}

/// A query for a format that no card of ours has: understood, never answered.
pub fn foreign(query: &Query, format: &str) -> Result<(), String> {
    let is_foreign = |format: &Format| matches!(format, Format::Other { .. });
    same(query.credentials.iter().all(|credential| is_foreign(&credential.format)), true)?;
    same(query.credentials[0].format.name(), format)?;
    same(find(query, &card()), Err(NothingFits))
}

/// The example cards: one can be shown, the others are of formats or types that the query does not want.
pub fn credential(name: &str, text: &str) -> Result<(), String> {
    let payload = super::json(text)?;
    let query = |path: Value| {
        json!({ "credentials": [{
            "id": "card",
            "format": "dc+sd-jwt",
            "meta": { "vct_values": [IDENTITY] },
            "claims": [{ "path": path }],
        }] })
    };
    let query = Query::from_value(&query(json!(["family_name"]))).map_err(|error| error.to_string())?;
    let found = find(&query, &payload).map(|found| found.len());
    match name {
        "sd_jwt_vc_unsecured.json" => same(found, Ok(1)),
        // Only digests are in the signed part; without its disclosures the card has nothing to show.
        "sd_jwt_vc.json" | "jwt_vc.json" | "ldp_vc.json" => same(found, Err(NothingFits)),
        _ => Err("no check for this card".to_owned()),
    }
}

fn card() -> Value {
    json!({
        "vct": IDENTITY,
        "family_name": "Doe",
        "given_name": "John",
        "address": { "street_address": "Sandanger 25" },
        "postal_code": "90210",
    })
}

/// What one card with these claims reveals, best claim set first.
fn find(query: &Query, claims: &Value) -> Result<Vec<Vec<Value>>, NothingFits> {
    let vct = claims["vct"].as_str().unwrap_or_default();
    let mut found =
        query.find(&[HeldCard { content: Content::SdJwtVc { vct, claims }, bound: true, authority_keys: &[] }])?;
    let candidate = found.wanted.remove(0).candidates.remove(0);
    Ok(candidate.reveal.iter().map(|paths| paths.iter().map(|path| path.to_value()).collect()).collect())
}

fn answered(query: &Query, claim: &str, value: Value) -> Result<Vec<Vec<Value>>, NothingFits> {
    let mut claims = card();
    claims[claim] = value;
    find(query, &claims)
}

fn reveals(query: &Query, paths: &[&[&str]]) -> Result<(), String> {
    let expected: Vec<Value> = paths.iter().map(|path| json!(path)).collect();
    same(find(query, &card()), Ok(vec![expected]))
}

/// The first set needs a region that this holder does not have; the second does.
fn alternatives(query: &Query) -> Result<(), String> {
    let claims = json!({
        "vct": query_type(query),
        "family_name": "Doe",
        "postal_code": "90210",
        "locality": "Beverly Hills",
        "date_of_birth": "1940-01-01",
    });
    let second = vec![json!(["family_name"]), json!(["postal_code"]), json!(["date_of_birth"])];
    same(find(query, &claims), Ok(vec![second]))?;
    let mut complete = claims;
    complete["region"] = "California".into();
    same(find(query, &complete).map(|sets| sets.len()), Ok(2))
}

fn query_type(query: &Query) -> String {
    match &query.credentials[0].format {
        Format::SdJwtVc { vct_values } => vct_values[0].clone(),
        Format::Mdoc { .. } | Format::Other { .. } => String::new(),
    }
}

const fn mdoc<'a>(doctype: &'a str, namespaces: &'a Value) -> HeldCard<'a> {
    HeldCard { content: Content::Mdoc { doctype, namespaces }, bound: true, authority_keys: &[] }
}

/// Elements of two namespaces in one document; a document without one of them does not fit.
fn vehicle(query: &Query) -> Result<(), String> {
    let whole = json!({
        "org.iso.7367.1": { "vehicle_holder": "Doe", "vehicle_number": "1" },
        "org.iso.18013.5.1": { "given_name": "John" },
    });
    let found = query.find(&[mdoc("org.iso.7367.1.mVRC", &whole)]).map_err(|error| error.to_string())?;
    let reveal: Vec<Value> = found.wanted[0].candidates[0].reveal[0].iter().map(|path| path.to_value()).collect();
    same(reveal, vec![json!(["org.iso.7367.1", "vehicle_holder"]), json!(["org.iso.18013.5.1", "given_name"])])?;
    let half = json!({ "org.iso.7367.1": { "vehicle_holder": "Doe" } });
    same(query.find(&[mdoc("org.iso.7367.1.mVRC", &half)]), Err(NothingFits))?;
    same(query.find(&[mdoc("org.iso.18013.5.1.mDL", &whole)]), Err(NothingFits))?;
    same(find(query, &card()), Err(NothingFits))
}

/// The licence is preferred, the photo card will do, the address is welcome.
fn licence_or_photo_card(query: &Query) -> Result<(), String> {
    let name = json!({ "org.iso.18013.5.1": { "given_name": "John", "family_name": "Doe", "portrait": "AA" } });
    let (licence, photo) = ("org.iso.18013.5.1.mDL", "org.iso.23220.photoid.1");
    let wanted = |cards: &[HeldCard<'_>]| {
        let found = query.find(cards).map_err(|error| error.to_string())?;
        Ok::<_, String>(found.wanted.into_iter().map(|one| (one.query, one.required)).collect::<Vec<_>>())
    };
    same(wanted(&[mdoc(photo, &name)])?, vec![("photo_card-id".to_owned(), true)])?;
    same(wanted(&[mdoc(photo, &name), mdoc(licence, &name)])?, vec![("mdl-id".to_owned(), true)])?;
    let mut whole = name.clone();
    whole["org.iso.18013.5.1"]["resident_address"] = "Sandanger 25".into();
    whole["org.iso.18013.5.1"]["resident_country"] = "NO".into();
    let both = vec![("mdl-id".to_owned(), true), ("mdl-address".to_owned(), false)];
    same(wanted(&[mdoc(licence, &whole)])?, both)?;
    let only_address = json!({ "org.iso.18013.5.1": { "resident_address": "x", "resident_country": "NO" } });
    same(query.find(&[mdoc(licence, &only_address)]), Err(NothingFits))
}

/// The two reduced cards together replace the identity card; the rewards card is never required.
fn credential_alternatives(query: &Query) -> Result<(), String> {
    let reduced = json!({ "family_name": "Doe", "given_name": "John" });
    let residence = json!({ "postal_code": "90210", "locality": "Beverly Hills", "region": "California" });
    let of = |vct, claims| HeldCard { content: Content::SdJwtVc { vct, claims }, bound: true, authority_keys: &[] };
    let first = of("https://credentials.example.com/reduced_identity_credential", &reduced);
    let second = of("https://cred.example/residence_credential", &residence);
    same(query.find(&[first]), Err(NothingFits))?;
    let found = query.find(&[first, second]).map_err(|error| error.to_string())?;
    let wanted: Vec<_> = found.wanted.iter().map(|wanted| (wanted.query.as_str(), wanted.required)).collect();
    same(wanted, vec![("pid_reduced_cred_1", true), ("pid_reduced_cred_2", true)])?;
    let identity = card();
    let found = query.find(&[of(IDENTITY, &identity), first, second]).map_err(|error| error.to_string())?;
    same(found.wanted.iter().map(|wanted| wanted.query.as_str()).collect(), vec!["pid"])
}
