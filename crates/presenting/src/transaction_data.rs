//! What a holder authorises with a card's key beside showing the card (OpenID4VP 1.0 sections 5.1 and 8.4): data whose
//! types are known in advance, each piece hashed into the key binding of one credential.

mod bind;
mod error;
mod read;

use std::fmt;

use mibun_crypto::base64url;
use mibun_crypto::digest::sha256;
use serde_json::{Map, Value};

pub use bind::{Assignment, assign, hashes, verify};
pub use error::TransactionDataError;
pub(crate) use read::read;

/// A type of transaction data that a wallet can explain to its holder. Whatever it has no description of is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransactionType<'a> {
    /// The value of `type`.
    pub name: &'a str,
    /// The members it has beside those that every type has.
    pub members: &'a [Member<'a>],
}

/// A member of a type of transaction data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its JSON type.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
}

/// A JSON type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Flag,
    /// An object, whose members the type itself describes.
    Object,
    /// An array.
    Array,
}

/// What a wallet authorises, and with which cards.
#[derive(Debug, Clone, Copy)]
pub struct TransactionRules<'a> {
    /// The types it knows; none refuses all transaction data.
    pub types: &'a [TransactionType<'a>],
    /// Card types (`vct`, document type) whose keys sign no transaction. One that ends in `:` stands for all that begin so.
    pub never_sign: &'a [&'a str],
}

impl TransactionRules<'_> {
    /// No type is known, and identity cards sign nothing: PID Rulebook 1.7.
    pub const NONE: TransactionRules<'static> = TransactionRules { types: &[], never_sign: &IDENTITY_CARDS };

    fn may_sign(&self, card_type: &str) -> bool {
        !self
            .never_sign
            .iter()
            .any(|never| card_type == *never || (never.ends_with(':') && card_type.starts_with(never)))
    }
}

/// The card types of person identification data, whose keys sign no transaction (PID Rulebook 1.7).
pub const IDENTITY_CARDS: [&str; 2] = ["urn:eudi:pid:", "eu.europa.ec.eudi.pid.1"];

/// One piece of transaction data, with the text that was received: that is what is hashed. Its content never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct TransactionData {
    encoded: String,
    kind: String,
    credential_ids: Vec<String>,
    /// Those of `credential_ids` whose keys may sign it.
    signers: Vec<String>,
    names_algorithm: bool,
    content: Map<String, Value>,
}

impl TransactionData {
    /// The asker's side: data of the type `kind` that one of the credentials `credential_ids` is to authorise. `members`
    /// are those of the type.
    pub fn new(kind: &str, credential_ids: &[&str], members: Map<String, Value>) -> Self {
        let mut content = members;
        content.insert(TYPE.into(), kind.into());
        content.insert(CREDENTIAL_IDS.into(), credential_ids.into());
        content.insert(HASH_ALGORITHMS.into(), [SHA_256].as_slice().into());
        let credential_ids: Vec<String> = credential_ids.iter().map(|&id| id.to_owned()).collect();
        Self {
            encoded: base64url::encode(Value::Object(content.clone()).to_string().as_bytes()),
            kind: kind.to_owned(),
            signers: credential_ids.clone(),
            credential_ids,
            names_algorithm: true,
            content,
        }
    }

    /// The text in the request.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// The type.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The credential queries, one of which is to authorise it.
    pub fn credential_ids(&self) -> &[String] {
        &self.credential_ids
    }

    /// All members, those common to every type included.
    pub const fn content(&self) -> &Map<String, Value> {
        &self.content
    }

    /// The hash that goes into the key binding.
    pub fn hash(&self) -> String {
        base64url::encode(&sha256(self.encoded.as_bytes()))
    }
}

impl fmt::Debug for TransactionData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionData")
            .field("type", &self.kind)
            .field("credential_ids", &self.credential_ids)
            .finish_non_exhaustive()
    }
}

const TYPE: &str = "type";
const CREDENTIAL_IDS: &str = "credential_ids";
const HASH_ALGORITHMS: &str = "transaction_data_hashes_alg";
/// The only hash algorithm that is spoken; every wallet must (OpenID4VP 1.0 appendix B.3.3).
const SHA_256: &str = "sha-256";

#[cfg(test)]
mod tests;
