//! The order of the checks.

use mibun_crypto::time::Timestamp;
use mibun_status::Reference;
use mibun_status::token::VerifiedList;
use mibun_trust::{Scene, TrustAnchors};

use crate::card::{self, Genuine};
use crate::fitness;
use crate::mdoc::{self, MdocExpectation};
use crate::refusal::Refusal;
use crate::standing;
use crate::verdict::{Check, CheckName, Outcome, Verdict};

/// What the asker expects of a presentation.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The nonce of the request.
    pub nonce: &'a str,
    /// The asker's client identifier, with prefix.
    pub audience: &'a str,
    /// What the check is for.
    pub scene: &'a Scene,
    /// The type of card that was asked for.
    pub vct: &'a str,
    /// The present.
    pub now: Timestamp,
}

/// What the caller found out in the outside world.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// Who is trusted.
    pub anchors: &'a TrustAnchors,
    /// Status lists by the address they were fetched from.
    pub status_lists: &'a [(String, ListEvidence<'a>)],
}

/// A status list as the caller has it.
#[derive(Debug, Clone, Copy)]
pub enum ListEvidence<'a> {
    /// As fetched: verified against the anchors here.
    Token(&'a str),
    /// The same in CBOR.
    Cwt(&'a [u8]),
    /// Verified before, with [`mibun_status::token::verify`] or [`mibun_status::cwt::verify`] against the same anchors, and kept: a large list is
    /// unpacked once and not for every check. Its time and its address are looked at again.
    Verified(&'a VerifiedList),
}

/// A presentation on which every check was made that needs nothing from outside.
///
/// Nobody but a trusted issuer can make the caller visit an address, and no list is fetched for a card that is refused
/// anyway.
pub struct Examined<'a> {
    scene: &'a Scene,
    now: Timestamp,
    journal: Journal,
    genuine: Result<Genuine, Refusal>,
}

/// Makes the checks of `presentation` that need nothing from outside.
pub fn examine<'a>(presentation: &str, expectation: &'a Expectation<'a>, anchors: &TrustAnchors) -> Examined<'a> {
    let mut journal = Journal::default();
    let genuine = card::examine(presentation, expectation, anchors, &mut journal);
    Examined { scene: expectation.scene, now: expectation.now, journal, genuine }
}

/// Makes the checks of an ISO mdoc that need nothing from outside. `response` is the one `DeviceResponse` of an answer, in
/// CBOR.
pub fn examine_mdoc<'a>(response: &[u8], expectation: &MdocExpectation<'a>, anchors: &TrustAnchors) -> Examined<'a> {
    let mut journal = Journal::default();
    let genuine = mdoc::examine(response, expectation, anchors, &mut journal);
    Examined { scene: expectation.scene, now: expectation.now, journal, genuine }
}

/// Judges an ISO mdoc with what is at hand: [`examine_mdoc`] and [`Examined::judge`] in one.
pub fn judge_mdoc(response: &[u8], expectation: &MdocExpectation<'_>, evidence: &Evidence<'_>) -> Verdict {
    examine_mdoc(response, expectation, evidence.anchors).judge(evidence)
}

/// Judges `presentation` with what is at hand: [`examine`] and [`Examined::judge`] in one.
pub fn judge(presentation: &str, expectation: &Expectation<'_>, evidence: &Evidence<'_>) -> Verdict {
    examine(presentation, expectation, evidence.anchors).judge(evidence)
}

impl Examined<'_> {
    /// The status list that must be fetched before the judgement; none if the card is refused without it. Its address
    /// was signed by a trusted issuer.
    pub fn needs(&self) -> Option<&Reference> {
        self.genuine.as_ref().ok()?.status.as_ref()
    }

    /// Makes the remaining checks. Fields are given out only if every check passes.
    pub fn judge(self, evidence: &Evidence<'_>) -> Verdict {
        let Self { scene, now, mut journal, genuine } = self;
        let mut verdict = Verdict {
            outcome: Outcome::Refused,
            checks: Vec::new(),
            level: None,
            refusal: None,
            fields: Vec::new(),
            over_disclosed: Vec::new(),
        };
        let decided = genuine.and_then(|genuine| decide(&genuine, (scene, now), evidence, &mut journal, &mut verdict));
        verdict.refusal = decided.err();
        if verdict.refusal.is_none() {
            verdict.outcome = Outcome::Accepted;
        }
        verdict.checks = journal.0;
        verdict
    }
}

fn decide(
    genuine: &Genuine,
    (scene, now): (&Scene, Timestamp),
    evidence: &Evidence<'_>,
    journal: &mut Journal,
    verdict: &mut Verdict,
) -> Result<(), Refusal> {
    journal.note(CheckName::Status, standing::check(genuine.status.as_ref(), evidence, now))?;
    // From here on the card is genuine and good, so its level may be told even if it is not enough.
    let level = journal.note(CheckName::Level, fitness::level(&genuine.claims))?;
    verdict.level = Some(level);
    journal.amend(CheckName::Level, fitness::strong_enough(level, &genuine.claims, scene, now))?;
    journal.note(CheckName::Presence, fitness::presence(scene, level, &genuine.methods))?;
    verdict.fields = journal.note(CheckName::Fields, fitness::fields(&genuine.claims, scene))?;
    verdict.over_disclosed = fitness::over_disclosed(&genuine.claims, scene);
    verdict.over_disclosed.extend(genuine.others.iter().cloned());
    Ok(())
}

/// The checks made so far.
#[derive(Default)]
pub(crate) struct Journal(Vec<Check>);

impl Journal {
    /// Notes that a check was made, and passes its result on.
    pub(crate) fn note<T>(&mut self, name: CheckName, result: Result<T, Refusal>) -> Result<T, Refusal> {
        self.0.push(Check { name, passed: result.is_ok() });
        result
    }

    /// Adds a second part to the check that was noted last.
    fn amend(&mut self, name: CheckName, result: Result<(), Refusal>) -> Result<(), Refusal> {
        self.0.pop();
        self.note(name, result)
    }
}

#[cfg(test)]
pub(crate) mod tests;
