//! The holder's proof: a JWT over nonce, audience and everything that is shown (RFC 9901 section 4.3).

use mibun_crypto::json::Limits;
use mibun_crypto::jws::{self, Jws, JwsError, JwsSignError};
use mibun_crypto::key::{Algorithm, PublicKey, Signer};
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value, json};

use crate::sd_jwt::SdJwt;

/// The `typ` of a key binding.
pub const TYP: &str = "kb+jwt";
/// The method (`amr`, RFC 8176) that says that the ID password was proven.
pub const PASSWORD_METHOD: &str = "pwd";

const LIMITS: Limits = Limits { bytes: 16 * 1024, depth: 8, nodes: 200 };

/// A key binding that can be read. Its signature has not been checked.
#[derive(Debug, Clone)]
pub struct KeyBinding {
    /// When it was made.
    pub issued_at: Timestamp,
    /// For whom.
    pub audience: String,
    /// Answering which request.
    pub nonce: String,
    /// Over what is shown; see [`SdJwt::sd_hash`].
    pub sd_hash: String,
    /// How its maker recognised the holder (`amr`, RFC 8176), where the maker says so: the vault of full cards does.
    pub methods: Vec<String>,
    /// What else the holder authorises with the card's key, where it was asked for.
    pub transaction_data: Option<TransactionHashes>,
    jws: Jws,
}

/// Hashes over transaction data (OpenID4VP 1.0 appendix B.3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionHashes {
    /// The name of the hash algorithm in the IANA registry of named information; `None` means `sha-256`.
    pub algorithm: Option<String>,
    /// One hash for each piece of data, as base64url; never empty.
    pub hashes: Vec<String>,
}

/// Why a key binding cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyBindingError {
    /// Not a signed token.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// Another kind of token.
    #[error("the token is not a key binding")]
    WrongType,
    /// A member is missing or of the wrong kind.
    #[error("member {0} is missing or malformed")]
    Member(&'static str),
}

/// What a key binding is to say.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// The asker's client identifier, with prefix, or its origin.
    pub audience: &'a str,
    /// The nonce of the request.
    pub nonce: &'a str,
    /// Now.
    pub now: Timestamp,
}

impl KeyBinding {
    /// Reads a key binding.
    ///
    /// # Errors
    /// [`KeyBindingError`].
    pub fn parse(text: &str) -> Result<Self, KeyBindingError> {
        let jws = jws::parse(text, &LIMITS)?;
        if jws.header().typ() != Some(TYP) {
            return Err(KeyBindingError::WrongType);
        }
        let payload = jws.payload_json(&LIMITS)?;
        let text = |name: &'static str| {
            payload.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(KeyBindingError::Member(name))
        };
        let issued_at = payload.get("iat").and_then(Value::as_i64).ok_or(KeyBindingError::Member("iat"))?;
        Ok(Self {
            issued_at: Timestamp(issued_at),
            audience: text("aud")?,
            nonce: text("nonce")?,
            sd_hash: text("sd_hash")?,
            methods: methods(&payload)?,
            transaction_data: transaction_data(&payload)?,
            jws,
        })
    }

    /// Whether `key`, the one in the card, made the signature.
    ///
    /// # Errors
    /// [`JwsError`] for another key, another algorithm or a changed token.
    pub fn verify(&self, key: &PublicKey) -> Result<(), JwsError> {
        self.jws.verify(key)
    }
}

fn methods(payload: &Value) -> Result<Vec<String>, KeyBindingError> {
    let Some(named) = payload.get("amr") else { return Ok(Vec::new()) };
    let texts = named.as_array().map(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
    texts.flatten().ok_or(KeyBindingError::Member("amr"))
}

fn transaction_data(payload: &Value) -> Result<Option<TransactionHashes>, KeyBindingError> {
    let algorithm = match payload.get(HASHES_ALGORITHM) {
        None => None,
        Some(name) => Some(name.as_str().ok_or(KeyBindingError::Member(HASHES_ALGORITHM))?.to_owned()),
    };
    let Some(hashes) = payload.get(HASHES) else { return Ok(None) };
    let texts: Option<Vec<String>> =
        hashes.as_array().and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
    match texts {
        Some(hashes) if !hashes.is_empty() => Ok(Some(TransactionHashes { algorithm, hashes })),
        _ => Err(KeyBindingError::Member(HASHES)),
    }
}

/// Proves possession of the card's key over what `shown` shows and over transaction data.
///
/// # Errors
/// [`JwsSignError`] when the key does not sign.
pub fn create_over(
    shown: &SdJwt,
    binding: &Binding<'_>,
    transaction_data: &TransactionHashes,
    key: &dyn Signer,
) -> Result<String, JwsSignError> {
    let mut payload = payload(&shown.sd_hash(), binding, &[]);
    payload[HASHES] = transaction_data.hashes.clone().into();
    if let Some(algorithm) = &transaction_data.algorithm {
        payload[HASHES_ALGORITHM] = algorithm.clone().into();
    }
    jws::sign(header(), payload.to_string().as_bytes(), key)
}

/// Proves possession of the card's key, over exactly what `shown` shows.
///
/// # Errors
/// [`JwsSignError`] when the key does not sign.
pub fn create(shown: &SdJwt, binding: &Binding<'_>, key: &dyn Signer) -> Result<String, JwsSignError> {
    let input = signing_input(&shown.sd_hash(), binding, &[], key.algorithm());
    let signature = key.sign(input.as_bytes())?;
    Ok(jws::attach(input, &signature))
}

/// The text that the card's key signs to bind what has the hash `sd_hash`. It has one spelling: members sorted, no white
/// space, so that whoever holds the key can make it anew from what the holder agreed to. `methods` say how the holder was
/// recognised; none, and nothing is said.
pub fn signing_input(sd_hash: &str, binding: &Binding<'_>, methods: &[&str], algorithm: Algorithm) -> String {
    let payload = payload(sd_hash, binding, methods);
    let input = jws::signing_input(header(), payload.to_string().as_bytes(), algorithm);
    input.expect("the header names no algorithm and no extension")
}

fn header() -> Map<String, Value> {
    Map::from_iter([("typ".to_owned(), TYP.into())])
}

fn payload(sd_hash: &str, binding: &Binding<'_>, methods: &[&str]) -> Value {
    let mut payload = json!({
        "iat": binding.now,
        "aud": binding.audience,
        "nonce": binding.nonce,
        "sd_hash": sd_hash,
    });
    if !methods.is_empty() {
        payload["amr"] = methods.into();
    }
    payload
}

const HASHES: &str = "transaction_data_hashes";
const HASHES_ALGORITHM: &str = "transaction_data_hashes_alg";

#[cfg(test)]
mod tests;
