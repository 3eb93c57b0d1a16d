//! Who asks: form, type, algorithm, chain, signature, client identifier.

use super::*;

/// Verifies `object` of another organisation, or under other anchors, at another time.
fn verified_by(asker: &Organisation, anchors: &[&Authority], now: Timestamp) -> RequestError {
    let mut payload = payload();
    payload["client_id"] = asker.client_id().into();
    let anchors: Vec<_> = anchors.iter().map(|authority| authority.root.clone()).collect();
    let by = Authentication {
        link: &asker.link(FetchMethod::Get),
        wallet_nonce: None,
        accepting: Accepting::haip(&anchors),
        policy: UriPolicy::Https,
        now,
    };
    verify(&asker.sign(&payload, |_| {}), &by).expect_err("the request must be refused").error
}

fn header_refusal(change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> RequestError {
    wallet_verifies(&hotel().sign(&payload(), change)).expect_err("the request must be refused").error
}

/// Replaces the header of a good request without signing again.
fn with_raw_header(header: &Value) -> RequestError {
    let object = object(None);
    let (_, rest) = object.split_once('.').expect("three parts");
    let forged = format!("{}.{rest}", base64url::encode(header.to_string().as_bytes()));
    wallet_verifies(&forged).expect_err("the request must be refused").error
}

#[test]
fn text_that_is_not_a_jws_is_refused() {
    assert_eq!(wallet_verifies("hello").expect_err("not a JWS").error, RequestError::Jws(JwsError::Form));
}

#[test]
fn an_empty_request_is_refused() {
    assert_eq!(wallet_verifies("").expect_err("nothing").error, RequestError::Jws(JwsError::Form));
}

#[test]
fn an_oversized_request_is_refused() {
    let huge = "a".repeat(64 * 1024 + 1);
    assert_eq!(wallet_verifies(&huge).expect_err("too long").error, RequestError::Jws(JwsError::TooLong));
}

#[test]
fn a_truncated_request_is_refused() {
    let mut object = object(None);
    object.truncate(object.len() - 6);
    assert_eq!(wallet_verifies(&object).expect_err("truncated").error, RequestError::Jws(JwsError::Signature));
}

#[test]
fn an_unsigned_request_is_refused() {
    let error = with_raw_header(&json!({ "alg": "none", "typ": REQUEST_TYP }));
    assert_eq!(error, RequestError::Jws(JwsError::Algorithm));
}

#[test]
fn a_request_under_a_shared_secret_is_refused() {
    let error = with_raw_header(&json!({ "alg": "HS256", "typ": REQUEST_TYP }));
    assert_eq!(error, RequestError::Jws(JwsError::Algorithm));
}

#[test]
fn a_request_with_critical_extensions_is_refused() {
    let error = with_raw_header(&json!({ "alg": "ES256", "typ": REQUEST_TYP, "crit": ["exp"] }));
    assert_eq!(error, RequestError::Jws(JwsError::Critical));
}

#[test]
fn another_type_of_message_is_refused() {
    assert_eq!(header_refusal(|header| header["typ"] = "JWT".into()), RequestError::WrongType);
}

#[test]
fn a_message_without_type_is_refused() {
    let error = header_refusal(|header| {
        header.remove("typ");
    });
    assert_eq!(error, RequestError::WrongType);
}

#[test]
fn a_request_signed_with_another_algorithm_is_refused() {
    let asker = authority().admit("Hotel Sakura", Purpose::AccessCertificate, Algorithm::Es384);
    assert_eq!(verified_by(&asker, &[&authority()], NOW), RequestError::WrongAlgorithm);
}

#[test]
fn a_request_without_certificate_is_refused() {
    let error = header_refusal(|header| {
        header.remove("x5c");
    });
    assert_eq!(error, RequestError::NoCertificate);
}

#[test]
fn an_asker_of_another_authority_is_refused() {
    let stranger = Authority::new("Somebody else");
    let asker = stranger.admit("Hotel Sakura", Purpose::AccessCertificate, Algorithm::Es256);
    let error = verified_by(&asker, &[&authority()], NOW);
    assert_eq!(error, RequestError::Chain(ChainError::UnknownAuthority));
}

#[test]
fn without_anchors_nobody_may_ask() {
    assert_eq!(verified_by(hotel(), &[], NOW), RequestError::Chain(ChainError::UnknownAuthority));
}

#[test]
fn a_chain_with_its_anchor_is_refused() {
    let mut asker = hotel().copy();
    asker.chain.push(authority().root.der().to_vec());
    assert_eq!(verified_by(&asker, &[&authority()], NOW), RequestError::Chain(ChainError::AnchorIncluded));
}

#[test]
fn a_self_signed_asker_is_refused() {
    let authority = authority();
    let mut asker = hotel().copy();
    asker.chain = vec![authority.root.der().to_vec()];
    assert_eq!(verified_by(&asker, &[&authority], NOW), RequestError::Chain(ChainError::SelfSignedLeaf));
}

#[test]
fn a_document_signer_may_not_ask() {
    let asker = authority().admit("Hotel Sakura", Purpose::DocumentSigner, Algorithm::Es256);
    assert_eq!(verified_by(&asker, &[&authority()], NOW), RequestError::Chain(ChainError::WrongPurpose(0)));
}

#[test]
fn an_expired_access_certificate_is_refused() {
    let error = verified_by(hotel(), &[&authority()], Timestamp(1_810_000_001));
    assert_eq!(error, RequestError::Chain(ChainError::Expired(0)));
}

#[test]
fn an_access_certificate_of_tomorrow_is_refused() {
    let error = verified_by(hotel(), &[&authority()], Timestamp(1_789_999_999));
    assert_eq!(error, RequestError::Chain(ChainError::NotYetValid(0)));
}

#[test]
fn a_request_signed_with_a_foreign_key_is_refused() {
    let mut asker = hotel().copy();
    asker.key = SoftwareKey::generate(&mut SeededEntropy::new("thief"));
    assert_ne!(asker.key.public_key(), hotel().key.public_key());
    assert_eq!(verified_by(&asker, &[&authority()], NOW), RequestError::Jws(JwsError::Signature));
}

#[test]
fn a_changed_payload_is_refused() {
    let object = object(None);
    let mut parts: Vec<&str> = object.split('.').collect();
    let changed = base64url::encode(payload().to_string().replace("given_name", "picture").as_bytes());
    parts[1] = &changed;
    let error = wallet_verifies(&parts.join(".")).expect_err("changed").error;
    assert_eq!(error, RequestError::Jws(JwsError::Signature));
}

#[test]
fn a_request_of_another_organisation_than_the_link_is_refused() {
    // A genuine asker answers in the place of another: the code on the desk was pasted over.
    let other = authority().admit("Hotel Tsubaki", Purpose::AccessCertificate, Algorithm::Es256);
    let mut payload = payload();
    payload["client_id"] = other.client_id().into();
    let error = wallet_verifies(&other.sign(&payload, |_| {})).expect_err("another asker").error;
    assert_eq!(error, RequestError::ClientIdMismatch);
}

#[test]
fn a_client_id_that_is_not_the_certificate_is_refused() {
    // The payload names the hotel of the link, but somebody else's certificate signs.
    let other = authority().admit("Hotel Tsubaki", Purpose::AccessCertificate, Algorithm::Es256);
    let error = wallet_verifies(&other.sign(&payload(), |_| {})).expect_err("another certificate").error;
    assert_eq!(error, RequestError::CertificateMismatch);
}

#[test]
fn a_request_without_client_id_is_refused() {
    assert_eq!(refusal(|p| without(p, "client_id")), RequestError::Missing("client_id"));
}

#[test]
fn a_foreign_issuer_member_is_ignored() {
    assert_eq!(accepted(|p| p["iss"] = "https://elsewhere.example".into()).organisation, "Hotel Sakura");
}

#[test]
fn a_payload_with_a_member_twice_is_refused() {
    let twice = payload().to_string().replacen('{', r#"{"nonce":"another","#, 1);
    let hotel = hotel();
    let x5c: Vec<Value> = hotel.chain.iter().map(|der| base64url::encode_standard(der).into()).collect();
    let header = json!({ "typ": REQUEST_TYP, "x5c": x5c });
    let header = header.as_object().cloned().expect("an object");
    let object = mibun_crypto::jws::sign(header, twice.as_bytes(), &hotel.key).expect("the key signs");
    let expected = RequestError::Jws(JwsError::PayloadJson(mibun_crypto::json::JsonError::DuplicateMember));
    assert_eq!(wallet_verifies(&object).expect_err("a duplicate").error, expected);
}

#[test]
fn strangers_are_told_nothing() {
    let error = wallet_verifies(&object(None)[1..]).expect_err("broken");
    assert_eq!(error.report, None);
}
