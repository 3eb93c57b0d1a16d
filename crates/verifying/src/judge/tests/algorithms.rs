//! What a card may be signed with: ES256, unless the installation accepts more.

use mibun_card::assurance::Level;
use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::key::{Algorithm, SoftwareKey};
use mibun_crypto::policy::Accepted;
use mibun_crypto::x509::Purpose;
use mibun_status::Status;
use serde_json::Value;

use super::fixture::*;
use super::*;

/// The verdict on a card by an issuer with a key of this algorithm, where `accepted` is.
fn issued_with(algorithm: Algorithm, accepted: Accepted) -> Verdict {
    let issuer = world().authority.admit(Purpose::DocumentSigner, vec![], algorithm);
    let card = issue(&claims(Level::Light, NOW), &issuer, &world().holder);
    judged(&present(&card, hotel(), &world().holder), &world().list, accepted)
}

fn judged(presentation: &str, list: &str, accepted: Accepted) -> Verdict {
    let anchors = TrustAnchors { accepted, ..world().anchors.clone() };
    let lists = [(LIST.to_owned(), ListEvidence::Token(list))];
    judge(presentation, &expectation(hotel()), &Evidence { anchors: &anchors, status_lists: &lists })
}

fn and(algorithm: Algorithm) -> Accepted {
    Accepted::HAIP.and(algorithm)
}

/// A good presentation whose card names another algorithm, without being signed again.
fn lying(name: &str) -> Verdict {
    let good = good();
    let (header, _) = good.split_once('.').expect("three parts");
    let mut header: Value = serde_json::from_slice(&base64url::decode(header).expect("base64url")).expect("JSON");
    header["alg"] = name.into();
    let all = Accepted::CLASSICAL.and(Algorithm::MlDsa65);
    judged(&with_raw_header(&good, &header), &world().list, all)
}

#[test]
fn a_card_signed_with_es384_is_refused() {
    assert_refused(&issued_with(Algorithm::Es384, Accepted::default()), Refusal::InvalidIssuerSignature);
}

#[test]
fn a_card_signed_with_eddsa_is_refused() {
    assert_refused(&issued_with(Algorithm::EdDsa, Accepted::default()), Refusal::InvalidIssuerSignature);
}

#[test]
fn a_card_signed_with_ml_dsa_is_refused() {
    // Its certificate is refused already: no usual reader knows what to make of the key in it.
    assert_refused(&issued_with(Algorithm::MlDsa65, Accepted::default()), Refusal::UntrustedIssuer);
}

#[test]
fn a_card_is_accepted_where_its_algorithm_is_named() {
    for algorithm in Algorithm::ALL {
        assert_eq!(issued_with(algorithm, and(algorithm)).refusal, None, "{algorithm}");
    }
}

#[test]
fn naming_one_algorithm_lets_no_other_in() {
    assert_refused(&issued_with(Algorithm::EdDsa, and(Algorithm::Es384)), Refusal::InvalidIssuerSignature);
    assert_refused(&issued_with(Algorithm::Es384, and(Algorithm::MlDsa65)), Refusal::InvalidIssuerSignature);
    assert_refused(&issued_with(Algorithm::MlDsa65, Accepted::CLASSICAL), Refusal::UntrustedIssuer);
}

#[test]
fn a_card_that_names_another_algorithm_than_its_signer_s_key_has_is_refused() {
    for name in ["ES384", "EdDSA", "ML-DSA-65"] {
        assert_refused(&lying(name), Refusal::InvalidIssuerSignature);
    }
}

#[test]
fn a_card_without_an_algorithm_or_under_a_shared_secret_is_refused() {
    for name in ["none", "HS256", "ES512", "ML-DSA-44"] {
        assert_refused(&lying(name), Refusal::Malformed);
    }
}

#[test]
fn a_changed_card_of_ml_dsa_is_refused() {
    let issuer = world().authority.admit(Purpose::DocumentSigner, vec![], Algorithm::MlDsa65);
    let card = issue(&claims(Level::Light, NOW), &issuer, &world().holder);
    let mut payload = parse(&card).jws().payload_json(&Limits::default()).expect("our own card");
    payload["exp"] = (NOW.0 + 10_000_000).into();
    let mut parts: Vec<&str> = card.splitn(3, '.').collect();
    let changed = base64url::encode(payload.to_string().as_bytes());
    parts[1] = &changed;
    let presentation = present(&parts.join("."), hotel(), &world().holder);
    assert_refused(&judged(&presentation, &world().list, and(Algorithm::MlDsa65)), Refusal::InvalidIssuerSignature);
}

#[test]
fn a_holder_s_key_is_on_p_256_whatever_the_issuer_signs_with() {
    let holder = SoftwareKey::generate_for(Algorithm::MlDsa65, &mut SeededEntropy::new("post-quantum holder"));
    let card = issue(&claims(Level::Light, NOW), &world().issuer, &holder);
    let all = Accepted::CLASSICAL.and(Algorithm::MlDsa65);
    assert_refused(&judged(&present(&card, hotel(), &holder), &world().list, all), Refusal::InvalidKeyBinding);
}

#[test]
fn a_status_list_of_ml_dsa_counts_only_where_it_is_named() {
    let signer = world().authority.admit(Purpose::StatusSigner, vec![], Algorithm::MlDsa65);
    let list = list_token(Status::Valid, &signer, |_| {});
    assert_refused(&judged(&good(), &list, Accepted::default()), Refusal::StatusUnavailable);
    assert_eq!(judged(&good(), &list, and(Algorithm::MlDsa65)).refusal, None);
}

#[test]
fn a_status_list_may_be_of_any_usual_algorithm() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa] {
        let signer = world().authority.admit(Purpose::StatusSigner, vec![], algorithm);
        let list = list_token(Status::Valid, &signer, |_| {});
        assert_eq!(judged(&good(), &list, Accepted::default()).refusal, None, "{algorithm}");
    }
}
