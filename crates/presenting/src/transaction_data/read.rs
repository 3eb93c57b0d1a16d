//! The wallet's side: nothing is signed that its holder cannot be shown.

use mibun_crypto::base64url;
use mibun_crypto::json::{self, Limits};
use serde_json::{Map, Value};

use super::{
    CREDENTIAL_IDS, HASH_ALGORITHMS, Kind, SHA_256, TYPE, TransactionData, TransactionDataError, TransactionRules,
    TransactionType,
};
use crate::dcql::{Format, Query};
use crate::members::{self, Fault};

/// Reads `transaction_data` of a request with this query; absent is none.
pub(crate) fn read(
    value: Option<&Value>,
    query: &Query,
    rules: &TransactionRules<'_>,
) -> Result<Vec<TransactionData>, TransactionDataError> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let pieces = value.as_array().ok_or(TransactionDataError::Malformed)?;
    if pieces.is_empty() || pieces.len() > MAX_PIECES {
        return Err(TransactionDataError::Malformed);
    }
    pieces.iter().map(|piece| one(piece, query, rules)).collect()
}

fn one(piece: &Value, query: &Query, rules: &TransactionRules<'_>) -> Result<TransactionData, TransactionDataError> {
    let encoded = piece.as_str().ok_or(TransactionDataError::Malformed)?;
    let decoded = base64url::decode(encoded).map_err(|_| TransactionDataError::Malformed)?;
    let Value::Object(content) = json::parse(&decoded, &LIMITS)? else {
        return Err(TransactionDataError::NotAnObject);
    };
    let kind = members::text(&content, TYPE)?.ok_or(TransactionDataError::Missing(TYPE))?;
    let known = rules.types.iter().find(|known| known.name == kind).ok_or(TransactionDataError::UnknownType)?;
    check_members(&content, known)?;
    let credential_ids = texts(&content, CREDENTIAL_IDS)?.ok_or(TransactionDataError::Missing(CREDENTIAL_IDS))?;
    let algorithms = texts(&content, HASH_ALGORITHMS)?;
    if algorithms.as_ref().is_some_and(|named| !named.iter().any(|name| name == SHA_256)) {
        return Err(TransactionDataError::HashAlgorithm);
    }
    Ok(TransactionData {
        encoded: encoded.to_owned(),
        kind: kind.to_owned(),
        signers: signers(&credential_ids, query, rules)?,
        credential_ids,
        names_algorithm: algorithms.is_some(),
        content,
    })
}

fn check_members(content: &Map<String, Value>, known: &TransactionType<'_>) -> Result<(), TransactionDataError> {
    for (name, value) in content {
        if COMMON.contains(&name.as_str()) {
            continue;
        }
        let member = known.members.iter().find(|member| member.name == name);
        if !member.ok_or(TransactionDataError::UnknownMember)?.kind.fits(value) {
            return Err(TransactionDataError::WrongMember);
        }
    }
    let missing = known.members.iter().any(|member| member.required && !content.contains_key(member.name));
    if missing { Err(TransactionDataError::MissingMember) } else { Ok(()) }
}

/// The credentials whose keys may sign. Which elements of an mdoc would carry the data is for its issuer to authorise, and
/// ours authorises none (OpenID4VP 1.0 appendix B.2.1).
fn signers(
    credential_ids: &[String],
    query: &Query,
    rules: &TransactionRules<'_>,
) -> Result<Vec<String>, TransactionDataError> {
    let mut signers = Vec::new();
    for id in credential_ids {
        let asked = query.credential(id).ok_or_else(|| TransactionDataError::UnknownCredential(id.clone()))?;
        let of_format = matches!(asked.format, Format::SdJwtVc { .. });
        if of_format && asked.holder_binding && asked.format.types().iter().all(|card_type| rules.may_sign(card_type)) {
            signers.push(id.clone());
        }
    }
    if signers.is_empty() { Err(TransactionDataError::MayNotSign) } else { Ok(signers) }
}

/// An array of texts that may be absent but not empty.
fn texts(content: &Map<String, Value>, name: &'static str) -> Result<Option<Vec<String>>, TransactionDataError> {
    let Some(values) = members::array(content, name)? else { return Ok(None) };
    let texts: Option<Vec<String>> = values.iter().map(|value| value.as_str().map(str::to_owned)).collect();
    match texts {
        Some(texts) if !texts.is_empty() => Ok(Some(texts)),
        _ => Err(TransactionDataError::WrongType(name)),
    }
}

impl Kind {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Flag => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::Array => value.is_array(),
        }
    }
}

impl From<Fault> for TransactionDataError {
    fn from(Fault::WrongType(name): Fault) -> Self {
        Self::WrongType(name)
    }
}

const COMMON: [&str; 3] = [TYPE, CREDENTIAL_IDS, HASH_ALGORITHMS];
/// Nobody reads more than that on a small screen.
const MAX_PIECES: usize = 16;
const LIMITS: Limits = Limits { bytes: 16 * 1024, depth: 8, nodes: 400 };
