use mibun_crypto::jws::JwsError;
use mibun_crypto::x509::ChainError;

use super::ListError as E;
use super::*;
use crate::testing::{key, with_bad_signature, with_header};

/// One named test per spoilt list and its exact refusal.
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
    no_chain_is_refused:
        |case| without(&mut case.header, "x5c") => signer(ChainError::Empty);
    an_operator_of_another_root_is_refused:
        |case| case.anchors = Party::new("other", Purpose::ListSigner).anchors().to_vec()
        => signer(ChainError::UnknownAuthority);
    a_self_signed_operator_is_refused: |case| {
        case.operator.x5c = vec![case.operator.root.der().to_vec()];
        case.header["x5c"] = case.operator.chain();
    } => signer(ChainError::SelfSignedLeaf);
    a_document_signer_signs_no_list: |case| *case = Case::of(Party::new(OPERATOR, Purpose::DocumentSigner))
        => signer(ChainError::WrongPurpose(0));
    a_registrar_signs_no_list: |case| *case = Case::of(Party::new(OPERATOR, Purpose::Registrar))
        => signer(ChainError::WrongPurpose(0));
    another_key_is_refused:
        |case| case.operator.key = key("thief") => E::Signed(SignedError::Signature);
    the_digest_of_another_certificate_is_refused:
        |case| case.header["x5t#S256"] = "AAAA".into() => E::Signed(SignedError::Header("x5t#S256"));
    another_organisation_than_the_operator_is_refused:
        |case| case.scheme()["SchemeOperatorName"][0]["value"] = "Somebody else".into() => E::OtherOperator;
    another_country_than_the_operator_s_is_refused:
        |case| case.scheme()["SchemeTerritory"] = "DE".into() => E::OtherTerritory;
    a_payload_that_is_no_list_is_refused:
        |case| case.payload = json!({ "lote": {} }) => E::Member("LoTE");
    no_scheme_is_refused:
        |case| without(&mut case.payload["LoTE"], "ListAndSchemeInformation") => E::Member("ListAndSchemeInformation");
    another_version_is_refused:
        |case| case.scheme()["LoTEVersionIdentifier"] = 2.into() => E::Version;
    no_version_is_refused:
        |case| without(case.scheme(), "LoTEVersionIdentifier") => E::Version;
    no_number_is_refused:
        |case| without(case.scheme(), "LoTESequenceNumber") => E::Member("LoTESequenceNumber");
    number_zero_is_refused:
        |case| case.scheme()["LoTESequenceNumber"] = 0.into() => E::Member("LoTESequenceNumber");
    an_older_list_is_refused:
        |case| case.last_sequence = Some(8) => E::RolledBack;
    no_kind_is_refused:
        |case| without(case.scheme(), "LoTEType") => E::Member("LoTEType");
    a_kind_that_is_not_known_is_refused:
        |case| case.scheme()["LoTEType"] = "http://uri.etsi.org/19602/LoTEType/local".into() => E::OtherKind;
    no_operator_is_refused:
        |case| without(case.scheme(), "SchemeOperatorName") => E::Member("SchemeOperatorName");
    an_operator_whose_name_reads_as_another_is_refused:
        |case| case.scheme()["SchemeOperatorName"][0]["value"] = "a\u{202e}b".into() => E::Member("SchemeOperatorName");
    no_time_of_issue_is_refused:
        |case| without(case.scheme(), "ListIssueDateTime") => E::Member("ListIssueDateTime");
    a_time_of_issue_without_a_zone_is_refused:
        |case| case.scheme()["ListIssueDateTime"] = "2027-01-15T08:00:00".into() => E::Member("ListIssueDateTime");
    no_time_of_the_next_list_is_refused:
        |case| without(case.scheme(), "NextUpdate") => E::Member("NextUpdate");
    a_list_from_the_future_is_refused:
        |case| case.scheme()["ListIssueDateTime"] = NOW.plus_seconds(61).to_rfc3339().into() => E::NotYetValid;
    a_list_past_its_end_is_refused:
        |case| case.scheme()["NextUpdate"] = NOW.to_rfc3339().into() => E::Expired;
    a_list_for_a_year_is_refused:
        |case| case.scheme()["NextUpdate"] = NOW.plus_days(365).to_rfc3339().into() => E::TooLong;
    a_list_that_ends_before_it_begins_is_refused:
        |case| case.scheme()["NextUpdate"] = NOW.plus_seconds(-61).to_rfc3339().into() => E::TooLong;
    a_critical_extension_of_the_scheme_is_refused:
        |case| case.scheme()["SchemeExtensions"] = json!([{ "critical": true }]) => E::CriticalExtension;
    a_critical_extension_of_a_provider_is_refused: |case| {
        case.entity()["TrustedEntityInformation"]["TEInformationExtensions"] = json!([{ "Critical": true }]);
    } => E::CriticalExtension;
    a_critical_extension_of_a_service_is_refused:
        |case| case.service()["ServiceInformationExtensions"] = json!([{}, { "Critical": "yes" }]) => E::CriticalExtension;
    extensions_outside_of_an_array_are_refused:
        |case| case.scheme()["SchemeExtensions"] = json!({ "critical": true }) => E::Member("SchemeExtensions");
    an_empty_list_of_providers_is_refused:
        |case| case.payload["LoTE"]["TrustedEntitiesList"] = json!([]) => E::Member("TrustedEntitiesList");
    a_provider_without_a_name_is_refused:
        |case| without(&mut case.entity()["TrustedEntityInformation"], "TEName") => E::Member("TEName");
    a_provider_without_an_address_is_refused:
        |case| without(&mut case.entity()["TrustedEntityInformation"], "TEAddress") => E::Member("TEAddress");
    a_provider_that_nobody_can_write_to_is_refused: |case| {
        case.entity()["TrustedEntityInformation"]["TEAddress"]["TEElectronicAddress"] = json!([]);
    } => E::Member("TEAddress");
    a_provider_without_information_is_refused:
        |case| without(&mut case.entity()["TrustedEntityInformation"], "TEInformationURI") => E::Member("TEInformationURI");
    a_provider_with_an_empty_list_of_information_is_refused: |case| {
        case.entity()["TrustedEntityInformation"]["TEInformationURI"] = json!([]);
    } => E::Member("TEInformationURI");
    a_provider_without_services_is_refused:
        |case| case.entity()["TrustedEntityServices"] = json!([]) => E::Member("TrustedEntityServices");
    a_service_without_a_name_is_refused:
        |case| without(case.service(), "ServiceName") => E::Member("ServiceName");
    a_service_without_a_kind_is_refused:
        |case| without(case.service(), "ServiceTypeIdentifier") => E::Member("ServiceTypeIdentifier");
    a_service_of_another_kind_of_list_is_refused: |case| {
        case.service()["ServiceTypeIdentifier"] = "http://uri.etsi.org/19602/SvcType/WRPAC/Issuance".into();
    } => E::ForeignService { entity: 0, service: 0 };
    a_service_without_certificates_is_refused:
        |case| case.service()["ServiceDigitalIdentity"] = json!({ "X509SKIs": ["AA=="] })
        => E::Certificate { entity: 0, service: 0 };
    a_certificate_that_is_none_is_refused:
        |case| case.service()["ServiceDigitalIdentity"]["X509Certificates"][0]["val"] = "AAAA".into()
        => E::Certificate { entity: 0, service: 0 };
}

