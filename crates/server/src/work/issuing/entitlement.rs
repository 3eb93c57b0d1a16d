//! Access tokens, wherever they are presented: here, and at the authority's own interface for holders.

use mibun_issuing::dpop::DpopError;
use mibun_issuing::grant::{AccessError, Grant as Life};
use mibun_issuing::secret::Secret;
use mibun_issuing::token::{Presented, TokenType};
use mibun_registry::{Hash, Unit};

use super::Message;
use super::clients::Proven;
use super::refusal::TokenError;
use crate::app::App;
use crate::work::grants::{self, OpenGrant};

/// An access token as it came, and the key that was proved beside it if one was. Nothing is spent yet.
pub struct Entitlement {
    presented: Presented,
    key: Option<Proven>,
}

impl Entitlement {
    /// Reads the proof that came with the token.
    ///
    /// # Errors
    /// [`DpopError`].
    pub fn read(app: &App, presented: Presented, message: Message<'_>) -> Result<Self, DpopError> {
        let key = message.key(app, Some(&presented.token))?;
        Ok(Self { presented, key })
    }

    /// The token.
    pub const fn token(&self) -> &Secret {
        &self.presented.token
    }

    /// The grant that the token opens, if it came as it has to and is good now.
    ///
    /// # Errors
    /// [`TokenError`].
    pub(in crate::work) async fn grant(&self, app: &App, unit: &mut dyn Unit) -> Result<OpenGrant, TokenError> {
        grant(app, unit, &self.presented, self.key.as_ref()).await
    }

    /// Spends the proof.
    ///
    /// # Errors
    /// [`DpopError::Replayed`].
    pub(in crate::work) async fn spend(&self, unit: &mut dyn Unit) -> Result<(), TokenError> {
        match &self.key {
            Some(key) => key.spend(unit).await,
            None => Ok(()),
        }
    }
}

/// What a token is found by.
pub(super) fn token_hash(presented: &Presented) -> Hash {
    Hash::new(*presented.token.hash().as_bytes())
}

/// Whether a token came as it has to: a bound one with a proof of its key, another without.
///
/// # Errors
/// [`AccessError`], [`DpopError::Missing`].
pub(super) fn check_binding(life: &Life, presented: &Presented, key: Option<&Proven>) -> Result<(), TokenError> {
    let proven = match (presented.kind, key) {
        // A proof beside a bearer token proves nothing that was asked for.
        (TokenType::Bearer, _) => None,
        (TokenType::Dpop, None) => return Err(DpopError::Missing.into()),
        (TokenType::Dpop, Some(key)) => Some(key.key),
    };
    Ok(life.check_binding(proven)?)
}

/// The grant behind a token that came as it has to and is good now.
pub(super) async fn grant(
    app: &App,
    unit: &mut dyn Unit,
    presented: &Presented,
    key: Option<&Proven>,
) -> Result<OpenGrant, TokenError> {
    let row = unit.grant_by_token(&token_hash(presented)).await?;
    let grant = grants::open(app, row.ok_or(AccessError::UnknownToken)?)?;
    check_binding(&grant.life, presented, key)?;
    if grant.life.tokens().is_some_and(|tokens| tokens.expires_at <= app.clock.now()) {
        return Err(AccessError::Expired.into());
    }
    Ok(grant)
}
