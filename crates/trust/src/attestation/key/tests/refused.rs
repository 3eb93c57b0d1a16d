use mibun_crypto::jws::JwsError;
use mibun_crypto::x509::ChainError;

use super::KeyAttestationError as E;
use super::*;
use crate::testing::with_bad_signature;

/// One named test per spoilt attestation and its exact refusal.
macro_rules! refused {
    ($($name:ident: $spoil:expr => $error:expr;)+) => {$(
        #[test]
        fn $name() {
            let mut case = Case::new();
            let spoil: fn(&mut Case) = $spoil;
            spoil(&mut case);
            assert_eq!(case.verify(), Err($error));
        }
    )+};
}

const fn signer(why: ChainError) -> E {
    E::Signed(SignedError::Signer(why))
}

refused! {
    an_attestation_of_another_type_is_refused:
        |case| case.header["typ"] = "keyattestation+jwt".into() => E::Signed(SignedError::Type);
    a_client_attestation_attests_no_keys:
        |case| case.header["typ"] = crate::attestation::client::TYP.into() => E::Signed(SignedError::Type);
    an_attestation_without_a_chain_is_refused:
        |case| without(&mut case.header, "x5c") => signer(ChainError::Empty);
    an_attestation_that_names_its_signer_by_identifier_is_refused: |case| {
        without(&mut case.header, "x5c");
        case.header["kid"] = "1".into();
    } => signer(ChainError::Empty);
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
        |case| case.anchors = Party::new("other", Purpose::WalletProvider).anchors().to_vec()
        => signer(ChainError::UnknownAuthority);
    a_document_signer_attests_no_keys: |case| *case = Case::of(Party::new("attester", Purpose::DocumentSigner))
        => signer(ChainError::WrongPurpose(0));
    an_attestation_signed_by_another_key_is_refused:
        |case| case.attester.key = key("thief") => E::Signed(SignedError::Signature);
    an_attestation_whose_payload_is_an_array_is_refused:
        |case| case.claims = json!([]) => E::Signed(SignedError::Payload);
    an_attestation_without_iat_is_refused:
        |case| without(&mut case.claims, "iat") => E::Claim("iat");
    an_attestation_from_the_future_is_refused:
        |case| case.claims["iat"] = (NOW.0 + 61).into() => E::NotYetValid;
    an_attestation_that_ends_now_is_refused:
        |case| case.claims["exp"] = NOW.0.into() => E::Expired;
    an_attestation_with_exp_as_text_is_refused:
        |case| case.claims["exp"] = "soon".into() => E::Claim("exp");
    an_attestation_as_proof_without_a_nonce_is_refused:
        |case| without(&mut case.claims, "nonce") => E::Claim("nonce");
    an_attestation_with_a_number_as_nonce_is_refused:
        |case| case.claims["nonce"] = 1.into() => E::Claim("nonce");
    an_attestation_within_a_proof_without_an_end_is_refused: |case| {
        case.carried = Carried::InProof;
        without(&mut case.claims, "exp");
    } => E::Claim("exp");
    an_attestation_without_keys_is_refused:
        |case| without(&mut case.claims, "attested_keys") => E::Claim("attested_keys");
    an_attestation_with_one_key_outside_of_an_array_is_refused:
        |case| case.claims["attested_keys"] = jwk("one") => E::Claim("attested_keys");
    an_attestation_of_no_keys_is_refused:
        |case| case.claims["attested_keys"] = json!([]) => E::NoKeys;
    an_attestation_of_too_many_keys_is_refused:
        |case| case.claims["attested_keys"] = (0..=MAX_KEYS).map(|at| jwk(&at.to_string())).collect()
        => E::TooManyKeys;
    an_attestation_of_a_private_key_is_refused:
        |case| case.claims["attested_keys"][1] = key("two").to_private_jwk() => E::Key(1);
    an_attestation_of_a_key_on_another_curve_is_refused:
        |case| case.claims["attested_keys"][0]["crv"] = "P-384".into() => E::Key(0);
    an_attestation_of_a_point_that_is_on_no_curve_is_refused:
        |case| case.claims["attested_keys"][0]["x"] = jwk("two")["x"].clone() => E::Key(0);
    an_attestation_of_a_key_twice_is_refused:
        |case| case.claims["attested_keys"][1] = jwk("one") => E::DuplicateKey(1);
    keys_that_are_stored_less_well_than_demanded_are_refused:
        |case| case.key_storage = vec![Level::High] => E::KeyStorage;
    keys_whose_storage_is_not_stated_are_refused_where_it_is_demanded: |case| {
        without(&mut case.claims, "key_storage");
        case.key_storage = vec![Level::Moderate];
    } => E::KeyStorage;
    users_who_are_authenticated_less_well_than_demanded_are_refused:
        |case| case.user_authentication = vec![Level::High] => E::UserAuthentication;
    a_storage_level_outside_of_an_array_is_refused:
        |case| case.claims["key_storage"] = "iso_18045_high".into() => E::Claim("key_storage");
    an_empty_array_of_storage_levels_is_refused:
        |case| case.claims["key_storage"] = json!([]) => E::Claim("key_storage");
    a_number_as_level_of_authentication_is_refused:
        |case| case.claims["user_authentication"] = json!([3]) => E::Claim("user_authentication");
    an_endless_array_of_levels_is_refused:
        |case| case.claims["key_storage"] = (0..17).map(|at| at.to_string()).collect() => E::Claim("key_storage");
    an_attestation_with_a_broken_status_is_refused:
        |case| case.claims["status"] = "good".into() => E::Claim("status");
}

#[test]
fn an_attestation_with_one_bit_turned_is_refused() {
    let case = Case::new();
    let bad = with_bad_signature(&case.text());
    assert_eq!(verify(&bad, &case.expected()), Err(E::Signed(SignedError::Signature)));
}

#[test]
fn an_attestation_that_is_no_jws_is_refused() {
    let case = Case::new();
    assert_eq!(verify("a.b", &case.expected()), Err(E::Signed(SignedError::Form(JwsError::Form))));
}

#[test]
fn an_attestation_longer_than_allowed_is_refused() {
    let case = Case::new();
    let long = "a".repeat(64 * 1024 + 1);
    assert_eq!(verify(&long, &case.expected()), Err(E::Signed(SignedError::Form(JwsError::TooLong))));
}
