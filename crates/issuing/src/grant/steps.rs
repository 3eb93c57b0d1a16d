//! The steps from one stage to the next.

use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;

use super::{
    Access, AccessError, CODE_BYTES, Collected, Ended, Grant, ID_BYTES, MAX_WRONG_TRIES, OfferSecrets, Offered, Policy,
    RedeemError, Redeemed, Reservation, Step, TX_CODE_LENGTH,
};
use crate::credential::RequestKey;
use crate::notification::Notification;
use crate::secret::{Secret, SecretHash};
use crate::token::TokenRequest;

impl Grant {
    /// A new grant with its secrets; `ask_tx_code` says whether the person gets a transaction code.
    pub fn offer(
        policy: &Policy,
        ask_tx_code: bool,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> (Self, OfferSecrets) {
        let code = Secret::new(entropy.token(CODE_BYTES));
        let tx_code = ask_tx_code.then(|| Secret::new(entropy.digits(TX_CODE_LENGTH)));
        let hash = code.hash();
        let grant = Self::Offered(Offered {
            code: hash,
            tx_code: tx_code.as_ref().map(|tx_code| policy.tx_code_key.hash(&hash, tx_code)),
            wrong_tries: 0,
            expires_at: now.plus_seconds(policy.code_lifetime.into()),
        });
        (grant, OfferSecrets { code, tx_code })
    }

    /// Turns the code into an access token, once.
    pub fn redeem(
        &self,
        request: &TokenRequest,
        policy: &Policy,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Step<Access, RedeemError> {
        if *self.code() != request.code.hash() {
            return Step::refuse(RedeemError::UnknownCode);
        }
        let offered = match self {
            Self::Offered(offered) => offered,
            Self::Redeemed(_) | Self::Collected(_) => return Step::refuse(RedeemError::Used),
            Self::Locked(_) => return Step::refuse(RedeemError::Locked),
            Self::Expired(_) => return Step::refuse(RedeemError::Expired),
        };
        if now >= offered.expires_at {
            let ended = Ended { code: offered.code, since: offered.expires_at };
            return Step { store: Some(Self::Expired(ended)), answer: Err(RedeemError::Expired) };
        }
        match offered.try_tx_code(request.tx_code.as_ref(), policy) {
            Ok(()) => offered.open(policy, now, entropy),
            Err(RedeemError::WrongTxCode { .. }) => offered.count_wrong_try(now),
            Err(refusal) => Step::refuse(refusal),
        }
    }

    /// Binds the token to one request for cards. The caller reserves the cards in the same unit of work, and unless the
    /// request is repeated, spends the nonce of its proofs there.
    pub fn reserve(
        &self,
        token: &Secret,
        request: RequestKey,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Step<Reservation, AccessError> {
        match self.access(token, now) {
            Err(refusal) => self.deny(refusal),
            Ok(Opened::Redeemed(redeemed)) => {
                let notification_id = entropy.token(ID_BYTES);
                let store = Self::Collected(Collected {
                    code: redeemed.code,
                    token: redeemed.token,
                    request,
                    notification_id: notification_id.clone(),
                    event: None,
                    expires_at: redeemed.expires_at,
                });
                Step { store: Some(store), answer: Ok(Reservation { notification_id, repeated: false }) }
            }
            Ok(Opened::Collected(collected)) if collected.request == request => {
                let notification_id = collected.notification_id.clone();
                Step { store: None, answer: Ok(Reservation { notification_id, repeated: true }) }
            }
            Ok(Opened::Collected(_)) => Step::refuse(AccessError::AlreadyCollected),
        }
    }

    /// Records what the wallet tells about its cards. Telling the same again changes nothing and is no error.
    pub fn notify(&self, token: &Secret, notification: &Notification, now: Timestamp) -> Step<(), AccessError> {
        match self.access(token, now) {
            Err(refusal) => self.deny(refusal),
            Ok(Opened::Collected(collected)) if collected.notification_id == notification.notification_id => {
                let event = Some(notification.event);
                let changed = collected.event != event;
                let store = changed.then(|| Self::Collected(Collected { event, ..collected.clone() }));
                Step { store, answer: Ok(()) }
            }
            Ok(_) => Step::refuse(AccessError::UnknownNotification),
        }
    }

    /// Digest of the pre-authorized code, by which a token request finds the grant.
    pub fn code(&self) -> &SecretHash {
        match self {
            Self::Offered(Offered { code, .. })
            | Self::Redeemed(Redeemed { code, .. })
            | Self::Collected(Collected { code, .. })
            | Self::Locked(Ended { code, .. })
            | Self::Expired(Ended { code, .. }) => code,
        }
    }

    /// Digest of the access token, by which a credential request finds the grant.
    pub fn token(&self) -> Option<&SecretHash> {
        match self {
            Self::Redeemed(Redeemed { token, .. }) | Self::Collected(Collected { token, .. }) => Some(token),
            Self::Offered(_) | Self::Locked(_) | Self::Expired(_) => None,
        }
    }

    /// The stage by its name in the store: `offered`, `redeemed`, `collected`, `locked` or `expired`.
    pub const fn state(&self) -> &'static str {
        match self {
            Self::Offered(_) => "offered",
            Self::Redeemed(_) => "redeemed",
            Self::Collected(_) => "collected",
            Self::Locked(_) => "locked",
            Self::Expired(_) => "expired",
        }
    }

    /// When the code or token ends; for an ended grant, when it did.
    pub const fn expires_at(&self) -> Timestamp {
        match self {
            Self::Offered(Offered { expires_at, .. })
            | Self::Redeemed(Redeemed { expires_at, .. })
            | Self::Collected(Collected { expires_at, .. }) => *expires_at,
            Self::Locked(Ended { since, .. }) | Self::Expired(Ended { since, .. }) => *since,
        }
    }

    /// How often the transaction code was wrong.
    pub const fn wrong_tries(&self) -> u8 {
        match self {
            Self::Offered(offered) => offered.wrong_tries,
            Self::Locked(_) => MAX_WRONG_TRIES,
            Self::Redeemed(_) | Self::Collected(_) | Self::Expired(_) => 0,
        }
    }

    /// What somebody with a token may work on.
    fn access(&self, token: &Secret, now: Timestamp) -> Result<Opened<'_>, AccessError> {
        if self.token() != Some(&token.hash()) {
            return Err(AccessError::UnknownToken);
        }
        let opened = match self {
            Self::Redeemed(redeemed) => Opened::Redeemed(redeemed),
            Self::Collected(collected) => Opened::Collected(collected),
            Self::Offered(_) | Self::Locked(_) | Self::Expired(_) => return Err(AccessError::UnknownToken),
        };
        if now < self.expires_at() { Ok(opened) } else { Err(AccessError::Expired) }
    }

    /// Refuses access. A token that ended unused ends the grant; collected stays collected, for that it happened
    /// matters more than that the token has ended since.
    fn deny<T>(&self, refusal: AccessError) -> Step<T, AccessError> {
        let store = match (self, refusal) {
            (Self::Redeemed(redeemed), AccessError::Expired) => {
                Some(Self::Expired(Ended { code: redeemed.code, since: redeemed.expires_at }))
            }
            _ => None,
        };
        Step { store, answer: Err(refusal) }
    }
}

enum Opened<'a> {
    Redeemed(&'a Redeemed),
    Collected(&'a Collected),
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

    fn open(&self, policy: &Policy, now: Timestamp, entropy: &mut dyn Entropy) -> Step<Access, RedeemError> {
        let token = Secret::new(entropy.token(CODE_BYTES));
        let store = Grant::Redeemed(Redeemed {
            code: self.code,
            token: token.hash(),
            expires_at: now.plus_seconds(policy.token_lifetime.into()),
        });
        Step { store: Some(store), answer: Ok(Access { token, expires_in: policy.token_lifetime }) }
    }

    fn count_wrong_try(&self, now: Timestamp) -> Step<Access, RedeemError> {
        let wrong_tries = self.wrong_tries.saturating_add(1);
        if wrong_tries >= MAX_WRONG_TRIES {
            let locked = Grant::Locked(Ended { code: self.code, since: now });
            return Step { store: Some(locked), answer: Err(RedeemError::Locked) };
        }
        let refusal = RedeemError::WrongTxCode { tries_left: MAX_WRONG_TRIES - wrong_tries };
        Step { store: Some(Grant::Offered(Self { wrong_tries, ..self.clone() })), answer: Err(refusal) }
    }
}

impl<T, E> Step<T, E> {
    fn refuse(refusal: E) -> Self {
        Self { store: None, answer: Err(refusal) }
    }
}
