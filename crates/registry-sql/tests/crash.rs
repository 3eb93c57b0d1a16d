//! Killed or out of room, SQLite keeps what it acknowledged and nothing by halves.
//!
//! Started with `write ADDRESS` this program is the one that dies: it writes from many tasks at once, so through group
//! commit, and prints the number of a unit once it is acknowledged. Started otherwise it starts itself so, kills it, and
//! looks into the record. A kill shows faults of ours, not those of the disk beneath: what the operating system has, it
//! keeps. The second part therefore makes writes fail under a COMMIT.

mod support;

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader, Write, stdout};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
use mibun_registry::{Registry, StoreError, run};
use mibun_registry_sql::open;
use support::Folder;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    if let [_, role, address] = arguments.as_slice()
        && role == "write"
    {
        runtime.block_on(write(address));
        return ExitCode::SUCCESS;
    }
    for round in 1..=ROUNDS {
        let seen = runtime.block_on(killed(Duration::from_millis(150 * round)));
        say(&format!("killed, round {round} of {ROUNDS}: {seen} units acknowledged, none lost, none by halves"));
    }
    let seen = runtime.block_on(out_of_room());
    say(&format!("out of room: {seen} units acknowledged, none lost, none by halves"));
    ExitCode::SUCCESS
}

/// Kills a writer `life` after its first acknowledged unit and answers how many of them were found again.
async fn killed(life: Duration) -> usize {
    let folder = Folder::new();
    let program = env::current_exe().expect("a program knows itself");
    let mut writer = Command::new(program);
    let mut writer = writer.args(["write", &folder.address()]).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut output = BufReader::new(writer.stdout.take().expect("it was asked for"));
    output.fill_buf().expect("its output is readable");
    let reading = thread::spawn(move || numbers(output));
    thread::sleep(life);
    writer.kill().expect("it can be killed");
    writer.wait().expect("it ends");
    let acknowledged = reading.join().expect("its output was read");
    check(&folder, &acknowledged).await;
    acknowledged.len()
}

/// Lets a writer run into a limit on the size of files, which fails its writes in the middle of a COMMIT.
async fn out_of_room() -> usize {
    let folder = Folder::new();
    let program = env::current_exe().expect("a program knows itself");
    let mut writer = Command::new("sh");
    // Without the trap the signal that goes with the limit would simply kill it.
    // In units of 512 bytes: room for the schema and some units, less than the log holds before it is taken over.
    writer.args(["-c", r#"trap '' XFSZ; ulimit -f 4000; exec "$0" write "$1""#]).arg(program).arg(folder.address());
    let output = writer.stderr(Stdio::null()).output().expect("it starts");
    assert!(output.status.success(), "the writer ended with {}", output.status);
    let acknowledged = numbers(output.stdout.as_slice());
    check(&folder, &acknowledged).await;
    acknowledged.len()
}

/// The numbers of whole lines; the last one may have been cut off by the kill.
fn numbers(output: impl BufRead) -> BTreeSet<u32> {
    let lines = output.split(b'\n').map_while(Result::ok);
    lines.filter_map(|line| String::from_utf8(line).ok()?.strip_suffix('.')?.parse().ok()).collect()
}

/// Every acknowledged unit is there with both its rows; of the others both rows are there or none.
async fn check(folder: &Folder, acknowledged: &BTreeSet<u32>) {
    assert!(acknowledged.len() > 10, "only {} units were acknowledged: nothing was tried", acknowledged.len());
    let registry = open(&folder.address()).await.expect("the record opens after the crash");
    let mut unit = registry.read().await.expect("it can be read");
    let last = acknowledged.last().expect("some were acknowledged");
    for number in 0..last + 2 * WRITERS {
        let left = unit.setting(&format!("left {number}")).await.expect("read").is_some();
        let right = unit.setting(&format!("right {number}")).await.expect("read").is_some();
        assert_eq!(left, right, "unit {number} was stored by halves");
        assert!(left || !acknowledged.contains(&number), "unit {number} was acknowledged and lost");
    }
}

/// Writes until killed, or until writing fails.
async fn write(address: &str) {
    let registry = open(address).await.expect("the record opens");
    let next = Arc::new(AtomicU32::new(0));
    let writers = (0..WRITERS).map(|_| tokio::spawn(write_on(registry.clone(), next.clone())));
    futures_util::future::join_all(writers).await;
}

async fn write_on(registry: Arc<dyn Registry>, next: Arc<AtomicU32>) {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let stored: Result<bool, StoreError> = run(&*registry, "crash.write", |unit| {
            async move {
                unit.put_setting_if_absent(&format!("left {number}"), &[7; 200]).await?;
                unit.put_setting_if_absent(&format!("right {number}"), &[7; 200]).await
            }
            .boxed()
        })
        .await;
        if stored.is_err() {
            return;
        }
        say(&format!("{number}."));
    }
}

fn say(line: &str) {
    let mut output = stdout().lock();
    writeln!(output, "{line}").and_then(|()| output.flush()).expect("somebody reads this");
}

const ROUNDS: u64 = 5;
const WRITERS: u32 = 16;
