use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value, json};

use super::{CARD_VCT, Card, CardError, IssueError, IssueSpec, NEVER_HIDDEN, TYP, issue, read};
use crate::sd_jwt::{Disclosure, SdJwt};

const ISSUED: Timestamp = Timestamp(1_800_012_345);

fn key(seed: &str) -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new(seed))
}

fn claims() -> Map<String, Value> {
    let Value::Object(claims) = json!({ "family_name": "Yamada", "nationalities": ["JP"] }) else { unreachable!() };
    claims
}

fn make(claims: &Map<String, Value>) -> Result<String, IssueError> {
    let holder = key("holder");
    let spec = IssueSpec {
        issuer: "https://issuer.example",
        vct: CARD_VCT,
        claims,
        holder_key: holder.public_key(),
        status: &json!({ "status_list": { "idx": 3, "uri": "https://issuer.example/status/1" } }),
        issued_at: ISSUED,
        expires_at: ISSUED.plus_days(30),
        x5c: &[vec![1, 2, 3]],
    };
    issue(&spec, &key("issuer"), &mut SeededEntropy::new("salts"))
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
        let hidden = Disclosure::make(Some(name), json!(1), &mut SeededEntropy::new(name));
        let payload = json!({ "_sd": [hidden.digest()] });
        let mut header = Map::new();
        header.insert("typ".into(), TYP.into());
        let signed = jws::sign(header, payload.to_string().as_bytes(), &key("issuer")).expect("signs");
        assert_eq!(card(&format!("{signed}~{}~", hidden.as_str())), Err(CardError::Hidden(name)));
    }
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
    let spec = IssueSpec {
        issuer: "https://issuer.example",
        vct: CARD_VCT,
        claims: &claims,
        holder_key: holder.public_key(),
        status: &json!({}),
        issued_at: ISSUED,
        expires_at: ISSUED.plus_days(30),
        x5c: &[vec![1]],
    };
    let mut digests = std::collections::HashSet::new();
    for _ in 0..10 {
        let text = issue(&spec, &key("issuer"), &mut entropy).expect("a card");
        let token = SdJwt::parse(&text, &Limits::default()).expect("reads");
        assert!(token.disclosures().iter().all(|disclosure| digests.insert(disclosure.digest().to_owned())));
    }
}