#[test]
fn another_kind_than_asked_for_is_refused() {
    assert_eq!(Case::new().verify_as(ListKind::WalletProviders), Err(E::OtherKind));
}

#[test]
fn one_bit_turned_is_refused() {
    let case = Case::new();
    let expected = Expected { anchors: &case.anchors, kind: ListKind::PidProviders, last_sequence: None, now: NOW };
    let verdict = verify(&with_bad_signature(&case.text()), &expected);
    assert_eq!(verdict, Err(E::Signed(SignedError::Signature)));
}

#[test]
fn a_critical_header_that_is_not_understood_is_refused() {
    let case = Case::new();
    let expected = Expected { anchors: &case.anchors, kind: ListKind::PidProviders, last_sequence: None, now: NOW };
    let header = json!({ "alg": "ES256", "sigD": {}, "crit": ["sigD"] });
    let verdict = verify(&with_header(&case.text(), &header), &expected);
    assert_eq!(verdict, Err(E::Signed(SignedError::Form(JwsError::Critical))));
}

#[test]
fn a_list_without_a_signature_is_refused() {
    let case = Case::new();
    let expected = Expected { anchors: &case.anchors, kind: ListKind::PidProviders, last_sequence: None, now: NOW };
    let verdict = verify(&case.payload.to_string(), &expected);
    assert_eq!(verdict, Err(E::Signed(SignedError::Form(JwsError::Form))));
}
