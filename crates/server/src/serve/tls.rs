//! Certificate chain and key of the server itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::Tls;

/// Why certificate and key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file cannot be read, or holds nothing of what it should.
    #[error("{setting}: {path}: {source}")]
    File {
        /// The setting that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// The two do not belong together, or are of a kind that is not spoken.
    #[error("server.tls: certificate and key cannot be used together: {0}")]
    Pair(#[from] rustls::Error),
}

/// The certificate chain, leaf first.
///
/// # Errors
/// [`TlsError::File`].
pub fn chain(tls: &Tls) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = file_error("server.tls.certificate", &tls.certificate);
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(&tls.certificate).map_err(&wrong)?.collect();
    let chain = chain.map_err(&wrong)?;
    if chain.is_empty() { Err(wrong(pem::Error::NoItemsFound)) } else { Ok(chain) }
}

/// Reads both files and makes what greets visitors.
///
/// # Errors
/// [`TlsError`].
pub fn acceptor(tls: &Tls) -> Result<TlsAcceptor, TlsError> {
    let chain = chain(tls)?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(file_error("server.tls.key", &tls.key))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn file_error(setting: &'static str, path: &Path) -> impl Fn(pem::Error) -> TlsError {
    move |source| TlsError::File { setting, path: path.to_owned(), source }
}
