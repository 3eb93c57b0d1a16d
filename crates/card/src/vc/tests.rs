use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value, json};

use super::{CARD_VCT, Card, CardError, Edition, EditionSpec, IssueError, NEVER_HIDDEN, TYP, read};
use crate::sd_jwt::tests::disclosure;
use crate::sd_jwt::{ConcealError, SdJwt, SdJwtError};

const ISSUED: Timestamp = Timestamp(1_800_012_345);

fn key(seed: &str) -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new(seed))
}

fn claims() -> Map<String, Value> {
    let Value::Object(claims) = json!({ "family_name": "Yamada", "nationalities": ["JP"] }) else { unreachable!() };
    claims
}

const STATUS: &str = r#"{"status_list":{"idx":3,"uri":"https://issuer.example/status/1"}}"#;

fn make(claims: &Map<String, Value>) -> Result<String, IssueError> {
    make_with(claims, |_| {})
}

/// A copy of a card, issued after `change` of what it is to be.
fn make_with(claims: &Map<String, Value>, change: impl FnOnce(&mut EditionSpec<'_>)) -> Result<String, IssueError> {
    let (holder, status) = (key("holder"), serde_json::from_str(STATUS).expect("JSON"));
    let (x5c, issuer) = ([vec![1, 2, 3]], key("issuer"));
    let mut spec = EditionSpec {
        issuer: "https://issuer.example",
        vct: CARD_VCT,
        claims,
        issued_at: ISSUED,
        expires_at: ISSUED.plus_days(30),
        x5c: &x5c,
    };
    change(&mut spec);
    Edition::new(&spec, &issuer)?.copy(holder.public_key(), &status, &mut SeededEntropy::new("salts"))
}

fn card(text: &str) -> Result<Card, CardError> {
    read(&SdJwt::parse(text, &Limits::default())?)
}

/// A card with another type or payload, properly signed.
fn forged(typ: &str, change: impl FnOnce(&mut Value)) -> Result<Card, CardError> {
    let mut payload = json!({ "vct": CARD_VCT, "cnf": { "jwk": key("holder").public_key().to_jwk().to_value() } });
    change(&mut payload);
    let mut header = Map::new();
    header.insert("typ".into(), typ.into());
    let signed = jws::sign(header, payload.to_string().as_bytes(), &key("issuer")).expect("signs");
    card(&format!("{signed}~"))
}

#[test]
fn a_card_reads_back_with_times_rounded_to_the_day() {
    let read = card(&make(&claims()).expect("a card")).expect("reads");
    assert_eq!(read.vct, CARD_VCT);
    assert_eq!(read.holder_key, *key("holder").public_key());
    assert_eq!(read.issued_at, Some(ISSUED.floor_to_day()));
    assert_eq!(read.not_before, read.issued_at);
    assert_eq!(read.expires_at, Some(ISSUED.plus_days(30).floor_to_day()));
    assert_eq!(read.claims.claims["family_name"], "Yamada");
    assert_eq!(read.status.expect("a status")["status_list"]["idx"], 3);
}

#[test]
fn a_reserved_claim_cannot_be_issued_hidden() {
    for name in NEVER_HIDDEN {
        let mut claims = claims();
        claims.insert(name.to_owned(), json!(1));
        assert_eq!(make(&claims), Err(IssueError::Reserved(name)));
    }
}

#[test]
fn a_reserved_claim_out_of_a_disclosure_is_refused() {
    for name in NEVER_HIDDEN {
        let hidden = disclosure(Some(name), json!(1));
        let payload = json!({ "_sd": [hidden.digest()] });
        let mut header = Map::new();
        header.insert("typ".into(), TYP.into());
        let signed = jws::sign(header, payload.to_string().as_bytes(), &key("issuer")).expect("signs");
        assert_eq!(card(&format!("{signed}~{}~", hidden.as_str())), Err(CardError::Hidden(name)));
    }
}

#[test]
fn a_part_of_a_reserved_claim_out_of_a_disclosure_is_refused() {
    let jwk = disclosure(Some("jwk"), key("thief").public_key().to_jwk().to_value());
    let idx = disclosure(Some("idx"), json!(4));
    let other = disclosure(None, json!("urn:other"));
    for (name, value, hidden) in [
        ("cnf", json!({ "_sd": [jwk.digest()] }), &jwk),
        ("status", json!({ "status_list": { "_sd": [idx.digest()], "uri": "u" } }), &idx),
        ("aka_vcts", json!([{ "...": other.digest() }]), &other),
    ] {
        let payload = json!({ "vct": CARD_VCT, (name): value });
        let mut header = Map::new();
        header.insert("typ".into(), TYP.into());
        let signed = jws::sign(header, payload.to_string().as_bytes(), &key("issuer")).expect("signs");
        assert_eq!(card(&format!("{signed}~{}~", hidden.as_str())), Err(CardError::Hidden(name)));
    }
}

#[test]
fn a_key_that_stays_hidden_is_a_missing_key() {
    assert_eq!(forged(TYP, |payload| payload["cnf"] = json!({ "_sd": ["hidden"] })), Err(CardError::Member("cnf")));
}

#[test]
fn an_end_that_stays_hidden_is_not_taken_for_a_time() {
    assert_eq!(forged(TYP, |payload| payload["exp"] = json!({ "_sd": ["hidden"] })), Err(CardError::Member("exp")));
}

#[test]
fn a_card_without_certificate_cannot_be_issued() {
    assert_eq!(make_with(&claims(), |spec| spec.x5c = &[]), Err(IssueError::NoCertificate));
}

#[test]
fn a_card_that_ends_on_the_day_it_begins_cannot_be_issued() {
    let ending = |end| make_with(&claims(), |spec| spec.expires_at = end).map(|_| ());
    let next_day = ISSUED.floor_to_day().plus_days(1);
    assert_eq!(ending(next_day.plus_seconds(-1)), Err(IssueError::Validity));
    assert_eq!(ending(ISSUED.plus_days(-1)), Err(IssueError::Validity));
    assert_eq!(ending(next_day), Ok(()));
}

#[test]
fn a_claim_that_would_pass_for_digests_cannot_be_issued() {
    let mut claims = claims();
    claims.insert("address".into(), json!({ "_sd": ["x"] }));
    assert_eq!(make(&claims), Err(IssueError::Claims(ConcealError::ReservedName)));
}

#[test]
fn the_header_carries_type_algorithm_and_certificates_and_nothing_else() {
    let text = make(&claims()).expect("a card");
    let token = SdJwt::parse(&text, &Limits::default()).expect("reads");
    let header = Value::Object(token.jws().header().members().clone());
    assert_eq!(header, json!({ "alg": "ES256", "typ": TYP, "x5c": ["AQID"] }));
    assert_eq!(token.jws().verify(key("issuer").public_key()), Ok(()));
}

#[test]
fn what_stands_in_the_open_is_what_every_checker_needs() {
    let text = make(&claims()).expect("a card");
    let token = SdJwt::parse(&text, &Limits::default()).expect("reads");
    let payload = token.jws().payload_json(&Limits::default()).expect("JSON");
    let names: Vec<_> = payload.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(names, ["_sd", "_sd_alg", "cnf", "exp", "iat", "iss", "nbf", "status", "vct"]);
}

#[test]
fn a_card_is_of_its_type_and_of_those_it_is_also_known_as() {
    let card = forged(TYP, |payload| payload["aka_vcts"] = json!(["urn:eudi:pid"])).expect("reads");
    assert!(card.is_of_type(CARD_VCT) && card.is_of_type("urn:eudi:pid") && !card.is_of_type("urn:eudi"));
}

#[test]
fn other_types_that_are_no_list_of_text_are_refused() {
    for other in [json!([]), json!("urn:eudi:pid"), json!([1]), json!([""]), json!({})] {
        assert_eq!(forged(TYP, |payload| payload["aka_vcts"] = other), Err(CardError::Member("aka_vcts")));
    }
}

#[test]
fn a_token_without_type_is_refused() {
    let signed = jws::sign(Map::new(), br#"{"vct":"urn:eudi:pid:1"}"#, &key("issuer")).expect("signs");
    assert_eq!(card(&format!("{signed}~")), Err(CardError::WrongType));
}

#[test]
fn the_errors_of_the_token_come_through() {
    assert_eq!(card("nothing"), Err(CardError::SdJwt(SdJwtError::Form)));
    assert_eq!(forged(TYP, |payload| payload["_sd_alg"] = json!("md5")), Err(CardError::SdJwt(SdJwtError::Algorithm)));
}

#[test]
fn another_type_is_refused() {
    for typ in ["vc+sd-jwt", "JWT", "kb+jwt"] {
        assert_eq!(forged(typ, |_| {}), Err(CardError::WrongType));
    }
}

#[test]
fn missing_and_malformed_claims_are_named() {
    let changed = |name: &'static str, value: Value| forged(TYP, move |payload| payload[name] = value);
    assert_eq!(changed("vct", json!("")), Err(CardError::Member("vct")));
    assert_eq!(changed("vct", json!(1)), Err(CardError::Member("vct")));
    assert_eq!(changed("iss", json!(1)), Err(CardError::Member("iss")));
    assert_eq!(changed("exp", json!("tomorrow")), Err(CardError::Member("exp")));
    assert_eq!(changed("nbf", json!(1.5)), Err(CardError::Member("nbf")));
    assert_eq!(changed("iat", json!([])), Err(CardError::Member("iat")));
    assert_eq!(changed("status", json!("good")), Err(CardError::Member("status")));
    assert_eq!(changed("cnf", json!({})), Err(CardError::Member("cnf")));
    assert_eq!(changed("cnf", json!({ "jwk": { "kty": "oct", "k": "AAAA" } })), Err(CardError::Member("cnf")));
}

#[test]
fn a_private_key_in_the_card_is_refused() {
    let refused = forged(TYP, |payload| payload["cnf"]["jwk"] = key("holder").to_private_jwk());
    assert_eq!(refused, Err(CardError::Member("cnf")));
}

#[test]
fn copies_share_no_salt() {
    let mut entropy = SeededEntropy::new("one run");
    let holder = key("holder");
    let claims = claims();
    let spec = EditionSpec {
        issuer: "https://issuer.example",
        vct: CARD_VCT,
        claims: &claims,
        issued_at: ISSUED,
        expires_at: ISSUED.plus_days(30),
        x5c: &[vec![1]],
    };
    let issuer = key("issuer");
    let edition = Edition::new(&spec, &issuer).expect("a card");
    let mut digests = std::collections::HashSet::new();
    for _ in 0..10 {
        let text = edition.copy(holder.public_key(), &json!({}), &mut entropy).expect("a copy");
        let token = SdJwt::parse(&text, &Limits::default()).expect("reads");
        assert!(token.disclosures().iter().all(|disclosure| digests.insert(disclosure.digest().to_owned())));
    }
}
