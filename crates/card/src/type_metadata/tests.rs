use mibun_crypto::base64url::encode_standard;
use mibun_crypto::digest::{sha256, sha384};
use mibun_crypto::json::{JsonError, Limits};
use serde_json::{Value, json};

use super::chain::MAX_DOCUMENTS;
use super::{Chain, ChainError, Integrity, IntegrityError, Selective, TypeMetadata, TypeMetadataError};
use crate::path::ClaimPath;

const LIMITS: Limits = Limits { bytes: 64 * 1024, depth: 16, nodes: 2000 };

fn read(document: &Value) -> Result<TypeMetadata, TypeMetadataError> {
    TypeMetadata::parse(document.to_string().as_bytes(), &LIMITS)
}

/// Why a document of the type `t` with these members is refused.
fn refused(members: Value) -> TypeMetadataError {
    let mut document = json!({ "vct": "t" });
    let Value::Object(members) = members else { panic!("members are an object") };
    document.as_object_mut().expect("an object").extend(members);
    read(&document).expect_err("must be refused")
}

fn claim_refused(claim: Value) -> TypeMetadataError {
    refused(json!({ "claims": [{ "path": ["fine"] }, claim] }))
}

fn chain(documents: &[Value]) -> Result<Chain, ChainError> {
    let first = documents[0].to_string();
    let mut chain = Chain::start(documents[0]["vct"].as_str().expect("a type"), None, first.as_bytes(), &LIMITS)?;
    documents[1..].iter().try_for_each(|document| chain.supply(document.to_string().as_bytes()))?;
    Ok(chain)
}

fn sri(document: &Value) -> String {
    format!("sha256-{}", encode_standard(&sha256(document.to_string().as_bytes())))
}

#[test]
fn a_document_that_is_no_json_is_refused() {
    let refused = TypeMetadata::parse(b"{", &LIMITS).map(|_| ());
    assert_eq!(refused, Err(TypeMetadataError::Json(JsonError::Syntax { line: 1, column: 1 })));
}

#[test]
fn a_document_that_is_no_object_is_refused() {
    assert_eq!(read(&json!([])), Err(TypeMetadataError::NotAnObject));
}

