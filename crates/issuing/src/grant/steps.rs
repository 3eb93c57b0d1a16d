//! The steps with an offer's own code, and those with an access token, whatever way led to it.

use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;

use super::family::{Family, Issuing, Redeemer};
use super::{
    Access, AccessError, Collected, Ended, Grant, ID_BYTES, MAX_WRONG_TRIES, Offered, Policy, RedeemError, Reservation,
    Served, Step, Tokens, Wanted,
};
use crate::credential::RequestKey;
use crate::notification::Notification;
use crate::secret::Secret;
use crate::thumbprint::Thumbprint;
use crate::token::PreAuthorizedRequest;

impl Grant {
    /// Turns the offer's code into tokens, once. Without a redeemer, whose key was proved, that is a bearer token and no
    /// refresh token. A second use is refused and ends nothing: whoever has seen an offer may try its code.
    pub fn redeem(
        &self,
        request: &PreAuthorizedRequest,
        redeemer: Option<&Redeemer<'_>>,
        policy: &Policy,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Step<Access, RedeemError> {
        if *self.code() != request.code.hash() {
            return Step::refuse(RedeemError::UnknownCode);
        }
        self.open_offer(request.tx_code.as_ref(), policy, now, |offered| {
            let issuing = Issuing {
                code: offered.code,
                family: redeemer.map(|redeemer| Family::of(redeemer, policy, now)),
                wanted: Wanted::default(),
                earlier: None,
                deferred: Vec::new(),
            };
            issuing.issue(policy, now, entropy)
        })
    }

    /// Looks whether the offer stands and the transaction code is right, counting wrong ones, then does `then`.
    pub(super) fn open_offer<T>(
        &self,
        tx_code: Option<&Secret>,
        policy: &Policy,
        now: Timestamp,
        then: impl FnOnce(&Offered) -> Step<T, RedeemError>,
    ) -> Step<T, RedeemError> {
        let offered = match self {
            Self::Offered(offered) => offered,
            Self::Authorized(_) | Self::Redeemed(_) | Self::Collected(_) | Self::Revoked(_) => {
                return Step::refuse(RedeemError::Used);
            }
            Self::Locked(_) => return Step::refuse(RedeemError::Locked),
            Self::Expired(_) => return Step::refuse(RedeemError::Expired),
        };
        if now >= offered.expires_at {
            let ended = Ended { code: offered.code, since: offered.expires_at };
            return Step { store: Some(Self::Expired(ended)), answer: Err(RedeemError::Expired) };
        }
        match offered.try_tx_code(tx_code, policy) {
            Ok(()) => then(offered),
            Err(RedeemError::WrongTxCode { .. }) => offered.count_wrong_try(now),
            Err(refusal) => Step::refuse(refusal),
        }
    }

    /// Binds the token to one request for cards per configuration. The caller reserves the cards in the same unit of
    /// work, and unless the request is repeated, spends the nonce of its proofs there.
    pub fn reserve(
        &self,
        token: &Secret,
        configuration: &str,
        request: RequestKey,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Step<Reservation, AccessError> {
        let (tokens, served) = match self.access(token, now) {
            Err(refusal) => return self.deny(refusal),
            Ok(opened) => opened,
        };
        let sibling = served.first().map(|served| served.request).or(tokens.earlier);
        if let Some(served) = served.iter().find(|served| served.configuration == configuration) {
            if served.request != request {
                return Step::refuse(AccessError::AlreadyCollected);
            }
            let notification_id = served.notification_id.clone();
            return Step { store: None, answer: Ok(Reservation { notification_id, repeated: true, sibling }) };
        }
        // A bearer token may have two owners by now: what it was for is had.
        if tokens.bound.is_none() && !served.is_empty() {
            return Step::refuse(AccessError::AlreadyCollected);
        }
        let notification_id = entropy.token(ID_BYTES);
        let new = Served {
            configuration: configuration.to_owned(),
            request,
            notification_id: notification_id.clone(),
            event: None,
        };
        let served = served.iter().cloned().chain([new]).collect();
        let store = Self::Collected(Collected { tokens: tokens.clone(), served });
        Step { store: Some(store), answer: Ok(Reservation { notification_id, repeated: false, sibling }) }
    }

    /// Records what the wallet tells about its cards. Telling the same again changes nothing and is no error.
    pub fn notify(&self, token: &Secret, notification: &Notification, now: Timestamp) -> Step<(), AccessError> {
        let (tokens, served) = match self.access(token, now) {
            Err(refusal) => return self.deny(refusal),
            Ok(opened) => opened,
        };
        let Some(at) = served.iter().position(|served| served.notification_id == notification.notification_id) else {
            return Step::refuse(AccessError::UnknownNotification);
        };
        let mut told = served.to_vec();
        told[at].event = Some(notification.event);
        let changed = told != served;
        let store = changed.then(|| Self::Collected(Collected { tokens: tokens.clone(), served: told }));
        Step { store, answer: Ok(()) }
    }

    /// Whether a token that came with this key's proof, or with none, may be used so.
    ///
    /// # Errors
    /// [`AccessError`]; a proof with another key is [`AccessError::Bound`] too.
    pub fn check_binding(&self, proven: Option<Thumbprint>) -> Result<(), AccessError> {
        let tokens = self.tokens().ok_or(AccessError::UnknownToken)?;
        match (tokens.bound.as_ref(), proven) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(AccessError::NotBound),
            (Some(bound), Some(key)) if bound.key == key => Ok(()),
            (Some(_), _) => Err(AccessError::Bound),
        }
    }

    /// What somebody with a token may work on, and what was served for it.
    pub(super) fn access(&self, token: &Secret, now: Timestamp) -> Result<(&Tokens, &[Served]), AccessError> {
        let opened: (&Tokens, &[Served]) = match self {
            Self::Redeemed(tokens) => (tokens, &[]),
            Self::Collected(collected) => (&collected.tokens, &collected.served),
            _ => return Err(AccessError::UnknownToken),
        };
        if opened.0.token != token.hash() {
            return Err(AccessError::UnknownToken);
        }
        if now < opened.0.expires_at { Ok(opened) } else { Err(AccessError::Expired) }
    }

    /// Refuses access. A token that ended unused and cannot be refreshed ends the grant; collected stays collected, for
    /// that it happened matters more than that the token has ended since.
    pub(super) fn deny<T>(&self, refusal: AccessError) -> Step<T, AccessError> {
        let store = match (self, refusal) {
            (Self::Redeemed(tokens), AccessError::Expired) if tokens.refresh.is_none() => {
                Some(Self::Expired(Ended { code: tokens.code, since: tokens.expires_at }))
            }
            _ => None,
        };
        Step { store, answer: Err(refusal) }
    }
}

impl Offered {
    /// Compares the transaction code; how many tries are left is for the one who counts.
    fn try_tx_code(&self, sent: Option<&Secret>, policy: &Policy) -> Result<(), RedeemError> {
        match (&self.tx_code, sent) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(RedeemError::UnexpectedTxCode),
            (Some(_), None) => Err(RedeemError::MissingTxCode),
            (Some(expected), Some(sent)) if expected.matches(&policy.tx_code_key.hash(&self.code, sent)) => Ok(()),
            (Some(_), Some(_)) => Err(RedeemError::WrongTxCode { tries_left: 0 }),
        }
    }

    fn count_wrong_try<T>(&self, now: Timestamp) -> Step<T, RedeemError> {
        let wrong_tries = self.wrong_tries.saturating_add(1);
        if wrong_tries >= MAX_WRONG_TRIES {
            let locked = Grant::Locked(Ended { code: self.code, since: now });
            return Step { store: Some(locked), answer: Err(RedeemError::Locked) };
        }
        let refusal = RedeemError::WrongTxCode { tries_left: MAX_WRONG_TRIES - wrong_tries };
        Step { store: Some(Grant::Offered(Self { wrong_tries, ..self.clone() })), answer: Err(refusal) }
    }
}
