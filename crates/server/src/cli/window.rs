//! `mibun window`: organisations and their counters.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use mibun_trust::Texts;

use super::{Outcome, out};
use crate::work::windows;

/// Subcommands of `mibun window`.
#[derive(Debug, Subcommand)]
pub(super) enum Window {
    /// Register an organisation and the scenes it may use.
    AddOrganisation {
        /// Name in English.
        name: String,
        /// Name in Japanese; the English one without it.
        #[arg(long)]
        ja: Option<String>,
        /// Name in simplified Chinese; the English one without it.
        #[arg(long)]
        zh: Option<String>,
        /// A scene it may use; repeat for more.
        #[arg(long = "scene", required = true)]
        scenes: Vec<String>,
    },
    /// Open a window for an organisation and print its secret, once.
    Add {
        /// The organisation's identifier.
        organisation: String,
        /// What the window is called.
        name: String,
        /// A scene of the organisation; repeat for more.
        #[arg(long = "scene", required = true)]
        scenes: Vec<String>,
    },
}

impl Window {
    pub(super) fn run(self, config: &Path) -> Outcome {
        super::with_app(config, async move |app| {
            match self {
                Self::AddOrganisation { name, ja, zh, scenes } => {
                    let (ja, zh) = (ja.unwrap_or_else(|| name.clone()), zh.unwrap_or_else(|| name.clone()));
                    let names = Texts { en: name.into(), ja: ja.into(), zh_hans: zh.into() };
                    names.check()?;
                    out::line(&windows::add_organisation(&app, names, &scenes).await?.to_string());
                }
                Self::Add { organisation, name, scenes } => {
                    let window = windows::add_window(&app, organisation.parse()?, &name, &scenes).await?;
                    out::line(&app.url(&format!("/window/#window={}&secret={}", window.id, window.secret)));
                }
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}
