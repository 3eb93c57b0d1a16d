//! Portraits for the register: looked at once, so that nobody finds out at the counter that theirs is unusable.

use super::WorkError;
use crate::app::App;

/// Largest portrait file, in bytes.
pub const LARGEST: usize = 10 * 1024 * 1024;

/// A portrait as it was given, which faces are compared with, and the small one that goes on the card.
#[derive(Clone, PartialEq, Eq)]
pub struct Portraits {
    /// JPEG, 240 by 320 pixels.
    pub card: Vec<u8>,
    /// JPEG or PNG.
    pub original: Vec<u8>,
}

impl Portraits {
    /// Both in one row: the length of the first, the first, the second.
    pub fn to_bytes(&self) -> Vec<u8> {
        let length = u32::try_from(self.card.len()).unwrap_or(u32::MAX).to_be_bytes();
        [&length[..], &self.card, &self.original].concat()
    }

    /// What [`Portraits::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (card, original) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        Some(Self { card: card.to_vec(), original: original.to_vec() })
    }
}

impl std::fmt::Debug for Portraits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Portraits([redacted])")
    }
}

/// Checks that a portrait can be decoded and shows exactly one face that can be compared, and cuts out the card's.
///
/// # Errors
/// [`WorkError::Refused`] with what is wrong with the picture.
pub async fn prepare(app: &App, original: Vec<u8>) -> Result<Portraits, WorkError> {
    if original.len() > LARGEST {
        return Err(WorkError::Refused("image_too_large", format!("at most {LARGEST} bytes")));
    }
    let card = app.faces.card_portrait(original.clone().into()).await?;
    Ok(Portraits { card, original })
}

/// The media type of a picture that was taken in as JPEG or PNG.
pub fn media_type(picture: &[u8]) -> &'static str {
    if picture.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_portraits_survive_the_row() {
        let portraits = Portraits { card: vec![1, 2], original: vec![3, 4, 5] };
        assert_eq!(Portraits::from_bytes(&portraits.to_bytes()), Some(portraits));
    }

    #[test]
    fn a_row_that_is_cut_off_does_not_open() {
        assert_eq!(Portraits::from_bytes(&[0, 0, 0, 9, 1]), None);
        assert_eq!(Portraits::from_bytes(&[0, 0]), None);
    }
}
