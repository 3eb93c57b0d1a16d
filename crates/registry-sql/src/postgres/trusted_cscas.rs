use async_trait::async_trait;
use mibun_registry::{CertificateRevocations, Hash, StoreError, TrustedCsca, TrustedCscas};
use sqlx::query;

use super::unit::PostgresUnit;
use crate::columns::Raw;
use crate::rows;

#[async_trait]
impl TrustedCscas for PostgresUnit {
    async fn insert_csca_if_new(&mut self, csca: &TrustedCsca) -> Result<bool, StoreError> {
        let insert = query(
            "INSERT INTO trusted_cscas (fingerprint, country, der, source, imported_at, not_after)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(csca.fingerprint.raw()).bind(&csca.country).bind(&csca.der).bind(&csca.source);
        Ok(self.change(insert.bind(csca.imported_at.0).bind(csca.not_after.0)).await? > 0)
    }

    async fn csca(&mut self, fingerprint: &Hash) -> Result<Option<TrustedCsca>, StoreError> {
        let found = query("SELECT * FROM trusted_cscas WHERE fingerprint = $1");
        self.row(found.bind(fingerprint.raw()), rows::csca).await
    }

    async fn cscas(&mut self) -> Result<Vec<TrustedCsca>, StoreError> {
        self.rows(query("SELECT * FROM trusted_cscas ORDER BY fingerprint"), rows::csca).await
    }

    async fn cscas_of(&mut self, country: &str) -> Result<Vec<TrustedCsca>, StoreError> {
        let found = query("SELECT * FROM trusted_cscas WHERE country = $1 ORDER BY fingerprint");
        self.rows(found.bind(country), rows::csca).await
    }

    async fn count_cscas_by_source(&mut self) -> Result<Vec<(String, u64)>, StoreError> {
        let counts =
            query("SELECT source, count(*) AS count FROM trusted_cscas GROUP BY source ORDER BY source COLLATE \"C\"");
        self.rows(counts, rows::source_count).await
    }

    async fn delete_csca(&mut self, fingerprint: &Hash) -> Result<bool, StoreError> {
        let delete = query("DELETE FROM trusted_cscas WHERE fingerprint = $1");
        Ok(self.change(delete.bind(fingerprint.raw())).await? > 0)
    }

    async fn put_revocations(&mut self, list: &CertificateRevocations) -> Result<bool, StoreError> {
        let put = query(
            "INSERT INTO csca_revocations (issuer_fingerprint, crl_der, this_update, next_update)
             VALUES ($1, $2, $3, $4) ON CONFLICT (issuer_fingerprint) DO UPDATE SET crl_der = excluded.crl_der,
             this_update = excluded.this_update, next_update = excluded.next_update
             WHERE excluded.this_update > csca_revocations.this_update",
        );
        let put = put.bind(list.issuer_fingerprint.raw()).bind(&list.crl_der);
        Ok(self.change(put.bind(list.this_update.0).bind(list.next_update.0)).await? > 0)
    }

    async fn revocations(&mut self) -> Result<Vec<CertificateRevocations>, StoreError> {
        self.rows(query("SELECT * FROM csca_revocations ORDER BY issuer_fingerprint"), rows::revocations).await
    }
}
