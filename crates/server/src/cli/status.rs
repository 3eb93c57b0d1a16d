//! `mibun status`: the status lists.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;

use super::{Outcome, out};
use crate::work::lists;

/// Subcommands of `mibun status`.
#[derive(Debug, Subcommand)]
pub(super) enum Status {
    /// Close every status list, so that the next card opens a fresh one: after a restore, before `serve`.
    ///
    /// A restored database has forgotten the entries that were given out since the backup, and would give them out again.
    /// Cards on closed lists stay as good as they are.
    NewEpoch,
}

impl Status {
    pub(super) fn run(self, config: &Path) -> Outcome {
        let Self::NewEpoch = self;
        super::with_app(config, async move |app| {
            let closed = lists::new_epoch(&app).await?;
            out::line(&format!("{closed} status lists closed; the next card opens a fresh one"));
            Ok(ExitCode::SUCCESS)
        })
    }
}
