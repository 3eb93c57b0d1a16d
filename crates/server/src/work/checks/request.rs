//! A wallet fetches the signed request.

use mibun_crypto::jwe::EphemeralKey;
use mibun_presenting::request::{AccessIdentity, AnswerBy, RequestSpec, SceneNotice, VerifierInfo};
use mibun_presenting::slots::SlotError;
use mibun_presenting::transaction::{Transaction, TransactionError};
use mibun_registry::{StoreError, UnitError, run};
use mibun_trust::registration::VERIFIER_INFO_FORMAT;
use url::Url;

use super::{OpenCheck, load, save, scene, slot_key};
use crate::app::App;
use crate::authority;
use crate::work::{WorkError, registrar};

/// The name of the key that an answer is encrypted to; there is one per request.
pub(super) const RESPONSE_KEY: &str = "response";

/// Why a request is not handed out.
#[derive(Debug, thiserror::Error)]
pub enum FetchRefusal {
    /// Our side.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// The moving code is not one of ours, or too old.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The check is over, or another wallet has it.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
}

impl From<StoreError> for FetchRefusal {
    fn from(error: StoreError) -> Self {
        Self::Work(error.into())
    }
}

impl UnitError for FetchRefusal {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Work(WorkError::Store(error)) => Some(error),
            _ => None,
        }
    }
}

/// Signs the request for the wallet that fetches it. Fetching it again is allowed, for the same wallet.
///
/// # Errors
/// [`FetchRefusal`]; nothing is stored then.
pub async fn fetch(app: &App, request_id: &str, wallet_nonce: Option<&str>) -> Result<String, FetchRefusal> {
    let now = app.clock.now();
    let moving = request_id.contains('.');
    let id = if moving { slot_key(app).verify(request_id, now)?.to_owned() } else { request_id.to_owned() };
    let check = run(&*app.registry, "checks.fetch", |unit| {
        let id = &id;
        Box::pin(async move {
            let mut check = load(app, unit, id).await?;
            if check.stored.moving != moving || check.stored.in_page() {
                // A window's request is handed out by its moving code only, a page's to that page.
                return Err(WorkError::NotFound("check").into());
            }
            check.stored.transaction = check.stored.transaction.fetch(wallet_nonce, now)?;
            check.stored.note_nonces();
            save(app, unit, &mut check).await?;
            Ok::<_, FetchRefusal>(check)
        })
    })
    .await?;
    app.events.changed(check.row.id);
    let access = app.access.of(&*app.registry, &app.safe, check.row.organisation).await?;
    let registered = registered(app, &check, &access).await?;
    Ok(sign(app, &check, &access, &registered, wallet_nonce)?)
}

/// What the organisation is registered to ask in this scene, where it is registered, and known by the same identifier.
pub(super) async fn registered(
    app: &App,
    check: &OpenCheck,
    access: &authority::Certified,
) -> Result<Vec<VerifierInfo>, WorkError> {
    if access.certificate.organisation_identifier().is_none() {
        return Ok(Vec::new());
    }
    let organisation = check.row.organisation.to_string();
    let found = registrar::registration(app, &organisation, &scene(app, check)?.id).await?;
    let statement = |text: String| VerifierInfo {
        format: VERIFIER_INFO_FORMAT.to_owned(),
        data: text.into(),
        credential_ids: Vec::new(),
    };
    // One that has ended, or was issued for another identifier than this server asks with, would have every wallet refuse.
    let fits = |text: &String| app.registered.fits(text, &access.certificate, &app.anchors.registrars, app.clock.now());
    Ok(found.filter(fits).map(statement).into_iter().collect())
}

fn sign(
    app: &App,
    check: &OpenCheck,
    access: &authority::Certified,
    registered: &[VerifierInfo],
    wallet_nonce: Option<&str>,
) -> Result<String, WorkError> {
    let Transaction::Fetched { terms, .. } = &check.stored.transaction else { return Err(WorkError::Damaged) };
    let scene = scene(app, check)?;
    let query = check.stored.format.query(scene);
    let notice = SceneNotice::of(scene);
    let response_uri = response_uri(app, check)?;
    let key = response_key(check)?.map(|key| key.public_jwk(RESPONSE_KEY));
    let chain = access.x5c();
    let spec = RequestSpec {
        query: &query,
        cards: app.anchors.accepted,
        notice: Some(&notice),
        verifier_info: registered,
        transaction_data: &[],
        nonce: terms.nonce.reveal(),
        state: terms.state.reveal(),
        wallet_nonce,
        response_uri: &response_uri,
        answer_by: key.as_ref().map_or(AnswerBy::DirectPost, AnswerBy::DirectPostJwt),
        issued_at: app.clock.now(),
        expires_at: terms.expires_at,
    };
    spec.sign(&AccessIdentity { chain: &chain, signer: &*access.signer }).map_err(|_| WorkError::Damaged)
}

/// The key that the answer to a check is encrypted to; none for an answer in the open.
pub(super) fn response_key(check: &OpenCheck) -> Result<Option<EphemeralKey>, WorkError> {
    let key = check.stored.response_key.as_ref().map(EphemeralKey::from_jwk).transpose();
    key.map_err(|_| WorkError::Damaged)
}

/// Where the answer to a check goes.
pub(super) fn response_uri(app: &App, check: &OpenCheck) -> Result<Url, WorkError> {
    Url::parse(&app.url(&format!("/vp/responses/{}", check.row.id))).map_err(|_| WorkError::Damaged)
}
