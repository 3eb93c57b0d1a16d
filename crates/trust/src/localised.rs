//! Texts and addresses with their language, as the formats of ETSI have them. Ours are [`crate::text::Texts`].

use serde::{Deserialize, Serialize};

use crate::text::{Language, Texts, is_deceptive};

/// Longest text, in characters.
const MAX_CHARACTERS: usize = 600;

/// A text in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalText {
    /// BCP 47 tag.
    pub lang: String,
    /// The text.
    pub value: String,
}

/// An address of something in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalUri {
    /// BCP 47 tag.
    pub lang: String,
    /// The address.
    #[serde(rename = "uriValue")]
    pub uri: String,
}

impl LocalText {
    /// One text of ours in every language of the project.
    pub fn all_of(texts: &Texts) -> Vec<Self> {
        let one = |language: Language| Self { lang: language.tag().to_owned(), value: texts.of(language).to_owned() };
        Language::ALL.into_iter().map(one).collect()
    }

    /// An English text.
    pub fn english(value: &str) -> Self {
        Self { lang: Language::English.tag().to_owned(), value: value.to_owned() }
    }
}

impl LocalUri {
    /// Something in English.
    pub fn english(uri: &str) -> Self {
        Self { lang: Language::English.tag().to_owned(), uri: uri.to_owned() }
    }
}

/// Whether `text` may be shown to a person: not empty, not endless, and without characters that make it read as something
/// else.
pub(crate) fn may_be_shown(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_CHARACTERS && !text.chars().any(is_deceptive)
}

/// Whether there is a text, and all of them may be shown.
pub(crate) fn all_may_be_shown(texts: &[LocalText]) -> bool {
    !texts.is_empty() && texts.iter().all(|text| !text.lang.is_empty() && may_be_shown(&text.value))
}
