use mibun_crypto::jws::JwsError;
use mibun_crypto::x509::ChainError;

use super::RegistrationError as E;
use super::*;
use crate::testing::with_bad_signature;

/// One named test per spoilt certificate and its exact refusal.
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
    another_type_is_refused:
        |case| case.header["typ"] = "rc-rp+jwt".into() => E::Signed(SignedError::Type);
    no_type_is_refused:
        |case| without(&mut case.header, "typ") => E::Signed(SignedError::Type);
    no_chain_is_refused:
        |case| without(&mut case.header, "x5c") => signer(ChainError::Empty);
    the_anchor_in_the_chain_is_refused: |case| {
        let root = case.registrar.root.der().to_vec();
        case.registrar.x5c.push(root);
        case.header["x5c"] = case.registrar.chain();
    } => signer(ChainError::AnchorIncluded);
    a_self_signed_registrar_is_refused: |case| {
        case.registrar.x5c = vec![case.registrar.root.der().to_vec()];
        case.header["x5c"] = case.registrar.chain();
    } => signer(ChainError::SelfSignedLeaf);
    a_registrar_of_another_root_is_refused:
        |case| case.anchors = Party::new("other", Purpose::Registrar).anchors().to_vec()
        => signer(ChainError::UnknownAuthority);
    an_organisation_registers_nobody: |case| *case = Case::of(Party::new("hotel", Purpose::AccessCertificate))
        => signer(ChainError::WrongPurpose(0));
    an_attester_registers_nobody: |case| *case = Case::of(Party::new("wallet", Purpose::WalletProvider))
        => signer(ChainError::WrongPurpose(0));
    another_key_is_refused:
        |case| case.registrar.key = key("thief") => E::Signed(SignedError::Signature);
    the_digest_of_another_certificate_is_refused:
        |case| case.header["x5t#S256"] = "AAAA".into() => E::Signed(SignedError::Header("x5t#S256"));
    a_time_of_signing_that_is_none_is_refused:
        |case| case.header["sigT"] = "yesterday".into() => E::Signed(SignedError::Header("sigT"));
    a_time_of_signing_as_text_is_refused:
        |case| case.header["iat"] = "now".into() => E::Signed(SignedError::Header("iat"));
    no_identifier_is_refused:
        |case| without(&mut case.claims, "sub") => E::Claim("sub");
    an_identifier_of_no_register_is_refused:
        |case| case.claims["sub"] = "hotel".into() => E::Identifier(BadIdentifier);
    no_name_is_refused:
        |case| without(&mut case.claims, "name") => E::Claim("name");
    a_name_that_reads_as_another_is_refused:
        |case| case.claims["name"] = "Hotel \u{202e}ikoA".into() => E::Claim("name");
    a_blank_name_is_refused:
        |case| case.claims["name"] = " ".into() => E::Claim("name");
    an_endless_legal_name_is_refused:
        |case| case.claims["sub_ln"] = "x".repeat(601).into() => E::Claim("sub_ln");
    no_country_is_refused:
        |case| without(&mut case.claims, "country") => E::Claim("country");
    a_country_in_full_is_refused:
        |case| case.claims["country"] = "Japan".into() => E::Claim("country");
    no_entitlement_is_refused:
        |case| case.claims["entitlements"] = json!([]) => E::Claim("entitlements");
    a_number_as_entitlement_is_refused:
        |case| case.claims["entitlements"] = json!([1]) => E::Claim("entitlements");
    no_policy_is_refused:
        |case| without(&mut case.claims, "policy_id") => E::Claim("policy_id");
    no_privacy_policy_is_refused:
        |case| without(&mut case.claims, "privacy_policy") => E::Claim("privacy_policy");
    no_purpose_is_refused_where_something_is_asked:
        |case| without(&mut case.claims, "purpose") => E::NoPurpose;
    an_empty_purpose_is_refused:
        |case| case.claims["purpose"] = json!([{ "lang": "en", "value": "" }]) => E::Claim("purpose");
    a_purpose_without_a_language_is_refused:
        |case| without(&mut case.claims["purpose"][0], "lang") => E::Claim("purpose");
    a_purpose_with_an_invisible_letter_is_refused:
        |case| case.claims["purpose"][0]["value"] = "re\u{200b}gister".into() => E::Claim("purpose");
    no_credentials_in_a_list_of_them_are_refused:
        |case| case.claims["credentials"] = json!([]) => E::Claim("credentials");
    a_credential_without_a_format_is_refused:
        |case| without(&mut case.claims["credentials"][0], "format") => E::Claim("credentials");
    a_credential_without_a_type_is_refused:
        |case| case.claims["credentials"][0]["meta"] = json!({}) => E::Claim("credentials");
    a_credential_with_an_empty_list_of_claims_is_refused:
        |case| case.claims["credentials"][0]["claim"] = json!([]) => E::Claim("credentials");
    a_claim_without_a_path_is_refused:
        |case| case.claims["credentials"][0]["claim"] = json!([{}]) => E::Claim("credentials");
    a_claim_with_an_empty_path_is_refused:
        |case| case.claims["credentials"][0]["claim"] = json!([{ "path": [] }]) => E::Claim("credentials");
    a_claim_with_its_path_as_text_is_refused:
        |case| case.claims["credentials"][0]["claim"] = json!([{ "path": "family_name" }]) => E::Claim("credentials");
    a_claim_at_a_negative_place_is_refused:
        |case| case.claims["credentials"][0]["claim"] = json!([{ "path": ["a", -1] }]) => E::Claim("credentials");
    a_claim_at_an_endless_path_is_refused:
        |case| case.claims["credentials"][0]["claim"] = json!([{ "path": vec!["a"; 17] }]) => E::Claim("credentials");
    a_supervisor_that_is_no_object_is_refused:
        |case| case.claims["supervisory_authority"] = "PPC".into() => E::Claim("supervisory_authority");
    a_broken_status_is_refused:
        |case| case.claims["status"] = json!({ "status_list": {} }) => E::Claim("status");
    no_time_of_issue_is_refused:
        |case| without(&mut case.claims, "iat") => E::Claim("iat");
    neither_end_nor_status_is_refused: |case| {
        without(&mut case.claims, "exp");
        without(&mut case.claims, "status");
    } => E::Endless;
    more_than_twelve_months_are_refused: |case| {
        case.claims["iat"] = Timestamp::parse_rfc3339("2026-12-31T10:00:05Z").expect("a time").0.into();
        case.claims["exp"] = Timestamp::parse_rfc3339("2027-12-31T10:00:06Z").expect("a time").0.into();
    } => E::TooLong;
    an_end_before_the_beginning_is_refused:
        |case| case.claims["exp"] = (NOW.0 - 61).into() => E::TooLong;
    an_end_now_is_refused:
        |case| case.claims["exp"] = NOW.0.into() => E::Expired;
    a_beginning_in_the_future_is_refused:
        |case| case.claims["iat"] = (NOW.0 + 61).into() => E::NotYetValid;
}

#[test]
fn one_bit_turned_is_refused() {
    let case = Case::new();
    let bad = with_bad_signature(&case.text());
    assert_eq!(verify(&bad, &case.anchors, NOW), Err(E::Signed(SignedError::Signature)));
}

#[test]
fn what_is_no_jws_is_refused() {
    let case = Case::new();
    assert_eq!(verify("", &case.anchors, NOW), Err(E::Signed(SignedError::Form(JwsError::Form))));
}

#[test]
fn what_is_longer_than_allowed_is_refused() {
    let case = Case::new();
    let long = "a".repeat(128 * 1024 + 1);
    assert_eq!(verify(&long, &case.anchors, NOW), Err(E::Signed(SignedError::Form(JwsError::TooLong))));
}
