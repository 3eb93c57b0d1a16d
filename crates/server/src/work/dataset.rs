//! From the register's record to the claims of a card.

use mibun_card::assurance::Assurance;
use mibun_card::pid::{Address, PersonalData, Place};
use mibun_proofing::level::{Evidence as Proof, level};
use mibun_registry::{Card, JourneyId, Unit};
use serde_json::{Map, Value};

use super::{WorkError, journeys};
use crate::app::App;
use crate::record::PersonRecord;

/// The claims of a card, level and evidence included.
///
/// # Errors
/// [`WorkError::Refused`] for a record that a card cannot carry.
pub fn claims(
    app: &App,
    card: &Card,
    record: &PersonRecord,
    portrait: Vec<u8>,
    assurance: &Assurance,
) -> Result<Map<String, Value>, WorkError> {
    let authority = app.config.authority.name.get("en").cloned().unwrap_or_default();
    let person = PersonalData {
        family_name: record.family_name.clone(),
        given_name: record.given_name.clone(),
        family_name_native: record.family_name_native.clone(),
        given_name_native: record.given_name_native.clone(),
        birth_family_name: None,
        birthdate: record.birthdate,
        sex: Some(record.sex),
        nationalities: record.nationalities.clone(),
        place_of_birth: record.place_of_birth.clone().map(|text| Place { locality: Some(text), ..Place::default() }),
        address: record.address.clone().map(|text| Address { formatted: Some(text), ..Address::default() }),
        personal_administrative_number: record.number.clone(),
        document_number: record.document_number.clone(),
        date_of_issuance: card.issued_at.date(),
        date_of_expiry: record.document_valid_until,
        issuing_authority: authority.clone(),
        issuing_country: app.config.authority.country.clone(),
        portrait: Some(portrait),
    };
    let mut claims = person.to_claims().map_err(|error| WorkError::Refused("record_unfit", error.to_string()))?;
    assurance.add_to(&mut claims, &authority);
    Ok(claims)
}

/// What was proved on the way to a card: by the journey that led to it, or `kept` once that is gone.
///
/// # Errors
/// [`WorkError::State`] when neither is there.
pub async fn proofs(
    app: &App,
    unit: &mut dyn Unit,
    journey: Option<JourneyId>,
    kept: Option<&[Proof]>,
) -> Result<Vec<Proof>, WorkError> {
    let id = journey.ok_or(WorkError::State("nothing is known of how this card came about"))?;
    match (unit.journey(id).await?, kept) {
        (Some(row), _) => Ok(journeys::open_row(app, row)?.state.evidence()),
        (None, Some(kept)) => Ok(kept.to_vec()),
        (None, None) => Err(WorkError::State("the journey behind this card is gone")),
    }
}

/// Level and evidence of a card, computed from what was proved.
///
/// # Errors
/// [`WorkError::State`] when it carries no level (any more).
pub fn assurance(app: &App, proofs: &[Proof]) -> Result<Assurance, WorkError> {
    let standing = level(proofs, &app.config.limits.evidence, app.clock.now());
    let standing = standing.ok_or(WorkError::State("the journey was not accepted, or its evidence is too old"))?;
    Ok(Assurance { level: standing.level, evidence: proofs.iter().map(Proof::for_card).collect() })
}
