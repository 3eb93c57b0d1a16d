//! The order of the checks.

use mibun_crypto::time::Timestamp;
use mibun_status::Reference;
use mibun_status::token::VerifiedList;
use mibun_trust::{Scene, TrustAnchors};

use crate::card::{self, Genuine};
use crate::fitness;
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
    /// Verified before, with [`mibun_status::token::verify`] against the same anchors, and kept: a large list is
    /// unpacked once and not for every check. Its time and its address are looked at again.
    Verified(&'a VerifiedList),
}

/// What must be found out before a judgement. Empty if the card is refused without it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// The status lists to fetch. Their addresses were signed by a trusted issuer.
    pub status_lists: Vec<Reference>,
}

/// What has to be fetched to judge `presentation`.
///
/// All checks that need nothing from outside are made first, so that nobody but a trusted issuer can make the caller
/// visit an address, and no list is fetched for a card that is refused anyway.
pub fn needs(presentation: &str, expectation: &Expectation<'_>, anchors: &TrustAnchors) -> Needs {
    let genuine = card::examine(presentation, expectation, anchors, &mut Journal::default());
    Needs { status_lists: genuine.ok().and_then(|genuine| genuine.status).into_iter().collect() }
}

/// Judges `presentation`. Fields are given out only if every check passes.
pub fn judge(presentation: &str, expectation: &Expectation<'_>, evidence: &Evidence<'_>) -> Verdict {
    let mut journal = Journal::default();
    let mut verdict = Verdict {
        outcome: Outcome::Refused,
        checks: Vec::new(),
        level: None,
        refusal: None,
        fields: Vec::new(),
        over_disclosed: Vec::new(),
    };
    verdict.refusal = decide(presentation, expectation, evidence, &mut journal, &mut verdict).err();
    if verdict.refusal.is_none() {
        verdict.outcome = Outcome::Accepted;
    }
    verdict.checks = journal.0;
    verdict
}

fn decide(
    presentation: &str,
    expectation: &Expectation<'_>,
    evidence: &Evidence<'_>,
    journal: &mut Journal,
    verdict: &mut Verdict,
) -> Result<(), Refusal> {
    let genuine: Genuine = card::examine(presentation, expectation, evidence.anchors, journal)?;
    journal.note(CheckName::Status, standing::check(genuine.status.as_ref(), evidence, expectation.now))?;
    // From here on the card is genuine and good, so its level may be told even if it is not enough.
    let level = journal.note(CheckName::Level, fitness::level(&genuine.claims))?;
    verdict.level = Some(level);
    let scene = expectation.scene;
    journal.amend(CheckName::Level, fitness::strong_enough(level, &genuine.claims, scene, expectation.now))?;
    journal.note(CheckName::Presence, fitness::presence(scene))?;
    verdict.fields = journal.note(CheckName::Fields, fitness::fields(&genuine.claims, scene))?;
    verdict.over_disclosed = fitness::over_disclosed(&genuine.claims, scene);
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
mod tests;
