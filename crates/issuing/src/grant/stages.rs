//! What each stage of a grant knows.

use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Deferred, TxCodeHash};
use crate::credential::RequestKey;
use crate::notification::Event;
use crate::pkce::Challenge;
use crate::secret::SecretHash;
use crate::thumbprint::Thumbprint;

/// An offer that nobody has redeemed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Digest of the pre-authorized code.
    pub code: SecretHash,
    /// Keyed digest of the transaction code, if one is asked for.
    pub tx_code: Option<TxCodeHash>,
    /// Wrong transaction codes so far.
    pub wrong_tries: u8,
    /// When the code ends.
    pub expires_at: Timestamp,
}

/// A person's word that a wallet may have their card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorized {
    /// Digest of the authorization code.
    pub code: SecretHash,
    /// The wallet that asked.
    pub client: String,
    /// Where its answer went.
    pub redirect_uri: String,
    /// What only the wallet that asked can answer.
    pub challenge: Challenge,
    /// The key that the code is bound to, if one was named when it was asked for.
    pub key: Option<Thumbprint>,
    /// What was asked for.
    pub wanted: Wanted,
    /// When the code ends.
    pub expires_at: Timestamp,
}

/// What a token is good for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wanted {
    /// Configurations; none stands for all that this issuer has.
    pub configurations: Vec<String>,
    /// Whether they were asked for in `authorization_details`: then each has a credential identifier, which is the
    /// configuration's own, and is asked for by it.
    pub identifiers: bool,
}

/// To whom a token is bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The wallet, unless it stayed anonymous.
    pub client: Option<String>,
    /// The key that every request has to be proven with.
    pub key: Thumbprint,
    /// The instance of the wallet, by the key that its attestation confirms, if it has one; refresh tokens are its alone.
    #[serde(default)]
    pub instance: Option<Thumbprint>,
}

/// What whoever has the access token works with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Digest of the code, so that its second use is recognised.
    pub code: SecretHash,
    /// Digest of the access token.
    pub token: SecretHash,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// To whom it is bound; a bearer token has none.
    #[serde(default)]
    pub bound: Option<Binding>,
    /// What it is good for.
    #[serde(default)]
    pub wanted: Wanted,
    /// The family of refresh tokens; a bearer token has none.
    #[serde(default)]
    pub refresh: Option<Refresh>,
    /// A request that was served under an earlier token of the family.
    #[serde(default)]
    pub earlier: Option<RequestKey>,
    /// Requests whose cards could not be made yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deferred: Vec<Deferred>,
}

/// A family of refresh tokens, of which the last is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    /// Number of the last token that was given.
    pub number: u32,
    /// When it was given.
    pub given_at: Timestamp,
    /// When the family ends.
    pub ends_at: Timestamp,
}

/// A token that was used for cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    /// The tokens, which are still good for repeating a request, for another format, and for notifications.
    pub tokens: Tokens,
    /// The requests that were served, one per configuration, the first one first.
    pub served: Vec<Served>,
}

/// One request that was served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// For which configuration.
    pub configuration: String,
    /// The request by its token and keys.
    pub request: RequestKey,
    /// What the wallet names in notifications.
    pub notification_id: String,
    /// What the wallet told last.
    pub event: Option<Event>,
}

/// A grant that leads nowhere any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Digest of the code, so that it is still recognised.
    pub code: SecretHash,
    /// Since when.
    pub since: Timestamp,
}

impl Tokens {
    /// When neither the access token nor the last refresh token is good any more.
    pub fn last_use(&self) -> Timestamp {
        self.refresh.map_or(self.expires_at, |refresh| refresh.ends_at.max(self.expires_at))
    }
}
