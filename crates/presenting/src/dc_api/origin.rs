//! Origins, as browsers spell them.

use std::fmt;

use url::Url;

use crate::request::UriPolicy;

/// The origin of a page: scheme, host and port as a browser serialises them, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

/// Why a text is no origin of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Not an origin in the one spelling that browsers give it.
    #[error("not the serialised origin of a page")]
    Form,
    /// Not https, where this is demanded.
    #[error("the origin is not acceptable")]
    Unsafe,
}

impl Origin {
    /// Reads an origin in the spelling of browsers: `https://hotel.example`, with a port only where it is not the usual
    /// one.
    ///
    /// # Errors
    /// [`OriginError`].
    pub fn parse(text: &str, policy: UriPolicy) -> Result<Self, OriginError> {
        let url = Url::parse(text).map_err(|_| OriginError::Form)?;
        if url.origin().ascii_serialization() != text {
            return Err(OriginError::Form);
        }
        if policy.admits(&url) { Ok(Self(text.to_owned())) } else { Err(OriginError::Unsafe) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The origin as the audience of a key binding.
    pub fn audience(&self) -> String {
        format!("origin:{}", self.0)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
