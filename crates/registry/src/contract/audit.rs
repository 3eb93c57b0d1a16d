//! Promises about the audit log.

use std::sync::Arc;

use super::sample::{later, sealed};
use super::{RACERS, begin, commit, race, read};
use crate::{AuditDraft, GENESIS, Registry, verify_chain};

fn draft(number: u8) -> AuditDraft {
    AuditDraft {
        at: later(i64::from(number)),
        actor: "officer:1".into(),
        action: "card.revoke".into(),
        subject: format!("card:{number}"),
        detail: number.is_multiple_of(2).then(|| sealed("why")),
    }
}

async fn logged(registry: &Arc<dyn Registry>, numbers: &[u8]) {
    let mut unit = begin(registry).await;
    for number in numbers {
        unit.append_audit(&draft(*number)).await.expect("appended");
    }
    commit(unit).await;
}

async fn chained(registry: &Arc<dyn Registry>, limit: u32) -> u64 {
    let mut unit = begin(registry).await;
    let count = unit.chain_audit(limit).await.expect("chained");
    commit(unit).await;
    count
}

/// Drafts wait for their places and get them in the order they were written, each once.
pub async fn drafts_are_chained_in_order(registry: Arc<dyn Registry>) {
    logged(&registry, &[3, 1, 2]).await;
    assert_eq!(read(&registry).await.audit_after(0, 10).await.expect("read"), []);
    assert_eq!(chained(&registry, 2).await, 2);
    assert_eq!(chained(&registry, 2).await, 1);
    assert_eq!(chained(&registry, 2).await, 0);
    let entries = read(&registry).await.audit_after(0, 10).await.expect("read");
    assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(entries.iter().map(|entry| entry.draft.clone()).collect::<Vec<_>>(), [draft(3), draft(1), draft(2)]);
    assert_eq!((entries[0].previous, entries[1].previous), (GENESIS, entries[0].hash));
}

/// No deed, no entry.
pub async fn a_dropped_unit_logs_nothing(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.append_audit(&draft(1)).await.expect("appended");
    drop(unit);
    assert_eq!(chained(&registry, 10).await, 0);
}

/// The chain as stored is the chain as computed, to its head.
pub async fn the_chain_holds(registry: Arc<dyn Registry>) {
    assert_eq!(verify_chain(&mut *read(&registry).await).await.expect("empty"), (0, GENESIS));
    logged(&registry, &[1, 2]).await;
    chained(&registry, 10).await;
    logged(&registry, &[3]).await;
    chained(&registry, 10).await;
    let head = verify_chain(&mut *read(&registry).await).await.expect("whole");
    let last = read(&registry).await.audit_before(None, 1).await.expect("read");
    assert_eq!(head, (3, last[0].hash));
}

/// The console reads from the end, a verifier from the beginning.
pub async fn pages_go_both_ways(registry: Arc<dyn Registry>) {
    logged(&registry, &[1, 2, 3, 4]).await;
    chained(&registry, 10).await;
    let mut unit = read(&registry).await;
    let places = |entries: Vec<crate::AuditEntry>| entries.iter().map(|entry| entry.seq).collect::<Vec<_>>();
    assert_eq!(places(unit.audit_after(1, 2).await.expect("read")), [2, 3]);
    assert_eq!(places(unit.audit_before(None, 2).await.expect("read")), [4, 3]);
    assert_eq!(places(unit.audit_before(Some(3), 10).await.expect("read")), [2, 1]);
}

/// Units that log and jobs that chain, all at once, make one whole chain.
pub async fn jobs_at_once_make_one_chain(registry: Arc<dyn Registry>) {
    let results = race(&registry, |number, unit| {
        Box::pin(async move {
            unit.append_audit(&draft(number)).await?;
            if number.is_multiple_of(8) { unit.chain_audit(5).await.map(|_| ()) } else { Ok(()) }
        })
    });
    for result in results.await {
        result.expect("logged");
    }
    while chained(&registry, 10).await > 0 {}
    let head = verify_chain(&mut *read(&registry).await).await.expect("whole");
    assert_eq!(head.0, u64::from(RACERS));
}
