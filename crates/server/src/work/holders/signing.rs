//! Following instructions: verify and spend in one unit, then sign. What was spent is spent, whether or not the vault
//! then signs; a wallet makes a new instruction.

use mibun_crypto::digest::sha256;
use mibun_proofing::instruction::{Consent, Expected, Instruction, Subject, verify};
use mibun_registry::{CardStatus, Hash, Unit, VaultKey, VaultKeyState, run};

use super::keys::{self, Kept};
use super::{HolderError, Session, session};
use crate::app::App;
use crate::work::audit::{self, Actor};
use crate::work::issuing::CONFIGURATION;

/// An instruction, and the copy that it is said to be about.
pub struct Instructed {
    /// The copy.
    pub copy: String,
    /// The instruction.
    pub instruction: Instruction,
}

/// What keys are asked to sign.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Proofs of possession, by fresh keys.
    Collect,
    /// A key binding, by a bound key of a valid card.
    Show,
}

/// Has fresh keys prove themselves for a credential request, in the order of the instructions.
///
/// # Errors
/// [`HolderError`]; of several instructions, one that is refused keeps all from being followed.
pub async fn prove(app: &App, exchange: &str, instructed: &[Instructed]) -> Result<Vec<String>, HolderError> {
    if !(1..=app.terms.batch_size).contains(&instructed.len()) {
        return Err(HolderError::Count(app.terms.batch_size));
    }
    follow(app, exchange, instructed, Use::Collect).await
}

/// Has a copy's key sign a key binding; answers the whole token.
///
/// # Errors
/// [`HolderError`].
pub async fn show(app: &App, exchange: &str, instructed: Instructed) -> Result<String, HolderError> {
    let signed = follow(app, exchange, &[instructed], Use::Show).await?;
    Ok(signed.into_iter().next().ok_or(crate::work::WorkError::Damaged)?)
}

async fn follow(
    app: &App,
    exchange: &str,
    instructed: &[Instructed],
    purpose: Use,
) -> Result<Vec<String>, HolderError> {
    let (jobs, device) = run(&*app.registry, "holders.follow", |unit| {
        Box::pin(async move {
            let session = session(app, unit, exchange).await?;
            let kept = unit.vault_keys_of(session.person.row.id).await?;
            let mut jobs = Vec::with_capacity(instructed.len());
            for one in instructed {
                jobs.push(accept(app, unit, (&session, &kept), one, purpose).await?);
            }
            let device = session.device.id.to_string();
            audit::note(app, unit, Actor::Holder, purpose.action(), device.clone()).await?;
            Ok::<_, HolderError>((jobs, device))
        })
    })
    .await?;
    let signed = keys::sign(app, jobs).await;
    if signed.is_err() {
        audit::alone(app, Actor::Server, "holder.not_signed", device).await?;
    }
    metrics::counter!("mibun_holder_signatures_total", "ok" => if signed.is_ok() { "true" } else { "false" })
        .increment(instructed.len() as u64);
    Ok(signed?)
}

/// Holds one instruction against session, key and card, and spends it; answers what to sign, and with what.
async fn accept(
    app: &App,
    unit: &mut dyn Unit,
    (session, kept): (&Session, &[VaultKey]),
    instructed: &Instructed,
    purpose: Use,
) -> Result<(Kept, String), HolderError> {
    let row = kept.iter().find(|key| key.id.to_string() == instructed.copy).ok_or(HolderError::CopyUnknown)?;
    usable(app, unit, session, row, purpose).await?;
    let key = keys::open(&session.person, row)?;
    let subject = Subject {
        authority: app.terms.issuer.as_str().to_owned(),
        person: session.person.row.id.to_string(),
        card: CONFIGURATION.to_owned(),
        copy: instructed.copy.clone(),
        exchange: session.id.to_string(),
    };
    let expected = Expected {
        subject: &subject,
        key: &key.public,
        device: &session.device_key,
        mac_key: &session.mac_key,
        now: app.clock.now(),
    };
    let unspent = verify(&instructed.instruction, &expected)?;
    let id = Hash::new(sha256(&[b"mibun signing instruction".as_slice(), unspent.id()].concat()));
    let first = unit.spend_nonce(&id, unspent.keep_until()).await?;
    let to_sign = unspent.spend(first)?;
    agreed(app, &to_sign.consent, purpose)?;
    Ok((key, to_sign.signing_input))
}

/// Whether the key is in the state for this, and its card is good where there is one.
async fn usable(
    app: &App,
    unit: &mut dyn Unit,
    session: &Session,
    key: &VaultKey,
    purpose: Use,
) -> Result<(), HolderError> {
    let state = match purpose {
        Use::Collect => VaultKeyState::Fresh,
        Use::Show => VaultKeyState::Bound,
    };
    if key.state != state || key.device != session.device.id {
        return Err(HolderError::CopyState);
    }
    let Some(batch) = key.batch else { return Ok(()) };
    for card in unit.cards_of(key.person).await? {
        if unit.batches_of(card.id).await?.iter().any(|one| one.id == batch) {
            let good = card.status == CardStatus::Valid && card.expires_at > app.clock.now();
            return if good { Ok(()) } else { Err(HolderError::CardNotValid) };
        }
    }
    Err(HolderError::CardNotValid)
}

/// Whether this is a consent for the use at hand. Proofs are for this issuer alone, and for one of its nonces.
fn agreed(app: &App, consent: &Consent, purpose: Use) -> Result<(), HolderError> {
    match (purpose, consent) {
        (Use::Show, Consent::KeyBinding { .. }) => Ok(()),
        (Use::Collect, Consent::CredentialRequestProof { credential_issuer, c_nonce })
            if *credential_issuer == app.terms.issuer.as_str() =>
        {
            app.terms.nonce_key.check(c_nonce, app.clock.now())?;
            Ok(())
        }
        _ => Err(HolderError::OtherConsent),
    }
}

impl Use {
    const fn action(self) -> &'static str {
        match self {
            Self::Collect => "holder.keys_proven",
            Self::Show => "holder.signed",
        }
    }
}
