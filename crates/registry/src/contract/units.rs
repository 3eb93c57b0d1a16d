//! Promises about units of work as such.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::timeout;

use super::sample::{hash, later, person};
use super::{RACERS, begin, commit, race, read};
use crate::{Conflict, Registry, Setting, StoreError, run};

/// What was committed is there for whoever comes next, reader or writer.
pub async fn a_committed_unit_is_seen_by_the_next(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    commit(unit).await;
    assert_eq!(read(&registry).await.count_people().await.expect("counted"), 1);
    assert_eq!(begin(&registry).await.count_people().await.expect("counted"), 1);
}

/// A unit sees its own writes; dropped, it leaves none of them.
pub async fn a_dropped_unit_leaves_nothing(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    unit.spend_nonce(&hash(1), later(60)).await.expect("spent");
    unit.put_setting_if_absent("epoch", b"1").await.expect("put");
    assert_eq!(unit.count_people().await.expect("counted"), 1);
    drop(unit);
    let mut unit = begin(&registry).await;
    assert_eq!(unit.count_people().await.expect("counted"), 0);
    assert_eq!(unit.setting("epoch").await.expect("read"), None);
    assert!(unit.spend_nonce(&hash(1), later(60)).await.expect("unspent"));
}

/// A closure that refuses takes its writes back and is not run again.
pub async fn a_refused_closure_leaves_nothing(registry: Arc<dyn Registry>) {
    let mut runs = 0;
    let refused: Result<(), StoreError> = run(&*registry, "contract.refuse", |unit| {
        runs += 1;
        async move {
            unit.insert_person(&person(1)).await?;
            Err(StoreError::Conflict(Conflict::NameTaken))
        }
        .boxed()
    })
    .await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::NameTaken))), "{refused:?}");
    assert_eq!(runs, 1);
    assert_eq!(read(&registry).await.count_people().await.expect("counted"), 0);
}

/// After a conflict, what came before and after it is stored.
pub async fn a_conflict_does_not_end_the_unit(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    unit.insert_person(&person(1)).await.expect_err("taken");
    unit.update_person(&person(9)).await.expect_err("nobody");
    unit.insert_person(&person(2)).await.expect("inserted");
    commit(unit).await;
    assert_eq!(read(&registry).await.count_people().await.expect("counted"), 2);
}

/// A reading unit sees the record as it was at its first look, whatever is committed meanwhile.
pub async fn a_reader_sees_one_moment(registry: Arc<dyn Registry>) {
    let mut reader = read(&registry).await;
    assert_eq!(reader.count_people().await.expect("counted"), 0);
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    commit(unit).await;
    assert_eq!(reader.count_people().await.expect("counted"), 0);
    assert_eq!(read(&registry).await.count_people().await.expect("counted"), 1);
}

/// A reader gets its answer while a writer is at work, and sees nothing unfinished.
pub async fn a_reader_does_not_wait_for_the_writer(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    let counted = timeout(Duration::from_secs(5), async { read(&registry).await.count_people().await }).await;
    assert_eq!(counted.expect("no waiting").expect("counted"), 0);
    commit(unit).await;
}

/// A reading unit refuses every kind of write, and can then not commit.
pub async fn a_reader_refuses_to_write(registry: Arc<dyn Registry>) {
    let mut reader = read(&registry).await;
    let refused = reader.insert_person(&person(1)).await;
    assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
    let refused = reader.commit().await;
    assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
    let refused = read(&registry).await.spend_nonce(&hash(1), later(1)).await;
    assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
    assert_eq!(read(&registry).await.count_people().await.expect("counted"), 0);
}

/// Of sixty-four units at once, every other one gives up; exactly the others are stored.
pub async fn a_dropped_unit_does_not_hurt_its_neighbours(registry: Arc<dyn Registry>) {
    let results = race(&registry, |number, unit| {
        async move {
            unit.insert_person(&person(number)).await?;
            if number.is_multiple_of(2) { Ok(()) } else { Err(StoreError::Conflict(Conflict::RowTaken)) }
        }
        .boxed()
    });
    let stored = results.await.iter().filter(|result| result.is_ok()).count();
    assert_eq!(stored, usize::from(RACERS) / 2);
    let people = read(&registry).await.people_page(None, 100).await.expect("read");
    assert_eq!(people, (0..RACERS).step_by(2).map(person).collect::<Vec<_>>());
}

/// Reading, adding one and writing sixty-four times at once adds sixty-four.
pub async fn increments_are_not_lost(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.put_setting_if_absent("count", &[0]).await.expect("put");
    commit(unit).await;
    let results = race(&registry, |_, unit| {
        async move {
            let found = unit.setting("count").await?.expect("there");
            unit.update_setting(&Setting { value: vec![found.value[0] + 1], ..found }).await
        }
        .boxed()
    });
    for result in results.await {
        result.expect("added");
    }
    let count = read(&registry).await.setting("count").await.expect("read").expect("there");
    assert_eq!(count.value, [RACERS]);
}

/// Two units that each look for the other's row and write their own when it is absent: one of them sees it. Snapshot
/// isolation alone lets both write.
pub async fn two_who_read_each_other_do_not_both_write(registry: Arc<dyn Registry>) {
    for round in 0..8 {
        let names = [format!("left {round}"), format!("right {round}")];
        let pair = futures_util::future::join(
            write_unless(&registry, &names[0], &names[1]),
            write_unless(&registry, &names[1], &names[0]),
        );
        let written = pair.await;
        assert!(written.0 != written.1, "round {round}: {written:?}");
    }
}

async fn write_unless(registry: &Arc<dyn Registry>, own: &str, other: &str) -> bool {
    let written: Result<bool, StoreError> = run(&**registry, "contract.skew", |unit| {
        async move {
            if unit.setting(other).await?.is_some() {
                return Ok(false);
            }
            tokio::task::yield_now().await;
            unit.put_setting_if_absent(own, b"1").await
        }
        .boxed()
    })
    .await;
    written.expect("decided")
}

/// A commit nobody waits for any more is carried out all the same.
pub async fn a_cancelled_commit_is_carried_out(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    // Polled once, then dropped.
    let _ = unit.commit().now_or_never();
    for _ in 0..500 {
        if read(&registry).await.count_people().await.expect("counted") == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the commit was cancelled");
}

/// The backend says what it is.
pub async fn health_names_the_backend(registry: Arc<dyn Registry>) {
    let health = registry.health().await.expect("healthy");
    assert!(["memory", "sqlite", "postgres"].contains(&health.backend), "{health:?}");
}

/// Writers that give up while they queue keep nobody from writing.
pub async fn those_who_stop_waiting_stop_nobody(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_person(&person(1)).await.expect("inserted");
    for _ in 0..RACERS {
        let _ = registry.begin("contract.impatient").now_or_never();
    }
    commit(unit).await;
    let next = timeout(Duration::from_secs(10), async {
        let mut unit = begin(&registry).await;
        unit.insert_person(&person(2)).await.expect("inserted");
        commit(unit).await;
    });
    next.await.expect("the next writer gets its turn");
    assert_eq!(read(&registry).await.count_people().await.expect("counted"), 2);
}

/// A statement nobody waited for may have failed unseen, so its unit cannot be committed.
pub async fn an_abandoned_statement_ends_its_unit(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    let answered = unit.insert_person(&person(1)).now_or_never();
    let committed = unit.commit().await;
    assert_eq!(answered.is_some(), committed.is_ok(), "{committed:?}");
    let stored = begin(&registry).await.count_people().await.expect("counted");
    assert_eq!(stored, u64::from(answered.is_some()));
}
