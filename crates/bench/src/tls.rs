//! TLS for the measured server: a root of its own, and a certificate for this machine.

use std::path::Path;

use mibun_crypto::base64url;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{
    AlternativeName, AuthoritySpec, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root,
};

use crate::Failure;

/// Files of the certificate and its key, relative to the folder of the installation.
pub(crate) const FILES: [&str; 2] = ["tls-certificate.pem", "tls-key.pem"];

/// Writes certificate and key into `folder`; answers the root in PEM, for those who connect.
pub(crate) fn make(folder: &Path, now: Timestamp, entropy: &mut dyn Entropy) -> Result<String, Failure> {
    let (root_key, key) = (SoftwareKey::generate(entropy), SoftwareKey::generate(entropy));
    let validity = Validity { not_before: now.plus_days(-1), not_after: now.plus_days(30) };
    let subject = |name: &str| Subject { common_name: name.to_owned(), organisation: None, country: None };
    let spec = AuthoritySpec { subject: subject("mibun-bench root"), validity, path_length: Some(0) };
    let root = issue_root(&spec, &root_key, entropy)?;
    let spec = LeafSpec {
        subject: subject("localhost"),
        alternative_names: vec![AlternativeName::Dns("localhost".to_owned())],
        purpose: Purpose::Tls,
        validity,
        subject_key: key.public_key(),
    };
    let leaf = issue_leaf(&spec, &root, &root_key, entropy)?;
    let [certificate, private] = FILES.map(|file| folder.join(file));
    std::fs::write(certificate, leaf.to_pem())?;
    std::fs::write(private, pem("PRIVATE KEY", &key.to_pkcs8_der()))?;
    Ok(root.to_pem())
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = base64url::encode_standard(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
