use async_trait::async_trait;
use mibun_crypto::time::Timestamp;
use mibun_registry::{Conflict, Hash, Session, Sessions, StoreError, SubjectKind};
use sqlx::query;

use super::unit::PostgresUnit;
use crate::columns::Raw;
use crate::rows;

#[async_trait]
impl Sessions for PostgresUnit {
    async fn insert_session(&mut self, session: &Session) -> Result<(), StoreError> {
        let insert = query(
            "INSERT INTO sessions (token_hash, kind, subject, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(session.token_hash.raw()).bind(session.kind.as_str());
        let insert = insert.bind(session.subject.as_slice()).bind(session.created_at.0).bind(session.expires_at.0);
        self.add(insert, Conflict::RowTaken).await
    }

    async fn session(&mut self, token: &Hash, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let found = query("SELECT * FROM sessions WHERE token_hash = $1 AND expires_at > $2");
        self.row(found.bind(token.raw()).bind(now.0), rows::session).await
    }

    async fn delete_session(&mut self, token: &Hash) -> Result<bool, StoreError> {
        Ok(self.change(query("DELETE FROM sessions WHERE token_hash = $1").bind(token.raw())).await? > 0)
    }

    async fn delete_sessions_of(&mut self, kind: SubjectKind, subject: [u8; 16]) -> Result<u64, StoreError> {
        let delete = query("DELETE FROM sessions WHERE kind = $1 AND subject = $2");
        self.change(delete.bind(kind.as_str()).bind(subject.as_slice())).await
    }

    async fn prune_sessions(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.change(query("DELETE FROM sessions WHERE expires_at <= $1").bind(now.0)).await
    }
}
