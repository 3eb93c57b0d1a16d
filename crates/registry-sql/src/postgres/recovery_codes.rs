use async_trait::async_trait;
use mibun_crypto::time::Timestamp;
use mibun_registry::{Conflict, Hash, PersonId, RecoveryCode, RecoveryCodes, StoreError};
use sqlx::query;

use super::unit::PostgresUnit;
use crate::columns::Raw;
use crate::rows;

#[async_trait]
impl RecoveryCodes for PostgresUnit {
    async fn replace_recovery_codes(
        &mut self,
        person: PersonId,
        codes: &[Hash],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.require_person(person).await?;
        let codes: Vec<&[u8]> = codes.iter().map(Raw::raw).collect();
        let taken = query("SELECT 1 FROM recovery_codes WHERE code_hash = ANY($1::bytea[]) AND person <> $2 LIMIT 1");
        if self.exists(taken.bind(&codes).bind(person.raw())).await? {
            return Err(StoreError::Conflict(Conflict::CodeTaken));
        }
        self.delete_recovery_codes_of(person).await?;
        let insert = query(
            "INSERT INTO recovery_codes (code_hash, person, created_at)
             SELECT DISTINCT code, $2::bytea, $3::bigint FROM unnest($1::bytea[]) AS code",
        );
        self.change(insert.bind(&codes).bind(person.raw()).bind(now.0)).await.map(drop)
    }

    async fn recovery_code(&mut self, code: &Hash) -> Result<Option<RecoveryCode>, StoreError> {
        let found = query("SELECT * FROM recovery_codes WHERE code_hash = $1");
        self.row(found.bind(code.raw()), rows::recovery_code).await
    }

    async fn spend_recovery_code(&mut self, code: &Hash, now: Timestamp) -> Result<bool, StoreError> {
        let spend = query("UPDATE recovery_codes SET spent_at = $2 WHERE code_hash = $1 AND spent_at IS NULL");
        Ok(self.change(spend.bind(code.raw()).bind(now.0)).await? > 0)
    }

    async fn delete_recovery_codes_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        self.change(query("DELETE FROM recovery_codes WHERE person = $1").bind(person.raw())).await
    }
}
