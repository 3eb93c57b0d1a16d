//! `mibun serve`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::{Outcome, out};
use crate::clock::SystemClock;
use crate::config::{Config, LogFormat};
use crate::{boot, http, serve};

/// Arguments of `mibun serve`.
#[derive(Debug, Args)]
pub(super) struct Serve {}

impl Serve {
    pub(super) fn run(self, config: &Path) -> Outcome {
        let config = Config::load(config, std::env::vars())?;
        start_log(config.log.format);
        super::block_on(async move {
            start_metrics(&config).await?;
            let app = Arc::new(boot::app(config, Arc::new(SystemClock)).await?);
            announce(&app);
            let mut running = serve::start(app).await?;
            out::line(&format!("listening on {}", running.address));
            tokio::select! {
                ended = running.ended() => { ended?; return Ok(ExitCode::SUCCESS); }
                () = asked_to_stop() => {}
            }
            out::line("stopping");
            running.stop().await?;
            Ok(ExitCode::SUCCESS)
        })
    }
}

fn announce(app: &crate::app::App) {
    let models = app.faces.describe();
    tracing::info!(set = models.set, cannot = models.cannot.join("; "), "face models");
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
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

/// Metrics have a listener of their own, so that a proxy cannot publish them by accident.
async fn start_metrics(config: &Config) -> Result<(), Box<dyn std::error::Error>> {
    let Some(address) = config.server.metrics_listen else { return Ok(()) };
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    let page = axum::routing::get(move || std::future::ready(recorder.render()));
    let router = axum::Router::new().route("/metrics", page);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(())
}
