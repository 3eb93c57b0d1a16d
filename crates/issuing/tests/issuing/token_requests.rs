//! The token endpoint's reading: each malformed request has its error and changes nothing.

use mibun_issuing::error::Code;
use mibun_issuing::form::FormError;
use mibun_issuing::token::{self, BearerError, TokenRequestError, TokenResponse, TokenResponseError, TokenType};

use crate::desk::{Desk, Refused};

const GRANT: &str = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code";

/// Sends `form` to a desk with an open offer, where it must be refused without a trace.
fn refused(form: impl FnOnce(&str, &str) -> String) -> (TokenRequestError, Code) {
    let (mut desk, secrets) = Desk::open(true);
    let tx_code = secrets.tx_code.expect("a transaction code was asked for");
    let form = form(secrets.code.expose(), tx_code.expose());
    let refused = desk.token(&form).expect_err("the request must be refused");
    assert!(desk.is_untouched(), "a request that cannot be read must not change anything");
    let code = refused.code();
    let Refused::Request(refusal) = refused else { panic!("refused too late: {refused:?}") };
    (refusal, code)
}

#[test]
fn without_grant_type() {
    let refusal = refused(|code, tx| format!("pre-authorized_code={code}&tx_code={tx}"));
    assert_eq!(refusal, (TokenRequestError::MissingGrantType, Code::InvalidRequest));
}

#[test]
fn with_empty_grant_type() {
    let refusal = refused(|code, tx| format!("grant_type=&pre-authorized_code={code}&tx_code={tx}"));
    assert_eq!(refusal, (TokenRequestError::MissingGrantType, Code::InvalidRequest));
}

#[test]
fn with_grant_type_password() {
    let refusal = refused(|code, _| format!("grant_type=password&code={code}"));
    assert_eq!(refusal, (TokenRequestError::UnsupportedGrantType, Code::UnsupportedGrantType));
}

#[test]
fn with_grant_type_in_other_case() {
    let refusal = refused(|code, tx| {
        format!("{}&pre-authorized_code={code}&tx_code={tx}", GRANT.to_uppercase().replace("GRANT_TYPE", "grant_type"))
    });
    assert_eq!(refusal, (TokenRequestError::UnsupportedGrantType, Code::UnsupportedGrantType));
}

#[test]
fn without_code() {
    let refusal = refused(|_, tx| format!("{GRANT}&tx_code={tx}"));
    assert_eq!(refusal, (TokenRequestError::MissingCode("pre-authorized_code"), Code::InvalidRequest));
}

#[test]
fn with_empty_code() {
    let refusal = refused(|_, tx| format!("{GRANT}&pre-authorized_code=&tx_code={tx}"));
    assert_eq!(refusal, (TokenRequestError::MissingCode("pre-authorized_code"), Code::InvalidRequest));
}

#[test]
fn with_code_twice() {
    let refusal =
        refused(|code, tx| format!("{GRANT}&pre-authorized_code={code}&pre-authorized_code={code}&tx_code={tx}"));
    assert_eq!(refusal, (TokenRequestError::Form(FormError::Duplicate), Code::InvalidRequest));
}

#[test]
fn with_tx_code_twice() {
    let refusal = refused(|code, tx| format!("{GRANT}&pre-authorized_code={code}&tx_code=000000&tx_code={tx}"));
    assert_eq!(refusal, (TokenRequestError::Form(FormError::Duplicate), Code::InvalidRequest));
}

#[test]
fn with_parameter_twice_in_two_spellings() {
    let refusal = refused(|code, tx| format!("{GRANT}&pre-authorized_code={code}&tx_code=0&tx%5Fcode={tx}"));
    assert_eq!(refusal, (TokenRequestError::Form(FormError::Duplicate), Code::InvalidRequest));
}

#[test]
fn with_unknown_parameter_twice() {
    let refusal = refused(|code, tx| format!("{GRANT}&pre-authorized_code={code}&tx_code={tx}&x=1&x=1"));
    assert_eq!(refusal, (TokenRequestError::Form(FormError::Duplicate), Code::InvalidRequest));
}

#[test]
fn with_truncated_percent_sign() {
    let refusal = refused(|code, tx| format!("{GRANT}&pre-authorized_code={code}&tx_code={tx}&x=%4"));
    assert_eq!(refusal, (TokenRequestError::Form(FormError::Encoding), Code::InvalidRequest));
}

#[test]
fn with_bytes_that_are_not_utf8() {
    let refusal = refused(|code, tx| format!("{GRANT}&pre-authorized_code={code}&tx_code={tx}&x=%ff%fe"));
    assert_eq!(refusal, (TokenRequestError::Form(FormError::Encoding), Code::InvalidRequest));
}

