//! The signed list: a JWT of type `statuslist+jwt` (section 5.1).

use mibun_crypto::base64url;
use mibun_crypto::cbor::CborError;
use mibun_crypto::cose::CoseError;
use mibun_crypto::json::Limits;
use mibun_crypto::jws::{self, JwsError, JwsSignError};
use mibun_crypto::key::Signer;
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::chain::{self, ChainError};
use mibun_crypto::x509::{Certificate, Purpose};
use serde_json::{Map, Value, json};

use crate::list::{ListError, StatusList};

/// The `typ` of a status list token.
pub const TYP: &str = "statuslist+jwt";
/// The media type under which a token is served.
pub const MEDIA_TYPE: &str = "application/statuslist+jwt";
/// Largest token, in bytes: [`crate::list::MAX_BYTES`] of noise do not compress, honest lists are far smaller.
pub const MAX_TOKEN_BYTES: usize = 24 * 1024 * 1024;
/// Shortest `ttl`, in seconds. Whoever honours a shorter one lets the issuer watch every single check.
pub const MIN_TTL: u64 = 60;
/// Seconds by which clocks may differ.
pub const SKEW: i64 = 60;

/// What a token says besides the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The address under which it is asked for.
    pub subject: String,
    /// When it was signed.
    pub issued_at: Timestamp,
    /// From when on it says nothing any more.
    pub expires_at: Option<Timestamp>,
    /// Seconds for which it may be kept before a newer one is asked for.
    pub ttl: Option<u64>,
}

/// A token whose signature, chain, subject and time have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedList {
    /// The list.
    pub list: StatusList,
    /// What it says besides.
    pub claims: Claims,
}

