//! Whether attestations still hold: looked up before the unit of work that believes them.

use std::time::Duration;

use mibun_issuing::credential::CredentialError;
use mibun_issuing::standing::{StandingError, Vouched, judge};
use mibun_trust::Standing;

use super::{ClientError, IssuingError};
use crate::app::App;
use crate::outside::status_lists::NoList;
use crate::work::WorkError;

/// The longest that a request waits for lists, however many it names: those who wait are turned away before they leave.
const PATIENCE: Duration = Duration::from_secs(8);

/// Whether the attestation of a wallet holds.
///
/// # Errors
/// [`ClientError::Standing`]; [`IssuingError::Standing`] where it cannot be known now.
pub(super) async fn of_client(app: &App, vouched: Option<Vouched>) -> Result<(), IssuingError> {
    refused(look_up(app, vouched.as_slice()).await, |why| ClientError::Standing(why).into())
}

/// Whether the attestations of keys hold.
///
/// # Errors
/// [`CredentialError::Standing`]; [`IssuingError::Standing`] where it cannot be known now.
pub(super) async fn of_keys(app: &App, vouched: &[Vouched]) -> Result<(), IssuingError> {
    refused(look_up(app, vouched).await, |why| CredentialError::Standing(why).into())
}

/// Whether the attestations of keys still hold whose request has waited. The proofs were good when they came: only what was
/// taken back for good ends the wait, all else may be otherwise when the wallet asks again.
///
/// # Errors
/// [`WorkError::State`]; [`IssuingError::Standing`] where it does not hold, or cannot be known, now.
pub(super) async fn of_kept_keys(app: &App, vouched: &[Vouched]) -> Result<(), IssuingError> {
    refused(look_up(app, vouched).await, |why| match why {
        StandingError::Revoked => WorkError::State("who attested the keys has taken it back").into(),
        _ => IssuingError::Standing,
    })
}

fn refused(
    answer: Result<(), NoList>,
    refusal: impl FnOnce(StandingError) -> IssuingError,
) -> Result<(), IssuingError> {
    answer.map_err(|error| match error {
        NoList::Refused(why) => refusal(why),
        NoList::Unavailable => IssuingError::Standing,
    })
}

async fn look_up(app: &App, vouched: &[Vouched]) -> Result<(), NoList> {
    let all = async {
        for one in vouched {
            holds(app, one).await?;
        }
        Ok(())
    };
    tokio::time::timeout(PATIENCE, all).await.unwrap_or(Err(NoList::Unavailable))
}

async fn holds(app: &App, vouched: &Vouched) -> Result<(), NoList> {
    let Some(roots) = app.terms.attesters.list_roots(&vouched.anchor) else { return Ok(()) };
    let Standing::Listed(reference) = &vouched.standing else { return Err(StandingError::Mechanism.into()) };
    let list = app.status_lists.list(&reference.uri, &roots).await?;
    Ok(judge(&list, reference.index)?)
}
