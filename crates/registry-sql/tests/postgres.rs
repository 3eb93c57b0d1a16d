//! PostgreSQL keeps the contract, on a server started for these tests.

use mibun_registry::contract::Fixture;
use mibun_registry_sql::test_postgres::fresh_address;
use mibun_registry_sql::{OpenError, open};

async fn empty() -> Fixture {
    let registry = open(&address().await).await.expect("the record opens");
    Fixture { registry, keep: Box::new(()) }
}

async fn address() -> String {
    fresh_address().await.unwrap_or_else(|error| panic!("{error}"))
}

mibun_registry::contract_tests!(empty);

mod opening {
    use super::{OpenError, address, open};

    #[tokio::test]
    async fn a_second_start_finds_the_schema_in_place() {
        let address = address().await;
        for _ in 0..2 {
            let health = open(&address).await.expect("the record opens").health().await.expect("healthy");
            assert_eq!((health.backend, health.schema), ("postgres", 4));
        }
    }

    #[tokio::test]
    async fn two_who_open_one_new_schema_at_once_both_do() {
        let address = address().await;
        let (one, other) = futures_util::future::join(open(&address), open(&address)).await;
        one.and(other).expect("the record opens");
    }

    #[tokio::test]
    async fn a_server_that_commits_before_it_writes_is_refused() {
        let address = format!("{}%20-c%20synchronous_commit%3Doff", address().await);
        let refused = open(&address).await.err();
        assert!(matches!(&refused, Some(OpenError::NotDurable { setting: "synchronous_commit", .. })), "{refused:?}");
    }
}
