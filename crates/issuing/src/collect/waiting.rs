//! Cards that are not ready, as a plain value: everything that asking for them again takes, in another process and on
//! another day. Metadata are no part of it and fetched anew, for addresses and keys of an issuer change.

use std::fmt;
use std::sync::Arc;

use mibun_card::CardFormat;
use mibun_crypto::key::{Jwk, PublicKey, Signer};
use serde::{Deserialize, Serialize};

use super::asking::Asking;
use super::encryption::Offered;
use super::keys::Absent;
use super::plan::{Plan, Wish};
use super::server::Server;
use super::session::{Access, Session, Turn};
use super::steps::{self, Stage};
use super::{CollectError, Collector, Progress, Settings};
use crate::secret::Secret;
use crate::token::TokenType;

/// Cards that were asked for and are not ready. To be kept as secretly as cards, beside the private halves of `keys`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// Identifier of the credential issuer.
    pub issuer: String,
    /// The card, as the issuer's metadata calls it.
    pub configuration: String,
    /// Identifier of the authorization server.
    pub server: String,
    /// The format of the card.
    pub format: CardFormat,
    /// Type of the card: `vct` or document type.
    pub card_type: String,
    /// The keys that the cards will be bound to, in the order in which they were handed in.
    pub keys: Vec<Jwk>,
    /// What the issuer calls the request.
    pub transaction: Secret,
    /// The access token.
    pub token: Secret,
    /// How the token is used.
    pub token_type: TokenType,
    /// What the next access token is had with; it may be good for one use only.
    pub refresh_token: Option<Secret>,
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Collector {
    /// Asks again for cards that were not ready. `keys` of the settings say where they were when the cards were first
    /// asked for; formats and copies were settled then.
    ///
    /// # Errors
    /// [`CollectError::Address`].
    pub fn resume(waiting: Waiting, settings: Settings) -> Result<Progress, CollectError> {
        let settings = Settings { formats: vec![waiting.format], ..settings };
        steps::wished(Wish::resumed(waiting), Session::new(settings))
    }

    /// What is waited for, from the first answer that says so to the last. Whoever keeps it before each exchange can end
    /// at any moment: it holds fresh tokens before they are used for the first time.
    pub fn waiting(&self) -> Option<Waiting> {
        match &self.0.stage {
            Stage::Waiting { asking, transaction }
            | Stage::Deferred { asking, transaction }
            | Stage::Renewed { asking, transaction } => Some(asking.waiting(transaction)),
            _ => None,
        }
    }
}

impl Session {
    /// Asks again, now that the servers are known.
    pub fn resumed(
        self,
        plan: Plan,
        server: Server,
        waiting: Waiting,
        turn: &mut Turn<'_>,
    ) -> Result<Progress, CollectError> {
        if plan.card() != (waiting.format, waiting.card_type.as_str()) {
            return Err(CollectError::Unsupported);
        }
        let key = |jwk| PublicKey::from_jwk(jwk).map(|key| Arc::new(Absent(key)) as Arc<dyn Signer>);
        let asking = Asking {
            access: Access { token: waiting.token, kind: waiting.token_type },
            identifier: None,
            refresh_token: waiting.refresh_token,
            keys: waiting.keys.iter().map(key).collect::<Result<_, _>>().map_err(|_| CollectError::Misuse)?,
            retried: true,
            // A key of its own for this answer: nothing of the earlier one has to be kept.
            envelope: Offered::read(&plan.issuer)?.envelope(turn.entropy),
            renewed: false,
            plan,
            server,
        };
        self.ask_again(asking, &waiting.transaction, turn)
    }
}

impl Asking {
    fn waiting(&self, transaction: &Secret) -> Waiting {
        let (format, card_type) = self.plan.card();
        Waiting {
            issuer: self.plan.issuer.credential_issuer.clone(),
            configuration: self.plan.configuration_id.clone(),
            server: self.plan.server.as_str().to_owned(),
            format,
            card_type: card_type.to_owned(),
            keys: self.keys.iter().map(|key| key.public_key().to_jwk()).collect(),
            transaction: transaction.clone(),
            token: self.access.token.clone(),
            token_type: self.access.kind,
            refresh_token: self.refresh_token.clone(),
        }
    }
}
