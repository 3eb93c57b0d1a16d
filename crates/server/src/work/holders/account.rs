//! What the authority keeps about a holder: a copy of it, and its erasure.

use mibun_crypto::base64url;
use mibun_crypto::jws;
use mibun_proofing::device_proof::Purpose;
use mibun_registry::run;
use serde_json::{Map, Value, json};

use super::acts::{Act, authorise};
use super::lost::{end_all, publish};
use super::{HolderError, Session, StoredDevice, device_place};
use crate::app::App;
use crate::work::audit::{self, Actor};
use crate::work::portraits::media_type;
use crate::work::{WorkError, people};

/// The `typ` of a receipt.
const RECEIPT_TYP: &str = "mibun-erasure-receipt+jwt";
/// What an erasure takes.
const ERASED: [&str; 8] = [
    "id_password",
    "sign_ins",
    "devices",
    "signing_keys",
    "revocation_code",
    "journeys_and_face_decisions",
    "offers",
    "valid_cards",
];
/// What it leaves.
const KEPT: [&str; 3] = ["register_record", "levels_and_dates_of_revoked_cards", "audit_trail"];
/// What a copy leaves out; the authority's office answers for it.
const LEFT_OUT: [&str; 5] = ["face_decisions", "journeys_under_way", "offers", "revocation_code", "audit_trail"];

/// What the authority keeps about the signed-in holder, as JSON, and by name what is not in it.
///
/// # Errors
/// [`HolderError`] of [`authorise`].
pub async fn export(app: &App, act: Act<'_>) -> Result<Value, HolderError> {
    run(&*app.registry, "holders.export", |unit| {
        Box::pin(async move {
            let session = authorise(app, unit, act, Purpose::History, b"").await?;
            let person = session.person.row.id;
            audit::note(app, unit, Actor::Holder, "holder.exported", person.to_string()).await?;
            let cards = unit.cards_of(person).await?;
            let devices = unit.devices_of(person).await?;
            let password = unit.id_password(person).await?;
            let portrait = match people::portraits(unit, &session.person).await {
                Ok(portraits) => Some(data_url(&portraits.original)),
                Err(WorkError::NotFound(_)) => None,
                Err(error) => return Err(error.into()),
            };
            let cards: Vec<Value> = cards
                .iter()
                .map(|card| {
                    json!({ "level": card.level, "status": card.status.as_str(),
                        "issued_at": card.issued_at.to_rfc3339(), "expires_at": card.expires_at.to_rfc3339() })
                })
                .collect();
            let devices: Result<Vec<Value>, HolderError> = devices.iter().map(|one| device(&session, one)).collect();
            Ok::<_, HolderError>(json!({
                "authority": app.terms.issuer.as_str(),
                "exported_at": app.clock.now().to_rfc3339(),
                "register_record": serde_json::to_value(&session.person.record).map_err(WorkError::from)?,
                "register_status": session.person.row.status.as_str(),
                "portrait": portrait,
                "cards": cards,
                "devices": devices?,
                "id_password_set_at": password.map(|password| password.set_at.to_rfc3339()),
                "left_out": LEFT_OUT,
            }))
        })
    })
    .await
}

fn data_url(picture: &[u8]) -> String {
    format!("data:{};base64,{}", media_type(picture), base64url::encode_standard(picture))
}

fn device(session: &Session, row: &mibun_registry::Device) -> Result<Value, HolderError> {
    let known: StoredDevice =
        session.person.open(device_place(&row.id.to_string()), &row.sealed).map_err(WorkError::from)?;
    Ok(
        json!({ "name": known.name, "passkey": known.passkey.is_some(), "state": row.state.as_str(), "registered_at": row.registered_at.to_rfc3339(),
        "retired_at": row.retired_at.map(|at| at.to_rfc3339()) }),
    )
}

/// Erases all that the card needed and the register does not: cards are revoked, keys and evidence destroyed. Answers a
/// receipt: a JWS by the document signer that names the device by its thumbprint, and nobody else.
///
/// # Errors
/// [`HolderError`] of [`authorise`].
pub async fn erase(app: &App, act: Act<'_>) -> Result<String, HolderError> {
    let (device, revoked) = run(&*app.registry, "holders.erase", |unit| {
        Box::pin(async move {
            let session = authorise(app, unit, act, Purpose::Erasure, b"").await?;
            let person = session.person.row.id;
            let revoked = end_all(app, unit, person).await?;
            unit.delete_id_password(person).await?;
            unit.delete_vault_keys_of(person).await?;
            unit.delete_devices_of(person).await?;
            unit.delete_recovery_codes_of(person).await?;
            unit.delete_decisions_of(person).await?;
            audit::note(app, unit, Actor::Holder, "holder.erased", person.to_string()).await?;
            Ok::<_, HolderError>((session.device_key.thumbprint(), revoked))
        })
    })
    .await?;
    publish(app).await;
    receipt(app, &device, revoked)
}

fn receipt(app: &App, device: &[u8; 32], revoked: u32) -> Result<String, HolderError> {
    let signer = &app.keys.document_signer;
    let mut header = Map::new();
    header.insert("typ".to_owned(), RECEIPT_TYP.into());
    header.insert("x5c".to_owned(), signer.x5c().iter().map(|der| base64url::encode_standard(der)).collect());
    let payload = json!({
        "iss": app.terms.issuer.as_str(),
        "iat": app.clock.now(),
        "device": base64url::encode(device),
        "revoked_cards": revoked,
        "erased": ERASED,
        "kept": KEPT,
    });
    let signed = jws::sign(header, payload.to_string().as_bytes(), &*signer.signer);
    signed.map_err(|error| {
        tracing::error!(%error, "a receipt could not be signed");
        WorkError::Damaged.into()
    })
}
