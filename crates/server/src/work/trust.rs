//! The states whose documents are believed: their authorities' certificates, imported by the operator, and what they
//! revoked.

mod import;
pub mod lists;
mod pem;

use std::collections::BTreeMap;
use std::sync::Arc;

use mibun_chip::csca::CscaStore;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::icao::{IcaoCertificate, RevocationList};
use mibun_registry::{Hash, TrustedCsca, Unit};

use super::WorkError;
use crate::app::App;

pub use import::{Imported, Refused, import_certificates, import_master_list, import_revocations, remove};

/// The name of the setting that changes with every import.
const GENERATION: &str = "trust.generation";

/// The store of the last look, and the generation it was made of.
#[derive(Default)]
pub struct Cached(tokio::sync::Mutex<Option<(Vec<u8>, Arc<CscaStore>)>>);

/// What the operator has imported.
pub struct Overview {
    /// Certificates in all.
    pub certificates: usize,
    /// Certificates per country.
    pub countries: BTreeMap<String, usize>,
    /// Where they came from.
    pub sources: Vec<Source>,
    /// Revocation lists in all.
    pub revocation_lists: usize,
}

/// One master list or file.
pub struct Source {
    /// Its name.
    pub name: String,
    /// When its newest certificate was imported.
    pub imported_at: Timestamp,
    /// Certificates that came from it first.
    pub certificates: usize,
    /// Their countries, in order.
    pub countries: Vec<String>,
}

/// Whom chips are believed by. Made anew after an import, by whichever process it was.
///
/// # Errors
/// The store's.
pub async fn store(app: &App) -> Result<Arc<CscaStore>, WorkError> {
    let mut cached = app.chips.trusted.0.lock().await;
    let mut unit = app.registry.read().await?;
    let generation = unit.setting(GENERATION).await?.map(|setting| setting.value).unwrap_or_default();
    if let Some((of, store)) = &*cached
        && *of == generation
    {
        return Ok(Arc::clone(store));
    }
    let store = Arc::new(load(&mut *unit).await?);
    *cached = Some((generation, Arc::clone(&store)));
    Ok(store)
}

/// The store as the record has it.
async fn load(unit: &mut dyn Unit) -> Result<CscaStore, WorkError> {
    let rows = unit.cscas().await?;
    let mut store = CscaStore::new();
    let mut links = Vec::new();
    for row in &rows {
        // Each was read when it came; one that is not read any more is believed no more.
        match IcaoCertificate::from_der(&row.der) {
            Ok(certificate) if certificate.is_self_signed() => match store.add_anchor(certificate) {
                Ok(()) => {}
                Err(error) => tracing::warn!(%error, country = row.country, "an authority is left out"),
            },
            Ok(certificate) => links.push(certificate),
            Err(error) => tracing::warn!(%error, country = row.country, "an authority is left out"),
        }
    }
    add_links(&mut store, links);
    for row in unit.revocations().await? {
        let list = RevocationList::from_der(&row.crl_der).map_err(|error| error.to_string());
        let added = list.and_then(|list| store.add_revocation_list(list).map_err(|error| error.to_string()));
        if let Err(error) = added {
            tracing::warn!(error, "a revocation list is left out");
        }
    }
    Ok(store)
}

/// A link may lead from another link: they are added as long as any fits. Answers what did not.
fn add_links(store: &mut CscaStore, mut links: Vec<IcaoCertificate>) -> Vec<IcaoCertificate> {
    loop {
        let before = links.len();
        links.retain(|link| store.add_link(link.clone()).is_err());
        if links.len() == before {
            return links;
        }
    }
}

/// What was imported, for people.
///
/// # Errors
/// The store's.
pub async fn overview(app: &App) -> Result<Overview, WorkError> {
    let mut unit = app.registry.read().await?;
    let rows = unit.cscas().await?;
    let mut countries = BTreeMap::new();
    let mut sources: BTreeMap<String, Vec<&TrustedCsca>> = BTreeMap::new();
    for row in &rows {
        *countries.entry(row.country.clone()).or_insert(0) += 1;
        sources.entry(row.source.clone()).or_default().push(row);
    }
    let source = |(name, rows): (String, Vec<&TrustedCsca>)| {
        let mut countries: Vec<String> = rows.iter().map(|row| row.country.clone()).collect();
        countries.sort();
        countries.dedup();
        let newest = rows.iter().map(|row| row.imported_at).max();
        Source { name, imported_at: newest.unwrap_or(Timestamp(0)), certificates: rows.len(), countries }
    };
    Ok(Overview {
        certificates: rows.len(),
        countries,
        sources: sources.into_iter().map(source).collect(),
        revocation_lists: unit.revocations().await?.len(),
    })
}

/// A fingerprint as people compare it: hexadecimal digits.
pub fn in_digits(fingerprint: &Hash) -> String {
    fingerprint.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The fingerprint that someone typed, with or without colons.
pub fn from_digits(typed: &str) -> Option<Hash> {
    let digits: Vec<u8> = typed.bytes().filter(|byte| !b": ".contains(byte)).collect();
    let byte = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
    bytes.and_then(|bytes| bytes.try_into().ok()).map(Hash::new)
}

impl std::fmt::Debug for Cached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cached")
    }
}
