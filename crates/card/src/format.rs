//! The formats in which a card is written.

use serde::{Deserialize, Serialize};

/// A format of cards, by its name in OpenID4VCI and OpenID4VP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum CardFormat {
    /// SD-JWT VC.
    #[default]
    #[serde(rename = "dc+sd-jwt")]
    SdJwtVc,
    /// ISO/IEC 18013-5.
    #[serde(rename = "mso_mdoc")]
    Mdoc,
}

impl CardFormat {
    /// The name of the format.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SdJwtVc => "dc+sd-jwt",
            Self::Mdoc => "mso_mdoc",
        }
    }

    /// The format of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::SdJwtVc, Self::Mdoc].into_iter().find(|format| format.name() == name)
    }
}
