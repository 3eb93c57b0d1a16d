use super::*;

fn refusal(change: impl FnOnce(&mut Value)) -> QueryError {
    let mut query = value();
    change(&mut query);
    Query::from_value(&query).expect_err("the query must be refused")
}

fn card(query: &mut Value) -> &mut Value {
    &mut query["credentials"][0]
}

fn drop_from(value: &mut Value, member: &str) {
    value.as_object_mut().and_then(|object| object.remove(member)).expect("the member was there");
}

#[test]
fn defaults_are_those_of_the_protocol() {
    let query = Query::from_value(&value()).expect("a valid query");
    let card = query.credential("card").expect("it was asked");
    assert!(!card.multiple && card.holder_binding);
    assert!(card.claim_sets.is_empty() && card.trusted_authorities.is_empty());
}

#[test]
fn a_query_read_is_the_query_written() {
    let mut all = value();
    card(&mut all)["multiple"] = true.into();
    card(&mut all)["require_cryptographic_holder_binding"] = false.into();
    card(&mut all)["trusted_authorities"] = json!([
        { "type": "aki", "values": ["AQID"] },
        { "type": "etsi_tl", "values": ["https://lotl.example"] },
    ]);
    card(&mut all)["claim_sets"] = json!([["a", "b"], ["c"]]);
    card(&mut all)["claims"][0]["values"] = json!(["Doe", 7, true]);
    all["credential_sets"] = json!([{ "options": [["card"]], "required": false }]);
    assert_eq!(Query::from_value(&all).expect("a valid query").to_value(), all);
}

#[test]
fn unknown_members_are_ignored() {
    let mut query = value();
    query["sprinkled"] = 1.into();
    card(&mut query)["sprinkled"] = 1.into();
    card(&mut query)["claims"][0]["sprinkled"] = 1.into();
    assert_eq!(Query::from_value(&query), Query::from_value(&value()));
}

macro_rules! refuses {
    ($($name:ident: $change:expr => $error:expr;)*) => {
        $(#[test]
        fn $name() {
            assert_eq!(refusal($change), $error);
        })*
    };
}