#[test]
fn with_too_long_form() {
    let refusal =
        refused(|code, tx| format!("{GRANT}&pre-authorized_code={code}&tx_code={tx}&x={}", "x".repeat(20_000)));
    assert_eq!(refusal, (TokenRequestError::Form(FormError::TooLong), Code::InvalidRequest));
}

#[test]
fn with_too_many_parameters() {
    let strangers: String = (0..100).map(|number| format!("&x{number}=1")).collect();
    let refusal = refused(|code, tx| format!("{GRANT}&pre-authorized_code={code}&tx_code={tx}{strangers}"));
    assert_eq!(refusal, (TokenRequestError::Form(FormError::TooMany), Code::InvalidRequest));
}

#[test]
fn with_oversized_code() {
    let refusal = refused(|_, tx| format!("{GRANT}&pre-authorized_code={}&tx_code={tx}", "a".repeat(2000)));
    assert_eq!(refusal, (TokenRequestError::TooLong, Code::InvalidRequest));
}

#[test]
fn with_client_secret() {
    let refusal =
        refused(|code, tx| format!("{GRANT}&pre-authorized_code={code}&tx_code={tx}&client_id=a&client_secret=b"));
    assert_eq!(refusal, (TokenRequestError::ClientAuthentication, Code::InvalidClient));
}

#[test]
fn with_client_assertion() {
    let refusal =
        refused(|code, tx| format!("{GRANT}&pre-authorized_code={code}&tx_code={tx}&client_assertion=e30.e30.e30"));
    assert_eq!(refusal, (TokenRequestError::ClientAuthentication, Code::InvalidClient));
}

#[test]
fn with_json_in_place_of_a_form() {
    let refusal = refused(|code, _| format!(r#"{{"grant_type":"{GRANT}","pre-authorized_code":"{code}"}}"#));
    assert_eq!(refusal, (TokenRequestError::MissingGrantType, Code::InvalidRequest));
}

#[test]
fn unknown_parameters_and_a_bare_client_id_are_ignored() {
    let (mut desk, secrets) = Desk::open(true);
    let (code, tx_code) = (secrets.code, secrets.tx_code.expect("a transaction code was asked for"));
    let form = format!(
        "{GRANT}&pre-authorized_code={}&tx_code={}&client_id=some-wallet&zz%20top=%E8%BA%AB%E5%88%86",
        code.expose(),
        tx_code.expose()
    );
    let response = desk.token_response(&form).expect("the request is good");
    assert_eq!(response.expires_in, Some(300));
    assert_eq!(desk.grant.state(), "redeemed");
}

#[test]
fn bearer_without_authorization() {
    assert_eq!(token::presented(None), Err(BearerError::Missing));
}

#[test]
fn scheme_dpop_in_any_case() {
    let presented = token::presented(Some("dpop abc")).expect("schemes are compared without regard to case");
    assert_eq!((presented.kind, presented.token.expose()), (TokenType::Dpop, "abc"));
}

#[test]
fn bearer_of_scheme_basic() {
    assert_eq!(token::presented(Some("Basic YTpi")), Err(BearerError::Malformed));
}

#[test]
fn bearer_without_token() {
    assert_eq!(token::presented(Some("Bearer ")), Err(BearerError::Malformed));
}

#[test]
fn bearer_with_two_tokens() {
    assert_eq!(token::presented(Some("Bearer abc def")), Err(BearerError::Malformed));
}

#[test]
fn bearer_scheme_in_any_case() {
    let token = token::presented(Some("bEaReR abc")).expect("schemes are compared without regard to case");
    assert_eq!((token.kind, token.token.expose()), (TokenType::Bearer, "abc"));
}

#[test]
fn token_response_of_another_type() {
    let body = br#"{"access_token":"abc","token_type":"DPoP"}"#;
    assert_eq!(TokenResponse::parse(body, TokenType::Bearer), Err(TokenResponseError::TokenType));
}

#[test]
fn token_response_that_breaks_out_of_the_header() {
    let body = br#"{"access_token":"abc\r\nX-Evil: 1","token_type":"Bearer"}"#;
    assert_eq!(TokenResponse::parse(body, TokenType::Bearer), Err(TokenResponseError::Malformed));
}

#[test]
fn token_response_with_a_member_twice() {
    let body = br#"{"access_token":"abc","access_token":"abd","token_type":"Bearer"}"#;
    assert_eq!(TokenResponse::parse(body, TokenType::Bearer), Err(TokenResponseError::Malformed));
}

#[test]
fn token_response_without_expires_in_and_in_odd_case() {
    let response = TokenResponse::parse(br#"{"access_token":"abc","token_type":"bEARER","zz":1}"#, TokenType::Bearer)
        .expect("tolerated");
    assert_eq!((response.access_token.expose(), response.expires_in), ("abc", None));
}
