//! The asker's end of a fetch by POST (OpenID4VP 1.0 section 5.10): the wallet's nonce and what it says it can do.

use mibun_card::CardFormat;
use mibun_crypto::json::{self, JsonError, Limits};
use mibun_crypto::policy::Accepted;
use serde_json::{Map, Value};

use super::{ClientIdPrefix, accepting};
use crate::dcql::Query;
use crate::members::{self, Fault};

/// What a wallet posts to fetch a request.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fetch {
    /// To be repeated in the request.
    pub wallet_nonce: Option<String>,
    /// What the wallet can do.
    pub metadata: Option<WalletMetadata>,
}

/// What a wallet says it can do (OpenID4VP 1.0 section 10.1).
#[derive(Debug, Clone, PartialEq)]
pub struct WalletMetadata {
    formats: Map<String, Value>,
    /// The client identifier prefixes; `None` where the wallet does not say.
    pub prefixes: Option<Vec<String>>,
}

/// Why a fetch is refused. Nothing is spent by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// A field that appears twice.
    #[error("{0} appears twice")]
    Duplicate(&'static str),
    /// The metadata is not JSON as we accept it.
    #[error("wallet_metadata is refused: {0}")]
    Json(#[from] JsonError),
    /// The metadata is not an object, or a member has the wrong type.
    #[error("wallet_metadata is malformed")]
    Malformed,
    /// The wallet's nonce could be guessed, or is longer than sensible.
    #[error("the wallet's nonce is not acceptable")]
    WeakWalletNonce,
}

impl Fetch {
    /// Reads the posted form. Fields that are not known are ignored.
    ///
    /// # Errors
    /// [`FetchError`].
    pub fn read(form: &[(String, String)]) -> Result<Self, FetchError> {
        let wallet_nonce = once(form, "wallet_nonce")?;
        if wallet_nonce.is_some_and(|nonce| !crate::is_unguessable(nonce)) {
            return Err(FetchError::WeakWalletNonce);
        }
        let metadata = once(form, "wallet_metadata")?.map(WalletMetadata::parse).transpose()?;
        Ok(Self { wallet_nonce: wallet_nonce.map(str::to_owned), metadata })
    }
}

impl WalletMetadata {
    fn parse(text: &str) -> Result<Self, FetchError> {
        let Value::Object(metadata) = json::parse(text.as_bytes(), &LIMITS)? else { return Err(FetchError::Malformed) };
        let formats = members::object(&metadata, "vp_formats_supported")?.ok_or(FetchError::Malformed)?;
        let prefixes = members::array(&metadata, "client_id_prefixes_supported")?;
        let prefixes: Option<Option<Vec<String>>> =
            prefixes.map(|all| all.iter().map(|one| one.as_str().map(str::to_owned)).collect());
        let prefixes = prefixes.map(|all| all.ok_or(FetchError::Malformed)).transpose()?;
        Ok(Self { formats: formats.clone(), prefixes })
    }

    /// Whether the wallet speaks one of the formats of `query`, in algorithms that are spoken here: `cards` of those who
    /// sign cards.
    pub fn reads(&self, query: &Query, cards: Accepted) -> bool {
        let asked = query.credentials.iter().filter_map(|credential| CardFormat::from_name(credential.format.name()));
        let mut spoken = asked.filter_map(|format| Some((format, self.formats.get(format.name())?)));
        spoken.any(|(format, entry)| accepting::agrees(format, cards, entry))
    }

    /// Whether the wallet accepts askers of this kind, as far as it says.
    pub fn accepts(&self, prefix: ClientIdPrefix) -> bool {
        self.prefixes.as_ref().is_none_or(|all| all.iter().any(|one| one == prefix.name()))
    }
}

fn once<'a>(form: &'a [(String, String)], name: &'static str) -> Result<Option<&'a str>, FetchError> {
    let mut values = form.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let first = values.next();
    if values.next().is_some() { Err(FetchError::Duplicate(name)) } else { Ok(first) }
}

impl From<Fault> for FetchError {
    fn from(_: Fault) -> Self {
        Self::Malformed
    }
}

const LIMITS: Limits = Limits { bytes: 16 * 1024, depth: 8, nodes: 400 };
