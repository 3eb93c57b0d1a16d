//! The authority's keys and certificates: made once by `mibun init`, loaded at every start.

pub mod roles;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use mibun_crypto::entropy::Entropy;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{self, AlternativeName, Certificate, Purpose, Validity};
use mibun_registry::{OrganisationId, Registry, Unit, run};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::config::Config;
use crate::safe::{Place, Safe};
use crate::work::WorkError;

const ACCESS_DAYS: i64 = 365;
const ROOT_DAYS: i64 = 10 * 365;
/// ISO/IEC 18013-5 Annex B allows a document signer 457 days.
const SIGNER_DAYS: i64 = 456;

/// A key and the certificate that vouches for it.
#[derive(Clone)]
pub struct Certified {
    /// Signs.
    pub signer: Arc<dyn Signer>,
    /// Vouches.
    pub certificate: Certificate,
}

impl Certified {
    /// The chain for `x5c`: the leaf only, for the anchor is never sent.
    pub fn x5c(&self) -> Vec<Vec<u8>> {
        vec![self.certificate.der().to_vec()]
    }
}

impl std::fmt::Debug for Certified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Certified([redacted])")
    }
}

/// The authority as this installation knows it.
#[derive(Debug, Clone)]
pub struct AuthorityKeys {
    /// The root that everybody trusts.
    pub root: Certificate,
    /// Signs cards.
    pub document_signer: Certified,
    /// Signs status lists.
    pub status_signer: Certified,
    root_signer: Certified,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    pkcs8: String,
    certificate: String,
}

const ROOT: &str = "authority/root";
const DOCUMENT_SIGNER: &str = "authority/document-signer";
const STATUS_SIGNER: &str = "authority/status-signer";

impl AuthorityKeys {
    /// Makes root, document signer and status signer, and stores them sealed.
    ///
    /// # Errors
    /// [`WorkError::AlreadyInitialised`] when there is a root already; then nothing is changed.
    pub async fn create(
        registry: &dyn Registry,
        safe: &Safe,
        config: &Config,
        now: Timestamp,
        entropy: &mut (dyn Entropy + Send),
    ) -> Result<(), WorkError> {
        let root = make_root(config, now, entropy)?;
        let names = [(DOCUMENT_SIGNER, Purpose::DocumentSigner), (STATUS_SIGNER, Purpose::StatusSigner)];
        let mut rows = vec![(ROOT, sealed(safe, ROOT, &root, entropy)?)];
        for (name, purpose) in names {
            let title = if purpose == Purpose::DocumentSigner { "Document Signer" } else { "Status Signer" };
            let subject = subject(config, title);
            // Status lists are read by many who never see a card: they stay with what everybody knows.
            let signs_cards = purpose == Purpose::DocumentSigner;
            let algorithm = if signs_cards { config.authority.card_algorithm } else { Algorithm::Es256 };
            let key = SoftwareKey::generate_for(algorithm, entropy);
            let leaf = make_leaf(&root, (subject, purpose, key), (&config.server.public_url, now), entropy)?;
            rows.push((name, sealed(safe, name, &leaf, entropy)?));
        }
        run(registry, "authority.create", |unit| {
            let rows = rows.clone();
            Box::pin(async move { store_all(unit, &rows).await })
        })
        .await
    }

    /// Loads what [`AuthorityKeys::create`] stored.
    ///
    /// # Errors
    /// [`WorkError::NotInitialised`] before `mibun init`, or the store's error.
    pub async fn load(registry: &dyn Registry, safe: &Safe) -> Result<Self, WorkError> {
        let mut unit = registry.read().await?;
        let root_signer = load_one(&mut *unit, safe, ROOT).await?;
        let document_signer = load_one(&mut *unit, safe, DOCUMENT_SIGNER).await?;
        let status_signer = load_one(&mut *unit, safe, STATUS_SIGNER).await?;
        let root = Certificate::from_der(root_signer.1.der())?;
        let certified =
            |(key, certificate): (SoftwareKey, Certificate)| Certified { signer: Arc::new(key), certificate };
        Ok(Self {
            root,
            document_signer: certified(document_signer),
            status_signer: certified(status_signer),
            root_signer: certified(root_signer),
        })
    }

    /// Issues an access certificate for an organisation's new key and returns both, sealed for `setting_name(id)`.
    ///
    /// # Errors
    /// [`WorkError`] if the certificate cannot be made.
    pub fn access_certificate(
        &self,
        safe: &Safe,
        organisation: &AccessSubject<'_>,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, WorkError> {
        let key = SoftwareKey::generate(entropy);
        let spec = x509::LeafSpec {
            subject: x509::Subject {
                common_name: organisation.name.to_owned(),
                organisation: Some(organisation.name.to_owned()),
                country: Some(organisation.country.to_owned()),
            },
            alternative_names: organisation
                .host
                .map(|host| AlternativeName::Dns(host.to_owned()))
                .into_iter()
                .collect(),
            purpose: Purpose::AccessCertificate,
            validity: lasting(now, ACCESS_DAYS),
            subject_key: key.public_key(),
        };
        let certificate = x509::issue_leaf(&spec, &self.root, &*self.root_signer.signer, entropy)?;
        let name = access_setting(organisation.id);
        sealed(safe, &name, &(key, certificate), entropy)
    }
}

