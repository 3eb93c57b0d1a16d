use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use super::MemoryUnit;
use super::table::Tables;
use crate::{Conflict, Hash, JourneyId, Pairing, PairingClaim, PairingState, Pairings, StoreError, Version};

#[async_trait]
impl Pairings for MemoryUnit {
    async fn insert_pairing(&mut self, pairing: &Pairing) -> Result<(), StoreError> {
        let tables = self.write()?;
        require_journey(tables, pairing.journey)?;
        let row = Pairing { version: Version::FIRST, ..pairing.clone() };
        tables.pairings.insert(pairing.code_hash, row, Conflict::CodeTaken, |_| false)
    }

    async fn pairing(&mut self, code: &Hash) -> Result<Option<Pairing>, StoreError> {
        Ok(self.tables.pairings.get(code))
    }

    async fn pairings_of_journey(&mut self, journey: JourneyId) -> Result<Vec<Pairing>, StoreError> {
        Ok(self.tables.pairings.all(|pairing| pairing.journey == Some(journey)))
    }

    async fn claim_pairing(&mut self, code: &Hash, claim: &PairingClaim, now: Timestamp) -> Result<bool, StoreError> {
        let tables = self.write()?;
        require_journey(tables, claim.journey)?;
        let waits = |pairing: &Pairing| pairing.state == PairingState::Waiting && pairing.expires_at > now;
        let Some(waiting) = tables.pairings.get(code).filter(waits) else {
            return Ok(false);
        };
        let claimed = Pairing {
            journey: claim.journey.or(waiting.journey),
            terminal: claim.terminal.clone().or(waiting.terminal),
            state: PairingState::Claimed,
            sealed: claim.sealed.clone(),
            expires_at: claim.expires_at,
            version: waiting.version.next(),
            ..waiting
        };
        tables.pairings.put(*code, claimed);
        Ok(true)
    }

    async fn update_pairing(&mut self, pairing: &Pairing) -> Result<Version, StoreError> {
        self.write()?.pairings.write_over(&pairing.code_hash, pairing.version, |row| {
            row.state = pairing.state;
            row.sealed = pairing.sealed.clone();
            row.expires_at = pairing.expires_at;
        })
    }

    async fn delete_expired_pairings(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(self.write()?.pairings.sweep(|_, pairing| pairing.expires_at <= now))
    }
}

fn require_journey(tables: &Tables, journey: Option<JourneyId>) -> Result<(), StoreError> {
    match journey {
        Some(journey) if !tables.journeys.contains(&journey) => Err(StoreError::VersionMismatch),
        _ => Ok(()),
    }
}
