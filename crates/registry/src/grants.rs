//! Credential offers and the access that grows out of them (OpenID4VCI pre-authorized code, then token).

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::{GrantId, Hash, JourneyId, PersonId, Sealed, StoreError, Version};

/// One offer of a card to one person, from code to token to collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The identifier, part of the offer's address.
    pub id: GrantId,
    /// The digest of the code: the offer's, then the authorization code's if the person went that way; unique.
    pub code_hash: Hash,
    /// The digest of what the person types to name the offer, if it can be named so; unique.
    pub reference_hash: Option<Hash>,
    /// The digest of the access token, once the code was redeemed; unique.
    pub token_hash: Option<Hash>,
    /// The name of the state.
    pub state: String,
    /// The state itself.
    pub sealed: Sealed,
    /// Who may collect.
    pub person: PersonId,
    /// The journey that led here, if one did.
    pub journey: Option<JourneyId>,
    /// How often the transaction code was wrong.
    pub wrong_tries: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is worth nothing.
    pub expires_at: Timestamp,
    /// The version read.
    pub version: Version,
}

/// Offers and tokens.
#[async_trait]
pub trait Grants {
    /// Adds a grant at version [`Version::FIRST`].
    ///
    /// # Errors
    /// [`Conflict::CodeTaken`](crate::Conflict::CodeTaken) when code, reference or token exists.
    async fn insert_grant(&mut self, grant: &Grant) -> Result<(), StoreError>;

    /// The grant with this identifier, expired or not.
    async fn grant(&mut self, id: GrantId) -> Result<Option<Grant>, StoreError>;

    /// The grant this code stands for.
    async fn grant_by_code(&mut self, code: &Hash) -> Result<Option<Grant>, StoreError>;

    /// The grant that a person names so.
    async fn grant_by_reference(&mut self, reference: &Hash) -> Result<Option<Grant>, StoreError>;

    /// The grant this token was given for.
    async fn grant_by_token(&mut self, token: &Hash) -> Result<Option<Grant>, StoreError>;

    /// The grants a journey led to, in order of identifier.
    async fn grants_of_journey(&mut self, journey: JourneyId) -> Result<Vec<Grant>, StoreError>;

    /// Writes code, token, state, tries and expiry over the version read, and answers the new version. Of two who redeem one
    /// code at the same moment, one gets [`StoreError::VersionMismatch`].
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when the row changed or went; a code or token another grant has is a conflict.
    async fn update_grant(&mut self, grant: &Grant) -> Result<Version, StoreError>;

    /// Deletes grants that expire at `now` or before; answers how many.
    async fn delete_expired_grants(&mut self, now: Timestamp) -> Result<u64, StoreError>;

    /// Deletes every grant of a person, when the person is erased; answers how many.
    async fn delete_grants_of(&mut self, person: PersonId) -> Result<u64, StoreError>;
}
