use async_trait::async_trait;
use mibun_crypto::time::Timestamp;
use mibun_registry::{Conflict, Grant, GrantId, Grants, Hash, JourneyId, PersonId, StoreError, Version};
use sqlx::query;

use super::unit::SqliteUnit;
use crate::columns::{Raw, maybe_raw};
use crate::rows;

#[async_trait]
impl Grants for SqliteUnit {
    async fn insert_grant(&mut self, grant: &Grant) -> Result<(), StoreError> {
        let insert = query(
            "INSERT INTO grants (id, code_hash, token_hash, state, sealed, person, journey, wrong_tries, created_at,
             expires_at, version, reference_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(grant.id.raw()).bind(grant.code_hash.raw()).bind(maybe_raw(&grant.token_hash));
        let insert = insert.bind(&grant.state).bind(grant.sealed.raw()).bind(grant.person.raw());
        let insert = insert.bind(maybe_raw(&grant.journey)).bind(i64::from(grant.wrong_tries));
        let insert = insert.bind(grant.created_at.0).bind(grant.expires_at.0).bind(Version::FIRST.number());
        self.add(insert.bind(maybe_raw(&grant.reference_hash)), Conflict::CodeTaken).await
    }

    async fn grant(&mut self, id: GrantId) -> Result<Option<Grant>, StoreError> {
        self.row(query("SELECT * FROM grants WHERE id = ?1").bind(id.raw()), rows::grant).await
    }

    async fn grant_by_code(&mut self, code: &Hash) -> Result<Option<Grant>, StoreError> {
        self.row(query("SELECT * FROM grants WHERE code_hash = ?1").bind(code.raw()), rows::grant).await
    }

    async fn grant_by_reference(&mut self, reference: &Hash) -> Result<Option<Grant>, StoreError> {
        self.row(query("SELECT * FROM grants WHERE reference_hash = ?1").bind(reference.raw()), rows::grant).await
    }

    async fn grant_by_token(&mut self, token: &Hash) -> Result<Option<Grant>, StoreError> {
        self.row(query("SELECT * FROM grants WHERE token_hash = ?1").bind(token.raw()), rows::grant).await
    }

    async fn grants_of_journey(&mut self, journey: JourneyId) -> Result<Vec<Grant>, StoreError> {
        self.rows(query("SELECT * FROM grants WHERE journey = ?1 ORDER BY id").bind(journey.raw()), rows::grant).await
    }

    async fn update_grant(&mut self, grant: &Grant) -> Result<Version, StoreError> {
        let taken = query("SELECT 1 FROM grants WHERE (token_hash = ?1 OR code_hash = ?3) AND id <> ?2");
        let taken = taken.bind(maybe_raw(&grant.token_hash)).bind(grant.id.raw()).bind(grant.code_hash.raw());
        if self.exists(taken).await? {
            return Err(StoreError::Conflict(Conflict::CodeTaken));
        }
        let update = query(
            "UPDATE grants SET token_hash = ?3, state = ?4, sealed = ?5, wrong_tries = ?6, expires_at = ?7,
             code_hash = ?8, version = version + 1 WHERE id = ?1 AND version = ?2",
        );
        let update = update.bind(grant.id.raw()).bind(grant.version.number()).bind(maybe_raw(&grant.token_hash));
        let update = update.bind(&grant.state).bind(grant.sealed.raw()).bind(i64::from(grant.wrong_tries));
        self.write_over(update.bind(grant.expires_at.0).bind(grant.code_hash.raw()), grant.version).await
    }

    async fn delete_expired_grants(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.change(query("DELETE FROM grants WHERE expires_at <= ?1").bind(now.0)).await
    }

    async fn delete_grants_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        self.erase(query("DELETE FROM grants WHERE person = ?1").bind(person.raw())).await
    }
}
