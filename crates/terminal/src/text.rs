//! Sentences in the languages of the product.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most characters of a text from the server; its own are a fraction of that.
const LONGEST: usize = 1_000;

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
    /// Chinese in simplified characters.
    ZhHans,
}

/// No language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the languages are en, ja and zh-Hans")]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        match text {
            "en" => Ok(Self::En),
            "ja" => Ok(Self::Ja),
            "zh-Hans" => Ok(Self::ZhHans),
            _ => Err(UnknownLanguage),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::En => "en",
            Self::Ja => "ja",
            Self::ZhHans => "zh-Hans",
        })
    }
}

/// A sentence of this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    en: &'static str,
    ja: &'static str,
    zh_hans: &'static str,
}

pub(crate) const fn say(en: &'static str, ja: &'static str, zh_hans: &'static str) -> Text {
    Text { en, ja, zh_hans }
}

impl Text {
    /// The sentence in this language.
    pub const fn of(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Ja => self.ja,
            Language::ZhHans => self.zh_hans,
        }
    }
}

/// A sentence of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerText {
    en: Plain,
    ja: Plain,
    #[serde(rename = "zh-Hans")]
    zh_hans: Plain,
}

impl ServerText {
    /// The sentence in this language.
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::En => self.en.as_str(),
            Language::Ja => self.ja.as_str(),
            Language::ZhHans => self.zh_hans.as_str(),
        }
    }
}

/// Text from outside that may be shown on a terminal: without control characters, and not too long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct Plain(String);

impl Plain {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Plain {
    fn from(text: String) -> Self {
        Self(text.chars().filter(|letter| !letter.is_control()).take(LONGEST).collect())
    }
}

#[cfg(test)]
mod tests;
