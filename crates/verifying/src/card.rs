//! Everything that can be told from the presentation itself: is it genuine, is it in time, is it held by its holder,
//! and is it the answer to our question?

use mibun_card::kb_jwt::KeyBinding;
use mibun_card::sd_jwt::SdJwt;
use mibun_card::vc::{self, Card, CardError};
use mibun_crypto::digest::constant_time_eq;
use mibun_crypto::json::Limits;
use mibun_crypto::key::Algorithm;
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, Purpose, chain};
use mibun_status::Reference;
use mibun_trust::TrustAnchors;
use mibun_trust::scene::FieldPath;
use serde_json::{Map, Value};
use url::Url;

use crate::judge::{Expectation, Journal};
use crate::refusal::Refusal;
use crate::verdict::CheckName;
use crate::{PROOF_SECONDS, SKEW_SECONDS};

/// A card that an issuer we trust has signed and that its holder has just shown to us.
pub(crate) struct Genuine {
    /// The claims that were shown.
    pub(crate) claims: Map<String, Value>,
    /// Where its status can be found.
    pub(crate) status: Option<Reference>,
    /// How the keeper of its key says to have recognised the holder (`amr`).
    pub(crate) methods: Vec<String>,
    /// What was shown and is no claim of a card.
    pub(crate) others: Vec<FieldPath>,
}

/// Makes all checks that need nothing from outside, in order, until one fails.
pub(crate) fn examine(
    presentation: &str,
    expectation: &Expectation<'_>,
    anchors: &TrustAnchors,
    journal: &mut Journal,
) -> Result<Genuine, Refusal> {
    let (token, card) = read(presentation, journal)?;
    let right_type = if card.vct == expectation.vct { Ok(()) } else { Err(Refusal::WrongCardType) };
    journal.note(CheckName::CardType, right_type)?;
    let signer = journal.note(CheckName::IssuerChain, issuer(&token, &card, anchors, expectation.now))?;
    journal.note(CheckName::IssuerSignature, signed_by(&token, &signer, anchors.accepted))?;
    journal.note(CheckName::Validity, in_time(&card, expectation.now))?;
    let methods = held(&token, &card, expectation, journal)?;
    let status = card.status.as_ref().and_then(|claim| Reference::from_claim(claim).ok());
    Ok(Genuine { claims: card.claims.claims, status, methods, others: Vec::new() })
}

fn read(presentation: &str, journal: &mut Journal) -> Result<(SdJwt, Card), Refusal> {
    let token = SdJwt::parse(presentation, &LIMITS).map_err(|_| Refusal::Malformed);
    let read = token.and_then(|token| match vc::read(&token) {
        Ok(card) => Ok((token, Ok(card))),
        Err(CardError::Member("cnf")) => Ok((token, Err(Refusal::MissingKeyBinding))),
        Err(_) => Err(Refusal::Malformed),
    });
    let (token, card) = journal.note(CheckName::Format, read)?;
    match card {
        Ok(card) => Ok((token, card)),
        Err(refusal) => journal.note(CheckName::HolderBinding, Err(refusal)),
    }
}

/// The certificate that signed the card, if it may and if the name in the card is its own.
fn issuer(token: &SdJwt, card: &Card, anchors: &TrustAnchors, now: Timestamp) -> Result<Certificate, Refusal> {
    let x5c = token.jws().header().x5c();
    let leaf = chain::verify_accepting(x5c, &anchors.issuers, now, Purpose::DocumentSigner, anchors.accepted);
    let leaf = leaf.map_err(|_| Refusal::UntrustedIssuer)?;
    match &card.issuer {
        Some(name) if !is_certified(name, &leaf) => Err(Refusal::UntrustedIssuer),
        _ => Ok(leaf),
    }
}

/// Whether the issuer's own name for itself stands in its certificate. A certificate without such names speaks for its
/// subject alone; nothing here goes by the name in the card.
fn is_certified(name: &str, leaf: &Certificate) -> bool {
    if leaf.uris().is_empty() && leaf.dns_names().is_empty() {
        return true;
    }
    let url = Url::parse(name).ok();
    let host = url.as_ref().and_then(Url::host_str);
    leaf.uris().iter().any(|uri| uri == name)
        || host.is_some_and(|host| leaf.dns_names().iter().any(|dns| dns.eq_ignore_ascii_case(host)))
}

/// Cards are signed with ES256 (HAIP 1.0) or what the installation accepts besides; the key decides, the header may only
/// agree.
fn signed_by(token: &SdJwt, signer: &Certificate, accepted: Accepted) -> Result<(), Refusal> {
    let key = signer.public_key();
    let signed = accepted.allows(key.algorithm()) && token.jws().verify(key).is_ok();
    if signed { Ok(()) } else { Err(Refusal::InvalidIssuerSignature) }
}

fn in_time(card: &Card, now: Timestamp) -> Result<(), Refusal> {
    let latest_start = now.plus_seconds(SKEW_SECONDS);
    if card.not_before.max(card.issued_at).is_some_and(|start| start > latest_start) {
        return Err(Refusal::NotYetValid);
    }
    match card.expires_at {
        Some(end) if end.plus_seconds(SKEW_SECONDS) <= now => Err(Refusal::Expired),
        _ => Ok(()),
    }
}

/// The holder's proof: made with the card's key, for us and now. Answers its `amr`.
fn held(
    token: &SdJwt,
    card: &Card,
    expectation: &Expectation<'_>,
    journal: &mut Journal,
) -> Result<Vec<String>, Refusal> {
    let proof = token.key_binding().ok_or(Refusal::MissingKeyBinding);
    let proof = journal.note(CheckName::HolderBinding, proof)?;
    let proof = KeyBinding::parse(proof).map_err(|_| Refusal::InvalidKeyBinding).and_then(|proof| {
        let key = &card.holder_key;
        let signed = key.algorithm() == Algorithm::Es256 && proof.verify(key).is_ok();
        if signed { Ok(proof) } else { Err(Refusal::InvalidKeyBinding) }
    });
    let proof = journal.note(CheckName::KeyBindingSignature, proof)?;
    journal.note(CheckName::Nonce, equal(&proof.nonce, expectation.nonce, Refusal::WrongNonce))?;
    journal.note(CheckName::Audience, equal(&proof.audience, expectation.audience, Refusal::WrongAudience))?;
    journal.note(CheckName::SdHash, equal(&proof.sd_hash, &token.sd_hash(), Refusal::WrongSdHash))?;
    journal.note(CheckName::Freshness, fresh(proof.issued_at, expectation.now))?;
    Ok(proof.methods)
}

fn equal(found: &str, expected: &str, otherwise: Refusal) -> Result<(), Refusal> {
    if constant_time_eq(found.as_bytes(), expected.as_bytes()) { Ok(()) } else { Err(otherwise) }
}

fn fresh(made_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if made_at > now.plus_seconds(SKEW_SECONDS) {
        return Err(Refusal::ProofFromTheFuture);
    }
    let oldest = now.plus_seconds(-PROOF_SECONDS - SKEW_SECONDS);
    if made_at < oldest { Err(Refusal::StaleProof) } else { Ok(()) }
}

/// A card with a portrait is about 100 KiB.
const LIMITS: Limits = Limits { bytes: 512 * 1024, depth: 16, nodes: 2000 };
