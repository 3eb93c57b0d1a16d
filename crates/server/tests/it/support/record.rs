//! Whether a request left a trace: the record on disk, byte by byte.

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

impl Town {
    /// Every byte of the record on disk, once what runs beside the requests has come to rest.
    pub(crate) async fn record(&self) -> Vec<u8> {
        audit::chain(&self.app).await.expect("the trail is chained");
        self.bytes_on_disk()
    }

    /// Read by another process: closing the file in this one would drop the locks that SQLite holds on it.
    pub(crate) fn bytes_on_disk(&self) -> Vec<u8> {
        let file = self.database();
        let log = format!("{file}-wal");
        let read = std::process::Command::new("cat").args([&file, &log]).output().expect("cat is there");
        assert!(read.status.success(), "the record is in {file}");
        read.stdout
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
