//! Whether a request left a trace: the record on disk, byte by byte of every page.

use mibun_registry::{CardStatus, ListId};
use mibun_server::work::audit;
use reqwest::RequestBuilder;

use super::Town;
use super::wire::{Reply, send};

/// Everything the record has counted, for requests that may change one row and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) people: u64,
    pub(crate) valid: u64,
    pub(crate) suspended: u64,
    pub(crate) revoked: u64,
    /// Entries taken and changes made, list by list.
    pub(crate) lists: Vec<(u32, u64)>,
    pub(crate) verified: u64,
}

/// Read by another process: closing the file in this one would drop the locks that SQLite holds on it.
fn read(file: &str) -> Vec<u8> {
    let read = std::process::Command::new("cat").arg(file).output().expect("cat is there");
    assert!(read.status.success(), "{file} is there");
    read.stdout
}

/// The file as the write-ahead log makes it (<https://www.sqlite.org/fileformat2.html#walformat>). A unit that was taken
/// back may leave unchanged pages in the log, which are no trace of it.
fn overlaid(mut file: Vec<u8>, log: &[u8]) -> Vec<u8> {
    const LOG_HEADER: usize = 32;
    const FRAME_HEADER: usize = 24;
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().expect("four bytes")) as usize;
    if log.len() < LOG_HEADER {
        return file;
    }
    let page_size = number(8);
    let frames = (log.len() - LOG_HEADER) / (FRAME_HEADER + page_size);
    let start = |frame: usize| LOG_HEADER + frame * (FRAME_HEADER + page_size);
    // Frames of an earlier round of the log carry other salts; those after the last commit are of no unit.
    let current = (0..frames).take_while(|frame| log[start(*frame) + 8..start(*frame) + 16] == log[16..24]);
    let current: Vec<usize> = current.collect();
    let committed = current.iter().rposition(|frame| number(start(*frame) + 4) != 0).map_or(0, |last| last + 1);
    for frame in &current[..committed] {
        let (page, content) = (number(start(*frame)), start(*frame) + FRAME_HEADER);
        file.resize(file.len().max(page * page_size), 0);
        file[(page - 1) * page_size..page * page_size].copy_from_slice(&log[content..content + page_size]);
    }
    file
}

impl Town {
    /// The record on disk, page by page, once what runs beside the requests has come to rest.
    pub(crate) async fn record(&self) -> Vec<u8> {
        audit::chain(&self.app).await.expect("the trail is chained");
        let file = self.database();
        overlaid(read(&file), &read(&format!("{file}-wal")))
    }

    /// Every byte on disk, of what was taken back too.
    pub(crate) async fn bytes_on_disk(&self) -> Vec<u8> {
        audit::chain(&self.app).await.expect("the trail is chained");
        let file = self.database();
        [read(&file), read(&format!("{file}-wal"))].concat()
    }

    /// Sends a request that is to be refused, and sees that the record did not change by a single byte.
    pub(crate) async fn refuses(&self, request: RequestBuilder, status: u16, code: &str) -> Reply {
        let before = self.record().await;
        let reply = send(request).await;
        assert_eq!(reply.told(), (status, code.to_owned()), "{}", reply.text());
        assert!(self.record().await == before, "a refused request left a trace in the record");
        reply
    }

    pub(crate) async fn counts(&self) -> Counts {
        let mut unit = self.app.registry.read().await.expect("the record");
        let lists = unit.status_lists().await.expect("the lists");
        Counts {
            people: unit.count_people().await.expect("a count"),
            valid: unit.count_cards(CardStatus::Valid).await.expect("a count"),
            suspended: unit.count_cards(CardStatus::Suspended).await.expect("a count"),
            revoked: unit.count_cards(CardStatus::Revoked).await.expect("a count"),
            lists: lists.iter().map(|list| (list.next_free, list.changes)).collect(),
            verified: unit.count_checks("verified").await.expect("a count"),
        }
    }

    /// Status entries that were ever taken.
    pub(crate) async fn entries_taken(&self) -> u32 {
        let mut unit = self.app.registry.read().await.expect("the record");
        unit.status_list(ListId(1)).await.expect("the record").map_or(0, |list| list.next_free)
    }
}
