//! `openid4vp-v1-signed`.

use super::*;

fn read_signed(
    payload: &Value,
    change_header: impl FnOnce(&mut serde_json::Map<String, Value>),
) -> Result<BrowserRequest, CallError> {
    wallet_reads(Protocol::Signed, &json!({ "request": hotel().sign(payload, change_header) }))
}

fn refused(change: impl FnOnce(&mut Value)) -> CallError {
    let mut payload = payload();
    change(&mut payload);
    read_signed(&payload, |_| {}).expect_err("the request must be refused")
}

/// The same request in the name of another asker.
fn signed_by(asker: &Organisation) -> RequestError {
    let mut payload = payload();
    payload["client_id"] = asker.client_id().into();
    let data = json!({ "request": asker.sign(&payload, |_| {}) });
    of_request(wallet_reads(Protocol::Signed, &data).expect_err("the request must be refused"))
}

#[test]
fn a_signed_request_names_its_asker() {
    let identity = Identity::X509Hash(hotel().identity());
    let data = with_spec(|spec| spec.signed(&identity)).expect("the request is signed");
    let request = wallet_reads(Protocol::Signed, &data).expect("the request is fine");
    let signer = Signatory { client_id: hotel().client_id(), organisation: "Hotel Sakura".into() };
    assert_eq!(request.signer, Some(signer));
    // Even then the answer is bound to the page.
    assert_eq!(request.audience(), "origin:https://hotel.example");
}

#[test]
fn one_of_several_pages_is_enough() {
    let mut payload = payload();
    payload["expected_origins"] = json!(["https://other.example", HOTEL]);
    without(&mut payload, "aud");
    payload["iss"] = "https://elsewhere.example".into();
    assert!(read_signed(&payload, |_| {}).is_ok());
}

#[test]
fn a_request_for_another_page_is_refused() {
    for origins in [
        json!(["https://other.example"]),
        json!([]),
        json!(["https://hotel.example/"]),
        json!(["https://HOTEL.example"]),
        json!(["origin:https://hotel.example"]),
        json!([1]),
    ] {
        let refused = refused(|payload| payload["expected_origins"] = origins);
        assert_eq!((refused.code(), refused), ("invalid_request", CallError::WrongOrigin));
    }
}

#[test]
fn a_request_without_a_signer_cannot_be_made() {
    let key = SoftwareKey::generate(&mut SeededEntropy::new("nobody"));
    let identity = Identity::X509Hash(AccessIdentity { chain: &[], signer: &key });
    assert_eq!(with_spec(|spec| spec.signed(&identity)).err(), Some(crate::request::MakeError::NoCertificate));
}

#[test]
fn a_request_for_no_page_cannot_be_made() {
    let identity = Identity::X509Hash(hotel().identity());
    let made = with_spec(|spec| BrowserSpec { origins: &[], ..*spec }.signed(&identity));
    assert_eq!(made.err(), Some(crate::request::MakeError::NoOrigins));
}

#[test]
fn a_chain_with_its_anchor_is_refused() {
    let mut asker = hotel().copy();
    asker.chain.push(authority().root.der().to_vec());
    assert_eq!(signed_by(&asker), RequestError::Chain(ChainError::AnchorIncluded));
}

#[test]
fn a_self_signed_asker_is_refused() {
    let mut asker = hotel().copy();
    asker.chain = vec![authority().root.der().to_vec()];
    assert_eq!(signed_by(&asker), RequestError::Chain(ChainError::SelfSignedLeaf));
}

#[test]
fn an_asker_of_another_authority_is_refused() {
    let stranger = Authority::new("Somebody else").admit("Hotel", Purpose::AccessCertificate, Algorithm::Es256);
    assert_eq!(signed_by(&stranger), RequestError::Chain(ChainError::UnknownAuthority));
}

#[test]
fn a_document_signer_may_not_ask() {
    let signer = authority().admit("Hotel", Purpose::DocumentSigner, Algorithm::Es256);
    assert_eq!(signed_by(&signer), RequestError::Chain(ChainError::WrongPurpose(0)));
}

#[test]
fn another_algorithm_is_refused() {
    let asker = authority().admit("Hotel", Purpose::AccessCertificate, Algorithm::Es384);
    assert_eq!(signed_by(&asker), RequestError::WrongAlgorithm);
}

