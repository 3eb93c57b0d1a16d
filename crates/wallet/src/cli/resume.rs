//! Cards that are not ready, at the terminal: what is said of them, and what asking again brings.

use std::io::{self, Write};

use mibun_wallet::store::AwaitedCard;
use mibun_wallet::{Failure, Fault, Gathered, Resumed, Wallet};
use serde::Serialize;

use super::output::Output;
use super::{CommandError, exit_code};

/// A card that is waited for. Says nothing about the person.
#[derive(Debug, Clone, Serialize)]
pub struct AwaitedLine {
    id: String,
    issuer: String,
    card_type: String,
    /// The card for which these are fresh copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    renews: Option<String>,
    since: String,
    ask_after: String,
}

/// A card that did not come.
#[derive(Debug, Serialize)]
pub struct Missing {
    id: String,
    issuer: String,
    error: String,
    #[serde(skip)]
    fault: Fault,
}

/// What asking again brought.
#[derive(Debug, Default, Serialize)]
pub struct Resumption {
    /// Cards that are there.
    collected: Vec<Gathered>,
    /// Cards that are still not ready.
    waiting: Vec<AwaitedLine>,
    /// Cards that will not come, and are waited for no longer.
    refused: Vec<Missing>,
    /// Cards that could not be asked for, and are waited for as before.
    failed: Vec<Missing>,
}

impl From<&AwaitedCard> for AwaitedLine {
    fn from(awaited: &AwaitedCard) -> Self {
        Self {
            id: awaited.id.clone(),
            issuer: awaited.waiting.issuer.clone(),
            card_type: awaited.waiting.card_type.clone(),
            renews: awaited.renews.clone(),
            since: awaited.since.to_rfc3339(),
            ask_after: awaited.ask_after.to_rfc3339(),
        }
    }
}

impl AwaitedLine {
    /// Prints the line.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}  {}  {}  not ready, ask again after {}", self.id, self.card_type, self.issuer, self.ask_after)
    }
}

impl Resumption {
    /// The gravest of what happened.
    pub fn exit_code(&self) -> u8 {
        let missing = self.failed.first().or_else(|| self.refused.first()).map(|missing| missing.fault);
        let waits = (!self.waiting.is_empty()).then_some(Fault::Later);
        missing.or(waits).map_or(0, exit_code)
    }

    /// Prints what happened, a line for each card.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.collected.iter().try_for_each(|gathered| write_gathered(out, gathered))?;
        self.waiting.iter().try_for_each(|awaited| awaited.write(out))?;
        self.refused
            .iter()
            .try_for_each(|it| writeln!(out, "{} from {} will not come: {}", it.id, it.issuer, it.error))?;
        self.failed
            .iter()
            .try_for_each(|it| writeln!(out, "{} from {} is still waited for: {}", it.id, it.issuer, it.error))
    }
}

/// Says that a card is there.
pub fn write_gathered(out: &mut dyn Write, gathered: &Gathered) -> io::Result<()> {
    writeln!(out, "collected {} from {}: {} copies", gathered.id, gathered.issuer, gathered.copies)
}

/// What collecting brought: the card, or that it is waited for.
pub fn gathered(wallet: &Wallet, outcome: Result<Gathered, Failure>) -> Result<Output, CommandError> {
    if let Err(Failure::NotReady { id, .. }) = &outcome
        && let Some(awaited) = wallet.awaited().iter().find(|awaited| awaited.id == *id)
    {
        return Ok(Output::Waiting(awaited.into()));
    }
    Ok(Output::Collected(outcome?))
}

/// Asks again.
pub async fn resume(wallet: &mut Wallet, id: Option<&str>) -> Result<Output, CommandError> {
    let mut resumption = Resumption::default();
    for Resumed { id, issuer, outcome, waits } in wallet.resume(id).await? {
        match outcome {
            Ok(gathered) => resumption.collected.push(gathered),
            Err(Failure::NotReady { .. }) => {
                resumption.waiting.extend(wallet.awaited().iter().filter(|awaited| awaited.id == id).map(Into::into));
            }
            Err(failure) => {
                let missing = Missing { id, issuer, error: failure.to_string(), fault: failure.fault() };
                if waits { resumption.failed.push(missing) } else { resumption.refused.push(missing) }
            }
        }
    }
    Ok(Output::Resumed(resumption))
}
