//! Everything that can be told from an ISO mdoc itself: the same questions as for a card in the other format.
//!
//! The device's one signature is over the session, which has nonce and asker in it: with it, the answer is proven to be to
//! this request and for this asker, or nothing is.

use mibun_card::mdoc::elements::{DocumentType, Shown};
use mibun_card::mdoc::{AMR, DeviceResponse, Document, MdocError, OWN_NAMESPACE, SessionTranscript};
use mibun_card::mdoc::{IssuerSigned, VerifyError};
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;
use mibun_status::Reference;
use mibun_trust::{Scene, TrustAnchors};
use serde_json::Value;

use crate::SKEW_SECONDS;
use crate::card::Genuine;
use crate::judge::Journal;
use crate::refusal::Refusal;
use crate::verdict::CheckName;

/// What the asker expects of an mdoc.
#[derive(Debug, Clone, Copy)]
pub struct MdocExpectation<'a> {
    /// The session, which has the request's nonce and the asker in it.
    pub transcript: &'a SessionTranscript,
    /// The asker's key of this session, for devices that prove themselves by MAC.
    pub reader_key: Option<&'a EphemeralKey>,
    /// What the check is for.
    pub scene: &'a Scene,
    /// The type of document that was asked for.
    pub document_type: &'static DocumentType,
    /// The present.
    pub now: Timestamp,
}

/// Makes all checks that need nothing from outside, in order, until one fails.
pub(crate) fn examine(
    response: &[u8],
    expectation: &MdocExpectation<'_>,
    anchors: &TrustAnchors,
    journal: &mut Journal,
) -> Result<Genuine, Refusal> {
    let (document, shown) = read(response, expectation, journal)?;
    let issued = &document.issuer_signed;
    journal.note(CheckName::CardType, of_type(&document, expectation.document_type))?;
    let signer = journal.note(CheckName::IssuerChain, issuer(issued, &shown, anchors, expectation.now))?;
    let signed = issued.verify_signature(&signer, anchors.accepted).map_err(|_| Refusal::InvalidIssuerSignature);
    journal.note(CheckName::IssuerSignature, signed)?;
    journal.note(CheckName::Validity, in_time(issued, expectation.now))?;
    journal.note(CheckName::HolderBinding, Ok(()))?;
    let methods = journal.note(CheckName::KeyBindingSignature, proven(&document, expectation))?;
    for name in [CheckName::Nonce, CheckName::Audience] {
        journal.note(name, Ok(()))?;
    }
    let status = issued.mso().status.as_ref().and_then(|claim| Reference::from_claim(claim).ok());
    let others = shown.others.into_iter().map(Vec::from).collect();
    Ok(Genuine { claims: shown.claims, status, methods, others })
}

fn read(
    response: &[u8],
    expectation: &MdocExpectation<'_>,
    journal: &mut Journal,
) -> Result<(Document, Shown), Refusal> {
    let response = match DeviceResponse::parse(response) {
        Err(MdocError::DeviceAuth | MdocError::Member("deviceSigned" | "deviceAuth")) => {
            journal.note(CheckName::Format, Ok(()))?;
            return journal.note(CheckName::HolderBinding, Err(Refusal::MissingKeyBinding));
        }
        other => other.map_err(|_| Refusal::Malformed),
    };
    let read = response.and_then(|response| {
        let [document] = <[Document; 1]>::try_from(response.documents).map_err(|_| Refusal::WrongCardCount)?;
        // What another type calls its elements is nothing to us: it is refused for its type.
        let document_type = expectation.document_type;
        let shown = document_type.claims_of(&document.issuer_signed).map_err(|_| Refusal::Malformed);
        let is_other = document.doc_type != document_type.doc_type;
        let shown = if is_other { shown.unwrap_or_else(|_| Shown::default()) } else { shown? };
        Ok((document, shown))
    });
    journal.note(CheckName::Format, read)
}

/// The type that the device names is the one that was asked for, and the one that the issuer signed.
fn of_type(document: &Document, expected: &DocumentType) -> Result<(), Refusal> {
    let signed = &document.issuer_signed.mso().doc_type;
    let fits = document.doc_type == expected.doc_type && *signed == document.doc_type;
    if fits { Ok(()) } else { Err(Refusal::WrongCardType) }
}

/// The certificate that signed the document, if it may, and if it is of the country that the document names (ISO/IEC
/// 18013-5 section 9.3.1).
fn issuer(
    issued: &IssuerSigned,
    shown: &Shown,
    anchors: &TrustAnchors,
    now: Timestamp,
) -> Result<Certificate, Refusal> {
    let leaf = issued.signer(&anchors.issuers, now, anchors.accepted).map_err(|_| Refusal::UntrustedIssuer)?;
    let named = shown.claims.get("issuing_country").and_then(Value::as_str);
    match (named, leaf.subject_country()) {
        (Some(named), Some(own)) if named != own => Err(Refusal::UntrustedIssuer),
        _ => Ok(leaf),
    }
}

fn in_time(issued: &IssuerSigned, now: Timestamp) -> Result<(), Refusal> {
    issued.verify_time(now, SKEW_SECONDS).map_err(|error| match error {
        VerifyError::NotYetValid => Refusal::NotYetValid,
        _ => Refusal::Expired,
    })
}

/// What the keeper of the device's key signed about how it recognised the holder, once the proof is good. As in a key
/// binding, what is said there is a list of texts or makes the proof none.
fn proven(document: &Document, expectation: &MdocExpectation<'_>) -> Result<Vec<String>, Refusal> {
    let verified = document.verify_device(expectation.transcript, expectation.reader_key);
    verified.map_err(|_| Refusal::InvalidDeviceProof)?;
    let Some(amr) = document.device_signed.element(OWN_NAMESPACE, AMR) else { return Ok(Vec::new()) };
    let texts = amr.array().map(|items| items.iter().map(|item| item.text().map(str::to_owned)).collect());
    texts.flatten().ok_or(Refusal::InvalidDeviceProof)
}

#[cfg(test)]
mod tests;
