//! The verifier attestation (OpenID4VP 1.0 section 12): somebody whom wallets trust names an asker and its key.

use mibun_crypto::base64url;
use mibun_crypto::json::Limits;
use mibun_crypto::jws::{self, Jws, JwsError, JwsSignError};
use mibun_crypto::key::{Jwk, PublicKey, Signer};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, ChainError, Purpose, chain};
use serde_json::{Map, Value, json};
use url::Url;

use super::Accepting;
use crate::members::{self, Fault};

/// The `typ` of a verifier attestation.
pub const ATTESTATION_TYP: &str = "verifier-attestation+jwt";

/// Why an attestation is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttestationError {
    /// The header of the request has no `jwt`, or it is no text.
    #[error("the request carries no verifier attestation")]
    Absent,
    /// Not a signed message as we accept it, or the signature is wrong.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// Another kind of signed message.
    #[error("the message is not a verifier attestation")]
    WrongType,
    /// Signed with an algorithm other than ES256.
    #[error("verifier attestations are signed with ES256")]
    WrongAlgorithm,
    /// The attester's certificate leads to no anchor, or is not for attesting.
    #[error("the attester is not accepted: {0}")]
    Chain(#[from] ChainError),
    /// `iss` is not a name in the attester's certificate.
    #[error("the issuer of the attestation is not the one in its certificate")]
    WrongIssuer,
    /// A claim is missing or of the wrong kind.
    #[error("claim {0} of the attestation is missing or malformed")]
    Claim(&'static str),
    /// Past its end.
    #[error("the attestation has expired")]
    Expired,
    /// From the future.
    #[error("the attestation is not valid yet")]
    NotYetValid,
}

/// What an attestation that is believed says.
#[derive(Debug)]
pub(super) struct Attested {
    /// The asker's name: the client identifier without its prefix.
    pub(super) subject: String,
    /// The key that signs the asker's requests.
    pub(super) key: PublicKey,
    /// The only addresses to which its answers go, if the attester limits them.
    pub(super) redirect_uris: Option<Vec<String>>,
}

/// Verifies the attestation in the header of `request`.
pub(super) fn verify(request: &Jws, accepting: &Accepting<'_>, now: Timestamp) -> Result<Attested, AttestationError> {
    let text = request.header().get("jwt").and_then(Value::as_str).ok_or(AttestationError::Absent)?;
    let attestation = jws::parse(text, &LIMITS)?;
    if attestation.header().typ() != Some(ATTESTATION_TYP) {
        return Err(AttestationError::WrongType);
    }
    if !accepting.algorithms.allows(attestation.header().alg()) {
        return Err(AttestationError::WrongAlgorithm);
    }
    let (x5c, anchors) = (attestation.header().x5c(), accepting.attesters);
    let leaf = chain::verify_accepting(x5c, anchors, now, Purpose::VerifierAttester, accepting.algorithms)?;
    attestation.verify(leaf.public_key())?;
    let Value::Object(claims) = attestation.payload_json(&LIMITS)? else { return Err(AttestationError::Claim("sub")) };
    let issuer = members::text(&claims, "iss")?.ok_or(AttestationError::Claim("iss"))?;
    if !is_named(issuer, &leaf) {
        return Err(AttestationError::WrongIssuer);
    }
    check_time(&claims, now)?;
    Ok(Attested {
        subject: members::text(&claims, "sub")?.ok_or(AttestationError::Claim("sub"))?.to_owned(),
        key: confirmed_key(&claims)?,
        redirect_uris: redirect_uris(&claims)?,
    })
}

/// Whether the attester's name for itself stands in its certificate; one without such names speaks for its subject alone.
fn is_named(issuer: &str, leaf: &Certificate) -> bool {
    if leaf.uris().is_empty() && leaf.dns_names().is_empty() {
        return leaf.subject_cn() == Some(issuer);
    }
    let url = Url::parse(issuer).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or(issuer);
    leaf.uris().iter().any(|uri| uri == issuer) || leaf.dns_names().iter().any(|name| name.eq_ignore_ascii_case(host))
}

fn check_time(claims: &Map<String, Value>, now: Timestamp) -> Result<(), AttestationError> {
    let end = members::number(claims, "exp")?.ok_or(AttestationError::Claim("exp"))?;
    if end <= now.plus_seconds(-super::SKEW_SECONDS).0 {
        return Err(AttestationError::Expired);
    }
    let start = members::number(claims, "iat")?.max(members::number(claims, "nbf")?);
    let latest = now.plus_seconds(super::SKEW_SECONDS).0;
    if start.is_some_and(|start| start > latest) { Err(AttestationError::NotYetValid) } else { Ok(()) }
}

fn confirmed_key(claims: &Map<String, Value>) -> Result<PublicKey, AttestationError> {
    let jwk = members::object(claims, "cnf")?.and_then(|cnf| cnf.get("jwk")).ok_or(AttestationError::Claim("cnf"))?;
    let jwk = Jwk::from_value(jwk).map_err(|_| AttestationError::Claim("cnf"))?;
    PublicKey::from_jwk(&jwk).map_err(|_| AttestationError::Claim("cnf"))
}

fn redirect_uris(claims: &Map<String, Value>) -> Result<Option<Vec<String>>, AttestationError> {
    let Some(uris) = members::array(claims, "redirect_uris")? else { return Ok(None) };
    let uris: Option<Vec<String>> = uris.iter().map(|uri| uri.as_str().map(str::to_owned)).collect();
    uris.map(Some).ok_or(AttestationError::Claim("redirect_uris"))
}

/// The attester's side: what it says about an asker.
#[derive(Clone, Copy)]
pub struct AttestationSpec<'a> {
    /// The attester, by a name in its certificate.
    pub issuer: &'a str,
    /// The asker: its client identifier without the prefix.
    pub subject: &'a str,
    /// The key that will sign the asker's requests.
    pub key: &'a PublicKey,
    /// The only addresses to which answers may go; empty for any.
    pub redirect_uris: &'a [&'a str],
    /// Now.
    pub issued_at: Timestamp,
    /// The end.
    pub expires_at: Timestamp,
}

impl AttestationSpec<'_> {
    /// The signed attestation; `chain` holds the attester's certificates in DER, leaf first and without the anchor.
    ///
    /// # Errors
    /// [`JwsSignError`] when the key does not sign.
    pub fn sign(&self, chain: &[Vec<u8>], signer: &dyn Signer) -> Result<String, JwsSignError> {
        let x5c: Vec<_> = chain.iter().map(|der| Value::from(base64url::encode_standard(der))).collect();
        let header = Map::from_iter([("typ".into(), ATTESTATION_TYP.into()), ("x5c".into(), x5c.into())]);
        let mut claims = json!({
            "iss": self.issuer,
            "sub": self.subject,
            "cnf": { "jwk": self.key.to_jwk().to_value() },
            "iat": self.issued_at,
            "exp": self.expires_at,
        });
        if !self.redirect_uris.is_empty() {
            claims["redirect_uris"] = self.redirect_uris.into();
        }
        jws::sign(header, claims.to_string().as_bytes(), signer)
    }
}

impl From<Fault> for AttestationError {
    fn from(Fault::WrongType(name): Fault) -> Self {
        Self::Claim(name)
    }
}

const LIMITS: Limits = Limits { bytes: 16 * 1024, depth: 8, nodes: 200 };
