//! Listening, and stopping without dropping anybody.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::App;
use crate::boot::BootError;
use crate::http;
use crate::jobs;

/// Seconds that requests under way have to finish after the server was asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// A server that listens.
pub struct Running {
    /// The address it listens on.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
    jobs: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Asks the server to stop and waits for requests under way.
    ///
    /// # Errors
    /// What the listener said.
    pub async fn stop(self) -> std::io::Result<()> {
        let _ = self.stop.send(true);
        let served = tokio::time::timeout(GRACE, self.served).await;
        self.jobs.abort();
        match served {
            Ok(Ok(outcome)) => outcome,
            // Whoever is not done by now is cut off; the store has finished or undone what they began.
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }

    /// Waits until the server ends by itself.
    ///
    /// # Errors
    /// What the listener said.
    pub async fn ended(&mut self) -> std::io::Result<()> {
        (&mut self.served).await.unwrap_or(Ok(()))
    }
}

/// Listens on the configured address and starts the jobs.
///
/// # Errors
/// [`BootError::Io`] when an address is taken or a certificate cannot be read.
pub async fn start(app: Arc<App>) -> Result<Running, BootError> {
    let listener = TcpListener::bind(app.config.server.listen).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let router = http::router(Arc::clone(&app)).into_make_service_with_connect_info::<SocketAddr>();
    let served = match app.config.server.tls.clone() {
        None => {
            let mut stopped = stopped.clone();
            let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            });
            tokio::spawn(async move { serving.await })
        }
        Some(tls) => serve_tls(listener, router, &tls, stopped.clone()).await?,
    };
    let jobs = tokio::spawn(jobs::run_until(app, stopped));
    Ok(Running { address, stop, served, jobs })
}

async fn serve_tls(
    listener: TcpListener,
    router: axum::extract::connect_info::IntoMakeServiceWithConnectInfo<axum::Router, SocketAddr>,
    tls: &crate::config::Tls,
    mut stopped: watch::Receiver<bool>,
) -> std::io::Result<tokio::task::JoinHandle<std::io::Result<()>>> {
    // The provider is chosen once per process; a second server in the same process finds it installed.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let config = axum_server::tls_rustls::RustlsConfig::from_pem_file(&tls.certificate, &tls.key).await?;
    let handle = axum_server::Handle::new();
    let stopper = handle.clone();
    tokio::spawn(async move {
        let _ = stopped.wait_for(|stop| *stop).await;
        stopper.graceful_shutdown(Some(GRACE));
    });
    let server = axum_server::from_tcp_rustls(listener.into_std()?, config)?.handle(handle);
    Ok(tokio::spawn(server.serve(router)))
}
