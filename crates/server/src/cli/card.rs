//! `mibun card`: suspending, resuming and revoking from the command line.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use mibun_registry::CardStatus;

use super::{Outcome, out};
use crate::work::audit::Actor;
use crate::work::{cards, people};

/// Subcommands of `mibun card`.
#[derive(Debug, Subcommand)]
pub(super) enum Card {
    /// List the cards of the person with a resident number.
    List {
        /// The resident number.
        number: String,
    },
    /// Revoke a card for good.
    Revoke(Change),
    /// Suspend a card until it is resumed.
    Suspend(Change),
    /// Resume a suspended card.
    Resume(Change),
}

/// Which card, and why.
#[derive(Debug, clap::Args)]
pub(super) struct Change {
    /// The card's identifier.
    card: String,
    /// Why, for the audit trail.
    #[arg(long)]
    reason: String,
}

impl Card {
    pub(super) fn run(self, config: &Path) -> Outcome {
        super::with_app(config, async move |app| {
            let (change, status) = match self {
                Self::List { number } => {
                    for person in people::search(&app, &number, None, 10).await? {
                        for card in app.registry.read().await?.cards_of(person.row.id).await? {
                            let expires = card.expires_at.to_rfc3339();
                            out::line(&format!("{} {} {} until {expires}", card.id, card.level, card.status.as_str()));
                        }
                    }
                    return Ok(ExitCode::SUCCESS);
                }
                Self::Revoke(change) => (change, CardStatus::Revoked),
                Self::Suspend(change) => (change, CardStatus::Suspended),
                Self::Resume(change) => (change, CardStatus::Valid),
            };
            let card = cards::set_status(&app, Actor::Operator, change.card.parse()?, status, &change.reason).await?;
            out::line(&format!("{} is {}", card.id, card.status.as_str()));
            Ok(ExitCode::SUCCESS)
        })
    }
}
