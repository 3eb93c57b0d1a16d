use std::collections::BTreeMap;

use async_trait::async_trait;

use super::MemoryUnit;
use crate::{CertificateRevocations, Hash, StoreError, TrustedCsca, TrustedCscas};

#[async_trait]
impl TrustedCscas for MemoryUnit {
    async fn insert_csca_if_new(&mut self, csca: &TrustedCsca) -> Result<bool, StoreError> {
        let cscas = &mut self.write()?.cscas;
        let new = !cscas.contains(&csca.fingerprint);
        if new {
            cscas.put(csca.fingerprint, csca.clone());
        }
        Ok(new)
    }

    async fn csca(&mut self, fingerprint: &Hash) -> Result<Option<TrustedCsca>, StoreError> {
        Ok(self.tables.cscas.get(fingerprint))
    }

    async fn cscas(&mut self) -> Result<Vec<TrustedCsca>, StoreError> {
        Ok(self.tables.cscas.all(|_| true))
    }

    async fn cscas_of(&mut self, country: &str) -> Result<Vec<TrustedCsca>, StoreError> {
        Ok(self.tables.cscas.all(|csca| csca.country == country))
    }

    async fn count_cscas_by_source(&mut self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut counts = BTreeMap::new();
        for (_, csca) in self.tables.cscas.iter() {
            *counts.entry(csca.source.clone()).or_insert(0) += 1;
        }
        Ok(counts.into_iter().collect())
    }

    async fn delete_csca(&mut self, fingerprint: &Hash) -> Result<bool, StoreError> {
        Ok(self.write()?.cscas.remove(fingerprint))
    }

    async fn put_revocations(&mut self, list: &CertificateRevocations) -> Result<bool, StoreError> {
        let lists = &mut self.write()?.revocations;
        let newest = lists.get(&list.issuer_fingerprint).is_none_or(|kept| kept.this_update < list.this_update);
        if newest {
            lists.put(list.issuer_fingerprint, list.clone());
        }
        Ok(newest)
    }

    async fn revocations(&mut self) -> Result<Vec<CertificateRevocations>, StoreError> {
        Ok(self.tables.revocations.all(|_| true))
    }
}
