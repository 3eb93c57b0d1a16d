//! Signed-in browsers.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::value::text_enum;
use crate::{Hash, StoreError};

text_enum! {
    /// Who is signed in.
    SubjectKind {
        /// An officer, at the console.
        Officer = "officer",
        /// A window, at its page.
        Window = "window",
    }
}

/// One signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The digest of the cookie's token.
    pub token_hash: Hash,
    /// What kind of subject is signed in.
    pub kind: SubjectKind,
    /// Its identifier: the bytes of an [`OfficerId`](crate::OfficerId) or a [`WindowId`](crate::WindowId).
    pub subject: [u8; 16],
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it must sign in again.
    pub expires_at: Timestamp,
}

/// Sessions.
#[async_trait]
pub trait Sessions {
    /// Adds a session.
    ///
    /// # Errors
    /// [`Conflict::RowTaken`](crate::Conflict::RowTaken) when the token exists.
    async fn insert_session(&mut self, session: &Session) -> Result<(), StoreError>;

    /// The session with this token, unless it ended at `now` or before.
    async fn session(&mut self, token: &Hash, now: Timestamp) -> Result<Option<Session>, StoreError>;

    /// Signs out; answers whether there was such a session.
    async fn delete_session(&mut self, token: &Hash) -> Result<bool, StoreError>;

    /// Signs a subject out everywhere; answers how many sessions it had.
    async fn delete_sessions_of(&mut self, kind: SubjectKind, subject: [u8; 16]) -> Result<u64, StoreError>;

    /// Deletes sessions that ended at `now` or before; answers how many.
    async fn prune_sessions(&mut self, now: Timestamp) -> Result<u64, StoreError>;
}
