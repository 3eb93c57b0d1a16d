//! What an mdoc may be signed with: ES256, unless the installation accepts more.

use mibun_crypto::policy::Accepted;

use super::*;

/// The verdict on a document by an issuer with a key of this algorithm, where `accepted` is.
fn issued_with(algorithm: Algorithm, accepted: Accepted) -> Verdict {
    let issuer = world().authority.admit(Purpose::DocumentSigner, vec![], algorithm);
    let shown = select(&issue(&elements(Level::Light), &issuer, [-3, 30]), hotel());
    let anchors = TrustAnchors { accepted, ..world().anchors.clone() };
    let list = list(Status::Valid, &world().status);
    let lists = [(LIST.to_owned(), ListEvidence::Cwt(&list))];
    let evidence = Evidence { anchors: &anchors, status_lists: &lists };
    judge_mdoc(&bind(shown, &world().holder), &expectation(hotel()), &evidence)
}

#[test]
fn a_document_signed_with_es384_is_refused() {
    assert_refused(&issued_with(Algorithm::Es384, Accepted::default()), Refusal::InvalidIssuerSignature);
}

#[test]
fn a_document_signed_with_eddsa_is_refused() {
    assert_refused(&issued_with(Algorithm::EdDsa, Accepted::default()), Refusal::InvalidIssuerSignature);
}

#[test]
fn a_document_signed_with_ml_dsa_is_refused() {
    assert_refused(&issued_with(Algorithm::MlDsa65, Accepted::default()), Refusal::UntrustedIssuer);
    assert_refused(&issued_with(Algorithm::MlDsa65, Accepted::CLASSICAL), Refusal::UntrustedIssuer);
}

#[test]
fn a_document_is_accepted_where_its_algorithm_is_named() {
    for algorithm in Algorithm::ALL {
        assert_eq!(issued_with(algorithm, Accepted::HAIP.and(algorithm)).refusal, None, "{algorithm}");
    }
}

#[test]
fn naming_one_algorithm_lets_no_other_in() {
    let named = Accepted::HAIP.and(Algorithm::MlDsa65);
    assert_refused(&issued_with(Algorithm::Es384, named), Refusal::InvalidIssuerSignature);
    assert_refused(&issued_with(Algorithm::EdDsa, named), Refusal::InvalidIssuerSignature);
}
