//! Connections: let in while there is room, given so long to say what they want, and closed without cutting anybody off.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::doors::{Doors, Pass};
use super::patient::Patient;
use crate::config::Server;

/// How long a proxy of ours may keep a connection open between two requests: longer than proxies do by themselves, so
/// that it is never we who close one on which the next request is under way.
const PROXY_IDLE: Duration = Duration::from_secs(120);
/// How long a peer may leave unread what we send.
const UNREAD: Duration = Duration::from_secs(30);
/// Bytes that the head of a request may have.
const HEAD: usize = 64 * 1024;
/// How long to wait when the system has no connection for us, such as without file descriptors.
const RECOVERY: Duration = Duration::from_millis(200);

/// One listener with what it serves.
pub(super) struct Front {
    listener: TcpListener,
    router: Router,
    tls: Option<TlsAcceptor>,
    doors: Arc<Doors>,
    head_within: Duration,
}

impl Front {
    pub(super) fn new(listener: TcpListener, router: Router, tls: Option<TlsAcceptor>, server: &Server) -> Self {
        let head_within = Duration::from_secs(server.header_seconds);
        Self { listener, router, tls, doors: Doors::new(server), head_within }
    }

    /// Serves until `stopped` says so, then waits for requests under way.
    pub(super) async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut inside = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => break,
                Some(_) = inside.join_next() => continue,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => match self.doors.enter(peer) {
                    Some(pass) => {
                        inside.spawn(self.guest(peer, pass).serve(stream, stopped.clone()));
                    }
                    // Closed at once: a queue would be one more thing to fill.
                    None => metrics::counter!("mibun_connections_refused_total").increment(1),
                },
                Err(error) => recover(&error).await,
            }
        }
        drop(self.listener);
        while inside.join_next().await.is_some() {}
    }

    fn guest(&self, peer: SocketAddr, pass: Pass) -> Guest {
        let idle = if pass.trusted { PROXY_IDLE.max(self.head_within) } else { self.head_within };
        let (router, tls) = (self.router.clone(), self.tls.clone());
        Guest { peer, router, tls, handshake_within: self.head_within, head_within: idle, _pass: pass }
    }
}

/// A failed accept says something about one peer, who is gone, or about this machine, which needs a moment.
async fn recover(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(%error, "no connection can be accepted");
        tokio::time::sleep(RECOVERY).await;
    }
}

/// One connection that was let in.
struct Guest {
    peer: SocketAddr,
    router: Router,
    tls: Option<TlsAcceptor>,
    handshake_within: Duration,
    /// From one request to the end of the head of the next one.
    head_within: Duration,
    _pass: Pass,
}

impl Guest {
    async fn serve(self, stream: TcpStream, stopped: watch::Receiver<bool>) {
        let _ = stream.set_nodelay(true);
        match self.tls.clone() {
            None => self.talk(stream, stopped).await,
            Some(tls) => {
                // Whoever cannot agree on TLS in time has no request that could be answered.
                if let Ok(Ok(stream)) = timeout(self.handshake_within, tls.accept(stream)).await {
                    self.talk(stream, stopped).await;
                }
            }
        }
    }

    async fn talk(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        mut stopped: watch::Receiver<bool>,
    ) {
        let (peer, router) = (self.peer, self.router.clone());
        let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request<Incoming> = request;
            request.extensions_mut().insert(ConnectInfo(peer));
            TowerToHyperService::new(router.clone()).call(request)
        });
        let mut connection = pin!(
            http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(self.head_within)
                .max_buf_size(HEAD)
                .serve_connection(TokioIo::new(Patient::new(stream, UNREAD)), service)
                // The relay of a chip goes on as a WebSocket.
                .with_upgrades()
        );
        // How one connection ends concerns nobody else; requests are logged one by one.
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = stopped.wait_for(|stop| *stop) => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}
