use crate::dc_api::{Origin, OriginError};
use crate::request::UriPolicy;

fn refused(text: &str) -> OriginError {
    Origin::parse(text, UriPolicy::Https).expect_err("no origin")
}

#[test]
fn an_origin_is_read_as_browsers_write_it() {
    for text in ["https://hotel.example", "https://hotel.example:8443", "https://xn--bcher-kva.example"] {
        let origin = Origin::parse(text, UriPolicy::Https).expect("an origin");
        assert_eq!((origin.as_str(), origin.audience()), (text, format!("origin:{text}")));
    }
}

#[test]
fn loopback_is_an_origin_in_development_only() {
    assert!(Origin::parse("http://localhost:8080", UriPolicy::HttpsOrLoopback).is_ok());
    assert_eq!(refused("http://localhost:8080"), OriginError::Unsafe);
}

#[test]
fn other_spellings_are_refused() {
    for text in [
        "https://hotel.example/",
        "https://hotel.example/vp",
        "https://hotel.example:443",
        "https://HOTEL.example",
        "https://hotel.example?x",
        "https://user@hotel.example",
        "hotel.example",
        "origin:https://hotel.example",
        "null",
        "",
    ] {
        assert_eq!(refused(text), OriginError::Form, "{text:?}");
    }
}

#[test]
fn pages_in_the_open_are_refused() {
    assert_eq!(refused("http://hotel.example"), OriginError::Unsafe);
}
