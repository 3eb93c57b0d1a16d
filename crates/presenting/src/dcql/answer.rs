//! The `vp_token`: presentations by credential query id, and whether they answer the query.

use std::collections::BTreeMap;
use std::fmt;

use mibun_crypto::base64url;
use mibun_crypto::json::{self, JsonError, Limits};
use serde_json::{Map, Value};

use super::{Format, Query};

/// The presentations of an answer, by credential query id.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct VpToken(BTreeMap<String, Vec<String>>);

/// Why an answer does not fit the query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Not JSON as we accept it.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Not an object.
    #[error("vp_token is not an object")]
    NotAnObject,
    /// A member that is not an array of strings.
    #[error("the presentations are not an array of strings")]
    NotAnArray,
    /// A query id without presentations.
    #[error("no presentation for {0}")]
    NoPresentation(String),
    /// A query id that was not asked.
    #[error("{0} was not asked for")]
    NotAsked(String),
    /// More than one presentation where one was asked.
    #[error("more than one presentation for {0}")]
    MoreThanOne(String),
    /// An mdoc presentation that is not base64url.
    #[error("the presentation for {0} is not base64url")]
    NotBase64Url(String),
    /// A required credential, or one of every alternative, is missing.
    #[error("a required credential is missing")]
    Incomplete,
    /// A credential that belongs to no complete alternative.
    #[error("{0} belongs to no complete alternative")]
    Stray(String),
}

impl VpToken {
    /// An answer with one presentation.
    pub fn single(query_id: impl Into<String>, presentation: impl Into<String>) -> Self {
        Self(BTreeMap::from([(query_id.into(), vec![presentation.into()])]))
    }

    /// Adds a presentation.
    pub fn add(&mut self, query_id: impl Into<String>, presentation: impl Into<String>) {
        self.0.entry(query_id.into()).or_default().push(presentation.into());
    }

    /// Adds an mdoc presentation: one `DeviceResponse` with one document, in CBOR.
    pub fn add_device_response(&mut self, query_id: impl Into<String>, device_response: &[u8]) {
        self.add(query_id, base64url::encode(device_response));
    }

    /// The mdoc presentations for `query_id`, each a `DeviceResponse` in CBOR.
    pub fn device_responses(&self, query_id: &str) -> Result<Vec<Vec<u8>>, AnswerError> {
        let decode =
            |text: &String| base64url::decode(text).map_err(|_| AnswerError::NotBase64Url(query_id.to_owned()));
        self.presentations(query_id).iter().map(decode).collect()
    }

    /// Whether there is no presentation at all. Such a token is never sent: the answer is `access_denied`.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(Vec::is_empty)
    }

    /// The presentations for `query_id`; empty if there are none.
    pub fn presentations(&self, query_id: &str) -> &[String] {
        self.0.get(query_id).map_or(&[], Vec::as_slice)
    }

    /// Reads a `vp_token` given as text, as in the form of `direct_post`.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, AnswerError> {
        Self::from_value(&json::parse(text.as_bytes(), limits)?)
    }

    /// Reads a `vp_token` given as JSON, as inside an encrypted response.
    pub fn from_value(value: &Value) -> Result<Self, AnswerError> {
        let object = value.as_object().ok_or(AnswerError::NotAnObject)?;
        let mut token = BTreeMap::new();
        for (id, presentations) in object {
            let presentations = presentations.as_array().ok_or(AnswerError::NotAnArray)?;
            let texts = presentations.iter().map(|p| p.as_str().map(str::to_owned).ok_or(AnswerError::NotAnArray));
            token.insert(id.clone(), texts.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(Self(token))
    }

    /// The token as JSON.
    pub fn to_value(&self) -> Value {
        Value::Object(self.0.iter().map(|(id, all)| (id.clone(), all.clone().into())).collect::<Map<_, _>>())
    }

    /// Whether the token has the shape that `query` asks for. What is inside the presentations is judged elsewhere.
    pub fn check(&self, query: &Query) -> Result<(), AnswerError> {
        for (id, presentations) in &self.0 {
            let asked = query.credential(id).ok_or_else(|| AnswerError::NotAsked(id.clone()))?;
            match presentations.len() {
                0 => return Err(AnswerError::NoPresentation(id.clone())),
                1 => {}
                _ if asked.multiple => {}
                _ => return Err(AnswerError::MoreThanOne(id.clone())),
            }
            if matches!(asked.format, Format::Mdoc { .. }) {
                self.device_responses(id)?;
            }
        }
        if query.credential_sets.is_empty() {
            let complete = query.credentials.iter().all(|credential| self.0.contains_key(&credential.id));
            return if complete { Ok(()) } else { Err(AnswerError::Incomplete) };
        }
        self.check_sets(query)
    }

    fn check_sets(&self, query: &Query) -> Result<(), AnswerError> {
        let is_complete = |option: &&Vec<String>| option.iter().all(|id| self.0.contains_key(id));
        let met = |options: &[Vec<String>]| options.iter().any(|option| is_complete(&option));
        if self.0.is_empty() || query.credential_sets.iter().any(|set| set.required && !met(&set.options)) {
            return Err(AnswerError::Incomplete);
        }
        let complete: Vec<_> = query.credential_sets.iter().flat_map(|set| &set.options).filter(is_complete).collect();
        match self.0.keys().find(|id| !complete.iter().any(|option| option.contains(id))) {
            Some(stray) => Err(AnswerError::Stray(stray.clone())),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for VpToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.0.iter().map(|(id, presentations)| (id, format!("{} [redacted]", presentations.len())));
        f.debug_map().entries(counts).finish()
    }
}
