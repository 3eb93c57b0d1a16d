//! Attestation-based client authentication: a wallet's attestation and the proof that its key is at hand.
//!
//! Sent in the headers `OAuth-Client-Attestation` and `OAuth-Client-Attestation-PoP`. Both forms are accepted, that of
//! draft -07 and that of -08 and later; the combined mode of -10, in which a DPoP proof takes the place of the proof, is not.

mod sign;

use mibun_crypto::json::Limits;
use mibun_crypto::key::PublicKey;
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, Purpose};

use super::{Attesters, Profile};
use crate::signed::{self, Claims, Kind, MAX_SKEW, Malformed, SignedError};
use crate::status_reference::Standing;

pub use sign::{Attestation, Pop, sign, sign_pop};

/// The `typ` of an attestation.
pub const TYP: &str = "oauth-client-attestation+jwt";
/// The `typ` of a proof of possession.
pub const POP_TYP: &str = "oauth-client-attestation-pop+jwt";
/// Seconds that a proof may be old.
pub const MAX_POP_AGE: i64 = 300;
/// Longest `jti` of a proof, in bytes.
pub const MAX_JTI: usize = 256;

const KIND: Kind = Kind {
    typ: Some(TYP),
    algorithms: Accepted::HAIP,
    jades: false,
    limits: Limits { bytes: 32 * 1024, depth: 12, nodes: 400 },
};
const POP_KIND: Kind = Kind {
    typ: Some(POP_TYP),
    algorithms: Accepted::HAIP,
    jades: false,
    limits: Limits { bytes: 8 * 1024, depth: 8, nodes: 100 },
};

/// What an authorization server expects of a client.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The attesters that are trusted.
    pub attesters: &'a Attesters,
    /// The authorization server's own issuer identifier.
    pub audience: &'a str,
    /// The `client_id` that came along in the request, if any.
    pub client_id: Option<&'a str>,
    /// Whether the proof has to carry a challenge of the server.
    pub challenge: bool,
    /// The time.
    pub now: Timestamp,
}

/// An instance of a wallet whose provider is trusted. Its `jti` has not been spent and its challenge not been looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The client, `sub` of the attestation: shared by all instances of a wallet.
    pub client_id: String,
    /// The key of this instance, to which what it gets may be bound.
    pub key: PublicKey,
    /// The form of the messages.
    pub profile: Profile,
    /// Who attests, when the attestation says so.
    pub issuer: Option<String>,
    /// Last second of the attestation.
    pub expires_at: Timestamp,
    /// What the attestation says of its standing, which has not been looked up.
    pub status: Option<Standing>,
    /// The root to which the attester's chain leads.
    pub anchor: Certificate,
    /// Identifier of the proof, to be spent: unique per `client_id` and key until `pop_fresh_until`.
    pub jti: String,
    /// From then on the proof would be refused as too old, so its `jti` need not be remembered longer.
    pub pop_fresh_until: Timestamp,
    /// The challenge as sent, to be compared and spent.
    pub challenge: Option<String>,
}

