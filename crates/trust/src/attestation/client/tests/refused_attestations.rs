use mibun_crypto::json::JsonError;
use mibun_crypto::jws::JwsError;
use mibun_crypto::key::Algorithm;
use mibun_crypto::x509::{Certificate, ChainError};

use super::ClientAttestationError as E;
use super::*;
use crate::testing::{validity, with_bad_signature, with_header};

const fn attestation(why: SignedError) -> E {
    E::Attestation(why)
}

const fn signer(why: ChainError) -> E {
    E::Attestation(SignedError::Signer(why))
}

fn replace_attester(case: &mut Case, attester: Party) {
    case.header["x5c"] = attester.chain();
    case.attesters = Attesters::of_any_client(attester.anchors().to_vec());
    case.attester = attester;
}

fn replace_roots(case: &mut Case, roots: &[Certificate]) {
    case.attesters = Attesters::of_any_client(roots.to_vec());
}

refused! {
    an_attestation_of_another_type_is_refused:
        |case| case.header["typ"] = "JWT".into() => attestation(SignedError::Type);
    an_attestation_without_a_type_is_refused:
        |case| without(&mut case.header, "typ") => attestation(SignedError::Type);
    a_proof_in_the_place_of_the_attestation_is_refused:
        |case| case.header["typ"] = POP_TYP.into() => attestation(SignedError::Type);
    an_attestation_without_a_chain_is_refused:
        |case| without(&mut case.header, "x5c") => signer(ChainError::Empty);
    an_attestation_with_the_anchor_in_its_chain_is_refused: |case| {
        let root = case.attester.root.der().to_vec();
        case.attester.x5c.push(root);
        case.header["x5c"] = case.attester.chain();
    } => signer(ChainError::AnchorIncluded);
    a_self_signed_attester_is_refused: |case| {
        case.attester.x5c = vec![case.attester.root.der().to_vec()];
        case.header["x5c"] = case.attester.chain();
    } => signer(ChainError::SelfSignedLeaf);
    an_attester_of_another_root_is_refused:
        |case| replace_roots(case, Party::new("other", Purpose::WalletProvider).anchors())
        => signer(ChainError::UnknownAuthority);
    no_attester_is_trusted_without_anchors:
        |case| replace_roots(case, &[]) => signer(ChainError::UnknownAuthority);
    a_document_signer_attests_no_wallet:
        |case| replace_attester(case, Party::new("attester", Purpose::DocumentSigner))
        => signer(ChainError::WrongPurpose(0));
    an_organisation_attests_no_wallet:
        |case| replace_attester(case, Party::new("attester", Purpose::AccessCertificate))
        => signer(ChainError::WrongPurpose(0));
    an_expired_attester_is_refused: |case| {
        let late = validity(-10, -1);
        replace_attester(case, Party::with("late", Purpose::WalletProvider, Algorithm::Es256, late));
    } => signer(ChainError::Expired(0));
    an_attester_whose_time_has_not_come_is_refused: |case| {
        let early = validity(1, 10);
        replace_attester(case, Party::with("early", Purpose::WalletProvider, Algorithm::Es256, early));
    } => signer(ChainError::NotYetValid(0));
    an_attestation_with_es384_is_refused: |case| {
        let usual = validity(-10, 10);
        replace_attester(case, Party::with("p384", Purpose::WalletProvider, Algorithm::Es384, usual));
    } => attestation(SignedError::Algorithm);
    an_attestation_with_eddsa_is_refused: |case| {
        let usual = validity(-10, 10);
        replace_attester(case, Party::with("ed", Purpose::WalletProvider, Algorithm::EdDsa, usual));
    } => attestation(SignedError::Algorithm);
    an_attestation_signed_by_another_key_is_refused:
        |case| case.attester.key = key("thief") => attestation(SignedError::Signature);
    an_attestation_without_sub_is_refused:
        |case| without(&mut case.claims, "sub") => E::Claim("sub");
    an_attestation_with_an_empty_sub_is_refused:
        |case| case.claims["sub"] = "".into() => E::Claim("sub");
    an_attestation_with_a_number_as_sub_is_refused:
        |case| case.claims["sub"] = 7.into() => E::Claim("sub");
    an_attestation_with_an_endless_sub_is_refused:
        |case| case.claims["sub"] = "x".repeat(2049).into() => E::Claim("sub");
    an_attestation_without_exp_is_refused:
        |case| without(&mut case.claims, "exp") => E::Claim("exp");
    an_attestation_with_exp_as_text_is_refused:
        |case| case.claims["exp"] = "tomorrow".into() => E::Claim("exp");
    an_attestation_that_ends_now_is_refused:
        |case| case.claims["exp"] = NOW.0.into() => E::Expired;
    an_attestation_of_last_year_is_refused:
        |case| case.claims["exp"] = NOW.plus_days(-365).0.into() => E::Expired;
    an_attestation_from_the_future_is_refused:
        |case| case.claims["iat"] = (NOW.0 + 61).into() => E::NotYetValid;
    an_attestation_that_is_not_to_be_used_yet_is_refused:
        |case| case.claims["nbf"] = (NOW.0 + 61).into() => E::NotYetValid;
    an_attestation_with_iat_as_text_is_refused:
        |case| case.claims["iat"] = "now".into() => E::Claim("iat");
    an_attestation_for_another_client_is_refused:
        |case| case.client_id = Some("https://other.example") => E::ClientId;
    an_attestation_without_cnf_is_refused:
        |case| without(&mut case.claims, "cnf") => E::Key;
    an_attestation_without_a_key_is_refused:
        |case| case.claims["cnf"] = json!({}) => E::Key;
    an_attestation_that_names_its_key_by_identifier_alone_is_refused:
        |case| case.claims["cnf"] = json!({ "kid": "1" }) => E::Key;
    an_attestation_with_a_private_key_is_refused:
        |case| case.claims["cnf"] = json!({ "jwk": case.instance.to_private_jwk() }) => E::Key;
    an_attestation_with_a_symmetric_key_is_refused:
        |case| case.claims["cnf"] = json!({ "jwk": { "kty": "oct", "k": "AAAA" } }) => E::Key;
    an_attestation_with_a_key_for_encryption_is_refused:
        |case| case.claims["cnf"]["jwk"]["use"] = "enc".into() => E::Key;
    an_attestation_of_an_issuer_without_a_name_is_refused:
        |case| case.claims["iss"] = "".into() => E::Claim("iss");
    an_attestation_with_a_broken_status_is_refused:
        |case| case.claims["status"] = json!({ "status_list": { "idx": -1, "uri": "u" } }) => E::Claim("status");
    draft_07_needs_the_attester_s_name_too:
        |case| without(&mut case.claims, "iss") => E::Claim("iss");
}

