//! The tables.

use super::super::OWN_NAMESPACE;
use super::Encoding::{Any, Bool, FirstText, FullDate, Jpeg, Json, Text, TextMap, Texts, Unsigned};
use super::{DocumentType, Element, Encoding};

const PID_NAMESPACE: &str = "eu.europa.ec.eudi.pid.1";
const COMMON_NAMESPACE: &str = "org.iso.23220.1";
const PHOTO_ID_NAMESPACE: &str = "org.iso.23220.photoid.1";
const MDL_NAMESPACE: &str = "org.iso.18013.5.1";

/// Person identification data: EUDI PID Rulebook 1.7, chapter 3. It has no ages; `resident_house_number` is of its earlier
/// versions, and read by wallets.
pub const PID: DocumentType =
    DocumentType { doc_type: "eu.europa.ec.eudi.pid.1", own: &PID_ELEMENTS, besides: &PID_BESIDES };

/// Photo ID: ISO/IEC TS 23220-2 and its profile for photo IDs. Mandatory are the elements that every issuer can know.
pub const PHOTO_ID: DocumentType =
    DocumentType { doc_type: "org.iso.23220.photoid.1", own: &PHOTO_ID_ELEMENTS, besides: &ASSURANCE };

/// Driving licence: ISO/IEC 18013-5 table 5. What makes it a licence, and its number, the dataset does not know.
pub const MDL: DocumentType =
    DocumentType { doc_type: "org.iso.18013.5.1.mDL", own: &MDL_ELEMENTS, besides: &ASSURANCE };

const fn element(
    namespace: &'static str,
    name: &'static str,
    encoding: Encoding,
    claim: &'static [&'static str],
) -> Element {
    Element { namespace, name, encoding, mandatory: false, claim }
}

const fn mandatory(element: Element) -> Element {
    Element { mandatory: true, ..element }
}

