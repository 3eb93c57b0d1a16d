//! The signing side: the wallet's provider attests, the wallet proves.

use mibun_crypto::jws::{self, JwsSignError};
use mibun_crypto::key::{PublicKey, Signer};
use mibun_crypto::time::Timestamp;
use serde_json::json;

use super::{MAX_POP_AGE, POP_TYP, TYP};
use crate::attestation::Profile;
use crate::signed;
use crate::status_reference::StatusReference;

/// What a wallet's provider says about one instance. Nothing in it tells two people's instances apart but the key.
#[derive(Debug, Clone)]
pub struct Attestation<'a> {
    /// The form to write.
    pub profile: Profile,
    /// The provider; written for [`Profile::Haip10`] alone.
    pub issuer: &'a str,
    /// The client, the same for all instances of a wallet.
    pub client_id: &'a str,
    /// The key of this instance.
    pub key: &'a PublicKey,
    /// When it is signed.
    pub issued_at: Timestamp,
    /// Its last second.
    pub expires_at: Timestamp,
    /// What people call the wallet (OpenID4VCI 1.0 appendix E).
    pub wallet_name: Option<&'a str>,
    /// Where its standing is looked up.
    pub status: Option<&'a StatusReference>,
}

/// A proof that an instance's key is at hand, for one request.
#[derive(Debug, Clone, Copy)]
pub struct Pop<'a> {
    /// The form to write.
    pub profile: Profile,
    /// The client; written for [`Profile::Haip10`] alone.
    pub client_id: &'a str,
    /// Issuer identifier of the authorization server.
    pub audience: &'a str,
    /// Identifier of this proof, never used again.
    pub jti: &'a str,
    /// When it is signed.
    pub issued_at: Timestamp,
    /// The server's challenge, if it gave one.
    pub challenge: Option<&'a str>,
}

/// Signs an attestation. `x5c` holds the attester's certificates, leaf first, without the anchor.
///
/// # Errors
/// [`JwsSignError`] when the key does not sign.
pub fn sign(attestation: &Attestation<'_>, x5c: &[Vec<u8>], signer: &dyn Signer) -> Result<String, JwsSignError> {
    let mut claims = json!({
        "sub": attestation.client_id,
        "iat": attestation.issued_at,
        "exp": attestation.expires_at,
        "cnf": { "jwk": attestation.key.to_jwk().to_value() },
    });
    if attestation.profile == Profile::Haip10 {
        claims["iss"] = attestation.issuer.into();
    }
    if let Some(name) = attestation.wallet_name {
        claims["wallet_name"] = name.into();
    }
    if let Some(status) = attestation.status {
        claims["status"] = status.to_claim();
    }
    jws::sign(signed::header(TYP, x5c), claims.to_string().as_bytes(), signer)
}

/// Signs a proof with the instance's key.
///
/// # Errors
/// [`JwsSignError`] when the key does not sign.
pub fn sign_pop(pop: &Pop<'_>, signer: &dyn Signer) -> Result<String, JwsSignError> {
    let mut claims = json!({ "aud": pop.audience, "jti": pop.jti, "iat": pop.issued_at });
    if pop.profile == Profile::Haip10 {
        claims["iss"] = pop.client_id.into();
        // Gone since draft -06, and still demanded by servers that follow an earlier one; others ignore it.
        claims["exp"] = json!(pop.issued_at.plus_seconds(MAX_POP_AGE));
    }
    if let Some(challenge) = pop.challenge {
        claims["challenge"] = challenge.into();
    }
    jws::sign(signed::header(POP_TYP, &[]), claims.to_string().as_bytes(), signer)
}
