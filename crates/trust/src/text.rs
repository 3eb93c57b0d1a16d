//! Sentences for people, in every language of the project at once.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A language that pages, scenes and refusals speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// Japanese.
    #[serde(rename = "ja")]
    Japanese,
    /// Chinese in simplified characters.
    #[serde(rename = "zh-Hans")]
    SimplifiedChinese,
}

impl Language {
    /// Every language, in the order in which pages offer them.
    pub const ALL: [Self; 3] = [Self::English, Self::Japanese, Self::SimplifiedChinese];

    /// The BCP 47 tag (`en`, `ja`, `zh-Hans`).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
            Self::SimplifiedChinese => "zh-Hans",
        }
    }

    /// The language of a BCP 47 tag; regions and `zh` alone are understood, anything else is `None`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        match primary.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "ja" => Some(Self::Japanese),
            "zh" => Some(Self::SimplifiedChinese),
            _ => None,
        }
    }
}

/// One text in every language; a missing one is an error of the file, never an empty screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// English.
    pub en: Cow<'static, str>,
    /// Japanese.
    pub ja: Cow<'static, str>,
    /// Chinese in simplified characters.
    #[serde(rename = "zh-Hans")]
    pub zh_hans: Cow<'static, str>,
}

/// Why a text must not be shown to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("the {} text is empty", .0.tag())]
    Empty(Language),
    /// A control, invisible or direction-changing character, which can make a text read as something else.
    #[error("the {} text contains the character U+{character:04X}", .language.tag())]
    Unprintable {
        /// Which of the texts.
        language: Language,
        /// The offending code point.
        character: u32,
    },
    /// Longer than a screen can carry.
    #[error("the {} text is longer than {MAX_CHARACTERS} characters", .0.tag())]
    TooLong(Language),
}

impl Texts {
    /// A text that is part of the program.
    pub const fn fixed(en: &'static str, ja: &'static str, zh_hans: &'static str) -> Self {
        Self { en: Cow::Borrowed(en), ja: Cow::Borrowed(ja), zh_hans: Cow::Borrowed(zh_hans) }
    }

    /// The text in `language`.
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Japanese => &self.ja,
            Language::SimplifiedChinese => &self.zh_hans,
        }
    }

    /// Refuses texts that are empty, overlong or contain characters a reader cannot see.
    pub fn check(&self) -> Result<(), TextError> {
        Language::ALL.into_iter().try_for_each(|language| check_one(language, self.of(language)))
    }
}

fn check_one(language: Language, text: &str) -> Result<(), TextError> {
    if text.trim().is_empty() {
        return Err(TextError::Empty(language));
    }
    if text.chars().count() > MAX_CHARACTERS {
        return Err(TextError::TooLong(language));
    }
    match text.chars().find(|&c| is_deceptive(c)) {
        Some(c) => Err(TextError::Unprintable { language, character: u32::from(c) }),
        None => Ok(()),
    }
}

/// Controls, zero-width characters and bidirectional overrides: what spoofed names are made of (Unicode TR 36).
pub(crate) fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

const MAX_CHARACTERS: usize = 600;

#[cfg(test)]
mod tests;
