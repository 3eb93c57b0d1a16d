//! The fetch by POST, at both ends.

use super::*;
use mibun_card::CardFormat;
use mibun_crypto::json::JsonError;
use mibun_crypto::policy::Accepted;

fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn refused(fields: &[(&str, &str)]) -> FetchError {
    Fetch::read(&form(fields)).expect_err("the fetch must be refused")
}

fn posted(accepting: &Accepting<'_>) -> Fetch {
    let form: Vec<_> =
        accepting.post_form(WALLET_NONCE).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Fetch::read(&form).expect("our own form")
}

#[test]
fn what_a_wallet_posts_is_read() {
    let fetch = posted(&Accepting::haip(&[]));
    assert_eq!(fetch.wallet_nonce.as_deref(), Some(WALLET_NONCE));
    let metadata = fetch.metadata.expect("it says what it can do");
    assert!(metadata.reads(&query(), Accepted::HAIP) && metadata.accepts(ClientIdPrefix::X509Hash));
    assert!(!metadata.accepts(ClientIdPrefix::RedirectUri));
}

#[test]
fn a_wallet_of_another_format_does_not_read_the_query() {
    let mdoc = posted(&Accepting { formats: &[CardFormat::Mdoc], ..Accepting::haip(&[]) });
    assert!(mdoc.metadata.is_some_and(|metadata| !metadata.reads(&query(), Accepted::HAIP)));
}

#[test]
fn a_wallet_with_other_algorithms_does_not_read_the_query() {
    let metadata = r#"{"vp_formats_supported":{"dc+sd-jwt":{"sd-jwt_alg_values":["ES384"]}}}"#;
    let fetch = Fetch::read(&form(&[("wallet_metadata", metadata)])).expect("a good form");
    assert!(fetch.metadata.is_some_and(|metadata| !metadata.reads(&query(), Accepted::HAIP)));
}

#[test]
fn a_wallet_whose_askers_cannot_sign_names_no_algorithms_for_them() {
    let accepting = Accepting { prefixes: &[ClientIdPrefix::RedirectUri], ..Accepting::haip(&[]) };
    assert_eq!(accepting.wallet_metadata().get("request_object_signing_alg_values_supported"), None);
    let haip = Accepting::haip(&[]).wallet_metadata();
    assert_eq!(haip["request_object_signing_alg_values_supported"], json!(["ES256"]));
    assert_eq!(haip["client_id_prefixes_supported"], json!(["x509_hash"]));
}

#[test]
fn an_empty_form_is_a_fetch_too() {
    assert_eq!(Fetch::read(&[]), Ok(Fetch::default()));
    assert_eq!(Fetch::read(&form(&[("sprinkled", "1"), ("sprinkled", "2")])), Ok(Fetch::default()));
}

#[test]
fn two_nonces_are_refused() {
    let fields = [("wallet_nonce", WALLET_NONCE), ("wallet_nonce", WALLET_NONCE)];
    assert_eq!(refused(&fields), FetchError::Duplicate("wallet_nonce"));
}

#[test]
fn two_descriptions_are_refused() {
    let fields = [("wallet_metadata", "{}"), ("wallet_metadata", "{}")];
    assert_eq!(refused(&fields), FetchError::Duplicate("wallet_metadata"));
}

#[test]
fn a_guessable_nonce_is_refused() {
    for weak in ["", "1234", &"1".repeat(43), &WALLET_NONCE.repeat(100)] {
        assert_eq!(refused(&[("wallet_nonce", weak)]), FetchError::WeakWalletNonce);
    }
}

#[test]
fn a_description_that_is_not_json_is_refused() {
    assert!(matches!(refused(&[("wallet_metadata", "{")]), FetchError::Json(JsonError::Syntax { .. })));
}

#[test]
fn a_malformed_description_is_refused() {
    for bad in ["[]", "{}", r#"{"vp_formats_supported":[]}"#] {
        assert_eq!(refused(&[("wallet_metadata", bad)]), FetchError::Malformed, "{bad}");
    }
    let prefixes = r#"{"vp_formats_supported":{},"client_id_prefixes_supported":[1]}"#;
    assert_eq!(refused(&[("wallet_metadata", prefixes)]), FetchError::Malformed);
}

#[test]
fn an_oversized_description_is_refused() {
    let huge = format!(r#"{{"vp_formats_supported":{{}},"x":"{}"}}"#, "a".repeat(17 * 1024));
    assert_eq!(refused(&[("wallet_metadata", &huge)]), FetchError::Json(JsonError::TooLong));
}
