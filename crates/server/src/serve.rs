//! Listening, and stopping without dropping anybody.

mod connections;
mod doors;
mod patient;
pub mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::boot::BootError;
use crate::config::Server;
use crate::http;
use crate::jobs;
use connections::Front;

/// Seconds that requests under way have to finish after the server was asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// The ports of a server, bound before anything else is done or said.
pub struct Listeners {
    main: TcpListener,
    metrics: Option<TcpListener>,
}

/// A port cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}; end what listens there, or set {setting} to another address")]
pub struct ListenError {
    /// The setting that names the address.
    pub setting: &'static str,
    /// The address.
    pub address: SocketAddr,
    /// What the system said.
    pub source: std::io::Error,
}

impl Listeners {
    /// Binds every port that the configuration names.
    ///
    /// # Errors
    /// [`ListenError`] for the first that cannot be had.
    pub async fn bind(server: &Server) -> Result<Self, ListenError> {
        let main = bind("server.listen", server.listen).await?;
        let metrics = match server.metrics_listen {
            Some(address) => Some(bind("server.metrics_listen", address).await?),
            None => None,
        };
        Ok(Self { main, metrics })
    }
}

/// Binds one port, for the setting that names it.
///
/// # Errors
/// [`ListenError`].
pub async fn bind(setting: &'static str, address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| ListenError { setting, address, source })
}

/// A server that listens.
pub struct Running {
    /// The address it listens on.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    served: JoinHandle<()>,
    jobs: JoinHandle<()>,
}

impl Running {
    /// Asks the server to stop and waits for requests under way.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        // Whoever is not done by then is cut off; the store has finished or undone what they began.
        let _ = tokio::time::timeout(GRACE, &mut self.served).await;
        self.served.abort();
        self.jobs.abort();
    }

    /// Waits until the server ends by itself.
    pub async fn ended(&mut self) {
        let _ = (&mut self.served).await;
    }
}

/// Listens on the configured address and starts the jobs.
///
/// # Errors
/// [`BootError::Listen`] when the address is taken, [`BootError::Tls`] when certificate and key cannot be used.
pub async fn start(app: Arc<App>) -> Result<Running, BootError> {
    let main = bind("server.listen", app.config.server.listen).await?;
    start_on(Listeners { main, metrics: None }, app, None)
}

/// Serves on ports that were bound before; `metrics` is the router of the second one.
///
/// # Errors
/// [`BootError::Tls`] when certificate and key cannot be used.
pub fn start_on(listeners: Listeners, app: Arc<App>, metrics: Option<axum::Router>) -> Result<Running, BootError> {
    let address = listeners.main.local_addr()?;
    let server = &app.config.server;
    let tls = server.tls.as_ref().map(tls::acceptor).transpose()?;
    let (stop, stopped) = watch::channel(false);
    if let (Some(listener), Some(router)) = (listeners.metrics, metrics) {
        tokio::spawn(Front::new(listener, router, None, server).run(stopped.clone()));
    }
    let front = Front::new(listeners.main, http::router(Arc::clone(&app)), tls, server);
    let served = tokio::spawn(front.run(stopped.clone()));
    let jobs = tokio::spawn(jobs::run_until(app, stopped));
    Ok(Running { address, stop, served, jobs })
}
