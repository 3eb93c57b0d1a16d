//! Why the data is not believed.

use thiserror::Error;

use super::PassiveCheck;
use crate::cms::CmsError;
use crate::csca::ChainError;
use crate::lds::LdsError;
use crate::sod::SodError;

/// Where a hash function is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashUse {
    /// Over the data groups.
    DataGroups,
    /// Over the security object or the attributes that are signed.
    SecurityObject,
    /// Over the certificate of the signer.
    Signer,
}

/// The first check that failed, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PassiveError {
    /// EF.SOD cannot be read.
    #[error("EF.SOD is refused: {0}")]
    Sod(#[from] SodError),
    /// SHA-1, and the policy does not allow it.
    #[error("the hash function over {0:?} is not allowed")]
    HashNotAllowed(HashUse),
    /// A data group without which there is no document was not read.
    #[error("data group {0} was not read")]
    NotRead(u8),
    /// The security object is not signed by the certificate inside.
    #[error("the signature of EF.SOD is refused: {0}")]
    SodSignature(#[source] CmsError),
    /// Nobody trusted vouches for the signer.
    #[error("the document signer is refused: {0}")]
    Chain(#[source] ChainError),
    /// The signer's time has not come.
    #[error("the document signer is not valid yet")]
    SignerNotYetValid,
    /// The signer's time is over.
    #[error("the document signer has expired")]
    SignerExpired,
    /// The document says to be signed when the signer's key might not sign, or in the future.
    #[error("the document was signed outside of the time in which its signer may sign")]
    SignedOutOfTime,
    /// The signer's certificate is one of an authority.
    #[error("the document signer is an authority")]
    SignerIsAuthority,
    /// The signer's key is not for signatures.
    #[error("the document signer's key is not for signatures")]
    SignerKeyUsage,
    /// The signer's certificate is for something else: master lists, visible seals.
    #[error("the document signer is for another purpose")]
    SignerPurpose,
    /// The signer's certificate has a critical extension that is not understood.
    #[error("the document signer has a critical extension that is not understood")]
    SignerCriticalExtension,
    /// The signer is on a revocation list.
    #[error("the document signer is revoked")]
    SignerRevoked,
    /// A file with a number that no data group has.
    #[error("there is no data group {0}")]
    UnknownGroup(u8),
    /// A data group is on the chip and not in the signed list.
    #[error("data group {0} is not signed")]
    NotSigned(u8),
    /// A data group is not the one that was signed.
    #[error("data group {0} is not the one that was signed")]
    GroupHash(u8),
    /// The signer names no country.
    #[error("the document signer names no country")]
    NoCountry,
    /// The machine-readable zone cannot be read.
    #[error("DG1 is refused: {0}")]
    Zone(#[source] LdsError),
    /// The zone's issuing state is none that Doc 9303-3 section 5 lists.
    #[error("the issuing state is not known")]
    UnknownState,
    /// The zone's issuing state is not the signer's.
    #[error("the document signer is of another state than the document")]
    OtherState,
}

impl PassiveError {
    /// The check that failed; all earlier ones passed.
    pub const fn check(&self) -> PassiveCheck {
        match self {
            Self::Sod(_) => PassiveCheck::Form,
            Self::HashNotAllowed(_) => PassiveCheck::Hashes,
            Self::NotRead(_) => PassiveCheck::RequiredGroups,
            Self::SodSignature(_) => PassiveCheck::SodSignature,
            Self::Chain(_) => PassiveCheck::SignerChain,
            Self::SignerNotYetValid | Self::SignerExpired | Self::SignedOutOfTime => PassiveCheck::SignerValidity,
            Self::SignerIsAuthority | Self::SignerKeyUsage | Self::SignerPurpose | Self::SignerCriticalExtension => {
                PassiveCheck::SignerUsage
            }
            Self::SignerRevoked => PassiveCheck::Revocation,
            Self::UnknownGroup(_) | Self::NotSigned(_) | Self::GroupHash(_) => PassiveCheck::GroupHashes,
            Self::NoCountry | Self::Zone(_) | Self::UnknownState | Self::OtherState => PassiveCheck::IssuingState,
        }
    }
}
