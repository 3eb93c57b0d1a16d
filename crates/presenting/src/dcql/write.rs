//! To JSON.

use mibun_crypto::base64url;
use serde_json::{Map, Value, json};

use super::{ClaimQuery, CredentialQuery, CredentialSet, Format, Query, TrustedAuthority};

pub(super) fn query(query: &Query) -> Value {
    let mut object = Map::new();
    object.insert("credentials".into(), query.credentials.iter().map(credential).collect());
    if !query.credential_sets.is_empty() {
        object.insert("credential_sets".into(), query.credential_sets.iter().map(set).collect());
    }
    Value::Object(object)
}

fn credential(query: &CredentialQuery) -> Value {
    let mut object = Map::new();
    object.insert("id".into(), query.id.clone().into());
    object.insert("format".into(), query.format.name().into());
    let meta = match &query.format {
        Format::SdJwtVc { vct_values } => json!({ "vct_values": vct_values }),
        Format::Mdoc { doctype } => json!({ "doctype_value": doctype }),
        Format::Other { meta, .. } => Value::Object(meta.clone()),
    };
    object.insert("meta".into(), meta);
    if query.multiple {
        object.insert("multiple".into(), true.into());
    }
    if !query.holder_binding {
        object.insert("require_cryptographic_holder_binding".into(), false.into());
    }
    if !query.trusted_authorities.is_empty() {
        let authorities = query.trusted_authorities.iter().map(authority).collect();
        object.insert("trusted_authorities".into(), authorities);
    }
    if !query.claims.is_empty() {
        object.insert("claims".into(), query.claims.iter().map(claim).collect());
    }
    if !query.claim_sets.is_empty() {
        object.insert("claim_sets".into(), json!(query.claim_sets));
    }
    Value::Object(object)
}

fn authority(authority: &TrustedAuthority) -> Value {
    match authority {
        TrustedAuthority::KeyIdentifiers(keys) => {
            let values: Vec<_> = keys.iter().map(|key| base64url::encode(key)).collect();
            json!({ "type": "aki", "values": values })
        }
        TrustedAuthority::Other { kind, values } => json!({ "type": kind, "values": values }),
    }
}

fn claim(claim: &ClaimQuery) -> Value {
    let mut object = Map::new();
    if let Some(id) = &claim.id {
        object.insert("id".into(), id.clone().into());
    }
    object.insert("path".into(), claim.path.to_value());
    if !claim.values.is_empty() {
        object.insert("values".into(), claim.values.clone().into());
    }
    if claim.intent_to_retain {
        object.insert("intent_to_retain".into(), true.into());
    }
    Value::Object(object)
}

fn set(set: &CredentialSet) -> Value {
    let mut object = Map::new();
    object.insert("options".into(), json!(set.options));
    if !set.required {
        object.insert("required".into(), false.into());
    }
    Value::Object(object)
}
