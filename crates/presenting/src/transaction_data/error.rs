//! Why transaction data is refused.

use mibun_crypto::json::JsonError;

/// What is wrong with transaction data, or with what an answer says about it. On the wire all of it is
/// `invalid_transaction_data`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransactionDataError {
    /// `transaction_data` is not an array of base64url texts, or is empty or too long.
    #[error("transaction_data is malformed")]
    Malformed,
    /// A piece is not JSON as we accept it.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A piece is not an object.
    #[error("transaction data is not an object")]
    NotAnObject,
    /// A member that every type has is not there.
    #[error("{0} is missing in transaction data")]
    Missing(&'static str),
    /// A member that every type has is of the wrong JSON type, or an empty array.
    #[error("{0} has the wrong type in transaction data")]
    WrongType(&'static str),
    /// A type that this wallet cannot explain to its holder.
    #[error("the type of transaction data is not known")]
    UnknownType,
    /// A member that the type does not have.
    #[error("transaction data has a member that its type does not have")]
    UnknownMember,
    /// A member that the type demands is not there.
    #[error("transaction data lacks a member that its type demands")]
    MissingMember,
    /// A member of the type is of another JSON type than it says.
    #[error("a member of transaction data has the wrong type")]
    WrongMember,
    /// `credential_ids` names a credential that is not asked.
    #[error("transaction data names the unknown credential {0}")]
    UnknownCredential(String),
    /// None of the hash algorithms is spoken.
    #[error("transaction data wants another hash algorithm than sha-256")]
    HashAlgorithm,
    /// The keys of all referenced credentials are not for authorising transactions.
    #[error("the key of the credential does not sign transaction data")]
    MayNotSign,
    /// No referenced credential is among those shown.
    #[error("no credential that could authorise the transaction is shown")]
    NotAvailable,
    /// The answer does not authorise a piece that was asked.
    #[error("the answer does not cover the transaction data")]
    NotBound,
    /// The answer authorises a piece with more than one credential.
    #[error("more than one credential covers the same transaction data")]
    BoundTwice,
    /// The answer authorises something that this credential was not asked to.
    #[error("the answer covers transaction data that was not asked for")]
    NotAsked,
    /// The answer was hashed with another algorithm, or does not name it although the request listed them.
    #[error("the answer hashes transaction data with another algorithm")]
    WrongAlgorithm,
}

impl TransactionDataError {
    /// The error code of OpenID4VP 1.0 section 8.5.
    pub const fn code(&self) -> &'static str {
        "invalid_transaction_data"
    }
}