/// Whom an access certificate is for.
#[derive(Debug, Clone, Copy)]
pub struct AccessSubject<'a> {
    /// The organisation's identifier, in hexadecimal.
    pub id: &'a str,
    /// Its name, as people will read it.
    pub name: &'a str,
    /// ISO 3166-1 alpha-2.
    pub country: &'a str,
    /// The host its requests come from.
    pub host: Option<&'a str>,
}

/// The setting that holds the access key of an organisation.
pub fn access_setting(organisation: &str) -> String {
    format!("organisation/{organisation}/access")
}

/// The access keys of organisations, unsealed and read once: every request that is handed out is signed with one.
#[derive(Debug, Default)]
pub struct AccessKeys(Mutex<HashMap<OrganisationId, Certified>>);

impl AccessKeys {
    /// An organisation's access key and certificate. They are made with it and never change.
    ///
    /// # Errors
    /// [`WorkError::NotInitialised`] when there is none.
    pub async fn of(
        &self,
        registry: &dyn Registry,
        safe: &Safe,
        organisation: OrganisationId,
    ) -> Result<Certified, WorkError> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&organisation).cloned();
        if let Some(access) = known {
            return Ok(access);
        }
        let setting = access_setting(&organisation.to_string());
        let (key, certificate) = load_one(&mut *registry.read().await?, safe, &setting).await?;
        let access = Certified { signer: Arc::new(key), certificate };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(organisation, access.clone());
        Ok(access)
    }
}

fn make_root(
    config: &Config,
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<(SoftwareKey, Certificate), WorkError> {
    let key = SoftwareKey::generate(entropy);
    let spec = x509::AuthoritySpec {
        subject: subject(config, "Root"),
        validity: lasting(now, ROOT_DAYS),
        path_length: Some(1),
    };
    let certificate = x509::issue_root(&spec, &key, entropy)?;
    Ok((key, certificate))
}

fn make_leaf(
    root: &(SoftwareKey, Certificate),
    (subject, purpose, key): (x509::Subject, Purpose, SoftwareKey),
    (issuer, now): (&str, Timestamp),
    entropy: &mut dyn Entropy,
) -> Result<(SoftwareKey, Certificate), WorkError> {
    let spec = x509::LeafSpec {
        subject,
        alternative_names: vec![AlternativeName::Uri(issuer.to_owned())],
        purpose,
        validity: lasting(now, SIGNER_DAYS),
        subject_key: key.public_key(),
    };
    let certificate = x509::issue_leaf(&spec, &root.1, &root.0, entropy)?;
    Ok((key, certificate))
}

fn lasting(now: Timestamp, days: i64) -> Validity {
    Validity { not_before: now, not_after: now.plus_days(days) }
}

/// `{name} {title}`, cut to what a certificate's name holds.
fn subject(config: &Config, title: &str) -> x509::Subject {
    let name = config.authority.name.get("en").cloned().unwrap_or_default();
    let cut = |text: String| text.chars().take(64).collect::<String>();
    x509::Subject {
        common_name: cut(format!("{name} {title}")),
        organisation: Some(cut(name)),
        country: Some(config.authority.country.clone()),
    }
}

fn sealed(
    safe: &Safe,
    name: &str,
    pair: &(SoftwareKey, Certificate),
    entropy: &mut dyn Entropy,
) -> Result<Vec<u8>, WorkError> {
    let stored = Zeroizing::new(serde_json::to_string(&Stored {
        pkcs8: mibun_crypto::base64url::encode(&pair.0.to_pkcs8_der()),
        certificate: mibun_crypto::base64url::encode(pair.1.der()),
    })?);
    let sealed = safe.seal(Place::new("settings", name, "value"), &*stored, entropy)?;
    Ok(sealed.into_bytes())
}

async fn store_all(unit: &mut dyn Unit, rows: &[(&str, Vec<u8>)]) -> Result<(), WorkError> {
    for (name, value) in rows {
        if !unit.put_setting_if_absent(name, value).await? {
            return Err(WorkError::AlreadyInitialised);
        }
    }
    Ok(())
}

async fn load_one(unit: &mut dyn Unit, safe: &Safe, name: &str) -> Result<(SoftwareKey, Certificate), WorkError> {
    let setting = unit.setting(name).await?.ok_or(WorkError::NotInitialised)?;
    let sealed = mibun_registry::Sealed::new(setting.value);
    let text = Zeroizing::new(safe.open::<String>(Place::new("settings", name, "value"), &sealed)?);
    let stored: Stored = serde_json::from_str(&text)?;
    let pkcs8 = Zeroizing::new(mibun_crypto::base64url::decode(&stored.pkcs8).map_err(|_| WorkError::Damaged)?);
    let der = mibun_crypto::base64url::decode(&stored.certificate).map_err(|_| WorkError::Damaged)?;
    let key = SoftwareKey::from_pkcs8_der(&pkcs8).map_err(|_| WorkError::Damaged)?;
    Ok((key, Certificate::from_der(&der)?))
}
