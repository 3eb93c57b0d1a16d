//! Following instructions, confirmed by the ID password in a sign-in or by the device's passkey: verify and spend in one
//! unit, then sign. What was spent is spent, whether or not the vault then signs; a wallet makes a new instruction.

use mibun_crypto::digest::sha256;
use mibun_proofing::instruction::{
    Consent, Expected, ExpectedByPasskey, Instruction, NO_EXCHANGE, Signed, SigningInput, Subject, Unspent, verify,
    verify_by_passkey,
};
use mibun_proofing::passkey::Assertion;
use mibun_registry::{CardStatus, DeviceId, Hash, Unit, VaultKey, VaultKeyState, run};

use super::keys::{self, Kept};
use super::passkeys::{self, WithPasskey, party};
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
    /// What shows a card in either format, by a bound key of a valid card.
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
    let signed = follow(app, exchange, instructed, Use::Collect).await?;
    Ok(signed.into_iter().map(Signed::into_text).collect())
}

/// Has a copy's key sign a key binding, and answers the whole token; or a device signature for an mdoc.
///
/// # Errors
/// [`HolderError`].
pub async fn show(app: &App, exchange: &str, instructed: Instructed) -> Result<Signed, HolderError> {
    let signed = follow(app, exchange, &[instructed], Use::Show).await?;
    Ok(signed.into_iter().next().ok_or(crate::work::WorkError::Damaged)?)
}

/// A statement about showing a copy that the device's passkey confirms.
pub struct Confirmed<'a> {
    /// The device.
    pub device: &'a str,
    /// The copy that the statement is said to be about.
    pub copy: &'a str,
    /// The statement.
    pub statement: &'a str,
    /// The passkey's assertion over it.
    pub assertion: &'a Assertion,
}

/// The same as [`show`] without a sign-in.
///
/// # Errors
/// [`HolderError::DeviceRetired`], [`HolderError::PasskeyMissing`], [`HolderError::Locked`], [`HolderError::Instruction`]
/// and what [`show`] says of the copy.
pub async fn show_by_passkey(app: &App, confirmed: &Confirmed<'_>) -> Result<Signed, HolderError> {
    let (job, device) = run(&*app.registry, "holders.follow_passkey", |unit| {
        Box::pin(async move {
            let holder = passkeys::of_device(app, unit, confirmed.device).await?;
            let job = accept_by_passkey(app, unit, &holder, confirmed).await?;
            let device = holder.device.to_string();
            Ok::<_, HolderError>((job, device))
        })
    })
    .await?;
    let signed = signed(app, vec![job], device).await?;
    Ok(signed.into_iter().next().ok_or(crate::work::WorkError::Damaged)?)
}

async fn accept_by_passkey(
    app: &App,
    unit: &mut dyn Unit,
    holder: &WithPasskey,
    confirmed: &Confirmed<'_>,
) -> Result<(Kept, SigningInput), HolderError> {
    let person = holder.person.row.id;
    let kept = unit.vault_keys_of(person).await?;
    let row = kept.iter().find(|key| key.id.to_string() == confirmed.copy).ok_or(HolderError::CopyUnknown)?;
    usable(app, unit, holder.device, row, Use::Show).await?;
    let key = keys::open(&holder.person, row)?;
    let subject = subject(app, person.to_string(), confirmed.copy.to_owned(), NO_EXCHANGE.to_owned());
    let expected = ExpectedByPasskey {
        subject: &subject,
        key: &key.public,
        device: &holder.device_key,
        passkey: &holder.passkey,
        party: party(app)?,
        now: app.clock.now(),
    };
    let unspent = verify_by_passkey(confirmed.statement, confirmed.assertion, &expected)?;
    Ok((key, spent(app, unit, unspent, Use::Show).await?))
}

