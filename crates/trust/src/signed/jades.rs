//! Headers of JAdES baseline B (ETSI TS 119 182-1), as far as registrars and list operators use them.

use mibun_crypto::jws::Header;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;
use mibun_crypto::{base64url, digest};
use serde_json::{Map, Value};

use super::SignedError;

/// `sigT`, the time of signing in older versions, has to be marked critical and is read here.
pub(super) const UNDERSTOOD: [&str; 1] = ["sigT"];
/// Digest of the signer's certificate (RFC 7515 section 4.1.8).
const DIGEST: &str = "x5t#S256";

/// The digest has to be that of the signer; times of signing have to be times. That they are claimed proves nothing, so
/// no more is made of them.
pub(super) fn check(header: &Header, signer: &Certificate) -> Result<(), SignedError> {
    if let Some(named) = header.get(DIGEST) {
        let own = base64url::encode(&signer.sha256_fingerprint());
        if named.as_str() != Some(own.as_str()) {
            return Err(SignedError::Header(DIGEST));
        }
    }
    if let Some(signed_at) = header.get("sigT") {
        let time = signed_at.as_str().and_then(|text| Timestamp::parse_rfc3339(text).ok());
        time.ok_or(SignedError::Header("sigT"))?;
    }
    if header.get("iat").is_some_and(|signed_at| !signed_at.is_number()) {
        return Err(SignedError::Header("iat"));
    }
    Ok(())
}

/// The header of a statement of ours in JAdES baseline B. `x5c` holds the signer's certificates, leaf first, without the
/// anchor.
pub(crate) fn header(typ: &str, x5c: &[Vec<u8>], signed_at: Timestamp) -> Map<String, Value> {
    let mut header = super::header(typ, x5c);
    if let Some(leaf) = x5c.first() {
        header.insert(DIGEST.to_owned(), base64url::encode(&digest::sha256(leaf)).into());
    }
    header.insert("iat".to_owned(), signed_at.0.into());
    header
}
