//! `mibun trust write-list` and `read-list`: lists of trusted entities.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use mibun_trust::anchors;
use mibun_trust::list::{Address, ListKind, PostalAddress};
use mibun_trust::localised::LocalUri;

use crate::app::App;
use crate::cli::{Outcome, out};
use crate::work::trust::lists::{self, Publication};

/// What kind of providers a list holds.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum Kind {
    /// Issuers of cards.
    Pid,
    /// Providers of wallets.
    Wallet,
    /// Issuers of access certificates.
    Access,
    /// Issuers of registration certificates.
    Registration,
}

/// A list of this authority.
#[derive(Debug, Args)]
pub(in crate::cli) struct WriteList {
    /// As what kind of provider the authority is listed.
    kind: Kind,
    /// Where the list is written.
    #[arg(long)]
    out: PathBuf,
    /// Street and number of the authority.
    #[arg(long)]
    street: String,
    /// Its town.
    #[arg(long)]
    locality: Option<String>,
    /// Its postal code.
    #[arg(long)]
    postal_code: Option<String>,
    /// Where it is reached: an address of the web, or `mailto:`.
    #[arg(long)]
    contact: String,
    /// Where people read about it; the server's own address without one.
    #[arg(long)]
    information: Option<String>,
    /// Days until the next list.
    #[arg(long, default_value_t = 30)]
    days: i64,
}

/// A list of somebody else.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReadList {
    /// The list.
    file: PathBuf,
    /// What kind it has to be.
    #[arg(long)]
    kind: Kind,
    /// The roots of its operator, PEM.
    #[arg(long)]
    anchor: PathBuf,
}

impl From<Kind> for ListKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Pid => Self::PidProviders,
            Kind::Wallet => Self::WalletProviders,
            Kind::Access => Self::AccessCertificateProviders,
            Kind::Registration => Self::RegistrationCertificateProviders,
        }
    }
}

impl WriteList {
    pub(super) async fn run(self, app: &App) -> Outcome {
        let postal = PostalAddress {
            lang: "en".to_owned(),
            street: self.street,
            locality: self.locality,
            region: None,
            postal_code: self.postal_code,
            country: app.config.authority.country.clone(),
        };
        let publication = Publication {
            kind: self.kind.into(),
            address: Address { postal: vec![postal], electronic: vec![LocalUri::english(&self.contact)] },
            information: self.information.unwrap_or_else(|| app.config.server.public_url.clone()),
            days: self.days,
        };
        let (sequence, text) = lists::write(app, &publication).await?;
        std::fs::write(&self.out, text)?;
        out::line(&format!("list {sequence} written; good for {} days", self.days));
        Ok(std::process::ExitCode::SUCCESS)
    }
}

impl ReadList {
    pub(super) async fn run(self, app: &App) -> Outcome {
        let anchors = anchors::bundle(&std::fs::read_to_string(self.anchor)?)?;
        let text = std::fs::read_to_string(self.file)?;
        let list = lists::read(app, text.trim(), self.kind.into(), &anchors).await?;
        for entity in &list.entities {
            for service in &entity.services {
                let [name, service_name] = [&entity.name, &service.name].map(|names| names[0].value.as_str());
                let standing = if service.is_in_good_standing() { "" } else { " (not in good standing)" };
                out::line(&format!("{name}: {service_name}, {} certificates{standing}", service.certificates.len()));
            }
        }
        let (entities, until) = (list.entities.len(), list.next_update.to_rfc3339());
        out::line(&format!("list {}: {entities} providers, good until {until}", list.sequence));
        Ok(std::process::ExitCode::SUCCESS)
    }
}
