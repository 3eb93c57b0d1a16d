//! The authority's side.

use mibun_crypto::base64url;
use mibun_crypto::digest::{constant_time_eq, sha256};
use mibun_crypto::json::{self, Limits};
use mibun_crypto::jws::{self, JwsError};
use mibun_crypto::key::PublicKey;
use mibun_crypto::time::Timestamp;

use super::{
    Confirmed, Consent, ID_BYTES, Instruction, InstructionKey, MAX_AGE_S, MAX_BYTES, MAX_SKEW_S, Refusal, SigningInput,
    Statement, Subject, TYP,
};

use crate::passkey::{self, Assertion, RelyingParty};

const LIMITS: Limits = Limits { bytes: MAX_BYTES, depth: 3, nodes: 32 };

/// What the server knows by itself about the instruction it waits for.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Which key may sign.
    pub subject: &'a Subject,
    /// Its public half.
    pub key: &'a PublicKey,
    /// The device's key, as it was bound to the person.
    pub device: &'a PublicKey,
    /// The key of the password exchange.
    pub mac_key: &'a InstructionKey,
    /// The present.
    pub now: Timestamp,
}

/// The same for a statement that a passkey confirms.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedByPasskey<'a> {
    /// Which key may sign; the exchange is [`super::NO_EXCHANGE`].
    pub subject: &'a Subject,
    /// Its public half.
    pub key: &'a PublicKey,
    /// The device's key, as it was bound to the person.
    pub device: &'a PublicKey,
    /// The device's passkey.
    pub passkey: &'a PublicKey,
    /// Whom it was made for.
    pub party: RelyingParty<'a>,
    /// The present.
    pub now: Timestamp,
}

/// A good instruction whose identifier has not been spent: it gives out nothing to sign before [`Unspent::spend`].
#[derive(Debug)]
#[must_use = "nothing is signed before the identifier is spent"]
pub struct Unspent {
    id: [u8; ID_BYTES],
    keep_until: Timestamp,
    to_sign: ToSign,
}

/// What to sign.
#[derive(Clone, PartialEq, Eq)]
pub struct ToSign {
    /// What the holder agreed to.
    pub consent: Consent,
    /// The bytes, made from the consent; see [`SigningInput::attach`] for the signature.
    pub signing_input: SigningInput,
}

impl std::fmt::Debug for ToSign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ToSign").field("consent", &self.consent).finish_non_exhaustive()
    }
}

impl Unspent {
    /// The identifier to spend, with a conditional write.
    pub fn id(&self) -> &[u8; ID_BYTES] {
        &self.id
    }

    /// Until when the spent identifier must be remembered: from then on the instruction is refused as stale.
    pub fn keep_until(&self) -> Timestamp {
        self.keep_until
    }

    /// What to sign, if the identifier was `fresh`: the conditional write found none before.
    ///
    /// # Errors
    /// [`Refusal::Replayed`].
    pub fn spend(self, fresh: bool) -> Result<ToSign, Refusal> {
        if fresh { Ok(self.to_sign) } else { Err(Refusal::Replayed) }
    }
}

/// Holds an instruction against everything the server knows. Both proofs come before any word of the content.
///
/// # Errors
/// [`Refusal`].
pub fn verify(instruction: &Instruction, expected: &Expected<'_>) -> Result<Unspent, Refusal> {
    short_enough(&instruction.statement)?;
    let mac = Some(&instruction.mac).filter(|mac| mac.len() == MAC_LETTERS).ok_or(Refusal::MacForm)?;
    let mac = base64url::decode(mac).map_err(|_| Refusal::MacForm)?;
    if !constant_time_eq(&mac, &expected.mac_key.mac(&instruction.statement)) {
        return Err(Refusal::Mac);
    }
    let Expected { subject, key, device, now, .. } = *expected;
    follow(read(&instruction.statement, device)?, &Terms { subject, key, now }, Confirmed::Password)
}

/// Holds a statement that a passkey confirms against everything the server knows. It can be about showing a card alone.
///
/// # Errors
/// [`Refusal`]; [`Refusal::NeedsPassword`] for any other consent.
pub fn verify_by_passkey(
    statement: &str,
    assertion: &Assertion,
    expected: &ExpectedByPasskey<'_>,
) -> Result<Unspent, Refusal> {
    short_enough(statement)?;
    passkey::verify(assertion, statement.as_bytes(), expected.passkey, &expected.party)?;
    let ExpectedByPasskey { subject, key, device, now, .. } = *expected;
    let statement = read(statement, device)?;
    if !statement.consent.is_showing() {
        return Err(Refusal::NeedsPassword);
    }
    follow(statement, &Terms { subject, key, now }, Confirmed::Passkey)
}

/// What both ways have in common.
struct Terms<'a> {
    subject: &'a Subject,
    key: &'a PublicKey,
    now: Timestamp,
}

fn follow(statement: Statement, terms: &Terms<'_>, confirmed: Confirmed) -> Result<Unspent, Refusal> {
    about(&statement.subject, terms.subject)?;
    let age = terms.now.seconds_since(statement.iat);
    if age > MAX_AGE_S {
        return Err(Refusal::Stale);
    }
    if age < -MAX_SKEW_S {
        return Err(Refusal::Future);
    }
    let signing_input = statement.consent.signing_input(terms.key, statement.iat, confirmed);
    if base64url::encode(&sha256(signing_input.as_bytes())) != statement.signing_input_sha256 {
        return Err(Refusal::SigningInput);
    }
    let id = base64url::decode(&statement.jti).ok().and_then(|id| id.try_into().ok()).ok_or(Refusal::Member)?;
    let keep_until = statement.iat.plus_seconds(MAX_AGE_S + 1);
    Ok(Unspent { id, keep_until, to_sign: ToSign { consent: statement.consent, signing_input } })
}

fn short_enough(statement: &str) -> Result<(), Refusal> {
    if statement.len() > MAX_BYTES { Err(Refusal::Statement(JwsError::TooLong)) } else { Ok(()) }
}

/// The statement, once the device's signature has been checked.
fn read(statement: &str, device: &PublicKey) -> Result<Statement, Refusal> {
    let statement = jws::parse(statement, &LIMITS).map_err(Refusal::Statement)?;
    if statement.header().typ() != Some(TYP) {
        return Err(Refusal::Type);
    }
    statement.verify(device).map_err(|_| Refusal::Device)?;
    let payload = json::parse(statement.payload(), &LIMITS).map_err(Refusal::Payload)?;
    let statement: Statement = serde_json::from_value(payload).map_err(|_| Refusal::Member)?;
    if statement.consent.is_well_formed() { Ok(statement) } else { Err(Refusal::Member) }
}

/// Whether the statement is about the key that it would be followed with.
fn about(stated: &Subject, expected: &Subject) -> Result<(), Refusal> {
    let Subject { authority, person, card, copy, exchange } = expected;
    let parts = [
        (&stated.authority, authority, Refusal::Authority),
        (&stated.person, person, Refusal::Person),
        (&stated.card, card, Refusal::Card),
        (&stated.copy, copy, Refusal::Copy),
        (&stated.exchange, exchange, Refusal::Exchange),
    ];
    let other = parts.into_iter().find(|(stated, expected, _)| stated != expected);
    other.map_or(Ok(()), |(_, _, refusal)| Err(refusal))
}

/// Letters of 32 bytes in base64url.
const MAC_LETTERS: usize = 43;