/// Why a token is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a signed token, or the signature is wrong.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// The same of a token in CBOR.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The claims of a token in CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Another kind of token.
    #[error("the token is not a status list")]
    WrongType,
    /// The signer leads to no anchor, or is not for status lists.
    #[error("the signer of the status list is not accepted: {0}")]
    Chain(#[from] ChainError),
    /// A member is missing or of the wrong kind.
    #[error("member {0} is missing or malformed")]
    Member(&'static str),
    /// The list of another address.
    #[error("the token is for another list")]
    WrongSubject,
    /// Past its end.
    #[error("the status list has expired")]
    Expired,
    /// Asks to be fetched anew after less than [`MIN_TTL`].
    #[error("the status list asks to be fetched more often than every {MIN_TTL} seconds")]
    ShortTtl,
    /// From the future.
    #[error("the status list is from the future")]
    NotYetValid,
    /// The list itself.
    #[error(transparent)]
    List(#[from] ListError),
}

/// Signs a list. `x5c` holds the signer's certificates, leaf first, without the anchor.
///
/// # Errors
/// [`JwsSignError`] when the key does not sign.
pub fn encode(
    claims: &Claims,
    list: &StatusList,
    x5c: &[Vec<u8>],
    signer: &dyn Signer,
) -> Result<String, JwsSignError> {
    let mut header = Map::new();
    header.insert("typ".to_owned(), TYP.into());
    let chain: Vec<Value> = x5c.iter().map(|der| base64url::encode_standard(der).into()).collect();
    header.insert("x5c".to_owned(), chain.into());
    let mut payload = json!({
        "sub": claims.subject,
        "iat": claims.issued_at,
        "status_list": { "bits": list.bits(), "lst": base64url::encode(&list.compress()) },
    });
    if let Some(expires_at) = claims.expires_at {
        payload["exp"] = json!(expires_at);
    }
    if let Some(ttl) = claims.ttl {
        payload["ttl"] = json!(ttl);
    }
    jws::sign(header, payload.to_string().as_bytes(), signer)
}

/// Checks type, chain, signature, subject and time, and only then unpacks the list. Lists are of [`Accepted::CLASSICAL`], for
/// their standard leaves the algorithm open.
///
/// # Errors
/// The first [`TokenError`] in that order.
pub fn verify(token: &str, subject: &str, anchors: &[Certificate], now: Timestamp) -> Result<VerifiedList, TokenError> {
    verify_accepting(token, subject, anchors, now, Accepted::CLASSICAL)
}

/// As [`verify`], for a reader who accepts lists of other algorithms `besides`.
///
/// # Errors
/// As [`verify`].
pub fn verify_accepting(
    token: &str,
    subject: &str,
    anchors: &[Certificate],
    now: Timestamp,
    besides: Accepted,
) -> Result<VerifiedList, TokenError> {
    let leaf = |x5c: &[Vec<u8>]| chain::verify_accepting(x5c, anchors, now, Purpose::StatusSigner, besides);
    let verified = verify_signed_by(token, subject, now, leaf)?;
    check_ttl(&verified.claims)?;
    Ok(verified)
}

/// As [`verify`], for the list of somebody who attests wallets: the number of the purpose of status signers is our own until
/// there is a standard's, so their lists may also be signed with any certificate that may sign their attestations. And any `ttl` will do: whoever
/// publishes such a list learns nothing of the use of cards by how often it is fetched.
///
/// # Errors
/// As [`verify`].
pub fn verify_of_attester(
    token: &str,
    subject: &str,
    anchors: &[Certificate],
    now: Timestamp,
) -> Result<VerifiedList, TokenError> {
    verify_signed_by(token, subject, now, |x5c| match chain::verify(x5c, anchors, now, Purpose::StatusSigner) {
        Err(ChainError::WrongPurpose(_)) => chain::verify(x5c, anchors, now, Purpose::WalletProvider),
        other => other,
    })
}

fn verify_signed_by(
    token: &str,
    subject: &str,
    now: Timestamp,
    leaf: impl FnOnce(&[Vec<u8>]) -> Result<Certificate, ChainError>,
) -> Result<VerifiedList, TokenError> {
    let limits = Limits { bytes: MAX_TOKEN_BYTES, depth: 8, nodes: 200 };
    let jws = jws::parse(token, &limits)?;
    if jws.header().typ() != Some(TYP) {
        return Err(TokenError::WrongType);
    }
    let leaf = leaf(jws.header().x5c())?;
    jws.verify(leaf.public_key())?;
    let payload = jws.payload_json(&limits)?;
    let claims = read_claims(&payload)?;
    check(&claims, subject, now)?;
    Ok(VerifiedList { list: read_list(&payload)?, claims })
}

/// Subject and time of a token whose signature is good, whatever its encoding.
pub(crate) fn check(claims: &Claims, subject: &str, now: Timestamp) -> Result<(), TokenError> {
    if claims.subject != subject {
        return Err(TokenError::WrongSubject);
    }
    if claims.issued_at > now.plus_seconds(SKEW) {
        return Err(TokenError::NotYetValid);
    }
    if claims.expires_at.is_some_and(|end| end.plus_seconds(SKEW) <= now) {
        return Err(TokenError::Expired);
    }
    Ok(())
}

/// Lists that say where cards are checked are not fetched more often than this.
pub(crate) fn check_ttl(claims: &Claims) -> Result<(), TokenError> {
    if claims.ttl.is_some_and(|ttl| ttl < MIN_TTL) { Err(TokenError::ShortTtl) } else { Ok(()) }
}

/// Reads the member `status_list` of a payload.
///
/// # Errors
/// [`TokenError::Member`], [`TokenError::List`].
pub fn read_list(payload: &Value) -> Result<StatusList, TokenError> {
    let list = payload.get("status_list").ok_or(TokenError::Member("status_list"))?;
    let bits = list.get("bits").and_then(Value::as_u64).and_then(|bits| u8::try_from(bits).ok());
    let bits = bits.ok_or(TokenError::Member("bits"))?;
    let packed = list.get("lst").and_then(Value::as_str).ok_or(TokenError::Member("lst"))?;
    let packed = base64url::decode(packed).map_err(|_| TokenError::Member("lst"))?;
    Ok(StatusList::inflate(bits, &packed)?)
}

/// Reads the other members of a payload.
///
/// # Errors
/// [`TokenError::Member`].
pub fn read_claims(payload: &Value) -> Result<Claims, TokenError> {
    let subject = payload.get("sub").and_then(Value::as_str).ok_or(TokenError::Member("sub"))?;
    let issued_at = payload.get("iat").and_then(Value::as_i64).ok_or(TokenError::Member("iat"))?;
    let expires_at = optional(payload, "exp", Value::as_i64)?.map(Timestamp);
    let ttl = optional(payload, "ttl", |value| value.as_u64().filter(|ttl| *ttl > 0))?;
    Ok(Claims { subject: subject.to_owned(), issued_at: Timestamp(issued_at), expires_at, ttl })
}

fn optional<T>(
    payload: &Value,
    name: &'static str,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Option<T>, TokenError> {
    payload.get(name).map(|value| read(value).ok_or(TokenError::Member(name))).transpose()
}

#[cfg(test)]
mod tests;
