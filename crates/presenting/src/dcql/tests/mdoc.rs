//! `mso_mdoc` beside `dc+sd-jwt`: reading, writing, matching, answering.

use super::*;

const DOCTYPE: &str = "org.iso.18013.5.1.mDL";

fn licence() -> Value {
    json!({ "credentials": [{
        "id": "licence",
        "format": "mso_mdoc",
        "meta": { "doctype_value": DOCTYPE },
        "claims": [
            { "id": "name", "path": ["org.iso.18013.5.1", "family_name"], "intent_to_retain": true },
            { "id": "old", "path": ["org.iso.18013.5.1", "age_over_18"], "values": [true] },
        ],
    }] })
}

fn elements() -> Value {
    json!({
        "org.iso.18013.5.1": { "family_name": "Yamada", "age_over_18": true, "age_over_21": false },
        "org.iso.18013.5.1.JP": { "family_name_jp": "山田" },
    })
}

fn read(change: impl FnOnce(&mut Value)) -> Result<Query, QueryError> {
    let mut query = licence();
    change(&mut query["credentials"][0]);
    Query::from_value(&query)
}

fn held(namespaces: &Value) -> HeldCard<'_> {
    HeldCard { content: Content::Mdoc { doctype: DOCTYPE, namespaces }, bound: true, authority_keys: &[] }
}

/// What the licence reveals after a change of the query.
fn reveals(change: impl FnOnce(&mut Value)) -> Result<Vec<Vec<Value>>, NothingFits> {
    let mut found = read(change).expect("a valid query").find(&[held(&elements())])?;
    let candidate = found.wanted.remove(0).candidates.remove(0);
    Ok(candidate.reveal.iter().map(|paths| paths.iter().map(ClaimPath::to_value).collect()).collect())
}

#[test]
fn a_query_for_an_mdoc_read_is_the_query_written() {
    let query = read(|_| {}).expect("a valid query");
    assert_eq!(query.to_value(), licence());
    assert_eq!(query.credentials[0].format, Format::Mdoc { doctype: DOCTYPE.into() });
    let intents: Vec<bool> = query.credentials[0].claims.iter().map(|claim| claim.intent_to_retain).collect();
    assert_eq!(intents, [true, false]);
}

#[test]
fn elements_are_found_by_namespace_and_name() {
    let expected = vec![vec![json!(["org.iso.18013.5.1", "family_name"]), json!(["org.iso.18013.5.1", "age_over_18"])]];
    assert_eq!(reveals(|_| {}), Ok(expected));
}

#[test]
fn an_element_of_another_value_does_not_fit() {
    assert_eq!(reveals(|q| q["claims"][1]["values"] = json!([false])), Err(NothingFits));
    assert_eq!(reveals(|q| q["claims"][1]["values"] = json!(["true"])), Err(NothingFits));
}

#[test]
fn an_element_of_another_namespace_does_not_fit() {
    let path = json!(["org.iso.18013.5.1.JP", "family_name"]);
    assert_eq!(reveals(|q| q["claims"][0]["path"] = path), Err(NothingFits));
}

#[test]
fn without_claims_no_element_is_revealed() {
    let without = |q: &mut Value| drop(q.as_object_mut().and_then(|object| object.remove("claims")));
    assert_eq!(reveals(without), Ok(vec![vec![]]));
}

