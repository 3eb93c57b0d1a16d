//! The link that starts it all.

use super::*;

const GOOD: &str = "openid4vp://?client_id=x509_hash%3Aabc&request_uri=https%3A%2F%2Fhotel.example%2Fr%2F1";

fn refusal(link: &str) -> LinkError {
    RequestLink::parse(link, UriPolicy::Https).expect_err("the link must be refused")
}

#[test]
fn a_link_is_read() {
    let link = RequestLink::parse(GOOD, UriPolicy::Https).expect("a good link");
    assert_eq!(link.client_id, "x509_hash:abc");
    assert_eq!(link.request_uri.as_str(), "https://hotel.example/r/1");
    assert_eq!(link.method, FetchMethod::Get);
}

#[test]
fn order_and_unknown_parameters_do_not_matter() {
    let link = "haip-vp://x?request_uri_method=post&z=1&request_uri=https://hotel.example/r/1&client_id=x509_hash:abc";
    assert_eq!(RequestLink::parse(link, UriPolicy::Https).expect("a good link").method, FetchMethod::Post);
}

#[test]
fn a_link_written_is_the_link_read() {
    let link = hotel().link(FetchMethod::Post);
    for wallet in ["openid4vp://", "haip-vp://", "https://wallet.example/wallet/"] {
        let url = link.to_url(&Url::parse(wallet).expect("a valid address"));
        assert_eq!(RequestLink::parse(url.as_str(), UriPolicy::Https).as_ref(), Ok(&link), "{url}");
    }
}

#[test]
fn loopback_is_fine_in_development_only() {
    let link = "openid4vp://?client_id=x509_hash:abc&request_uri=http://127.0.0.1:8080/r/1";
    assert!(RequestLink::parse(link, UriPolicy::HttpsOrLoopback).is_ok());
    assert_eq!(refusal(link), LinkError::UnsafeRequestUri);
}

#[test]
fn http_elsewhere_is_refused_even_in_development() {
    let link = "openid4vp://?client_id=x509_hash:abc&request_uri=http://10.0.0.1/r/1";
    let refused = RequestLink::parse(link, UriPolicy::HttpsOrLoopback).expect_err("not this machine");
    assert_eq!(refused, LinkError::UnsafeRequestUri);
}

#[test]
fn a_host_that_only_begins_like_loopback_is_refused() {
    let link = "openid4vp://?client_id=x509_hash:abc&request_uri=http://localhost.evil.example/r";
    let refused = RequestLink::parse(link, UriPolicy::HttpsOrLoopback).expect_err("not this machine");
    assert_eq!(refused, LinkError::UnsafeRequestUri);
}

macro_rules! refuses {
    ($($name:ident: $link:expr => $error:expr;)*) => {
        $(#[test]
        fn $name() {
            assert_eq!(refusal($link), $error);
        })*
    };
}

refuses! {
    text_that_is_no_link_is_refused: "hello" => LinkError::NotAUrl;
    a_link_for_something_else_is_refused: "mailto:a@b.example" => LinkError::WrongScheme;
    a_script_link_is_refused: "javascript:alert(1)" => LinkError::WrongScheme;
    an_endless_link_is_refused: &format!("{GOOD}&x={}", "a".repeat(5000)) => LinkError::TooLong;
    a_client_id_twice_is_refused: &format!("{GOOD}&client_id=x509_hash:evil") => LinkError::Duplicate("client_id");
    a_request_uri_twice_is_refused:
        &format!("{GOOD}&request_uri=https://evil.example") => LinkError::Duplicate("request_uri");
    a_missing_client_id_is_refused:
        "openid4vp://?request_uri=https://hotel.example/r" => LinkError::Missing("client_id");
    a_missing_request_uri_is_refused: "openid4vp://?client_id=x509_hash:abc" => LinkError::Missing("request_uri");
    a_request_in_the_link_is_refused: &format!("{GOOD}&request=eyJ...") => LinkError::RequestByValue;
    the_browsers_prefix_is_refused:
        "openid4vp://?client_id=origin:https://hotel.example&request_uri=https://hotel.example/r"
        => LinkError::ReservedPrefix;
    an_asker_known_by_its_host_is_refused:
        "openid4vp://?client_id=x509_san_dns:hotel.example&request_uri=https://hotel.example/r"
        => LinkError::UnsupportedPrefix(ClientIdError::NotAccepted(ClientIdPrefix::X509SanDns));
    an_asker_known_by_its_address_is_refused:
        "openid4vp://?client_id=redirect_uri:https://hotel.example&request_uri=https://hotel.example/r"
        => LinkError::UnsupportedPrefix(ClientIdError::NotAccepted(ClientIdPrefix::RedirectUri));
    an_asker_known_by_an_attestation_is_refused:
        "openid4vp://?client_id=verifier_attestation:hotel&request_uri=https://hotel.example/r"
        => LinkError::UnsupportedPrefix(ClientIdError::NotAccepted(ClientIdPrefix::VerifierAttestation));
    an_asker_of_a_federation_is_refused:
        "openid4vp://?client_id=openid_federation:https://hotel.example&request_uri=https://hotel.example/r"
        => LinkError::UnsupportedPrefix(ClientIdError::Unsupported("openid_federation"));
    an_asker_with_a_decentralized_identifier_is_refused:
        "openid4vp://?client_id=decentralized_identifier:did:x:1&request_uri=https://hotel.example/r"
        => LinkError::UnsupportedPrefix(ClientIdError::Unsupported("decentralized_identifier"));
    a_preregistered_asker_is_refused:
        "openid4vp://?client_id=hotel&request_uri=https://hotel.example/r"
        => LinkError::UnsupportedPrefix(ClientIdError::Unknown);
    a_prefix_in_other_letters_is_refused:
        "openid4vp://?client_id=X509_HASH:abc&request_uri=https://hotel.example/r"
        => LinkError::UnsupportedPrefix(ClientIdError::Unknown);
    a_prefix_alone_is_refused:
        "openid4vp://?client_id=x509_hash:&request_uri=https://hotel.example/r"
        => LinkError::UnsupportedPrefix(ClientIdError::Empty);
    an_http_request_uri_is_refused:
        "openid4vp://?client_id=x509_hash:abc&request_uri=http://hotel.example/r" => LinkError::UnsafeRequestUri;
    a_file_as_request_uri_is_refused:
        "openid4vp://?client_id=x509_hash:abc&request_uri=file:///etc/passwd" => LinkError::UnsafeRequestUri;
    a_request_uri_with_a_password_is_refused:
        "openid4vp://?client_id=x509_hash:abc&request_uri=https://u:p@hotel.example/r" => LinkError::UnsafeRequestUri;
    a_request_uri_with_a_fragment_is_refused:
        "openid4vp://?client_id=x509_hash:abc&request_uri=https://hotel.example/r%23x" => LinkError::UnsafeRequestUri;
    a_method_in_capitals_is_refused: &format!("{GOOD}&request_uri_method=POST") => LinkError::UnknownMethod;
    an_unknown_method_is_refused: &format!("{GOOD}&request_uri_method=put") => LinkError::UnknownMethod;
}

#[test]
fn links_are_refused_with_the_codes_of_the_protocol() {
    for (error, code) in [
        (LinkError::UnknownMethod, "invalid_request_uri_method"),
        (LinkError::ReservedPrefix, "invalid_request"),
        (LinkError::UnsupportedPrefix(ClientIdError::Unknown), "invalid_request"),
        (LinkError::Missing("client_id"), "invalid_request"),
    ] {
        assert_eq!(error.code(), code, "{error}");
    }
}
