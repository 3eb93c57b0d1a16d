//! Is the card still good? Whatever cannot be established counts as no.

use mibun_crypto::time::Timestamp;
use mibun_status::token::{self, VerifiedList};
use mibun_status::{Reference, Status, cwt};

use crate::SKEW_SECONDS;
use crate::judge::{Evidence, ListEvidence};
use crate::refusal::Refusal;

/// Looks the card's entry up in the list it names.
pub(crate) fn check(reference: Option<&Reference>, evidence: &Evidence<'_>, now: Timestamp) -> Result<(), Refusal> {
    let reference = reference.ok_or(Refusal::MissingStatus)?;
    let anchors = evidence.anchors;
    let found = evidence.status_lists.iter().find(|(uri, _)| *uri == reference.uri);
    let status = match found {
        Some((_, ListEvidence::Token(text))) => {
            let list = token::verify_accepting(text, &reference.uri, &anchors.status, now, anchors.accepted);
            read(&list.map_err(|_| Refusal::StatusUnavailable)?, reference, now)?
        }
        Some((_, ListEvidence::Cwt(bytes))) => {
            let list = cwt::verify_accepting(bytes, &reference.uri, &anchors.status, now, anchors.accepted);
            read(&list.map_err(|_| Refusal::StatusUnavailable)?, reference, now)?
        }
        Some((_, ListEvidence::Verified(list))) => read(list, reference, now)?,
        None => return Err(Refusal::StatusUnavailable),
    };
    match status {
        Status::Valid => Ok(()),
        Status::Invalid => Err(Refusal::Revoked),
        // Values without an agreed meaning say that something is the matter.
        Status::Suspended | Status::Other(_) => Err(Refusal::Suspended),
    }
}

fn read(verified: &VerifiedList, reference: &Reference, now: Timestamp) -> Result<Status, Refusal> {
    let claims = &verified.claims;
    // A list that names no end still cannot vouch for a card for ever.
    let end = claims.expires_at.unwrap_or_else(|| claims.issued_at.plus_seconds(LONGEST_LIFE_SECONDS));
    let in_time = now < end.plus_seconds(SKEW_SECONDS) && claims.issued_at <= now.plus_seconds(SKEW_SECONDS);
    if claims.subject != reference.uri || !in_time {
        return Err(Refusal::StatusUnavailable);
    }
    verified.list.get(reference.idx).map_err(|_| Refusal::StatusUnavailable)
}

const LONGEST_LIFE_SECONDS: i64 = 86_400;
