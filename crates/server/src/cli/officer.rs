//! `mibun officer`: who may use the console.

use std::io::{BufRead, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;

use super::{Outcome, out};
use crate::work::officers;

/// Subcommands of `mibun officer`.
#[derive(Debug, Subcommand)]
pub(super) enum Officer {
    /// Add an officer; the password is read from the first line of standard input.
    Add {
        /// The name to sign in with.
        name: String,
    },
}

impl Officer {
    pub(super) fn run(self, config: &Path) -> Outcome {
        let Self::Add { name } = self;
        if std::io::stdin().is_terminal() {
            out::line("Password (at least 12 characters, shown as you type):");
        }
        let mut password = zeroize::Zeroizing::new(String::new());
        std::io::stdin().lock().read_line(&mut password)?;
        super::with_app(config, async move |app| {
            let officer = officers::add(&app, &name, password.trim_end_matches(['\r', '\n'])).await?;
            out::line(&format!("officer {name} added; enter this secret into an authenticator, it is shown once:"));
            out::line(&officer.totp_secret);
            out::line(&officer.provisioning_uri);
            Ok(ExitCode::SUCCESS)
        })
    }
}
