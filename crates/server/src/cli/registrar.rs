//! `mibun registrar`: certificates of organisations.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use mibun_trust::registration::{Identifier, Supervisor};

use super::{Outcome, out};
use crate::work::registrar::{self, Application};

/// Subcommands of `mibun registrar`.
#[derive(Debug, Subcommand)]
pub(super) enum Registrar {
    /// Issue the access certificate of an organisation, and a registration certificate for each of its scenes.
    Issue {
        /// The organisation's identifier in this installation.
        organisation: String,
        /// Its registered identifier, such as NTRJP-0100-01-000001.
        #[arg(long)]
        identifier: String,
        /// Its legal name; the name people know it by without one.
        #[arg(long)]
        legal_name: Option<String>,
        /// An address where people reach it, also to have their data deleted.
        #[arg(long)]
        contact: String,
        /// The address of its privacy policy.
        #[arg(long)]
        privacy_policy: String,
        /// Name of the authority that watches over it.
        #[arg(long)]
        supervisor: Option<String>,
        /// Address of that authority's form for reports.
        #[arg(long, requires = "supervisor")]
        supervisor_uri: Option<String>,
        /// Days until the certificates end.
        #[arg(long, default_value_t = registrar::MAX_DAYS)]
        days: i64,
        /// Where copies of the certificates are written: `access.pem`, and one `.jwt` per scene.
        #[arg(long)]
        out: PathBuf,
    },
}

impl Registrar {
    pub(super) fn run(self, config: &Path) -> Outcome {
        let Self::Issue {
            organisation,
            identifier,
            legal_name,
            contact,
            privacy_policy,
            supervisor,
            supervisor_uri: uri,
            days,
            out: folder,
        } = self;
        super::with_app(config, async move |app| {
            let supervisor = supervisor.map(|name| Supervisor {
                name: Some(name),
                country: Some(app.config.authority.country.clone()),
                uri,
                ..Supervisor::default()
            });
            let application = Application {
                organisation: organisation.parse()?,
                identifier: Identifier::parse(&identifier)?,
                legal_name,
                contact,
                privacy_policy,
                supervisor,
                days,
            };
            let issued = registrar::issue(&app, &application).await?;
            std::fs::create_dir_all(&folder)?;
            std::fs::write(folder.join("access.pem"), issued.access.to_pem())?;
            for (scene, text) in &issued.registrations {
                std::fs::write(folder.join(format!("{scene}.jwt")), text)?;
                out::line(&format!("registered for {scene}"));
            }
            out::line("access certificate issued; running servers take it when they start again");
            Ok(ExitCode::SUCCESS)
        })
    }
}
