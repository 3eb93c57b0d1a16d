//! The members of a registration certificate (ETSI TS 119 475 section 5.2).

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Identifier, RegisteredCredential, Registration, RegistrationError, Supervisor};
use crate::localised::{self, LocalText};
use crate::signed::{Claims, Malformed};

/// Most entries of a list, claims apart.
const MAX_ENTRIES: usize = 64;

/// The registration that a payload spells. Nothing of it is verified, and no time is compared with now; for that there is
/// [`super::verify`].
///
/// # Errors
/// [`RegistrationError`] for what can never be a registration.
pub fn read(payload: &Value) -> Result<Registration, RegistrationError> {
    let members = payload.as_object().ok_or(RegistrationError::Claim("payload"))?;
    self::members(&Claims::new(members.clone()))
}

pub(super) fn members(claims: &Claims) -> Result<Registration, RegistrationError> {
    let credentials = credentials(claims)?;
    let purpose = texts(claims, "purpose")?;
    if purpose.is_empty() && !credentials.is_empty() {
        return Err(RegistrationError::NoPurpose);
    }
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let registration = Registration {
        identifier: Identifier::parse(claims.text("sub")?)?,
        trade_name: shown(claims, "name")?.ok_or(RegistrationError::Claim("name"))?,
        legal_name: shown(claims, "sub_ln")?,
        country: country(claims)?,
        entitlements: names(claims, "entitlements")?,
        credentials,
        purpose,
        intended_use: owned(claims.optional_text("intended_use_id")?),
        services: texts(claims, "srv_description")?,
        privacy_policy: claims.text("privacy_policy")?.to_owned(),
        info_uri: owned(claims.optional_text("info_uri")?),
        support_uri: owned(claims.optional_text("support_uri")?),
        registry_uri: owned(claims.optional_text("registry_uri")?),
        supervisor: supervisor(claims)?,
        policy_ids: names(claims, "policy_id")?,
        certificate_policy: owned(claims.optional_text("certificate_policy")?),
        status: claims.status()?,
        issued_at: claims.time("iat")?,
        expires_at: claims.optional_time("exp")?,
    };
    registration.check_span()?;
    Ok(registration)
}

/// A name that people will read.
fn shown(claims: &Claims, name: &'static str) -> Result<Option<String>, Malformed> {
    match claims.optional_text(name)? {
        Some(text) if !localised::may_be_shown(text) => Err(Malformed(name)),
        text => Ok(text.map(str::to_owned)),
    }
}

fn country(claims: &Claims) -> Result<String, Malformed> {
    let country = claims.text("country")?;
    let fits = country.len() == 2 && country.bytes().all(|letter| letter.is_ascii_uppercase());
    if fits { Ok(country.to_owned()) } else { Err(Malformed("country")) }
}

fn credentials(claims: &Claims) -> Result<Vec<RegisteredCredential>, Malformed> {
    const MALFORMED: Malformed = Malformed("credentials");
    let Some(value) = claims.get("credentials") else { return Ok(Vec::new()) };
    let list = value.as_array().filter(|list| !list.is_empty() && list.len() <= MAX_ENTRIES).ok_or(MALFORMED)?;
    list.iter().map(|credential| RegisteredCredential::read(credential).ok_or(MALFORMED)).collect()
}

/// A list of texts for people, which may be missing.
fn texts(claims: &Claims, name: &'static str) -> Result<Vec<LocalText>, Malformed> {
    let Some(texts) = claims.get(name) else { return Ok(Vec::new()) };
    let texts: Vec<LocalText> = typed(texts, name)?;
    let fits = texts.len() <= MAX_ENTRIES && localised::all_may_be_shown(&texts);
    if fits { Ok(texts) } else { Err(Malformed(name)) }
}

/// A list of names for machines, which has to be there and to hold one.
fn names(claims: &Claims, name: &'static str) -> Result<Vec<String>, Malformed> {
    let names: Vec<String> = typed(claims.get(name).ok_or(Malformed(name))?, name)?;
    let fits = !names.is_empty() && names.len() <= MAX_ENTRIES && names.iter().all(|name| !name.is_empty());
    if fits { Ok(names) } else { Err(Malformed(name)) }
}

fn supervisor(claims: &Claims) -> Result<Option<Supervisor>, Malformed> {
    const NAME: &str = "supervisory_authority";
    let supervisor: Option<Supervisor> = claims.get(NAME).map(|value| typed(value, NAME)).transpose()?;
    let unfit = |supervisor: &Supervisor| supervisor.name.as_deref().is_some_and(|name| !localised::may_be_shown(name));
    if supervisor.as_ref().is_some_and(unfit) { Err(Malformed(NAME)) } else { Ok(supervisor) }
}

fn typed<T: DeserializeOwned>(value: &Value, name: &'static str) -> Result<T, Malformed> {
    T::deserialize(value).map_err(|_| Malformed(name))
}
