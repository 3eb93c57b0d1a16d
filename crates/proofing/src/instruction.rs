//! The instruction to sign with a full card's key, which the authority's security module holds for the person.
//!
//! Nothing is signed on a login alone. The holder's device says what is to be signed and what the holder agreed to, and
//! signs that with its own key; a MAC under a key of the password exchange (RFC 9807) then covers statement and
//! signature. One of the two is not enough, and neither can be used for anything else, for anyone else, later, or twice.
//!
//! In everyday scenes a passkey of the device ([`crate::passkey`]) takes the place of the password: it confirms the one
//! statement, and what is signed says so.
//!
//! The statement is a JWS (RFC 7515) with a `typ` of its own. Its payload names the consent in so many words, and what
//! is signed is made anew from these words: there is no way to have something signed that was not spelt out.

mod consent;
mod made;
mod refusal;
mod signing_input;
mod verify;

use mibun_card::kb_jwt::PASSWORD_METHOD;
use mibun_crypto::opaque::SessionKey;
use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use consent::{Consent, KEY_PROOF_TYPE};
pub use made::state;
pub use made::{Draft, make};
pub use refusal::Refusal;
pub use signing_input::{Signed, SigningInput};
pub use verify::{Expected, ExpectedByPasskey, ToSign, Unspent, verify, verify_by_passkey};

/// The `typ` of a statement; no other message of ours has it.
pub const TYP: &str = "mibun-signing-instruction+jwt";
/// Seconds that an instruction may be old.
pub const MAX_AGE_S: i64 = 120;
/// Seconds that the device's clock may be ahead.
pub const MAX_SKEW_S: i64 = 60;
/// Longest statement, in bytes.
pub const MAX_BYTES: usize = 8 * 1024;
/// Random bytes of an instruction's identifier.
pub const ID_BYTES: usize = 16;

/// What the MAC key is for, and in which version.
const MAC_INFO: &[u8] = b"mibun signing instruction mac 1";

/// The key for MACs over instructions, of one password exchange. Wiped on drop.
pub struct InstructionKey(Zeroizing<[u8; 32]>);

impl InstructionKey {
    /// The key that belongs to a finished login.
    pub fn of(session: &SessionKey) -> Self {
        Self(Zeroizing::new(session.derive(MAC_INFO)))
    }

    /// The key of these bytes, as they came out of their seal.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// The key itself, to be sealed for as long as the exchange may be used.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Confirms a device proof of the same sign-in: the MAC over it, in base64url.
    pub fn confirm(&self, proof: &str) -> String {
        mibun_crypto::base64url::encode(&self.mac(proof))
    }

    /// Whether `mac` confirms `proof`. Proofs and statements have types of their own, so neither passes for the other.
    pub fn confirms(&self, proof: &str, mac: &str) -> bool {
        mibun_crypto::digest::constant_time_eq(self.confirm(proof).as_bytes(), mac.as_bytes())
    }

    fn mac(&self, statement: &str) -> [u8; 32] {
        mibun_crypto::digest::hmac_sha256(self.0.as_slice(), &[statement.as_bytes()])
    }
}

impl std::fmt::Debug for InstructionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InstructionKey([redacted])")
    }
}

/// An instruction on its way: the signed statement, and the MAC over its bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instruction {
    /// A compact JWS by the device's key.
    pub statement: String,
    /// HMAC-SHA-256 over the statement as sent, in base64url.
    pub mac: String,
}

impl std::fmt::Debug for Instruction {
    /// A statement tells where the holder shows a card.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Instruction([redacted])")
    }
}

/// Which key is to sign, for whom, and on the strength of which password exchange. The server names all of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The authority that holds the key: its issuer identifier.
    pub authority: String,
    /// The person, by the identifier under which the password is registered.
    pub person: String,
    /// The card.
    pub card: String,
    /// The copy of the card whose key signs.
    pub copy: String,
    /// The password exchange.
    pub exchange: String,
}

/// What confirmed a statement beside the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The ID password, in a sign-in.
    Password,
    /// The device's passkey, for this one statement.
    Passkey,
}

impl Confirmed {
    /// The `amr` (RFC 8176) of what is signed.
    pub const fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Password => &[PASSWORD_METHOD],
            Self::Passkey => &["pop", "user"],
        }
    }
}

/// [`Subject::exchange`] of statements that a passkey confirms.
pub const NO_EXCHANGE: &str = "passkey";

/// The payload of a statement.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    jti: String,
    iat: Timestamp,
    subject: Subject,
    consent: Consent,
    signing_input_sha256: String,
}

#[cfg(test)]
mod tests;
