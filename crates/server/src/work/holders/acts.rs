//! What a holder asks for beside signatures: proven by the device, and confirmed under the key of the sign-in.
//!
//! Whoever has only the open telephone, or only what went over the line, can do none of it.

use mibun_proofing::device_proof::{Context, Purpose, verify};
use mibun_registry::Unit;

use super::devices::spend;
use super::{HolderError, Session, session};
use crate::app::App;

/// A request of a signed-in holder.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// The sign-in.
    pub exchange: &'a str,
    /// A device proof ([`mibun_proofing::device_proof`]) of the purpose.
    pub proof: &'a str,
    /// The MAC over it, in base64url.
    pub mac: &'a str,
}

/// Checks a request for `purpose` that goes with `content`, and spends its nonce.
///
/// # Errors
/// [`HolderError::SessionOver`], [`HolderError::DeviceRetired`], [`HolderError::Proof`], [`HolderError::OtherDevice`],
/// [`HolderError::Unconfirmed`], [`HolderError::Nonce`], [`HolderError::NonceSpent`].
pub(super) async fn authorise(
    app: &App,
    unit: &mut dyn Unit,
    act: Act<'_>,
    purpose: Purpose,
    content: &[u8],
) -> Result<Session, HolderError> {
    let session = session(app, unit, act.exchange).await?;
    let now = app.clock.now();
    let over = [act.exchange.as_bytes(), b"\n", content].concat();
    let proven = verify(act.proof, &Context { purpose, authority: app.terms.issuer.as_str(), over: &over, now })?;
    if proven.key != session.device_key {
        return Err(HolderError::OtherDevice);
    }
    if !session.mac_key.confirms(act.proof, act.mac) {
        return Err(HolderError::Unconfirmed);
    }
    let nonce = app.terms.nonce_key.check(&proven.nonce, now)?;
    spend(unit, &nonce).await?;
    Ok(session)
}
