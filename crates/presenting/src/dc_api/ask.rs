//! The asker's side: the data of a call.

use mibun_crypto::jws;
use mibun_crypto::key::Jwk;
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value, json};

use super::{Origin, multi};
use crate::dcql::Query;
use crate::request::{
    Identity, MakeError, STATIC_AUDIENCE, SceneNotice, VerifierInfo, client_metadata, transaction_data, verifier_info,
};
use crate::transaction_data::TransactionData;

/// Everything in a request that travels through the browser.
#[derive(Clone, Copy)]
pub struct BrowserSpec<'a> {
    /// What is asked.
    pub query: &'a Query,
    /// What cards may be signed with.
    pub cards: Accepted,
    /// What for.
    pub notice: Option<&'a SceneNotice>,
    /// What others say about the asker.
    pub verifier_info: &'a [VerifierInfo],
    /// What the holder is to authorise.
    pub transaction_data: &'a [TransactionData],
    /// Fresh and unguessable, at least 128 bits.
    pub nonce: &'a str,
    /// The key to which the answer is encrypted (`dc_api.jwt`), made for this request alone; `None` for `dc_api`.
    pub answer_key: Option<&'a Jwk>,
    /// The pages that may make a signed request, at least one.
    pub origins: &'a [Origin],
    /// Now.
    pub issued_at: Timestamp,
    /// When the exchange ends.
    pub expires_at: Timestamp,
}

/// One of several who sign the same request, with what others say about it under this identifier.
#[derive(Clone, Copy)]
pub struct Cosigner<'a> {
    /// Who.
    pub identity: Identity<'a>,
    /// What others say.
    pub verifier_info: &'a [VerifierInfo],
}

impl BrowserSpec<'_> {
    /// The data of a call under `openid4vp-v1-unsigned`.
    pub fn unsigned(&self) -> Value {
        let mut data = self.question();
        self.add_info(&mut data, self.verifier_info);
        Value::Object(data)
    }

    /// The data of a call under `openid4vp-v1-signed`.
    ///
    /// # Errors
    /// [`MakeError`].
    pub fn signed(&self, identity: &Identity<'_>) -> Result<Value, MakeError> {
        let client_id = identity.client_id().ok_or(MakeError::NoCertificate)?;
        let mut payload = self.signed_question()?;
        payload.insert("client_id".into(), client_id.into());
        self.add_info(&mut payload, self.verifier_info);
        let payload = Value::Object(payload).to_string();
        let request = jws::sign(identity.header(), payload.as_bytes(), identity.signer())?;
        Ok(json!({ "request": request }))
    }

    /// The data of a call under `openid4vp-v1-multisigned`. What others say stands with each signer; that of this
    /// specification is left out.
    ///
    /// # Errors
    /// [`MakeError`].
    pub fn multisigned(&self, signers: &[Cosigner<'_>]) -> Result<Value, MakeError> {
        let payload = Value::Object(self.signed_question()?);
        let mut headers = Vec::new();
        for signer in signers {
            let client_id = signer.identity.client_id().ok_or(MakeError::NoCertificate)?;
            let mut header = Map::from_iter([("client_id".to_owned(), client_id.into())]);
            self.add_info(&mut header, signer.verifier_info);
            headers.push((&signer.identity, header));
        }
        Ok(json!({ "request": multi::sign(&payload, headers.into_iter())? }))
    }

    fn signed_question(&self) -> Result<Map<String, Value>, MakeError> {
        if self.origins.is_empty() {
            return Err(MakeError::NoOrigins);
        }
        let mut payload = self.question();
        let origins = self.origins.iter().map(|origin| Value::from(origin.as_str()));
        payload.insert("expected_origins".into(), origins.collect());
        payload.insert("aud".into(), STATIC_AUDIENCE.into());
        payload.insert("iat".into(), json!(self.issued_at));
        payload.insert("exp".into(), json!(self.expires_at));
        Ok(payload)
    }

    /// What is the same in every kind of call.
    fn question(&self) -> Map<String, Value> {
        let response_mode = if self.answer_key.is_some() { "dc_api.jwt" } else { "dc_api" };
        let mut members = Map::from_iter([
            ("response_type".to_owned(), "vp_token".into()),
            ("response_mode".to_owned(), response_mode.into()),
            ("nonce".to_owned(), self.nonce.into()),
            ("dcql_query".to_owned(), self.query.to_value()),
            ("client_metadata".to_owned(), client_metadata(self.query, self.cards, self.answer_key)),
        ]);
        if !self.transaction_data.is_empty() {
            members.insert("transaction_data".into(), transaction_data(self.transaction_data));
        }
        members
    }

    fn add_info(&self, members: &mut Map<String, Value>, others: &[VerifierInfo]) {
        let info = verifier_info(self.notice, others);
        if !info.is_empty() {
            members.insert("verifier_info".into(), info.into());
        }
    }
}
