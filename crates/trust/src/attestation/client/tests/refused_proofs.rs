use mibun_crypto::jws::JwsError;
use mibun_crypto::key::Algorithm;

use super::ClientAttestationError as E;
use super::*;
use crate::testing::{with_bad_signature, with_header};

refused! {
    a_proof_of_another_type_is_refused:
        |case| case.pop_header["typ"] = "dpop+jwt".into() => E::Pop(SignedError::Type);
    a_proof_without_a_type_is_refused:
        |case| without(&mut case.pop_header, "typ") => E::Pop(SignedError::Type);
    a_proof_by_another_key_is_refused:
        |case| case.instance = key("thief") => E::Pop(SignedError::Signature);
    a_proof_by_the_attester_is_refused:
        |case| case.instance = Party::new("attester", Purpose::WalletProvider).key => E::Pop(SignedError::Signature);
    a_proof_with_another_algorithm_is_refused: |case| {
        let mut entropy = mibun_crypto::entropy::SeededEntropy::new("p384");
        case.instance = SoftwareKey::generate_for(Algorithm::Es384, &mut entropy);
    } => E::Pop(SignedError::Algorithm);
    a_proof_of_another_client_is_refused:
        |case| case.pop["iss"] = "https://other.example".into() => E::PopIssuer;
    a_proof_with_an_empty_issuer_is_refused:
        |case| case.pop["iss"] = "".into() => E::PopClaim("iss");
    a_proof_for_another_server_is_refused:
        |case| case.pop["aud"] = "https://other.example".into() => E::PopAudience;
    a_proof_for_an_endpoint_instead_of_the_server_is_refused:
        |case| case.pop["aud"] = format!("{SERVER}/token").into() => E::PopAudience;
    a_proof_for_the_server_with_a_slash_more_is_refused:
        |case| case.pop["aud"] = format!("{SERVER}/").into() => E::PopAudience;
    a_proof_for_two_servers_is_refused:
        |case| case.pop["aud"] = json!([SERVER, "https://other.example"]) => E::PopAudience;
    a_proof_for_nobody_is_refused:
        |case| without(&mut case.pop, "aud") => E::PopAudience;
    a_proof_without_jti_is_refused:
        |case| without(&mut case.pop, "jti") => E::PopClaim("jti");
    a_proof_with_an_empty_jti_is_refused:
        |case| case.pop["jti"] = "".into() => E::PopClaim("jti");
    a_proof_with_an_endless_jti_is_refused:
        |case| case.pop["jti"] = "x".repeat(257).into() => E::PopClaim("jti");
    a_proof_without_iat_is_refused:
        |case| without(&mut case.pop, "iat") => E::PopClaim("iat");
    a_proof_with_iat_as_text_is_refused:
        |case| case.pop["iat"] = "now".into() => E::PopClaim("iat");
    a_proof_of_five_minutes_ago_is_refused:
        |case| case.pop["iat"] = (NOW.0 - 301).into() => E::PopOld;
    a_proof_from_the_future_is_refused:
        |case| case.pop["iat"] = (NOW.0 + 61).into() => E::PopFuture;
    a_proof_that_is_not_to_be_used_yet_is_refused:
        |case| case.pop["nbf"] = (NOW.0 + 61).into() => E::PopFuture;
    a_proof_past_its_end_is_refused:
        |case| case.pop["exp"] = (NOW.0 - 60).into() => E::PopOld;
    a_proof_with_exp_as_text_is_refused:
        |case| case.pop["exp"] = "soon".into() => E::PopClaim("exp");
    a_proof_without_the_demanded_challenge_is_refused:
        |case| case.challenge = true => E::MissingChallenge;
    a_proof_with_a_number_as_challenge_is_refused:
        |case| case.pop["challenge"] = 1.into() => E::PopClaim("challenge");
    a_proof_with_an_empty_challenge_is_refused:
        |case| case.pop["challenge"] = "".into() => E::PopClaim("challenge");
}

#[test]
fn a_proof_with_one_bit_turned_is_refused() {
    let case = Case::new();
    let bad = with_bad_signature(&case.proof());
    assert_eq!(verify(&case.attestation(), &bad, &case.expected()), Err(E::Pop(SignedError::Signature)));
}

#[test]
fn an_empty_proof_is_refused() {
    let case = Case::new();
    let verdict = verify(&case.attestation(), "", &case.expected());
    assert_eq!(verdict, Err(E::Pop(SignedError::Form(JwsError::Form))));
}

#[test]
fn an_endless_proof_is_refused() {
    let case = Case::new();
    let verdict = verify(&case.attestation(), &"a".repeat(8 * 1024 + 1), &case.expected());
    assert_eq!(verdict, Err(E::Pop(SignedError::Form(JwsError::TooLong))));
}

#[test]
fn the_attestation_again_is_no_proof() {
    let case = Case::new();
    let verdict = verify(&case.attestation(), &case.attestation(), &case.expected());
    assert_eq!(verdict, Err(E::Pop(SignedError::Type)));
}

#[test]
fn a_proof_with_alg_none_is_refused() {
    let case = Case::new();
    let bad = with_header(&case.proof(), &json!({ "alg": "none", "typ": POP_TYP }));
    assert_eq!(verify(&case.attestation(), &bad, &case.expected()), Err(E::Pop(SignedError::Algorithm)));
}

#[test]
fn a_proof_cannot_bring_a_key_of_its_own() {
    let mut case = Case::new();
    let thief = key("thief");
    case.pop_header["jwk"] = thief.public_key().to_jwk().to_value();
    case.instance = thief;
    assert_eq!(case.verify(), Err(E::Pop(SignedError::Signature)));
}

#[test]
fn a_proof_whose_payload_is_an_array_is_refused() {
    let mut case = Case::new();
    case.pop = json!([]);
    assert_eq!(case.verify(), Err(E::Pop(SignedError::Payload)));
}

#[test]
fn what_is_verified_does_not_print_the_instance_s_key() {
    let case = Case::new();
    let shown = format!("{:?}", case.verify().expect("accepted"));
    let jwk = case.instance.public_key().to_jwk();
    assert!(!shown.contains(jwk.x.as_deref().expect("a coordinate")), "{shown}");
}
