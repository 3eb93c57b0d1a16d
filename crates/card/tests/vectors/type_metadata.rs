//! The JSON examples in the text of SD-JWT VC, by their number: headers, payloads and type metadata.

use mibun_card::path::ClaimPath;
use mibun_card::sd_jwt::SdJwt;
use mibun_card::type_metadata::{Chain, Integrity, Selective, TypeMetadata, TypeMetadataError};
use mibun_card::vc::{self, Card, CardError};
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_vectors::{Test, read_json, read_text, shared};
use serde_json::{Map, Value, json};

const FOLDER: &str = "vectors/sd-jwt/sd-jwt-vc-type-metadata";
const EDUCATION: &str = "https://betelgeuse.example.com/education_credential/v42";

type Run = fn(&str) -> Result<(), String>;

/// What each example must show; a new one without an entry fails.
const EXAMPLES: [(&str, Run); 11] = [
    ("01", header),
    ("02", payload_of_a_card),
    ("03", also_known_as),
    ("04", keys_by_address),
    ("05", extending),
    ("06", payload_without_key),
    ("07", labels),
    ("08", overriding),
    ("09", overridden),
    ("10", payload_with_integrity),
    ("11", whole),
];

/// One test for each file.
pub fn tests() -> Vec<Test> {
    let files = std::fs::read_dir(shared(FOLDER)).expect("the folder of examples");
    let mut names: Vec<String> = files
        .map(|entry| entry.expect("an entry of the folder").file_name().to_string_lossy().into_owned())
        .map(|name| name.trim_end_matches(".json").to_owned())
        .collect();
    names.sort();
    let test = |name: String| -> Test {
        let run = EXAMPLES.iter().find(|(known, _)| *known == name).map(|(_, run)| *run);
        let label = format!("sd-jwt-vc-type-metadata::{name}");
        (label, Box::new(move || run.ok_or("nobody knows what it shows")?(&name)))
    };
    names.into_iter().map(test).collect()
}

fn json_of(name: &str) -> Value {
    read_json(&format!("{FOLDER}/{name}.json"))
}

fn metadata(name: &str) -> Result<TypeMetadata, String> {
    let text = read_text(&format!("{FOLDER}/{name}.json"));
    TypeMetadata::parse(text.as_bytes(), &Limits::default()).map_err(|error| error.to_string())
}

/// A payload as a card that shows everything.
fn read(payload: &Value) -> Result<Card, CardError> {
    let mut header = Map::new();
    header.insert("typ".to_owned(), vc::TYP.into());
    let key = SoftwareKey::generate(&mut SeededEntropy::new("issuer"));
    let signed = jws::sign(header, payload.to_string().as_bytes(), &key).expect("signs");
    vc::read(&SdJwt::parse(&format!("{signed}~"), &Limits::default())?)
}

fn is(condition: bool, otherwise: &str) -> Result<(), String> {
    if condition { Ok(()) } else { Err(otherwise.to_owned()) }
}

fn header(name: &str) -> Result<(), String> {
    let header = json_of(name);
    is(header["typ"] == vc::TYP && header["alg"] == "ES256", "another type or algorithm")
}

fn payload_of_a_card(name: &str) -> Result<(), String> {
    let card = read(&json_of(name)).map_err(|error| error.to_string())?;
    is(card.vct == "https://credentials.example.com/identity_credential", "another type")?;
    is(card.issuer.is_none() && card.expires_at == Some(Timestamp(1_777_707_000)), "another issuer or end")?;
    is(card.claims.claims["address"]["locality"] == "Arcadia", "other claims")
}

fn also_known_as(name: &str) -> Result<(), String> {
    let mut payload = json_of(name);
    let key = SoftwareKey::generate(&mut SeededEntropy::new("holder"));
    payload["cnf"] = json!({ "jwk": key.public_key().to_jwk().to_value() });
    let card = read(&payload).map_err(|error| error.to_string())?;
    is(card.is_of_type("urn:example:eudi:pid:aendgard:1") && card.is_of_type("urn:example:eudi:pid"), "other types")?;
    is(!card.is_of_type("urn:example:eudi"), "a type that it does not name")
}

/// The issuer's keys at an address: not spoken, for an issuer is known by its certificate. It must not pass for
/// something else.
fn keys_by_address(name: &str) -> Result<(), String> {
    let text = read_text(&format!("{FOLDER}/{name}.json"));
    let refused = TypeMetadata::parse(text.as_bytes(), &Limits::default());
    is(refused == Err(TypeMetadataError::Member("vct")), "it was taken for type metadata")
}

