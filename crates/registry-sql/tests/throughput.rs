//! How many units a second SQLite acknowledges, one after another and in groups. The figures are printed, for they say
//! more about the disk than about us; what is asserted is that every unit counted was stored.

mod support;

use std::io::{Write, stdout};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use mibun_registry::{Hash, Registry, StoreError, run};
use mibun_registry_sql::open;
use support::Folder;
use tokio::time::Instant;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn grouped_units_are_all_stored() {
    let folder = Folder::new();
    let registry = open(&folder.address()).await.expect("the record opens");
    let single = units_per_second(&registry, 0, 1).await;
    let grouped = units_per_second(&registry, 1, 64).await;
    let line = format!("units a second: {single:.0} one after another, {grouped:.0} from 64 tasks at once");
    writeln!(stdout(), "{line}").expect("somebody reads this");
}

/// Lets `tasks` tasks spend nonces for a moment, then checks each of them.
async fn units_per_second(registry: &Arc<dyn Registry>, round: u8, tasks: u8) -> f64 {
    let begun = Instant::now();
    let spenders = (0..tasks).map(|task| tokio::spawn(spend(registry.clone(), round, task, begun + MOMENT)));
    let spent = futures_util::future::join_all(spenders).await;
    let took = begun.elapsed();
    let mut total = 0;
    for (task, spent) in (0..tasks).zip(spent) {
        let spent = spent.expect("no task panics");
        let mut unit = registry.begin("throughput.check").await.expect("a unit");
        for number in 0..spent {
            assert!(!unit.spend_nonce(&nonce(round, task, number), LATER).await.expect("asked"), "a unit was lost");
        }
        total += spent;
    }
    f64::from(total) / took.as_secs_f64()
}

async fn spend(registry: Arc<dyn Registry>, round: u8, task: u8, end: Instant) -> u32 {
    let mut spent = 0;
    while Instant::now() < end {
        let first: Result<bool, StoreError> = run(&*registry, "throughput.spend", |unit| {
            async move { unit.spend_nonce(&nonce(round, task, spent), LATER).await }.boxed()
        })
        .await;
        assert!(first.expect("stored"));
        spent += 1;
    }
    spent
}

fn nonce(round: u8, task: u8, number: u32) -> Hash {
    let mut bytes = [0; 32];
    bytes[..2].copy_from_slice(&[round, task]);
    bytes[2..6].copy_from_slice(&number.to_be_bytes());
    Hash::new(bytes)
}

const MOMENT: Duration = Duration::from_millis(500);
const LATER: mibun_crypto::time::Timestamp = mibun_crypto::time::Timestamp(1 << 40);
