//! `mibun serve`.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::{Outcome, out};
use crate::clock::SystemClock;
use crate::config::{Config, LogFormat};
use crate::serve::{self, Listeners};
use crate::{boot, http};

/// Arguments of `mibun serve`.
#[derive(Debug, Args)]
pub(super) struct Serve {}

impl Serve {
    pub(super) fn run(self, config: &Path) -> Outcome {
        let config = Config::load(config, std::env::vars())?;
        start_log(config.log.format);
        super::block_on(async move {
            // First of all the ports: addresses and secrets of a server that cannot serve are not worth printing.
            let listeners = Listeners::bind(&config.server).await?;
            let metrics = config.server.metrics_listen.map(|_| metrics()).transpose()?;
            let app = Arc::new(boot::app(config, Arc::new(SystemClock)).await?);
            let mut running = serve::start_on(listeners, Arc::clone(&app), metrics)?;
            announce(&app);
            out::line(&format!("listening on {}", running.address));
            tokio::select! {
                () = running.ended() => return Ok(ExitCode::SUCCESS),
                () = asked_to_stop() => {}
            }
            out::line("stopping");
            running.stop().await;
            Ok(ExitCode::SUCCESS)
        })
    }
}

fn announce(app: &crate::app::App) {
    let models = app.faces.describe();
    tracing::info!(set = models.set, cannot = models.cannot_in_english(), "face models");
    if !http::pages::present() {
        tracing::warn!("built without web pages: only the interfaces are served");
    }
    if app.config.demo.enabled
        && let Ok(access) = std::fs::read_to_string(app.config.storage.master_key.with_file_name("access.txt"))
    {
        out::line(&format!("\n{access}"));
    }
}

async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}

fn start_log(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MIBUN_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // Colours are for eyes: in a file they are noise.
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

/// Metrics have a listener of their own, so that a proxy cannot publish them by accident.
fn metrics() -> Result<axum::Router, Box<dyn std::error::Error>> {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;
    let page = axum::routing::get(move || std::future::ready(recorder.render()));
    Ok(axum::Router::new().route("/metrics", page))
}
