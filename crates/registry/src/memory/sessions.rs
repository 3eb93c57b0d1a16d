use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use super::MemoryUnit;
use crate::{Conflict, Hash, Session, Sessions, StoreError, SubjectKind};

#[async_trait]
impl Sessions for MemoryUnit {
    async fn insert_session(&mut self, session: &Session) -> Result<(), StoreError> {
        self.write()?.sessions.insert(session.token_hash, session.clone(), Conflict::RowTaken, |_| false)
    }

    async fn session(&mut self, token: &Hash, now: Timestamp) -> Result<Option<Session>, StoreError> {
        Ok(self.tables.sessions.get(token).filter(|session| session.expires_at > now))
    }

    async fn delete_session(&mut self, token: &Hash) -> Result<bool, StoreError> {
        Ok(self.write()?.sessions.remove(token))
    }

    async fn delete_sessions_of(&mut self, kind: SubjectKind, subject: [u8; 16]) -> Result<u64, StoreError> {
        Ok(self.write()?.sessions.sweep(|_, session| session.kind == kind && session.subject == subject))
    }

    async fn prune_sessions(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(self.write()?.sessions.sweep(|_, session| session.expires_at <= now))
    }
}
