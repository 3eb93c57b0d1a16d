//! Ten thousand changed tokens before every party.
//!
//! Where another party refuses what we accept, the reason is written down in [`reasons`], or the test fails. Where we refuse
//! what another accepts, nothing is wrong with us; it is counted. A class whose change means nothing must be accepted by us,
//! one that nobody signed, or that no reader may accept, refused.

mod parties;
mod reasons;

use std::collections::BTreeMap;
use std::io::Write;

use crate::changed::{Class, Dice, Expect, jwe, jws, mdoc, sd_jwt};
use crate::ours::Verdict;

use parties::Case;
use reasons::REASONS;

/// Another seed is another ten thousand.
const SEED: &str = "changed tokens 1";

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Jws,
    Jwe,
    SdJwt,
    Mdoc,
}

/// How many tokens of each kind: ten thousand in all.
const COUNTS: [(Kind, usize); 4] = [(Kind::Jws, 2500), (Kind::Jwe, 500), (Kind::SdJwt, 4000), (Kind::Mdoc, 3000)];

fn classes(kind: Kind) -> Vec<&'static Class> {
    let lists: &[&'static [Class]] = match kind {
        Kind::Jws => &[&jws::UNSIGNED, &jws::SIGNED],
        Kind::Jwe => &[&jwe::UNSEALED, &jwe::OTHERS],
        Kind::SdJwt => &[&sd_jwt::UNSIGNED, &sd_jwt::SIGNED, &sd_jwt::DISCLOSURES],
        Kind::Mdoc => &[&mdoc::UNSIGNED, &mdoc::SIGNED, &mdoc::ITEMS],
    };
    lists.iter().flat_map(|list| list.iter()).collect()
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, count) in COUNTS {
        let classes = classes(kind);
        for (at, class) in classes.iter().cycle().take(count).enumerate() {
            // Dice of its own: what is drawn for one token does not depend on the signatures of those before it.
            let mut dice = Dice::new(&format!("{SEED}, {kind:?} {at}"));
            let changed = (class.change)(&mut dice);
            cases.push(Case { kind, class, changed });
        }
    }
    cases
}

/// What one party said beside us.
#[derive(Default)]
struct Count {
    both_accept: usize,
    both_refuse: usize,
    we_refuse: usize,
    we_accept: usize,
}

#[test]
fn nobody_refuses_what_we_accept_without_a_written_reason() {
    let cases = cases();
    assert_eq!(cases.len(), 10_000);
    let ours: Vec<Verdict> = cases.iter().map(Case::ours).collect();
    let mut findings = unexpected(&cases, &ours);
    let mut used = vec![0; REASONS.len()];
    let mut counts: BTreeMap<(&str, Kind), Count> = BTreeMap::new();
    for (party, verdicts) in parties::verdicts(&cases) {
        for ((case, ours), theirs) in cases.iter().zip(&ours).zip(&verdicts) {
            let Some(theirs) = theirs else { continue };
            let count = counts.entry((party, case.kind)).or_default();
            match (ours, theirs) {
                (Ok(()), Ok(())) => count.both_accept += 1,
                (Err(_), Err(_)) => count.both_refuse += 1,
                (Err(_), Ok(())) => count.we_refuse += 1,
                (Ok(()), Err(why)) => {
                    count.we_accept += 1;
                    match REASONS.iter().position(|reason| reason.covers(party, case, why)) {
                        Some(at) => used[at] += 1,
                        None => findings.push((case, format!("we accept, {party} refuses: {why}"))),
                    }
                }
            }
        }
    }
    report(&counts, &used);
    let mut told = told(&findings);
    told.extend(reasons::unused(&used));
    assert!(told.is_empty(), "{} kinds of findings:\n{}", told.len(), told.join("\n"));
}

/// Where our verdict is not what the class says it must be.
fn unexpected<'a>(cases: &'a [Case], ours: &[Verdict]) -> Vec<(&'a Case, String)> {
    let wrong = cases.iter().zip(ours).filter(|(case, ours)| match case.class.expect {
        Expect::Accept => ours.is_err(),
        Expect::Refuse => ours.is_ok(),
        Expect::Either => false,
    });
    wrong.map(|(case, ours)| (case, format!("must be {:?}, we say {ours:?}", case.class.expect))).collect()
}

/// One line for all findings of a class that are the same, with a token to look at.
fn told(findings: &[(&Case, String)]) -> Vec<String> {
    let mut kinds: BTreeMap<String, Vec<&Case>> = BTreeMap::new();
    for (case, what) in findings {
        kinds.entry(format!("{:?}, {}: {what}", case.kind, case.class.name)).or_default().push(case);
    }
    let line =
        |(what, cases): (String, Vec<&Case>)| format!("{} times {what}\n    {}", cases.len(), cases[0].changed.token);
    kinds.into_iter().map(line).collect()
}

fn report(counts: &BTreeMap<(&str, Kind), Count>, used: &[usize]) {
    let mut out = std::io::stdout().lock();
    let mut line = |text: String| writeln!(out, "{text}").expect("standard output is there");
    line(format!("\nchanged tokens, seed {SEED:?}: both accept / both refuse / we alone refuse / we alone accept"));
    for ((party, kind), count) in counts {
        let Count { both_accept, both_refuse, we_refuse, we_accept } = count;
        line(format!("  {party:<40} {kind:?}: {both_accept} / {both_refuse} / {we_refuse} / {we_accept}"));
    }
    for (reason, times) in REASONS.iter().zip(used) {
        line(format!("  {times} times {reason}"));
    }
}