/// Why a client is not who it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientAttestationError {
    /// The attestation is not a statement of a trusted attester.
    #[error("the client attestation is refused: {0}")]
    Attestation(#[source] SignedError),
    /// A member of the attestation is missing or malformed.
    #[error("member {0} of the client attestation is missing or malformed")]
    Claim(&'static str),
    /// The attestation's time is over.
    #[error("the client attestation has expired")]
    Expired,
    /// The attestation's time has not come.
    #[error("the client attestation is from the future")]
    NotYetValid,
    /// `cnf.jwk` is missing, private or no key for ES256.
    #[error("the client attestation confirms no public key for ES256")]
    Key,
    /// Attested for another client than the request names.
    #[error("the client attestation is for another client_id")]
    ClientId,
    /// Attested by somebody who is trusted for other clients.
    #[error("the attester does not speak for this client")]
    Attester,
    /// The proof is not one, or not by the attested key.
    #[error("the proof of possession is refused: {0}")]
    Pop(#[source] SignedError),
    /// A member of the proof is missing or malformed.
    #[error("member {0} of the proof of possession is missing or malformed")]
    PopClaim(&'static str),
    /// `iss` of the proof is not the client.
    #[error("the proof of possession is issued by another client")]
    PopIssuer,
    /// `aud` of the proof is not this authorization server alone.
    #[error("the proof of possession is meant for another audience")]
    PopAudience,
    /// Made longer ago than [`MAX_POP_AGE`], or past its `exp`.
    #[error("the proof of possession is too old")]
    PopOld,
    /// Made later than now by more than [`MAX_SKEW`].
    #[error("the proof of possession is from the future")]
    PopFuture,
    /// No challenge, though one is demanded: `use_attestation_challenge`.
    #[error("the proof of possession carries no challenge")]
    MissingChallenge,
}

/// Checks an attestation and the proof that came with it.
///
/// # Errors
/// The first [`ClientAttestationError`]: the attestation's signer, its claims, whether the signer may say so, then the
/// proof's signature and claims.
pub fn verify(attestation: &str, pop: &str, expected: &Expected<'_>) -> Result<Verified, ClientAttestationError> {
    let anchors = expected.attesters.roots();
    let opened = signed::open(attestation, &KIND, Purpose::WalletProvider, (anchors, expected.now));
    let opened = opened.map_err(ClientAttestationError::Attestation)?;
    let attested = read(&opened.claims, expected)?;
    if !expected.attesters.speaks_for(opened.anchor, &attested.client_id) {
        return Err(ClientAttestationError::Attester);
    }
    let jws = signed::parse(pop, &POP_KIND).map_err(ClientAttestationError::Pop)?;
    let claims = signed::check(&jws, &attested.key, &POP_KIND.limits).map_err(ClientAttestationError::Pop)?;
    let proof = read_pop(&claims, &attested, expected)?;
    Ok(Verified {
        client_id: attested.client_id,
        key: attested.key,
        profile: proof.profile,
        issuer: attested.issuer,
        expires_at: attested.expires_at,
        status: attested.status,
        anchor: opened.anchor.clone(),
        jti: proof.jti,
        pop_fresh_until: proof.fresh_until,
        challenge: proof.challenge,
    })
}

struct Attested {
    client_id: String,
    key: PublicKey,
    issuer: Option<String>,
    expires_at: Timestamp,
    status: Option<Standing>,
}

fn read(claims: &Claims, expected: &Expected<'_>) -> Result<Attested, ClientAttestationError> {
    let claim = |Malformed(name)| ClientAttestationError::Claim(name);
    let client_id = claims.text("sub").map_err(claim)?;
    let expires_at = claims.time("exp").map_err(claim)?;
    if expires_at <= expected.now {
        return Err(ClientAttestationError::Expired);
    }
    for name in ["nbf", "iat"] {
        let from = claims.optional_time(name).map_err(claim)?;
        if from.is_some_and(|from| from > expected.now.plus_seconds(MAX_SKEW)) {
            return Err(ClientAttestationError::NotYetValid);
        }
    }
    if expected.client_id.is_some_and(|named| named != client_id) {
        return Err(ClientAttestationError::ClientId);
    }
    Ok(Attested {
        client_id: client_id.to_owned(),
        key: claims.confirmed_key().ok_or(ClientAttestationError::Key)?,
        issuer: claims.optional_text("iss").map_err(claim)?.map(str::to_owned),
        expires_at,
        status: claims.standing().map_err(claim)?,
    })
}

struct Proof {
    profile: Profile,
    jti: String,
    fresh_until: Timestamp,
    challenge: Option<String>,
}

fn read_pop(claims: &Claims, attested: &Attested, expected: &Expected<'_>) -> Result<Proof, ClientAttestationError> {
    let claim = |Malformed(name)| ClientAttestationError::PopClaim(name);
    let profile = match claims.optional_text("iss").map_err(claim)? {
        Some(issuer) if issuer != attested.client_id => return Err(ClientAttestationError::PopIssuer),
        // Draft -07 has both messages name their issuers, or neither is of that draft.
        Some(_) if attested.issuer.is_none() => return Err(ClientAttestationError::Claim("iss")),
        Some(_) => Profile::Haip10,
        None => Profile::Latest,
    };
    if !claims.is_for(expected.audience) {
        return Err(ClientAttestationError::PopAudience);
    }
    let jti = claims.text("jti").map_err(claim)?;
    if jti.len() > MAX_JTI {
        return Err(ClientAttestationError::PopClaim("jti"));
    }
    let issued_at = claims.time("iat").map_err(claim)?;
    in_time(claims, issued_at, expected.now)?;
    let challenge = claims.optional_text("challenge").map_err(claim)?.map(str::to_owned);
    if expected.challenge && challenge.is_none() {
        return Err(ClientAttestationError::MissingChallenge);
    }
    let fresh_until = issued_at.plus_seconds(MAX_POP_AGE);
    Ok(Proof { profile, jti: jti.to_owned(), fresh_until, challenge })
}

/// `iat` within its window; `nbf` and `exp` hold when they are there.
fn in_time(claims: &Claims, issued_at: Timestamp, now: Timestamp) -> Result<(), ClientAttestationError> {
    let claim = |Malformed(name)| ClientAttestationError::PopClaim(name);
    let not_before = claims.optional_time("nbf").map_err(claim)?.unwrap_or(issued_at);
    if issued_at.max(not_before) > now.plus_seconds(MAX_SKEW) {
        return Err(ClientAttestationError::PopFuture);
    }
    let expires_at = claims.optional_time("exp").map_err(claim)?;
    let over = expires_at.is_some_and(|end| end.plus_seconds(MAX_SKEW) <= now);
    if over || now.seconds_since(issued_at) > MAX_POP_AGE {
        return Err(ClientAttestationError::PopOld);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