#[test]
fn claim_sets_of_an_mdoc_keep_their_order() {
    let revealed = reveals(|q| q["claim_sets"] = json!([["old"], ["name", "old"]])).expect("both can be met");
    assert_eq!(revealed.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_document_of_another_type_does_not_fit() {
    let other = |q: &mut Value| q["meta"]["doctype_value"] = "org.iso.23220.photoid.1".into();
    assert_eq!(reveals(other), Err(NothingFits));
}

#[test]
fn a_card_of_the_other_format_does_not_fit() {
    let (namespaces, query) = (elements(), read(|_| {}).expect("a valid query"));
    let sd_jwt = Content::SdJwtVc { vct: DOCTYPE, claims: &namespaces };
    assert_eq!(query.find(&[HeldCard { content: sd_jwt, ..held(&namespaces) }]), Err(NothingFits));
    let mut json_query = value();
    json_query["credentials"][0]["meta"]["vct_values"] = json!([DOCTYPE]);
    let query = Query::from_value(&json_query).expect("a valid query");
    assert_eq!(query.find(&[held(&namespaces)]), Err(NothingFits));
}

#[test]
fn an_mdoc_of_a_believed_authority_fits() {
    let query = read(|q| q["trusted_authorities"] = json!([{ "type": "aki", "values": ["AQID"] }])).expect("valid");
    let (namespaces, keys) = (elements(), [vec![1, 2, 3]]);
    assert!(query.find(&[HeldCard { authority_keys: &keys, ..held(&namespaces) }]).is_ok());
    assert_eq!(query.find(&[held(&namespaces)]), Err(NothingFits));
}

macro_rules! refuses {
    ($($name:ident: $change:expr => $error:expr;)*) => {
        $(#[test]
        fn $name() {
            assert_eq!(read($change).expect_err("the query must be refused"), $error);
        })*
    };
}

refuses! {
    an_mdoc_without_document_type_is_refused: |q| q["meta"] = json!({}) => QueryError::Missing("doctype_value");
    an_empty_document_type_is_refused:
        |q| q["meta"]["doctype_value"] = "".into() => QueryError::Empty("doctype_value");
    a_list_of_document_types_is_refused:
        |q| q["meta"]["doctype_value"] = json!([DOCTYPE]) => QueryError::WrongType("doctype_value");
    a_path_of_one_name_is_refused:
        |q| q["claims"][0]["path"] = json!(["org.iso.18013.5.1"]) => QueryError::BadMdocPath;
    a_path_of_three_names_is_refused: |q| q["claims"][0]["path"] = json!(["a", "b", "c"]) => QueryError::BadMdocPath;
    a_path_with_an_index_is_refused: |q| q["claims"][0]["path"] = json!(["a", 1]) => QueryError::BadMdocPath;
    a_path_with_a_wildcard_is_refused: |q| q["claims"][0]["path"] = json!(["a", null]) => QueryError::BadMdocPath;
    a_path_that_is_no_array_is_refused: |q| q["claims"][0]["path"] = "a.b".into() => QueryError::BadMdocPath;
    an_intent_that_is_text_is_refused:
        |q| q["claims"][0]["intent_to_retain"] = "true".into() => QueryError::WrongType("intent_to_retain");
}

#[test]
fn an_intent_to_retain_means_nothing_in_other_formats() {
    let mut query = value();
    query["credentials"][0]["claims"][0]["intent_to_retain"] = "sprinkled".into();
    assert_eq!(Query::from_value(&query), Query::from_value(&value()));
}

#[test]
fn a_device_response_travels_as_base64url_in_an_array() {
    let mut token = VpToken::default();
    token.add_device_response("licence", &[0xa2, 0xff]);
    assert_eq!(token.to_value(), json!({ "licence": ["ov8"] }));
    assert_eq!(token.check(&read(|_| {}).expect("valid")), Ok(()));
    assert_eq!(token.device_responses("licence"), Ok(vec![vec![0xa2, 0xff]]));
    assert!(!token.is_empty() && VpToken::default().is_empty());
}

#[test]
fn a_device_response_in_another_alphabet_is_refused() {
    let token = VpToken::single("licence", "o+8=");
    assert_eq!(token.check(&read(|_| {}).expect("valid")), Err(AnswerError::NotBase64Url("licence".into())));
}

#[test]
fn two_device_responses_are_fine_only_where_several_were_asked() {
    let mut token = VpToken::default();
    token.add_device_response("licence", &[1]);
    token.add_device_response("licence", &[2]);
    assert_eq!(token.check(&read(|_| {}).expect("valid")), Err(AnswerError::MoreThanOne("licence".into())));
    assert_eq!(token.check(&read(|q| q["multiple"] = true.into()).expect("valid")), Ok(()));
}
