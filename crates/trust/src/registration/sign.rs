//! The registrar's side.

use mibun_crypto::jws::{self, JwsSignError};
use mibun_crypto::key::Signer;
use serde_json::{Map, Value, json};

use super::{Registration, RegistrationError, TYP, read};
use crate::signed;

/// Why a registration is not signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationSignError {
    /// It could not be read again.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    /// The keeper of the key did not sign.
    #[error(transparent)]
    Key(#[from] JwsSignError),
}

/// Signs a registration certificate. `x5c` holds the registrar's certificates, leaf first, without the anchor.
///
/// # Errors
/// [`RegistrationSignError`]; a registration that nobody would accept is not signed.
pub fn sign(
    registration: &Registration,
    x5c: &[Vec<u8>],
    signer: &dyn Signer,
) -> Result<String, RegistrationSignError> {
    let payload = payload(registration);
    read(&payload)?;
    let header = signed::jades_header(TYP, x5c, registration.issued_at);
    Ok(jws::sign(header, payload.to_string().as_bytes(), signer)?)
}

fn payload(registration: &Registration) -> Value {
    let credentials = registration.credentials.iter().map(super::RegisteredCredential::to_value);
    let lists = [
        ("credentials", credentials.collect::<Vec<Value>>()),
        ("purpose", registration.purpose.iter().map(|text| json!(text)).collect()),
        ("srv_description", registration.services.iter().map(|text| json!(text)).collect()),
    ];
    let texts = [
        ("sub_ln", &registration.legal_name),
        ("intended_use_id", &registration.intended_use),
        ("info_uri", &registration.info_uri),
        ("support_uri", &registration.support_uri),
        ("registry_uri", &registration.registry_uri),
        ("certificate_policy", &registration.certificate_policy),
    ];
    let mut payload = Map::new();
    payload.insert("sub".to_owned(), registration.identifier.as_str().into());
    payload.insert("name".to_owned(), registration.trade_name.as_str().into());
    payload.insert("country".to_owned(), registration.country.as_str().into());
    payload.insert("entitlements".to_owned(), registration.entitlements.as_slice().into());
    payload.insert("policy_id".to_owned(), registration.policy_ids.as_slice().into());
    payload.insert("privacy_policy".to_owned(), registration.privacy_policy.as_str().into());
    payload.insert("iat".to_owned(), json!(registration.issued_at));
    let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
    payload.extend(lists.map(|(name, list)| (name.to_owned(), list.into())));
    payload.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.as_deref()?.into()))));
    if let Some(supervisor) = &registration.supervisor {
        payload.insert("supervisory_authority".to_owned(), json!(supervisor));
    }
    if let Some(status) = &registration.status {
        payload.insert("status".to_owned(), status.to_claim());
    }
    if let Some(expires_at) = registration.expires_at {
        payload.insert("exp".to_owned(), json!(expires_at));
    }
    Value::Object(payload)
}
