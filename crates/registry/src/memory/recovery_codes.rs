use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use super::MemoryUnit;
use crate::{Conflict, Hash, PersonId, RecoveryCode, RecoveryCodes, StoreError};

#[async_trait]
impl RecoveryCodes for MemoryUnit {
    async fn replace_recovery_codes(
        &mut self,
        person: PersonId,
        codes: &[Hash],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let tables = self.write()?;
        tables.require_person(person)?;
        let taken = |code: &RecoveryCode| code.person != person && codes.contains(&code.code_hash);
        if tables.recovery_codes.any(taken) {
            return Err(StoreError::Conflict(Conflict::CodeTaken));
        }
        tables.recovery_codes.sweep(|_, code| code.person == person);
        for code in codes {
            let row = RecoveryCode { code_hash: *code, person, created_at: now, spent_at: None };
            tables.recovery_codes.put(*code, row);
        }
        Ok(())
    }

    async fn recovery_code(&mut self, code: &Hash) -> Result<Option<RecoveryCode>, StoreError> {
        Ok(self.tables.recovery_codes.get(code))
    }

    async fn spend_recovery_code(&mut self, code: &Hash, now: Timestamp) -> Result<bool, StoreError> {
        let spent = self.write()?.recovery_codes.change(code, |row| {
            let first = row.spent_at.is_none();
            row.spent_at.get_or_insert(now);
            first
        });
        Ok(spent == Some(true))
    }

    async fn delete_recovery_codes_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        Ok(self.write()?.recovery_codes.sweep(|_, code| code.person == person))
    }
}
