use async_trait::async_trait;
use mibun_crypto::time::Timestamp;
use mibun_registry::{Conflict, Hash, PersonId, RecoveryCode, RecoveryCodes, StoreError};
use sqlx::query;

use super::unit::SqliteUnit;
use crate::columns::Raw;
use crate::rows;

#[async_trait]
impl RecoveryCodes for SqliteUnit {
    async fn replace_recovery_codes(
        &mut self,
        person: PersonId,
        codes: &[Hash],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.require_person(person).await?;
        for code in codes {
            let taken = query("SELECT 1 FROM recovery_codes WHERE code_hash = ?1 AND person <> ?2");
            if self.exists(taken.bind(code.raw()).bind(person.raw())).await? {
                return Err(StoreError::Conflict(Conflict::CodeTaken));
            }
        }
        self.delete_recovery_codes_of(person).await?;
        for code in codes {
            let insert = query(
                "INSERT INTO recovery_codes (code_hash, person, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            );
            self.change(insert.bind(code.raw()).bind(person.raw()).bind(now.0)).await?;
        }
        Ok(())
    }

    async fn recovery_code(&mut self, code: &Hash) -> Result<Option<RecoveryCode>, StoreError> {
        let found = query("SELECT * FROM recovery_codes WHERE code_hash = ?1");
        self.row(found.bind(code.raw()), rows::recovery_code).await
    }

    async fn spend_recovery_code(&mut self, code: &Hash, now: Timestamp) -> Result<bool, StoreError> {
        let spend = query("UPDATE recovery_codes SET spent_at = ?2 WHERE code_hash = ?1 AND spent_at IS NULL");
        Ok(self.change(spend.bind(code.raw()).bind(now.0)).await? > 0)
    }

    async fn delete_recovery_codes_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        self.erase(query("DELETE FROM recovery_codes WHERE person = ?1").bind(person.raw())).await
    }
}