async fn follow(
    app: &App,
    exchange: &str,
    instructed: &[Instructed],
    purpose: Use,
) -> Result<Vec<Signed>, HolderError> {
    let (jobs, device) = run(&*app.registry, "holders.follow", |unit| {
        Box::pin(async move {
            let session = session(app, unit, exchange).await?;
            let kept = unit.vault_keys_of(session.person.row.id).await?;
            let mut jobs = Vec::with_capacity(instructed.len());
            for one in instructed {
                jobs.push(accept(app, unit, (&session, &kept), one, purpose).await?);
            }
            let device = session.device.id.to_string();
            // Where and when a card is shown is in no trail of the authority's.
            if purpose == Use::Collect {
                audit::note(app, unit, Actor::Holder, "holder.keys_proven", device.clone()).await?;
            }
            Ok::<_, HolderError>((jobs, device))
        })
    })
    .await?;
    signed(app, jobs, device).await
}

/// Has the vault sign what was agreed to and spent.
async fn signed(app: &App, jobs: Vec<(Kept, SigningInput)>, device: String) -> Result<Vec<Signed>, HolderError> {
    let count = jobs.len() as u64;
    let signed = keys::sign(app, jobs).await;
    if signed.is_err() {
        audit::alone(app, Actor::Server, "holder.not_signed", device).await?;
    }
    metrics::counter!("mibun_holder_signatures_total", "ok" => if signed.is_ok() { "true" } else { "false" })
        .increment(count);
    Ok(signed?)
}

fn subject(app: &App, person: String, copy: String, exchange: String) -> Subject {
    Subject { authority: app.terms.issuer.as_str().to_owned(), person, card: CONFIGURATION.to_owned(), copy, exchange }
}

/// Holds one instruction against session, key and card, and spends it; answers what to sign, and with what.
async fn accept(
    app: &App,
    unit: &mut dyn Unit,
    (session, kept): (&Session, &[VaultKey]),
    instructed: &Instructed,
    purpose: Use,
) -> Result<(Kept, SigningInput), HolderError> {
    let row = kept.iter().find(|key| key.id.to_string() == instructed.copy).ok_or(HolderError::CopyUnknown)?;
    usable(app, unit, session.device.id, row, purpose).await?;
    let key = keys::open(&session.person, row)?;
    let person = session.person.row.id.to_string();
    let subject = subject(app, person, instructed.copy.clone(), session.id.to_string());
    let expected = Expected {
        subject: &subject,
        key: &key.public,
        device: &session.device_key,
        mac_key: &session.mac_key,
        now: app.clock.now(),
    };
    let unspent = verify(&instructed.instruction, &expected)?;
    Ok((key, spent(app, unit, unspent, purpose).await?))
}

/// Spends an instruction; answers what its consent leads to.
async fn spent(app: &App, unit: &mut dyn Unit, unspent: Unspent, purpose: Use) -> Result<SigningInput, HolderError> {
    let id = Hash::new(sha256(&[b"mibun signing instruction".as_slice(), unspent.id()].concat()));
    let first = unit.spend_nonce(&id, unspent.keep_until()).await?;
    let to_sign = unspent.spend(first)?;
    agreed(app, &to_sign.consent, purpose)?;
    Ok(to_sign.signing_input)
}

/// Whether the key is in the state for this, and its card is good where there is one.
async fn usable(
    app: &App,
    unit: &mut dyn Unit,
    device: DeviceId,
    key: &VaultKey,
    purpose: Use,
) -> Result<(), HolderError> {
    let state = match purpose {
        Use::Collect => VaultKeyState::Fresh,
        Use::Show => VaultKeyState::Bound,
    };
    if key.state != state || key.device != device {
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
        (Use::Show, Consent::KeyBinding { .. } | Consent::DeviceAuthentication { .. }) => Ok(()),
        (Use::Collect, Consent::CredentialRequestProof { credential_issuer, c_nonce })
            if *credential_issuer == app.terms.issuer.as_str() =>
        {
            app.terms.nonce_key.check(c_nonce, app.clock.now())?;
            Ok(())
        }
        _ => Err(HolderError::OtherConsent),
    }
}
