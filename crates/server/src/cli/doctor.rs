//! `mibun doctor`: looks at everything a start needs and says what is wrong, one line each.

mod outside;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;

use super::{Outcome, out};
use crate::app::App;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::{boot, http};

/// Arguments of `mibun doctor`.
#[derive(Debug, Args)]
pub(super) struct Doctor {}

/// How a look ended.
enum Finding {
    Good(String),
    Note(String),
    Bad(String),
}

impl Doctor {
    pub(super) fn run(self, path: &Path) -> Outcome {
        let config = match Config::load(path, std::env::vars()) {
            Ok(config) => config,
            Err(error) => return Ok(report(&[Finding::Bad(format!("configuration: {error}"))])),
        };
        super::block_on(async move {
            let mut findings = vec![Finding::Good(format!("configuration: {} is whole", path.display()))];
            findings.extend(outside::look(&config.server).await);
            match boot::app(config, Arc::new(SystemClock)).await {
                Err(error) => findings.push(Finding::Bad(format!("start: {error}"))),
                Ok(app) => findings.extend(look(&app).await),
            }
            Ok(report(&findings))
        })
    }
}

async fn look(app: &App) -> Vec<Finding> {
    let mut findings = vec![
        match app.registry.health().await {
            Ok(health) => Finding::Good(format!("database: {} at schema {}", health.backend, health.schema)),
            Err(error) => Finding::Bad(format!("database: {error}")),
        },
        audit_chain(app).await,
    ];
    findings.extend(certificates(app));
    let models = app.faces.describe();
    findings.push(match models.set.as_str() {
        "none" => Finding::Bad("face models: none found; run `cargo xtask models` or set face.models_dir".to_owned()),
        set if models.cannot.is_empty() => Finding::Good(format!("face models: {set}")),
        set => Finding::Note(format!("face models: {set}; it cannot: {}", models.cannot_in_english())),
    });
    if !http::pages::present() {
        findings.push(Finding::Note("pages: not built into this binary".to_owned()));
    }
    findings
}

async fn audit_chain(app: &App) -> Finding {
    let mut unit = match app.registry.read().await {
        Ok(unit) => unit,
        Err(error) => return Finding::Bad(format!("audit trail: {error}")),
    };
    match mibun_registry::verify_chain(&mut *unit).await {
        Ok((entries, _)) => Finding::Good(format!("audit trail: {entries} entries, unbroken")),
        Err(error) => Finding::Bad(format!("audit trail: {error}")),
    }
}

fn certificates(app: &App) -> Vec<Finding> {
    let named = [
        ("document signer", &app.keys.document_signer.certificate),
        ("status signer", &app.keys.status_signer.certificate),
        ("authority root", &app.keys.root),
    ];
    let now = app.clock.now();
    named.into_iter().map(|(name, certificate)| lasting(name, certificate, now)).collect()
}

/// How long a certificate is still good; a month ahead is a note.
fn lasting(name: &str, certificate: &Certificate, now: Timestamp) -> Finding {
    let days = certificate.not_after().seconds_since(now).div_euclid(86_400);
    match days {
        ..0 => Finding::Bad(format!("{name}: its certificate has expired")),
        0..30 => Finding::Note(format!("{name}: its certificate expires in {days} days")),
        _ => Finding::Good(format!("{name}: good for {days} days")),
    }
}

fn report(findings: &[Finding]) -> ExitCode {
    for finding in findings {
        let (mark, text) = match finding {
            Finding::Good(text) => ("ok  ", text),
            Finding::Note(text) => ("note", text),
            Finding::Bad(text) => ("BAD ", text),
        };
        out::line(&format!("{mark} {text}"));
    }
    let bad = findings.iter().any(|finding| matches!(finding, Finding::Bad(_)));
    if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
