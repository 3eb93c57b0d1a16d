//! The steps with an authorization code and with refresh tokens.

use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;

use super::family::{Family, Issuing, Redeemer};
use super::{
    Access, Authorized, Binding, CODE_BYTES, Deferred, Ended, Grant, Policy, RedeemError, Refresh, Served, Step, Tokens,
};
use crate::authorization::AuthorizationRequest;
use crate::pkce::Challenge;
use crate::secret::Secret;
use crate::token::CodeRequest;

/// Seconds for which the last refresh token but one is still taken: the answer with the last one may have been lost. A
/// proof of the same key is needed all the same.
pub const REFRESH_GRACE: i64 = 60;

impl Grant {
    /// A person says, on the authorization page, that a wallet may have the card of this offer. Answers the code to send
    /// the wallet; the offer's own code is used up.
    pub fn authorize(
        &self,
        tx_code: Option<&Secret>,
        request: &AuthorizationRequest,
        policy: &Policy,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Step<Secret, RedeemError> {
        self.open_offer(tx_code, policy, now, |_| {
            let (grant, code) = Self::authorized(request, policy, now, entropy);
            Step { store: Some(grant), answer: Ok(code) }
        })
    }

    /// A new grant of a person whom the caller knows by other means, with the code to send the wallet.
    pub fn authorized(
        request: &AuthorizationRequest,
        policy: &Policy,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> (Self, Secret) {
        let code = Secret::new(entropy.token(CODE_BYTES));
        let grant = Self::Authorized(Authorized {
            code: code.hash(),
            client: request.client.clone(),
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.challenge,
            key: request.key,
            wanted: request.wanted.clone(),
            expires_at: now.plus_seconds(policy.authorization_code_lifetime.into()),
        });
        (grant, code)
    }

    /// Turns an authorization code into tokens, once. A second use ends what the first one gave (RFC 6749 4.1.2).
    pub fn redeem_code(
        &self,
        request: &CodeRequest,
        redeemer: &Redeemer<'_>,
        policy: &Policy,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Step<Access, RedeemError> {
        if *self.code() != request.code.hash() {
            return Step::refuse(RedeemError::UnknownCode);
        }
        let authorized = match self {
            Self::Authorized(authorized) => authorized,
            // Whoever else has come by a used code is refused, and ends nothing.
            Self::Redeemed(_) | Self::Collected(_) if self.belongs_to(redeemer) => {
                return self.revoke(RedeemError::Used, now);
            }
            Self::Redeemed(_) | Self::Collected(_) => return Step::refuse(RedeemError::Used),
            Self::Revoked(_) => return Step::refuse(RedeemError::Used),
            Self::Expired(_) => return Step::refuse(RedeemError::Expired),
            Self::Offered(_) | Self::Locked(_) => return Step::refuse(RedeemError::UnknownCode),
        };
        if now >= authorized.expires_at {
            let ended = Ended { code: authorized.code, since: authorized.expires_at };
            return Step { store: Some(Self::Expired(ended)), answer: Err(RedeemError::Expired) };
        }
        if let Err(refusal) = authorized.check(request, redeemer) {
            return Step::refuse(refusal);
        }
        let tokens = Issuing {
            code: *self.code(),
            family: Some(Family::of(redeemer, policy, now)),
            wanted: authorized.wanted.clone(),
            earlier: None,
            deferred: Vec::new(),
        };
        tokens.issue(policy, now, entropy)
    }

    /// Gives new tokens for the last refresh token. One that is not the last ends the family: either its owner or
    /// somebody else has used a copy.
    pub fn refresh(
        &self,
        number: u32,
        redeemer: &Redeemer<'_>,
        policy: &Policy,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Step<Access, RedeemError> {
        let Some((tokens, family, bound)) = self.family() else {
            return Step::refuse(RedeemError::UnknownRefresh);
        };
        if now >= family.ends_at {
            return Step::refuse(RedeemError::UnknownRefresh);
        }
        if let Err(refusal) = bound.check(redeemer) {
            return Step::refuse(refusal);
        }
        let lost = number.checked_add(1) == Some(family.number) && now.seconds_since(family.given_at) < REFRESH_GRACE;
        if number != family.number && !lost {
            return self.revoke(RedeemError::RefreshReused, now);
        }
        let earlier = match self {
            Self::Collected(collected) => collected.served.first().map(|served| served.request).or(tokens.earlier),
            _ => tokens.earlier,
        };
        let refresh = Refresh { number: family.number.saturating_add(1), given_at: now, ends_at: family.ends_at };
        let issuing = Issuing {
            code: tokens.code,
            family: Some(Family { bound: bound.clone(), refresh, grant: redeemer.grant }),
            wanted: tokens.wanted.clone(),
            earlier,
            deferred: self.still_waiting(tokens),
        };
        issuing.issue(policy, now, entropy)
    }

    /// Requests whose cards nobody has.
    fn still_waiting(&self, tokens: &Tokens) -> Vec<Deferred> {
        let served: &[Served] = match self {
            Self::Collected(collected) => &collected.served,
            _ => &[],
        };
        let had = |waiting: &Deferred| served.iter().any(|served| served.request == waiting.request);
        tokens.deferred.iter().filter(|waiting| !had(waiting)).cloned().collect()
    }

    fn belongs_to(&self, redeemer: &Redeemer<'_>) -> bool {
        let bound = self.tokens().and_then(|tokens| tokens.bound.as_ref());
        bound.is_some_and(|bound| bound.client.as_deref() == redeemer.client && bound.key == redeemer.key)
    }

    fn family(&self) -> Option<(&Tokens, Refresh, &Binding)> {
        let tokens = self.tokens()?;
        Some((tokens, tokens.refresh?, tokens.bound.as_ref()?))
    }

    fn revoke<T>(&self, refusal: RedeemError, now: Timestamp) -> Step<T, RedeemError> {
        Step { store: Some(Self::Revoked(Ended { code: *self.code(), since: now })), answer: Err(refusal) }
    }
}

impl Authorized {
    fn check(&self, request: &CodeRequest, redeemer: &Redeemer<'_>) -> Result<(), RedeemError> {
        if Some(self.client.as_str()) != redeemer.client {
            return Err(RedeemError::OtherClient);
        }
        if request.redirect_uri.as_ref() != Some(&self.redirect_uri) {
            return Err(RedeemError::OtherRedirect);
        }
        let verifier = request.verifier.as_ref();
        if !verifier.is_some_and(|verifier| Challenge::is_met_by(&self.challenge, verifier)) {
            return Err(RedeemError::WrongVerifier);
        }
        if self.key.is_some_and(|key| key != redeemer.key) {
            return Err(RedeemError::OtherKey);
        }
        Ok(())
    }
}
