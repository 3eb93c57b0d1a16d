use mibun_crypto::base64url;

use super::*;
use crate::form;

const CLIENT: &str = "https://wallet.example";
const ISSUER: &str = "https://id.example";
const KNOWN: [&str; 2] = ["mibun_card", "mibun_card_mdoc"];

fn key(byte: u8) -> Thumbprint {
    Thumbprint::parse(&base64url::encode(&[byte; 32])).expect("32 bytes")
}

fn terms(proven: Option<Thumbprint>) -> Terms<'static> {
    Terms { client: CLIENT, proven, configurations: &KNOWN, transport: Transport::Https, registered: None }
}

/// A good request, with parameters replaced, added, or left out where the value is empty.
fn request(changes: &[(&str, &str)]) -> String {
    let mut parameters = vec![
        ("client_id", CLIENT),
        ("response_type", "code"),
        ("redirect_uri", "https://wallet.example/back?a=b"),
        ("state", "a state"),
        ("scope", "mibun_card"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        parameters.retain(|(known, _)| known != name);
        parameters.push((name, value));
    }
    form::encode(&parameters)
}

fn read(changes: &[(&str, &str)]) -> Result<AuthorizationRequest, AuthorizationError> {
    AuthorizationRequest::parse(request(changes).as_bytes(), &terms(None))
}

fn refused(changes: &[(&str, &str)]) -> (AuthorizationError, Code) {
    let refusal = read(changes).expect_err("it must be refused");
    (refusal, refusal.code())
}

#[test]
fn a_good_request_is_read_and_strangers_are_ignored() {
    let request =
        read(&[("zz_unknown", "x"), ("issuer_state", "offer"), ("scope", "openid mibun_card")]).expect("good");
    assert_eq!(request.client, CLIENT);
    assert_eq!(request.wanted, Wanted { configurations: vec!["mibun_card".to_owned()], identifiers: false });
    assert_eq!((request.state.as_deref(), request.offer.as_deref()), (Some("a state"), Some("offer")));
    assert_eq!(request.key, None);
}

#[test]
fn two_scopes_ask_for_two_cards() {
    let request = read(&[("scope", "mibun_card mibun_card_mdoc mibun_card")]).expect("good");
    assert_eq!(request.wanted.configurations, KNOWN);
}

#[test]
fn request_uri_in_a_pushed_request() {
    assert_eq!(refused(&[("request_uri", "urn:x")]), (AuthorizationError::RequestUri, Code::InvalidRequest));
}

#[test]
fn a_request_object() {
    assert_eq!(refused(&[("request", "e30.e30.")]), (AuthorizationError::RequestObject, Code::RequestNotSupported));
}

#[test]
fn a_parameter_twice() {
    let body = format!("{}&state=other", request(&[]));
    let refusal = AuthorizationRequest::parse(body.as_bytes(), &terms(None));
    assert_eq!(refusal, Err(AuthorizationError::Form(FormError::Duplicate)));
}

#[test]
fn without_client() {
    assert_eq!(refused(&[("client_id", "")]), (AuthorizationError::Client, Code::InvalidRequest));
}

#[test]
fn another_client_than_the_one_that_proved_itself() {
    let other = refused(&[("client_id", "https://other.example")]);
    assert_eq!(other, (AuthorizationError::OtherClient, Code::InvalidClient));
}

#[test]
fn without_response_type() {
    assert_eq!(refused(&[("response_type", "")]), (AuthorizationError::MissingResponseType, Code::InvalidRequest));
}

#[test]
fn response_types_with_tokens() {
    for kind in ["token", "code id_token", "code token", "id_token", "none"] {
        let refusal = refused(&[("response_type", kind)]);
        assert_eq!(refusal, (AuthorizationError::ResponseType, Code::UnsupportedResponseType));
    }
}

#[test]
fn response_modes_with_fragments() {
    for mode in ["fragment", "form_post"] {
        assert_eq!(refused(&[("response_mode", mode)]), (AuthorizationError::ResponseMode, Code::InvalidRequest));
    }
}

#[test]
fn without_redirect_uri() {
    assert_eq!(refused(&[("redirect_uri", "")]), (AuthorizationError::MissingRedirect, Code::InvalidRequest));
}

#[test]
fn redirects_that_reach_no_wallet() {
    let long = format!("https://wallet.example/{}", "x".repeat(1024));
    let bad = [
        "back",
        "//wallet.example/",
        "http://wallet.example/",
        "https://wallet.example/#x",
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:a@b.example",
        "intent://x",
        "https://a;sandbox/",
        "https://*/",
        "https://user:pw@wallet.example/",
        "FILE:///etc/passwd",
        &long,
    ];
    for uri in bad {
        assert_eq!(refused(&[("redirect_uri", uri)]), (AuthorizationError::Redirect, Code::InvalidRequest), "{uri}");
    }
}

#[test]
fn schemes_of_apps_are_taken() {
    for uri in ["eudi-openid4ci://authorize", "org.example.wallet:/back"] {
        assert_eq!(read(&[("redirect_uri", uri)]).expect("good").redirect_uri, uri);
    }
}

#[test]
fn a_long_state_works_and_a_longer_one_is_refused() {
    let state = "s".repeat(MAX_STATE);
    assert_eq!(read(&[("state", &state)]).expect("good").state.as_deref(), Some(state.as_str()));
    let longer = "s".repeat(MAX_STATE + 1);
    assert_eq!(refused(&[("state", &longer)]), (AuthorizationError::State, Code::InvalidRequest));
}

#[test]
fn a_long_issuer_state_is_refused() {
    let long = "s".repeat(257);
    assert_eq!(refused(&[("issuer_state", &long)]), (AuthorizationError::IssuerState, Code::InvalidRequest));
}

#[test]
fn without_pkce() {
    let refusal = refused(&[("code_challenge", "")]);
    assert_eq!(refusal, (AuthorizationError::Challenge(ChallengeError::Missing), Code::InvalidRequest));
}

#[test]
fn plain_pkce() {
    let refusal = refused(&[("code_challenge_method", "plain")]);
    assert_eq!(refusal, (AuthorizationError::Challenge(ChallengeError::Method), Code::InvalidRequest));
}

#[test]
fn dpop_jkt_that_is_no_thumbprint() {
    assert_eq!(refused(&[("dpop_jkt", "short")]), (AuthorizationError::Key, Code::InvalidRequest));
}

#[test]
fn dpop_jkt_or_the_proof_binds_the_code_and_they_must_agree() {
    let named = key(1).to_string();
    assert_eq!(read(&[("dpop_jkt", &named)]).expect("good").key, Some(key(1)));
    let parse =
        |changes: &[(&str, &str)], proven| AuthorizationRequest::parse(request(changes).as_bytes(), &terms(proven));
    assert_eq!(parse(&[], Some(key(2))).expect("good").key, Some(key(2)));
    assert_eq!(parse(&[("dpop_jkt", &named)], Some(key(1))).expect("good").key, Some(key(1)));
    let refusal = parse(&[("dpop_jkt", &named)], Some(key(2))).expect_err("they differ");
    assert_eq!((refusal, refusal.code()), (AuthorizationError::OtherKey, Code::InvalidDpopProof));
}

#[test]
fn no_scope_or_none_of_ours() {
    for scope in ["", "openid profile", "mibun_card_x"] {
        assert_eq!(refused(&[("scope", scope)]), (AuthorizationError::Scope, Code::InvalidScope));
    }
}

#[test]
fn authorization_details_ask_by_identifier() {
    let details = r#"[{"type":"openid_credential","credential_configuration_id":"mibun_card_mdoc","x":1}]"#;
    let request = read(&[("authorization_details", details), ("scope", "")]).expect("good");
    assert_eq!(request.wanted, Wanted { configurations: vec!["mibun_card_mdoc".to_owned()], identifiers: true });
}

#[test]
fn authorization_details_that_are_none() {
    let bad = [
        "{}",
        "[]",
        "[1]",
        "not json",
        r#"[{"type":"other","credential_configuration_id":"mibun_card"}]"#,
        r#"[{"type":"openid_credential","credential_configuration_id":"unknown"}]"#,
        r#"[{"type":"openid_credential"}]"#,
        r#"[{"type":"openid_credential","credential_configuration_id":"mibun_card"},{"type":"openid_credential","credential_configuration_id":"mibun_card"}]"#,
        r#"[{"type":"openid_credential","type":"x","credential_configuration_id":"mibun_card"}]"#,
    ];
    for details in bad {
        let refusal = refused(&[("authorization_details", details)]);
        assert_eq!(refusal, (AuthorizationError::Details, Code::InvalidAuthorizationDetails), "{details}");
    }
}

#[test]
fn the_answer_says_whose_it_is_and_repeats_the_state() {
    let request = read(&[]).expect("good");
    let address = request.granted(ISSUER, "the code");
    assert_eq!(address, "https://wallet.example/back?a=b&code=the+code&state=a+state&iss=https%3A%2F%2Fid.example");
    let address = request.refused(ISSUER, Code::AccessDenied);
    assert!(address.ends_with("&error=access_denied&state=a+state&iss=https%3A%2F%2Fid.example"), "{address}");
}

#[test]
fn no_state_is_sent_back_where_none_was_sent() {
    let address = read(&[("state", "")]).expect("good").granted(ISSUER, "c");
    assert!(!address.contains("state"), "{address}");
}

#[test]
fn a_registered_address_is_the_only_one() {
    const OWN: &str = "https://id.example/wallet/";
    let terms = Terms { registered: Some(OWN), ..terms(None) };
    let read = |address: &str| {
        let request = request(&[("redirect_uri", address)]);
        AuthorizationRequest::parse(request.as_bytes(), &terms).map(|request| request.redirect_uri)
    };
    assert_eq!(read(OWN), Ok(OWN.to_owned()));
    assert_eq!(read(""), Err(AuthorizationError::MissingRedirect));
    let others = [
        "https://id.example/wallet",
        "https://id.example/wallet/?a=b",
        "https://id.example/wallet/#a",
        "https://id.example/wallet/../wallet/",
        "https://id.example:443/wallet/",
        "https://ID.example/wallet/",
        "https://id.example/",
        "http://id.example/wallet/",
        "https://wallet.example/back?a=b",
        "mibun:/wallet/",
    ];
    for other in others {
        assert_eq!(read(other), Err(AuthorizationError::OtherRedirect), "{other}");
    }
    assert_eq!(AuthorizationError::OtherRedirect.code(), Code::InvalidRequest);
}