#[test]
fn a_document_with_a_member_twice_is_refused() {
    let refused = TypeMetadata::parse(br#"{"vct":"a","vct":"b"}"#, &LIMITS).map(|_| ());
    assert_eq!(refused, Err(TypeMetadataError::Json(JsonError::DuplicateMember)));
}

#[test]
fn a_document_without_type_is_refused() {
    assert_eq!(read(&json!({ "name": "n" })), Err(TypeMetadataError::Member("vct")));
    assert_eq!(read(&json!({ "vct": "" })), Err(TypeMetadataError::Member("vct")));
}

#[test]
fn members_of_the_wrong_kind_are_named() {
    assert_eq!(refused(json!({ "name": 1 })), TypeMetadataError::Member("name"));
    assert_eq!(refused(json!({ "description": [] })), TypeMetadataError::Member("description"));
    assert_eq!(refused(json!({ "extends": {} })), TypeMetadataError::Member("extends"));
    assert_eq!(refused(json!({ "claims": {} })), TypeMetadataError::Member("claims"));
    assert_eq!(refused(json!({ "display": "d" })), TypeMetadataError::Member("display"));
}

#[test]
fn the_old_name_of_the_language_is_refused() {
    let refused = refused(json!({ "display": [{ "lang": "en", "name": "n" }] }));
    assert_eq!(refused, TypeMetadataError::Member("display"));
}

#[test]
fn a_language_twice_is_refused() {
    let display = json!([{ "locale": "en-US", "name": "a" }, { "locale": "en-us", "name": "b" }]);
    assert_eq!(refused(json!({ "display": display })), TypeMetadataError::Member("display"));
}

#[test]
fn a_hash_without_a_type_to_extend_is_refused() {
    let integrity = sri(&json!({}));
    assert_eq!(refused(json!({ "extends#integrity": integrity })), TypeMetadataError::Member("extends"));
}

#[test]
fn a_hash_that_cannot_be_read_is_refused() {
    let with = |text: &str| refused(json!({ "extends": "b", "extends#integrity": text }));
    assert_eq!(with("sha256"), TypeMetadataError::Integrity(IntegrityError::Form));
    assert_eq!(with("sha256-AAAA"), TypeMetadataError::Integrity(IntegrityError::Form));
    assert_eq!(with("sha256-!"), TypeMetadataError::Integrity(IntegrityError::Form));
    assert_eq!(with("md5-AAAA"), TypeMetadataError::Integrity(IntegrityError::Algorithm));
    assert_eq!(with(" "), TypeMetadataError::Integrity(IntegrityError::Algorithm));
}

#[test]
fn a_claim_without_path_is_refused() {
    for claim in [json!({}), json!("name"), json!({ "path": [] }), json!({ "path": "name" }), json!({ "path": [1.5] })]
    {
        assert_eq!(claim_refused(claim), TypeMetadataError::Claim { index: 1, member: "path" });
    }
}

#[test]
fn a_claim_with_a_member_of_the_wrong_kind_is_refused() {
    let with = |name: &'static str, value: Value| claim_refused(json!({ "path": ["a"], (name): value }));
    let malformed = |member| TypeMetadataError::Claim { index: 1, member };
    assert_eq!(with("mandatory", json!("yes")), malformed("mandatory"));
    assert_eq!(with("sd", json!("sometimes")), malformed("sd"));
    assert_eq!(with("sd", json!(true)), malformed("sd"));
    assert_eq!(with("svg_id", json!("1st")), malformed("svg_id"));
    assert_eq!(with("svg_id", json!("a-b")), malformed("svg_id"));
    assert_eq!(with("display", json!([{ "locale": "en" }])), malformed("display"));
    assert_eq!(with("display", json!([{ "label": "l" }])), malformed("display"));
}

#[test]
fn a_claim_described_twice_is_refused() {
    assert_eq!(claim_refused(json!({ "path": ["fine"] })), TypeMetadataError::RepeatedPath);
}

#[test]
fn one_template_name_for_two_claims_is_refused() {
    let claims = json!([{ "path": ["a"], "svg_id": "x" }, { "path": ["b"], "svg_id": "x" }]);
    assert_eq!(refused(json!({ "claims": claims })), TypeMetadataError::RepeatedSvgId);
}

#[test]
fn what_is_absent_is_the_default() {
    let read = read(&json!({ "vct": "t", "claims": [{ "path": ["a", null] }], "later": 1 })).expect("a document");
    let claim = read.claim(&ClaimPath::from_value(&json!(["a", null])).expect("a path")).expect("the claim");
    assert_eq!((claim.mandatory, claim.selective, claim.display.len()), (false, None, 0));
    assert_eq!(read.claim(&ClaimPath::of_names(&["a"])), None);
}

#[test]
fn a_type_inherits_and_overrides() {
    let own = json!({ "vct": "own", "extends": "base", "claims": [
        { "path": ["a"], "mandatory": true, "display": [{ "locale": "en", "label": "mine" }] }, { "path": ["c"] },
    ]});
    let base = json!({ "vct": "base", "display": [{ "locale": "en", "name": "Base" }], "claims": [
        { "path": ["a"], "sd": "always" }, { "path": ["b"], "sd": "never" },
    ]});
    let chain = chain(&[own, base]).expect("a chain");
    assert_eq!(chain.needs(), None);
    let effective = chain.effective().expect("they agree");
    assert_eq!((effective.vct.as_str(), effective.display[0].name.as_str()), ("own", "Base"));
    let said: Vec<_> = effective.claims.iter().map(|claim| (claim.path.to_string(), claim.selective)).collect();
    let expected = [("a", Some(Selective::Always)), ("b", Some(Selective::Never)), ("c", None)];
    assert_eq!(said, expected.map(|(path, selective)| (path.to_owned(), selective)));
    assert_eq!(effective.claims[0].display[0].name, "mine");
}

#[test]
fn a_type_cannot_change_whether_a_claim_can_be_hidden() {
    for (own, base) in [("never", "always"), ("allowed", "always"), ("always", "never"), ("allowed", "never")] {
        let own = json!({ "vct": "own", "extends": "base", "claims": [{ "path": ["a"], "sd": own }] });
        let base = json!({ "vct": "base", "claims": [{ "path": ["a"], "sd": base }] });
        assert_eq!(chain(&[own, base]).and_then(|chain| chain.effective()), Err(ChainError::Selective));
    }
}

#[test]
fn a_type_cannot_make_a_mandatory_claim_optional() {
    let own = json!({ "vct": "own", "extends": "base", "claims": [{ "path": ["a"] }] });
    let base = json!({ "vct": "base", "claims": [{ "path": ["a"], "mandatory": true }] });
    assert_eq!(chain(&[own, base]).and_then(|chain| chain.effective()), Err(ChainError::Mandatory));
}

#[test]
fn a_document_about_another_type_is_refused() {
    let refused = Chain::start("asked", None, br#"{"vct":"other"}"#, &LIMITS).map(|_| ());
    assert_eq!(refused, Err(ChainError::WrongType));
    let refused = chain(&[json!({ "vct": "own", "extends": "base" }), json!({ "vct": "other" })]).map(|_| ());
    assert_eq!(refused, Err(ChainError::WrongType));
}

#[test]
fn a_document_that_is_not_what_its_hash_says_is_refused() {
    let base = json!({ "vct": "base" });
    let own = json!({ "vct": "own", "extends": "base", "extends#integrity": sri(&base) });
    assert!(chain(&[own.clone(), base]).is_ok());
    let refused = chain(&[own, json!({ "vct": "base", "name": "changed" })]).map(|_| ());
    assert_eq!(refused, Err(ChainError::Integrity));
}

#[test]
fn of_several_hashes_the_strongest_counts() {
    let long = format!("sha384-{}", encode_standard(&sha384(b"right")));
    let both =
        Integrity::parse(&format!("sha256-{} {long}?x", encode_standard(&sha256(b"wrong")))).expect("two hashes");
    assert!(both.matches(b"right") && !both.matches(b"wrong"));
}

#[test]
fn a_type_that_extends_itself_is_refused() {
    assert_eq!(chain(&[json!({ "vct": "a", "extends": "a" })]).map(|_| ()), Err(ChainError::Cycle));
}

#[test]
fn types_that_extend_each_other_are_refused() {
    let documents = [json!({ "vct": "a", "extends": "b" }), json!({ "vct": "b", "extends": "a" })];
    assert_eq!(chain(&documents).map(|_| ()), Err(ChainError::Cycle));
}

#[test]
fn a_chain_that_does_not_end_is_refused() {
    let document = |number: usize| json!({ "vct": number.to_string(), "extends": (number + 1).to_string() });
    let documents: Vec<_> = (0..=MAX_DOCUMENTS).map(document).collect();
    assert!(chain(&documents[..MAX_DOCUMENTS]).is_ok());
    assert_eq!(chain(&documents).map(|_| ()), Err(ChainError::TooLong));
}

#[test]
fn a_document_that_nobody_asked_for_is_refused() {
    assert_eq!(chain(&[json!({ "vct": "a" }), json!({ "vct": "b" })]).map(|_| ()), Err(ChainError::Unasked));
}
