//! From JSON. Unknown members are ignored, as OpenID4VP asks; everything known is checked.

use std::collections::BTreeSet;

use mibun_card::path::ClaimPath;
use mibun_crypto::base64url;
use serde_json::{Map, Value};

use super::{ClaimQuery, CredentialQuery, CredentialSet, Format, MDOC, Query, QueryError, SD_JWT_VC, TrustedAuthority};
use crate::members::{self, Fault};

pub(super) fn query(value: &Value) -> Result<Query, QueryError> {
    let query = value.as_object().ok_or(QueryError::WrongType("dcql_query"))?;
    let credentials = filled(query, "credentials")?.ok_or(QueryError::Missing("credentials"))?;
    let credentials: Vec<_> = credentials.iter().map(credential).collect::<Result<_, _>>()?;
    distinct(credentials.iter().map(|credential| credential.id.as_str()))?;
    let sets = filled(query, "credential_sets")?.unwrap_or_default();
    let credential_sets: Vec<_> = sets.iter().map(credential_set).collect::<Result<_, _>>()?;
    let query = Query { credentials, credential_sets };
    let named = query.credential_sets.iter().flat_map(|set| set.options.iter().flatten());
    match named.into_iter().find(|id| query.credential(id).is_none()) {
        Some(unknown) => Err(QueryError::UnknownCredential(unknown.clone())),
        None => Ok(query),
    }
}

fn credential(value: &Value) -> Result<CredentialQuery, QueryError> {
    let object = value.as_object().ok_or(QueryError::WrongType("credentials"))?;
    let format = format(object)?;
    let credential = CredentialQuery {
        id: id(members::text(object, "id")?.ok_or(QueryError::Missing("id"))?, "id")?,
        multiple: members::flag(object, "multiple")?.unwrap_or(false),
        holder_binding: members::flag(object, "require_cryptographic_holder_binding")?.unwrap_or(true),
        trusted_authorities: each(object, "trusted_authorities", authority)?,
        claims: each(object, "claims", |value| claim(value, format.name() == MDOC))?,
        claim_sets: each(object, "claim_sets", |value| ids(value, "claim_sets"))?,
        format,
    };
    check_claim_sets(&credential)?;
    Ok(credential)
}

fn format(object: &Map<String, Value>) -> Result<Format, QueryError> {
    let name = members::text(object, "format")?.ok_or(QueryError::Missing("format"))?;
    let meta = object.get("meta").ok_or(QueryError::Missing("meta"))?;
    let meta = meta.as_object().ok_or(QueryError::WrongType("meta"))?;
    match name {
        SD_JWT_VC => {
            let types = filled(meta, "vct_values")?.ok_or(QueryError::Missing("vct_values"))?;
            Ok(Format::SdJwtVc { vct_values: texts(types, "vct_values")? })
        }
        MDOC => match members::text(meta, "doctype_value")? {
            None => Err(QueryError::Missing("doctype_value")),
            Some("") => Err(QueryError::Empty("doctype_value")),
            Some(doctype) => Ok(Format::Mdoc { doctype: doctype.to_owned() }),
        },
        other => Ok(Format::Other { name: other.to_owned(), meta: meta.clone() }),
    }
}

fn authority(value: &Value) -> Result<TrustedAuthority, QueryError> {
    let object = value.as_object().ok_or(QueryError::WrongType("trusted_authorities"))?;
    let kind = members::text(object, "type")?.ok_or(QueryError::Missing("type"))?;
    let values = filled(object, "values")?.ok_or(QueryError::Missing("values"))?;
    let values = texts(values, "values")?;
    if kind != "aki" {
        return Ok(TrustedAuthority::Other { kind: kind.to_owned(), values });
    }
    let identifiers = values.iter().map(|text| base64url::decode(text).map_err(|_| QueryError::BadKeyIdentifier));
    Ok(TrustedAuthority::KeyIdentifiers(identifiers.collect::<Result<_, _>>()?))
}

