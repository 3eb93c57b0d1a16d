//! Whose certificates are believed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::server::{ServerLine, listening, refused};
use super::{Outcome, RelayError, Server, Way, good, relay, short, zone};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

fn acceptor() -> TlsAcceptor {
    let chain = vec![CertificateDer::from_pem_file(file("localhost.pem")).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_file(file("localhost.key.pem")).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate with its key");
    TlsAcceptor::from(Arc::new(config))
}

/// Relays to a server with a certificate for `localhost`, which is called `host`; believes this authority.
async fn over_tls(host: &str, authority: Option<&str>) -> Result<Outcome, RelayError> {
    let (listener, port) = listening().await;
    let serve = async {
        let (connection, _) = listener.accept().await.expect("a connection");
        // A relay that does not believe us hangs up in the middle of it.
        let Ok(wire) = acceptor().accept(connection).await else { return };
        let mut line = ServerLine::accept(Box::new(wire)).await;
        line.hear().await;
        line.say(&refused("unknown_code")).await;
        line.sees_the_end().await;
    };
    let authority = authority.map(file);
    let server = Server::new(&format!("https://{host}:{port}"), authority.as_deref()).expect("an address");
    let server = server.with_limits(short());
    let way = Way::terminal("ABCD2345").expect("a code");
    let relayed = async { relay(&server, &way, &zone(), good(), &mut |_| {}).await };
    tokio::join!(serve, relayed).1
}

#[tokio::test]
async fn a_private_authority_is_believed_when_its_file_is_given() {
    let outcome = over_tls("localhost", Some("authority.pem")).await;
    assert!(matches!(outcome, Ok(Outcome::Refused(_))), "{outcome:?}");
}

#[tokio::test]
async fn certificates_of_others_and_for_others_are_refused() {
    for (host, authority) in
        [("localhost", Some("stranger.pem")), ("localhost", None), ("127.0.0.1", Some("authority.pem"))]
    {
        let outcome = over_tls(host, authority).await;
        assert!(matches!(outcome, Err(RelayError::Certificate(_))), "{host} {authority:?}: {outcome:?}");
    }
}