refuses! {
    a_query_that_is_no_object_is_refused: |q| *q = json!([]) => QueryError::WrongType("dcql_query");
    a_query_without_credentials_is_refused: |q| drop_from(q, "credentials") => QueryError::Missing("credentials");
    a_query_for_nothing_is_refused: |q| q["credentials"] = json!([]) => QueryError::Empty("credentials");
    credentials_as_object_are_refused: |q| q["credentials"] = json!({}) => QueryError::WrongType("credentials");
    a_credential_that_is_text_is_refused: |q| *card(q) = "card".into() => QueryError::WrongType("credentials");
    a_credential_without_id_is_refused: |q| drop_from(card(q), "id") => QueryError::Missing("id");
    an_empty_id_is_refused: |q| card(q)["id"] = "".into() => QueryError::BadId("id");
    an_id_with_a_dot_is_refused: |q| card(q)["id"] = "a.b".into() => QueryError::BadId("id");
    an_id_in_other_script_is_refused: |q| card(q)["id"] = "カード".into() => QueryError::BadId("id");
    two_credentials_with_one_id_are_refused: |q| {
        let twin = card(q).clone();
        q["credentials"] = json!([twin.clone(), twin]);
    } => QueryError::DuplicateId("card".into());
    a_credential_without_format_is_refused: |q| drop_from(card(q), "format") => QueryError::Missing("format");
    a_credential_without_meta_is_refused: |q| drop_from(card(q), "meta") => QueryError::Missing("meta");
    a_credential_without_types_is_refused: |q| card(q)["meta"] = json!({}) => QueryError::Missing("vct_values");
    an_empty_list_of_types_is_refused:
        |q| card(q)["meta"]["vct_values"] = json!([]) => QueryError::Empty("vct_values");
    a_type_that_is_a_number_is_refused:
        |q| card(q)["meta"]["vct_values"] = json!([1]) => QueryError::WrongType("vct_values");
    multiple_as_text_is_refused: |q| card(q)["multiple"] = "true".into() => QueryError::WrongType("multiple");
    binding_as_text_is_refused: |q| card(q)["require_cryptographic_holder_binding"] = "no".into()
        => QueryError::WrongType("require_cryptographic_holder_binding");
    empty_claims_are_refused: |q| card(q)["claims"] = json!([]) => QueryError::Empty("claims");
    a_claim_without_path_is_refused: |q| drop_from(&mut card(q)["claims"][0], "path") => QueryError::Missing("path");
    an_empty_path_is_refused: |q| card(q)["claims"][0]["path"] = json!([]) => QueryError::BadPath;
    a_path_that_is_text_is_refused: |q| card(q)["claims"][0]["path"] = "family_name".into() => QueryError::BadPath;
    a_negative_index_is_refused: |q| card(q)["claims"][0]["path"] = json!(["x", -1]) => QueryError::BadPath;
    a_fractional_index_is_refused: |q| card(q)["claims"][0]["path"] = json!(["x", 1.5]) => QueryError::BadPath;
    a_path_with_a_flag_is_refused: |q| card(q)["claims"][0]["path"] = json!(["x", true]) => QueryError::BadPath;
    empty_values_are_refused: |q| card(q)["claims"][0]["values"] = json!([]) => QueryError::Empty("values");
    a_value_that_is_an_object_is_refused: |q| card(q)["claims"][0]["values"] = json!([{}]) => QueryError::BadValue;
    a_value_that_is_a_fraction_is_refused: |q| card(q)["claims"][0]["values"] = json!([1.5]) => QueryError::BadValue;
    a_value_that_is_null_is_refused: |q| card(q)["claims"][0]["values"] = json!([null]) => QueryError::BadValue;
    two_claims_with_one_id_are_refused:
        |q| card(q)["claims"][1]["id"] = "a".into() => QueryError::DuplicateId("a".into());
    claim_sets_without_claims_are_refused: |q| {
        drop_from(card(q), "claims");
        card(q)["claim_sets"] = json!([["a"]]);
    } => QueryError::ClaimSetsWithoutClaims;
    claim_sets_over_nameless_claims_are_refused: |q| {
        drop_from(&mut card(q)["claims"][1], "id");
        card(q)["claim_sets"] = json!([["a"]]);
    } => QueryError::ClaimWithoutId;
    a_claim_set_with_a_stranger_is_refused:
        |q| card(q)["claim_sets"] = json!([["a", "z"]]) => QueryError::UnknownClaim("z".into());
    an_empty_claim_set_is_refused: |q| card(q)["claim_sets"] = json!([[]]) => QueryError::Empty("claim_sets");
    no_claim_set_at_all_is_refused: |q| card(q)["claim_sets"] = json!([]) => QueryError::Empty("claim_sets");
    empty_credential_sets_are_refused: |q| q["credential_sets"] = json!([]) => QueryError::Empty("credential_sets");
    a_credential_set_without_options_is_refused:
        |q| q["credential_sets"] = json!([{}]) => QueryError::Missing("options");
    a_credential_set_with_an_empty_option_is_refused:
        |q| q["credential_sets"] = json!([{ "options": [[]] }]) => QueryError::Empty("options");
    a_credential_set_with_a_stranger_is_refused: |q| q["credential_sets"] = json!([{ "options": [["passport"]] }])
        => QueryError::UnknownCredential("passport".into());
    required_as_text_is_refused: |q| q["credential_sets"] = json!([{ "options": [["card"]], "required": "yes" }])
        => QueryError::WrongType("required");
    an_authority_without_type_is_refused:
        |q| card(q)["trusted_authorities"] = json!([{ "values": ["AQID"] }]) => QueryError::Missing("type");
    an_authority_without_values_is_refused:
        |q| card(q)["trusted_authorities"] = json!([{ "type": "aki", "values": [] }]) => QueryError::Empty("values");
    an_authority_key_that_is_not_base64url_is_refused:
        |q| card(q)["trusted_authorities"] = json!([{ "type": "aki", "values": ["a+/="] }])
        => QueryError::BadKeyIdentifier;
    a_path_longer_than_sixteen_steps_is_refused:
        |q| card(q)["claims"][0]["path"] = json!(vec!["x"; 17]) => QueryError::BadPath;
    a_format_that_is_a_number_is_refused: |q| card(q)["format"] = 1.into() => QueryError::WrongType("format");
    meta_as_text_is_refused: |q| card(q)["meta"] = "x".into() => QueryError::WrongType("meta");
    trusted_authorities_as_object_are_refused:
        |q| card(q)["trusted_authorities"] = json!({}) => QueryError::WrongType("trusted_authorities");
    an_authority_with_a_number_is_refused:
        |q| card(q)["trusted_authorities"] = json!([{ "type": "aki", "values": [1] }]) => QueryError::WrongType("values");
    an_option_with_a_number_is_refused:
        |q| q["credential_sets"] = json!([{ "options": [[1]] }]) => QueryError::WrongType("options");
    options_as_text_are_refused: |q| q["credential_sets"] = json!([{ "options": "card" }])
        => QueryError::WrongType("options");
    an_option_that_is_text_is_refused: |q| q["credential_sets"] = json!([{ "options": ["card"] }])
        => QueryError::WrongType("options");
    a_claim_id_with_a_dot_is_refused: |q| card(q)["claims"][0]["id"] = "a.b".into() => QueryError::BadId("claims.id");
}
