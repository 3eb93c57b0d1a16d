//! The wallet's side.

use mibun_crypto::base64url;
use mibun_crypto::digest::sha256;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::jws::{self, JwsSignError};
use mibun_crypto::key::{PublicKey, Signer};
use mibun_crypto::time::Timestamp;
use serde_json::Map;

use super::{Confirmed, Consent, ID_BYTES, Instruction, InstructionKey, Statement, Subject, TYP};

/// What an instruction is to say.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// Which key is to sign.
    pub subject: &'a Subject,
    /// Its public half.
    pub key: &'a PublicKey,
    /// What for.
    pub consent: &'a Consent,
    /// Now; the time in what is signed, too.
    pub now: Timestamp,
}

/// Makes an instruction with the device's key and the key of the password exchange.
///
/// # Errors
/// [`JwsSignError`] when the device's key does not sign.
pub fn make(
    draft: &Draft<'_>,
    device: &dyn Signer,
    mac_key: &InstructionKey,
    entropy: &mut dyn Entropy,
) -> Result<Instruction, JwsSignError> {
    let statement = state(draft, Confirmed::Password, device, entropy)?;
    let mac = base64url::encode(&mac_key.mac(&statement));
    Ok(Instruction { statement, mac })
}

/// The statement alone, with the device's key: for [`Confirmed::Passkey`], the text that the passkey then confirms.
///
/// # Errors
/// [`JwsSignError`] when the device's key does not sign.
pub fn state(
    draft: &Draft<'_>,
    confirmed: Confirmed,
    device: &dyn Signer,
    entropy: &mut dyn Entropy,
) -> Result<String, JwsSignError> {
    let payload = payload(draft, confirmed, entropy.token(ID_BYTES));
    let mut header = Map::new();
    header.insert("typ".to_owned(), TYP.into());
    jws::sign(header, payload.as_bytes(), device)
}

/// The payload in its one spelling: members sorted, no white space.
pub(super) fn payload(draft: &Draft<'_>, confirmed: Confirmed, id: String) -> String {
    let input = draft.consent.signing_input(draft.key, draft.now, confirmed);
    let statement = Statement {
        jti: id,
        iat: draft.now,
        subject: draft.subject.clone(),
        consent: draft.consent.clone(),
        signing_input_sha256: base64url::encode(&sha256(input.as_bytes())),
    };
    // By way of a value, whose members are sorted.
    let value = serde_json::to_value(statement).expect("a statement is JSON");
    value.to_string()
}
