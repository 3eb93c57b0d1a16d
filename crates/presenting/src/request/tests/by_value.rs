//! Requests in the link itself, by askers known by their address alone.

use super::*;

const ADDRESS: &str = "https://hotel.example/vp/responses/1";

fn good() -> Url {
    let (query, uri) = (query(), response_uri());
    let key = response_key().public_jwk(KID);
    let wallet = Url::parse("openid4vp://").expect("a scheme");
    spec(&query, &uri, AnswerBy::DirectPostJwt(&key)).to_unsigned_link(&wallet)
}

/// The link after a parameter was set; `None` leaves it out.
fn with(name: &str, value: Option<&str>) -> String {
    let mut url = good();
    let kept: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(known, _)| known != name).collect();
    url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(value.map(|value| (name, value)));
    url.to_string()
}

fn invitation(link: &str) -> Result<Invitation, LinkError> {
    Invitation::parse(link, UriPolicy::Https, &ClientIdPrefix::ALL)
}

fn verified(link: &str) -> Result<VerifiedRequest, Refused> {
    let Ok(Invitation::ByValue(request)) = invitation(link) else { panic!("a request in the link") };
    let accepting = Accepting { prefixes: &ClientIdPrefix::ALL, ..Accepting::haip(&[]) };
    request.verify(&accepting, UriPolicy::Https, NOW)
}

fn refused(link: &str) -> RequestError {
    verified(link).expect_err("the request must be refused").error
}

#[test]
fn a_request_in_the_link_is_read() {
    let request = verified(good().as_str()).expect("the request is fine");
    assert_eq!(request.client_id, format!("redirect_uri:{ADDRESS}"));
    assert_eq!((request.organisation.as_str(), request.query), ("hotel.example", query()));
    assert_eq!((request.state.as_deref(), request.response_uri), (Some(STATE), response_uri()));
    assert!(matches!(request.response, ResponseWay::Encrypted { enc: Enc::A256Gcm, .. }));
}

#[test]
fn the_address_may_be_left_out() {
    assert_eq!(verified(&with("response_uri", None)).expect("it is in the identifier").response_uri, response_uri());
}

#[test]
fn a_link_to_a_request_elsewhere_is_told_apart() {
    let link = hotel().link(FetchMethod::Post);
    let url = link.to_url(&Url::parse("openid4vp://").expect("a scheme"));
    assert_eq!(invitation(url.as_str()), Ok(Invitation::ByReference(link)));
}

#[test]
fn under_haip_a_request_in_the_link_is_refused() {
    let refused = Invitation::parse(good().as_str(), UriPolicy::Https, &[ClientIdPrefix::X509Hash]);
    let not_accepted = ClientIdError::NotAccepted(ClientIdPrefix::RedirectUri);
    assert_eq!(refused, Err(LinkError::UnsupportedPrefix(not_accepted)));
}

#[test]
fn an_address_other_than_the_identifier_is_refused() {
    let refused = refused(&with("response_uri", Some("https://hotel.example/vp/responses/2")));
    assert_eq!((refused.code(), refused), ("invalid_request", RequestError::ForeignResponseUri));
}

#[test]
fn an_identifier_that_is_no_https_address_is_refused() {
    let link = with("client_id", Some("redirect_uri:http://hotel.example/vp"));
    let link = link.replace("response_uri=", "ignored=");
    assert_eq!(refused(&link), RequestError::UnsafeResponseUri);
}

#[test]
fn an_asker_who_must_sign_may_not_ask_in_the_link() {
    for client_id in ["x509_hash:abc", "x509_san_dns:hotel.example", "verifier_attestation:hotel.example"] {
        assert_eq!(invitation(&with("client_id", Some(client_id))), Err(LinkError::Unsigned), "{client_id}");
    }
}

#[test]
fn a_redirect_address_with_direct_post_is_refused() {
    let refused = refused(&with("redirect_uri", Some(ADDRESS)));
    assert_eq!((refused.code(), refused), ("invalid_request", RequestError::RedirectUriWithDirectPost));
}

#[test]
fn a_fetch_method_without_a_place_to_fetch_from_is_refused() {
    assert_eq!(invitation(&with("request_uri_method", Some("post"))), Err(LinkError::Missing("request_uri")));
}

#[test]
fn a_query_that_is_not_json_is_refused() {
    assert_eq!(invitation(&with("dcql_query", Some("{"))), Err(LinkError::NotJson("dcql_query")));
}

#[test]
fn a_query_that_is_text_is_refused() {
    let refused = refused(&with("dcql_query", Some("\"x\"")));
    assert_eq!(refused, RequestError::Query(crate::dcql::QueryError::WrongType("dcql_query")));
}

#[test]
fn a_parameter_twice_is_refused() {
    let link = format!("{}&nonce=another", good());
    assert_eq!(invitation(&link), Err(LinkError::Duplicate("nonce")));
}

#[test]
fn a_request_without_nonce_is_refused_and_reported() {
    let refused = verified(&with("nonce", None)).expect_err("the request must be refused");
    assert_eq!(refused.error, RequestError::Missing("nonce"));
    let report = Report { response_uri: response_uri(), state: Some(STATE.into()) };
    assert_eq!(refused.report, Some(Box::new(report)));
}

#[test]
fn the_fragment_mode_is_refused_in_the_link_too() {
    assert_eq!(refused(&with("response_mode", Some("fragment"))), RequestError::UnsupportedResponseMode);
    assert_eq!(refused(&with("response_mode", None)), RequestError::Missing("response_mode"));
}
