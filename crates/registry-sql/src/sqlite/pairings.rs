use async_trait::async_trait;
use mibun_crypto::time::Timestamp;
use mibun_registry::{Conflict, Hash, JourneyId, Pairing, PairingClaim, Pairings, StoreError, Version};
use sqlx::query;

use super::unit::SqliteUnit;
use crate::columns::{Raw, maybe_raw};
use crate::rows;

#[async_trait]
impl Pairings for SqliteUnit {
    async fn insert_pairing(&mut self, pairing: &Pairing) -> Result<(), StoreError> {
        self.require_journey(pairing.journey).await?;
        let insert = query(
            "INSERT INTO pairings (code_hash, journey, terminal, state, sealed, expires_at, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(pairing.code_hash.raw()).bind(maybe_raw(&pairing.journey)).bind(&pairing.terminal);
        let insert = insert.bind(pairing.state.as_str()).bind(pairing.sealed.raw()).bind(pairing.expires_at.0);
        self.add(insert.bind(Version::FIRST.number()), Conflict::CodeTaken).await
    }

    async fn pairing(&mut self, code: &Hash) -> Result<Option<Pairing>, StoreError> {
        self.row(query("SELECT * FROM pairings WHERE code_hash = ?1").bind(code.raw()), rows::pairing).await
    }

    async fn pairings_of_journey(&mut self, journey: JourneyId) -> Result<Vec<Pairing>, StoreError> {
        let found = query("SELECT * FROM pairings WHERE journey = ?1 ORDER BY code_hash");
        self.rows(found.bind(journey.raw()), rows::pairing).await
    }

    async fn claim_pairing(&mut self, code: &Hash, claim: &PairingClaim, now: Timestamp) -> Result<bool, StoreError> {
        self.require_journey(claim.journey).await?;
        let write = query(
            "UPDATE pairings SET journey = coalesce(?3, journey), terminal = coalesce(?4, terminal), state = 'claimed',
             sealed = ?5, expires_at = ?6, version = version + 1
             WHERE code_hash = ?1 AND state = 'waiting' AND expires_at > ?2",
        );
        let write = write.bind(code.raw()).bind(now.0).bind(maybe_raw(&claim.journey)).bind(&claim.terminal);
        Ok(self.change(write.bind(claim.sealed.raw()).bind(claim.expires_at.0)).await? > 0)
    }

    async fn update_pairing(&mut self, pairing: &Pairing) -> Result<Version, StoreError> {
        let update = query(
            "UPDATE pairings SET state = ?3, sealed = ?4, expires_at = ?5, version = version + 1
             WHERE code_hash = ?1 AND version = ?2",
        );
        let update = update.bind(pairing.code_hash.raw()).bind(pairing.version.number()).bind(pairing.state.as_str());
        self.write_over(update.bind(pairing.sealed.raw()).bind(pairing.expires_at.0), pairing.version).await
    }

    async fn delete_expired_pairings(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.change(query("DELETE FROM pairings WHERE expires_at <= ?1").bind(now.0)).await
    }
}

impl SqliteUnit {
    async fn require_journey(&mut self, journey: Option<JourneyId>) -> Result<(), StoreError> {
        match journey {
            Some(id) => self.require(query("SELECT 1 FROM journeys WHERE id = ?1").bind(id.raw())).await,
            None => Ok(()),
        }
    }
}
