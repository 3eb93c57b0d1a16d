//! Registered identifiers of organisations.

use std::fmt;

/// Longest identifier, in bytes: what a certificate's name holds.
const MAX_BYTES: usize = 64;

/// An identifier with the register it stands in, such as `LEIEU-529900T8BM49AURSDO55` or `NTRJP-0100-01-000001` (ETSI EN
/// 319 412-1 section 5.1.4): a scheme of two letters and a colon, or of three or four letters; the country of the register;
/// a hyphen; the number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier(String);

/// Not a registered identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a registered identifier such as NTRJP-0100-01-000001")]
pub struct BadIdentifier;

impl Identifier {
    /// Reads an identifier.
    ///
    /// # Errors
    /// [`BadIdentifier`].
    pub fn parse(text: &str) -> Result<Self, BadIdentifier> {
        let (register, number) = text.split_once('-').ok_or(BadIdentifier)?;
        // What is not ASCII has no letter boundary to split at, or no upper-case letter before it.
        let at = register.len().checked_sub(2).ok_or(BadIdentifier)?;
        let (scheme, country) = register.split_at_checked(at).ok_or(BadIdentifier)?;
        let upper = |part: &str| part.bytes().all(|letter| letter.is_ascii_uppercase());
        let scheme_fits = match scheme.strip_suffix(':') {
            Some(national) => national.len() == 2 && upper(national),
            None => (3..=4).contains(&scheme.len()) && upper(scheme),
        };
        let number_fits = !number.is_empty() && number.bytes().all(|letter| letter.is_ascii_graphic());
        let fits = scheme_fits && upper(country) && number_fits && text.len() <= MAX_BYTES;
        if fits { Ok(Self(text.to_owned())) } else { Err(BadIdentifier) }
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
