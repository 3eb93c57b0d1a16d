use mibun_crypto::json::{JsonError, Limits};

use super::*;

fn token(answers: &[(&str, &[&str])]) -> VpToken {
    let value: Map<String, Value> = answers.iter().map(|(id, all)| ((*id).to_owned(), json!(all))).collect();
    VpToken::from_value(&Value::Object(value)).expect("a valid token")
}

fn check(query: &Query, answers: &[(&str, &[&str])]) -> Result<(), AnswerError> {
    token(answers).check(query)
}

fn parse(text: &str) -> AnswerError {
    VpToken::parse(text, &Limits::default()).expect_err("the token must be refused")
}

#[test]
fn one_presentation_for_one_credential_is_fine() {
    assert_eq!(check(&query_for(&["card"], Value::Null), &[("card", &["a~"])]), Ok(()));
}

#[test]
fn a_token_read_is_the_token_written() {
    let token = token(&[("a", &["x~", "y~"]), ("b", &["z~"])]);
    assert_eq!(VpToken::parse(&token.to_value().to_string(), &Limits::default()), Ok(token));
}

#[test]
fn an_unasked_credential_is_refused() {
    let answers: &[(&str, &[&str])] = &[("card", &["a~"]), ("passport", &["b~"])];
    assert_eq!(check(&query_for(&["card"], Value::Null), answers), Err(AnswerError::NotAsked("passport".into())));
}

#[test]
fn an_empty_list_of_presentations_is_refused() {
    let refused = check(&query_for(&["card"], Value::Null), &[("card", &[])]);
    assert_eq!(refused, Err(AnswerError::NoPresentation("card".into())));
}

#[test]
fn two_presentations_for_one_credential_are_refused() {
    let refused = check(&query_for(&["card"], Value::Null), &[("card", &["a~", "b~"])]);
    assert_eq!(refused, Err(AnswerError::MoreThanOne("card".into())));
}

#[test]
fn two_presentations_are_fine_where_several_were_asked() {
    let mut query = query_for(&["card"], Value::Null);
    query.credentials[0].multiple = true;
    assert_eq!(check(&query, &[("card", &["a~", "b~"])]), Ok(()));
}

#[test]
fn a_missing_credential_is_refused() {
    assert_eq!(check(&query_for(&["a", "b"], Value::Null), &[("a", &["x~"])]), Err(AnswerError::Incomplete));
}

#[test]
fn an_empty_token_is_refused() {
    assert_eq!(check(&query_for(&["a"], Value::Null), &[]), Err(AnswerError::Incomplete));
}

#[test]
fn an_empty_token_is_refused_even_when_all_is_optional() {
    let query = query_for(&["a"], json!([{ "options": [["a"]], "required": false }]));
    assert_eq!(check(&query, &[]), Err(AnswerError::Incomplete));
}

#[test]
fn a_second_option_is_fine() {
    let query = query_for(&["a", "b"], json!([{ "options": [["a"], ["b"]] }]));
    assert_eq!(check(&query, &[("b", &["x~"])]), Ok(()));
}

#[test]
fn half_an_option_is_refused() {
    let query = query_for(&["a", "b"], json!([{ "options": [["a", "b"]] }]));
    assert_eq!(check(&query, &[("a", &["x~"])]), Err(AnswerError::Incomplete));
}

#[test]
fn a_credential_of_a_half_met_option_is_stray() {
    let query = query_for(&["a", "b", "c"], json!([{ "options": [["a"], ["b", "c"]] }]));
    assert_eq!(check(&query, &[("a", &["x~"]), ("b", &["y~"])]), Err(AnswerError::Stray("b".into())));
}

#[test]
fn an_optional_credential_may_be_left_out() {
    let sets = json!([{ "options": [["a"]] }, { "options": [["b"]], "required": false }]);
    assert_eq!(check(&query_for(&["a", "b"], sets), &[("a", &["x~"])]), Ok(()));
}

#[test]
fn a_token_that_is_a_bare_presentation_is_refused() {
    assert_eq!(parse("\"eyJ...~\""), AnswerError::NotAnObject);
}

#[test]
fn a_presentation_outside_an_array_is_refused() {
    assert_eq!(parse(r#"{"card":"eyJ...~"}"#), AnswerError::NotAnArray);
}

#[test]
fn a_presentation_that_is_an_object_is_refused() {
    assert_eq!(parse(r#"{"card":[{}]}"#), AnswerError::NotAnArray);
}

#[test]
fn a_credential_answered_twice_is_refused() {
    assert_eq!(parse(r#"{"card":["a~"],"card":["b~"]}"#), AnswerError::Json(JsonError::DuplicateMember));
}

#[test]
fn an_oversized_token_is_refused() {
    let huge = format!(r#"{{"card":["{}"]}}"#, "a".repeat(300 * 1024));
    assert_eq!(parse(&huge), AnswerError::Json(JsonError::TooLong));
}

#[test]
fn a_token_does_not_print_its_presentations() {
    assert_eq!(format!("{:?}", token(&[("card", &["secret~"])])), r#"{"card": "1 [redacted]"}"#);
}
