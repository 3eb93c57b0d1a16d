//! Lists of trusted entities (ETSI TS 119 602): the authority's own, and those of others.

use mibun_crypto::x509::Certificate;
use mibun_registry::{Hash, run};
use mibun_trust::list::{self, Address, Entity, Expected, ListKind, Service, ServiceKind, TrustList};
use mibun_trust::localised::{LocalText, LocalUri};

use crate::app::App;
use crate::authority::roles;
use crate::work::audit::{self, Actor};
use crate::work::{WorkError, settings};

/// What the authority publishes about itself.
#[derive(Debug, Clone)]
pub struct Publication {
    /// As what kind of provider.
    pub kind: ListKind,
    /// Where it is reached.
    pub address: Address,
    /// Where people read about it.
    pub information: String,
    /// Days until the next list.
    pub days: i64,
}

/// The authority's list of itself, signed, and its number, which counts up by itself.
///
/// # Errors
/// [`WorkError::Refused`] for what a list cannot say.
pub async fn write(app: &App, publication: &Publication) -> Result<(u64, String), WorkError> {
    let signer = roles::of(app, roles::Role::ListSigner).await?;
    let name = format!("trust-list/{}/written", publication.kind.as_str());
    // The number is taken before the list is signed: one that is lost leaves a gap, which readers do not mind.
    let sequence = run(&*app.registry, "trust.list.write", |unit| {
        let (name, kind) = (name.clone(), publication.kind);
        Box::pin(async move {
            let sequence = settings::number(unit, &name).await?.unwrap_or(0) + 1;
            settings::put(unit, name, sequence.to_string().as_bytes()).await?;
            audit::note(app, unit, Actor::Operator, "trust.list.written", kind.as_str().to_owned()).await?;
            Ok::<_, WorkError>(sequence)
        })
    })
    .await?;
    let list = own_list(app, publication, &signer.certificate, sequence);
    let text = list::sign(&list, &signer.x5c(), &*signer.signer);
    Ok((sequence, text.map_err(|why| WorkError::Refused("list_unfit", why.to_string()))?))
}

/// A list of somebody else, verified; its number is kept, so that an older one is refused from then on.
///
/// # Errors
/// [`WorkError::Refused`] with the reason.
pub async fn read(app: &App, text: &str, kind: ListKind, anchors: &[Certificate]) -> Result<TrustList, WorkError> {
    let operator = Hash::new(anchors.first().ok_or(WorkError::NotFound("anchor"))?.sha256_fingerprint());
    let name = format!("trust-list/{}/read/{}", kind.as_str(), super::in_digits(&operator));
    run(&*app.registry, "trust.list.read", |unit| {
        let name = name.clone();
        Box::pin(async move {
            let last_sequence = settings::number(unit, &name).await?;
            let expected = Expected { anchors, kind, last_sequence, now: app.clock.now() };
            let list = list::verify(text, &expected);
            let list = list.map_err(|why| WorkError::Refused("list_unfit", why.to_string()))?;
            settings::put(unit, name, list.sequence.to_string().as_bytes()).await?;
            Ok::<_, WorkError>(list)
        })
    })
    .await
}

fn own_list(app: &App, publication: &Publication, signer: &Certificate, sequence: u64) -> TrustList {
    let now = app.clock.now();
    let authority = &app.config.authority;
    let named = |(lang, value): (&String, &String)| LocalText { lang: lang.clone(), value: value.clone() };
    let information = vec![LocalUri::english(&publication.information)];
    let service = |kind: ServiceKind| Service {
        name: vec![LocalText::english(match kind {
            ServiceKind::Issuance => "Issuance",
            ServiceKind::Revocation => "Revocation",
        })],
        kind,
        status: None,
        certificates: vec![app.keys.root.clone()],
    };
    TrustList {
        kind: publication.kind,
        sequence,
        // Readers compare it with the organisation in the signer's certificate.
        operator: vec![LocalText::english(signer.subject_org().unwrap_or_default())],
        operator_address: Some(publication.address.clone()),
        name: vec![LocalText::english(&format!("{}: {}", authority.country, publication.kind.as_str()))],
        information: information.clone(),
        territory: Some(authority.country.clone()),
        policy: information.clone(),
        issued_at: now,
        next_update: now.plus_days(publication.days),
        entities: vec![Entity {
            name: authority.name.iter().map(named).collect(),
            trade_name: Vec::new(),
            address: publication.address.clone(),
            information,
            services: vec![service(ServiceKind::Issuance), service(ServiceKind::Revocation)],
        }],
    }
}