#[test]
fn an_attestation_with_one_bit_turned_is_refused() {
    let case = Case::new();
    let bad = with_bad_signature(&case.attestation());
    assert_eq!(verify(&bad, &case.proof(), &case.expected()), Err(attestation(SignedError::Signature)));
}

#[test]
fn an_attestation_that_is_no_jws_is_refused() {
    let case = Case::new();
    let verdict = verify("no jws", &case.proof(), &case.expected());
    assert_eq!(verdict, Err(attestation(SignedError::Form(JwsError::Form))));
}

#[test]
fn an_attestation_and_proof_in_one_value_are_refused() {
    let case = Case::new();
    let both = format!("{}~{}", case.attestation(), case.proof());
    let verdict = verify(&both, &case.proof(), &case.expected());
    assert_eq!(verdict, Err(attestation(SignedError::Form(JwsError::Form))));
}

#[test]
fn an_endless_attestation_is_refused() {
    let case = Case::new();
    let long = "a".repeat(32 * 1024 + 1);
    let verdict = verify(&long, &case.proof(), &case.expected());
    assert_eq!(verdict, Err(attestation(SignedError::Form(JwsError::TooLong))));
}

#[test]
fn an_attestation_with_a_critical_header_is_refused() {
    let case = Case::new();
    let bad = with_header(&case.attestation(), &json!({ "alg": "ES256", "typ": TYP, "crit": ["exp"] }));
    let verdict = verify(&bad, &case.proof(), &case.expected());
    assert_eq!(verdict, Err(attestation(SignedError::Form(JwsError::Critical))));
}

#[test]
fn an_attestation_with_alg_none_is_refused() {
    let case = Case::new();
    let bad = with_header(&case.attestation(), &json!({ "alg": "none", "typ": TYP }));
    assert_eq!(verify(&bad, &case.proof(), &case.expected()), Err(attestation(SignedError::Algorithm)));
}

#[test]
fn an_attestation_with_a_mac_is_refused() {
    let case = Case::new();
    let bad = with_header(&case.attestation(), &json!({ "alg": "HS256", "typ": TYP }));
    assert_eq!(verify(&bad, &case.proof(), &case.expected()), Err(attestation(SignedError::Algorithm)));
}

#[test]
fn an_attestation_with_a_member_twice_in_its_header_is_refused() {
    let case = Case::new();
    let attestation_text = case.attestation();
    let (_, rest) = attestation_text.split_once('.').expect("three parts");
    let header = mibun_crypto::base64url::encode(br#"{"alg":"ES256","alg":"ES256"}"#);
    let verdict = verify(&format!("{header}.{rest}"), &case.proof(), &case.expected());
    let why = SignedError::Form(JwsError::HeaderJson(JsonError::DuplicateMember));
    assert_eq!(verdict, Err(attestation(why)));
}
