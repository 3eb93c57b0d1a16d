//! The signed list in CBOR: a CWT of type `application/statuslist+cwt` (section 5.2), for readers of mdocs.
//!
//! It says what the [`token`](crate::token) in JSON says, and is refused for the same reasons. Only `COSE_Sign1` is spoken,
//! for a code could be made by everybody who can verify it.

use mibun_crypto::cbor::{self, Item, Limits, Value};
use mibun_crypto::cose::{self, Draft, Payload, Sign1, TAG_SIGN1, TYP, X5CHAIN};
use mibun_crypto::key::{SignError, Signer};
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, Purpose, chain};

use crate::list::StatusList;
use crate::token::{self, Claims, MAX_TOKEN_BYTES, TokenError, VerifiedList};

/// The media type of a token, and its `typ`.
pub const MEDIA_TYPE: &str = "application/statuslist+cwt";

const SUBJECT: i64 = 2;
const EXPIRES_AT: i64 = 4;
const ISSUED_AT: i64 = 6;
const STATUS_LIST: i64 = 65_533;
const TTL: i64 = 65_534;
const LIMITS: Limits = Limits { bytes: MAX_TOKEN_BYTES, depth: 8, nodes: 200 };

/// Signs a list. `x5chain` holds the signer's certificates, leaf first, without the anchor.
///
/// # Errors
/// [`SignError`] when the key does not sign.
pub fn encode(
    claims: &Claims,
    list: &StatusList,
    x5chain: &[Vec<u8>],
    signer: &dyn Signer,
) -> Result<Vec<u8>, SignError> {
    let packed = Value::object([("bits", i64::from(list.bits()).into()), ("lst", list.compress().into())]);
    let mut members = vec![(SUBJECT, claims.subject.as_str().into()), (ISSUED_AT, claims.issued_at.0.into())];
    members.extend(claims.expires_at.map(|end| (EXPIRES_AT, Value::Integer(end.0))));
    members.extend(claims.ttl.and_then(|ttl| i64::try_from(ttl).ok()).map(|ttl| (TTL, Value::Integer(ttl))));
    members.push((STATUS_LIST, packed));
    let payload = Value::labels(members).to_bytes();
    let protected = vec![(TYP, MEDIA_TYPE.into()), (X5CHAIN, cose::x5chain(x5chain))];
    let draft = Draft::new(signer.algorithm(), protected, Vec::new(), Payload::Attached(&payload));
    let signature = signer.sign(&draft.to_be_signed(&[]))?;
    Ok(Value::Tag(TAG_SIGN1, Box::new(draft.attach(signature))).to_bytes())
}

/// Checks type, chain, signature, subject and time, and only then unpacks the list. Lists are of [`Accepted::CLASSICAL`], for
/// their standard leaves the algorithm open.
///
/// # Errors
/// The first [`TokenError`] in that order.
pub fn verify(
    token: &[u8],
    subject: &str,
    anchors: &[Certificate],
    now: Timestamp,
) -> Result<VerifiedList, TokenError> {
    verify_accepting(token, subject, anchors, now, Accepted::CLASSICAL)
}

/// As [`verify`], for a reader who accepts lists of other algorithms `besides`.
///
/// # Errors
/// As [`verify`].
pub fn verify_accepting(
    token: &[u8],
    subject: &str,
    anchors: &[Certificate],
    now: Timestamp,
    besides: Accepted,
) -> Result<VerifiedList, TokenError> {
    let message = Sign1::parse(token, &LIMITS)?;
    if message.header().typ() != Some(MEDIA_TYPE) {
        return Err(TokenError::WrongType);
    }
    let leaf = chain::verify_accepting(message.header().x5chain(), anchors, now, Purpose::StatusSigner, besides)?;
    message.verify(leaf.public_key(), &[])?;
    // The signature was verified over a payload in the message.
    let payload = cbor::parse(message.payload().unwrap_or_default(), &LIMITS)?;
    let claims = read_claims(&payload)?;
    token::check(&claims, subject, now)?;
    token::check_ttl(&claims)?;
    Ok(VerifiedList { list: read_list(payload.at(STATUS_LIST))?, claims })
}

/// Reads the map of `bits` and `lst`.
///
/// # Errors
/// [`TokenError::Member`], [`TokenError::List`].
pub fn read_list(list: Option<&Item<'_>>) -> Result<StatusList, TokenError> {
    let list = list.ok_or(TokenError::Member("status_list"))?;
    let bits = list.get("bits").and_then(Item::integer).and_then(|bits| u8::try_from(bits).ok());
    let packed = list.get("lst").and_then(Item::bytes).ok_or(TokenError::Member("lst"));
    Ok(StatusList::inflate(bits.ok_or(TokenError::Member("bits"))?, packed?)?)
}

/// Reads the other claims.
///
/// # Errors
/// [`TokenError::Member`].
pub fn read_claims(payload: &Item<'_>) -> Result<Claims, TokenError> {
    let number =
        |label, name| payload.at(label).map(|value| value.integer().ok_or(TokenError::Member(name))).transpose();
    let subject = payload.at(SUBJECT).and_then(Item::text).ok_or(TokenError::Member("sub"))?;
    let issued_at = number(ISSUED_AT, "iat")?.ok_or(TokenError::Member("iat"))?;
    let ttl = number(TTL, "ttl")?.map(|ttl| u64::try_from(ttl).ok().filter(|ttl| *ttl > 0));
    Ok(Claims {
        subject: subject.to_owned(),
        issued_at: Timestamp(issued_at),
        expires_at: number(EXPIRES_AT, "exp")?.map(Timestamp),
        ttl: ttl.map(|ttl| ttl.ok_or(TokenError::Member("ttl"))).transpose()?,
    })
}

#[cfg(test)]
mod tests;