fn claim(value: &Value, is_mdoc: bool) -> Result<ClaimQuery, QueryError> {
    let object = value.as_object().ok_or(QueryError::WrongType("claims"))?;
    let path = object.get("path").ok_or(QueryError::Missing("path"))?;
    if is_mdoc && !path.as_array().is_some_and(|parts| parts.len() == 2 && parts.iter().all(Value::is_string)) {
        return Err(QueryError::BadMdocPath);
    }
    // Other formats may give the member a meaning of their own.
    let intent_to_retain = if is_mdoc { members::flag(object, "intent_to_retain")?.unwrap_or(false) } else { false };
    let values = filled(object, "values")?.unwrap_or_default();
    if !values.iter().all(|value| value.is_string() || value.is_boolean() || value.is_i64() || value.is_u64()) {
        return Err(QueryError::BadValue);
    }
    Ok(ClaimQuery {
        id: members::text(object, "id")?.map(|text| id(text, "claims.id")).transpose()?,
        path: ClaimPath::from_value(path).map_err(|_| QueryError::BadPath)?,
        values: values.to_vec(),
        intent_to_retain,
    })
}

fn credential_set(value: &Value) -> Result<CredentialSet, QueryError> {
    let object = value.as_object().ok_or(QueryError::WrongType("credential_sets"))?;
    let options = filled(object, "options")?.ok_or(QueryError::Missing("options"))?;
    Ok(CredentialSet {
        options: options.iter().map(|value| ids(value, "options")).collect::<Result<_, _>>()?,
        required: members::flag(object, "required")?.unwrap_or(true),
    })
}

fn check_claim_sets(credential: &CredentialQuery) -> Result<(), QueryError> {
    distinct(credential.claims.iter().filter_map(|claim| claim.id.as_deref()))?;
    if credential.claim_sets.is_empty() {
        return Ok(());
    }
    if credential.claims.is_empty() {
        return Err(QueryError::ClaimSetsWithoutClaims);
    }
    let known: Option<BTreeSet<&str>> = credential.claims.iter().map(|claim| claim.id.as_deref()).collect();
    let known = known.ok_or(QueryError::ClaimWithoutId)?;
    match credential.claim_sets.iter().flatten().find(|id| !known.contains(id.as_str())) {
        Some(unknown) => Err(QueryError::UnknownClaim(unknown.clone())),
        None => Ok(()),
    }
}

/// An array that may be absent but not empty.
fn filled<'a>(object: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a [Value]>, QueryError> {
    match members::array(object, name)? {
        Some([]) => Err(QueryError::Empty(name)),
        other => Ok(other),
    }
}

fn each<T>(
    object: &Map<String, Value>,
    name: &'static str,
    read: impl Fn(&Value) -> Result<T, QueryError>,
) -> Result<Vec<T>, QueryError> {
    filled(object, name)?.unwrap_or_default().iter().map(read).collect()
}

fn texts(values: &[Value], name: &'static str) -> Result<Vec<String>, QueryError> {
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or(QueryError::WrongType(name));
    values.iter().map(text).collect()
}

fn ids(value: &Value, name: &'static str) -> Result<Vec<String>, QueryError> {
    let values = value.as_array().ok_or(QueryError::WrongType(name))?;
    if values.is_empty() {
        return Err(QueryError::Empty(name));
    }
    texts(values, name)?.into_iter().map(|text| id(&text, name)).collect()
}

fn id(text: &str, name: &'static str) -> Result<String, QueryError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if !text.is_empty() && text.bytes().all(allowed) { Ok(text.to_owned()) } else { Err(QueryError::BadId(name)) }
}

fn distinct<'a>(ids: impl Iterator<Item = &'a str>) -> Result<(), QueryError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(QueryError::DuplicateId(id.to_owned()));
        }
    }
    Ok(())
}

impl From<Fault> for QueryError {
    fn from(Fault::WrongType(name): Fault) -> Self {
        Self::WrongType(name)
    }
}
