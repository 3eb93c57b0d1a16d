//! What the command prints.

use std::io::{self, Write};

use mibun_card::CardFormat;
use mibun_presenting::words::Words;
use mibun_trust::Language;
use mibun_wallet::store::{Entry, Event, StoredCard};
use mibun_wallet::{Fault, Gathered, Prepared, Presented, Wallet};
use serde::Serialize;
use serde_json::{Value, json};

use super::resume::{AwaitedLine, Resumption, write_gathered};
use super::{CommandError, exit_code};

/// The result of a command.
#[derive(Debug, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Output {
    /// A card was collected.
    Collected(Gathered),
    /// A card is not ready, and waited for.
    Waiting(AwaitedLine),
    /// Cards that were waited for were asked for again.
    Resumed(Resumption),
    /// A card was shown.
    Presented {
        /// To whom.
        organisation: String,
        /// What was revealed.
        fields: Vec<String>,
        /// The words to compare, where there are any.
        #[serde(skip_serializing_if = "Option::is_none")]
        words: Option<[String; 2]>,
        /// Where to go on.
        #[serde(skip_serializing_if = "Option::is_none")]
        redirect_uri: Option<String>,
    },
    /// What the browser hands to the page that called.
    DigitalCredential {
        /// The protocol of the answer.
        protocol: String,
        /// What the protocol says.
        data: Value,
    },
    /// The ID password of a journey was set.
    PasswordSet,
    /// The cards.
    Cards {
        /// Oldest first.
        cards: Vec<CardLine>,
        /// Those that are waited for, oldest first.
        waiting: Vec<AwaitedLine>,
    },
    /// A card is gone.
    Deleted {
        /// Its name.
        id: String,
    },
    /// What happened.
    History {
        /// Oldest first.
        entries: Vec<Entry>,
    },
}

/// A card in the list. Says nothing about the person.
#[derive(Debug, Serialize)]
pub struct CardLine {
    id: String,
    issuer: String,
    name: Option<String>,
    format: CardFormat,
    card_type: String,
    collected_at: String,
    copies_left: usize,
    copies_used: u32,
}

impl Output {
    /// The result of showing a card.
    pub fn presented(presented: Presented, words: Option<Words>) -> Self {
        let word = |texts: &mibun_trust::Texts| texts.of(Language::English).to_owned();
        Self::Presented {
            organisation: presented.organisation,
            fields: presented.fields,
            words: words.map(|words| [word(words.first), word(words.second)]),
            redirect_uri: presented.redirect_uri,
        }
    }

    /// The list of cards.
    pub fn cards(wallet: &Wallet) -> Self {
        let line = |card: &StoredCard| CardLine {
            id: card.id.clone(),
            issuer: card.issuer_name.clone().unwrap_or_else(|| card.issuer.clone()),
            name: card.name.clone(),
            format: card.format,
            card_type: card.card_type.clone(),
            collected_at: card.collected_at.to_rfc3339(),
            copies_left: card.copies.len(),
            copies_used: card.used,
        };
        Self::Cards {
            cards: wallet.cards().iter().map(line).collect(),
            waiting: wallet.awaited().iter().map(Into::into).collect(),
        }
    }

    /// The exit code that goes with the result.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Waiting(_) => exit_code(Fault::Later),
            Self::Resumed(resumption) => resumption.exit_code(),
            _ => 0,
        }
    }

    /// Prints the result: one JSON object, or lines for people.
    pub fn print(&self, as_json: bool) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if as_json {
            serde_json::to_writer(&mut out, self)?;
            return writeln!(out);
        }
        match self {
            Self::Collected(gathered) => write_gathered(&mut out, gathered),
            Self::Waiting(awaited) => awaited.write(&mut out),
            Self::Resumed(resumption) => resumption.write(&mut out),
            Self::Presented { organisation, fields, words, redirect_uri } => {
                writeln!(out, "shown to {organisation}: {}", fields.join(", "))?;
                words.iter().try_for_each(|[first, second]| writeln!(out, "compare: {first} {second}"))?;
                redirect_uri.iter().try_for_each(|uri| writeln!(out, "continue at {uri}"))
            }
            Self::DigitalCredential { protocol, data } => {
                writeln!(out, "{}", json!({ "protocol": protocol, "data": data }))
            }
            Self::PasswordSet => writeln!(out, "the ID password was set"),
            Self::Cards { cards, waiting } => {
                cards.iter().try_for_each(|card| {
                    let name = card.name.as_deref().unwrap_or(&card.card_type);
                    writeln!(out, "{}  {name}  {}  {} copies left", card.id, card.issuer, card.copies_left)
                })?;
                waiting.iter().try_for_each(|awaited| awaited.write(&mut out))
            }
            Self::Deleted { id } => writeln!(out, "deleted {id}"),
            Self::History { entries } => entries.iter().try_for_each(|entry| write_entry(&mut out, entry)),
        }
    }
}

/// The question before a card is shown.
pub fn write_question(out: &mut dyn Write, prepared: &Prepared, language: Language) -> io::Result<()> {
    writeln!(out, "{} asks for:", prepared.organisation())?;
    prepared.fields().iter().try_for_each(|field| writeln!(out, "  {field}"))?;
    prepared.purpose(language).iter().try_for_each(|purpose| writeln!(out, "for: {purpose}"))?;
    if let Some(words) = prepared.words {
        writeln!(out, "compare: {} {}", words.first.of(language), words.second.of(language))?;
    }
    write!(out, "Show these? [y/N] ")
}

/// Prints a failure, where there is somebody to read it.
pub fn print_error(error: &CommandError, as_json: bool) {
    let mut out = io::stderr().lock();
    // Nothing can be done about a standard error stream that is closed.
    let _ = match as_json {
        true => writeln!(out, "{}", json!({ "error": error.to_string() })),
        false => writeln!(out, "error: {error}"),
    };
}

fn write_entry(out: &mut dyn Write, entry: &Entry) -> io::Result<()> {
    write!(out, "{}  ", entry.at.to_rfc3339())?;
    match &entry.event {
        Event::Collected { issuer, copies } => writeln!(out, "collected from {issuer}: {copies} copies"),
        Event::Presented { organisation, fields, taken, .. } => {
            let taken = if *taken { "shown to" } else { "refused by" };
            writeln!(out, "{taken} {organisation}: {}", fields.join(", "))
        }
        Event::Declined { organisation, reason } => {
            writeln!(out, "declined {}: {reason}", organisation.as_deref().unwrap_or("an unknown asker"))
        }
        Event::Deleted { issuer } => writeln!(out, "deleted a card of {issuer}"),
        Event::Deferred { issuer } => writeln!(out, "a card of {issuer} is not ready"),
        Event::Withheld { issuer, reason } => writeln!(out, "a card of {issuer} will not come: {reason}"),
    }
}
