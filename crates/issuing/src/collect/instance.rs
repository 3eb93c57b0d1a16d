//! Who the wallet is, and how it proves that with each message.

use std::fmt;
use std::sync::Arc;

use mibun_crypto::jws::JwsSignError;
use mibun_crypto::key::Signer;
use mibun_trust::attestation::Profile;
use mibun_trust::attestation::client::{Pop, sign_pop};

use crate::dpop::{self, Making};
use crate::exchange::HttpRequest;
use crate::secret::Secret;

/// The header of an attestation.
const ATTESTATION: &str = "oauth-client-attestation";
/// The header of the proof that goes with it.
const POSSESSION: &str = "oauth-client-attestation-pop";
/// The header of a DPoP proof.
const DPOP: &str = "dpop";

/// One instance of a wallet, as authorization servers know it.
#[derive(Clone)]
pub struct Instance {
    /// What all instances of this wallet are called.
    pub client_id: String,
    /// Where the browser comes back to.
    pub redirect_uri: String,
    /// The form of attestations.
    pub profile: Profile,
    /// What the wallet's provider says about [`Instance::key`], with that key.
    pub attestation: Option<Attested>,
    /// The key that tokens are bound to.
    pub dpop: Arc<dyn Signer>,
    /// Whether the provider attests keys of cards, too.
    pub attests_keys: bool,
}

/// An attestation and the key that it is about.
#[derive(Clone)]
pub struct Attested {
    /// The attestation, a compact JWS that is still good.
    pub attestation: String,
    /// Its key.
    pub key: Arc<dyn Signer>,
}

impl fmt::Debug for Instance {
    /// Keys and attestations follow a holder around.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// What a server said that the next proofs need.
#[derive(Debug, Clone, Default)]
pub struct Fresh {
    pub nonce: Option<String>,
    pub challenge: Option<String>,
}

/// What one proof is made of, besides the key.
pub struct Moment<'a> {
    pub fresh: &'a Fresh,
    /// A text that no other proof has.
    pub jti: String,
    pub now: mibun_crypto::time::Timestamp,
}

impl Instance {
    /// The request with the proof that the key of the tokens is at hand.
    pub(super) fn bound(
        &self,
        request: HttpRequest,
        token: Option<&Secret>,
        moment: &Moment<'_>,
    ) -> Result<HttpRequest, JwsSignError> {
        let making = Making {
            method: request.method.as_str(),
            url: &request.url,
            token,
            nonce: moment.fresh.nonce.as_deref(),
            jti: &moment.jti,
            now: moment.now,
        };
        let proof = dpop::sign(&*self.dpop, &making)?;
        Ok(request.with(DPOP, proof))
    }

    /// The request with the attestation, and the proof of its key, for the authorization server `audience`.
    pub(super) fn attested(
        &self,
        request: HttpRequest,
        audience: &str,
        moment: &Moment<'_>,
    ) -> Result<HttpRequest, JwsSignError> {
        let Some(attested) = &self.attestation else { return Ok(request) };
        let pop = Pop {
            profile: self.profile,
            client_id: &self.client_id,
            audience,
            jti: &moment.jti,
            issued_at: moment.now,
            challenge: moment.fresh.challenge.as_deref(),
        };
        let proof = sign_pop(&pop, &*attested.key)?;
        Ok(request.with(ATTESTATION, attested.attestation.clone()).with(POSSESSION, proof))
    }
}
