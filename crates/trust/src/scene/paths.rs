//! The claims a scene may ask for.

/// Every claim of the card that a scene may name, with the names of the EUDI PID Rulebook 1.7 for SD-JWT VC.
///
/// Level and evidence are missing on purpose: a check asks for them by itself, from the scene's minimum level and
/// evidence age.
pub const CARD_PATHS: &[&[&str]] = &[
    &["family_name"],
    &["given_name"],
    &["family_name_native"],
    &["given_name_native"],
    &["birthdate"],
    &["sex"],
    &["nationalities"],
    &["place_of_birth"],
    &["place_of_birth", "country"],
    &["place_of_birth", "region"],
    &["place_of_birth", "locality"],
    &["address"],
    &["address", "formatted"],
    &["address", "country"],
    &["address", "region"],
    &["address", "locality"],
    &["address", "postal_code"],
    &["address", "street_address"],
    &["address", "house_number"],
    &["personal_administrative_number"],
    &["document_number"],
    &["date_of_issuance"],
    &["date_of_expiry"],
    &["issuing_authority"],
    &["issuing_country"],
    &["picture"],
    &["age_equal_or_over", "14"],
    &["age_equal_or_over", "16"],
    &["age_equal_or_over", "18"],
    &["age_equal_or_over", "20"],
    &["age_equal_or_over", "21"],
    &["age_equal_or_over", "65"],
];

/// Whether the card can carry a claim at `path`.
pub(super) fn is_on_the_card(path: &[String]) -> bool {
    CARD_PATHS.iter().any(|known| known.iter().copied().eq(path.iter().map(String::as_str)))
}
