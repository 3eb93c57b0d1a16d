//! Importing whom to believe: master lists, single authorities, revocation lists.

use mibun_chip::csca::CscaStore;
use mibun_chip::master_list::{MasterList, MasterListError};
use mibun_crypto::x509::icao::{IcaoCertificate, RevocationList};
use mibun_registry::{CertificateRevocations, Hash, TrustedCsca, Unit, run};

use super::{GENERATION, in_digits, pem, store};
use crate::app::App;
use crate::work::WorkError;
use crate::work::audit::{self, Actor};

/// What an import came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Certificates in the file.
    pub found: usize,
    /// Of these, taken and not known before.
    pub new: usize,
    /// Of these, known before.
    pub known: usize,
    /// Those that were not taken.
    pub refused: Vec<Refused>,
}

/// A certificate that was not taken.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its place in the file, from 1.
    pub place: usize,
    /// Why.
    pub reason: String,
}

/// Imports the authorities of a master list, which somebody trusted must have signed: an authority that was imported
/// before, or the one in `anchor`, which is believed for this alone.
///
/// # Errors
/// [`WorkError::Refused`] with why the list is refused as a whole.
pub async fn import_master_list(
    app: &App,
    file: &[u8],
    source: &str,
    anchor: Option<&[u8]>,
) -> Result<Imported, WorkError> {
    let trusted = with_anchor(CscaStore::clone(&*store(app).await?), anchor)?;
    let list = MasterList::read(file, &trusted, app.clock.now()).map_err(|error| refused_list(&error))?;
    let mut imported = Imported { found: list.count, ..Imported::default() };
    let refused = list.refused.iter().map(|row| Refused { place: row.place + 1, reason: row.reason.to_string() });
    imported.refused = refused.collect();
    keep(app, list.store.anchors(), source, &mut imported).await?;
    Ok(imported)
}

fn with_anchor(mut trusted: CscaStore, anchor: Option<&[u8]>) -> Result<CscaStore, WorkError> {
    for der in anchor.iter().flat_map(|file| pem::objects(file, "CERTIFICATE")) {
        let refused = |why: String| WorkError::Refused("signer_anchor_refused", why);
        let certificate = IcaoCertificate::from_der(&der).map_err(|error| refused(error.to_string()))?;
        trusted.add_anchor(certificate).map_err(|error| refused(error.to_string()))?;
    }
    Ok(trusted)
}

fn refused_list(error: &MasterListError) -> WorkError {
    let hint = match error {
        MasterListError::Chain(_) => "; name the authority of its signer with --signer-anchor",
        _ => "",
    };
    WorkError::Refused("master_list_refused", format!("{error}{hint}"))
}

/// Imports authorities one by one, each believed on the word of whoever imports it. A link is taken only below an
/// authority that is believed already.
///
/// # Errors
/// The store's; what is wrong with a certificate is told in the answer.
pub async fn import_certificates(app: &App, file: &[u8], source: &str) -> Result<Imported, WorkError> {
    let mut trusted = CscaStore::clone(&*store(app).await?);
    let mut imported = Imported::default();
    let mut taken = Vec::new();
    for (place, der) in pem::objects(file, "CERTIFICATE").into_iter().enumerate() {
        imported.found += 1;
        match add(&mut trusted, &der) {
            Ok(certificate) => taken.push(certificate),
            Err(reason) => imported.refused.push(Refused { place: place + 1, reason }),
        }
    }
    keep(app, &taken, source, &mut imported).await?;
    Ok(imported)
}

fn add(trusted: &mut CscaStore, der: &[u8]) -> Result<IcaoCertificate, String> {
    let certificate = IcaoCertificate::from_der(der).map_err(|error| error.to_string())?;
    let added = if certificate.is_self_signed() {
        trusted.add_anchor(certificate.clone())
    } else {
        trusted.add_link(certificate.clone())
    };
    added.map_err(|error| error.to_string())?;
    Ok(certificate)
}

