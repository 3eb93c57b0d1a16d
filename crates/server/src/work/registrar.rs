//! The authority as registrar: what an organisation may ask for, in its access certificate and in one registration
//! certificate per scene (ETSI TS 119 475).

use mibun_crypto::x509::profile::AccessSpec;
use mibun_crypto::x509::{Certificate, Validity};
use mibun_presenting::dcql::Query;
use mibun_registry::{OrganisationId, run};
use mibun_trust::localised::LocalText;
use mibun_trust::registration::{self, Identifier, RegisteredCredential, Registration, Supervisor};
use mibun_trust::{Organisation, Scene, SceneId};

use super::audit::{self, Actor};
use super::checks::CardFormat;
use super::{WorkError, settings};
use crate::app::App;
use crate::authority::{access_setting, roles};

/// `NCP-l-eudiwrp` for registration certificates: the policy of registrars of legal persons in TS 119 475.
const POLICY: &str = "0.4.0.19475.3.1";
/// Days that both certificates may be good for.
pub const MAX_DAYS: i64 = 365;

/// What an organisation is registered with.
#[derive(Debug, Clone)]
pub struct Application {
    /// Which organisation.
    pub organisation: OrganisationId,
    /// Its registered identifier.
    pub identifier: Identifier,
    /// Its legal name; the name people know it by without one.
    pub legal_name: Option<String>,
    /// An address where people reach it, also for deletion of their data.
    pub contact: String,
    /// Where it says what becomes of the data.
    pub privacy_policy: String,
    /// Who watches over it.
    pub supervisor: Option<Supervisor>,
    /// Days until both certificates end, 1 to [`MAX_DAYS`].
    pub days: i64,
}

/// What an organisation got.
#[derive(Debug, Clone)]
pub struct Issued {
    /// Its new access certificate, for the key that it had.
    pub access: Certificate,
    /// One registration certificate per scene.
    pub registrations: Vec<(SceneId, String)>,
}

/// Issues and keeps the certificates of an organisation. Servers that run already go on with the old access certificate
/// until they start again.
///
/// # Errors
/// [`WorkError::NotFound`] for an unknown organisation, `Refused` for what a certificate cannot say.
pub async fn issue(app: &App, application: &Application) -> Result<Issued, WorkError> {
    if !(1..=MAX_DAYS).contains(&application.days) {
        return Err(WorkError::Refused("registration_days", format!("1 to {MAX_DAYS} days are possible")));
    }
    let row = app.registry.read().await?.organisation(application.organisation).await?;
    let row = row.ok_or(WorkError::NotFound("organisation"))?;
    let organisation: Organisation = serde_json::from_slice(&row.details)?;
    let registrar = roles::of(app, roles::Role::Registrar).await?;
    let mut registrations = Vec::new();
    for id in &organisation.scenes {
        let registration = register(app, application, &organisation, app.scene(id.as_str())?);
        let text = registration::sign(&registration, &registrar.x5c(), &*registrar.signer);
        registrations
            .push((id.clone(), text.map_err(|why| WorkError::Refused("registration_unfit", why.to_string()))?));
    }
    let now = app.clock.now();
    let held = app.access.of(&*app.registry, &app.safe, application.organisation).await?;
    let spec = AccessSpec {
        trade_name: &organisation.names.en,
        legal_name: application.legal_name.as_deref().unwrap_or(&organisation.names.en),
        identifier: application.identifier.as_str(),
        country: &app.config.authority.country,
        contact: &application.contact,
        host: app.public_host.as_deref(),
        revocation_list: None,
        issuer_certificate: None,
        validity: Validity { not_before: now, not_after: now.plus_days(application.days) },
        subject_key: held.certificate.public_key(),
    };
    let (access, sealed) = roles::access_again(app, &organisation.id, &spec).await?;
    let issued = Issued { access, registrations };
    keep(app, &organisation.id, &sealed, &issued).await?;
    Ok(issued)
}

/// The registration certificate of an organisation for a scene, for `verifier_info` of its requests.
///
/// # Errors
/// The store's.
pub async fn registration(app: &App, organisation: &str, scene: &SceneId) -> Result<Option<String>, WorkError> {
    let kept = app.registry.read().await?.setting(&registration_setting(organisation, scene)).await?;
    kept.map(|setting| String::from_utf8(setting.value).map_err(|_| WorkError::Damaged)).transpose()
}

fn registration_setting(organisation: &str, scene: &SceneId) -> String {
    format!("organisation/{organisation}/registration/{scene}")
}

async fn keep(app: &App, organisation: &str, access: &[u8], issued: &Issued) -> Result<(), WorkError> {
    run(&*app.registry, "registrar.issue", |unit| {
        Box::pin(async move {
            settings::put(unit, access_setting(organisation), access).await?;
            for (scene, text) in &issued.registrations {
                settings::put(unit, registration_setting(organisation, scene), text.as_bytes()).await?;
            }
            audit::note(app, unit, Actor::Operator, "organisation.certified", organisation.to_owned()).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await
}

fn register(app: &App, application: &Application, organisation: &Organisation, scene: &Scene) -> Registration {
    let now = app.clock.now();
    Registration {
        identifier: application.identifier.clone(),
        trade_name: organisation.names.en.to_string(),
        legal_name: application.legal_name.clone(),
        country: app.config.authority.country.clone(),
        entitlements: vec![registration::SERVICE_PROVIDER.to_owned()],
        credentials: [CardFormat::SdJwtVc, CardFormat::Mdoc]
            .iter()
            .flat_map(|format| credentials(&format.query(scene)))
            .collect(),
        purpose: LocalText::all_of(&scene.purpose),
        intended_use: Some(scene.id.to_string()),
        services: LocalText::all_of(&scene.title),
        privacy_policy: application.privacy_policy.clone(),
        info_uri: None,
        support_uri: Some(application.contact.clone()),
        registry_uri: Some(app.config.server.public_url.clone()),
        supervisor: application.supervisor.clone(),
        policy_ids: vec![POLICY.to_owned()],
        certificate_policy: None,
        status: None,
        issued_at: now,
        expires_at: Some(now.plus_days(application.days)),
    }
}

/// What the requests of a scene ask for, so that they never go beyond what is registered.
fn credentials(query: &Query) -> Vec<RegisteredCredential> {
    let asked = query.to_value();
    let credentials = asked["credentials"].as_array().map(Vec::as_slice).unwrap_or_default();
    credentials.iter().filter_map(RegisteredCredential::of_query).collect()
}