#[test]
fn a_foreign_key_is_refused() {
    let mut asker = hotel().copy();
    asker.key = SoftwareKey::generate(&mut SeededEntropy::new("thief"));
    assert_eq!(signed_by(&asker), RequestError::Jws(JwsError::Signature));
}

#[test]
fn another_message_than_a_request_is_refused() {
    let refused = read_signed(&payload(), |header| header["typ"] = "JWT".into());
    assert_eq!(refused.map(|_| ()).map_err(of_request), Err(RequestError::WrongType));
    let refused = read_signed(&payload(), |header| drop(header.remove("typ")));
    assert_eq!(refused.map(|_| ()).map_err(of_request), Err(RequestError::WrongType));
}

#[test]
fn a_request_without_certificate_is_refused() {
    let refused = read_signed(&payload(), |header| drop(header.remove("x5c")));
    assert_eq!(refused.map(|_| ()).map_err(of_request), Err(RequestError::NoCertificate));
}

#[test]
fn an_unsigned_object_is_refused() {
    let header = base64url::encode(json!({ "alg": "none", "typ": REQUEST_TYP }).to_string().as_bytes());
    let object = format!("{header}.{}.", base64url::encode(payload().to_string().as_bytes()));
    let refused = wallet_reads(Protocol::Signed, &json!({ "request": object }));
    assert_eq!(refused.map(|_| ()).map_err(of_request), Err(RequestError::Jws(JwsError::Algorithm)));
}

#[test]
fn a_changed_payload_is_refused() {
    let object = hotel().sign(&payload(), |_| {});
    let mut parts: Vec<&str> = object.split('.').collect();
    let changed = base64url::encode(payload().to_string().replace("given_name", "picture").as_bytes());
    parts[1] = &changed;
    let refused = wallet_reads(Protocol::Signed, &json!({ "request": parts.join(".") }));
    assert_eq!(refused.map(|_| ()).map_err(of_request), Err(RequestError::Jws(JwsError::Signature)));
}

#[test]
fn the_request_must_be_there_as_text() {
    let absent = wallet_reads(Protocol::Signed, &payload()).map(|_| ()).map_err(of_request);
    assert_eq!(absent, Err(RequestError::Missing("request")));
    let object = wallet_reads(Protocol::Signed, &json!({ "request": {} })).map(|_| ()).map_err(of_request);
    assert_eq!(object, Err(RequestError::WrongJsonType("request")));
}

macro_rules! refuses {
    ($($name:ident: $change:expr => $error:expr;)*) => {
        $(#[test]
        fn $name() {
            assert_eq!(of_request(refused($change)), $error);
        })*
    };
}

refuses! {
    a_request_that_names_no_page_is_refused: |p| without(p, "expected_origins") => RequestError::Missing("expected_origins");
    pages_as_text_are_refused: |p| p["expected_origins"] = HOTEL.into() => RequestError::WrongJsonType("expected_origins");
    a_request_without_client_id_is_refused: |p| without(p, "client_id") => RequestError::Missing("client_id");
    the_client_id_of_another_is_refused: |p| p["client_id"] = "x509_hash:abc".into() => RequestError::CertificateMismatch;
    the_browsers_prefix_is_refused: |p| p["client_id"] = "origin:https://hotel.example".into()
        => RequestError::ClientId(ClientIdError::Reserved);
    an_address_as_client_id_is_refused: |p| p["client_id"] = "redirect_uri:https://hotel.example".into()
        => RequestError::ClientId(ClientIdError::NotAccepted(ClientIdPrefix::RedirectUri));
    another_audience_is_refused: |p| p["aud"] = "https://wallet.example".into() => RequestError::WrongAudience;
    an_expired_request_is_refused: |p| p["exp"] = (NOW.0 - 60).into() => RequestError::Expired;
    a_request_of_the_future_is_refused: |p| p["iat"] = (NOW.0 + 61).into() => RequestError::NotYetValid;
    a_mode_of_the_redirect_flow_is_refused:
        |p| p["response_mode"] = "direct_post".into() => RequestError::UnsupportedResponseMode;
    a_missing_nonce_is_refused: |p| without(p, "nonce") => RequestError::Missing("nonce");
}
