//! New tokens, and whom they are given to.

use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;

use super::{Access, Binding, CODE_BYTES, Deferred, Grant, Policy, RedeemError, Refresh, Step, Tokens, Wanted};
use crate::credential::RequestKey;
use crate::refresh::Claimed;
use crate::secret::{Secret, SecretHash};
use crate::thumbprint::Thumbprint;

/// Who redeems a code or refresh token, by what was proved.
#[derive(Debug, Clone, Copy)]
pub struct Redeemer<'a> {
    /// The wallet: one that proved who it is, or one that is registered and needs no proof. None stays anonymous.
    pub client: Option<&'a str>,
    /// The key of its proof.
    pub key: Thumbprint,
    /// The key that its attestation confirms, if it has one.
    pub instance: Option<Thumbprint>,
    /// The grant's identifier, for refresh tokens.
    pub grant: [u8; 16],
}

/// Tokens bound to a key, with the refresh tokens that only such ones have (RFC 9449 5).
pub(super) struct Family {
    pub(super) bound: Binding,
    pub(super) refresh: Refresh,
    pub(super) grant: [u8; 16],
}

/// Everything about new tokens but the tokens.
pub(super) struct Issuing {
    pub(super) code: SecretHash,
    /// None for a bearer token, which whoever has it may use.
    pub(super) family: Option<Family>,
    pub(super) wanted: Wanted,
    pub(super) earlier: Option<RequestKey>,
    pub(super) deferred: Vec<Deferred>,
}

impl Family {
    /// A family that begins with whoever redeems a code.
    pub(super) fn of(redeemer: &Redeemer<'_>, policy: &Policy, now: Timestamp) -> Self {
        let client = redeemer.client.map(str::to_owned);
        Self {
            bound: Binding { client, key: redeemer.key, instance: redeemer.instance },
            refresh: Refresh { number: 1, given_at: now, ends_at: now.plus_seconds(policy.refresh_lifetime.into()) },
            grant: redeemer.grant,
        }
    }
}

impl Binding {
    /// Whether it is the one that the tokens were given to. Who proved something then has to prove it again; who stayed
    /// anonymous has nothing but the key, and may by now prove more.
    pub(super) fn check(&self, redeemer: &Redeemer<'_>) -> Result<(), RedeemError> {
        match (self.client.as_deref(), redeemer.client) {
            (Some(_), None) => return Err(RedeemError::MissingAuthentication),
            (Some(bound), Some(client)) if bound != client => return Err(RedeemError::OtherClient),
            _ => {}
        }
        if self.key != redeemer.key {
            return Err(RedeemError::OtherKey);
        }
        match (self.instance, redeemer.instance) {
            (Some(_), None) => Err(RedeemError::MissingAuthentication),
            (Some(bound), Some(instance)) if bound != instance => Err(RedeemError::OtherInstance),
            _ => Ok(()),
        }
    }
}

impl Issuing {
    pub(super) fn issue(self, policy: &Policy, now: Timestamp, entropy: &mut dyn Entropy) -> Step<Access, RedeemError> {
        let token = Secret::new(entropy.token(CODE_BYTES));
        let refresh_token =
            |family: &Family| policy.refresh_key.issue(&Claimed { grant: family.grant, number: family.refresh.number });
        let access = Access {
            token: token.clone(),
            expires_in: policy.token_lifetime,
            bound: self.family.is_some(),
            refresh: self.family.as_ref().map(refresh_token),
            wanted: self.wanted.clone(),
        };
        let (bound, refresh) = self.family.map(|family| (family.bound, family.refresh)).unzip();
        let store = Grant::Redeemed(Tokens {
            code: self.code,
            token: token.hash(),
            expires_at: now.plus_seconds(policy.token_lifetime.into()),
            bound,
            wanted: self.wanted,
            refresh,
            earlier: self.earlier,
            deferred: self.deferred,
        });
        Step { store: Some(store), answer: Ok(access) }
    }
}
