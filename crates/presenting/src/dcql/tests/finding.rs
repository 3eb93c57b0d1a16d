use super::*;

const VCT: &str = "urn:eudi:pid:1";

fn claims() -> Value {
    json!({
        "family_name": "Yamada",
        "given_name": "Hanako",
        "address": { "country": "JP", "locality": "Kyoto" },
        "nationalities": ["JP", "NL"],
        "age": 33,
        "student": true,
    })
}

fn held<'a>(vct: &'a str, claims: &'a Value) -> HeldCard<'a> {
    HeldCard { content: Content::SdJwtVc { vct, claims }, bound: true, authority_keys: &[] }
}

/// What one card reveals for a query over `claims` and `claim_sets`.
fn reveals(asked: Value, sets: Value) -> Result<Vec<Vec<Value>>, NothingFits> {
    let mut query = value();
    query["credentials"][0]["claims"] = asked;
    if !sets.is_null() {
        query["credentials"][0]["claim_sets"] = sets;
    }
    let query = Query::from_value(&query).expect("a valid query");
    let held_claims = claims();
    let mut found = query.find(&[held(VCT, &held_claims)])?;
    let candidate = found.wanted.remove(0).candidates.remove(0);
    Ok(candidate.reveal.iter().map(|paths| paths.iter().map(ClaimPath::to_value).collect()).collect())
}

fn reveals_path(path: Value) -> Result<Vec<Vec<Value>>, NothingFits> {
    reveals(json!([{ "path": path }]), Value::Null)
}

#[test]
fn all_claims_are_revealed_when_there_are_no_sets() {
    let asked = json!([{ "path": ["family_name"] }, { "path": ["address", "country"] }]);
    assert_eq!(reveals(asked, Value::Null), Ok(vec![vec![json!(["family_name"]), json!(["address", "country"])]]));
}

#[test]
fn one_missing_claim_spoils_the_answer() {
    let asked = json!([{ "path": ["family_name"] }, { "path": ["tax_number"] }]);
    assert_eq!(reveals(asked, Value::Null), Err(NothingFits));
}

#[test]
fn an_index_names_one_element() {
    assert!(reveals_path(json!(["nationalities", 1])).is_ok());
}

#[test]
fn an_index_past_the_end_fits_nothing() {
    assert_eq!(reveals_path(json!(["nationalities", 2])), Err(NothingFits));
}

#[test]
fn a_wildcard_names_all_elements() {
    assert!(reveals_path(json!(["nationalities", null])).is_ok());
}

#[test]
fn a_wildcard_over_an_object_fits_nothing() {
    assert_eq!(reveals_path(json!(["address", null])), Err(NothingFits));
}

#[test]
fn a_name_within_an_array_fits_nothing() {
    assert_eq!(reveals_path(json!(["nationalities", "JP"])), Err(NothingFits));
}

#[test]
fn a_name_within_a_text_fits_nothing() {
    assert_eq!(reveals_path(json!(["family_name", "first"])), Err(NothingFits));
}

#[test]
fn a_wanted_value_fits() {
    assert!(reveals(json!([{ "path": ["nationalities", null], "values": ["DE", "NL"] }]), Value::Null).is_ok());
}

#[test]
fn another_value_does_not_fit() {
    let asked = json!([{ "path": ["address", "country"], "values": ["NL"] }]);
    assert_eq!(reveals(asked, Value::Null), Err(NothingFits));
}

#[test]
fn a_value_of_another_type_does_not_fit() {
    assert_eq!(reveals(json!([{ "path": ["age"], "values": ["33"] }]), Value::Null), Err(NothingFits));
}

#[test]
fn numbers_and_flags_fit_by_value() {
    let asked = json!([{ "path": ["age"], "values": [33] }, { "path": ["student"], "values": [true] }]);
    assert!(reveals(asked, Value::Null).is_ok());
}

#[test]
fn the_first_claim_set_that_can_be_met_comes_first() {
    let asked = json!([
        { "id": "tax", "path": ["tax_number"] },
        { "id": "name", "path": ["family_name"] },
        { "id": "city", "path": ["address", "locality"] },
    ]);
    let revealed = reveals(asked, json!([["name", "tax"], ["city", "name"], ["name"]]));
    let expected = vec![vec![json!(["address", "locality"]), json!(["family_name"])], vec![json!(["family_name"])]];
    assert_eq!(revealed, Ok(expected));
}

#[test]
fn a_claim_asked_twice_is_revealed_once() {
    let asked = json!([{ "path": ["family_name"] }, { "path": ["family_name"] }]);
    assert_eq!(reveals(asked, Value::Null), Ok(vec![vec![json!(["family_name"])]]));
}

#[test]
fn a_query_without_claims_reveals_nothing() {
    let query = query_for(&["card"], Value::Null);
    let claims = claims();
    let found = query.find(&[held("urn:test:card", &claims)]).expect("the card fits");
    assert_eq!(found.wanted[0].candidates[0].reveal, [vec![]]);
}

#[test]
fn a_card_of_another_type_does_not_fit() {
    let (query, claims) = (Query::from_value(&value()).expect("a valid query"), claims());
    assert_eq!(query.find(&[held("urn:other", &claims)]), Err(NothingFits));
}

