//! The server on a core of its own: start, memory, issuing and checking over HTTP.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use tokio::process::{Child, Command};

use crate::Failure;
use crate::clock::{RUNS, median, now};
use crate::installation::{Installation, Offer};
use crate::issuing::Collector;
use crate::load::{open_loop, percentile, saturate};
use crate::presenting::{COPIES, Holders};
use crate::report::{Line, Report};

/// Flows in one of the runs that find the capacity.
const BURST: usize = 100;
/// The share of the capacity at which latencies are taken.
const LOAD: f64 = 0.7;
/// Most flows, and most seconds, of the run that takes latencies.
const MOST: usize = 1000;
const SECONDS: f64 = 10.0;
const WALLETS: u32 = 150;

/// The names of the figures of one kind of flow.
struct Names {
    rate: (&'static str, &'static str),
    p50: &'static str,
    p99: &'static str,
    cpu: &'static str,
    words: &'static str,
}

const ISSUING: Names = Names {
    rate: ("http.issue", "HTTP over TLS: cards issued (token, nonce, 10 proofs, 10 copies), server on one core"),
    p50: "http.issue.p50",
    p99: "http.issue.p99",
    cpu: "http.issue.cpu",
    words: "HTTP over TLS: issuing",
};

const CHECKING: Names = Names {
    rate: ("http.present", "HTTP over TLS: presentations (request, answer, verdict), server on one core"),
    p50: "http.present.p50",
    p99: "http.present.p99",
    cpu: "http.present.cpu",
    words: "HTTP over TLS: presentation",
};

/// Measures the server from its start on.
pub(crate) async fn measure(installation: &Installation, report: &mut Report) -> Result<(), Failure> {
    let server = start(installation, report).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let idle = server.memory("VmRSS")?;
    report.add(Line::new("serve.idle", "memory of the idle server, models not loaded", idle, "MB", 1));
    issue(installation, &server, report).await?;
    check(installation, &server, report).await?;
    let peak = server.memory("VmHWM")?;
    report.add(Line::new("serve.peak", "most memory of the server under these loads", peak, "MB", 1));
    Ok(())
}

/// The server's process; it ends with this value.
struct Server {
    child: Child,
    process: u32,
}

impl Server {
    fn spawn(installation: &Installation) -> Result<Self, Failure> {
        let program: PathBuf = std::env::current_exe()?.with_file_name("mibun");
        let child = Command::new("taskset")
            .args(["-c", "0"])
            .arg(program)
            .arg("--config")
            .arg(&installation.configuration)
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let process = child.id().ok_or("the server ended at once")?;
        Ok(Self { child, process })
    }

    /// A figure of `/proc/PID/status`, in MB.
    fn memory(&self, figure: &str) -> Result<f64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process))?;
        let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
        let kilobytes: f64 = line.and_then(|line| line.split_whitespace().next()).ok_or("no such figure")?.parse()?;
        Ok(kilobytes * 1024.0 / 1e6)
    }

    /// Seconds of processor time so far.
    fn processor_time(&self) -> Result<f64, Failure> {
        const TICKS: f64 = 100.0;
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process))?;
        // The second field is a name in parentheses; user and system time are the 14th and 15th.
        let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).ok_or("no processor time");
        Ok((ticks(11)? + ticks(12)?) / TICKS)
    }

    async fn stop(mut self) -> Result<(), Failure> {
        self.child.kill().await?;
        Ok(())
    }
}

/// Starts the server a few times, for the median, and leaves the last one running.
async fn start(installation: &Installation, report: &mut Report) -> Result<Server, Failure> {
    let client = installation.client()?;
    let health = installation.app.url("/healthz");
    let mut times = Vec::new();
    let mut running: Option<Server> = None;
    for _ in 0..RUNS {
        if let Some(server) = running.take() {
            server.stop().await?;
        }
        let begun = now();
        let server = Server::spawn(installation)?;
        while !client.get(&health).send().await.is_ok_and(|answer| answer.status().is_success()) {
            if now() - begun > Duration::from_secs(20) {
                return Err("the server does not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        times.push((now() - begun).as_secs_f64() * 1000.0);
        running = Some(server);
    }
    report.add(Line::new(
        "serve.start",
        "start of the server until `/healthz` answers",
        median(&mut times),
        "ms",
        RUNS as u64,
    ));
    running.ok_or_else(|| "no run".into())
}

async fn issue(installation: &Installation, server: &Server, report: &mut Report) -> Result<(), Failure> {
    let collector = Collector::new(installation, installation.client()?);
    let needed = RUNS * BURST + MOST;
    let mut offers: Vec<Offer> = stream::iter(0..u32::try_from(needed)?)
        .map(|index| installation.offer(index))
        .buffer_unordered(32)
        .try_collect()
        .await?;
    let app = &installation.app;
    let flow = |offer| collector.collect(offer, app.clock.now().0);
    flows(&ISSUING, server, report, |count| offers.drain(..count).map(flow).collect()).await
}

async fn check(installation: &Installation, server: &Server, report: &mut Report) -> Result<(), Failure> {
    let holders = Holders::collect(installation, 500_000, WALLETS).await?;
    let needed = WALLETS as usize * COPIES;
    let checks: Vec<_> =
        stream::iter(0..needed).map(|_| installation.check()).buffer_unordered(32).try_collect().await?;
    let mut next = checks.iter().enumerate();
    let holders = &holders;
    flows(&CHECKING, server, report, |count| {
        next.by_ref().take(count).map(|(at, check)| holders.present(installation, at, check)).collect()
    })
    .await
}

/// Finds the capacity, then takes latencies below it.
async fn flows<F>(
    names: &Names,
    server: &Server,
    report: &mut Report,
    mut take: impl FnMut(usize) -> Vec<F>,
) -> Result<(), Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let (before, mut rates) = (server.processor_time()?, Vec::new());
    for _ in 0..RUNS {
        rates.push(saturate(take(BURST)).await?);
    }
    let capacity = median(&mut rates);
    let flows = RUNS * BURST;
    let cpu = (server.processor_time()? - before) * 1000.0 / flows as f64;
    let (bench, words) = names.rate;
    report.add(Line::new(bench, words, capacity, "/s", flows as u64));
    let words = format!("{}: processor time of the server, so {:.0}/s per core", names.words, 1000.0 / cpu);
    report.add(Line::new(names.cpu, words, cpu, "ms", flows as u64));
    let rate = capacity * LOAD;
    let count = MOST.min((rate * SECONDS) as usize);
    let latencies = open_loop(rate, take(count)).await?;
    for (bench, name, share) in [(names.p50, "p50", 0.5), (names.p99, "p99", 0.99)] {
        let words = format!("{}: {name} at {rate:.0}/s, open loop", names.words);
        report.add(Line::new(bench, words, percentile(&latencies, share), "ms", count as u64));
    }
    Ok(())
}
