//! The register of people: adding, finding, opening and closing records.

pub mod changes;

use mibun_crypto::entropy::Entropy;
use mibun_crypto::seal::SealingKey;
use mibun_crypto::time::Timestamp;
use mibun_document::resident_number::Scheme;
use mibun_registry::{Person, PersonId, PersonStatus, Sealed, Unit, Version, run};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::WorkError;
use super::audit::{self, Actor};
use super::portraits::Portraits;
use crate::app::App;
use crate::record::{PersonRecord, RecordError, normal_name};
use crate::safe::{Place, SafeError, open_bytes, open_with, seal_bytes, seal_with};

/// A person with the record opened.
pub struct OpenPerson {
    /// The row.
    pub row: Person,
    /// What the row says.
    pub record: PersonRecord,
    key: SealingKey,
}

impl OpenPerson {
    /// Seals something that goes when the person is erased.
    ///
    /// # Errors
    /// [`SafeError::Form`] if the value cannot be written as JSON.
    pub fn seal<T: Serialize>(
        &self,
        place: Place<'_>,
        value: &T,
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, SafeError> {
        seal_with(&self.key, place, value, entropy)
    }

    /// Opens what [`OpenPerson::seal`] sealed.
    ///
    /// # Errors
    /// [`SafeError`] for an altered or moved row.
    pub fn open<T: DeserializeOwned>(&self, place: Place<'_>, sealed: &Sealed) -> Result<T, SafeError> {
        open_with(&self.key, place, sealed)
    }
}

/// Checks a record and its portrait's presence, seals both and inserts them.
///
/// # Errors
/// [`WorkError::Record`] for a record that breaks a rule, `Conflict(NumberTaken)` for a number that is in the register.
pub async fn add(
    app: &App,
    actor: Actor<'_>,
    mut record: PersonRecord,
    portraits: &Portraits,
) -> Result<PersonId, WorkError> {
    let now = app.clock.now();
    check(app, &mut record, now)?;
    let (person, portrait) = sealed(app, &record, portraits, now)?;
    run(&*app.registry, "people.add", |unit| {
        let (person, portrait) = (&person, &portrait);
        Box::pin(async move {
            unit.insert_person(person).await?;
            unit.put_portrait(person.id, portrait).await?;
            audit::note(app, unit, actor, "person.added", person.id.to_string()).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await?;
    Ok(person.id)
}

/// Brings the number into its scheme's normal form and checks the whole record.
///
/// # Errors
/// [`WorkError::Record`].
pub fn check(app: &App, record: &mut PersonRecord, now: Timestamp) -> Result<(), WorkError> {
    let number = app.scheme.read(&record.number, now.date()).map_err(RecordError::Number)?;
    if number.birth_date().is_some_and(|date| date != record.birthdate) {
        return Err(RecordError::BirthdateOfNumber.into());
    }
    record.number = number.as_str().to_owned();
    record.check(now.date())?;
    Ok(())
}

fn sealed(
    app: &App,
    record: &PersonRecord,
    portraits: &Portraits,
    now: Timestamp,
) -> Result<(Person, Sealed), WorkError> {
    let mut entropy = app.entropy();
    let id = PersonId::generate(&mut *entropy);
    let row = id.to_string();
    let (key, wrapped_key) = app.safe.new_data_key(Place::new("people", &row, "key"), &mut *entropy);
    let person = Person {
        id,
        number_index: app.number_index(&record.number),
        name_indexes: record.spellings().iter().map(|name| app.safe.index("name", name)).collect(),
        wrapped_key,
        record: seal_with(&key, Place::new("people", &row, "record"), record, &mut *entropy)?,
        status: PersonStatus::Active,
        valid_until: Some(record.document_valid_until.plus_days(1).midnight()),
        created_at: now,
        version: Version::FIRST,
    };
    let portrait = seal_bytes(&key, Place::new("people", &row, "portrait"), &portraits.to_bytes(), &mut *entropy);
    Ok((person, portrait))
}

/// Opens a row.
///
/// # Errors
/// [`WorkError::Safe`] for an erased or damaged row.
pub fn open(app: &App, row: Person) -> Result<OpenPerson, WorkError> {
    let name = row.id.to_string();
    let key = app.safe.data_key(Place::new("people", &name, "key"), &row.wrapped_key)?;
    let record = open_with(&key, Place::new("people", &name, "record"), &row.record)?;
    Ok(OpenPerson { row, record, key })
}

/// Loads and opens a person.
///
/// # Errors
/// [`WorkError::NotFound`].
pub async fn load(app: &App, unit: &mut dyn Unit, id: PersonId) -> Result<OpenPerson, WorkError> {
    open(app, unit.person(id).await?.ok_or(WorkError::NotFound("person"))?)
}

/// The portraits of a person.
///
/// # Errors
/// [`WorkError::NotFound`].
pub async fn portraits(unit: &mut dyn Unit, person: &OpenPerson) -> Result<Portraits, WorkError> {
    let sealed = unit.portrait(person.row.id).await?.ok_or(WorkError::NotFound("portrait"))?;
    let bytes = open_bytes(&person.key, Place::new("people", &person.row.id.to_string(), "portrait"), &sealed)?;
    Portraits::from_bytes(&bytes).ok_or(WorkError::Damaged)
}

/// People found by exact number or name (either script and order), else a page in no particular order.
///
/// # Errors
/// The store's; [`WorkError::Safe`] for damage.
pub async fn search(app: &App, query: &str, after: Option<PersonId>, limit: u32) -> Result<Vec<OpenPerson>, WorkError> {
    let mut unit = app.registry.read().await?;
    let query = query.trim();
    let rows = if query.is_empty() {
        unit.people_page(after, limit).await?
    } else {
        let mut rows = unit.people_by_name(&app.safe.index("name", &normal_name(query)), limit).await?;
        if let Ok(number) = app.scheme.read(query, app.clock.now().date()) {
            rows.extend(unit.person_by_number(&app.number_index(number.as_str())).await?);
        }
        rows
    };
    rows.into_iter().map(|row| open(app, row)).collect()
}

/// Why a person may not enrol now, if so.
pub fn ineligible(person: &Person, now: Timestamp) -> bool {
    person.status != PersonStatus::Active || person.valid_until.is_some_and(|until| until < now)
}

/// Draws a number that follows a free scheme, for the demonstration.
///
/// # Errors
/// [`WorkError::State`] for a scheme whose numbers say something about a person.
pub fn draw_number(app: &App) -> Result<String, WorkError> {
    let Scheme::Free(scheme) = &app.scheme else { return Err(WorkError::State("this scheme draws no numbers")) };
    let pattern = String::from(scheme.pattern.clone());
    let mut entropy = app.entropy();
    let mut place = |symbol: char| match symbol {
        '#' => char::from(b'0' + entropy.below(10) as u8),
        'A' | '*' => char::from(b'A' + entropy.below(26) as u8),
        other => other,
    };
    Ok(pattern.split('|').next().unwrap_or_default().chars().map(&mut place).collect())
}