#[test]
fn no_card_at_all_does_not_fit() {
    assert_eq!(Query::from_value(&value()).expect("a valid query").find(&[]), Err(NothingFits));
}

#[test]
fn a_card_without_key_does_not_fit_where_binding_is_wanted() {
    let (query, claims) = (Query::from_value(&value()).expect("a valid query"), claims());
    assert_eq!(query.find(&[HeldCard { bound: false, ..held(VCT, &claims) }]), Err(NothingFits));
}

#[test]
fn a_card_without_key_fits_where_binding_is_waived() {
    let mut asked = value();
    asked["credentials"][0]["require_cryptographic_holder_binding"] = false.into();
    let (query, claims) = (Query::from_value(&asked).expect("a valid query"), claims());
    assert!(query.find(&[HeldCard { bound: false, ..held(VCT, &claims) }]).is_ok());
}

fn under_authority(kind: &str, keys: &[Vec<u8>]) -> Result<Found, NothingFits> {
    let mut asked = value();
    asked["credentials"][0]["trusted_authorities"] = json!([{ "type": kind, "values": ["AQID"] }]);
    let (query, claims) = (Query::from_value(&asked).expect("a valid query"), claims());
    query.find(&[HeldCard { authority_keys: keys, ..held(VCT, &claims) }])
}

#[test]
fn a_card_of_a_believed_authority_fits() {
    assert!(under_authority("aki", &[vec![9], vec![1, 2, 3]]).is_ok());
}

#[test]
fn a_card_of_another_authority_does_not_fit() {
    assert_eq!(under_authority("aki", &[vec![9]]), Err(NothingFits));
}

#[test]
fn an_unknown_kind_of_authority_fits_nothing() {
    assert_eq!(under_authority("etsi_tl", &[vec![1, 2, 3]]), Err(NothingFits));
}

#[test]
fn every_fitting_card_is_a_candidate() {
    let (query, claims) = (Query::from_value(&value()).expect("a valid query"), claims());
    let found = query.find(&[held(VCT, &claims), held("urn:other", &claims), held(VCT, &claims)]).expect("two fit");
    let cards: Vec<_> = found.wanted[0].candidates.iter().map(|candidate| candidate.card).collect();
    assert_eq!(cards, [0, 2]);
}

/// The query ids to answer for someone who holds cards for `held_ids`.
fn wanted(query: &Query, held_ids: &[&str]) -> Result<Vec<(String, bool)>, NothingFits> {
    let (claims, types) = (claims(), held_ids.iter().map(|id| format!("urn:test:{id}")).collect::<Vec<_>>());
    let cards: Vec<_> = types.iter().map(|vct| held(vct, &claims)).collect();
    Ok(query.find(&cards)?.wanted.into_iter().map(|wanted| (wanted.query, wanted.required)).collect())
}

#[test]
fn without_sets_every_credential_is_required() {
    let query = query_for(&["a", "b"], Value::Null);
    assert_eq!(wanted(&query, &["a", "b"]), Ok(vec![("a".into(), true), ("b".into(), true)]));
    assert_eq!(wanted(&query, &["a"]), Err(NothingFits));
}

#[test]
fn the_first_option_that_can_be_met_is_taken() {
    let query = query_for(&["a", "b", "c"], json!([{ "options": [["a"], ["b", "c"]] }]));
    assert_eq!(wanted(&query, &["a", "b", "c"]), Ok(vec![("a".into(), true)]));
    assert_eq!(wanted(&query, &["b", "c"]), Ok(vec![("b".into(), true), ("c".into(), true)]));
}

#[test]
fn half_an_option_is_none() {
    let query = query_for(&["a", "b", "c"], json!([{ "options": [["a"], ["b", "c"]] }]));
    assert_eq!(wanted(&query, &["b"]), Err(NothingFits));
}

#[test]
fn an_optional_set_that_cannot_be_met_is_skipped() {
    let sets = json!([{ "options": [["a"]] }, { "options": [["b"]], "required": false }]);
    let query = query_for(&["a", "b"], sets);
    assert_eq!(wanted(&query, &["a"]), Ok(vec![("a".into(), true)]));
    assert_eq!(wanted(&query, &["a", "b"]), Ok(vec![("a".into(), true), ("b".into(), false)]));
}

#[test]
fn an_optional_set_does_not_replace_a_required_one() {
    let sets = json!([{ "options": [["a"]] }, { "options": [["b"]], "required": false }]);
    assert_eq!(wanted(&query_for(&["a", "b"], sets), &["b"]), Err(NothingFits));
}

#[test]
fn a_credential_outside_all_sets_is_not_returned() {
    let query = query_for(&["a", "b"], json!([{ "options": [["a"]] }]));
    assert_eq!(wanted(&query, &["a", "b"]), Ok(vec![("a".into(), true)]));
}

#[test]
fn optional_sets_alone_need_one_that_can_be_met() {
    let query = query_for(&["a"], json!([{ "options": [["a"]], "required": false }]));
    assert_eq!(wanted(&query, &["z"]), Err(NothingFits));
}