fn extending(name: &str) -> Result<(), String> {
    let read = metadata(name)?;
    is(read.vct == EDUCATION && read.claims.is_empty(), "another type")?;
    let link = read.extends.ok_or("it extends nothing")?;
    is(link.vct == "https://galaxy.example.com/galactic-education-credential/v2", "another type to extend")?;
    let integrity = link.integrity.ok_or("no integrity")?;
    is(matches!(&integrity, Integrity::Sha256(hashes) if hashes.len() == 1), "another kind of hash")?;
    is(!integrity.matches(b"anything"), "a hash that fits anything")
}

/// A card bound to nobody, which our profile refuses; its paths resolve all the same.
fn payload_without_key(name: &str) -> Result<(), String> {
    let payload = json_of(name);
    is(read(&payload) == Err(CardError::Member("cnf")), "a card of nobody was accepted")?;
    let at = |path: Value| ClaimPath::from_value(&path).ok().and_then(|path| path.resolve(&payload).ok()).map(clone);
    is(at(json!(["name"])) == Some(vec![json!("Arthur Dent")]), "the name")?;
    is(at(json!(["address", "street_address"])) == Some(vec![json!("42 Market Street")]), "the street")?;
    let types = vec![json!("Bachelor of Science"), json!("Master of Science")];
    is(at(json!(["degrees", null, "type"])) == Some(types), "the types of all degrees")?;
    is(at(json!(["nationalities", 1])) == Some(vec![json!("Betelgeusian")]), "the second nationality")
}

fn clone(found: Vec<&Value>) -> Vec<Value> {
    found.into_iter().cloned().collect()
}

fn labels(name: &str) -> Result<(), String> {
    let read = metadata(name)?;
    let labels: Vec<_> = read.claims.iter().map(|claim| (claim.path.to_string(), &*claim.display[0].name)).collect();
    is(labels == [("name".into(), "Full Name"), ("address.city".into(), "City")], "other labels")
}

fn overriding(name: &str) -> Result<(), String> {
    let read = metadata(name)?;
    is(read.extends.map(|link| link.vct) == Some("https://example.com/base-type-metadata".into()), "another base")?;
    is(read.claims.len() == 2 && read.claims[0].display[0].name == "Town", "other labels")
}

/// What example 08 says together with example 07, which it extends.
fn overridden(name: &str) -> Result<(), String> {
    let text = |name: &str| read_text(&format!("{FOLDER}/{name}.json")).into_bytes();
    let chain = Chain::start("https://example.com/custom-type-metadata", None, &text("08"), &Limits::default());
    let mut chain = chain.map_err(|error| error.to_string())?;
    chain.supply(&text("07")).map_err(|error| error.to_string())?;
    let effective = chain.effective().map_err(|error| error.to_string())?;
    let mut expected = json_of(name);
    expected["vct"] = json!("any");
    let expected = TypeMetadata::parse(expected.to_string().as_bytes(), &Limits::default());
    is(Ok(effective.claims) == expected.map(|expected| expected.claims), "other claims")
}

fn payload_with_integrity(name: &str) -> Result<(), String> {
    let payload = json_of(name);
    let integrity = payload["vct#integrity"].as_str().ok_or("no integrity")?;
    Integrity::parse(integrity).map_err(|error| error.to_string())?;
    is(read(&payload) == Err(CardError::Member("cnf")), "a card of nobody was accepted")
}

fn whole(name: &str) -> Result<(), String> {
    let read = metadata(name)?;
    let locales: Vec<_> = read.display.iter().map(|display| display.locale.as_str()).collect();
    is(locales == ["en-US", "de-DE"] && read.display[1].name == "Betelgeuse-Bildungsnachweis", "other names")?;
    let said = |path: Value| read.claims.iter().find(|claim| claim.path.to_value() == path).ok_or("no such claim");
    let (first, street) = (said(json!(["name"]))?, said(json!(["address", "street_address"]))?);
    is(first.mandatory && first.selective == Some(Selective::Always), "the name")?;
    is(!street.mandatory && street.svg_id.as_deref() == Some("address_street_address"), "the street")?;
    is(said(json!(["degrees"]))?.selective == Some(Selective::Never), "the degrees")?;
    is(said(json!(["degrees", null]))?.display.is_empty(), "one degree")?;
    is(said(json!(["degrees", null, "date_awarded"]))?.display[0].name == "Verleihungsdatum", "the date")?;
    is(read.claims.len() == 7, "another number of claims")
}
