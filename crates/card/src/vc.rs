//! SD-JWT VC: the profile of selective disclosure that cards use (draft-ietf-oauth-sd-jwt-vc).

use mibun_crypto::base64url::{self, Letters43};
use mibun_crypto::entropy::Entropy;
use mibun_crypto::jws::{JwsSignError, ProtectedHeader};
use mibun_crypto::key::{Jwk, PublicKey, Signer};
use mibun_crypto::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::sd_jwt::{ConcealError, Processed, SdJwt, SdJwtError, Template};

/// The `typ` of a card.
pub const TYP: &str = "dc+sd-jwt";
/// The type of our card: the person identification data of the EUDI PID Rulebook.
pub const CARD_VCT: &str = "urn:eudi:pid:1";
/// Claims that must stand in the open (section 2.2.2.2): whoever could hide one could show an expired card as a good one.
pub const NEVER_HIDDEN: [&str; 9] = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", "aka_vcts", "iat"];

/// What all copies of a batch have in common.
#[derive(Clone, Copy)]
pub struct EditionSpec<'a> {
    /// The issuer's identifier.
    pub issuer: &'a str,
    /// The type.
    pub vct: &'a str,
    /// What the card says; every claim becomes one that can be shown by itself.
    pub claims: &'a Map<String, Value>,
    /// When it was issued; written down to the day, so that copies cannot be linked by it.
    pub issued_at: Timestamp,
    /// When it ends; written down to the day.
    pub expires_at: Timestamp,
    /// The signer's certificates in DER, leaf first, without the anchor.
    pub x5c: &'a [Vec<u8>],
}

/// Why a card cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// A claim that must not be hidden among those to hide.
    #[error("the claim {0} belongs to the card itself")]
    Reserved(&'static str),
    /// Claims that cannot be hidden.
    #[error(transparent)]
    Claims(#[from] ConcealError),
    /// No certificate, so that nobody could tell whose signature it is.
    #[error("there is no certificate of the signer")]
    NoCertificate,
    /// Written down to the day, the card would end when it begins, or before.
    #[error("the card would end before it begins")]
    Validity,
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] JwsSignError),
}

/// A card from which one-time copies are made; what they share is encoded once.
pub struct Edition<'a> {
    issuer: &'a str,
    vct: &'a str,
    claims: Template,
    issued_at: Timestamp,
    expires_at: Timestamp,
    header: ProtectedHeader,
    signer: &'a dyn Signer,
}

impl<'a> Edition<'a> {
    /// Checks what the copies are to say, and makes it ready.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn new(spec: &EditionSpec<'a>, signer: &'a dyn Signer) -> Result<Self, IssueError> {
        if let Some(name) = NEVER_HIDDEN.iter().find(|name| spec.claims.contains_key(**name)) {
            return Err(IssueError::Reserved(name));
        }
        if spec.x5c.is_empty() {
            return Err(IssueError::NoCertificate);
        }
        let (issued_at, expires_at) = (spec.issued_at.floor_to_day(), spec.expires_at.floor_to_day());
        if expires_at <= issued_at {
            return Err(IssueError::Validity);
        }
        let mut header = Map::new();
        header.insert("typ".to_owned(), TYP.into());
        let chain: Vec<Value> = spec.x5c.iter().map(|der| base64url::encode_standard(der).into()).collect();
        header.insert("x5c".to_owned(), chain.into());
        Ok(Self {
            issuer: spec.issuer,
            vct: spec.vct,
            claims: Template::new(spec.claims)?,
            issued_at,
            expires_at,
            header: ProtectedHeader::new(header, signer.algorithm())?,
            signer,
        })
    }

    /// Makes one copy, with all its disclosures: for `holder_key`, which is of this copy alone, with the claim `status`
    /// that says where its status can be found.
    ///
    /// # Errors
    /// [`IssueError::Sign`].
    pub fn copy(
        &self,
        holder_key: &PublicKey,
        status: &Value,
        entropy: &mut dyn Entropy,
    ) -> Result<String, IssueError> {
        let concealed = self.claims.conceal(entropy);
        let payload = Payload {
            digests: &concealed.digests,
            digest_algorithm: "sha-256",
            cnf: Confirmation { jwk: holder_key.to_jwk() },
            exp: self.expires_at,
            iat: self.issued_at,
            iss: self.issuer,
            nbf: self.issued_at,
            status,
            vct: self.vct,
        };
        let payload = serde_json::to_vec(&payload).expect("text, numbers and JSON values are always written");
        Ok(concealed.join(&self.header.sign(&payload, self.signer)?))
    }
}

