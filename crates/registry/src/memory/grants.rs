use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use super::MemoryUnit;
use crate::{Conflict, Grant, GrantId, Grants, Hash, JourneyId, PersonId, StoreError, Version};

#[async_trait]
impl Grants for MemoryUnit {
    async fn insert_grant(&mut self, grant: &Grant) -> Result<(), StoreError> {
        let row = Grant { version: Version::FIRST, ..grant.clone() };
        self.write()?.grants.insert(grant.id, row, Conflict::CodeTaken, |other| {
            other.code_hash == grant.code_hash || shares_token(other, grant) || shares_reference(other, grant)
        })
    }

    async fn grant(&mut self, id: GrantId) -> Result<Option<Grant>, StoreError> {
        Ok(self.tables.grants.get(&id))
    }

    async fn grant_by_code(&mut self, code: &Hash) -> Result<Option<Grant>, StoreError> {
        Ok(self.tables.grants.find(|grant| grant.code_hash == *code))
    }

    async fn grant_by_reference(&mut self, reference: &Hash) -> Result<Option<Grant>, StoreError> {
        Ok(self.tables.grants.find(|grant| grant.reference_hash.as_ref() == Some(reference)))
    }

    async fn grant_by_token(&mut self, token: &Hash) -> Result<Option<Grant>, StoreError> {
        Ok(self.tables.grants.find(|grant| grant.token_hash.as_ref() == Some(token)))
    }

    async fn grants_of_journey(&mut self, journey: JourneyId) -> Result<Vec<Grant>, StoreError> {
        Ok(self.tables.grants.all(|grant| grant.journey == Some(journey)))
    }

    async fn update_grant(&mut self, grant: &Grant) -> Result<Version, StoreError> {
        let grants = &mut self.write()?.grants;
        let taken = |other: &Grant| other.code_hash == grant.code_hash || shares_token(other, grant);
        if grants.any(|other| other.id != grant.id && taken(other)) {
            return Err(StoreError::Conflict(Conflict::CodeTaken));
        }
        grants.write_over(&grant.id, grant.version, |row| {
            row.code_hash = grant.code_hash;
            row.token_hash = grant.token_hash;
            row.state.clone_from(&grant.state);
            row.sealed = grant.sealed.clone();
            row.wrong_tries = grant.wrong_tries;
            row.expires_at = grant.expires_at;
        })
    }

    async fn delete_expired_grants(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(self.write()?.grants.sweep(|_, grant| grant.expires_at <= now))
    }

    async fn delete_grants_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        Ok(self.write()?.grants.sweep(|_, grant| grant.person == person))
    }
}

fn shares_reference(one: &Grant, other: &Grant) -> bool {
    one.reference_hash.is_some() && one.reference_hash == other.reference_hash
}

fn shares_token(one: &Grant, other: &Grant) -> bool {
    one.token_hash.is_some() && one.token_hash == other.token_hash
}