const fn pid(name: &'static str, encoding: Encoding, claim: &'static [&'static str]) -> Element {
    element(PID_NAMESPACE, name, encoding, claim)
}

const fn own(name: &'static str, encoding: Encoding, claim: &'static [&'static str]) -> Element {
    element(OWN_NAMESPACE, name, encoding, claim)
}

const fn common(name: &'static str, encoding: Encoding, claim: &'static [&'static str]) -> Element {
    element(COMMON_NAMESPACE, name, encoding, claim)
}

const fn photo_id(name: &'static str, encoding: Encoding, claim: &'static [&'static str]) -> Element {
    element(PHOTO_ID_NAMESPACE, name, encoding, claim)
}

const fn mdl(name: &'static str, encoding: Encoding, claim: &'static [&'static str]) -> Element {
    element(MDL_NAMESPACE, name, encoding, claim)
}

const PID_ELEMENTS: [Element; 27] = [
    mandatory(pid("family_name", Text, &["family_name"])),
    mandatory(pid("given_name", Text, &["given_name"])),
    mandatory(pid("birth_date", FullDate, &["birthdate"])),
    pid("place_of_birth", TextMap, &["place_of_birth"]),
    mandatory(pid("nationality", Texts, &["nationalities"])),
    pid("resident_address", Text, &["address", "formatted"]),
    pid("resident_country", Text, &["address", "country"]),
    pid("resident_state", Text, &["address", "region"]),
    pid("resident_city", Text, &["address", "locality"]),
    pid("resident_postal_code", Text, &["address", "postal_code"]),
    pid("resident_street", Text, &["address", "street_address"]),
    pid("resident_house_number", Text, &["address", "house_number"]),
    pid("personal_administrative_number", Text, &["personal_administrative_number"]),
    pid("portrait", Jpeg, &["picture"]),
    pid("family_name_birth", Text, &["birth_family_name"]),
    pid("given_name_birth", Text, &[]),
    pid("sex", Unsigned, &["sex"]),
    pid("email_address", Text, &[]),
    pid("mobile_phone_number", Text, &[]),
    pid("expiry_date", FullDate, &["date_of_expiry"]),
    mandatory(pid("issuing_authority", Text, &["issuing_authority"])),
    mandatory(pid("issuing_country", Text, &["issuing_country"])),
    pid("document_number", Text, &["document_number"]),
    pid("issuing_jurisdiction", Text, &[]),
    pid("issuance_date", FullDate, &["date_of_issuance"]),
    pid("trust_anchor", Text, &[]),
    pid("attestation_legal_category", Text, &[]),
];

/// What a PID has no name for: the name in the person's own script, ages, level and evidence.
const PID_BESIDES: [Element; 10] = [
    own("family_name_native", Text, &["family_name_native"]),
    own("given_name_native", Text, &["given_name_native"]),
    own("age_over_14", Bool, &["age_equal_or_over", "14"]),
    own("age_over_16", Bool, &["age_equal_or_over", "16"]),
    own("age_over_18", Bool, &["age_equal_or_over", "18"]),
    own("age_over_20", Bool, &["age_equal_or_over", "20"]),
    own("age_over_21", Bool, &["age_equal_or_over", "21"]),
    own("age_over_65", Bool, &["age_equal_or_over", "65"]),
    ASSURANCE[0],
    ASSURANCE[1],
];

const ASSURANCE: [Element; 2] =
    [own("assurance_level", Text, &["assurance_level"]), own("evidence", Json, &["evidence"])];

const PHOTO_ID_ELEMENTS: [Element; 31] = [
    mandatory(common("family_name_unicode", Text, &["family_name"])),
    mandatory(common("given_name_unicode", Text, &["given_name"])),
    mandatory(common("birth_date", FullDate, &["birthdate"])),
    mandatory(common("portrait", Jpeg, &["picture"])),
    mandatory(common("issue_date", FullDate, &["date_of_issuance"])),
    mandatory(common("expiry_date", FullDate, &["date_of_expiry"])),
    mandatory(common("issuing_authority_unicode", Text, &["issuing_authority"])),
    mandatory(common("issuing_country", Text, &["issuing_country"])),
    common("sex", Unsigned, &["sex"]),
    common("nationality", FirstText, &["nationalities"]),
    common("document_number", Text, &["document_number"]),
    common("name_at_birth", Text, &["birth_family_name"]),
    common("resident_address_unicode", Text, &["address", "formatted"]),
    common("resident_city_unicode", Text, &["address", "locality"]),
    common("resident_postal_code", Text, &["address", "postal_code"]),
    common("resident_country", Text, &["address", "country"]),
    common("age_over_14", Bool, &["age_equal_or_over", "14"]),
    common("age_over_16", Bool, &["age_equal_or_over", "16"]),
    mandatory(common("age_over_18", Bool, &["age_equal_or_over", "18"])),
    common("age_over_20", Bool, &["age_equal_or_over", "20"]),
    common("age_over_21", Bool, &["age_equal_or_over", "21"]),
    common("age_over_65", Bool, &["age_equal_or_over", "65"]),
    photo_id("person_id", Text, &["personal_administrative_number"]),
    photo_id("birth_country", Text, &["place_of_birth", "country"]),
    photo_id("birth_state", Text, &["place_of_birth", "region"]),
    photo_id("birth_city", Text, &["place_of_birth", "locality"]),
    photo_id("resident_state", Text, &["address", "region"]),
    photo_id("resident_street", Text, &["address", "street_address"]),
    photo_id("resident_house_number", Text, &["address", "house_number"]),
    photo_id("travel_document_number", Text, &[]),
    photo_id("travel_document_mrz", Text, &[]),
];

const MDL_ELEMENTS: [Element; 30] = [
    mandatory(mdl("family_name", Text, &["family_name"])),
    mandatory(mdl("given_name", Text, &["given_name"])),
    mandatory(mdl("birth_date", FullDate, &["birthdate"])),
    mandatory(mdl("issue_date", FullDate, &["date_of_issuance"])),
    mandatory(mdl("expiry_date", FullDate, &["date_of_expiry"])),
    mandatory(mdl("issuing_country", Text, &["issuing_country"])),
    mandatory(mdl("issuing_authority", Text, &["issuing_authority"])),
    mandatory(mdl("document_number", Text, &[])),
    mandatory(mdl("portrait", Jpeg, &["picture"])),
    mandatory(mdl("driving_privileges", Any, &[])),
    mandatory(mdl("un_distinguishing_sign", Text, &[])),
    mdl("administrative_number", Text, &["personal_administrative_number"]),
    mdl("sex", Unsigned, &["sex"]),
    mdl("nationality", FirstText, &["nationalities"]),
    mdl("resident_address", Text, &["address", "formatted"]),
    mdl("resident_city", Text, &["address", "locality"]),
    mdl("resident_state", Text, &["address", "region"]),
    mdl("resident_postal_code", Text, &["address", "postal_code"]),
    mdl("resident_country", Text, &["address", "country"]),
    mdl("age_over_14", Bool, &["age_equal_or_over", "14"]),
    mdl("age_over_16", Bool, &["age_equal_or_over", "16"]),
    mdl("age_over_18", Bool, &["age_equal_or_over", "18"]),
    mdl("age_over_20", Bool, &["age_equal_or_over", "20"]),
    mdl("age_over_21", Bool, &["age_equal_or_over", "21"]),
    mdl("age_over_65", Bool, &["age_equal_or_over", "65"]),
    mdl("family_name_national_character", Text, &["family_name_native"]),
    mdl("given_name_national_character", Text, &["given_name_native"]),
    mdl("birth_place", Text, &[]),
    mdl("issuing_jurisdiction", Text, &[]),
    mdl("portrait_capture_date", Any, &[]),
];