/// What the issuer signs.
#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "_sd")]
    digests: &'a [Letters43],
    #[serde(rename = "_sd_alg")]
    digest_algorithm: &'a str,
    cnf: Confirmation,
    exp: Timestamp,
    iat: Timestamp,
    iss: &'a str,
    nbf: Timestamp,
    status: &'a Value,
    vct: &'a str,
}

/// The key that a holder proves to have (RFC 7800).
#[derive(Serialize)]
struct Confirmation {
    jwk: Jwk,
}

/// What a card says of itself. Its signature has not been checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The issuer, where it names itself besides its certificate.
    pub issuer: Option<String>,
    /// The type.
    pub vct: String,
    /// Other types that the card is as well.
    pub aka_vcts: Vec<String>,
    /// The holder's key.
    pub holder_key: PublicKey,
    /// From when on it is good.
    pub not_before: Option<Timestamp>,
    /// When it was issued.
    pub issued_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// The claim `status`.
    pub status: Option<Value>,
    /// Everything that is shown.
    pub claims: Processed,
}

impl Card {
    /// Whether the card is of the type `vct`, under its own name for it or another.
    pub fn is_of_type(&self, vct: &str) -> bool {
        self.vct == vct || self.aka_vcts.iter().any(|other| other == vct)
    }
}

/// Why a token is not a card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// Disclosures and digests.
    #[error(transparent)]
    SdJwt(#[from] SdJwtError),
    /// Another kind of token.
    #[error("the token is not a card")]
    WrongType,
    /// A claim that must stand in the open, or a part of it, came out of a disclosure.
    #[error("the claim {0} must not be hidden")]
    Hidden(&'static str),
    /// A claim is missing or of the wrong kind.
    #[error("the claim {0} is missing or malformed")]
    Member(&'static str),
}

/// Reads a card: its type, and the claims about itself on the processed payload.
///
/// # Errors
/// The first [`CardError`].
pub fn read(token: &SdJwt) -> Result<Card, CardError> {
    if token.jws().header().typ() != Some(TYP) {
        return Err(CardError::WrongType);
    }
    let processed = token.process()?;
    if let Some(name) = NEVER_HIDDEN.iter().find(|name| processed.is_selective(name)) {
        return Err(CardError::Hidden(name));
    }
    let claims = &processed.claims;
    let vct = text(claims, "vct")?.ok_or(CardError::Member("vct"))?;
    Ok(Card {
        issuer: text(claims, "iss")?,
        vct,
        aka_vcts: texts(claims, "aka_vcts")?,
        holder_key: holder_key(claims)?,
        not_before: time(claims, "nbf")?,
        issued_at: time(claims, "iat")?,
        expires_at: time(claims, "exp")?,
        status: object(claims, "status")?,
        claims: processed,
    })
}

fn holder_key(claims: &Map<String, Value>) -> Result<PublicKey, CardError> {
    const MALFORMED: CardError = CardError::Member("cnf");
    let jwk = claims.get("cnf").and_then(|cnf| cnf.get("jwk")).ok_or(MALFORMED)?;
    let jwk = Jwk::from_value(jwk).map_err(|_| MALFORMED)?;
    PublicKey::from_jwk(&jwk).map_err(|_| MALFORMED)
}

fn text(claims: &Map<String, Value>, name: &'static str) -> Result<Option<String>, CardError> {
    let read = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    claims.get(name).map(|value| read(value).ok_or(CardError::Member(name))).transpose()
}

fn texts(claims: &Map<String, Value>, name: &'static str) -> Result<Vec<String>, CardError> {
    let Some(value) = claims.get(name) else { return Ok(Vec::new()) };
    let text = |item: &Value| item.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let read = value.as_array().and_then(|items| items.iter().map(text).collect::<Option<Vec<_>>>());
    read.filter(|texts| !texts.is_empty()).ok_or(CardError::Member(name))
}

fn time(claims: &Map<String, Value>, name: &'static str) -> Result<Option<Timestamp>, CardError> {
    let read = |value: &Value| value.as_i64().map(Timestamp);
    claims.get(name).map(|value| read(value).ok_or(CardError::Member(name))).transpose()
}

fn object(claims: &Map<String, Value>, name: &'static str) -> Result<Option<Value>, CardError> {
    let read = |value: &Value| value.is_object().then(|| value.clone());
    claims.get(name).map(|value| read(value).ok_or(CardError::Member(name))).transpose()
}

#[cfg(test)]
mod tests;
