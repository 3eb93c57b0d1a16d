//! What lies outside the database: the server's own certificate and its ports.

use std::io::ErrorKind;
use std::net::SocketAddr;

use mibun_crypto::x509::Certificate;

use super::{Finding, lasting};
use crate::clock::{Clock, SystemClock};
use crate::config::{Server, Tls};
use crate::serve::{self, tls};

pub(super) async fn look(server: &Server) -> Vec<Finding> {
    let mut findings = Vec::new();
    match &server.tls {
        Some(tls) => findings.push(certificate(tls)),
        None if server.public_url.starts_with("https://") => {
            findings.push(Finding::Note("TLS: no certificate set, so a proxy must speak TLS".to_owned()));
        }
        None => {}
    }
    findings.push(port("server.listen", server.listen).await);
    if let Some(address) = server.metrics_listen {
        findings.push(port("server.metrics_listen", address).await);
    }
    findings
}

/// Reads certificate and key as a start does.
fn certificate(files: &Tls) -> Finding {
    let chain = match tls::acceptor(files).and_then(|_| tls::chain(files)) {
        Ok(chain) => chain,
        Err(error) => return Finding::Bad(format!("TLS: {error}")),
    };
    // A certificate with a key of a kind that cards do not have can be served all the same.
    match chain.first().map(|leaf| Certificate::from_der(leaf)) {
        Some(Ok(leaf)) => lasting("TLS", &leaf, SystemClock.now()),
        _ => Finding::Good("TLS: certificate and key belong together".to_owned()),
    }
}

/// Tries a port. One that is taken is no fault while the server runs, which is when `doctor` mostly does.
async fn port(setting: &'static str, address: SocketAddr) -> Finding {
    match serve::bind(setting, address).await {
        Ok(_) => Finding::Good(format!("{setting}: {address} is free")),
        Err(error) if error.source.kind() == ErrorKind::AddrInUse => {
            Finding::Note(format!("{setting}: {address} is in use; right if it is this server that runs"))
        }
        Err(error) => Finding::Bad(format!("{setting}: {error}")),
    }
}
