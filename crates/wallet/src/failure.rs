//! Why something did not work, and on whose account.

use mibun_crypto::jwe::JweError;
use mibun_crypto::jws::JwsSignError;
use mibun_crypto::opaque::OpaqueError;
use mibun_crypto::time::Timestamp;
use mibun_issuing::collect::{AnswerError, CollectError};
use mibun_presenting::dc_api::CallError;
use mibun_presenting::dcql::NothingFits;
use mibun_presenting::request::{LinkError, RequestError};
use thiserror::Error;

use crate::held::HeldError;
use crate::http::NetworkError;
use crate::store::StoreError;

/// Whose account a failure goes on; decides the exit code of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The wallet's own: store, keys, bugs.
    Wallet,
    /// The caller left something out.
    Usage,
    /// The wallet refused what the other side sent.
    RefusedByUs,
    /// The other side refused what the wallet sent.
    RefusedByThem,
    /// The other side could not be reached.
    Network,
    /// Nobody's: the other side wants to be asked again later.
    Later,
}

/// Why nothing was collected or shown.
#[derive(Debug, Error)]
pub enum Failure {
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An exchange did not take place.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The offer asks for a transaction code.
    #[error("the offer asks for a transaction code")]
    TxCodeNeeded,
    /// The card could not be collected.
    #[error(transparent)]
    Collect(#[from] CollectError),
    /// The link of a request is not followed.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The request could not be fetched: the asker says so.
    #[error("the asker does not hand out the request")]
    RequestGone,
    /// The fetched request is not text.
    #[error("the request is not text")]
    RequestForm,
    /// The request is not shown to anybody.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The call of a page is not shown to anybody.
    #[error(transparent)]
    Call(#[from] CallError),
    /// No card answers the request.
    #[error(transparent)]
    NothingFits(#[from] NothingFits),
    /// The card that answers has no unused copy left; it has to be collected again.
    #[error("all copies of the card are used")]
    NoCopiesLeft,
    /// A card in the store cannot be used.
    #[error(transparent)]
    Held(#[from] HeldError),
    /// The answer could not be encrypted.
    #[error("the answer cannot be encrypted: {0}")]
    Encrypt(#[from] JweError),
    /// The asker did not take the answer.
    #[error("the asker refused the answer: {code}")]
    AnswerRefused {
        /// The asker's code for the reason, `unknown` where it gave none.
        code: String,
    },
    /// The asker took the answer and said something unusable.
    #[error("the asker's reply is malformed")]
    Reply,
    /// The card's keys are kept by the authority, and nobody has signed in with the ID password.
    #[error("sign in with the ID password first")]
    SignInFirst,
    /// There is no account: no full card was collected.
    #[error("this wallet has no full card")]
    NoAccount,
    /// A message of the password exchange is refused.
    #[error("the ID password: {0}")]
    Password(#[from] OpaqueError),
    /// The authority refused.
    #[error("the authority refused: {code}")]
    Refused {
        /// Its code for the reason, `unknown` where it gave none.
        code: String,
    },
    /// The authority answered something unusable.
    #[error("the authority's reply is malformed")]
    AuthorityReply,
    /// The device's key does not sign.
    #[error(transparent)]
    Device(#[from] JwsSignError),
    /// The authorization server's page wants a person, and there is no browser.
    #[error("a person has to open {address} in a browser")]
    PersonNeeded {
        /// Where.
        address: String,
    },
    /// The authorization server's page refuses, or leads nowhere.
    #[error("the authorization page refuses")]
    PageRefused,
    /// Keys have to be attested, and this wallet has no provider.
    #[error("the issuer wants keys attested, and this wallet has no provider")]
    NoProvider,
    /// The cards are not ready, and the holder does not want to wait longer. What is waited for is kept.
    #[error("the card is not ready; it can be asked for again after {}", ask_after.to_rfc3339())]
    NotReady {
        /// The name of what is waited for.
        id: String,
        /// Before then the issuer does not want to be asked.
        ask_after: Timestamp,
    },
    /// Nothing of this name is waited for.
    #[error("there is no such card that is waited for")]
    NothingAwaited,
    /// Another kind of card came in place of the one that was to be renewed.
    #[error("the issuer answered with another kind of card")]
    OtherCard,
    /// No more copies can be had without the issuer's offer.
    #[error("more copies of this card have to be offered by the issuer")]
    NoRenewal,
    /// A document whose key the authority keeps is shown by redirect alone.
    #[error("a document whose key the authority keeps cannot be shown through a browser's interface")]
    KeptDocument,
    /// There is no such card.
    #[error("there is no such card")]
    NoSuchCard,
}

impl Failure {
    /// Whose account it goes on.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Store(_) | Self::Held(_) | Self::Encrypt(_) | Self::Device(_) => Fault::Wallet,
            Self::TxCodeNeeded | Self::NoSuchCard | Self::NothingAwaited => Fault::Usage,
            Self::SignInFirst | Self::NoAccount => Fault::Usage,
            Self::PersonNeeded { .. } | Self::NoProvider | Self::NoRenewal | Self::KeptDocument => Fault::Usage,
            Self::Password(OpaqueError::WrongPassword) => Fault::Usage,
            Self::Network(_) => Fault::Network,
            Self::NotReady { .. } => Fault::Later,
            // Also the person's no, which comes over the browser.
            Self::Collect(CollectError::Refused { .. } | CollectError::Browser(AnswerError::Refused(_)))
            | Self::RequestGone
            | Self::PageRefused
            | Self::AnswerRefused { .. }
            | Self::Refused { .. } => Fault::RefusedByThem,
            Self::Collect(CollectError::Sign(_) | CollectError::Misuse) => Fault::Wallet,
            Self::Collect(_)
            | Self::Link(_)
            | Self::OtherCard
            | Self::RequestForm
            | Self::Request(_)
            | Self::Call(_)
            | Self::NothingFits(_)
            | Self::NoCopiesLeft
            | Self::Password(_)
            | Self::AuthorityReply
            | Self::Reply => Fault::RefusedByUs,
        }
    }
}