/// Stores certificates, notes the import, and lets every process make its store anew.
async fn keep(
    app: &App,
    certificates: &[IcaoCertificate],
    source: &str,
    imported: &mut Imported,
) -> Result<(), WorkError> {
    let rows: Vec<TrustedCsca> = certificates.iter().map(|certificate| row(app, certificate, source)).collect();
    let generation = app.entropy().token(16);
    let new = run(&*app.registry, "trust.import", |unit| {
        let (rows, generation) = (&rows, &generation);
        Box::pin(async move {
            let mut new = 0;
            for row in rows {
                new += usize::from(unit.insert_csca_if_new(row).await?);
            }
            change(unit, generation).await?;
            audit::note(app, unit, Actor::Operator, "trust.imported", format!("{new} certificates")).await?;
            Ok::<_, WorkError>(new)
        })
    })
    .await?;
    imported.new = new;
    imported.known = rows.len() - new;
    audit::chain(app).await
}

/// Believes a certificate no more, from the next reading on; answers whether it was there. Links that lead from it alone
/// are believed no more either.
///
/// # Errors
/// The store's.
pub async fn remove(app: &App, fingerprint: &Hash) -> Result<bool, WorkError> {
    let generation = app.entropy().token(16);
    let removed = run(&*app.registry, "trust.remove", |unit| {
        let generation = &generation;
        Box::pin(async move {
            let removed = unit.delete_csca(fingerprint).await?;
            if removed {
                change(unit, generation).await?;
                let name = in_digits(fingerprint);
                audit::note(app, unit, Actor::Operator, "trust.removed", name).await?;
            }
            Ok::<_, WorkError>(removed)
        })
    })
    .await?;
    audit::chain(app).await?;
    Ok(removed)
}

fn row(app: &App, certificate: &IcaoCertificate, source: &str) -> TrustedCsca {
    TrustedCsca {
        fingerprint: Hash::new(certificate.sha256_fingerprint()),
        country: certificate.subject().country().unwrap_or_default(),
        der: certificate.der().to_vec(),
        source: source.to_owned(),
        imported_at: app.clock.now(),
        not_after: certificate.validity().not_after,
    }
}

/// Imports a revocation list of an authority that is believed; answers whether it is newer than the one there was.
///
/// # Errors
/// [`WorkError::Refused`].
pub async fn import_revocations(app: &App, file: &[u8]) -> Result<bool, WorkError> {
    let refused = |why: String| WorkError::Refused("revocation_list_refused", why);
    let der = pem::objects(file, "X509 CRL").into_iter().next().unwrap_or_default();
    let list = RevocationList::from_der(&der).map_err(|error| refused(error.to_string()))?;
    let trusted = store(app).await?;
    CscaStore::clone(&trusted).add_revocation_list(list.clone()).map_err(|error| refused(error.to_string()))?;
    let signed = |anchor: &&IcaoCertificate| {
        anchor.subject() == list.issuer() && list.verify_signature(anchor.public_key()).is_ok()
    };
    let issuer = trusted.anchors().iter().find(signed).ok_or_else(|| refused("the issuer is not known".to_owned()))?;
    let kept = CertificateRevocations {
        issuer_fingerprint: Hash::new(issuer.sha256_fingerprint()),
        crl_der: der,
        this_update: list.this_update(),
        // A list without one says nothing of the next; it is stale at once and still convicts.
        next_update: list.next_update().unwrap_or(list.this_update()),
    };
    let generation = app.entropy().token(16);
    let newer = run(&*app.registry, "trust.revocations", |unit| {
        let (kept, generation) = (&kept, &generation);
        Box::pin(async move {
            let newer = unit.put_revocations(kept).await?;
            if newer {
                change(unit, generation).await?;
                let issuer = in_digits(&kept.issuer_fingerprint);
                audit::note(app, unit, Actor::Operator, "trust.revocations_imported", issuer).await?;
            }
            Ok::<_, WorkError>(newer)
        })
    })
    .await?;
    audit::chain(app).await?;
    Ok(newer)
}

/// Gives what is trusted another generation.
async fn change(unit: &mut dyn Unit, generation: &str) -> Result<(), WorkError> {
    if unit.put_setting_if_absent(GENERATION, generation.as_bytes()).await? {
        return Ok(());
    }
    let mut setting = unit.setting(GENERATION).await?.ok_or(WorkError::Damaged)?;
    setting.value = generation.as_bytes().to_vec();
    unit.update_setting(&setting).await?;
    Ok(())
}
